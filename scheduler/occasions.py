"""
When the last occasion of each service line began: from earlier days' plans to later visits.

A planned occasion counts as given when it was planned; what was not planned is no occasion.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from scheduler.care.model import Apart, Day, Visit
from scheduler.plan import Plan

# Recipient, decision and line: documents without decisions still keep people apart.
Line = tuple[str, str | None, str]


def occasions(day: Day, plan: Plan) -> dict[Line, datetime]:
    """The last start that `plan` of `day` gives each line."""
    visits = {visit.id: visit for visit in day.visits}
    began: dict[Line, datetime] = {}
    for stop in (stop for route in plan.routes for stop in route.stops):
        visit = visits.get(stop.visit_id or "")
        if visit is None:
            continue
        for line_id in visit.line_ids:
            line = visit.recipient_id, visit.decision_id, line_id
            began[line] = later_of(began.get(line), stop.start)
    return began


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
