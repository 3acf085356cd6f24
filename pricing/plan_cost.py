"""
What the paid time of a day plan costs (kostnad för dagens plan), in kronor.

Worked hours times the price list's cost of a worked hour: wage, absence, supplement for unsocial
hours and the employer's on-costs, as the mean of a year. So an evening hour and an hour of overtime
cost what any hour costs; a price list with its own rate per band of the day is not known yet. It is
reported beside the plan and decides nothing in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from pricing.hour_cost import HourCost
from scheduler.care.units import round_half_up

SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True)
class ZoneCost:
    """
    The part of one zone, or of all.

    Parameters
    ----------
    zone
        Empty for all zones together.
    paid_s, care_s
        Paid and care time.
    amount
        Kronor, to öre.
    per_care_hour
        Kronor per hour of care, to öre; None without care.
    """

    zone: str
    paid_s: int
    care_s: int
    amount: Decimal
    per_care_hour: Decimal | None


@dataclass(frozen=True, slots=True)
class PlanCost:
    """
    A day's cost of staff.

    Parameters
    ----------
    total
        Sum of the zones shown.
    zones
        In the order given.
    """

    total: ZoneCost
    zones: tuple[ZoneCost, ...]


def plan_cost(
    costs: Mapping[str, HourCost], paid_s: Mapping[str, int], care_s: Mapping[str, int]
) -> PlanCost | None:
    """
    The cost of staff of a day.

    Parameters
    ----------
    costs
        Zone -> its hour cost, for every zone of `paid_s`.
    paid_s, care_s
        Zone -> paid time and care time, the same zones.

    Returns
    -------
    PlanCost or None
        None when the price list does not state the cost of staff on its own.
    """
    zones = []
    for zone, paid in paid_s.items():
        per_hour = costs[zone].cost_per_worked_hour
        if per_hour is None:
            return None
        amount = round_half_up(per_hour * paid / SECONDS_PER_HOUR)
        zones.append(_of(zone, paid, care_s[zone], amount))
    total = sum((each.amount for each in zones), Decimal("0.00"))
    return PlanCost(_of("", sum(paid_s.values()), sum(care_s.values()), total), tuple(zones))


def _of(zone: str, paid_s: int, care_s: int, amount: Decimal) -> ZoneCost:
    per_care = round_half_up(amount * SECONDS_PER_HOUR / care_s) if care_s else None
    return ZoneCost(zone, paid_s, care_s, amount, per_care)
