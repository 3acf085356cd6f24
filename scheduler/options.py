"""
One way to plan a visit more, in clock times and words: what it changes for whom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from scheduler.care.model import Day
from scheduler.changes import Change, changes
from scheduler.in_words import in_words
from scheduler.objective import Objective
from scheduler.plan import Plan, Route, Term
from scheduler.planner import route_of
from scheduler.problem import BREAK
from scheduler.score import score
from scheduler.solve.board import Place
from scheduler.solve.given import Stops
from scheduler.travel import Travel


@dataclass(frozen=True, slots=True)
class Option:
    """
    One way to plan what was asked for.

    Parameters
    ----------
    visit_ids, shift_ids, carer_ids
        Who makes which visit; several when a group is planned.
    start
        Of all of them.
    after, before
        Ids of the visits that the first of them comes between on its shift; None at its ends.
    terms
        What it changes in the objective; terms that stay are not listed.
    moved
        Other visits that start at another time.
    routes
        The shifts that it changes, as they would be.
    """

    visit_ids: tuple[str, ...]
    shift_ids: tuple[str, ...]
    carer_ids: tuple[str, ...]
    start: datetime
    after: str | None
    before: str | None
    terms: tuple[Term, ...]
    moved: tuple[Change, ...]
    routes: tuple[Route, ...]

    @property
    def points(self) -> int:
        """Change of the objective; below 0 where leaving the visit out costs more."""
        return sum(term.points for term in self.terms)

    @property
    def text(self) -> str:
        """What it changes, in Swedish."""
        return in_words(self.terms, self.moved)


def option_of(
    day: Day, place: Place, now: Stops, then: Stops, travel: Travel, objective: Objective
) -> Option:
    """
    `place` in words.

    Parameters
    ----------
    day
        With the visits of `place`.
    now, then
        The plan without and with it.
    """
    changed = [k for k in range(len(now)) if visited(now[k]) != visited(then[k])]
    old = tuple(route_of(day, k, now[k], travel) for k in changed)
    new = tuple(route_of(day, k, then[k], travel) for k in changed)
    # Only what changes is counted, and what shares its carers; all else is the same in both.
    beside = _beside(day, place.visits)
    same = [k for k in range(len(now)) if k not in changed and beside & {v for v, _ in now[k]}]
    concerned = {v for k in (*changed, *same) for v, _ in then[k] if v != BREAK}
    part = replace(day, visits=tuple(day.visits[v] for v in sorted(concerned)))
    rest = tuple(route_of(day, k, now[k], travel) for k in same)
    before, after = Plan(day.date, (*old, *rest), ()), Plan(day.date, (*new, *rest), ())
    names = tuple(day.visits[v].id for v in place.visits)
    recipient_of = {visit.id: visit.recipient_id for visit in part.visits}
    moved = changes(before, after, recipient_of).changed
    route = new[changed.index(place.routes[0])]
    ids = [stop.visit_id for stop in route.stops if stop.visit_id is not None]
    at = ids.index(names[0])
    shifts = [day.shifts[k] for k in place.routes]
    return Option(
        visit_ids=names,
        shift_ids=tuple(shift.id for shift in shifts),
        carer_ids=tuple(shift.carer_id for shift in shifts),
        start=next(stop.start for stop in route.stops if stop.visit_id == names[0]),
        after=ids[at - 1] if at else None,
        before=ids[at + 1] if at + 1 < len(ids) else None,
        terms=_difference(
            score(part, before, travel, objective),
            score(part, after, travel, objective),
        ),
        moved=tuple(change for change in moved if change.visit_id not in names),
        routes=new,
    )


def visited(stops: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    """The stops of a route; none where it has no visit, since its break is not planned then."""
    return stops if any(visit != BREAK for visit, _ in stops) else ()


def _beside(day: Day, visits: Sequence[int]) -> set[int]:
    """Visits of the same people, or of the same loops, that few carers should share."""
    people = {day.visits[v].recipient_id for v in visits}
    people &= {known.recipient_id for known in day.continuity}
    loops = {day.visits[v].loop for v in visits} - {None}
    if not people and not loops:
        return set()
    return {i for i, v in enumerate(day.visits) if v.recipient_id in people or v.loop in loops}


def _difference(before: Sequence[Term], after: Sequence[Term]) -> tuple[Term, ...]:
    """Term by term, those that differ."""
    return tuple(
        Term(new.name, new.quantity - old.quantity, new.unit, new.weight, new.points - old.points)
        for old, new in zip(before, after, strict=True)
        if new.quantity != old.quantity
    )
