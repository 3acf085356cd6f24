"""What holds of every purse: days and months agree, splitting and order change nothing."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from purse_cases import granted, line, placement, terms_of, zoned_book

from pricing.book.terms import half_up
from pricing.budget.granted_time import month_of, occasions_on_day, occasions_per_mean_month
from pricing.budget.model import Granted, Interruption, MonthBasis
from pricing.budget.purses import PurseLine, purse_lines, total_hours, total_ore
from scheduler.care.model import Frequency, Period, ServiceLine
from scheduler.frequency import occasions_on, occasions_per_week

FIRST = date(2027, 1, 1)
ONE_DAY = timedelta(days=1)
# Two years with a leap February and four changes of the clock.
DAYS = st.dates(FIRST, date(2028, 12, 31))
WEEKDAYS = st.sampled_from([(), (1,), (3, 5), (1, 2, 3, 4, 5), (6, 7)])
FEW = settings(max_examples=60, deadline=None)


@st.composite
def service_lines(draw: st.DrawFn) -> tuple[ServiceLine, ...]:
    return tuple(
        line(
            f"l-{number}",
            draw(st.integers(1, 180)),
            draw(st.integers(1, 4)),
            draw(st.sampled_from(list(Period))),
            weekdays=draw(WEEKDAYS),
            staff=draw(st.integers(1, 2)),
        )
        for number in range(draw(st.integers(1, 4)))
    )


@st.composite
def decisions(draw: st.DrawFn, decision_id: str = "d-1") -> Granted:
    first, last = sorted((draw(DAYS), draw(DAYS)))
    moves = sorted(draw(st.sets(DAYS, max_size=2)))
    away = [sorted((draw(DAYS), draw(DAYS))) for _ in range(draw(st.integers(0, 2)))]
    return granted(
        *draw(service_lines()),
        decision_id=decision_id,
        first=first,
        last=last,
        placements=(
            placement(first),
            *(
                placement(day, draw(st.sampled_from(["town", "rural"])))
                for day in moves
                if first < day <= last
            ),
        ),
        interruptions=tuple(Interruption(*each) for each in away),
    )


BASES = st.sampled_from(list(MonthBasis))
BOOK = zoned_book("raised")


def lines_of(each: Granted, basis: MonthBasis, first: date, last: date) -> tuple[PurseLine, ...]:
    return purse_lines(terms_of(BOOK, basis), [each], first, last)


@FEW
@given(decisions(), BASES, DAYS)
def test_the_days_of_a_month_add_up_to_the_month(
    each: Granted, basis: MonthBasis, day: date
) -> None:
    first, last = month_of(day)
    whole = lines_of(each, basis, first, last)
    days = [first + n * ONE_DAY for n in range((last - first).days + 1)]
    by_day = [made for day in days for made in lines_of(each, basis, day, day)]
    assert total_hours(by_day) == total_hours(whole)
    assert sum(made.amount for made in by_day) == sum(made.amount for made in whole)


@FEW
@given(decisions(), BASES, DAYS)
def test_parts_and_days_of_a_line_add_up_to_its_ore(
    each: Granted, basis: MonthBasis, day: date
) -> None:
    for made in lines_of(each, basis, *month_of(day)):
        exact = made.exact_by_day()
        assert made.amount == sum(exact.values()) == sum(part.amount for part in made.parts)
        assert made.amount_ore == half_up(made.amount * 100)
        assert made.amount_ore == sum(part.amount_ore for part in made.parts)
        assert made.amount_ore == sum(made.by_day().values())
        assert all(abs(ore - exact[day] * 100) < 1 for day, ore in made.by_day().items())
        assert all(each.first_day.isoformat()[:7] == made.month.isoformat()[:7]
                   for part in made.parts for each in part.runs)  # fmt: skip


@FEW
@given(decisions(), BASES, st.data())
def test_a_decision_in_two_is_worth_what_it_was(
    each: Granted, basis: MonthBasis, data: st.DataObject
) -> None:
    """No hour is lost or made; each half of a line has its own rounding, so at most an öre."""
    decision = each.decision
    assert decision.valid_to is not None
    assume(decision.valid_from < decision.valid_to)
    day = data.draw(st.dates(decision.valid_from + ONE_DAY, decision.valid_to))
    before = granted(
        *decision.lines, decision_id="a", first=decision.valid_from, last=day - ONE_DAY,
        placements=each.placements, interruptions=each.interruptions,
    )  # fmt: skip
    place = each.placement_on(day)
    after = granted(
        *decision.lines, decision_id="b", first=day, last=decision.valid_to,
        placements=(place, *(p for p in each.placements if p.first_day > day)),
        interruptions=each.interruptions,
    )  # fmt: skip
    first, last = month_of(day)
    whole = lines_of(each, basis, first, last)
    halves = purse_lines(terms_of(BOOK, basis), [before, after], first, last)
    assert total_hours(halves) == total_hours(whole)
    assert sum(made.amount for made in halves) == sum(made.amount for made in whole)
    cut = len(halves) - len(whole)
    assert abs(total_ore(halves) - total_ore(whole)) <= cut


@FEW
@given(st.permutations([0, 1, 2]), st.data(), BASES)
def test_the_order_of_decisions_and_services_does_not_matter(
    order: list[int], data: st.DataObject, basis: MonthBasis
) -> None:
    drawn = [data.draw(decisions(decision_id=f"d-{number}")) for number in range(3)]
    turned = [
        granted(*reversed(each.decision.lines), decision_id=each.decision.id,
                first=each.decision.valid_from, last=each.decision.valid_to,
                placements=each.placements, interruptions=each.interruptions[::-1])
        for each in (drawn[number] for number in order)
    ]  # fmt: skip
    terms = terms_of(BOOK, basis)
    year = (date(2028, 1, 1), date(2028, 12, 31))
    assert purse_lines(terms, drawn, *year) == purse_lines(terms, turned, *year)


FREQUENCIES = st.builds(Frequency, st.integers(1, 4), st.sampled_from(list(Period)), WEEKDAYS)


@FEW
@given(FREQUENCIES, DAYS)
def test_a_mean_month_is_every_month_and_agrees_with_the_mean_week(
    often: Frequency, day: date
) -> None:
    """Two counts, made apart, of the same thing: a month has 365.25 / 7 / 12 weeks."""
    mean = occasions_per_mean_month(often)
    assert mean == occasions_per_week(often) * Fraction("365.25") / 7 / 12
    first, last = month_of(day)
    days = (first + n * ONE_DAY for n in range((last - first).days + 1))
    assert sum(occasions_on_day(often, each, MonthBasis.MEAN_MONTH) for each in days) == mean


@pytest.mark.parametrize("weekdays", [(), (2, 4)])
@pytest.mark.parametrize("period", list(Period))
@FEW
@given(times=st.integers(1, 4), day=DAYS)
def test_a_whole_period_has_as_many_occasions_as_the_visits_of_the_plan(
    period: Period, weekdays: tuple[int, ...], times: int, day: date
) -> None:
    """Where each occasion falls is the plan's to say; how many there are is the decision's."""
    if period is Period.WEEK and weekdays:
        times = min(times, 2)
    often = Frequency(times, period, weekdays)
    monday = day - timedelta(days=day.isoweekday() - 1)
    weeks = {Period.WEEK: 7, Period.TWO_WEEKS: 14, Period.THREE_WEEKS: 21, Period.FOUR_WEEKS: 28}
    year = (date(day.year, 1, 1), date(day.year, 12, 31))
    spans = {Period.DAY: (day, day), Period.MONTH: month_of(day), Period.YEAR: year}
    first, last = spans.get(period) or (monday, monday + timedelta(days=weeks[period] - 1))
    days = [first + n * ONE_DAY for n in range((last - first).days + 1)]
    counted = sum(occasions_on_day(often, each, MonthBasis.CALENDAR_DAYS) for each in days)
    assert counted == sum(occasions_on(often, "d-1/l-1", first, each) for each in days)


def test_lines_come_in_the_order_of_decision_and_month() -> None:
    terms = terms_of(BOOK)
    made = purse_lines(
        terms,
        [granted(decision_id="b"), granted(decision_id="a")],
        date(2026, 1, 15),
        date(2026, 3, 31),
    )
    order = [(each.decision_id, each.month, each.first_day) for each in made]
    assert order == sorted(order)
    assert all(one != other for one, other in pairwise(order))
