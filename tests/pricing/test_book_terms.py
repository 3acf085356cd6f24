"""What a rate is on a day: from another rate, from a price list, rounded below zero."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from book_cases import HEAD, book_of, rule
from hypothesis import assume, given
from hypothesis import strategies as st
from price_cases import published

from pricing.book.model import Cell
from pricing.book.reading import parse_rate_book
from pricing.book.terms import half_up, price_of
from pricing.pay import engine
from pricing.pay.columns import ints
from scheduler.care.errors import InvalidInput
from scheduler.care.units import round_half_up

DAY = date(2026, 3, 4)
HOURLY = {"unit": '"hour"', "basis": '"performed"'}


def test_halves_are_rounded_away_from_zero_on_both_sides() -> None:
    """-2.5 is -3: what is taken back must be what was paid."""
    assert [half_up(Fraction(n, 2)) for n in (5, 4, 3, -3, -4, -5)] == [3, 2, 2, -2, -2, -3]
    assert half_up(Fraction(-149, 100), Fraction(1, 10)) == -15


@given(
    st.decimals(-(10**9), 10**9, places=6),
    st.sampled_from([Decimal(1), Decimal("0.1"), Decimal("0.01")]),
)
def test_fractions_are_rounded_as_decimals_are(amount: Decimal, step: Decimal) -> None:
    """Rate books and price lists round apart; the same amount must be the same öre in both."""
    assert half_up(Fraction(amount), Fraction(step)) * step == round_half_up(amount, step)


@given(
    st.lists(st.integers(0, 14_400 * 9_000), min_size=1, max_size=8),
    st.fractions(0, 10**9, max_denominator=10**18),
)
def test_columns_are_rounded_as_fractions_are(counts: list[int], factor: Fraction) -> None:
    """Within int64 and beyond it."""
    exact = [half_up(count * factor) for count in counts]
    assume(max(exact) < 2**63)
    group = ints([0] * len(counts))
    assert engine._half_up(ints(counts), group, [factor]).tolist() == exact


def test_deductions_beyond_zero_are_no_rate_however_it_is_rounded() -> None:
    """A sign lost in the rounding would pay what nobody has to pay."""
    with pytest.raises(InvalidInput) as refused:
        book_of(
            rule("rate", "hour", "{ 2026-01-01 = 100 }", round_kr="1", **HOURLY),
            rule("adjustment", "off", "{ 2026-01-01 = -250 }", kind='"amount"'),
        )
    assert [each.code for each in refused.value.findings] == ["NEGATIVE_RATE"]


def test_a_rate_follows_from_another_by_factors_and_an_amount() -> None:
    """500 / 1.25 x 1.1 - 40 = 400."""
    derived = '{ from = "care", divided_by = [1.25], times = [1.1], plus = -40 }'
    book = book_of(
        rule("rate", "care", "{ 2026-01-01 = 500 }", service='"care"', **HOURLY),
        rule("rate", "service", f"{{ 2026-01-01 = {derived} }}", service='"service"', **HOURLY),
    )
    cell = Cell("service", "town", "OWN", "any")
    assert price_of(book, book.rates[1], cell, DAY).amount == 400


@pytest.mark.parametrize(
    ("named", "zone", "kronor"),
    [("", "town", 493), ("", "rural", 523), (', zone = "rural"', "town", 523)],
)
def test_the_zone_that_a_book_names_in_a_price_list_goes_before_the_visit_s(
    named: str, zone: str, kronor: int
) -> None:
    """Kristianstad 2017, as published; a book that names none pays by the zone of the home."""
    value = f'{{ 2017-05-01 = {{ price_list = "k.toml", provider = "PRIVATE"{named} }} }}'
    book = parse_rate_book(
        (HEAD + rule("rate", "hour", value, **HOURLY)).encode(),
        "test.toml",
        lambda _: published("kristianstad_2017.toml"),
    )
    for provider in ("OWN", "PRIVATE"):  # the list has a rate for private providers only
        cell = Cell("care", zone, provider, "any")
        assert price_of(book, book.rates[0], cell, date(2017, 5, 1)).amount == kronor
