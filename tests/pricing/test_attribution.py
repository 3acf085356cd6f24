"""Which input explains which part of a difference: exact, fair to both sides, in no order."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.attribution import attribution
from pricing.figure import Figure, Operation, total


def known(name: str, value: Decimal | int) -> Figure:
    return Figure(Decimal(value), Operation.INPUT, name=name, text=name, unit="kr")


def amounts(before: Figure | None, after: Figure | None) -> dict[str, Decimal]:
    return {cause.name: cause.amount for cause in attribution(before, after)}


def test_a_product_shares_its_difference_by_the_mean_of_the_other_factor() -> None:
    """2 x 10 becomes 3 x 14: 22 more, of which 1 x 12 by the first and 4 x 2.5 by the second."""
    found = amounts(known("a", 2) * known("b", 10), known("a", 3) * known("b", 14))
    assert found == {"a": Decimal(12), "b": Decimal(10)}


def test_three_factors_are_treated_alike() -> None:
    """1 x 1 x 1 becomes 2 x 2 x 2: 7 more, a third each, whichever stands first."""

    def cube(side: int) -> Figure:
        return known("a", side) * known("b", side) * known("c", side)

    found = amounts(cube(1), cube(2))
    assert {name: round(amount, 20) for name, amount in found.items()} == dict.fromkeys(
        "abc", round(Decimal(7) / 3, 20)
    )


def test_a_quotient_on_paper() -> None:
    """10 / 2 becomes 12 / 4: 2 less. By a: 2 x mean(1/2, 1/4) = 0.75; by b: -2 x 11 / 8."""
    found = amounts(known("a", 10) / known("b", 2), known("a", 12) / known("b", 4))
    assert found == {"a": Decimal("0.75"), "b": Decimal("-2.75")}


def test_a_line_that_only_one_side_has_explains_itself() -> None:
    """A new line in the recipe is a decision of its own, not an effect of the others."""
    car, food = known("car", 9), known("food", 20)
    before = total([food.called("food", "Mat", "kr")])
    after = total([food.called("food", "Mat", "kr"), (car * 2).called("cars", "Bilar", "kr")])
    assert amounts(before, after) == {"cars": Decimal(18)}
    assert amounts(after, before) == {"cars": Decimal(-18)}


def test_a_figure_made_in_another_way_explains_its_difference() -> None:
    """Stated as 5, then worked out as 2 x 4: no input of one side has a partner in the other."""
    stated = known("share", 5)
    worked = (known("a", 2) * known("b", 4)).called("share", "share", "kr")
    assert amounts(total([stated]), total([worked])) == {"share": Decimal(3)}


def test_what_is_cut_at_zero_is_explained_as_far_as_it_counts() -> None:
    """5 - 7 counts as 0, 9 - 7 as 2: of four more only two are seen."""
    before = (known("idle", 5) - known("need", 7)).at_least_zero()
    after = (known("idle", 9) - known("need", 7)).at_least_zero()
    assert amounts(before, after) == {"idle": Decimal(2)}


number = st.decimals(Decimal("0.1"), 1000, places=3)
sides = st.tuples(*[st.lists(number, min_size=5, max_size=5)] * 2)


def formula(values: list[Decimal], *, turned: bool = False) -> Figure:
    """A chain in small: a cost shared out, an amount beside it, and a surcharge on both."""
    a, b, c, d, e = (known(name, value) for name, value in zip("abcde", values, strict=True))
    first = (a * b / c).called("first", "first", "kr")
    second = d.called("second", "second", "kr")
    lines = [second, first] if turned else [first, second]
    subtotal = total(lines).called("subtotal", "subtotal", "kr")
    return total([*lines, (subtotal * e).called("third", "third", "kr")])


@given(sides)
@settings(max_examples=150, deadline=None)
def test_the_parts_add_up_to_the_difference(values: tuple[list[Decimal], list[Decimal]]) -> None:
    """Whoever adds the table must arrive at what the two prices differ by."""
    before, after = map(formula, values)
    explained = sum(amounts(before, after).values(), Decimal(0))
    assert abs(explained - (after.value - before.value)) < Decimal("1e-6")


@given(sides)
@settings(max_examples=80, deadline=None)
def test_swapping_the_sides_turns_every_sign(values: tuple[list[Decimal], list[Decimal]]) -> None:
    """What made this year dearer made last year cheaper, by as much."""
    before, after = map(formula, values)
    there, back = amounts(before, after), amounts(after, before)
    for name in there.keys() | back.keys():
        assert abs(there.get(name, Decimal(0)) + back.get(name, Decimal(0))) < Decimal("1e-6")


@given(sides)
@settings(max_examples=80, deadline=None)
def test_the_order_of_the_lines_changes_nothing(
    values: tuple[list[Decimal], list[Decimal]],
) -> None:
    """Else whoever writes the file would decide what the wage is blamed for."""
    straight = amounts(*(formula(side) for side in values))
    turned = amounts(*(formula(side, turned=True) for side in values))
    assert straight.keys() == turned.keys()
    for name, amount in straight.items():
        assert abs(amount - turned[name]) < Decimal("1e-6")


@given(sides)
@settings(max_examples=40, deadline=None)
def test_an_input_that_did_not_change_explains_nothing(
    values: tuple[list[Decimal], list[Decimal]],
) -> None:
    """A cause is what differs; a constant wage is innocent."""
    before, after = values
    after = [before[0], *after[1:]]
    assert "a" not in amounts(formula(before), formula(after))
