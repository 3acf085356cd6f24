"""Rules between visits: double staffing, gaps, and one thing at a time for each person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from scheduler.care.model import Day
from scheduler.checker.violation import Placed, Violation, clock, in_minutes
from scheduler.rules import Rule


def groups_of(day: Day) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for visit in day.visits:
        if visit.group is not None:
            groups.setdefault(visit.group, []).append(visit.id)
    return list(groups.values())


def group_kept(ids: list[str], placed: Mapping[str, Placed]) -> Iterator[Violation]:
    """GROUP_WHOLE, GROUP_START, GROUP_CARERS: all or none, at once, by different people."""
    members = [placed[i] for i in ids if i in placed]
    if members and len(members) != len(ids):
        wanted, found = f"alla {len(ids)} planerade", f"{len(members)} planerade"
        yield Violation(Rule.GROUP_WHOLE, tuple(ids), (), wanted, found)
    for a, b in combinations(members, 2):
        pair = (a.visit.id, b.visit.id)
        shifts = (a.route.shift_id, b.route.shift_id)
        if a.start != b.start:
            off = abs(a.start - b.start)
            wanted = f"samtidig start {clock(a.start)}"
            yield Violation(Rule.GROUP_START, pair, shifts, wanted, clock(b.start), off)
        if a.route.carer_id == b.route.carer_id:
            yield Violation(Rule.GROUP_CARERS, pair, shifts, "två medarbetare", a.route.carer_id)


def gaps_kept(placed: Mapping[str, Placed]) -> Iterator[Violation]:
    """GAP: least and most time between two planned visits."""
    for item in placed.values():
        for gap in item.visit.gaps:
            earlier = placed.get(gap.preceding_visit)
            if earlier is None:
                continue
            apart = item.start - (earlier.start if gap.from_start else earlier.end)
            pair = (earlier.visit.id, item.visit.id)
            short = 60 * gap.min_min - apart
            if short > 0:
                wanted = f"minst {gap.min_min} min"
                yield Violation(Rule.GAP, pair, (), wanted, in_minutes(apart), short)
            if gap.max_min is not None and apart > 60 * gap.max_min:
                wanted = f"högst {gap.max_min} min"
                yield Violation(
                    Rule.GAP, pair, (), wanted, in_minutes(apart), apart - 60 * gap.max_min
                )


def no_overlap(placed: Mapping[str, Placed]) -> Iterator[Violation]:
    """RECIPIENT_OVERLAP: two visits to one person, not one group, never run at the same time."""
    by_person: dict[str, list[Placed]] = {}
    for item in placed.values():
        by_person.setdefault(item.visit.recipient_id, []).append(item)
    for items in by_person.values():
        for a, b in combinations(sorted(items, key=lambda i: i.start), 2):
            grouped = a.visit.group is not None and a.visit.group == b.visit.group
            if not grouped and b.start < a.end:
                pair = (a.visit.id, b.visit.id)
                shifts = (a.route.shift_id, b.route.shift_id)
                wanted = f"start tidigast {clock(a.end)}"
                yield Violation(
                    Rule.RECIPIENT_OVERLAP, pair, shifts, wanted, clock(b.start), a.end - b.start
                )
