"""
A plan joined with its day, in the order in which people read it.

The plan holds ids and times; here each stop gets its person, services, waiting, double-staffing
partner and delegation. Shifts come in order of start, then by the carer's name. Nothing is decided
and nothing is formatted here; the pictures, the day lists and the report all read these records.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from api.pages.formats import alphabetical
from api.pages.results import DemoResult
from scheduler.care.model import Carer, Location, Shift, Visit
from scheduler.hours import firm
from scheduler.plan import Route, Stop, Unassigned
from scheduler.time_order import elapsed_s


@dataclass(frozen=True, slots=True)
class StopView:
    """
    A visit or, with `visit` None, the break.

    Parameters
    ----------
    arrival, start, end, travel_s
        As in :class:`scheduler.plan.Stop`.
    wait_s
        Seconds from arrival to start.
    recipient, initials
        Name (or id) and its first letters, for narrow places; empty for the break.
    services
        What is done, in words.
    partners
        Names of the carers who do the same double-staffed visit.
    delegations, skills
        What the visit demands, parted by how the carer holds it.
    """

    visit: Visit | None
    arrival: datetime
    start: datetime
    end: datetime
    travel_s: int
    wait_s: int
    recipient: str = ""
    initials: str = ""
    services: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    delegations: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()

    @property
    def double(self) -> bool:
        """True for a visit that several carers make together."""
        return self.visit is not None and self.visit.group is not None

    @property
    def duration_s(self) -> int:
        """Seconds from start to end."""
        return elapsed_s(self.start, self.end)


@dataclass(frozen=True, slots=True)
class ShiftView:
    """One shift's row: `number` counts from 1 in reading order."""

    number: int
    shift: Shift
    carer: str
    stops: tuple[StopView, ...]
    return_travel_s: int
    back: datetime

    @property
    def visits(self) -> tuple[StopView, ...]:
        """The stops that are visits."""
        return tuple(stop for stop in self.stops if stop.visit is not None)

    @property
    def care_s(self) -> int:
        """Seconds with recipients."""
        made = (stop for stop in self.visits if stop.visit is not None and not stop.visit.standby)
        return sum(stop.duration_s for stop in made)

    @property
    def travel_s(self) -> int:
        """Seconds of travel, the way back included."""
        return sum(stop.travel_s for stop in self.stops) + self.return_travel_s


@dataclass(frozen=True, slots=True)
class UnassignedView:
    """A visit that the plan leaves out, with its person and services in words."""

    visit: Visit
    unassigned: Unassigned
    recipient: str
    services: tuple[str, ...]


def shift_views(result: DemoResult) -> tuple[ShiftView, ...]:
    """One row per route of the plan, in order of shift start and carer's name."""
    join = _Join(result)
    shifts = {shift.id: shift for shift in firm(result.day, result.plan).shifts}
    routes = sorted(
        result.plan.routes,
        key=lambda route: (shifts[route.shift_id].start, alphabetical(join.carer(route.carer_id))),
    )
    return tuple(
        ShiftView(
            number,
            shifts[route.shift_id],
            join.carer(route.carer_id),
            tuple(join.stop(stop, route) for stop in route.stops),
            route.return_travel_s,
            route.back,
        )
        for number, route in enumerate(routes, 1)
    )


def unassigned_views(result: DemoResult) -> tuple[UnassignedView, ...]:
    """What is left out, most important and earliest first."""
    join = _Join(result)
    views = [
        UnassignedView(
            visit := join.visits[left.visit_id],
            left,
            join.recipient(visit),
            join.words(visit.services),
        )
        for left in result.plan.unassigned
    ]
    return tuple(sorted(views, key=lambda v: (v.visit.priority, v.visit.earliest, v.visit.id)))


def recipient_homes(result: DemoResult) -> tuple[tuple[Location, str, str], ...]:
    """Place, name and zone of each recipient with a visit on the day, planned or not."""
    join = _Join(result)
    asked = (visit for visit in reversed(result.day.visits) if not visit.standby)
    first = {visit.recipient_id: visit for visit in asked}
    return tuple(
        (visit.location, join.recipient(visit), visit.zone) for _, visit in sorted(first.items())
    )


def initials(name: str) -> str:
    """First letters of at most two words of `name`, e.g. ``Astrid K`` -> ``AK``."""
    return "".join(word[0] for word in name.split()[:2]).upper()


class _Join:
    """The indexes that join a plan with its day."""

    def __init__(self, result: DemoResult) -> None:
        self.names = result.day.names
        self.texts = result.texts
        self.visits = {visit.id: visit for visit in result.day.visits}
        self.carers: dict[str, Carer] = {carer.id: carer for carer in result.day.carers}
        self.group_routes: defaultdict[str, list[Route]] = defaultdict(list)
        for route in result.plan.routes:
            for stop in route.stops:
                group = self.visits[stop.visit_id].group if stop.visit_id is not None else None
                if group is not None:
                    self.group_routes[group].append(route)

    def carer(self, carer_id: str) -> str:
        carer = self.carers.get(carer_id)
        return self.names.get(carer_id) or (carer.name if carer else "") or carer_id

    def recipient(self, visit: Visit) -> str:
        if visit.standby:
            return f"Beredskap {visit.id}"
        return self.names.get(visit.recipient_id) or visit.recipient_id

    def words(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.texts.get(code, code) for code in codes)

    def stop(self, stop: Stop, route: Route) -> StopView:
        wait_s = elapsed_s(stop.arrival, stop.start)
        if stop.visit_id is None:
            return StopView(None, stop.arrival, stop.start, stop.end, stop.travel_s, wait_s)
        visit = self.visits[stop.visit_id]
        own = self.carers[route.carer_id].skills
        partners = self.group_routes[visit.group] if visit.group is not None else []
        name = self.recipient(visit)
        return StopView(
            visit,
            stop.arrival,
            stop.start,
            stop.end,
            stop.travel_s,
            wait_s,
            recipient=name,
            initials=initials(name),
            services=self.words(visit.services),
            partners=tuple(self.carer(r.carer_id) for r in partners if r is not route),
            delegations=tuple(sorted(visit.required_skills - own)),
            skills=tuple(sorted(visit.required_skills & own)),
        )
