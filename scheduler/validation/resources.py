"""Faults of what shifts share."""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.care.errors import Finding, Severity
from scheduler.care.model import Day
from scheduler.validation.common import duplicate_ids, is_aware, second_of


def resource_findings(day: Day) -> Iterator[Finding]:
    """Codes: DUPLICATE_ID, RESOURCE_COUNT, UNKNOWN_RESOURCE, RESOURCE_SHORT (warning)."""
    yield from duplicate_ids("resources", (resource.id for resource in day.resources))
    for position, resource in enumerate(day.resources):
        if resource.count < 1:
            yield Finding(
                "RESOURCE_COUNT",
                f"resources[{position}] ({resource.id})",
                "a count of at least 1",
                str(resource.count),
                "Rätta antalet, eller ta bort resursen och de pass som behöver den.",
            )
    known = {resource.id for resource in day.resources}
    for position, shift in enumerate(day.shifts):
        if shift.resource is not None and shift.resource not in known:
            yield Finding(
                "UNKNOWN_RESOURCE",
                f"shifts[{position}] ({shift.id}).resource",
                "the id of a resource of the same day",
                shift.resource,
                "Lägg till resursen eller rätta passets uppgift.",
            )
    for position, resource in enumerate(day.resources):
        needed = _needed(day, resource.id)
        if needed > resource.count >= 1:
            yield Finding(
                "RESOURCE_SHORT",
                f"resources[{position}] ({resource.id})",
                f"at least {needed}, as many as shifts that are not optional need at one time",
                str(resource.count),
                "Några av passen kan inte användas samtidigt, och betalas ändå. Skaffa fler, eller "
                "byt färdsätt eller tider för passen.",
                Severity.WARNING,
            )


def _needed(day: Day, resource_id: str) -> int:
    """Most shifts at one time that are paid anyhow and need one."""
    spans = [
        (second_of(shift.start), second_of(shift.end))
        for shift in day.shifts
        if shift.resource == resource_id and not shift.optional and is_aware(shift.start, shift.end)
    ]
    return max((sum(begins <= at < ends for begins, ends in spans) for at, _ in spans), default=0)
