"""
What a day plan costs in time: care, travel, waiting, standby, idle and breaks, per shift and zone.

Paid time is the length of the shifts and the overtime after them, less the breaks taken. An
optional shift without visits is not opened, and nobody is paid for it; an elastic one is paid from
the way out until the carer is back, and no less than its least. Every paid second is care, travel,
waiting, standby for alarms or idle: none is lost and none is counted twice, over midnight and over
both nights when the clocks change. The care-time share (brukartidsandel) is care / paid.

A zone gets the care of its visits, the travel to them, the waiting for them, and the way back from
the last one. What belongs to no visit (idle time, breaks) is spread over the zones that the shift
served, in proportion to their care; for a shift without visits, in proportion to the care of the
whole day. The whole seconds left over by the division go to the largest remainders.

Source of the time classes: the City of Gothenburg's direct, indirect, staff-related and transport
time. A plan knows direct and transport time; indirect and staff-related time is found in what it
leaves idle, see :mod:`pricing.shares`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto

from scheduler.care.errors import InvalidInput
from scheduler.care.model import Day, Shift, TravelSource, Visit
from scheduler.care.units import SECONDS_PER_MINUTE
from scheduler.fairness import CarerLoad
from scheduler.hours import paid_s
from scheduler.plan import Plan, Route
from scheduler.time_order import elapsed_s, time_findings


@dataclass(frozen=True, slots=True)
class TimeUse:
    """
    How paid time was used; ``paid_s = care_s + travel_s + waiting_s + standby_s + idle_s``.

    Parameters
    ----------
    paid_s, care_s, travel_s, waiting_s, idle_s
        Seconds of paid time: in all, at a visit, on the way, waiting for a visit, and the rest.
    break_s
        Seconds of unpaid break, outside `paid_s`.
    visits
        Visits carried out, each carer of a double-staffed visit counted.
    standby_s
        Seconds of paid time kept free for alarms, by the plan.
    """

    paid_s: int
    care_s: int
    travel_s: int
    waiting_s: int
    idle_s: int
    break_s: int
    visits: int
    standby_s: int = 0

    @property
    def care_time_share(self) -> Decimal | None:
        """``care_s / paid_s`` in [0, 1], unrounded; None when nobody is paid."""
        return Decimal(self.care_s) / self.paid_s if self.paid_s else None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """
    The measured plan.

    Parameters
    ----------
    total
        All shifts together.
    by_zone
        Zone -> its part; the parts add up to `total` in every field. Holds every zone of the day's
        visits and is empty only for a day without visits.
    by_shift
        Shift id -> its part, for every shift of the day; the parts add up to `total`.
    planned_visits, unassigned_visits
        Visits of the day with and without a place in the plan.
    distinct_carers
        Recipient id -> number of carers who come that day, for recipients somebody comes to.
    distinct_in_14_days
        The same with those of the 13 days before, for recipients for whom these are known
        (personalkontinuitet).
    standby_asked, standby_kept
        How many times somebody is to be free for alarms, and is; no visits.
    moved_visits
        Of the unassigned ones those that can be made on a later day.
    demanded_s, planned_s
        Visit seconds asked for by all visits, and by those that have a place in the plan.
    overtime_s
        Seconds worked after the shifts' ends; a part of the paid time.
    legs, estimated_legs
        Ways of more than no time, those home included, and how many of them are estimated.
    estimated_travel_s
        Travel of the estimated ones; a part of the total's.
    by_carer
        One load per carer with a shift, in the order of the shifts; they add up to `total`.
    """

    total: TimeUse
    by_zone: Mapping[str, TimeUse]
    by_shift: Mapping[str, TimeUse]
    planned_visits: int
    unassigned_visits: int
    distinct_carers: Mapping[str, int]
    distinct_in_14_days: Mapping[str, int]
    demanded_s: int
    planned_s: int
    overtime_s: int
    legs: int = 0
    estimated_legs: int = 0
    estimated_travel_s: int = 0
    by_carer: tuple[CarerLoad, ...] = ()
    moved_visits: int = 0
    standby_asked: int = 0
    standby_kept: int = 0

    @property
    def estimated_travel_share(self) -> Decimal | None:
        """Estimated of all travel time in [0, 1], unrounded; None when nobody travels."""
        if not self.total.travel_s:
            return None
        return Decimal(self.estimated_travel_s) / self.total.travel_s

    @property
    def estimated_leg_share(self) -> Decimal | None:
        """``estimated_legs / legs`` in [0, 1], unrounded; None when nobody travels."""
        return Decimal(self.estimated_legs) / self.legs if self.legs else None


class _Use(Enum):
    CARE = auto()
    TRAVEL = auto()
    WAITING = auto()
    STANDBY = auto()
    IDLE = auto()
    BREAK = auto()


@dataclass(frozen=True, slots=True)
class _Entry:
    """Seconds of one use; `zone` None is to be spread."""

    use: _Use
    zone: str | None
    seconds: int


def follow_up(day: Day, plan: Plan) -> FollowUp:
    """
    Measure `plan`, a plan of `day`.

    Raises
    ------
    InvalidInput
        When the plan names a visit or shift that the day lacks, or when its times overlap or
        leave the shift, so that time would be counted twice. All such faults at once.
    """
    visits = {visit.id: visit for visit in day.visits}
    routes = {route.shift_id: route for route in plan.routes}
    findings = time_findings(day, plan)
    if findings:
        raise InvalidInput(findings)

    entries = {
        shift.id: _shift_entries(shift, routes.get(shift.id), visits) for shift in day.shifts
    }
    everything = [entry for of_shift in entries.values() for entry in of_shift]
    placed = _planned_visits(plan, visits)
    served = [(carer, visit) for carer, visit in placed if not visit.standby]
    asked = [visit for visit in day.visits if not visit.standby]
    planned_ids = {visit.id for _, visit in served}
    legs = [leg for route in plan.routes for leg in _legs(route)]
    estimated = [seconds for seconds, source in legs if source is TravelSource.ESTIMATED]
    carers: defaultdict[str, set[str]] = defaultdict(set)
    for carer_id, visit in served:
        carers[visit.recipient_id].add(carer_id)
    by_shift = {shift_id: _time_use(of_shift) for shift_id, of_shift in entries.items()}
    return FollowUp(
        total=_time_use(everything),
        by_zone=_by_zone(day, entries),
        by_shift=by_shift,
        planned_visits=len(planned_ids),
        unassigned_visits=len(asked) - len(planned_ids),
        distinct_carers={recipient: len(carers[recipient]) for recipient in sorted(carers)},
        distinct_in_14_days={
            known.recipient_id: len(known.recent | carers[known.recipient_id])
            for known in day.continuity
            if known.recipient_id in carers
        },
        demanded_s=sum(_demand_s(visit) for visit in asked),
        planned_s=sum(_demand_s(visits[visit_id]) for visit_id in planned_ids),
        overtime_s=sum(overtime_s(shift, routes.get(shift.id)) for shift in day.shifts),
        legs=len(legs),
        estimated_legs=len(estimated),
        estimated_travel_s=sum(estimated),
        moved_visits=sum(
            bool(visit.later_days(day.date)) for visit in asked if visit.id not in planned_ids
        ),
        standby_asked=len(visits) - len(asked),
        standby_kept=len({visit.id for _, visit in placed if visit.standby}),
        by_carer=_loads(day, routes, by_shift, served),
    )


# ---------------------------------------------------------------- entries of one shift


def _shift_entries(
    shift: Shift, route: Route | None, visits: Mapping[str, Visit]
) -> tuple[_Entry, ...]:
    if shift.optional and (route is None or not route.stops):
        return ()
    entries: list[_Entry] = []
    zone: str | None = None
    travel_s = waiting_s = 0
    for stop in route.stops if route else ():
        # Travel and waiting before a break are on account of the visit that follows it.
        travel_s += stop.travel_s
        waiting_s += elapsed_s(stop.arrival, stop.start)
        spent_s = elapsed_s(stop.start, stop.end)
        if stop.visit_id is None:
            entries.append(_Entry(_Use.BREAK, None, spent_s))
            continue
        visit = visits[stop.visit_id]
        zone = visit.zone
        entries.append(_Entry(_Use.TRAVEL, zone, travel_s))
        entries.append(_Entry(_Use.WAITING, zone, waiting_s))
        entries.append(_Entry(_Use.STANDBY if visit.standby else _Use.CARE, zone, spent_s))
        travel_s = waiting_s = 0
    # Waiting for a break that no visit follows is waiting for nobody: it stays in the idle rest.
    entries.append(_Entry(_Use.TRAVEL, zone, travel_s + (route.return_travel_s if route else 0)))
    if shift.elastic is None:
        length_s = elapsed_s(shift.start, shift.end) + overtime_s(shift, route)
    else:
        length_s = paid_s(shift, route) + sum(e.seconds for e in entries if e.use is _Use.BREAK)
    rest_s = length_s - sum(entry.seconds for entry in entries)
    entries.append(_Entry(_Use.IDLE, None, rest_s))
    return tuple(entries)


def _legs(route: Route) -> list[tuple[int, TravelSource]]:
    """Seconds and source of each way that takes time, the one home last."""
    legs = [(stop.travel_s, stop.travel_source) for stop in route.stops]
    if route.stops:
        legs.append((route.return_travel_s, route.return_travel_source))
    return [leg for leg in legs if leg[0]]


def overtime_s(shift: Shift, route: Route | None) -> int:
    """Seconds from the shift's end until the carer is back; 0 for one who is back in time."""
    if route is None or not route.stops:
        return 0
    left_s = elapsed_s(route.stops[-1].end, shift.end)
    return max(0, route.return_travel_s - left_s)


def _time_use(entries: Iterable[_Entry]) -> TimeUse:
    seconds: Counter[_Use] = Counter()
    visits = 0
    for entry in entries:
        seconds[entry.use] += entry.seconds
        visits += entry.use is _Use.CARE
    return TimeUse(
        paid_s=seconds.total() - seconds[_Use.BREAK],
        care_s=seconds[_Use.CARE],
        travel_s=seconds[_Use.TRAVEL],
        waiting_s=seconds[_Use.WAITING],
        idle_s=seconds[_Use.IDLE],
        break_s=seconds[_Use.BREAK],
        visits=visits,
        standby_s=seconds[_Use.STANDBY],
    )


def _loads(
    day: Day,
    routes: Mapping[str, Route],
    by_shift: Mapping[str, TimeUse],
    served: Iterable[tuple[str, Visit]],
) -> tuple[CarerLoad, ...]:
    shifts: defaultdict[str, list[Shift]] = defaultdict(list)
    for shift in day.shifts:
        shifts[shift.carer_id].append(shift)
    doubled = Counter(carer for carer, visit in served if visit.group is not None)
    return tuple(
        CarerLoad(
            carer_id=carer,
            paid_s=sum(by_shift[shift.id].paid_s for shift in own),
            care_s=sum(by_shift[shift.id].care_s for shift in own),
            travel_s=sum(by_shift[shift.id].travel_s for shift in own),
            overtime_s=sum(overtime_s(shift, routes.get(shift.id)) for shift in own),
            visits=sum(by_shift[shift.id].visits for shift in own),
            double_visits=doubled[carer],
        )
        for carer, own in shifts.items()
    )


# ---------------------------------------------------------------- zones


def _by_zone(day: Day, entries: Mapping[str, tuple[_Entry, ...]]) -> dict[str, TimeUse]:
    demand_s: Counter[str] = Counter()
    for visit in day.visits:
        demand_s[visit.zone] += _demand_s(visit)
    day_care_s = _care_by_zone(entry for of_shift in entries.values() for entry in of_shift)
    zoned: dict[str, list[_Entry]] = {zone: [] for zone in sorted(demand_s)}
    for of_shift in entries.values():
        # A day on which nothing could be planned still has paid time: it follows the demand.
        weights = _care_by_zone(of_shift) or day_care_s or demand_s
        for entry in of_shift:
            if entry.zone is not None:
                zoned[entry.zone].append(entry)
                continue
            for zone, seconds in spread(entry.seconds, weights).items():
                zoned[zone].append(_Entry(entry.use, zone, seconds))
    return {zone: _time_use(of_zone) for zone, of_zone in zoned.items()}


def _care_by_zone(entries: Iterable[_Entry]) -> Counter[str]:
    care_s: Counter[str] = Counter()
    for entry in entries:
        if entry.use is _Use.CARE and entry.zone is not None and entry.seconds:
            care_s[entry.zone] += entry.seconds
    return care_s


def spread(seconds: int, weights: Mapping[str, int]) -> dict[str, int]:
    """
    Divide whole seconds in proportion to `weights`; the parts add up to `seconds`.

    Parameters
    ----------
    seconds
        What to divide; >= 0.
    weights
        Name -> weight > 0. No weights, no parts.

    Each part is rounded down; the seconds left go one each to the largest remainders, the first
    name winning a tie.
    """
    whole = sum(weights.values())
    parts = {name: seconds * weight // whole for name, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda name: (-(seconds * weights[name] % whole), name))
    for name in by_remainder[: seconds - sum(parts.values())]:
        parts[name] += 1
    return parts


# ---------------------------------------------------------------- visits


def _demand_s(visit: Visit) -> int:
    return visit.duration_min * SECONDS_PER_MINUTE


def _planned_visits(plan: Plan, visits: Mapping[str, Visit]) -> list[tuple[str, Visit]]:
    return [
        (route.carer_id, visits[stop.visit_id])
        for route in plan.routes
        for stop in route.stops
        if stop.visit_id is not None
    ]
