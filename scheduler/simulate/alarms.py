"""
Who answers the alarms of a night, and what of the plan lies before each.

Alarms come evenly over the night that begins on the day, and fall evenly on all who are then on
duty: the shifts of the day, of the optional ones those that the plan opens.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from scheduler.build import origin
from scheduler.care.model import Day, Shift
from scheduler.care.units import SECONDS_PER_MINUTE, STOCKHOLM
from scheduler.simulate.network import Network
from scheduler.simulate.uncertainty import Uncertainty
from scheduler.time_order import elapsed_s

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class NightAlarms:
    """
    The alarms that one shift answers.

    Parameters
    ----------
    expected
        Their mean number a night.
    minute_s, share : (m,) seconds of the minutes on duty, and which share of the alarms has come
        by the end of each, rising to 1.
    route, first, planned_s
        Its row among the network's routes, the row of its first stop, and the planned starts of
        its stops; None, 0 and nothing for a shift without stops.
    """

    expected: float
    minute_s: Ints
    share: Floats
    route: int | None
    first: int
    planned_s: Ints

    def stops_before(self, drawn: Floats) -> Ints:
        """How many stops the plan has begun when alarms come; `drawn` are uniform in [0, 1)."""
        at_s = self.minute_s[np.searchsorted(self.share, drawn, side="right")]
        return np.searchsorted(self.planned_s, at_s, side="right").astype(np.int64)


def night_alarms(day: Day, network: Network, uncertainty: Uncertainty) -> tuple[NightAlarms, ...]:
    """The shifts that answer alarms; minutes with nobody on duty have none."""
    zero = origin(day.date)
    first_s = elapsed_s(zero, datetime.combine(day.date, uncertainty.night_from, STOCKHOLM))
    end = datetime.combine(day.date + timedelta(days=1), uncertainty.night_to, STOCKHOLM)
    minutes_s = np.arange(first_s, elapsed_s(zero, end), SECONDS_PER_MINUTE, dtype=np.int64)
    row_of = {way.shift.id: row for row, way in enumerate(network.routes)}
    shifts = [
        shift
        for shift in sorted(day.shifts, key=lambda shift: shift.id)
        if not shift.optional or shift.id in row_of
    ]
    duty = [_on_duty(shift, minutes_s, zero) for shift in shifts]
    on_duty = np.sum(duty, axis=0) if duty else np.zeros(len(minutes_s))
    people = len({visit.recipient_id for visit in day.visits})
    each = uncertainty.alarms_share * people / max(len(minutes_s), 1)
    made = []
    for shift, there in zip(shifts, duty, strict=True):
        rate = np.cumsum(each / on_duty[there])
        if rate.size == 0 or rate[-1] == 0:
            continue
        row = row_of.get(shift.id)
        first, last = (
            (0, -1) if row is None else (network.routes[row].first, network.routes[row].last)
        )
        stops = network.stops[first : last + 1]
        planned_s = np.array([stop.planned_s for stop in stops], dtype=np.int64)
        share = rate / rate[-1]
        made.append(NightAlarms(float(rate[-1]), minutes_s[there], share, row, first, planned_s))
    return tuple(made)


def _on_duty(shift: Shift, minutes_s: Ints, zero: datetime) -> Flags:
    begins_s, ends_s = elapsed_s(zero, shift.start), elapsed_s(zero, shift.end)
    return (begins_s <= minutes_s) & (minutes_s < ends_s)
