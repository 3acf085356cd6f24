"""Faults of gaps: least and most time between two visits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scheduler.care.errors import Finding
from scheduler.care.model import Gap, Visit
from scheduler.care.units import SECONDS_PER_MINUTE
from scheduler.validation.common import LONGEST_MIN, is_aware, second_of

# A visit that stands alone by its id, or a whole group.
Node = tuple[str, str]


def gap_findings(visits: Sequence[Visit]) -> Iterator[Finding]:
    """
    Codes: UNKNOWN_VISIT, GAP_WITHIN_GROUP, GAP_NEGATIVE, GAP_TOO_LONG, GAP_MIN_ABOVE_MAX,
    GAP_LARGER_THAN_WINDOWS, GAP_SMALLER_THAN_WINDOWS, GAP_CIRCLE.
    """
    by_id = {visit.id: visit for visit in visits}
    for position, visit in enumerate(visits):
        for number, gap in enumerate(visit.gaps):
            where = f"visits[{position}] ({visit.id}).gaps[{number}]"
            preceding = by_id.get(gap.preceding_visit)
            limits = list(_limits(where, gap))
            yield from limits
            if preceding is None:
                yield Finding(
                    "UNKNOWN_VISIT",
                    f"{where}.preceding_visit",
                    "the id of a visit of the same day",
                    gap.preceding_visit,
                    "Lägg till det föregående besöket eller ta bort villkoret.",
                )
            elif visit.group is not None and visit.group == preceding.group:
                yield Finding(
                    "GAP_WITHIN_GROUP",
                    where,
                    "a preceding visit outside the visit's own group",
                    f"visit {preceding.id} of group {visit.group}",
                    "Ta bort villkoret; besök i en grupp börjar samtidigt.",
                )
            elif not limits:
                yield from _windows(where, gap, preceding, visit)
    yield from _circles(visits, by_id)


def _limits(where: str, gap: Gap) -> Iterator[Finding]:
    for name, minutes in (("min_min", gap.min_min), ("max_min", gap.max_min)):
        if minutes is not None and minutes < 0:
            yield Finding(
                "GAP_NEGATIVE",
                f"{where}.{name}",
                "0 minutes or more",
                f"{minutes} minutes",
                "Ange tiden mellan besöken i hela minuter från 0.",
            )
        if minutes is not None and minutes > LONGEST_MIN:
            yield Finding(
                "GAP_TOO_LONG",
                f"{where}.{name}",
                f"at most {LONGEST_MIN} minutes",
                f"{minutes} minutes",
                "Ange högst ett dygn mellan två besök samma dag.",
            )
    if gap.max_min is not None and 0 <= gap.max_min < gap.min_min:
        yield Finding(
            "GAP_MIN_ABOVE_MAX",
            where,
            f"a most of at least {gap.min_min} minutes",
            f"{gap.max_min} minutes",
            "Rätta minsta eller längsta tid mellan besöken.",
        )


def _windows(where: str, gap: Gap, preceding: Visit, visit: Visit) -> Iterator[Finding]:
    """Whether any two starts from the first to the last that windows allow keep the gap."""
    first, last = preceding.windows[-1].latest, visit.windows[-1].latest
    if not is_aware(preceding.earliest, first, visit.earliest, last):
        return
    served_s = 0 if gap.from_start else preceding.duration_min * SECONDS_PER_MINUTE
    least_s = second_of(visit.earliest) - second_of(first) - served_s
    most_s = second_of(last) - second_of(preceding.earliest) - served_s
    if most_s < gap.min_min * SECONDS_PER_MINUTE:
        yield Finding(
            "GAP_LARGER_THAN_WINDOWS",
            where,
            f"at most {most_s // SECONDS_PER_MINUTE} minutes, the most that the windows of "
            f"{preceding.id} and {visit.id} allow"
            if most_s >= 0
            else f"windows that let {visit.id} start after {preceding.id}",
            f"at least {gap.min_min} minutes",
            "Minska minsta tid mellan besöken eller vidga tidsfönstren.",
        )
    if gap.max_min is not None and gap.max_min * SECONDS_PER_MINUTE < least_s:
        yield Finding(
            "GAP_SMALLER_THAN_WINDOWS",
            where,
            f"at least {-(-least_s // SECONDS_PER_MINUTE)} minutes, the least that the windows of "
            f"{preceding.id} and {visit.id} allow",
            f"at most {gap.max_min} minutes",
            "Öka längsta tid mellan besöken eller vidga tidsfönstren.",
        )


def _circles(visits: Sequence[Visit], by_id: Mapping[str, Visit]) -> Iterator[Finding]:
    """GAP_CIRCLE, one per circle; the visits of a group count as one, as they start together."""

    def node(visit: Visit) -> Node:
        return ("visit", visit.id) if visit.group is None else ("group", visit.group)

    members: dict[Node, list[str]] = {}
    leads_to: dict[Node, list[Node]] = {}
    for visit in visits:
        members.setdefault(node(visit), []).append(visit.id)
        edges = leads_to.setdefault(node(visit), [])
        for gap in visit.gaps:
            preceding = by_id.get(gap.preceding_visit)
            if preceding is None or (visit.group and visit.group == preceding.group):
                continue  # reported as UNKNOWN_VISIT or GAP_WITHIN_GROUP
            edges.append(node(preceding))
    for circle in strongly_connected(leads_to):
        if len(circle) > 1 or circle[0] in leads_to[circle[0]]:
            ids = sorted(id_ for one in circle for id_ in members[one])
            yield Finding(
                "GAP_CIRCLE",
                "visits " + ", ".join(ids[:10]) + (", ..." if len(ids) > 10 else ""),
                "gaps that lead from earlier to later visits",
                f"{len(ids)} visits that each wait for another",
                "Ta bort ett av villkoren så att besöken får en ordning.",
            )


def strongly_connected(leads_to: Mapping[Node, Sequence[Node]]) -> list[list[Node]]:
    """Sets of nodes that all reach each other, by two walks (Kosaraju); every node in one set."""
    leads_back: dict[Node, list[Node]] = {node: [] for node in leads_to}
    for node, following in leads_to.items():
        for other in following:
            leads_back[other].append(node)
    seen: set[Node] = set()
    finished = [done for node in leads_to for done in _walk(node, leads_to, seen)]
    seen = set()
    return [
        component for node in reversed(finished) if (component := _walk(node, leads_back, seen))
    ]


def _walk(start: Node, leads_to: Mapping[Node, Sequence[Node]], seen: set[Node]) -> list[Node]:
    """Nodes reached from `start` that are not in `seen`, each after those it leads to."""
    if start in seen:
        return []
    seen.add(start)
    done: list[Node] = []
    # A stack of our own: a chain of thousands of visits would exhaust the one of Python.
    path = [(start, iter(leads_to[start]))]
    while path:
        node, following = path[-1]
        other = next((one for one in following if one not in seen), None)
        if other is None:
            done.append(node)
            path.pop()
        else:
            seen.add(other)
            path.append((other, iter(leads_to[other])))
    return done
