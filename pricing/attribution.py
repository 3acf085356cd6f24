"""
Which input explains which part of the difference between two figures.

The two figures are followed down side by side as long as they were made in the same way. The
difference of each is passed on to its parts by rules that are exact, that treat both sides alike,
and that take no order of the inputs::

    a + b   da + db
    a x b   da x mean(b) + db x mean(a)
    a / b   da x mean(1 / b) + d(1 / b) x mean(a),  d(1 / b) = -db / (b before x b after)

Each rule is the mean over all orders of changing the factors (the Shapley value), also for three
factors and more. Where the two sides were made in different ways, or only one has a part, that
figure itself explains its difference. So the parts add up to the difference, and swapping the sides
turns every sign.

Source of the rule for two factors: Bennet's indicator (1920), as index theory uses it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from math import comb, prod

from pricing.figure import Figure, Operation

TWO = Decimal(2)
# What explains less is the last digit of a division, not a cause.
SMALLEST = Decimal("1e-8")
OTHER_FORMULA = ("other_formula", "Annan beräkning")


@dataclass(frozen=True, slots=True)
class Cause:
    """
    An input, or a figure made in another way, and the part of the difference it explains.

    Parameters
    ----------
    before, after
        Its values; None where that side has no such figure.
    amount
        Unrounded, in the unit of the figures compared; positive when `after` is dearer by it.
    """

    name: str
    text: str
    unit: str
    before: Decimal | None
    after: Decimal | None
    amount: Decimal


Pair = tuple[Figure | None, Figure | None]


def attribution(before: Figure | None, after: Figure | None) -> tuple[Cause, ...]:
    """
    What explains ``after - before``; their amounts add up to it.

    Parameters
    ----------
    before, after
        Two figures; None counts as 0, for a line that only one side has.

    Returns
    -------
    tuple of Cause
        The largest first, then by name; nothing that explains less than a millionth of an öre.
    """
    weights: dict[Pair, Decimal] = {(before, after): Decimal(1)}
    found: dict[tuple[str, str], Cause] = {}
    for pair in _after_their_wholes((before, after)):
        weight = weights.get(pair, Decimal(0))
        shares = _passed_on(pair)
        if shares is None:
            _add(found, pair, weight * _difference(pair))
            continue
        for part, factor in shares:
            weights[part] = weights.get(part, Decimal(0)) + weight * factor
    causes = (cause for cause in found.values() if abs(cause.amount) > SMALLEST)
    return tuple(sorted(causes, key=lambda cause: (-abs(cause.amount), cause.name)))


def _difference(pair: Pair) -> Decimal:
    before, after = (Decimal(0) if side is None else side.value for side in pair)
    return after - before


def _passed_on(pair: Pair) -> list[tuple[Pair, Decimal]] | None:
    """The parts of a pair and what a krona of each does to it; None when it explains itself."""
    before, after = pair
    if before is None or after is None:
        lone = before or after
        return _alone(pair, lone) if lone is not None else []
    if before.operation is not after.operation or not before.parts:
        return None
    match before.operation:
        case Operation.SUM:
            return _terms(before, after)
        case Operation.PRODUCT if len(before.parts) == len(after.parts):
            return _factors(before, after)
        case Operation.QUOTIENT:
            return _fraction(before, after)
        case Operation.AT_LEAST_ZERO:
            return _from_zero(before, after)
    return None


def _alone(pair: Pair, lone: Figure) -> list[tuple[Pair, Decimal]] | None:
    """A sum that only one side has is told by its terms, when each has a name."""
    if lone.operation is not Operation.SUM or not all(part.name for part in lone.parts):
        return None
    first = pair[0] is lone
    return [
        ((part, None) if first else (None, part), Decimal(sign))
        for part, sign in zip(lone.parts, lone.signs, strict=True)
    ]


def _terms(before: Figure, after: Figure) -> list[tuple[Pair, Decimal]]:
    """Terms belong together by sign and name; those without a name, in their order."""
    left, right = _keyed(before), _keyed(after)
    return [
        ((left.get(key), right.get(key)), Decimal(key[0])) for key in dict.fromkeys([*left, *right])
    ]


def _keyed(figure: Figure) -> dict[tuple[int, str, int], Figure]:
    keyed: dict[tuple[int, str, int], Figure] = {}
    for part, sign in zip(figure.parts, figure.signs, strict=True):
        count = sum(1 for known in keyed if known[:2] == (sign, part.name))
        keyed[sign, part.name, count] = part
    return keyed


def _factors(before: Figure, after: Figure) -> list[tuple[Pair, Decimal]]:
    """Each factor's change times the mean of the others over all orders of changing them."""
    pairs = list(zip(before.parts, after.parts, strict=True))
    shared: list[tuple[Pair, Decimal]] = []
    for position, pair in enumerate(pairs):
        others = pairs[:position] + pairs[position + 1 :]
        mean = Decimal(0)
        for changed in product((False, True), repeat=len(others)):
            sides = zip(others, changed, strict=True)
            worth = prod(
                (new.value if is_new else old.value for (old, new), is_new in sides),
                start=Decimal(1),
            )
            mean += worth / (len(pairs) * comb(len(others), sum(changed)))
        shared.append((pair, mean))
    return shared


def _fraction(before: Figure, after: Figure) -> list[tuple[Pair, Decimal]]:
    (over, under), (over_after, under_after) = before.parts, after.parts
    mean_inverse = (1 / under.value + 1 / under_after.value) / TWO
    mean_over = (over.value + over_after.value) / TWO
    by_divisor = -mean_over / (under.value * under_after.value)
    return [((over, over_after), mean_inverse), ((under, under_after), by_divisor)]


def _from_zero(before: Figure, after: Figure) -> list[tuple[Pair, Decimal]]:
    (one,), (other,) = before.parts, after.parts
    change = other.value - one.value
    factor = (after.value - before.value) / change if change else Decimal(0)
    return [((one, other), factor)]


def _after_their_wholes(top: Pair) -> Iterator[Pair]:
    """Every pair that is met on the way down, each after all that it is a part of."""
    order: list[Pair] = []
    seen: set[Pair] = set()

    def visit(pair: Pair) -> None:
        if pair in seen:
            return
        seen.add(pair)
        for part, _ in _passed_on(pair) or ():
            visit(part)
        order.append(pair)

    visit(top)
    return reversed(order)


def _add(found: dict[tuple[str, str], Cause], pair: Pair, amount: Decimal) -> None:
    before, after = pair
    shown = after or before
    if shown is None:
        return
    name, text = (shown.name, shown.text) if shown.name else OTHER_FORMULA
    key = (name, shown.unit)
    known = found.get(key)
    found[key] = Cause(
        name,
        text,
        shown.unit,
        None if before is None else before.value,
        None if after is None else after.value,
        amount + (known.amount if known else Decimal(0)),
    )
