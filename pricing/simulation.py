"""
How far a price may be wrong: the chain worked out for many draws of its uncertain inputs.

Every input with a range is drawn by itself, from its own part of one seeded stream, so that adding
a range does not change the draws of the others. The formulas are those of the price, worked out on
arrays (see :mod:`pricing.figure`); binary floats are good for a probability, and nothing that is
paid comes from here. Inputs are drawn independently: what moves together in life, such as sick
leave and temporary staff, has a wider interval than shown.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from pricing.chain import Chain
from pricing.figure import Figure, Numbers, evaluate, inputs, walk
from pricing.ranges import Range, Shape, ranges_of
from pricing.sensitivity import DIVISORS
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.model import ProviderKind
from scheduler.care.units import round_half_up

DRAWS = 100_000
MOST_DRAWS = 5_000_000
PERCENTILES = (5, 50, 95)

Draws = npt.NDArray[np.float64]


def _rounded(value: Any, step: Decimal) -> Any:
    """Half up, as :func:`scheduler.care.units.round_half_up` for amounts above zero."""
    width = float(step)
    return np.floor(value / width + 0.5) * width


ARRAYS = Numbers(float, lambda value: np.maximum(value, 0.0), _rounded)


@dataclass(frozen=True, slots=True)
class Interval:
    """5th, 50th and 95th percentile, kronor per care hour to öre."""

    p5: Decimal
    p50: Decimal
    p95: Decimal


@dataclass(frozen=True, slots=True)
class ProviderInterval:
    """
    One kind of provider.

    Parameters
    ----------
    rate
        What it is paid: given, or the rate of the price at its stated values.
    cost
        What an hour costs it.
    covered_share
        Share of the draws in which `rate` covers the cost, in [0, 1].
    """

    rate: Decimal
    cost: Interval
    covered_share: Decimal


@dataclass(frozen=True, slots=True)
class Simulation:
    """
    A price with its uncertainty.

    Parameters
    ----------
    ranges
        Name of each input that was drawn -> its range.
    full_cost
        Of all providers alike.
    """

    draws: int
    seed: int
    ranges: Mapping[str, Range]
    full_cost: Interval
    providers: Mapping[ProviderKind, ProviderInterval]


def simulate(
    made: Chain,
    draws: int = DRAWS,
    seed: int = 1,
    rates: Mapping[ProviderKind, Decimal] | None = None,
) -> Simulation:
    """
    The price for `draws` random values of the inputs that have a range.

    Parameters
    ----------
    draws
        1 to :data:`MOST_DRAWS`.
    rates
        Kind of provider -> kronor paid per care hour; a kind that it lacks is paid the price's own.

    Raises
    ------
    InvalidInput
        When no input has a range; when the ranges leave no worked hour or no care time.
    """
    if not 1 <= draws <= MOST_DRAWS:
        raise ValueError(f"Expected 1 to {MOST_DRAWS} draws; found {draws}.")
    ranges = ranges_of(made)
    if not ranges:
        raise InvalidInput(_no_range())
    kinds = list(made.rates)
    figures = [made.cost.total, *(made.rates[kind].cost for kind in kinds)]
    known = inputs(figures)
    given = {
        name: _drawn(known[name], each, draws, seed)
        for name, each in ranges.items()
        if name in known
    }
    full_cost, *costs = _worked_out(figures, given, draws)
    paid = {kind: (rates or {}).get(kind, made.rates[kind].rate.value) for kind in kinds}
    return Simulation(
        draws=draws,
        seed=seed,
        ranges=ranges,
        full_cost=_interval(full_cost),
        providers={
            kind: ProviderInterval(
                paid[kind],
                _interval(cost),
                Decimal(int(np.count_nonzero(cost <= float(paid[kind])))) / draws,
            )
            for kind, cost in zip(kinds, costs, strict=True)
        },
    )


def worked_out(figures: list[Figure], given: Mapping[str, Draws]) -> list[Any]:
    """Figures for arrays of inputs: an array each, or a float where no given input matters."""
    return evaluate(figures, given, ARRAYS)


def _worked_out(figures: list[Figure], given: Mapping[str, Draws], draws: int) -> list[Draws]:
    guards = [each for each in walk(figures) if each.name in DIVISORS]
    with np.errstate(divide="ignore", invalid="ignore"):
        values = worked_out([*guards, *figures], given)
    for guard, value in zip(guards, values, strict=False):
        if np.min(value) <= 0:
            raise InvalidInput(_nothing_left(guard, float(np.min(value))))
    return [np.broadcast_to(value, (draws,)) for value in values[len(guards) :]]


def _drawn(figure: Figure, each: Range, draws: int, seed: int) -> Draws:
    random = np.random.default_rng((seed, zlib.crc32(figure.name.encode())))
    least, most = float(each.least), float(each.most)
    if each.shape is Shape.UNIFORM:
        return random.uniform(least, most, draws)
    return random.triangular(least, float(figure.value), most, draws)


def _interval(values: Draws) -> Interval:
    found = np.percentile(values, PERCENTILES)
    return Interval(*(round_half_up(Decimal(float(each))) for each in found))


def _no_range() -> Finding:
    return Finding(
        "NO_RANGES",
        "parameters",
        "ranges = { day = { least = …, most = … } } for at least one parameter of the price",
        "none",
        "Ange intervall för de uppgifter som är osäkra.",
    )


def _nothing_left(guard: Figure, least: float) -> Finding:
    return Finding(
        "RANGES_LEAVE_NOTHING",
        guard.name,
        "more than 0 in every draw",
        f"{least:.4f}",
        "Snäva in intervallen: i vissa fall återstår ingen arbetad tid eller ingen brukartid.",
    )
