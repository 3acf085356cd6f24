"""
How evenly a day's work is shared between the carers (rättvis belastning).

A carer's busy share is care and travel of the carer's own paid time: waiting and unbooked time are
not work that somebody else could be given. It says how full the paid time is, whatever the length
of the shift. Heavy visits are the double-staffed ones, each carer of one counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class CarerLoad:
    """
    One carer's day, all shifts together.

    Parameters
    ----------
    paid_s, care_s, travel_s, overtime_s
        Seconds; the overtime is a part of the paid time.
    visits, double_visits
        Visits made, and those of them with double staffing.
    """

    carer_id: str
    paid_s: int
    care_s: int
    travel_s: int
    overtime_s: int
    visits: int
    double_visits: int

    @property
    def busy_share(self) -> Decimal | None:
        """``(care_s + travel_s) / paid_s`` in [0, 1], unrounded; None when nothing is paid."""
        return Decimal(self.care_s + self.travel_s) / self.paid_s if self.paid_s else None


@dataclass(frozen=True, slots=True)
class Fairness:
    """
    The spread between the carers who are paid that day.

    Parameters
    ----------
    carers
        How many they are: the denominator of the means.
    lowest_busy_share, mean_busy_share, highest_busy_share
        In [0, 1], unrounded; the mean counts each carer once.
    busy_share_deviation
        Mean distance of a carer's busy share from the mean, unrounded.
    lowest_care_s, highest_care_s
        Care time of the carers who have least and most of it.
    most_double_visits, double_visits
        Double-staffed visits of the carer who has most of them, and of all carers.
    carers_with_overtime, most_overtime_s
        How many carers have overtime, and the most of one of them.
    """

    carers: int
    lowest_busy_share: Decimal
    mean_busy_share: Decimal
    highest_busy_share: Decimal
    busy_share_deviation: Decimal
    lowest_care_s: int
    highest_care_s: int
    most_double_visits: int
    double_visits: int
    carers_with_overtime: int
    most_overtime_s: int


def fairness(loads: Iterable[CarerLoad]) -> Fairness | None:
    """The spread between those of `loads` who are paid; None when nobody is."""
    paid = [(load, share) for load in loads if (share := load.busy_share) is not None]
    if not paid:
        return None
    each = [load for load, _ in paid]
    shares = [share for _, share in paid]
    mean = sum(shares, Decimal(0)) / len(shares)
    return Fairness(
        carers=len(paid),
        lowest_busy_share=min(shares),
        mean_busy_share=mean,
        highest_busy_share=max(shares),
        busy_share_deviation=sum((abs(s - mean) for s in shares), Decimal(0)) / len(shares),
        lowest_care_s=min(load.care_s for load in each),
        highest_care_s=max(load.care_s for load in each),
        most_double_visits=max(load.double_visits for load in each),
        double_visits=sum(load.double_visits for load in each),
        carers_with_overtime=sum(load.overtime_s > 0 for load in each),
        most_overtime_s=max(load.overtime_s for load in each),
    )
