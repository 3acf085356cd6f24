"""
From simulated days to a :class:`scheduler.simulate.measures.Simulation`: counting, and no more.

Days come in portions, so that many days of a large plan fit into the memory of a small machine.
"""

from __future__ import annotations

from decimal import Decimal
from math import ceil, inf, sqrt

import numpy as np

from scheduler.care.model import Priority
from scheduler.care.units import SECONDS_PER_MINUTE
from scheduler.simulate.execution import Carried
from scheduler.simulate.luck import Flags, Ints, Luck
from scheduler.simulate.measures import ShiftOutcome, Simulation, VisitOutcome
from scheduler.simulate.network import Network

# Of a normal distribution 95 % lie within this many standard deviations.
CONFIDENCE = 1.96
HALF_WIDTH_STEP = Decimal("0.000001")


class Measuring:
    """Counts portion by portion; v visits, r routes."""

    def __init__(self, network: Network, tolerance_min: int) -> None:
        self.network, self.tolerance_min = network, tolerance_min
        planned = [
            (row, stop, stop.visit)
            for row, stop in enumerate(network.stops)
            if stop.visit is not None
        ]
        self.planned = planned
        self.rows = [row for row, _, _ in planned]
        self.planned_s = _column([stop.planned_s for _, stop, _ in planned])
        self.open_s = _column([stop.open_s for _, stop, _ in planned])
        self.latest_s = _column([stop.latest_s for _, stop, _ in planned])
        self.must = np.array([v.priority == Priority.MUST for _, _, v in planned], dtype=np.bool_)
        self.delay_s: list[Ints] = []
        self.made: list[Flags] = []
        self.punctual: list[Flags] = []
        self.in_window = np.zeros(len(planned), dtype=np.int64)
        self.in_tolerance = np.zeros(len(planned), dtype=np.int64)
        routes = len(network.routes)
        self.worked, self.late_back = np.zeros(routes, dtype=int), np.zeros(routes, dtype=int)
        self.overtime_s = np.zeros(routes, dtype=np.int64)
        self.cancelled = self.must_days = self.lateness_s = 0

    def add(self, luck: Luck, carried: Carried) -> None:
        """Count some days."""
        start_s, made = carried.start_s[self.rows], carried.made[self.rows]
        delay_s = start_s - self.planned_s
        in_window = made & (self.open_s <= start_s) & (start_s <= self.latest_s)
        in_tolerance = made & (delay_s <= self.tolerance_min * SECONDS_PER_MINUTE)
        self.delay_s.append(np.where(made, delay_s, 0).astype(np.int32))
        self.made.append(made)
        self.punctual.append(in_window & in_tolerance)
        self.in_window += in_window.sum(axis=1)
        self.in_tolerance += in_tolerance.sum(axis=1)
        self.cancelled += int(luck.cancelled[self.rows].sum())
        self.must_days += int((in_window | ~made)[self.must].all(axis=0).sum())
        self.lateness_s += int(np.maximum(delay_s, 0)[made].sum())
        ends_s = _column([way.end_s for way in self.network.routes])
        over_s = np.where(luck.sick, 0, np.maximum(carried.back_s - ends_s, 0))
        self.worked += (~luck.sick).sum(axis=1)
        self.late_back += (over_s > 0).sum(axis=1)
        self.overtime_s += over_s.sum(axis=1)

    def simulation(self, seed: int) -> Simulation:
        """What all days tell."""
        made, punctual = np.concatenate(self.made, axis=1), np.concatenate(self.punctual, axis=1)
        delay_s = np.concatenate(self.delay_s, axis=1)
        visits = [self._visit(k, made[k], punctual[k], delay_s[k]) for k in range(len(self.rows))]
        days, whole = made.shape[1], int(made.size)
        return Simulation(
            days=days,
            seed=seed,
            tolerance_min=self.tolerance_min,
            visits=tuple(sorted(visits, key=_fragility)),
            shifts=self._shifts(visits),
            cancelled=self.cancelled,
            to_substitute=whole - int(made.sum()) - self.cancelled,
            half_width=_half_width(made.sum(axis=0), punctual.sum(axis=0)),
            must_visits=int(self.must.sum()),
            must_days=self.must_days,
            must_made=int(made[self.must].sum()),
            must_in_window=int(self.in_window[self.must].sum()),
            lateness_s=self.lateness_s,
            overtime_s=int(self.overtime_s.sum()),
        )

    def _visit(self, number: int, made: Flags, punctual: Flags, delay_s: Ints) -> VisitOutcome:
        _, stop, visit = self.planned[number]
        shift = self.network.routes[stop.route].shift
        delays = np.sort(delay_s[made])
        return VisitOutcome(
            visit_id=visit.id,
            shift_id=shift.id,
            carer_id=shift.carer_id,
            planned=stop.planned,
            days=len(made),
            made_days=len(delays),
            punctual_days=int(punctual.sum()),
            in_window_days=int(self.in_window[number]),
            in_tolerance_days=int(self.in_tolerance[number]),
            median_delay_s=_percentile(delays, 50),
            p95_delay_s=_percentile(delays, 95),
        )

    def _shifts(self, visits: list[VisitOutcome]) -> tuple[ShiftOutcome, ...]:
        found = []
        for row, way in enumerate(self.network.routes):
            own = [visit for visit in visits if visit.shift_id == way.shift.id]
            if own:
                found.append(
                    ShiftOutcome(
                        shift_id=way.shift.id,
                        carer_id=way.shift.carer_id,
                        visits=len(own),
                        worked_days=int(self.worked[row]),
                        overtime_days=int(self.late_back[row]),
                        made=sum(visit.made_days for visit in own),
                        punctual=sum(visit.punctual_days for visit in own),
                        overtime_s=int(self.overtime_s[row]),
                    )
                )
        return tuple(found)


def _column(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int64)[:, None]


def _percentile(rising: Ints, percent: int) -> int | None:
    """The least of the values that `percent` of 100 do not exceed; None without values."""
    return int(rising[ceil(len(rising) * percent / 100) - 1]) if len(rising) else None


def _fragility(visit: VisitOutcome) -> tuple[float, float, str]:
    share, p95_s = visit.punctual_share, visit.p95_delay_s
    if share is None or p95_s is None:
        return (inf, 0, visit.visit_id)
    return (float(share), -p95_s, visit.visit_id)


def _half_width(made: Ints, punctual: Ints) -> Decimal | None:
    """
    Half the 95 % confidence interval of ``punctual.sum() / made.sum()``, in [0, 1].

    Visits of one day share its luck, so days are what is independent: the variance of a ratio of
    two sums over days.

    Parameters
    ----------
    made, punctual : (d,) visits per day, d >= 2.
    """
    days, whole = len(made), int(made.sum())
    if whole == 0:
        return None
    off = punctual - made * (int(punctual.sum()) / whole)
    error = sqrt(float(np.square(off).sum()) / (days - 1) / days) / (whole / days)
    return Decimal(CONFIDENCE * error).quantize(HALF_WIDTH_STEP)
