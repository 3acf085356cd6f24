"""
When the last occasion of each service line began: from earlier days' plans to later visits.

A planned occasion counts as given when it was planned until somebody reports when it was, or that
it was not; what was not planned is no occasion.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from scheduler.care.model import Apart, Day, Visit
from scheduler.plan import Plan

# Recipient, decision and line: documents without decisions still keep people apart.
Line = tuple[str, str | None, str]
# A visit has the same id every day: a report further from its planned start is another day's.
OF_ONE_VISIT_S = 12 * 3600


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a planned visit: when it began and whether it was made."""

    start: datetime
    made: bool = True


def occasions(
    day: Day, plan: Plan, reported: Mapping[str, Sequence[Report]] = MappingProxyType({})
) -> dict[Line, datetime]:
    """
    The last start that `plan` of `day` gives each line.

    Parameters
    ----------
    reported
        By visit id, of whatever days: a visit that was made began when its report says, and one
        that was not is no occasion.
    """
    visits = {visit.id: visit for visit in day.visits}
    began: dict[Line, datetime] = {}
    for stop in (stop for route in plan.routes for stop in route.stops):
        visit = visits.get(stop.visit_id or "")
        if visit is None:
            continue
        start = _began(stop.start, reported.get(visit.id, ()))
        if start is None:
            continue
        for line_id in visit.line_ids:
            line = visit.recipient_id, visit.decision_id, line_id
            began[line] = later_of(began.get(line), start)
    return began


def _began(planned: datetime, reports: Iterable[Report]) -> datetime | None:
    """When a visit began that was planned so; None when it was not made."""
    near = [each for each in reports if _apart_s(each.start, planned) < OF_ONE_VISIT_S]
    made = [each.start for each in near if each.made]
    if made:
        return max(made, key=datetime.timestamp)
    return None if near else planned


def _apart_s(one: datetime, other: datetime) -> float:
    return abs(one.timestamp() - other.timestamp())


def with_last(visits: Iterable[Visit], began: Mapping[Line, datetime]) -> tuple[Visit, ...]:
    """`visits` with the last occasions that `began` knows, where they are later than the known."""
    return tuple(
        replace(visit, apart=tuple(_with_last(visit, each, began) for each in visit.apart))
        if visit.apart
        else visit
        for visit in visits
    )


def _with_last(visit: Visit, each: Apart, began: Mapping[Line, datetime]) -> Apart:
    if each.line_id is None:
        return each
    last = began.get((visit.recipient_id, visit.decision_id, each.line_id))
    return each if last is None else replace(each, last_occasion=later_of(each.last_occasion, last))


def later_of(known: datetime | None, other: datetime) -> datetime:
    """The later of the two moments."""
    return other if known is None else max(known, other, key=datetime.timestamp)
