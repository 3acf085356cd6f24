"""
What each input moves in a price: by one per cent of itself, and by one unit.

Each input is moved alone and the chain worked out again, exactly; nothing is linearised. One unit
of a share is one percentage point. A rate is followed before its rounding, which would hide or
exaggerate what a single öre does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from pricing.chain import Chain
from pricing.explain import SHARE_UNITS
from pricing.figure import Figure, evaluate, inputs, walk
from scheduler.care.model import ProviderKind
from scheduler.care.units import ORE_PER_KRONA

ONE_PERCENT = Decimal("0.01")
PERCENTAGE_POINT = Decimal("0.01")
# Must stay above zero: what is divided by.
DIVISORS = ("worked_hours", "care_time_share")

# None is the full cost.
Target = ProviderKind | None


@dataclass(frozen=True, slots=True)
class Effect:
    """
    What one input moves.

    Parameters
    ----------
    name, text, unit, value
        Of the input.
    unit_step
        What one unit is: 1, or 0.01 for a share.
    percent_ore
        Full cost (None) and each kind of provider's rate -> öre per care hour when the input
        grows by one per cent of itself, unrounded.
    unit_ore
        The same for one unit; None when that leaves no worked hour or no care time.
    """

    name: str
    text: str
    unit: str
    value: Decimal
    unit_step: Decimal
    percent_ore: Mapping[Target, Decimal]
    unit_ore: Mapping[Target, Decimal] | None


def sensitivity(made: Chain) -> tuple[Effect, ...]:
    """
    Every input that the price depends on, what moves it most per per cent first.

    Ties are broken by one unit, then by name, so that the order never depends on the file's.
    """
    results = dict(made.results())
    figures = tuple(results.values())
    guards = [each for each in walk(figures) if each.name in DIVISORS]
    found = (_effect(each, results, guards) for each in inputs(figures).values())
    return tuple(sorted(found, key=_rank))


def _effect(each: Figure, results: Mapping[Target, Figure], guards: list[Figure]) -> Effect:
    step = PERCENTAGE_POINT if each.unit in SHARE_UNITS else Decimal(1)
    by_percent = _moved(each, each.value * ONE_PERCENT, results, guards)
    return Effect(
        name=each.name,
        text=each.text,
        unit=each.unit,
        value=each.value,
        unit_step=step,
        percent_ore=by_percent or dict.fromkeys(results, Decimal(0)),
        unit_ore=_moved(each, step, results, guards),
    )


def _moved(
    each: Figure, step: Decimal, results: Mapping[Target, Figure], guards: list[Figure]
) -> dict[Target, Decimal] | None:
    given = {each.name: each.value + step}
    if any(value <= 0 for value in evaluate(guards, given)):
        return None
    after = evaluate(results.values(), given)
    return {
        target: (value - figure.value) * ORE_PER_KRONA
        for (target, figure), value in zip(results.items(), after, strict=True)
    }


def _rank(effect: Effect) -> tuple[Decimal, Decimal, str]:
    return -_largest(effect.percent_ore), -_largest(effect.unit_ore or {}), effect.name


def _largest(ore: Mapping[Target, Decimal]) -> Decimal:
    return max(map(abs, ore.values()), default=Decimal(0))
