"""
The decision purse (påse pengar): what one decision is worth a month at the rate that applies.

A month is 365.25 / 7 / 12 weeks. Hours stay unrounded until the amount, which is rounded once.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pricing.hour_cost import HourCost
from scheduler.care.errors import Finding, InvalidInput, UnknownValue
from scheduler.care.model import ProviderKind
from scheduler.care.units import MINUTES_PER_HOUR, WEEKS_PER_MONTH, to_ore


@dataclass(frozen=True, slots=True)
class Purse:
    """
    What a decision is worth a month.

    Parameters
    ----------
    decision_id, zone, provider_kind
        Which decision, and what decides its rate.
    minutes_per_week
        Granted minutes, each carer counted.
    hours_per_month
        The same a month, unrounded.
    rate
        Kronor per care hour.
    amount_ore
        Öre a month.
    """

    decision_id: str
    zone: str
    provider_kind: ProviderKind
    minutes_per_week: Decimal
    hours_per_month: Decimal
    rate: Decimal
    amount_ore: int


def purse(
    decision_id: str, minutes_per_week: Decimal, cost: HourCost, provider_kind: ProviderKind
) -> Purse:
    """
    The purse of a decision.

    Parameters
    ----------
    minutes_per_week
        Granted minutes a week, each carer counted; >= 0.
    cost
        Hour cost of the zone where the recipient lives.
    provider_kind
        Kind of the chosen provider.

    Raises
    ------
    InvalidInput
        On negative minutes.
    UnknownValue
        When the price list has no rate for that kind of provider.
    """
    if minutes_per_week < 0:
        raise InvalidInput(
            Finding(
                "NEGATIVE_MINUTES",
                f"decision {decision_id}",
                "minutes a week >= 0",
                str(minutes_per_week),
                "Rätta beslutets tid.",
            )
        )
    if provider_kind not in cost.rates:
        raise UnknownValue(
            Finding(
                "NO_RATE",
                f"decision {decision_id}",
                f"one of {', '.join(sorted(cost.rates))}",
                provider_kind,
                "Lägg till ersättning för den utförarformen i prislistan.",
            )
        )
    hours = minutes_per_week / MINUTES_PER_HOUR * WEEKS_PER_MONTH
    rate = cost.rates[provider_kind]
    return Purse(
        decision_id=decision_id,
        zone=cost.zone,
        provider_kind=provider_kind,
        minutes_per_week=minutes_per_week,
        hours_per_month=hours,
        rate=rate,
        amount_ore=to_ore(hours * rate),
    )


def execution_rate(granted: Purse, performed_min: int) -> Decimal:
    """
    Performed / granted time of a month (utförandegrad), unrounded.

    Parameters
    ----------
    performed_min
        Minutes performed in the month, each carer counted; >= 0, may exceed what was granted.

    Raises
    ------
    InvalidInput
        On negative minutes, or when nothing was granted.
    """
    if performed_min < 0 or granted.hours_per_month == 0:
        raise InvalidInput(
            Finding(
                "NO_EXECUTION_RATE",
                f"decision {granted.decision_id}",
                "performed minutes >= 0 and granted time > 0",
                f"{performed_min} min performed, {granted.minutes_per_week} min a week granted",
                "Rätta den utförda eller beviljade tiden.",
            )
        )
    return Decimal(performed_min) / MINUTES_PER_HOUR / granted.hours_per_month
