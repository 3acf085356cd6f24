"""
What simulated days tell of a plan: punctuality per visit, per shift and of the whole.

A share always has a denominator that is stated: a visit is punctual in a share of the days on which
it was made, a shift has overtime in a share of the days on which its carer came.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


def share(part: int, whole: int) -> Decimal | None:
    """`part` of `whole` in [0, 1], unrounded; None when there is no whole."""
    return Decimal(part) / whole if whole else None


@dataclass(frozen=True, slots=True)
class VisitOutcome:
    """
    One planned visit.

    Parameters
    ----------
    planned
        Its start by the plan.
    days, made_days
        Simulated days, and those on which the carer of the plan made it: neither cancelled nor
        the carer sick.
    punctual_days, in_window_days, in_tolerance_days
        Of the days made: started within the window that the plan uses and no later than the
        tolerance after the planned start; either of the two by itself.
    median_delay_s, p95_delay_s
        Start after the planned one, in seconds, below 0 before it: of the days made, half and 95 %
        have no more. None when it was never made.
    """

    visit_id: str
    shift_id: str
    carer_id: str
    planned: datetime
    days: int
    made_days: int
    punctual_days: int
    in_window_days: int
    in_tolerance_days: int
    median_delay_s: int | None
    p95_delay_s: int | None

    @property
    def punctual_share(self) -> Decimal | None:
        """Of the days on which it was made."""
        return share(self.punctual_days, self.made_days)

    @property
    def in_window_share(self) -> Decimal | None:
        """Of the days on which it was made."""
        return share(self.in_window_days, self.made_days)

    @property
    def in_tolerance_share(self) -> Decimal | None:
        """Of the days on which it was made."""
        return share(self.in_tolerance_days, self.made_days)

    @property
    def made_share(self) -> Decimal:
        """Of all days."""
        return Decimal(self.made_days) / self.days


@dataclass(frozen=True, slots=True)
class ShiftOutcome:
    """
    One shift with visits.

    Parameters
    ----------
    visits
        Visits by the plan.
    worked_days, overtime_days
        Days on which the carer came, and of these those on which the carer was back after the
        shift's end.
    made, punctual
        Visits made on all days together, and the punctual ones of them.
    overtime_s
        Seconds after the shift's end on all days together.
    """

    shift_id: str
    carer_id: str
    visits: int
    worked_days: int
    overtime_days: int
    made: int
    punctual: int
    overtime_s: int

    @property
    def punctual_share(self) -> Decimal | None:
        """Of the visits made."""
        return share(self.punctual, self.made)

    @property
    def overtime_share(self) -> Decimal | None:
        """Days with overtime, of the days worked."""
        return share(self.overtime_days, self.worked_days)

    @property
    def mean_overtime_s(self) -> Decimal | None:
        """Expected seconds of overtime on a day worked."""
        return share(self.overtime_s, self.worked_days)


@dataclass(frozen=True, slots=True)
class Simulation:
    """
    A plan's robustness.

    Parameters
    ----------
    days, seed, tolerance_min
        What was simulated, and how late a visit may start after its planned start.
    visits
        The visits of the plan, the most fragile first: the lowest share of punctual days, then the
        longest 95th percentile of delay. Visits that were never made come last.
    shifts
        The shifts with visits, in the order of the plan.
    cancelled, to_substitute
        Visits of all days together that were cancelled, and of the others those whose carer was
        sick. With those made they are all planned visits of all days.
    half_width
        Half the width of the 95 % confidence interval of `punctual_share`, from the spread between
        days; None when nothing was made.
    must_visits, must_days
        Visits of priority 1 in the plan, and days on which each of them that was made started in
        its window.
    must_made, must_in_window
        Visits of priority 1 made on all days together, and of them those that started in their
        window.
    lateness_s, overtime_s
        Seconds of all days together: starts after the planned ones, and work after the ends of the
        shifts.
    """

    days: int
    seed: int
    tolerance_min: int
    visits: tuple[VisitOutcome, ...]
    shifts: tuple[ShiftOutcome, ...]
    cancelled: int
    to_substitute: int
    half_width: Decimal | None
    must_visits: int
    must_days: int
    must_made: int
    must_in_window: int
    lateness_s: int
    overtime_s: int

    @property
    def made(self) -> int:
        """Visits made on all days together."""
        return sum(visit.made_days for visit in self.visits)

    @property
    def punctual_share(self) -> Decimal | None:
        """The single number: punctual visits of the visits made."""
        return share(sum(visit.punctual_days for visit in self.visits), self.made)

    @property
    def in_window_share(self) -> Decimal | None:
        """Visits that started within their window, of the visits made."""
        return share(sum(visit.in_window_days for visit in self.visits), self.made)

    @property
    def in_tolerance_share(self) -> Decimal | None:
        """Visits that started at most the tolerance after the planned start, of the visits made."""
        return share(sum(visit.in_tolerance_days for visit in self.visits), self.made)

    @property
    def must_days_share(self) -> Decimal | None:
        """`must_days` of all days; None when the plan has no visit of priority 1."""
        return share(self.must_days, self.days) if self.must_visits else None

    @property
    def must_in_window_share(self) -> Decimal | None:
        """Visits of priority 1 that started within their window, of those made."""
        return share(self.must_in_window, self.must_made)
