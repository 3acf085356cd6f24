"""Faults of groups: visits that shall start at the same moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from scheduler.care.errors import Finding
from scheduler.care.model import Visit
from scheduler.validation.common import is_aware, second_of

LARGEST_GROUP = 8


def group_findings(visits: Sequence[Visit]) -> Iterator[Finding]:
    """Codes: GROUP_OF_ONE, GROUP_TOO_LARGE, GROUP_WINDOWS_DISJOINT."""
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
        if not all(is_aware(visit.earliest, visit.latest) for visit in members):
            continue
        opens = max(members, key=lambda visit: second_of(visit.earliest))
        closes = min(members, key=lambda visit: second_of(visit.latest))
        if opens is not closes and second_of(closes.latest) < second_of(opens.earliest):
            yield Finding(
                "GROUP_WINDOWS_DISJOINT",
                where,
                "a start that all windows allow",
                f"visit {closes.id} closes {closes.latest.isoformat()}, "
                f"visit {opens.id} opens {opens.earliest.isoformat()}",
                "Ge gruppens besök fönster som överlappar.",
            )
