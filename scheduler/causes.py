"""
Why a visit is not as it was, one cause for each, by what can be seen in the two plans.

The first that applies of: what happened to the visit itself or to its carer; a changed visit that
starts together with it or is tied to it by a gap; the nearest visit that came to its old shift; the
nearest that left its new one; else it only makes the plan better.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from scheduler.care.model import Day
from scheduler.changes import Change
from scheduler.disturbances import Disturbances
from scheduler.plan import Plan


class Cause(StrEnum):
    """Code of why a visit is not as it was."""

    SICK = "SICK"
    LATE = "LATE"
    CANCELLED = "CANCELLED"
    ADDED = "ADDED"
    TIED = "TIED"
    MAKES_ROOM = "MAKES_ROOM"
    USES_ROOM = "USES_ROOM"
    BETTER = "BETTER"


SENTENCE: dict[Cause, str] = {
    Cause.SICK: "{} är sjuk.",
    Cause.LATE: "{} är sen.",
    Cause.CANCELLED: "Avbokat.",
    Cause.ADDED: "Nytt besök.",
    Cause.TIED: "Följer {}.",
    Cause.MAKES_ROOM: "Ger plats åt {}.",
    Cause.USES_ROOM: "Använder tiden efter {}.",
    Cause.BETTER: "Gör planen bättre i övrigt.",
}


@dataclass(frozen=True, slots=True)
class Caused:
    """
    A visit that is not as it was, and why.

    Parameters
    ----------
    because
        Ids of the carer or the visits that the cause is about.
    """

    change: Change
    cause: Cause
    because: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The cause in Swedish."""
        return SENTENCE[self.cause].format(" och ".join(self.because))


def causes(
    changed: Iterable[Change], what: Disturbances, before: Plan, after: Plan, day: Day
) -> tuple[Caused, ...]:
    """
    The cause of each of `changed`, in their order.

    Parameters
    ----------
    before, after
        The plans between which they changed.
    day
        The day after what happened.
    """
    changed = tuple(changed)
    ids = {change.visit_id for change in changed}
    was, now = _starts(before), _starts(after)
    came, left = _beyond(now, was), _beyond(was, now)
    out_before = {each.visit_id for each in before.unassigned}
    tied = _tied(day)
    late = {delay.carer_id for delay in what.delays}

    def cause(change: Change) -> Caused:
        visit, old, new = change.visit_id, change.before, change.after
        if visit in what.cancelled:
            return Caused(change, Cause.CANCELLED)
        if old is None and visit not in out_before:
            return Caused(change, Cause.ADDED)
        if old and old.carer_id in what.sick:
            return Caused(change, Cause.SICK, (old.carer_id,))
        if old and old.carer_id in late:
            return Caused(change, Cause.LATE, (old.carer_id,))
        if mates := sorted(tied.get(visit, set()) & ids):
            return Caused(change, Cause.TIED, tuple(mates))
        place = old or new
        if place and (other := _nearest(came.get(place.shift_id, {}), visit, place.moment)):
            return Caused(change, Cause.MAKES_ROOM, (other,))
        place = new or old
        if place and (other := _nearest(left.get(place.shift_id, {}), visit, place.moment)):
            return Caused(change, Cause.USES_ROOM, (other,))
        return Caused(change, Cause.BETTER)

    return tuple(cause(change) for change in changed)


# Shift -> visit -> when it starts, in seconds since 1970.
Starts = dict[str, dict[str, float]]


def _starts(plan: Plan) -> Starts:
    return {
        route.shift_id: {
            stop.visit_id: stop.start.timestamp()
            for stop in route.stops
            if stop.visit_id is not None
        }
        for route in plan.routes
    }


def _beyond(these: Starts, those: Starts) -> Starts:
    """What each shift has in `these` and not in `those`."""
    return {
        shift: {v: start for v, start in visits.items() if v not in those.get(shift, {})}
        for shift, visits in these.items()
    }


def _nearest(visits: Mapping[str, float], visit: str, moment: float) -> str | None:
    """The one of `visits`, `visit` aside, that starts nearest to the moment."""
    others = sorted(v for v in visits if v != visit)
    return min(others, key=lambda v: abs(visits[v] - moment), default=None)


def _tied(day: Day) -> dict[str, set[str]]:
    """Visit -> visits that start with it or have a gap to it."""
    tied: dict[str, set[str]] = {}
    groups: dict[str, list[str]] = {}
    for visit in day.visits:
        for gap in visit.gaps:
            tied.setdefault(visit.id, set()).add(gap.preceding_visit)
            tied.setdefault(gap.preceding_visit, set()).add(visit.id)
        if visit.group is not None:
            groups.setdefault(visit.group, []).append(visit.id)
    for mates in groups.values():
        for mate in mates:
            tied.setdefault(mate, set()).update(other for other in mates if other != mate)
    return tied
