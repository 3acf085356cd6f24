"""The log: every edit, removal, insertion, other order and cut is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlmodel import select

from api.store import audit
from api.store.audit import NOTHING_BEFORE, Anchor, Entry, append, audit_findings, lock
from api.store.engine import Store
from api.store.tables import AuditHeadRow, AuditRow
from api.usecases.setting_up import set_up
from scheduler.care.errors import NotFound
from tests.api.store.samples import ACT, AT, MUNICIPALITY

LENGTH = 8


def written(store: Store) -> tuple[list[AuditRow], AuditHeadRow]:
    """A log of eight acts, detached."""
    set_up(store, ACT, MUNICIPALITY)
    for number in range(1, LENGTH):
        with store.writing() as session:
            head = lock(session, "m-1")
            act = replace(ACT, at=AT + timedelta(hours=number))
            append(session, head, act, [Entry("LOOKED", "decision", f"b-{number}", {"n": number})])
    return read(store)


def read(store: Store) -> tuple[list[AuditRow], AuditHeadRow]:
    with store.reading() as session:
        rows = list(session.exec(select(AuditRow).order_by(AuditRow.number)))
        head = session.get_one(AuditHeadRow, "m-1")
        session.expunge_all()
        return rows, head


def test_what_was_written_is_whole(store: Store) -> None:
    rows, head = written(store)
    assert [row.number for row in rows] == list(range(1, LENGTH + 1))
    assert audit_findings("m-1", rows, head) == []
    for row in rows:
        assert audit_findings("m-1", rows, head, Anchor(row.number, row.hash)) == []
    assert audit_findings("m-1", rows, head, Anchor(0, NOTHING_BEFORE)) == []


def test_several_acts_of_one_transaction_are_chained_too(store: Store) -> None:
    set_up(store, ACT, MUNICIPALITY)
    with store.writing() as session:
        entries = [Entry("LOOKED", "decision", f"b-{n}") for n in range(3)]
        append(session, lock(session, "m-1"), ACT, entries)
    rows, head = read(store)
    assert len(rows) == 4
    assert audit_findings("m-1", rows, head) == []


EDITS: dict[str, Callable[[Any], Any]] = {
    "municipality_id": lambda _: "m-2",
    "number": lambda n: n + 100,
    "at": lambda at: at + timedelta(microseconds=1),
    "actor": lambda _: "nobody",
    "action": lambda _: "SLEPT",
    "subject_kind": lambda _: "unit",
    "subject_id": lambda _: "b-99",
    "details_json": lambda _: "{}",
    "previous_hash": lambda _: "f" * 64,
    "hash": lambda _: "f" * 64,
}


@pytest.mark.parametrize("column", sorted(EDITS))
def test_an_edit_of_any_column_is_found(store: Store, column: str) -> None:
    rows, head = written(store)
    assert set(EDITS) == set(AuditRow.model_fields)
    for row in rows:
        kept = getattr(row, column)
        setattr(row, column, EDITS[column](kept))
        assert audit_findings("m-1", rows, head), (column, row.number)
        setattr(row, column, kept)
    assert audit_findings("m-1", rows, head) == []


def test_a_removed_doubled_or_moved_act_is_found(store: Store) -> None:
    rows, head = written(store)
    for place in range(LENGTH):
        assert audit_findings("m-1", rows[:place] + rows[place + 1 :], head)
        assert audit_findings("m-1", rows[: place + 1] + rows[place:], head)
        for other in range(place):
            moved = list(rows)
            moved[place], moved[other] = moved[other], moved[place]
            assert audit_findings("m-1", moved, head)


def test_a_cut_is_found_by_the_head(store: Store) -> None:
    rows, head = written(store)
    for length in range(LENGTH):
        codes = [each.code for each in audit_findings("m-1", rows[:length], head)]
        assert codes == ["AUDIT_HEAD"]
    assert [each.code for each in audit_findings("m-1", rows, None)] == ["AUDIT_HEAD"]


def rewritten(rows: list[AuditRow]) -> tuple[list[AuditRow], AuditHeadRow]:
    """The log with its hashes and head made anew, as somebody who knows how could."""
    before = NOTHING_BEFORE
    for number, row in enumerate(rows, start=1):
        row.number, row.previous_hash = number, before
        row.hash = before = audit._hash(row)
    return rows, AuditHeadRow(municipality_id="m-1", number=len(rows), hash=before)


def test_a_log_that_is_rewritten_to_its_end_is_found_by_an_anchor(store: Store) -> None:
    """Nothing inside a database can tell it; a noted head can."""
    rows, head = written(store)
    anchor = Anchor(head.number, head.hash)
    rows[2].actor = "nobody"
    forged = rewritten(rows)
    assert audit_findings("m-1", *forged) == []
    assert [each.code for each in audit_findings("m-1", *forged, anchor)] == ["AUDIT_ANCHOR"]


def test_a_cut_with_its_head_is_found_by_an_anchor(store: Store) -> None:
    rows, head = written(store)
    anchor = Anchor(head.number, head.hash)
    forged = rewritten(rows[:-1])
    assert audit_findings("m-1", *forged) == []
    assert [each.code for each in audit_findings("m-1", *forged, anchor)] == ["AUDIT_ANCHOR"]


def test_a_thousand_random_tamperings_are_found(store: Store) -> None:
    rows, head = written(store)
    rng = Random(1)
    for _ in range(1000):
        forged = [AuditRow(**row.model_dump()) for row in rows]
        row = rng.choice(forged)
        column = rng.choice(["actor", "action", "subject_id", "details_json", "hash"])
        text = getattr(row, column)
        place = rng.randrange(len(text))
        sign = chr((ord(text[place]) + rng.randrange(1, 20)) % 128)
        setattr(row, column, text[:place] + sign + text[place + 1 :])
        assert audit_findings("m-1", forged, head)


def test_words_do_not_run_together(store: Store) -> None:
    """``ab`` + ``c`` and ``a`` + ``bc`` are different acts."""
    rows, head = written(store)
    rows[3].subject_kind, rows[3].subject_id = "decisio", "nb-3"
    assert audit_findings("m-1", rows, head)


def test_a_municipality_that_is_not_set_up_has_no_log(store: Store) -> None:
    with pytest.raises(NotFound), store.writing() as session:
        lock(session, "m-1")
