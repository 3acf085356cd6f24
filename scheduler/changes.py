"""
What one plan of a day changes in another: who comes when, visit by visit.

Visits of one recipient that start at the same moment (double staffing) stand for each other: two
carers who trade such places change nothing for anybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scheduler.plan import Plan


class ChangeKind(StrEnum):
    """What happened to a visit."""

    TIME = "TIME"
    CARER = "CARER"
    CARER_AND_TIME = "CARER_AND_TIME"
    PLANNED = "PLANNED"
    UNASSIGNED = "UNASSIGNED"
    ADDED = "ADDED"
    REMOVED = "REMOVED"


@dataclass(frozen=True, slots=True)
class Placement:
    """Who comes to a visit, on which shift, and when it starts."""

    carer_id: str
    shift_id: str
    start: datetime

    @property
    def moment(self) -> float:
        """Seconds since 1970; by the clock two hours of one night a year are alike."""
        return self.start.timestamp()


@dataclass(frozen=True, slots=True)
class Change:
    """
    A visit that is not as it was.

    Parameters
    ----------
    kind
        TIME, CARER, CARER_AND_TIME: planned in both. PLANNED, UNASSIGNED: in one of them it is
        left out. ADDED, REMOVED: one of them does not know it.
    before, after
        Where it is planned; None where it is left out or not known.
    """

    visit_id: str
    kind: ChangeKind
    before: Placement | None
    after: Placement | None


@dataclass(frozen=True, slots=True)
class Changes:
    """
    Parameters
    ----------
    changed
        By the start before, or after where there was none; visits without either come last.
    unchanged
        Visits with the same carer and start in both.
    still_unassigned
        Visits that both leave out.
    """

    changed: tuple[Change, ...]
    unchanged: int
    still_unassigned: int


def changes(before: Plan, after: Plan, recipient_of: Mapping[str, str]) -> Changes:
    """
    From `before` to `after`.

    Parameters
    ----------
    recipient_of
        Visit id -> recipient id; a visit that it lacks is nobody's double.
    """
    was, now = _placements(before), _placements(after)
    _undo_trades(was, now, recipient_of)
    out_before = {left.visit_id for left in before.unassigned} - was.keys()
    out_after = {left.visit_id for left in after.unassigned} - now.keys()
    known_before, known_after = was.keys() | out_before, now.keys() | out_after
    changed = []
    unchanged = 0
    for visit in known_before | known_after:
        old, new = was.get(visit), now.get(visit)
        if visit not in known_before:
            kind = ChangeKind.ADDED
        elif visit not in known_after:
            kind = ChangeKind.REMOVED
        elif old and new:
            same_carer, same_start = old.carer_id == new.carer_id, old.moment == new.moment
            if same_carer and same_start:
                unchanged += 1
                continue
            kind = ChangeKind.CARER_AND_TIME
            if same_carer or same_start:
                kind = ChangeKind.TIME if same_carer else ChangeKind.CARER
        elif old or new:
            kind = ChangeKind.UNASSIGNED if old else ChangeKind.PLANNED
        else:
            continue
        changed.append(Change(visit, kind, old, new))
    return Changes(tuple(sorted(changed, key=_turn)), unchanged, len(out_before & out_after))


def _placements(plan: Plan) -> dict[str, Placement]:
    """Of each planned visit; the first of a visit that a broken plan holds twice."""
    found: dict[str, Placement] = {}
    for route in plan.routes:
        for stop in route.stops:
            if stop.visit_id is not None:
                placement = Placement(route.carer_id, route.shift_id, stop.start)
                found.setdefault(stop.visit_id, placement)
    return found


def _undo_trades(
    was: Mapping[str, Placement], now: dict[str, Placement], recipient_of: Mapping[str, str]
) -> None:
    """Let each member of a team keep its carer in `now` where a member at that moment has him."""
    teams: defaultdict[tuple[str, float], list[str]] = defaultdict(list)
    for visit, placement in was.items():
        if visit in now and visit in recipient_of:
            teams[recipient_of[visit], placement.moment].append(visit)
    for team in teams.values():
        for visit in team:
            for other in team:
                his = now[other].carer_id == was[visit].carer_id != now[visit].carer_id
                if his and now[other].moment == now[visit].moment:
                    now[visit], now[other] = now[other], now[visit]


def _turn(change: Change) -> tuple[bool, float, str]:
    placement = change.before or change.after
    return placement is None, placement.moment if placement else 0.0, change.visit_id
