"""Lines that add up when they are printed."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.lines import Line, shown
from scheduler.care.units import round_half_up


def line(amount: Decimal) -> Line:
    return Line("x", "X", amount, "kr/brukartimme", "", "test")


def test_thirds_are_shown_so_that_they_add_up() -> None:
    """Three lines of 33.333… are 100.00 together, though 33.33 three times is 99.99."""
    third = Decimal(100) / 3
    assert [each.amount for each in shown([line(third)] * 3)] == [
        Decimal("33.33"),
        Decimal("33.34"),
        Decimal("33.33"),
    ]


@given(
    st.lists(st.decimals(-1000, 1000, places=6), max_size=12), st.decimals(-1000, 1000, places=6)
)
@settings(max_examples=100, deadline=None)
def test_every_subtotal_shown_is_the_exact_one_rounded(
    amounts: list[Decimal], start: Decimal
) -> None:
    """And no line is more than an öre from its exact amount."""
    exact = subtotal = start
    subtotal = round_half_up(start)
    for given_amount, printed in zip(amounts, shown(map(line, amounts), start), strict=True):
        exact += given_amount
        subtotal += printed.amount
        assert subtotal == round_half_up(exact)
        assert abs(printed.amount - given_amount) <= Decimal("0.01")


@given(st.lists(st.lists(st.decimals(-1000, 1000, places=6), min_size=1, max_size=4), max_size=6),
       st.decimals(-1000, 1000, places=6))  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_lines_split_or_merged_keep_every_ore(groups: list[list[Decimal]], start: Decimal) -> None:
    """A line told in parts, or parts told as one line: no subtotal around them moves."""
    parts = [line(amount) for group in groups for amount in group]
    merged = [line(sum(group, Decimal(0))) for group in groups]
    printed = iter(shown(parts, start))
    for group, whole in zip(groups, shown(merged, start), strict=True):
        assert sum(next(printed).amount for _ in group) == whole.amount
