"""
How far each shift has come at a moment of the day, and what of its route stays as planned.

A stop stays when it has begun, when its carer is on the way, or when it begins within the freeze
time; before such a stop all others of the route stay too. The rest may be planned anew, from where
and when the carer is free.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from scheduler.care.model import Day, Location, Shift, Visit, Window
from scheduler.care.units import SECONDS_PER_MINUTE
from scheduler.disturbances import Disturbances
from scheduler.plan import Plan, Route, Stop
from scheduler.time_order import elapsed_s, later
from scheduler.working_time import WorkingTime, break_frame, load_working_time


@dataclass(frozen=True, slots=True)
class Standing:
    """
    Parameters
    ----------
    kept
        First stops of the route, which stay.
    place
        Where the carer is after them.
    free_from
        When the carer can leave for something else.
    """

    kept: tuple[Stop, ...]
    place: Location
    free_from: datetime

    @property
    def idle(self) -> bool:
        """Whether the carer has nothing to do for a while after what is kept."""
        return bool(self.kept) and elapsed_s(self.kept[-1].end, self.free_from) > 0


def standings(day: Day, plan: Plan, what: Disturbances, freeze_min: int) -> dict[str, Standing]:
    """
    By shift of `day`, as it is after `what`; `plan` is the plan before.

    Of a group all keep their start or none; the carers of a sick or late one who are not there yet
    are free again.
    """
    working = load_working_time(day.date)
    shifts = {shift.id: shift for shift in day.shifts}
    known = {visit.id: visit for visit in day.visits}
    routes = [route for route in plan.routes if route.shift_id in shifts]
    late = {delay.carer_id: delay.minutes for delay in what.delays}
    kept = {
        route.shift_id: _kept(
            route, what.now, freeze_min, known, only_begun=route.carer_id in {*late, *what.sick}
        )
        for route in routes
    }
    while _release_broken_groups(kept, known, what.now):
        pass
    found = {}
    for shift in day.shifts:
        # Of an optional shift that is not used nobody has had a break: nobody is there.
        had = () if shift.optional else _break_had(shift, what.now, working)
        stops = kept.get(shift.id, ()) or had
        ends = stops[-1].end if stops else shift.start
        free_from = max(ends, what.now, key=datetime.timestamp)
        if shift.carer_id in late:
            free_from = later(free_from, late[shift.carer_id] * SECONDS_PER_MINUTE)
        found[shift.id] = Standing(stops, _place(shift, stops, known), free_from)
    return found


def _kept(
    route: Route, now: datetime, freeze_min: int, known: Collection[str], *, only_begun: bool
) -> tuple[Stop, ...]:
    """What stays of the route by its times alone."""
    ahead_s = 0 if only_begun else freeze_min * SECONDS_PER_MINUTE
    stays = 0
    for position, stop in enumerate(route.stops, 1):
        way_s = 0 if only_begun else stop.travel_s
        if elapsed_s(now, stop.start) <= max(ahead_s, way_s):
            stays = position
    return tuple(s for s in route.stops[:stays] if s.visit_id is None or s.visit_id in known)


def _release_broken_groups(
    kept: dict[str, tuple[Stop, ...]], known: Mapping[str, Visit], now: datetime
) -> bool:
    """Let go of stops not begun whose group does not stay whole; whether there was one."""
    staying = {stop.visit_id for stops in kept.values() for stop in stops}
    groups: dict[str, set[str]] = {}
    for visit in known.values():
        if visit.group is not None:
            groups.setdefault(visit.group, set()).add(visit.id)
    for shift_id, stops in kept.items():
        for at, stop in enumerate(stops):
            of_stop = known.get(stop.visit_id or "")
            if of_stop is None or of_stop.group is None or elapsed_s(stop.start, now) >= 0:
                continue
            if not groups[of_stop.group] <= staying:
                kept[shift_id] = stops[:at]
                return True
    return False


def _break_had(shift: Shift, now: datetime, working: WorkingTime) -> tuple[Stop, ...]:
    """The break of a carer who has had nothing to do, if its time is past."""
    if shift.rest is None:
        return ()
    _, last = break_frame(shift, shift.rest, working)
    if elapsed_s(last, now) <= 0:
        return ()
    start = later(last, 0)
    return (
        Stop(None, start, start, later(start, shift.rest.duration_min * SECONDS_PER_MINUTE), 0),
    )


def _place(shift: Shift, stops: tuple[Stop, ...], known: Mapping[str, Visit]) -> Location:
    visited = [known[stop.visit_id].location for stop in stops if stop.visit_id is not None]
    return visited[-1] if visited else shift.start_location


def frozen_day(
    day: Day, plan: Plan, standing: Mapping[str, Standing], now: datetime
) -> tuple[Day, frozenset[str]]:
    """
    `day` as it is to be planned from `now` on, and the ids of visits that come too late for that.

    What stays has its start pinned. A visit that is free starts at `now` at the earliest, and
    wishes for the start that `plan` gave it.
    """
    stays = {stop.visit_id: stop.start for each in standing.values() for stop in each.kept}
    planned = {stop.visit_id: stop.start for route in plan.routes for stop in route.stops}
    visits, passed = [], set()
    for visit in day.visits:
        if visit.id in stays:
            visits.append(replace(visit, pinned_start=stays[visit.id], preferred=None))
            continue
        windows = [
            replace(window, earliest=max(window.earliest, now, key=datetime.timestamp))
            for window in visit.windows
            if elapsed_s(now, window.latest) >= 0
        ]
        if visit.pinned_start is not None and elapsed_s(now, visit.pinned_start) < 0:
            windows = []
        if not windows:
            passed.add(visit.id)
            visits.append(visit)
            continue
        start = planned.get(visit.id)
        preferred = visit.preferred if start is None else Window(start, start)
        visits.append(
            replace(
                visit,
                earliest=windows[0].earliest,
                latest=windows[0].latest,
                more_windows=tuple(windows[1:]),
                preferred=preferred,
            )
        )
    return replace(day, visits=tuple(visits)), frozenset(passed)
