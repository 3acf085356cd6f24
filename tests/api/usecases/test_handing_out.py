"""Exports of a closed month: made once, the same bytes ever after, their digests in the log."""

from __future__ import annotations

import hashlib
import json
from datetime import date

import pytest
from sqlalchemy import text
from sqlmodel import select

from api.refusals import Conflict
from api.store.check import check
from api.store.engine import Store
from api.store.money_records import ExportFormat, RateKind
from api.store.tables import AuditRow
from api.usecases.handing_out import hand_out, handed_out
from api.usecases.rating import approve, upload
from api.usecases.reconciling import reconcile
from api.usecases.settlement_making import Ask
from api.usecases.settling import run
from scheduler.care.errors import InvalidInput, NotFound
from tests.api.store.dump import dump
from tests.api.store.money_samples import (
    CHIEF,
    JANUARY,
    SENDER,
    SETUP,
    at_hour,
    closed,
    late,
    performed,
    settle,
)
from tests.api.store.tampering import past_guards


@pytest.mark.parametrize("form", ExportFormat)
def test_a_file_is_made_once_and_is_the_same_bytes_ever_after(
    store: Store, form: ExportFormat
) -> None:
    closed(store)
    made = hand_out(store, SENDER, "p-1", "2026-03", form)
    once = dump(store)
    # A new setup, with another name of the buyer, is in force from the same day on.
    other = SETUP.replace('name = "Exempelkommun"', 'name = "Nya kommunen"')
    upload(store, SENDER, "new", RateKind.EXPORT_SETUP, "e.toml", JANUARY, other.encode())
    approve(store, CHIEF, RateKind.EXPORT_SETUP, 2, 1)
    assert hand_out(store, at_hour(SENDER, 9), "p-1", "2026-03", form) == made
    assert handed_out(store, "m-1", "p-1", "2026-03", form) == made
    assert dump(store)["settlement_export"] == once["settlement_export"]
    assert len(made) == 1
    assert made[0].sha256 == hashlib.sha256(made[0].content).hexdigest()
    assert (made[0].setup, made[0].dated_on) == (1, date(2026, 3, 31))
    assert check(store) == []
    assert reconcile(store, "m-1") == []


def test_the_digest_of_each_file_is_in_the_log(store: Store) -> None:
    closed(store)
    (made,) = hand_out(store, SENDER, "p-1", "2026-03", ExportFormat.PEPPOL)
    with store.reading() as session:
        rows = session.exec(select(AuditRow).where(AuditRow.action == "EXPORT_MADE")).all()
    details = [json.loads(row.details_json) for row in rows]
    assert details == [{"format": "PEPPOL", "name": made.name, "sha256": made.sha256}]


def test_a_file_tells_what_the_lines_add_up_to(store: Store) -> None:
    """916.67 kronor: 30 + 60 + 20 minutes at 500."""
    closed(store)
    (sie,) = hand_out(store, SENDER, "p-1", "2026-03", ExportFormat.SIE)
    assert "916.67" in sie.content.decode("cp437")
    (page,) = hand_out(store, SENDER, "p-1", "2026-03", ExportFormat.HTML)
    assert "916,67" in page.content.decode()


def test_corrections_are_handed_out_with_the_month_that_has_them(store: Store) -> None:
    late(store)
    settle(store, "2026-04")
    (sie,) = hand_out(store, SENDER, "p-1", "2026-04", ExportFormat.SIE)
    assert "-125.00" in sie.content.decode("cp437")
    assert check(store) == []
    assert reconcile(store, "m-1") == []


def test_an_open_month_is_not_handed_out(store: Store) -> None:
    performed(store)
    with pytest.raises(NotFound):
        hand_out(store, SENDER, "p-1", "2026-03", ExportFormat.SIE)
    run(store, SENDER, Ask("p-1", "2026-03"))
    with pytest.raises(Conflict, match="MONTH_OPEN"):
        hand_out(store, SENDER, "p-1", "2026-03", ExportFormat.SIE)
    with pytest.raises(NotFound):
        handed_out(store, "m-1", "p-1", "2026-03", ExportFormat.SIE)


def test_what_was_handed_out_keeps_its_date(store: Store) -> None:
    closed(store)
    day = date(2026, 4, 2)
    made = hand_out(store, SENDER, "p-1", "2026-03", ExportFormat.SIE, day)
    assert made[0].dated_on == day
    assert hand_out(store, SENDER, "p-1", "2026-03", ExportFormat.SIE) == made
    with pytest.raises(Conflict, match="DATED_BEFORE"):
        hand_out(store, SENDER, "p-1", "2026-03", ExportFormat.SIE, date(2026, 4, 3))


def test_without_a_setup_nothing_is_made(store: Store) -> None:
    closed(store)
    once = dump(store)
    with pytest.raises(InvalidInput, match="NO_EXPORT_SETUP"):
        hand_out(store, SENDER, "p-1", "2026-03", ExportFormat.SIE, date(2025, 12, 31))
    assert dump(store) == once


TAMPERINGS = {
    "UPDATE settlement_line SET amount_ore = amount_ore + 1 WHERE number = '2026-03-2'": {
        "LINES_DIFFER", "AMOUNT_DIFFERS",
    },
    "UPDATE settlement_line SET minutes = 31 WHERE number = '2026-03-1'": {
        "LINES_DIFFER", "AMOUNT_DIFFERS",
    },
    "DELETE FROM settlement_line WHERE number = '2026-03-3'": {"LINES_DIFFER", "NOT_PAID"},
    "UPDATE performed_revision SET performed_min = 90 WHERE visit_id = 'v-1'": {"AMOUNT_DIFFERS"},
    "DELETE FROM settled_visit WHERE visit_id = 'v-1'": set(),
    "UPDATE settlement SET document_json = replace(document_json, '25000', '26000')": {
        "EDITED", "SUM_DIFFERS", "LINES_DIFFER",
    },
    "UPDATE rate_document SET content = replace(content, '= 500', '= 501')": {"AMOUNT_DIFFERS"},
    "UPDATE rate_document SET content = replace(content, 'Solg', 'Sorg')": {"EXPORT_DIFFERS"},
}  # fmt: skip


@pytest.mark.parametrize("statement", sorted(TAMPERINGS))
def test_an_oere_that_is_lost_on_the_way_is_found(store: Store, statement: str) -> None:
    closed(store)
    hand_out(store, SENDER, "p-1", "2026-03", ExportFormat.HTML)
    assert reconcile(store, "m-1", "p-1") == []
    with past_guards(store) as connection:
        assert connection.execute(text(statement)).rowcount > 0
    assert {finding.code for finding in reconcile(store, "m-1")} == TAMPERINGS[statement]
    assert reconcile(store, "m-1", "own") == []
