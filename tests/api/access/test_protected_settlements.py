"""Settlements and their files without a protected person's visits, and with all their sums."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from api.access.caller import Role
from api.store.address import database_address
from api.store.audit import Act
from api.store.engine import Store
from api.store.migrate import prepare
from api.store.money_records import ExportFormat
from api.store.person_records import Grantee, ProtectionKind, View
from api.store.tables import AccessRow, SettlementExportRow
from api.usecases import protecting
from api.usecases.handing_out import hand_out
from api.usecases.looking import withheld_from
from api.usecases.registering import register
from api.usecases.settlement_views import withheld_visits
from api.usecases.settling import settlement
from tests.api.access.keys import SETTINGS
from tests.api.access.protected_world import ADMIN, GRANTED, granted
from tests.api.access.service import caller, serving
from tests.api.server import NOW, problem
from tests.api.store.money_samples import MARCH, SENDER, rated, report, settle
from tests.api.store.person_samples import KEYS
from tests.api.store.samples import ACT, AT, document, encoded

# r-1's three visits, and one of r-9's, who is protected.
HIDDEN = "v-9,p-1,PRIVATE,r-9,care,town,2026-03-07T09:00+01:00,PERFORMED,30,\n"
PATH = "/v1/settlements/p-1/2026-03"
FILES = {ExportFormat.HTML: "p-1-2026-03.html", ExportFormat.EXCEL: "2026-03.xlsx"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("settled") / "test.db"
    made = Store(database_address({"DATABASE_URL": f"sqlite:///{path}"}))
    rated_with_r_9(made)
    report(made, MARCH + HIDDEN, "march")
    settle(made)
    for kind in (*FILES, ExportFormat.SIE, ExportFormat.PEPPOL):
        hand_out(made, SENDER, "p-1", "2026-03", kind)
    protecting.protect(made, ADMIN, "r-9", ProtectionKind.MARKED_CONFIDENTIAL, AT.date())
    protecting.grant(made, ADMIN, "r-9", Grantee.USER, GRANTED, NOW.replace(year=2026, month=6))
    yield made
    made.close()


def rated_with_r_9(store: Store) -> None:
    """The municipality that pays, with a decision of r-9 too."""
    prepare(store)
    rated(store)
    (made, *_) = document()["decisions"]
    made |= {"id": "b-9", "recipientId": "r-9", "moves": [],
             "provider": {"id": "p-1", "kind": "PRIVATE"}}  # fmt: skip
    register(store, ACT, "file-9", encoded({"decisions": [made]}))


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    fast = replace(SETTINGS, rate_per_s=10**6, rate_burst=10**6)
    with serving(store.address, fast, keys=KEYS) as made:
        yield made


def lines(told: dict[str, Any]) -> list[str | None]:
    return [each.get("visit") for each in told["paymentLines"]]


@pytest.mark.parametrize("role", [Role.FINANCE, Role.PROVIDER])
def test_lines_are_all_there_without_whose_they_are(client: TestClient, role: Role) -> None:
    told = client.get(PATH, headers=caller(role)).json()
    whole = client.get(PATH, headers=granted(role)).json()
    assert lines(told) == ["v-1", "v-2", "v-3", None]
    assert lines(whole) == ["v-1", "v-2", "v-3", "v-9"]
    assert (told.pop("withheldVisits"), whole.get("withheldVisits")) == (1, None)
    for each in (told, whole):
        for line in each["paymentLines"]:
            line.pop("visit", None)
    # Every amount, sum and digest is the same.
    assert told == whole
    assert told["amountOre"] == sum(each["amountOre"] for each in told["paymentLines"])


def test_running_a_month_again_tells_no_more(client: TestClient) -> None:
    body = {"provider": "p-1", "month": "2026-03"}
    told = client.post("/v1/settlements", json=body, headers=caller(Role.FINANCE)).json()
    assert lines(told)[3] is None


@pytest.mark.parametrize("kind", sorted(FILES))
def test_a_file_is_given_without_them_and_adds_up(
    client: TestClient, store: Store, kind: ExportFormat
) -> None:
    path = f"{PATH}/exports/{kind}/{FILES[kind]}"
    told = client.get(path, headers=caller(Role.FINANCE))
    whole = client.get(path, headers=granted(Role.FINANCE))
    with store.reading() as session:
        (held,) = session.exec(
            select(SettlementExportRow).where(SettlementExportRow.format == kind)
        ).all()
    assert whole.content == held.content
    assert whole.headers["etag"] == f'"{held.sha256}"'
    assert told.headers["etag"] == f'"{hashlib.sha256(told.content).hexdigest()}"'
    assert told.content != whole.content
    without, everything = texts(kind, told.content), texts(kind, whole.content)
    assert "v-9" in everything
    assert "v-9" not in without
    # Nothing else is another: what stands there is as many words, and the same ones.
    assert [each if each != "v-9" else "dold" for each in everything] == without
    # Each time the same bytes.
    assert client.get(path, headers=caller(Role.FINANCE)).content == told.content


def texts(kind: ExportFormat, content: bytes) -> list[str]:
    """Words of a page, or cells of a workbook."""
    if kind is ExportFormat.HTML:
        return content.decode().replace("<", " <").replace(">", "> ").split()
    book = openpyxl.load_workbook(BytesIO(content))
    return [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]


def test_files_of_sums_are_as_they_were_handed_out(client: TestClient, store: Store) -> None:
    with store.reading() as session:
        held = {
            each.name: each.content
            for each in session.exec(select(SettlementExportRow))
            if each.format in (ExportFormat.SIE, ExportFormat.PEPPOL)
        }
        kinds = {each.name: each.format for each in session.exec(select(SettlementExportRow))}
    assert len(held) >= 2
    for name, content in held.items():
        assert b"v-9" not in content
        path = f"{PATH}/exports/{kinds[name]}/{name}"
        assert client.get(path, headers=caller(Role.FINANCE)).content == content


def test_the_list_of_files_tells_which_are_given_otherwise(client: TestClient) -> None:
    def listed(headers: dict[str, str]) -> dict[str, int | None]:
        files = client.get(f"{PATH}/exports", headers=headers).json()["files"]
        return {each["format"]: each.get("withheldVisits") for each in files}

    assert listed(caller(Role.FINANCE)) == {"EXCEL": 1, "HTML": 1, "PEPPOL": None, "SIE": None}
    assert set(listed(granted(Role.FINANCE)).values()) == {None}


def test_whoever_is_shown_a_protected_persons_visit_has_a_line(
    client: TestClient, store: Store
) -> None:
    def logged() -> int:
        with store.reading() as session:
            rows = session.exec(select(AccessRow).where(AccessRow.recipient_id == "r-9"))
            return sum(row.actor == GRANTED for row in rows)

    before = logged()
    client.get(f"{PATH}/exports", headers=granted(Role.FINANCE))
    client.get(PATH, headers=caller(Role.FINANCE))
    assert logged() == before
    client.get(PATH, headers=granted(Role.FINANCE))
    assert logged() == before + 1
    client.get(f"{PATH}/exports/HTML/{FILES[ExportFormat.HTML]}", headers=granted(Role.FINANCE))
    assert logged() == before + 2


def test_faults_of_visits_name_none_that_is_hidden(store: Store) -> None:
    """By id, whatever words stand around it."""
    view = View(frozenset({"finance"}), "municipality", "test")
    withheld = withheld_from(store, Act("m-1", "u-finance", NOW, view))
    assert withheld.names("visit v-9 has no price")
    assert not withheld.names("visit v-1 has no price")


def test_the_program_itself_hides_nothing(store: Store) -> None:
    run = settlement(store, "m-1", "p-1", "2026-03")
    assert withheld_visits(store, SENDER, run) == frozenset()


def test_a_month_that_is_not_there_is_not_there(client: TestClient) -> None:
    path = "/v1/settlements/p-1/2026-04"
    assert problem(client.get(path, headers=caller(Role.FINANCE)), 404) == ["NOT_FOUND"]
