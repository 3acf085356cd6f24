"""A day without a fault, and the same with one part changed, for the tests that judge input."""

from __future__ import annotations

from dataclasses import replace
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

DAY = date(2026, 3, 4)
HOME = Location(56.03, 14.15)


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=STOCKHOLM)


def visit(id_: str, hour: int, *gaps: Gap, group: str | None = None) -> Visit:
    """Half an hour, to start within the hour from `hour`."""
    return Visit(id_, f"r-{id_}", HOME, "town", at(hour), at(hour + 1), 30, group=group, gaps=gaps)


# Sound in every respect: c1 has a break, c2's insulin delegation has expired and nobody on shift
# holds it, v2 and v3 are a double visit, v4 follows v1 after one to three hours.
SOUND = Day(
    date=DAY,
    carers=(
        Carer("c1", frozenset({"undersköterska"})),
        Carer(
            "c2",
            frozenset(),
            (Delegation("insulin", DAY - timedelta(days=99), DAY - timedelta(days=1)),),
        ),
    ),
    shifts=(
        Shift("s1", "c1", at(7), at(16), HOME, HOME, Mode.CAR, Break(at(10), at(13), 30)),
        Shift("s2", "c2", at(7), at(11), HOME, HOME, Mode.BICYCLE),
        Shift("s3", "c2", at(17), at(21), HOME, HOME, Mode.BICYCLE),
    ),
    visits=(
        replace(visit("v1", 8), required_skills=frozenset({"insulin"})),
        visit("v2", 9, group="g1"),
        visit("v3", 10, group="g1"),
        visit("v4", 11, Gap("v1", 60, 180)),
    ),
)


def with_visit(number: int, **changes: object) -> Day:
    visits = list(SOUND.visits)
    visits[number - 1] = replace(visits[number - 1], **changes)  # type: ignore[arg-type]
    return replace(SOUND, visits=tuple(visits))


def with_shift(number: int, **changes: object) -> Day:
    shifts = list(SOUND.shifts)
    shifts[number - 1] = replace(shifts[number - 1], **changes)  # type: ignore[arg-type]
    return replace(SOUND, shifts=tuple(shifts))


def with_carer(number: int, **changes: object) -> Day:
    carers = list(SOUND.carers)
    carers[number - 1] = replace(carers[number - 1], **changes)  # type: ignore[arg-type]
    return replace(SOUND, carers=tuple(carers))


def with_more(*visits: Visit) -> Day:
    return replace(SOUND, visits=SOUND.visits + visits)
