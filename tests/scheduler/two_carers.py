"""
A day that a person can check on paper.

Anna and Bo work 08:00-12:00 from the office; Bo rests 30 minutes between 09:30 and 10:30. Every
place is the office but Rut's, which is 600 s away by bicycle. Anna alone may give insulin.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from scheduler.care.model import (
    Break,
    Carer,
    Day,
    Delegation,
    Gap,
    Location,
    Mode,
    Shift,
    Visit,
)
from scheduler.care.units import STOCKHOLM
from scheduler.plan import Plan, Route, Stop, Unassigned
from scheduler.rules import Reason
from scheduler.travel import TravelSettings

DAY = date(2026, 3, 4)
OFFICE = Location(56.0, 14.0)
# 1,249.9 m north of the office: 1,249.9 * 1.2 / (9 km/h) = 599.95, rounded up 600 s.
AWAY = Location(56.0 + 1_249.9 / 6_371_000 * 57.29577951308232, 14.0)

TRAVEL = TravelSettings(
    detour=dict.fromkeys(Mode, 1.2),
    speed_kmh=dict.fromkeys(Mode, 9.0),
    fixed_min=dict.fromkeys(Mode, 0.0),
    rural_car_kmh=9.0,
)


def at(clock: str) -> datetime:
    """08:15 -> that time of the day."""
    hour, minute = clock.split(":")
    return datetime(DAY.year, DAY.month, DAY.day, int(hour), int(minute), tzinfo=STOCKHOLM)


ANNA = Carer(
    "anna",
    frozenset({"omsorg"}),
    (Delegation("insulin", date(2026, 1, 1), date(2026, 3, 4)),),
)
BO = Carer(
    "bo",
    frozenset({"omsorg"}),
    (Delegation("insulin", date(2025, 1, 1), date(2026, 3, 3)),),
)


def shift(carer: Carer, rest: Break | None = None) -> Shift:
    return Shift(
        f"pass-{carer.id}", carer.id, at("08:00"), at("12:00"), OFFICE, OFFICE, Mode.BICYCLE, rest
    )


def visit(
    name: str,
    recipient: str,
    window: tuple[str, str],
    minutes: int,
    skills: frozenset[str] = frozenset({"omsorg"}),
    group: str | None = None,
    gaps: tuple[Gap, ...] = (),
    location: Location = OFFICE,
) -> Visit:
    return Visit(
        id=name,
        recipient_id=recipient,
        location=location,
        zone="town",
        earliest=at(window[0]),
        latest=at(window[1]),
        duration_min=minutes,
        required_skills=skills,
        group=group,
        gaps=gaps,
    )


def day() -> Day:
    """Insulin and breakfast for Per 30-60 min apart, a lift by two for Rut, a round for Siv."""
    return Day(
        date=DAY,
        carers=(ANNA, BO),
        shifts=(shift(ANNA), shift(BO, Break(at("09:30"), at("10:30"), 30))),
        visits=(
            visit("insulin", "per", ("08:00", "09:00"), 10, frozenset({"omsorg", "insulin"})),
            visit("frukost", "per", ("08:00", "10:00"), 20, gaps=(Gap("insulin", 30, 60),)),
            visit("lyft-1", "rut", ("10:00", "11:00"), 30, group="lyft", location=AWAY),
            visit("lyft-2", "rut", ("10:00", "11:00"), 30, group="lyft", location=AWAY),
            visit("tillsyn", "siv", ("08:00", "11:30"), 15),
            visit("bad", "siv", ("08:00", "11:30"), 40),
        ),
    )


def stop(visit_id: str | None, start: str, minutes: int, travel_s: int = 0) -> Stop:
    begin = at(start)
    return Stop(visit_id, begin, begin, begin + timedelta(minutes=minutes), travel_s)


def plan() -> Plan:
    """Keeps every rule, some of them to the minute."""
    anna = (
        stop("insulin", "08:00", 10),
        stop("frukost", "08:40", 20),
        stop("lyft-1", "10:30", 30, 600),
    )
    bo = (
        stop("bad", "08:00", 40),
        stop("tillsyn", "08:40", 15),
        stop(None, "09:30", 30),
        stop("lyft-2", "10:30", 30, 600),
    )
    return Plan(
        DAY,
        (
            Route("pass-anna", "anna", anna, 600, at("11:10")),
            Route("pass-bo", "bo", bo, 600, at("11:10")),
        ),
        (),
    )


def left_out(visit_id: str) -> Unassigned:
    return Unassigned(visit_id, Reason.CROWDED_OUT, (), "", "")
