"""Follow-up and budget from the store: sums by hand, what is missing, and nothing of others."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from api import flow
from api.documents.budgets import BudgetSchema, budget_plan
from api.store.engine import Store
from api.store.money_records import RateKind
from api.usecases.budgeting import budgeted
from api.usecases.counting import Counting
from api.usecases.following_up import Asked, as_values, followed_up
from api.usecases.performing import deliver
from api.usecases.rating import approve, upload
from api.usecases.registering import register
from pricing.budget.counting import PaidAs
from pricing.budget.model import MonthBasis
from scheduler.care.errors import InvalidInput, NotFound
from tests.api.store.dump import dump
from tests.api.store.followup_samples import (
    OWN,
    decided,
    followed,
    granted,
    of_decisions,
    publish,
    visit,
)
from tests.api.store.money_samples import BOOK, CHIEF, SENDER, report, sent, settle
from tests.api.store.samples import ACT, encoded

DAYS = Counting(MonthBasis.CALENDAR_DAYS)
STATED = flow.load_terms()
MARCH = ("2026-03",)


def told(store: Store, provider: str | None = None, *months: str) -> dict[str, Any]:
    """The follow-up of some months, of all or of one provider."""
    return as_values(followed_up(store, "m-1", Asked(months or MARCH, DAYS, provider), STATED))


def group(found: dict[str, Any], provider: str) -> dict[str, Any]:
    (one,) = (each for each in found["groups"]["provider"] if each["provider"] == provider)
    return dict(one)


def places(found: dict[str, Any]) -> dict[str, str]:
    return {
        each["place"]: each["grantedMin"] for each in found["places"] if each["grantedMin"] != "0"
    }


def notes(found: dict[str, Any]) -> set[tuple[str, str]]:
    return {(each["code"], each["where"]) for each in found["notes"]}


def test_a_march_is_followed_up_by_hand(store: Store) -> None:
    """31 half hours each; p-1 is paid 250.00 and 166.67 for thirty and twenty minutes."""
    followed(store)
    before = dump(store)
    found = told(store)
    assert dump(store) == before
    private, own = group(found, "p-1"), group(found, "own")
    assert (private["grantedMin"], private["grantedOre"]) == ("930", 775_000)
    assert (private["plannedMin"], private["performedMin"]) == (30, 50)
    assert (private["paidMin"], private["paidOre"]) == (50, 41_667)
    assert places(private) == {"PAID": "50", "NOT_TRACED": "880"}
    assert private["punctuality"]["visits"] == 1
    assert [each["unit"] for each in found["groups"]["unit"]] == ["north"]
    assert [each["month"] for each in found["groups"]["month"]] == ["2026-03"]
    # An open month is not paid, and neither is it a leak.
    assert (own["performedMin"], own["paidMin"], own["paidOre"]) == (60, None, None)
    assert places(own) == {"NOT_TRACED": "870", "UNSETTLED": "60"}
    assert ("SETTLEMENT_MISSING", "own, 2026-03") in notes(found)
    assert ("SETTLEMENT_MISSING", "p-1, 2026-03") not in notes(found)
    settle(store, provider="own")
    assert group(told(store), "own")["paidOre"] == 50_000


def test_a_provider_follows_itself_up_as_finance_sees_it(store: Store) -> None:
    followed(store)
    every, own = told(store), told(store, "p-1")
    assert own["groups"]["provider"] == [group(every, "p-1")]
    assert "'own'" not in str(own)
    assert own["groups"]["total"][0]["grantedMin"] == "930"


def test_another_provider_changes_no_byte_of_ones_own(store: Store) -> None:
    """Not even one that comes to the same person on the same day, or costs what nobody knows."""
    followed(store)
    before = told(store, "p-1")
    both = [decided("c-0", "r-5", OWN, unit="south"),
            decided("c-9", "r-9", OWN, recipient={"location": [56.0, 14.1], "zone": "rural"},
                    lines=[{"id": "l-1", "service": "unheard", "bands": ["MORNING"],
                            "frequency": {"times": 1, "period": "DAY"}}])]  # fmt: skip
    register(store, ACT, "file-2", encoded({"decisions": both}))
    publish(store, "south", *of_decisions(("c-0", "r-5"), ("c-9", "r-9"), carer="bo"))
    report(store, visit(3, "own", "r-5", 4, 30) + visit(4, "own", "r-5", 6, 45), "more")
    settle(store, provider="own")
    deliver(store, SENDER, sent(visit(5, "own", "r-5", 7, 45), "waits"))
    assert told(store, "p-1") == before
    # Finance is refused until the unheard service has a price.
    with pytest.raises(InvalidInput):
        told(store)


def test_corrections_of_later_months_count_in_the_month_of_the_visit(store: Store) -> None:
    followed(store)
    report(store, visit(2, "p-1", "r-5", 5, 25), "fix", corrects=True)
    approved = group(told(store), "p-1")
    # Approved and not yet settled: performed, and paid as before.
    assert (approved["performedMin"], approved["paidOre"]) == (55, 41_667)
    settle(store, "2026-04")
    paid = group(told(store), "p-1")
    assert (paid["performedMin"], paid["paidMin"], paid["paidOre"]) == (55, 55, 45_833)
    # So it does when both months are asked for.
    assert group(told(store, None, "2026-03", "2026-04"), "p-1")["paidOre"] == 45_833


def test_what_nobody_has_sent_or_approved_is_missing_and_never_zero(store: Store) -> None:
    granted(store)
    deliver(store, SENDER, sent(visit(1, "p-1", "r-5", 4, 30), "waits"))
    found = told(store)
    for name in ("p-1", "own"):
        one = group(found, name)
        assert (one["plannedMin"], one["performedMin"], one["paidOre"]) == (None, None, None)
        assert places(one) == {"UNREPORTED": "930"}
    assert {
        ("PLANS_MISSING", "own, north, 2026-03"),
        ("VISITS_MISSING", "p-1, 2026-03"),
        ("VISITS_NOT_APPROVED", "p-1, 2026-03"),
        ("SETTLEMENT_MISSING", "own, 2026-03"),
    } <= notes(found)
    assert ("VISITS_NOT_APPROVED", "own, 2026-03") not in notes(found)


def test_what_cannot_be_asked_is_refused(store: Store) -> None:
    granted(store)
    with pytest.raises(NotFound, match="providers"):
        told(store, "p-9")
    with pytest.raises(NotFound, match="NO_BOOK month 2025-12"):
        told(store, None, "2025-12", "2026-01")
    with pytest.raises(InvalidInput, match="MONTHS_APART"):
        told(store, None, "2026-01", "2026-03")
    with pytest.raises(InvalidInput, match="NO_PERIOD"):
        told(store, None, *(f"{2026 + n // 12}-{n % 12 + 1:02d}" for n in range(13)))


def test_each_month_is_granted_by_its_own_book(store: Store) -> None:
    """April's book pays 600: 30 half hours are 9,000, after March's 31 at 500."""
    granted(store)
    april = BOOK.replace("2026-01-01 = 500", "2026-01-01 = 600")
    upload(store, SENDER, "b-2", RateKind.BOOK, "book.toml", date(2026, 4, 1), april.encode())
    approve(store, CHIEF, RateKind.BOOK, 2, 1)
    found = told(store, "p-1", "2026-03", "2026-04")
    assert [each["grantedOre"] for each in found["groups"]["month"]] == [775_000, 900_000]


def test_granted_time_falls_back_on_the_standard_times_of_the_plans(store: Store) -> None:
    """A line without minutes: neither the request nor the book has any, the catalogue has."""
    granted(store)
    code, service = next(iter(STATED.catalogue.services.items()))
    minutes = int(service.standard.values[-1][1])
    line = {"id": "l-1", "service": code, "bands": ["MORNING"],
            "frequency": {"times": 1, "period": "DAY"}}  # fmt: skip
    one = decided("c-7", "r-7", OWN, lines=[line])
    register(store, ACT, "file-2", encoded({"decisions": [one]}))
    for stated, expected in ((None, minutes), (10, 10)):
        paid = Counting(
            MonthBasis.CALENDAR_DAYS, {code: (PaidAs(date(2020, 1, 1), "care", stated),)}
        )
        found = as_values(followed_up(store, "m-1", Asked(MARCH, paid, "own"), STATED))
        assert group(found, "own")["grantedMin"] == str(31 * (30 + expected))


# ---------------------------------------------------------------- budget

YEAR = {
    "year": 2026,
    "posts": [{"id": "north", "unit": "north", "amountOre": 10_000_000}],
    "executionShares": [
        {"unit": "north", "provider": name, "share": "1"} for name in ("own", "p-1")
    ],
}  # fmt: skip


def year(store: Store, until: str | None = None, **fields: Any) -> Any:
    plan = budget_plan(BudgetSchema.model_validate(YEAR | fields))
    return budgeted(store, "m-1", plan, until, DAYS, STATED)


def test_a_year_is_what_is_granted_and_what_closed_months_have_paid(store: Store) -> None:
    """306 half hours each are 76,500 kronor; of March p-1 was paid 416.67, the rest is expected."""
    followed(store)
    before = dump(store)
    granted_only = year(store)
    assert {each.provider: each.granted_ore for each in granted_only.forecasts} == {
        "own": 7_650_000, "p-1": 7_650_000,
    }  # fmt: skip
    assert [each.code for each in granted_only.findings] == ["BUDGET_EXCEEDED"]
    with pytest.raises(InvalidInput, match="EXECUTED_MISSING"):
        year(store, "2026-03")
    assert dump(store) == before
    settle(store, provider="own")
    made = {each.provider: each for each in year(store, "2026-03").forecasts}
    assert (made["p-1"].executed_ore, made["own"].executed_ore) == (41_667, 50_000)
    assert made["p-1"].expected_ore == 275 * 25_000
    with pytest.raises(InvalidInput, match="OTHER_YEAR"):
        year(store, "2025-03")


def test_what_the_plan_states_of_a_month_goes_before_what_is_settled(store: Store) -> None:
    followed(store)
    settle(store, provider="own")
    stated = {"month": "2026-03", "unit": "north", "provider": "p-1", "minutes": 50,
              "amountOre": 1}  # fmt: skip
    made = {e.provider: e.executed_ore for e in year(store, "2026-03", executed=[stated]).forecasts}
    assert made == {"p-1": 1, "own": 50_000}


def test_a_new_decision_without_money_is_told_before_it_takes_effect(store: Store) -> None:
    granted(store)
    found = year(store, newDecisions=["c-2"])
    (claim,) = found.decisions
    assert (claim.id, claim.cost_ore) == ("c-2", 7_650_000)
    assert [each.code for each in found.findings] == ["DECISION_WITHOUT_FUNDING"]
    with pytest.raises(InvalidInput, match="UNKNOWN_DECISION"):
        year(store, newDecisions=["c-8"])
