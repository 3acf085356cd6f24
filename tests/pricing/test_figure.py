"""Figures: arithmetic that stays exact, knows its parts and can be worked out again."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.figure import Figure, Operation, constant, evaluate, inputs, total, walk


def given_figure(name: str, value: Decimal | int) -> Figure:
    return Figure(Decimal(value), Operation.INPUT, name=name)


A, B, C = (given_figure(name, value) for name, value in (("a", 7), ("b", 2), ("c", 5)))


def test_each_operation_on_paper() -> None:
    """A flipped sign or a swapped divisor would reprice everything."""
    assert (A - B - C).value == 0
    assert (1 - (A + B)).value == -8
    assert (-A + 10).value == 3
    assert (2 * A * B).value == 28
    assert (A / B).value == Decimal("3.5")
    assert (B - A).at_least_zero().value == 0
    assert (A - B).at_least_zero().value == 5
    assert (A / B).rounded(constant(1)).value == 4
    assert total([A, B, C]).value == 14
    assert total([]).value == 0


def test_the_same_formula_gives_another_result_with_another_number() -> None:
    """By hand: (9 - 2) x 5 / (1 + 2) with 9 for a; and 0 below zero, and rounded."""
    share = (A - B) * C / (1 + B)
    assert evaluate([share, (A - 8).at_least_zero()], {}) == [Decimal(25) / 3, 0]
    assert evaluate([share, (A - 8).at_least_zero()], {"a": Decimal(9)}) == [Decimal(35) / 3, 1]
    assert evaluate([share.rounded(constant(1))], {"a": Decimal(9)}) == [12]
    assert evaluate([-A, 1 - A], {"a": Decimal(9)}) == [-9, -8]


def test_a_named_figure_stays_whole_in_what_is_made_from_it() -> None:
    """Who follows a price back meets the subtotal by its name, not its parts."""
    pay = (A + B).called("pay", "Lön", "kr")
    assert (pay + C).parts == (pay, C)
    assert (pay * C).parts == (pay, C)
    assert (A + B + C).parts == (A, B, C)


def test_an_input_keeps_its_name_inside_a_line_named_after_it() -> None:
    """The line may be deducted; the input it came from may not be lost."""
    line = A.called("car", "Bil", "kr/brukartimme")
    assert (line.name, line.parts) == ("car", (A,))
    assert list(inputs([line * B])) == ["a", "b"]


def test_walking_meets_each_figure_once_and_after_its_parts() -> None:
    """A shared subtotal is worked out once; a figure before its parts could not be."""
    shared = (A + B).called("s", "S", "kr")
    top = shared * shared
    assert list(walk([top])) == [A, B, shared, top]


@given(st.lists(st.decimals(-1000, 1000, places=4), min_size=3, max_size=3))
@settings(max_examples=60, deadline=None)
def test_working_out_again_agrees_with_building_anew(values: list[Decimal]) -> None:
    """One formula, two ways to the same number, to the last digit."""

    def formula(a: Figure, b: Figure, c: Figure) -> Figure:
        return ((a - b) * c / 8 + total([a, b, c])).at_least_zero().rounded(constant(1)) - a

    anew = formula(*(constant(value) for value in values))
    (again,) = evaluate([formula(A, B, C)], dict(zip("abc", values, strict=True)))
    assert again == anew.value
