"""Follow-up and budget over HTTP: as described, in every form, and to a provider its own only."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient

from api.access.caller import Role
from api.server import followup_examples as examples
from api.store.address import database_address
from api.store.engine import Store
from api.store.migrate import prepare
from tests.api.access.service import caller, serving
from tests.api.server import problem
from tests.api.store.dump import dump
from tests.api.store.followup_samples import followed
from tests.api.store.money_samples import settle

FOLLOW_UP = "/v1/follow-ups"
ASKED = examples.FOLLOW_UP_REQUEST
MARCH = {"months": ["2026-03"]}


class Desk:
    """The service on the March of the samples, with all of it closed, asked by a role."""

    def __init__(self, client: TestClient, store: Store) -> None:
        self.client, self.store = client, store

    def post(self, path: str, body: Any, role: Role = Role.FINANCE) -> Any:
        return self.client.post(path, json=body, headers=caller(role))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    path = tmp_path_factory.mktemp("followed") / "test.db"
    store = Store(database_address({"DATABASE_URL": f"sqlite:///{path}"}))
    prepare(store)
    followed(store)
    settle(store, provider="own")
    with serving(store.address) as client:
        yield Desk(client, store)
    store.close()


def test_the_examples_are_answered_as_described_and_nothing_is_stored(desk: Desk) -> None:
    before = dump(desk.store)
    assert desk.post(FOLLOW_UP, ASKED).json() == examples.FOLLOW_UP
    made = desk.post("/v1/budgets", examples.BUDGET_REQUEST).json()
    for each in made["providers"]:
        assert len(each["months"]) == 12
        each["months"] = each["months"][2:4]
    assert made == examples.BUDGET
    assert dump(desk.store) == before


def test_every_paid_ore_is_that_of_the_settlements(desk: Desk) -> None:
    settled = desk.client.get("/v1/settlements", headers=caller(Role.FINANCE)).json()
    (total,) = desk.post(FOLLOW_UP, MARCH).json()["groups"]["total"]
    assert total["paidOre"] == sum(e["amountOre"] for e in settled["settlements"]) == 91_667
    made = desk.post("/v1/budgets", examples.BUDGET_REQUEST).json()
    assert sum(each["executedOre"] for each in made["providers"]) == 91_667


def test_the_workbook_says_what_the_figures_do(desk: Desk) -> None:
    made = desk.post(f"{FOLLOW_UP}/workbook", MARCH)
    assert made.headers["content-disposition"] == 'attachment; filename="uppfoljning.xlsx"'
    book = openpyxl.load_workbook(BytesIO(made.content))
    rows = [[cell.value for cell in row] for row in book["Utförare"].iter_rows()]
    (own,) = [row for row in rows if "p-1" in row]
    assert 416.67 in own
    assert desk.post(f"{FOLLOW_UP}/workbook", MARCH).content == made.content


@pytest.mark.parametrize(
    ("chart", "form", "begins"),
    [("chain", "png", b"\x89PNG"), ("providers", "svg", b"<?xml")],
)
def test_charts_are_drawn(desk: Desk, chart: str, form: str, begins: bytes) -> None:
    made = desk.post(f"{FOLLOW_UP}/charts/{chart}/{form}", MARCH)
    assert made.status_code == 200
    assert made.content.startswith(begins)
    assert made.headers["content-type"].startswith("image/")


def test_a_provider_is_given_its_own(desk: Desk) -> None:
    own = desk.post(FOLLOW_UP, MARCH, Role.PROVIDER)
    assert own.json() == desk.post(FOLLOW_UP, {**MARCH, "provider": "p-1"}).json()
    assert [each["provider"] for each in own.json()["groups"]["provider"]] == ["p-1"]
    book = desk.post(f"{FOLLOW_UP}/workbook", MARCH, Role.PROVIDER).content
    sheet = openpyxl.load_workbook(BytesIO(book))["Utförare"]
    shown = {cell.value for row in sheet.iter_rows() for cell in row}
    assert ("p-1" in shown, "own" in shown) == (True, False)
    chart = desk.post(f"{FOLLOW_UP}/charts/providers/svg", MARCH, Role.PROVIDER).text
    assert ("p-1" in chart, ">own" in chart) == (True, False)
    for path in ("", "/workbook", "/charts/chain/svg"):
        other, nobody = (
            desk.post(FOLLOW_UP + path, {**MARCH, "provider": name}, Role.PROVIDER)
            for name in ("own", "p-9")
        )
        assert problem(other, 404) == ["NOT_FOUND"]
        assert other.text.replace('"own"', "…") == nobody.text.replace('"p-9"', "…")
    assert desk.post("/v1/budgets", examples.BUDGET_REQUEST, Role.PROVIDER).status_code == 403


@pytest.mark.parametrize(
    ("body", "status", "codes"),
    [
        ({"months": []}, 422, ["WRONG_NUMBER_OF_ITEMS"]),
        ({"months": ["2026-13"]}, 422, ["WRONG_FORM"]),
        ({"months": ["9999-12"]}, 422, ["NOT_A_MONTH"]),
        ({"months": ["0000-01"]}, 422, ["NOT_A_MONTH"]),
        ({"months": ["2026-03", "2026-05"]}, 422, ["MONTHS_APART"]),
        ({"months": ["2025-12"]}, 404, ["NO_BOOK"]),
        ({"months": ["2026-03"], "provider": "p-9"}, 404, ["NOT_FOUND"]),
        ({"months": ["2026-03"], "services": [
            {"service": "care", "firstDay": "2026-04-01", "paidAs": "care"}]},
         422, ["BEFORE_FIRST_VALUE"]),
        ({"months": ["2026-03"], "services": [
            {"service": "care", "firstDay": "2026-01-01", "paidAs": "unheard"}]},
         422, ["UNKNOWN_SERVICE"] * 2),
        ({"months": ["2026-03"], "services": [
            {"service": "care", "firstDay": "2026-01-01", "paidAs": "care"}] * 2},
         422, ["DUPLICATE_ID"]),
    ],
)  # fmt: skip
def test_faults_are_told_with_what_to_do(
    desk: Desk, body: dict[str, Any], status: int, codes: list[str]
) -> None:
    assert problem(desk.post(FOLLOW_UP, body), status) == codes


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"executedUntil": "2025-03"}, ["OTHER_YEAR"]),
        ({"executedUntil": "2026-04"}, ["EXECUTED_MISSING"] * 2),
        ({"budget": {"year": 2026}}, ["MISSING_FIELD"]),
        ({"budget": {"year": 2026, "posts": [], "newDecisions": ["c-9"]}}, ["UNKNOWN_DECISION"]),
    ],
)
def test_a_budget_with_faults_is_refused_whole(
    desk: Desk, fields: dict[str, Any], codes: list[str]
) -> None:
    made = desk.post("/v1/budgets", {**examples.BUDGET_REQUEST, **fields})
    assert problem(made, 422) == codes
