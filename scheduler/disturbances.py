"""
What happens during a day: somebody falls ill, a visit is cancelled, one more is needed, an alarm
goes off, somebody is late. And the day as it is after that.

What has started stays: the carer who falls ill has done the visits begun before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from scheduler.care.dated import read_parameters
from scheduler.care.errors import Finding, InvalidInput, Severity
from scheduler.care.model import Break, Day, Location, Priority, Shift, Visit
from scheduler.care.units import SECONDS_PER_MINUTE
from scheduler.plan import Plan, Route, Stop
from scheduler.time_order import elapsed_s, later
from scheduler.travel import Travel
from scheduler.validation import day_findings

PARAMETER_FILE = Path(__file__).parent / "parameters" / "replanning.toml"


@dataclass(frozen=True, slots=True)
class Delay:
    """A carer who is free only so many minutes after now, or after the visit in progress."""

    carer_id: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Disturbances:
    """
    What has happened, as known at the moment `now`.

    Parameters
    ----------
    sick
        Ids of carers who do nothing more today.
    cancelled
        Ids of visits that are not made.
    added
        Visits that are needed as well.
    alarms
        Ids of recipients who called for help.
    """

    now: datetime
    sick: tuple[str, ...] = ()
    cancelled: tuple[str, ...] = ()
    added: tuple[Visit, ...] = ()
    alarms: tuple[str, ...] = ()
    delays: tuple[Delay, ...] = ()


@dataclass(frozen=True, slots=True)
class Replanning:
    """
    Parameters
    ----------
    freeze_min
        Visits that start within so many minutes stay.
    kept_within_min
        A visit moved by no more counts as kept: nobody must be told.
    changed_carer, moved_second
        Points of another carer, and of each second off the planned start.
    alarm_min, alarm_within_min
        Length and latest start of the visit after an alarm.
    """

    freeze_min: int
    kept_within_min: int
    changed_carer: int
    moved_second: int
    alarm_min: int
    alarm_within_min: int


def load_replanning(day: date, path: Path = PARAMETER_FILE) -> Replanning:
    """The parameters in force on `day`; raises as :mod:`scheduler.care.dated`."""
    parameters = read_parameters(path)
    return Replanning(*(int(parameters.on(name, day)) for name in Replanning.__slots__))


def started(route: Route, now: datetime) -> tuple[Stop, ...]:
    """The stops of `route` that have begun at `now`."""
    return tuple(stop for stop in route.stops if elapsed_s(stop.start, now) >= 0)


def day_after(
    day: Day,
    plan: Plan,
    what: Disturbances,
    travel: Travel,
    settings: Replanning,
) -> Day:
    """
    `day` as it is after `what`: without what is cancelled and what the sick had left, with what is
    added. A sick carer's shift ends with the last visit that had begun, or is gone.

    Raises
    ------
    InvalidInput
        With every id that the day does not know, every visit cancelled after its start, and every
        fault of the day that results.
    """
    findings = list(_findings(day, plan, what))
    if findings:
        raise InvalidInput(findings)
    routes = {route.shift_id: route for route in plan.routes}
    places = {visit.id: visit.location for visit in day.visits}
    shifts = (
        _cut(shift, routes.get(shift.id), what.now, places)
        if shift.carer_id in what.sick
        else shift
        for shift in day.shifts
    )
    after = replace(
        day,
        shifts=tuple(shift for shift in shifts if shift is not None),
        visits=_visits(day, plan, what, settings),
    )
    # The way of a shift that illness cuts short has been gone, stop by stop.
    findings = [
        finding
        for finding in day_findings(after, travel)
        if finding.severity is Severity.ERROR and finding.code != "SHIFT_SHORTER_THAN_TRAVEL"
    ]
    if findings:
        raise InvalidInput(findings)
    return after


def _cut(
    shift: Shift, route: Route | None, now: datetime, places: dict[str, Location]
) -> Shift | None:
    """What a carer who is ill from `now` has worked of `shift`; None when that is nothing."""
    stops = started(route, now) if route else ()
    over = elapsed_s(shift.end, now) >= 0
    if route and over and len(stops) == len(route.stops):
        return replace(shift, latest_end=max(shift.end, route.back) if route.stops else None)
    visited = [places[stop.visit_id] for stop in stops if stop.visit_id is not None]
    if not visited:
        return replace(shift, latest_end=None) if over else None
    rest = [stop.start for stop in stops if stop.visit_id is None]
    pause = Break(rest[0], rest[0], shift.rest.duration_min) if rest and shift.rest else None
    end = stops[-1].end
    return replace(
        shift,
        end=min(shift.end, end),
        latest_end=end if end > shift.end else None,
        end_location=visited[-1],
        rest=pause,
    )


def _visits(day: Day, plan: Plan, what: Disturbances, settings: Replanning) -> tuple[Visit, ...]:
    gone = set(what.cancelled)
    begun = {stop.visit_id for route in plan.routes for stop in started(route, what.now)}
    left = [visit for visit in day.visits if visit.id not in gone]
    size = Counter(visit.group for visit in left)
    kept = (
        replace(
            visit,
            group=visit.group if size[visit.group] > 1 else None,
            gaps=tuple(gap for gap in visit.gaps if gap.preceding_visit not in gone),
            pinned_carer=None
            if visit.pinned_carer in what.sick and visit.id not in begun
            else visit.pinned_carer,
        )
        for visit in left
    )
    return (*kept, *what.added, *_alarm_visits(day, what, settings))


def _alarm_visits(day: Day, what: Disturbances, settings: Replanning) -> Iterator[Visit]:
    homes = {visit.recipient_id: visit for visit in day.visits}
    taken = {visit.id for visit in (*day.visits, *what.added)}
    for recipient in what.alarms:
        home = homes[recipient]
        name = next(n for n in _names(f"alarm-{recipient}") if n not in taken)
        taken.add(name)
        yield Visit(
            name,
            recipient,
            home.location,
            home.zone,
            what.now,
            later(what.now, settings.alarm_within_min * SECONDS_PER_MINUTE),
            settings.alarm_min,
            priority=Priority.MUST,
            wishes=home.wishes,
        )


def _names(first: str) -> Iterator[str]:
    yield first
    number = 1
    while True:
        number += 1
        yield f"{first}-{number}"


def _findings(day: Day, plan: Plan, what: Disturbances) -> Iterator[Finding]:
    on_shift = {shift.carer_id for shift in day.shifts}
    visits = {visit.id for visit in day.visits}
    begun = {stop.visit_id for route in plan.routes for stop in started(route, what.now)}
    for carer in (*what.sick, *(delay.carer_id for delay in what.delays)):
        if carer not in on_shift:
            yield _unknown(f"caregiver {carer}", "one with a shift on the day")
    for delay in what.delays:
        if delay.minutes < 1:
            yield Finding(
                "OUT_OF_RANGE",
                f"delay of {delay.carer_id}",
                "at least 1 minute",
                f"{delay.minutes}",
                "Ange hur många minuter medarbetaren är sen.",
            )
        if delay.carer_id in what.sick:
            yield Finding(
                "SICK_AND_LATE",
                f"caregiver {delay.carer_id}",
                "sick or late",
                "both",
                "Ta bort förseningen: den som är sjuk gör inget mer i dag.",
            )
    for visit in what.cancelled:
        if visit not in visits:
            yield _unknown(f"visit {visit}", "one of the day")
        elif visit in begun:
            yield Finding(
                "CANCELLED_TOO_LATE",
                f"visit {visit}",
                "a visit that has not begun",
                "one that has",
                "Ta bort avbokningen; ett besök som har börjat följs upp som utfört.",
            )
    recipients = {visit.recipient_id for visit in day.visits}
    for recipient in what.alarms:
        if recipient not in recipients:
            yield _unknown(
                f"recipient {recipient}",
                "one with a visit on the day",
                "Lägg till ett besök med personens adress i stället för ett larm.",
            )


def _unknown(name: str, expected: str, action: str = "Kontrollera beteckningen.") -> Finding:
    return Finding("UNKNOWN_ID", name, expected, "none with this id", action)
