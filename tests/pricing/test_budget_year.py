"""The year by unit and provider, counted by hand: one hour a day at 500 kr, 182,500 kr in 2026."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from book_cases import HOUR, book_of
from hypothesis import given, settings
from hypothesis import strategies as st
from purse_cases import flat_book, granted, line, placement, terms_of, zoned_book

from pricing.budget.forecast import (
    Executed,
    Forecast,
    ShareSource,
    StatedShare,
    Volume,
    daily_ore,
    forecast,
    money_ends,
)
from pricing.budget.funding import Commission, Cost, Funding, Per, Post, post_findings
from pricing.budget.purses import PurseLine, purse_lines
from pricing.budget.year import BudgetPlan, YearBudget, year_budget
from scheduler.care.errors import InvalidInput, Severity
from scheduler.care.units import to_ore

NEW_YEAR = date(2026, 1, 1)
YEAR = (NEW_YEAR, date(2026, 12, 31))
FULL = (StatedShare("north", "p-1", Fraction(1)),)


def ore(kronor: int | str) -> int:
    return to_ore(Decimal(kronor))


def executed(month: int, minutes: int, kronor: int, unit: str = "north") -> Executed:
    return Executed(date(2026, month, 1), unit, "p-1", Volume(Fraction(minutes), ore(kronor)))


# 24.8 of 31 and 22.4 of 28 hours: 80 per cent.
TWO_MONTHS = (executed(1, 1488, 12_400), executed(2, 1344, 11_200))


def year_lines() -> tuple[PurseLine, ...]:
    return purse_lines(terms_of(flat_book()), [granted()], *YEAR)


def made(budget: int | str, *, posts: tuple[Post, ...] = (), **fields: object) -> YearBudget:
    own = (Post("p", "north", ore(budget), NEW_YEAR), *posts)
    plan = BudgetPlan(2026, own, **{"shares": FULL, **fields})  # type: ignore[arg-type]
    return year_budget(terms_of(flat_book()), [granted()], plan)


def test_the_rest_of_the_year_is_expected_as_the_year_has_been() -> None:
    """12,400 + 11,200 performed, and 306 days x 500 x 80 per cent to come."""
    (found,) = forecast(2026, year_lines(), TWO_MONTHS)
    assert (found.share, found.source) == (Fraction(4, 5), ShareSource.MEASURED)
    assert found.granted_ore == ore(182_500)
    assert found.executed_ore == ore(23_600)
    assert found.expected_ore == ore(122_400)
    assert found.amount_ore == ore(146_000)
    assert [each.executed is None for each in found.months] == [False] * 2 + [True] * 10


def test_a_stated_rate_goes_before_the_measured_one() -> None:
    stated = [StatedShare("north", "p-1", Fraction(9, 10))]
    (found,) = forecast(2026, year_lines(), TWO_MONTHS, stated)
    assert (found.share, found.source) == (Fraction(9, 10), ShareSource.STATED)
    assert found.expected_ore == ore(137_700)


def test_a_new_rate_is_in_the_forecast_from_its_day() -> None:
    """74 days at 500 and 291 at 520."""
    lines = purse_lines(terms_of(zoned_book("raised")), [granted()], *YEAR)
    (found,) = forecast(2026, lines, (), FULL)
    assert found.granted_ore == found.amount_ore == ore(188_320)


def test_units_and_providers_are_kept_apart() -> None:
    """A move of provider and unit on the 10th of March: 68 days here, 297 there."""
    moved = granted(
        placements=(placement(), placement(date(2026, 3, 10), provider="p-2", unit="south"))
    )
    lines = purse_lines(terms_of(flat_book()), [moved], *YEAR)
    both = (*FULL, StatedShare("south", "p-2", Fraction(1)))
    found = forecast(2026, lines, (), both)
    assert [(each.unit, each.provider, each.granted_ore) for each in found] == [
        ("north", "p-1", ore(34_000)),
        ("south", "p-2", ore(148_500)),
    ]


def test_what_was_not_reported_is_missing_and_not_nothing() -> None:
    with pytest.raises(InvalidInput) as refused:
        forecast(2026, year_lines(), (TWO_MONTHS[1],))
    assert [each.code for each in refused.value.findings] == ["EXECUTED_MISSING"]
    reported = forecast(2026, year_lines(), (executed(1, 0, 0), TWO_MONTHS[1]))
    assert reported[0].executed_ore == ore(11_200)


def test_a_forecast_needs_a_rate_to_expect_by() -> None:
    with pytest.raises(InvalidInput) as refused:
        forecast(2026, year_lines(), ())
    assert [each.code for each in refused.value.findings] == ["NO_EXECUTION_SHARE"]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(0, 5_000_000), max_size=12),
    st.fractions(0, 2, max_denominator=1000),
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
)
def test_the_days_of_a_forecast_add_up_to_it(paid: list[int], share: Fraction, first: date) -> None:
    lines = purse_lines(terms_of(flat_book()), [granted(line(minutes=47), first=first)], *YEAR)
    months = [
        Executed(date(2026, n, 1), "north", "p-1", Volume(Fraction(60), amount))
        for n, amount in enumerate(paid, 1)
    ]
    found: tuple[Forecast, ...] = forecast(
        2026, lines, months, [StatedShare("north", "p-1", share)]
    )
    days = daily_ore(found, lines)["north"]
    assert sum(days.values()) == found[0].amount_ore
    for each in found[0].months:
        of_month = [ore for day, ore in days.items() if day.replace(day=1) == each.month]
        assert sum(of_month) == each.amount_ore


@pytest.mark.parametrize(
    ("budget", "left", "ends"),
    [
        ("146000", "0", None),
        ("145999.99", "-0.01", date(2026, 12, 31)),
        # 23,600 spent when March begins, then 400 a day: 191 days.
        ("100000", "-46000", date(2026, 9, 8)),
        ("0", "-146000", date(2026, 1, 1)),
    ],
)
def test_the_day_when_the_money_ends_is_the_first_without_cover(
    budget: str, left: str, ends: date | None
) -> None:
    found = made(budget, shares=(), executed=TWO_MONTHS)
    (unit,) = found.units
    assert (unit.left_ore, unit.money_ends) == (ore(left), ends)
    assert [each.code for each in found.findings] == ([] if ends is None else ["BUDGET_EXCEEDED"])
    assert all(each.severity is Severity.WARNING for each in found.findings)


def test_a_unit_without_a_post_has_no_budget_rather_than_nothing() -> None:
    plan = BudgetPlan(2026, (), shares=FULL)
    found = year_budget(terms_of(flat_book()), [granted()], plan)
    assert (found.units[0].budget_ore, found.units[0].left_ore) == (None, None)
    assert [each.code for each in found.findings] == ["UNIT_WITHOUT_BUDGET"]


def test_money_from_a_day_is_no_money_before_it() -> None:
    costs = {date(2026, 1, n): Fraction(100) for n in (1, 2, 3)}
    late = [(date(2026, 1, 1), 100), (date(2026, 1, 3), 200)]
    assert money_ends(costs, late) == date(2026, 1, 2)
    assert money_ends(costs, [(date(2026, 1, 1), 300)]) is None


def commission(
    *funding: Funding, costs: tuple[Cost, ...] = (), first: date = date(2026, 9, 1)
) -> Commission:
    """31,000 kr a month."""
    stated = costs or (Cost("Två tjänster", Per.MONTH, ore(31_000)),)
    return Commission("ks-12", "Träffpunkt", first, None, stated, funding)


def given_from(month: int, kronor: int) -> Funding:
    return Funding("council", ore(kronor), date(2026, month, 1))


@pytest.mark.parametrize(
    ("funding", "code", "gap", "ends"),
    [
        ((), "COMMISSION_WITHOUT_FUNDING", 124_000, date(2026, 9, 1)),
        # September whole, then 15 days of October at 1,000.
        ((given_from(9, 46_500),), "COMMISSION_UNDERFUNDED", 77_500, date(2026, 10, 16)),
        ((given_from(10, 124_000),), "FUNDING_TOO_LATE", 0, date(2026, 9, 1)),
        # Money of next year is none of this one.
        (
            (Funding("council", ore(124_000), date(2027, 1, 1)),),
            "COMMISSION_WITHOUT_FUNDING",
            124_000,
            date(2026, 9, 1),
        ),
        ((given_from(9, 31_000), given_from(10, 93_000)), None, 0, None),
    ],
)
def test_a_resolution_that_nobody_has_money_for_is_shown(
    funding: tuple[Funding, ...], code: str | None, gap: int, ends: date | None
) -> None:
    post = Post("council", "council", ore(200_000), NEW_YEAR)
    found = made(182_500, posts=(post,), commissions=(commission(*funding),))
    (claim,) = found.commissions
    assert claim.months == tuple((date(2026, n, 1), ore(31_000)) for n in range(9, 13))
    assert claim.cost_ore == ore(124_000)
    assert (claim.gap_ore, claim.money_ends) == (ore(gap), ends)
    assert [each.code for each in found.findings] == ([] if code is None else [code])


@pytest.mark.parametrize(
    ("cost", "first", "kronor"),
    [
        (Cost("månad", Per.MONTH, ore(31_000)), date(2026, 9, 16), 108_500),  # 15 of 30 days
        (Cost("år", Per.YEAR, ore(36_500)), date(2026, 12, 1), 3_100),
        (Cost("en gång", Per.ONCE, ore(50_000)), date(2026, 12, 1), 50_000),
        # 365 hours a year are one a day: 184 days at 500.
        (
            Cost("timmar", Per.YEAR, None, Fraction(365), "care", placement()),
            date(2026, 7, 1),
            92_000,
        ),
    ],
)
def test_a_commission_costs_by_the_days_it_lasts(cost: Cost, first: date, kronor: int) -> None:
    found = made(182_500, commissions=(commission(costs=(cost,), first=first),))
    assert found.commissions[0].cost_ore == ore(kronor)


def test_a_commission_costs_to_its_last_day() -> None:
    """From 1 September to 15 October: 30 and 15 days at 1,000 a day."""
    days = replace(commission(), costs=(Cost("år", Per.YEAR, ore(365_000)),))
    found = made(182_500, commissions=(replace(days, last_day=date(2026, 10, 15)),))
    assert found.commissions[0].cost_ore == ore(45_000)


def test_money_of_a_post_may_be_given_from_its_first_day() -> None:
    """And not before: then it would be spent before there is any."""
    posts = (Post("council", "council", ore(200_000), date(2026, 9, 1)),)
    for month, codes in ((9, []), (8, ["FUNDING_BEFORE_POST"])):
        given_money = commission(given_from(month, 124_000))
        assert [each.code for each in post_findings(posts, [given_money])] == codes


def test_every_cost_in_hours_without_a_rate_is_told() -> None:
    unknown = Cost("timmar", Per.YEAR, None, Fraction(1), "bath", placement())
    asked = (commission(costs=(unknown,)), replace(commission(costs=(unknown,)), id="ks-13"))
    with pytest.raises(InvalidInput) as refused:
        made(182_500, commissions=asked)
    assert [each.code for each in refused.value.findings] == ["UNKNOWN_SERVICE"] * 2
    assert refused.value.findings[1].where.startswith("commission ks-13")


def test_hours_of_no_time_of_day_have_no_rate_in_a_book_that_pays_by_the_clock() -> None:
    calendar = '[[calendar]]\nfirst_day = 2026-01-01\ndefault = "day"\nbands = []\n'
    hours = Cost("timmar", Per.YEAR, None, Fraction(1), "care", placement())
    plan = BudgetPlan(2026, (), commissions=(commission(costs=(hours,)),))
    with pytest.raises(InvalidInput) as refused:
        year_budget(terms_of(book_of(calendar, HOUR)), [], plan)
    assert [each.code for each in refused.value.findings] == ["NO_HOUR_RATE"]


def test_what_a_commission_has_of_a_unit_s_post_is_not_the_unit_s_any_more() -> None:
    own = Commission(
        "k", "Ur egen ram", NEW_YEAR, None, (Cost("a", Per.ONCE, ore(1_000)),),
        (Funding("p", ore(1_000), NEW_YEAR),),
    )  # fmt: skip
    found = made(183_000, commissions=(own,))
    assert found.units[0].budget_ore == ore(182_000)
    assert [each.code for each in found.findings] == ["BUDGET_EXCEEDED"]


def with_new(budget: int, *new: str) -> YearBudget:
    decisions = [granted(), *(granted(decision_id=each, first=date(2026, 10, 1)) for each in new)]
    plan = BudgetPlan(
        2026, (Post("p", "north", ore(budget), NEW_YEAR),), shares=FULL,
        new_decisions=frozenset(new),
    )  # fmt: skip
    return year_budget(terms_of(flat_book()), decisions, plan)


def test_a_new_decision_is_held_against_what_the_forecast_leaves() -> None:
    """92 days x 500; 17,500 left. From October 1,000 a day: 63 days are covered."""
    found = with_new(200_000, "n-1")
    (claim,) = found.decisions
    assert claim.cost_ore == ore(46_000)
    assert (claim.money_ore, claim.gap_ore) == (ore(17_500), ore(28_500))
    assert claim.money_ends == date(2026, 12, 3)
    assert [each.code for each in found.findings] == ["DECISION_WITHOUT_FUNDING"]
    assert found.units[0].left_ore == ore(17_500)


def test_a_new_decision_that_the_budget_bears_is_no_finding() -> None:
    found = with_new(228_500, "n-1")
    assert found.decisions[0].gap_ore == 0
    assert found.findings == ()


def test_new_decisions_take_their_money_one_after_the_other() -> None:
    first, second = with_new(228_500, "n-2", "n-1").decisions
    assert (first.id, first.findings) == ("n-1", ())
    assert (second.money_ore, second.gap_ore) == (0, ore(46_000))
    assert second.money_ends is not None


def test_a_new_decision_must_be_among_the_decisions() -> None:
    with pytest.raises(InvalidInput) as refused:
        made(1, new_decisions=frozenset({"n-9"}))
    assert refused.value.findings[0].code == "UNKNOWN_DECISION"
