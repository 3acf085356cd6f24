"""
Units and the one rounding function.

Minutes in the domain, seconds inside :class:`scheduler.problem.Problem`; Decimal kronor for costs
and rates, integer öre for what is paid. Rounding is half up (away from zero at the half), which is
what Swedish municipal price lists print.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")

ORE_PER_KRONA = 100
MINUTES_PER_HOUR = 60
SECONDS_PER_MINUTE = 60
# Mean Gregorian year: 365.25 days, 12 months. Source: pricing practice, see fixtures/published.
DAYS_PER_YEAR = Decimal("365.25")
WEEKS_PER_MONTH = DAYS_PER_YEAR / 7 / 12

WHOLE_KRONA = Decimal(1)
ORE = Decimal("0.01")


def round_half_up(amount: Decimal, step: Decimal = ORE) -> Decimal:
    """
    Round to a multiple of a power of ten, halves away from zero.

    Parameters
    ----------
    amount
        Any finite Decimal.
    step
        ``Decimal("1")`` for whole kronor, ``Decimal("0.01")`` for öre.
    """
    return amount.quantize(step, rounding=ROUND_HALF_UP)


def to_ore(kronor: Decimal) -> int:
    """Kronor as integer öre, rounded half up."""
    return int(round_half_up(kronor) * ORE_PER_KRONA)


def from_ore(ore: int) -> Decimal:
    """Integer öre as Decimal kronor with two decimals, exact."""
    return (Decimal(ore) / ORE_PER_KRONA).quantize(ORE)
