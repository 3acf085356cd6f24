"""
What a plan moved to a later day, as visits of that day.

A plan that leaves a flexible visit out moves it (:attr:`scheduler.plan.Unassigned.moved_to`); the
later day gets it here, before it is planned. Nothing is lost in between: a visit is moved to every
later day that it may be made on, and is planned on the first that has room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from scheduler.bands import clock
from scheduler.care.errors import Finding, InvalidInput, Severity
from scheduler.care.model import Day, Visit, Window
from scheduler.care.units import STOCKHOLM
from scheduler.occasions import occasions, with_last
from scheduler.plan import Plan
from scheduler.travel import Travel
from scheduler.validation.day import day_findings

MARK = "-moved-"


def with_moved(day: Day, plan: Plan, later: Day, travel: Travel) -> Day:
    """
    `later` with what `plan` of `day` moved to it; what it has already is not added again.

    Visits that are to be hours apart from earlier ones get the start that the plan gave those.

    Raises
    ------
    InvalidInput
        When it is no later day (NOT_A_LATER_DAY), or with every fault of the day that results.
    """
    if later.date <= day.date:
        raise InvalidInput(
            [
                Finding(
                    "NOT_A_LATER_DAY",
                    "modelInput.date",
                    f"a day after {day.date.isoformat()}",
                    later.date.isoformat(),
                    "Ange underlaget för en senare dag än planens.",
                )
            ]
        )
    known = {visit.id for visit in later.visits}
    moved = moved_visits(day, plan, later.date)
    visits = (*later.visits, *(visit for visit in moved if visit.id not in known))
    after = replace(later, visits=with_last(visits, occasions(day, plan)))
    faults = [f for f in day_findings(after, travel) if f.severity is Severity.ERROR]
    if faults:
        raise InvalidInput(faults)
    return after


def moved_visits(day: Day, plan: Plan, to: date) -> tuple[Visit, ...]:
    """
    The visits of `day` that `plan` moved and that may be made on the later day `to`.

    Their windows show the same times by the clock. Gaps hold among them only: the visits that stay
    on their day bind nothing on another. Ids tell the day that a visit comes from, so that none
    meets the next occasion of its line.
    """
    left = {item.visit_id for item in plan.unassigned if to in item.moved_to}
    ids = {visit.id: _id(visit.id, day.date) for visit in day.visits if visit.id in left}
    return tuple(_moved(visit, ids, day.date, to) for visit in day.visits if visit.id in ids)


def _id(visit_id: str, day: date) -> str:
    """What has been moved before keeps its first day."""
    return visit_id if MARK in visit_id else f"{visit_id}{MARK}{day.isoformat()}"


def _moved(visit: Visit, ids: Mapping[str, str], day: date, to: date) -> Visit:
    ahead = to - day
    group = visit.group
    return replace(
        visit,
        id=ids[visit.id],
        earliest=_at(visit.earliest, ahead),
        latest=_at(visit.latest, ahead),
        more_windows=tuple(_window(window, ahead) for window in visit.more_windows),
        preferred=_window(visit.preferred, ahead) if visit.preferred else None,
        group=None if group is None else _id(group, day),
        gaps=tuple(
            replace(gap, preceding_visit=ids[gap.preceding_visit])
            for gap in visit.gaps
            if gap.preceding_visit in ids
        ),
        possible_days=(to, *visit.later_days(to)),
    )


def _window(window: Window, ahead: timedelta) -> Window:
    return Window(_at(window.earliest, ahead), _at(window.latest, ahead))


def _at(moment: datetime, ahead: timedelta) -> datetime:
    """The same time by the clock in Sweden, so much later."""
    local = moment.astimezone(STOCKHOLM)
    return clock(local.date() + ahead, local.time())
