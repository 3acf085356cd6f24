"""Faults of groups: visits that shall start at the same moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from scheduler.care.errors import Finding
from scheduler.care.model import Visit
from scheduler.validation.common import is_aware, second_of

LARGEST_GROUP = 8


def group_findings(visits: Sequence[Visit]) -> Iterator[Finding]:
    """Codes: GROUP_OF_ONE, GROUP_TOO_LARGE, GROUP_DAYS_DIFFER, GROUP_WINDOWS_DISJOINT."""
    groups: dict[str, list[Visit]] = defaultdict(list)
    for visit in visits:
        if visit.group is not None:
            groups[visit.group].append(visit)
    for group, members in groups.items():
        where = f"visit group ({group})"
        if len(members) == 1:
            yield Finding(
                "GROUP_OF_ONE",
                where,
                "at least two visits",
                f"only visit {members[0].id}",
                "Lägg till gruppens andra besök eller ta bort gruppen.",
            )
        if len(members) > LARGEST_GROUP:
            yield Finding(
                "GROUP_TOO_LARGE",
                where,
                f"at most {LARGEST_GROUP} visits",
                f"{len(members)} visits",
                "Dela gruppen.",
            )
        if len({frozenset(visit.possible_days) for visit in members}) > 1:
            yield Finding(
                "GROUP_DAYS_DIFFER",
                where,
                "the same possible days for every visit of the group",
                "different ones",
                "Ge gruppens besök samma möjliga dagar.",
            )
        windows = [window for visit in members for window in visit.windows]
        if not all(is_aware(window.earliest, window.latest) for window in windows):
            continue
        if any(second_of(one.latest) < second_of(one.earliest) for one in windows):
            continue  # reported as WINDOW_ENDS_BEFORE_START
        # If any start suits all, the opening of some window does.
        if not any(_suits(second_of(one.earliest), members) for one in windows):
            yield Finding(
                "GROUP_WINDOWS_DISJOINT",
                where,
                "a start that a window of every visit allows",
                "; ".join(f"{visit.id} {_frames(visit)}" for visit in members),
                "Ge gruppens besök fönster som överlappar.",
            )


def _suits(start: int, members: Sequence[Visit]) -> bool:
    return all(
        any(second_of(one.earliest) <= start <= second_of(one.latest) for one in visit.windows)
        for visit in members
    )


def _frames(visit: Visit) -> str:
    return " or ".join(
        f"{one.earliest.isoformat()} to {one.latest.isoformat()}" for one in visit.windows
    )
