"""STANDBY: the time in which a carer is to be free for alarms, at a price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scheduler.care.model import Day
from scheduler.checker.violation import Placed, Violation
from scheduler.rules import Rule


def standby_kept(day: Day, placed: Mapping[str, Placed]) -> Iterator[Violation]:
    """STANDBY: whoever is asked for stands ready; that it is long enough is DURATION's matter."""
    for visit in day.visits:
        if visit.standby and visit.id not in placed:
            wanted = f"{visit.duration_min} min fri för larm"
            size_s = 60 * visit.duration_min
            yield Violation(Rule.STANDBY, (visit.id,), (), wanted, "ingen", size_s)
