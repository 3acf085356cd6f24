"""Faults of visits, each on its own."""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.care.errors import Finding, Severity
from scheduler.care.model import Day, Priority, Visit, Window
from scheduler.validation.common import (
    duplicate_ids,
    duration,
    hours_apart,
    naive_times,
    place,
    second_of,
    window,
)
from scheduler.validation.planned_day import outside_planned_day


def visit_findings(day: Day) -> Iterator[Finding]:
    """
    Codes: DUPLICATE_ID, UNKNOWN_SKILL, PRIORITY_OUT_OF_RANGE, CARER_WANTED_AND_PROHIBITED,
    WINDOWS_OVERLAP, DAY_NOT_POSSIBLE, PREFERRED_OUTSIDE_WINDOWS, UNKNOWN_CARER_IN_WISHES (warning),
    OUTSIDE_PLANNED_DAY (warning) and those of :mod:`scheduler.validation.common`.
    """
    yield from duplicate_ids("visits", (visit.id for visit in day.visits))
    # Delegations count whatever their days: one that has expired is no fault of the input.
    known = {skill for carer in day.carers for skill in carer.skills} | {
        delegation.skill for carer in day.carers for delegation in carer.delegations
    }
    carers = {carer.id for carer in day.carers}
    for position, visit in enumerate(day.visits):
        where = f"visits[{position}] ({visit.id})"
        yield from place(f"{where}.location", visit.location)
        yield from _windows(where, day, visit)
        yield from duration(f"{where}.duration_min", visit.duration_min)
        yield from _priority(where, visit)
        yield from _days(where, day, visit)
        yield from _apart(where, visit)
        yield from _wishes(where, visit, carers)
        for skill in sorted(visit.required_skills - known):
            yield Finding(
                "UNKNOWN_SKILL",
                f"{where}.required_skills",
                "one of " + (", ".join(sorted(known)) or "none, since no carer lists any skill"),
                skill,
                "Rätta kompetensen eller registrera den på någon medarbetare.",
            )


def _windows(where: str, day: Day, visit: Visit) -> Iterator[Finding]:
    wanted = visit.preferred
    if wanted is not None:
        spot = f"{where}.preferred"
        faults = list(naive_times(spot, earliest=wanted.earliest, latest=wanted.latest))
        faults = faults or list(window(spot, wanted.earliest, wanted.latest))
        yield from faults
        if faults:
            wanted = None
    before: Window | None = None
    for number, one in enumerate(visit.windows):
        spot = f"{where}.more_windows[{number - 1}]" if number else where
        naive = list(naive_times(spot, earliest=one.earliest, latest=one.latest))
        yield from naive
        if naive:
            return
        yield from window(spot, one.earliest, one.latest)
        yield from outside_planned_day(spot, day.date, one.earliest, one.latest)
        if before is not None and second_of(one.earliest) <= second_of(before.latest):
            yield Finding(
                "WINDOWS_OVERLAP",
                spot,
                f"a first start after {before.latest.isoformat()}, when the window before it ends",
                one.earliest.isoformat(),
                "Ordna fönstren efter tid och slå ihop dem som går i varandra.",
            )
        before = one
    if wanted is not None and not any(_meet(wanted, one) for one in visit.windows):
        yield Finding(
            "PREFERRED_OUTSIDE_WINDOWS",
            f"{where}.preferred",
            "a time in which one of the visit's windows lets it start",
            f"{wanted.earliest.isoformat()} to {wanted.latest.isoformat()}",
            "Flytta den önskade tiden eller tidsfönstret.",
        )


def _meet(one: Window, other: Window) -> bool:
    """Whether some start lies in both."""
    first = max(second_of(one.earliest), second_of(other.earliest))
    return first <= min(second_of(one.latest), second_of(other.latest))


def _wishes(where: str, visit: Visit, carers: set[str]) -> Iterator[Finding]:
    contact = frozenset({visit.wishes.contact} - {None})
    wanted = visit.wishes.preferred | contact
    both = sorted(visit.wishes.prohibited & wanted)
    if both:
        yield Finding(
            "CARER_WANTED_AND_PROHIBITED",
            f"{where}.wishes",
            "carers that are either wanted or prohibited",
            ", ".join(both),
            "Ta bort medarbetaren ur den ena listan.",
        )
    # Somebody who has left may still be barred; a misspelt id would let the barred one in.
    unknown = sorted((visit.wishes.prohibited | visit.wishes.preferred) - carers)
    if unknown:
        yield Finding(
            "UNKNOWN_CARER_IN_WISHES",
            f"{where}.wishes",
            "ids of carers of the same day",
            ", ".join(unknown),
            "Kontrollera att medarbetarens id är rätt skrivet, eller ta bort det.",
            Severity.WARNING,
        )


def _days(where: str, day: Day, visit: Visit) -> Iterator[Finding]:
    days = visit.possible_days
    if days and (day.date not in days or len(set(days)) < len(days)):
        yield Finding(
            "DAY_NOT_POSSIBLE",
            f"{where}.possible_days",
            f"different days, {day.date} among them",
            ", ".join(str(each) for each in days),
            "Ange varje möjlig dag en gång, även dagen som planeras, eller ta bort besöket.",
        )


def _apart(where: str, visit: Visit) -> Iterator[Finding]:
    for number, each in enumerate(visit.apart):
        spot = f"{where}.apart[{number}]"
        yield from hours_apart(f"{spot}.least_h", each.least_h)
        if each.last_occasion is not None:
            yield from naive_times(spot, last_occasion=each.last_occasion)


def _priority(where: str, visit: Visit) -> Iterator[Finding]:
    if visit.priority not in tuple(Priority):
        yield Finding(
            "PRIORITY_OUT_OF_RANGE",
            f"{where}.priority",
            "1 (must), 2 (should) or 3 (can wait)",
            str(visit.priority),
            "Ange prioritet 1, 2 eller 3.",
        )
