"""What shifts share, such as cars."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scheduler.care.model import Day, Shift, Visit
from scheduler.checker.routes import hours_used
from scheduler.checker.violation import Violation, clock
from scheduler.plan import Plan
from scheduler.rules import Rule
from scheduler.travel import Travel


def resources_suffice(
    day: Day,
    plan: Plan,
    shifts: Mapping[str, Shift],
    visits: Mapping[str, Visit],
    travel: Travel,
) -> Iterator[Violation]:
    """RESOURCE: no more shifts use one at any moment than there are."""
    for resource in day.resources:
        spans = [
            (*hours_used(shift, route, visits, travel), shift.id)
            for route in plan.routes
            if (shift := shifts.get(route.shift_id)) is not None
            and shift.resource == resource.id
            and any(stop.visit_id in visits for stop in route.stops)
        ]
        told: set[tuple[str, ...]] = set()
        for moment, _, _ in sorted(spans):
            using = tuple(sorted(s for begins, ends, s in spans if begins <= moment < ends))
            if len(using) > resource.count and using not in told:
                told.add(using)
                found = f"{len(using)} pass {clock(moment)}"
                yield Violation(
                    Rule.RESOURCE, (), using, f"högst {resource.count} {resource.id}", found
                )
