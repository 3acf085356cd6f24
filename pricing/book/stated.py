"""
What a rule of a rate book may state for a day that is no plain number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from pricing.price_list import PriceParameters


@dataclass(frozen=True, slots=True)
class Derived:
    """
    An amount that follows from another rate: ``(rate x times / divided_by) + plus``, unrounded.

    Parameters
    ----------
    rate
        Code of the other rate, taken with its own adjustments and rounding.
    """

    rate: str
    times: tuple[Decimal, ...] = ()
    divided_by: tuple[Decimal, ...] = ()
    plus: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class FromPriceList:
    """
    The rate that a price list works out for the day; docs/pricing.md.

    Parameters
    ----------
    zone, service, provider
        In the price list; None is the visit's own.
    """

    file: str
    prices: PriceParameters
    zone: str | None = None
    service: str | None = None
    provider: str | None = None


@dataclass(frozen=True, slots=True)
class Indexed:
    """A number that is provisional until `known_from`, and `final` for whoever knows better."""

    provisional: Decimal
    final: Decimal | None = None
    known_from: date | None = None

    def on(self, known_on: date | None) -> Decimal:
        """The number as known on a day; None knows everything."""
        if self.final is None or self.known_from is None:
            return self.provisional
        known = known_on is None or known_on >= self.known_from
        return self.final if known else self.provisional


@dataclass(frozen=True, slots=True)
class Level:
    """
    What is deducted when a measured value is below, or above, a level.

    Parameters
    ----------
    below, above
        The level itself is neither; one of them is None.
    value
        Kronor or a share, as its rule says.
    """

    below: Decimal | None
    above: Decimal | None
    value: Decimal

    def is_missed(self, measured: Fraction) -> bool:
        """Whether `measured` is on the wrong side."""
        if self.below is not None:
            return measured < Fraction(self.below)
        return self.above is not None and measured > Fraction(self.above)


@dataclass(frozen=True, slots=True)
class Step:
    """
    What is paid of a visit that was not performed, from a day of the absence on.

    Parameters
    ----------
    from_day
        1 is the first day of the absence.
    share
        Of the amount, in [0, 1].
    minutes
        Paid instead of the visit's own; None keeps them.
    at_most_min
        Most minutes paid; None is all.
    """

    from_day: int
    share: Decimal
    minutes: int | None = None
    at_most_min: int | None = None
