"""
The care index (OPI, omsorgsprisindex) and what it does to a cost.

The index weighs the change of labour cost and of consumer prices, and is published in per cent with
one decimal. Its weights are dated parameters. An index may be provisional: when the final one
comes, price again from the same cost.

Source: Swedish Association of Local Authorities and Regions, omsorgsprisindex.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from pricing.figure import Figure
from scheduler.care.dated import read_parameters
from scheduler.care.units import round_half_up

PARAMETER_FILE = Path(__file__).parent / "parameters" / "care_index.toml"

# One decimal of a per cent, as the index is published.
PUBLISHED_STEP = Decimal("0.001")

Amount = TypeVar("Amount", Decimal, Figure)


@dataclass(frozen=True, slots=True)
class IndexWeights:
    """Weights of labour cost and consumer prices in the index."""

    labour: Decimal
    consumer_prices: Decimal


def load_index_weights(day: date, path: Path = PARAMETER_FILE) -> IndexWeights:
    """The weights in force on `day`; raises as :mod:`scheduler.care.dated`."""
    parameters = read_parameters(path)
    return IndexWeights(
        labour=parameters.on("labour_weight", day),
        consumer_prices=parameters.on("consumer_price_weight", day),
    )


def care_index(labour: Decimal, consumer_prices: Decimal, weights: IndexWeights) -> Decimal:
    """
    The index of a year as it is published.

    Parameters
    ----------
    labour, consumer_prices
        Change from the year before, as a share: 2.75 per cent is 0.0275.

    Returns
    -------
    Decimal
        Change as a share, rounded half up to one decimal of a per cent.
    """
    change = weights.labour * labour + weights.consumer_prices * consumer_prices
    return round_half_up(change, PUBLISHED_STEP)


def indexed(cost: Amount, change: Amount) -> Amount:
    """`cost` after `change` (a share), unrounded: rounding comes last, at the rate."""
    return cost * (1 + change)
