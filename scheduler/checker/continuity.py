"""Rules about how many carers share what few should, at a price: a person's visits, a loop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scheduler.care.model import Day
from scheduler.checker.violation import Placed, Violation
from scheduler.rules import Rule


def continuity(day: Day, placed: Mapping[str, Placed], cap: int) -> Iterator[Violation]:
    """
    CONTINUITY: the day brings nobody new to a recipient who has had as many as the cap in 14 days.

    `cap` holds where a recipient has none of its own.
    """
    for known in day.continuity:
        most = cap if known.most is None else known.most
        theirs = [item for item in placed.values() if item.visit.recipient_id == known.recipient_id]
        new = {item.route.carer_id for item in theirs} - known.recent
        if new and len(known.recent | new) > most:
            visits = tuple(i.visit.id for i in theirs if i.route.carer_id in new)
            shifts = tuple(
                dict.fromkeys(i.route.shift_id for i in theirs if i.route.carer_id in new)
            )
            found = str(len(known.recent | new))
            yield Violation(Rule.CONTINUITY, visits, shifts, f"högst {most}", found)


def loops_whole(placed: Mapping[str, Placed]) -> Iterator[Violation]:
    """LOOP: one carer makes all planned visits of a loop."""
    loops: dict[str, list[Placed]] = {}
    for item in placed.values():
        if item.visit.loop is not None:
            loops.setdefault(item.visit.loop, []).append(item)
    for items in loops.values():
        carers = {item.route.carer_id for item in items}
        if len(carers) > 1:
            visits = tuple(item.visit.id for item in items)
            shifts = tuple(dict.fromkeys(item.route.shift_id for item in items))
            yield Violation(Rule.LOOP, visits, shifts, "en medarbetare", str(len(carers)))
