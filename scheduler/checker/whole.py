"""The plan is of this day, and nothing is lost, doubled or unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from scheduler.care.model import Day, Shift, Visit
from scheduler.checker.violation import Violation
from scheduler.plan import Plan
from scheduler.rules import Rule


def plan_date(day: Day, plan: Plan) -> Iterator[Violation]:
    """ASSIGNED_ONCE: the plan is of this day at all."""
    if plan.date != day.date:
        yield Violation(Rule.ASSIGNED_ONCE, (), (), f"plan för {day.date}", f"plan för {plan.date}")


def assigned_once(
    visits: Mapping[str, Visit], shifts: Mapping[str, Shift], plan: Plan
) -> Iterator[Violation]:
    """ASSIGNED_ONCE: each visit once in a route or once among the unassigned; nothing unknown."""
    rule = Rule.ASSIGNED_ONCE
    for shift_id, times in Counter(route.shift_id for route in plan.routes).items():
        if shift_id not in shifts:
            yield Violation(rule, (), (shift_id,), "ett pass i underlaget", "okänt pass")
        elif times > 1:
            yield Violation(rule, (), (shift_id,), "högst en rutt per pass", f"{times} rutter")
    for route in plan.routes:
        shift = shifts.get(route.shift_id)
        if shift is not None and shift.carer_id != route.carer_id:
            wanted = f"medarbetare {shift.carer_id}"
            yield Violation(rule, (), (shift.id,), wanted, route.carer_id)
    planned = Counter(
        stop.visit_id for route in plan.routes for stop in route.stops if stop.visit_id is not None
    )
    left_out = Counter(item.visit_id for item in plan.unassigned)
    for visit_id in sorted(planned.keys() | left_out.keys() | visits.keys()):
        if visit_id not in visits:
            yield Violation(rule, (visit_id,), (), "ett besök i underlaget", "okänt besök")
        elif planned[visit_id] + left_out[visit_id] != 1:
            found = f"planerat {planned[visit_id]}, oplanerat {left_out[visit_id]} gånger"
            yield Violation(rule, (visit_id,), (), "en gång", found)
