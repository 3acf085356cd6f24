"""Purses by month: cases by hand, the published case, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from book_cases import HOUR, book_of, published_book, rule
from price_cases import cases, label, published
from purse_cases import flat_book, granted, granted_of, line, placement, terms_of, zoned_book

from pricing.book.model import Unit
from pricing.budget.counting import PaidAs, Terms
from pricing.budget.granted_time import month_of
from pricing.budget.model import Interruption, MonthBasis, granted_findings
from pricing.budget.purses import purse_lines, total_hours, total_ore
from pricing.budget.tariff import BookTariff, ListTariff, Tariff, require_one_band
from scheduler.care.errors import InvalidInput
from scheduler.care.model import Band, Period, ProviderKind
from scheduler.care.units import to_ore

MARCH = month_of(date(2026, 3, 1))


@pytest.mark.parametrize("basis", list(MonthBasis))
@pytest.mark.parametrize("case", cases("purse_months"), ids=label)
def test_a_month_is_counted_to_the_day(case: dict[str, Any], basis: MonthBasis) -> None:
    terms = terms_of(zoned_book(case.get("book", "flat")), basis)
    decisions = [granted_of(number, each) for number, each in enumerate(case["decisions"])]
    lines = purse_lines(terms, decisions, *month_of(case["month"]))
    assert total_hours(lines) == Fraction(case[basis.value]["hours"])
    assert total_ore(lines) == to_ore(Decimal(case[basis.value]["kr"]))


KRISTIANSTAD = (
    line("morning", 15), line("evening", 15), line("supervision", 15),
    line("shower", 40, 1, Period.WEEK), line("shopping", 45, 1, Period.WEEK),
    line("cleaning", 70, 1, Period.TWO_WEEKS), line("laundry", 20, 1, Period.TWO_WEEKS),
)  # fmt: skip


@pytest.mark.parametrize(
    "tariff",
    [
        BookTariff(published_book("kristianstad_2017_book.toml")),
        ListTariff("kristianstad_2017.toml", published("kristianstad_2017.toml")),
    ],
    ids=["book", "price list"],
)
def test_the_published_purse_comes_from_its_seven_services(tariff: Tariff) -> None:
    """32.2493 h and 15,898.88 kr: rounded once, not once for each service."""
    catalogue = {"care": (PaidAs(date(2017, 5, 1), "care_and_service"),)}
    first = date(2017, 5, 1)
    decision = granted(*KRISTIANSTAD, first=first)
    terms = Terms(tariff, MonthBasis.MEAN_MONTH, catalogue)
    (made,) = purse_lines(terms, [decision], *month_of(first))
    assert round(float(made.quantity), 4) == 32.2493
    assert made.price.kronor == 493
    assert made.amount_ore == 1_589_888
    assert [part.line_id for part in made.parts] == sorted(each.id for each in KRISTIANSTAD)
    assert sum(part.amount_ore for part in made.parts) == made.amount_ore


def test_an_occasion_is_paid_by_number_and_a_delivery_whoever_carries_it() -> None:
    """Two carers are two occasions, unless the book says less; a meal is one meal."""
    book = book_of(
        rule("rate", "bath", "{ 2026-01-01 = 100 }", unit='"occasion"', service='"care"'),
        rule("rate", "meal", "{ 2026-01-01 = 50 }", unit='"delivery"', service='"service"'),
        rule("staffing", "second", "{ 2026-01-01 = 0.5 }"),
    )
    decision = granted(line("l-1", None, staff=2), line("l-2", None, 2, staff=2, service="service"))
    bath, meal = purse_lines(terms_of(book), [decision], *MARCH)
    assert (bath.price.unit, bath.quantity, bath.amount) == (Unit.OCCASION, 31, 31 * 150)
    assert (meal.price.unit, meal.quantity, meal.amount) == (Unit.DELIVERY, 62, 62 * 50)


@pytest.mark.parametrize(
    ("unit", "whole", "quantity"),
    [
        ("day", None, Fraction(16)),
        ("month", "false", Fraction(16, 31)),
        ("month", "true", Fraction(1)),
    ],
)
def test_a_day_or_month_rate_is_paid_once_however_many_services(
    unit: str, whole: str | None, quantity: Fraction
) -> None:
    """From the 16th: 16 days, 16/31 of a month, or the month in full where the book says so."""
    fields = {} if whole is None else {"whole_month": whole}
    book = book_of(
        HOUR,
        rule("rate", "client", "{ 2026-01-01 = 310 }", unit=f'"{unit}"', component='"client"',
             **fields),
    )  # fmt: skip
    decision = granted(line("l-1"), line("l-2"), first=date(2026, 3, 16))
    lines = purse_lines(terms_of(book), [decision], *MARCH)
    client = next(each for each in lines if each.price.rate == "client")
    assert client.quantity == quantity
    assert client.amount == 310 * quantity
    assert total_hours(lines) == 32


def test_minutes_come_from_the_decision_then_the_catalogue_then_the_book() -> None:
    book = book_of(HOUR, rule("standard_time", "care", "{ 2026-01-01 = 30 }", service='"care"'))
    own, other = line("own", 45), line("other", None)
    bath = line("bath", None, service="bath")
    catalogue = {"bath": (PaidAs(date(2026, 1, 1), "care", 20),)}
    terms = Terms(BookTariff(book), MonthBasis.CALENDAR_DAYS, catalogue)
    (made,) = purse_lines(terms, [granted(own, other, bath)], *MARCH)
    minutes = {part.line_id: part.minutes for part in made.parts}
    assert minutes == {"own": 31 * 45, "other": 31 * 30, "bath": 31 * 20}


CALENDAR = """
[[calendar]]
first_day = 2026-01-01
default = "day"
by_minute = true
bands = [{ band = "night", days = "any", from = "22:00", to = "07:00" }]
"""


def banded_book() -> Any:
    rates = [
        rule("rate", band, f"{{ 2026-01-01 = {kr} }}", unit='"hour"', basis='"performed"',
             band=f'"{band}"')
        for band, kr in (("day", 500), ("night", 800))
    ]  # fmt: skip
    return book_of(CALENDAR, *rates)


def test_an_occasion_across_two_bands_is_paid_by_its_minutes_in_each() -> None:
    """21:30 to 22:30 is half an hour by day and half an hour by night."""
    clock = {Band.BEDTIME: time(21, 30)}
    terms = Terms(BookTariff(banded_book()), MonthBasis.CALENDAR_DAYS, clock=clock)
    day, night = purse_lines(terms, [granted(line(bands=(Band.BEDTIME,)))], *MARCH)
    assert (day.band, day.quantity, day.amount) == ("day", Fraction(31, 2), 7750)
    assert (night.band, night.quantity, night.amount) == ("night", Fraction(31, 2), 12400)
    assert total_hours([day, night]) == 31


def test_the_occasions_of_a_day_fall_in_the_bands_in_turn() -> None:
    """Three a day in two bands: two in the first, one in the second."""
    clock = {Band.MORNING: time(8), Band.NIGHT: time(23)}
    terms = Terms(BookTariff(banded_book()), MonthBasis.CALENDAR_DAYS, clock=clock)
    decision = granted(line(times=3, bands=(Band.MORNING, Band.NIGHT)))
    day, night = purse_lines(terms, [decision], *MARCH)
    assert (day.quantity, night.quantity) == (62, 31)


def codes(refused: pytest.ExceptionInfo[InvalidInput]) -> list[str]:
    return [each.code for each in refused.value.findings]


def test_every_line_without_time_or_price_is_told_at_once() -> None:
    decisions = [
        granted(line("l-1", None), line("l-2", service="bath"), decision_id="d-1"),
        granted(decision_id="d-2", placements=(placement(zone="moon"),)),
        granted(decision_id="d-3", placements=(placement(kind=ProviderKind.OWN),)),
    ]
    with pytest.raises(InvalidInput) as refused:
        purse_lines(terms_of(flat_book()), decisions, *MARCH)
    assert codes(refused) == ["NO_STANDARD_TIME", "UNKNOWN_SERVICE", "UNKNOWN_ZONE"]
    assert refused.value.findings[1].where.startswith("decision d-1, line l-2")


def test_a_day_before_the_first_rate_or_service_is_refused() -> None:
    first = date(2025, 12, 31)
    early = [granted(first=first)]
    with pytest.raises(InvalidInput) as no_rate:
        purse_lines(terms_of(flat_book()), early, first, first)
    catalogue = {"care": (PaidAs(date(2026, 1, 1), "care"),)}
    terms = Terms(BookTariff(flat_book()), MonthBasis.MEAN_MONTH, catalogue)
    with pytest.raises(InvalidInput) as no_service:
        purse_lines(terms, early, first, first)
    assert codes(no_rate) == codes(no_service) == ["BEFORE_FIRST_VALUE"]


def test_a_book_that_pays_by_the_clock_needs_to_know_when() -> None:
    with pytest.raises(InvalidInput) as refused:
        purse_lines(terms_of(banded_book()), [granted()], *MARCH)
    assert codes(refused) == ["NO_CLOCK_TIME"]


def test_a_price_list_with_time_bands_gives_no_purse() -> None:
    plain = published("kristianstad_2017.toml")
    require_one_band(plain, "list.toml")
    with pytest.raises(InvalidInput) as refused:
        require_one_band(replace(plain, bands=("day", "night")), "list.toml")
    assert codes(refused) == ["BANDS_WITHOUT_CLOCK"]


def test_the_days_of_a_decision_are_clear_or_every_reason_is_told() -> None:
    day = date(2026, 3, 1)
    fine = granted(first=day, last=day, placements=(placement(day),))
    unclear = granted(
        first=day,
        last=date(2026, 2, 28),
        placements=(placement(date(2026, 3, 2)), placement(day), placement(date(2026, 5, 1))),
        interruptions=(Interruption(day, date(2026, 2, 1)),),
    )
    assert granted_findings(fine) == []
    assert [each.code for each in granted_findings(unclear)] == [
        "ENDS_BEFORE_START",
        "NO_PLACEMENT",
        "MOVES_OUT_OF_ORDER",
        "MOVE_AFTER_END",
        "MOVE_AFTER_END",
        "ENDS_BEFORE_START",
    ]
