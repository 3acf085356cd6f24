"""
A plan as a network of starts: which start waits for which, and by how many seconds.

Carers keep their visits and the order of them. A start waits for the carer's stop before and the
way from there, for the carers of the same double staffing, and for the visits that a least gap
counts from. Longest gaps make nobody wait. Seconds count from local midnight of the day as elapsed
time, so both nights when the clocks change keep their length.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from graphlib import CycleError, TopologicalSorter

from scheduler.apart import open_windows
from scheduler.build import origin, pinned_starts
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.model import Day, Shift, Visit, Window
from scheduler.care.units import SECONDS_PER_MINUTE
from scheduler.given_travel import UNREACHABLE_S, travel_of
from scheduler.plan import Plan, Route
from scheduler.plan import Stop as PlannedStop
from scheduler.time_order import elapsed_s, time_findings
from scheduler.travel import Travel, travel_seconds

# Further back than any second of a day.
NEVER_S = -(10**9)


@dataclass(frozen=True, slots=True)
class Stop:
    """
    A visit or, with `visit` None, a break.

    Parameters
    ----------
    visit
        Whom it is for.
    route
        Row in :attr:`Network.routes`.
    before
        Row of the route's stop before it; None for the first.
    planned, planned_s
        Its start by the plan.
    length_s, way_s
        Seconds at the stop by the plan, and of the way there by the travel settings.
    leave_s
        Seconds before which the carer does not set out: just in time for the first visit.
    open_s, latest_s
        First and last start of the window, or of the break's frame, that the plan uses.
    begin_s
        It does not begin before: the window's opening, or a little before the planned start.
    """

    visit: Visit | None
    route: int
    before: int | None
    planned: datetime
    planned_s: int
    length_s: int
    way_s: int
    leave_s: int
    open_s: int
    latest_s: int
    begin_s: int


@dataclass(frozen=True, slots=True)
class Link:
    """A start is at least `least_s` after the end, or the start, of the stop in row `first`."""

    first: int
    least_s: int
    from_start: bool


@dataclass(frozen=True, slots=True)
class Event:
    """Stops that start at the same moment, and what they wait for beside their carers."""

    stops: tuple[int, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """One shift with stops: its seconds, the rows of its first and last stop, and the way back."""

    shift: Shift
    open_s: int
    end_s: int
    first: int
    last: int
    back_way_s: int


@dataclass(frozen=True, slots=True)
class Network:
    """
    Parameters
    ----------
    stops
        Of all routes, route by route in their order.
    events
        Each after all that it waits for.
    routes
        The shifts that have a stop.
    """

    stops: tuple[Stop, ...]
    events: tuple[Event, ...]
    routes: tuple[Way, ...]


def network_of(day: Day, plan: Plan, travel: Travel, lead_min: int) -> Network:
    """
    The network of `plan`, a plan of `day`.

    Parameters
    ----------
    lead_min
        Minutes before the planned start at which anything begins at the earliest; >= 0.

    Raises
    ------
    InvalidInput
        With everything that cannot be carried out: times that do not follow one another, what the
        day does not know, visits planned twice, ways that cannot be gone, visits that wait for each
        other in a circle.
    """
    findings = [*time_findings(day, plan), *_planned_twice(plan)]
    if findings:
        raise InvalidInput(findings)
    shifts = {shift.id: shift for shift in day.shifts}
    stops: list[Stop] = []
    routes: list[Way] = []
    maker = _Maker(day, travel, lead_min * SECONDS_PER_MINUTE)
    for route in plan.routes:
        if route.stops:
            shift = shifts[route.shift_id]
            first = len(stops)
            made, back_way_s = maker.stops_of(route, shift, len(routes), first)
            stops += made
            open_s, end_s = maker.seconds(shift.start), maker.seconds(shift.end)
            routes.append(Way(shift, open_s, end_s, first, len(stops) - 1, back_way_s))
    if no_way := [_no_way(way) for way in routes if _unreachable(way, stops)]:
        raise InvalidInput(no_way)
    return Network(tuple(stops), _events(stops), tuple(routes))


class _Maker:
    """Makes the stops of one day's routes."""

    def __init__(self, day: Day, travel: Travel, lead_s: int) -> None:
        self.zero, self.lead_s = origin(day.date), lead_s
        self.travel = travel_of(day, travel)
        self.visits = {visit.id: visit for visit in day.visits}
        self.pins = pinned_starts(day.visits)

    def seconds(self, moment: datetime) -> int:
        """Elapsed seconds since the day's midnight."""
        return elapsed_s(self.zero, moment)

    def stops_of(self, route: Route, shift: Shift, row: int, first: int) -> tuple[list[Stop], int]:
        """The stops of a route, the first in row `first`, and the seconds of the way back."""
        made: list[Stop] = []
        place, visited = shift.start_location, False
        for number, stop in enumerate(route.stops):
            visit = None if stop.visit_id is None else self.visits[stop.visit_id]
            way_s = 0
            if visit is not None:
                way_s = travel_seconds(place, visit.location, shift.mode, self.travel)
                place = visit.location
            window = self._window(stop, visit, shift)
            planned_s = self.seconds(stop.start)
            soonest_s = planned_s - self.lead_s
            made.append(
                Stop(
                    visit=visit,
                    route=row,
                    before=first + number - 1 if number else None,
                    planned=stop.start,
                    planned_s=planned_s,
                    length_s=elapsed_s(stop.start, stop.end),
                    way_s=way_s,
                    leave_s=NEVER_S if visited else soonest_s - way_s,
                    open_s=self.seconds(window.earliest),
                    latest_s=self.seconds(window.latest),
                    begin_s=max(self.seconds(window.earliest), soonest_s),
                )
            )
            visited = visited or visit is not None
        back_s = travel_seconds(place, shift.end_location, shift.mode, self.travel)
        return made, back_s

    def _window(self, stop: PlannedStop, visit: Visit | None, shift: Shift) -> Window:
        """The window that the plan uses: the last one that is open at the planned start."""
        if visit is None:
            rest = shift.rest
            return Window(rest.earliest, rest.latest) if rest else Window(stop.start, stop.start)
        pin = self.pins.get(visit.starts_with)
        windows = (open_windows(visit) or visit.windows) if pin is None else (Window(pin, pin),)
        planned_s = self.seconds(stop.start)
        opened = [window for window in windows if self.seconds(window.earliest) <= planned_s]
        return opened[-1] if opened else windows[0]


def _events(stops: list[Stop]) -> tuple[Event, ...]:
    """The starts, each after all that it waits for; InvalidInput names those in a circle."""
    row_of = {stop.visit.id: row for row, stop in enumerate(stops) if stop.visit is not None}
    teams: dict[object, list[int]] = {}
    for row, stop in enumerate(stops):
        teams.setdefault(stop.visit.starts_with if stop.visit else row, []).append(row)
    events = [
        Event(tuple(rows), tuple(link for row in rows for link in _links(stops[row], row_of)))
        for rows in teams.values()
    ]
    event_of = {row: number for number, event in enumerate(events) for row in event.stops}
    waits = {
        number: {
            event_of[first]
            for first in (
                *(stops[row].before for row in event.stops),
                *(link.first for link in event.links),
            )
            if first is not None
        }
        for number, event in enumerate(events)
    }
    try:
        return tuple(events[number] for number in TopologicalSorter(waits).static_order())
    except CycleError as error:
        rows = {row for number in error.args[1] for row in events[number].stops}
        raise InvalidInput(_circle([stops[row] for row in sorted(rows)])) from None


def _links(stop: Stop, row_of: dict[str, int]) -> list[Link]:
    if stop.visit is None:
        return []
    return [
        Link(row_of[gap.preceding_visit], gap.min_min * SECONDS_PER_MINUTE, gap.from_start)
        for gap in stop.visit.gaps
        if gap.preceding_visit in row_of
    ]


def _planned_twice(plan: Plan) -> list[Finding]:
    counts = Counter(s.visit_id for r in plan.routes for s in r.stops if s.visit_id is not None)
    return [
        Finding(
            "VISIT_PLANNED_TWICE",
            f"visit {visit_id}",
            "one place in the plan",
            str(count),
            "Behåll besöket på ett ställe i planen.",
        )
        for visit_id, count in counts.items()
        if count > 1
    ]


def _unreachable(way: Way, stops: list[Stop]) -> bool:
    legs = (way.back_way_s, *(stop.way_s for stop in stops[way.first : way.last + 1]))
    return max(legs) >= UNREACHABLE_S


def _no_way(way: Way) -> Finding:
    return Finding(
        "NO_WAY",
        f"route {way.shift.id}",
        "a way by the shift's mode between all its stops",
        "no way, by the day's travel times",
        "Byt färdsätt eller medarbetare, eller rätta restiderna.",
    )


def _circle(stops: list[Stop]) -> Finding:
    return Finding(
        "WAITS_FOR_ITSELF",
        ", ".join(stop.visit.id for stop in stops if stop.visit is not None),
        "starts that follow one another",
        "visits that wait for each other in a circle",
        "Byt ordning eller tid på något av besöken.",
    )
