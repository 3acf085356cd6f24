"""
Why one shift cannot take one visit into a plan as it stands, in Swedish.

A rule forbids it, the shift could not even with nothing else to do, or its own visits are in the
way.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from scheduler.build import closed, has_key, skills_on
from scheduler.care.model import Day, Visit
from scheduler.carer_rules import broken_by
from scheduler.objective import Objective
from scheduler.plan import Route
from scheduler.problem import Problem
from scheduler.reasons import EXCLUDED
from scheduler.rules import Reason, Rule
from scheduler.solve.explain import fits_alone, on_shift_in_window


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    Parameters
    ----------
    code
        The rule that forbids it; NO_SHIFT_IN_WINDOW, UNREACHABLE: not even with nothing else to do;
        CROWDED_OUT: not between what it does as it does it, or with nobody else for a group.
    blocking
        CROWDED_OUT: ids of the shift's visits at the time.
    text
        A Swedish sentence.
    """

    shift_id: str
    carer_id: str
    code: Rule | Reason
    blocking: tuple[str, ...]
    text: str


def refusal(
    day: Day,
    problem: Problem,
    objective: Objective,
    number: int,
    shift: int,
    route: Route,
    used: Collection[int],
) -> Refusal:
    """
    Why ``day.shifts[shift]``, which goes `route`, cannot take ``day.visits[number]``.

    Parameters
    ----------
    problem
        Built from `day`.
    used
        Numbers of the shifts that the plan uses.
    """
    visit, of = day.visits[number], day.shifts[shift]
    carer = next(each for each in day.carers if each.id == of.carer_id)
    missing = sorted(visit.required_skills - skills_on(carer, day.date))
    hard = [rule for rule in broken_by(visit, carer) if rule not in objective.prices]
    code: Rule | Reason
    busy: tuple[str, ...] = ()
    if missing:
        code, text = Rule.SKILL, f"Saknar {', '.join(missing)}."
    elif hard:
        code, text = hard[0], f"Får inte komma: {', '.join(EXCLUDED[rule] for rule in hard)}."
    elif not has_key(visit, of):
        code, text = Rule.KEY, "Börjar inte där nyckeln till hemmet förvaras."
    elif visit.apart and visit.id in closed(day.visits):
        code, text = Rule.APART, "Det är för nära senaste tillfället av insatsen."
    elif not on_shift_in_window(problem, number, shift):
        code = Reason.NO_SHIFT_IN_WINDOW
        text = f"Arbetar {of.start:%H:%M}–{of.closes:%H:%M}, inte när besöket ska göras."
    elif not fits_alone(problem, number, shift):
        code = Reason.UNREACHABLE
        text = "Hinner inte dit och tillbaka i passet, ens utan andra besök."
    elif _pool_full(problem, shift, used):
        code = Rule.RESOURCE
        text = f"Passet används inte, och alla av {of.resource} är upptagna då."
    elif _has_mate(day, visit, route):
        code, text = Rule.GROUP_CARERS, "Gör redan ett av dubbelbemanningens besök."
    else:
        busy = _busy(visit, route)
        code = Reason.CROWDED_OUT
        text = "Hinner inte för det som redan är planerat"
        if visit.group is not None:
            text = "Hinner inte, eller ingen annan kan komma samtidigt"
        text += f": {', '.join(busy)}." if busy else "."
    return Refusal(of.id, of.carer_id, code, busy, text)


def _pool_full(problem: Problem, shift: int, used: Collection[int]) -> bool:
    """Whether the shift is not used, and as many that share with it are as may be."""
    if shift in used:
        return False
    for q in problem.pool_label[problem.pool_route == shift].tolist():
        sharing = problem.pool_route[problem.pool_label == q].tolist()
        if len(set(sharing) & set(used)) >= problem.pool_most[q]:
            return True
    return False


def _has_mate(day: Day, visit: Visit, route: Route) -> bool:
    """Whether the route has another visit of the group."""
    if visit.group is None:
        return False
    mates = {v.id for v in day.visits if v.group == visit.group}
    return any(stop.visit_id in mates for stop in route.stops)


def _busy(visit: Visit, route: Route) -> tuple[str, ...]:
    """The route's visits while `visit` could be going on."""
    length = timedelta(minutes=visit.duration_min)
    return tuple(
        stop.visit_id
        for stop in route.stops
        if stop.visit_id is not None
        and any(
            stop.start.timestamp() < (window.latest + length).timestamp()
            and stop.end.timestamp() > window.earliest.timestamp()
            for window in visit.windows
        )
    )
