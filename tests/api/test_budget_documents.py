"""The budget document: what it says of a year, and every fault at once."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from api.documents.budgets import read_budget
from pricing.budget.forecast import Executed, StatedShare, Volume
from pricing.budget.funding import Commission, Cost, Funding, Per, Post
from pricing.budget.model import Placement
from pricing.budget.year import BudgetPlan
from scheduler.care.errors import InvalidInput
from scheduler.care.model import ProviderKind
from tests.api.cases import encoded

BY_HOURS = {
    "text": "Timmar", "per": "YEAR", "hours": "365.5", "service": "care", "zone": "town",
    "provider": {"id": "p-1", "kind": "OWN"},
}  # fmt: skip


def document(**fields: Any) -> dict[str, Any]:
    return {
        "year": 2026,
        "posts": [{"id": "a", "unit": "north", "amountOre": 1000}],
        "executed": [
            {"month": "2026-01", "unit": "north", "provider": "p-1", "minutes": 60,
             "amountOre": 500}
        ],
        "executionShares": [{"unit": "north", "provider": "p-1", "share": "0.92"}],
        "commissions": [
            {"id": "k", "text": "Uppdrag", "firstDay": "2026-09-01", "costs": [BY_HOURS],
             "funding": [{"post": "a", "amountOre": 10, "firstDay": "2026-09-01"}]}
        ],
        "newDecisions": ["b-1"],
    } | fields  # fmt: skip


def codes(stated: dict[str, Any]) -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        read_budget(encoded(stated))
    return [each.code for each in refused.value.findings]


def test_a_plan_is_read_as_it_stands() -> None:
    september = date(2026, 9, 1)
    place = Placement(september, "town", "p-1", ProviderKind.OWN, "")
    cost = Cost("Timmar", Per.YEAR, None, Fraction(731, 2), "care", place)
    assert read_budget(encoded(document())) == BudgetPlan(
        2026,
        (Post("a", "north", 1000, date(2026, 1, 1)),),
        (Executed(date(2026, 1, 1), "north", "p-1", Volume(Fraction(60), 500)),),
        (StatedShare("north", "p-1", Fraction(23, 25)),),
        (Commission("k", "Uppdrag", september, None, (cost,), (Funding("a", 10, september),)),),
        frozenset({"b-1"}),
    )


def commission(**fields: Any) -> dict[str, Any]:
    return document()["commissions"][0] | fields


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"year": "2026"}, ["WRONG_TYPE"]),
        ({"posts": document()["posts"] * 2}, ["DUPLICATE_ID"]),
        ({"executed": document()["executed"] * 2}, ["DUPLICATE_ID"]),
        ({"executionShares": document()["executionShares"] * 2}, ["DUPLICATE_ID"]),
        ({"executed": [document()["executed"][0] | {"month": "2025-12"}]}, ["OTHER_YEAR"]),
        ({"executed": [document()["executed"][0] | {"month": "2026-13"}]}, ["WRONG_FORM"]),
        ({"executed": [document()["executed"][0] | {"amountOre": -1}]}, ["OUT_OF_RANGE"]),
        ({"executionShares": [document()["executionShares"][0] | {"share": "1e9"}]},
         ["WRONG_FORM"]),
        ({"commissions": [commission(lastDay="2026-08-31")]}, ["ENDS_BEFORE_START"]),
        ({"commissions": [commission(costs=[BY_HOURS | {"amountOre": 1}])]}, ["COST_UNCLEAR"]),
        ({"commissions": [commission(costs=[{"text": "", "per": "YEAR"}])]}, ["COST_UNCLEAR"]),
        ({"commissions": [commission(costs=[{"text": "", "per": "YEAR", "hours": "1"}])]},
         ["COST_UNCLEAR"]),
        ({"posts": []}, ["UNKNOWN_POST"]),
        ({"posts": [{"id": "a", "unit": "north", "amountOre": 9}]}, ["POST_OVERDRAWN"]),
        ({"posts": [document()["posts"][0] | {"firstDay": "2026-09-02"}]},
         ["FUNDING_BEFORE_POST"]),
        (
            {
                "executed": [document()["executed"][0] | {"month": "2025-12"}],
                "commissions": [commission(lastDay="2026-08-31"), commission(costs=[
                    {"text": "", "per": "ONCE"}])],
            },
            ["DUPLICATE_ID", "OTHER_YEAR", "ENDS_BEFORE_START", "COST_UNCLEAR"],
        ),
    ],
)  # fmt: skip
def test_every_fault_of_a_plan_is_told(fields: dict[str, Any], expected: list[str]) -> None:
    assert codes(document(**fields)) == expected
