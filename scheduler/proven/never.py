"""
Visits that can never be planned, each with its proven reason, as the plan would tell it.

A reason is told only where it holds in every plan: nobody may do the visit, nobody who may is on
shift in its window, nobody gets there and back (:mod:`scheduler.proven.reach`), or no start
suits all visits of a double staffing with a carer for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np

from scheduler.proven.reach import Reach, Span, both
from scheduler.rules import Reason
from scheduler.solve import Explanation
from scheduler.solve.explain import on_shift_in_window


def groups_of(reach: Reach) -> list[list[int]]:
    """The visits by those that are planned together or not at all, in order of the first."""
    found: dict[tuple[bool, int], list[int]] = {}
    for visit, group in enumerate(reach.problem.group.tolist()):
        found.setdefault((group >= 0, group if group >= 0 else visit), []).append(visit)
    return list(found.values())


def starts_together(reach: Reach, members: Sequence[int]) -> list[Span]:
    """Every second at which all of a group could start; a lone visit is its own group."""
    return reduce(both, (reach.starts(visit) for visit in members))


def never_planned(reach: Reach) -> list[Explanation]:
    """The visits that are in no plan and why, groups whole, in rising order of visits."""
    found = []
    for members in groups_of(reach):
        why = next(filter(None, (_alone(reach, visit) for visit in members)), None)
        if why is None and len(members) > 1 and not _enough(reach, members):
            routes = np.flatnonzero(reach.problem.allowed[members].any(axis=0))
            why = Reason.TOO_FEW_CARERS, tuple(int(k) for k in routes)
        if why is not None:
            found += [Explanation(visit, *why) for visit in members]
    return sorted(found, key=lambda item: item.visit)


def _alone(reach: Reach, visit: int) -> tuple[Reason, tuple[int, ...]] | None:
    """Why no route can do the visit, and the routes that it says so of."""
    problem = reach.problem
    if reach.can[visit].any():
        return None
    may = [int(k) for k in np.flatnonzero(problem.allowed[visit])]
    if not may:
        return Reason.NO_SKILL, ()
    in_window = tuple(k for k in may if on_shift_in_window(problem, visit, k))
    if not in_window:
        return Reason.NO_SHIFT_IN_WINDOW, tuple(may)
    return Reason.UNREACHABLE, in_window


def _enough(reach: Reach, members: Sequence[int]) -> bool:
    """
    Whether the group can start at some second with a carer of its own for each visit.

    What is possible at any second of a span is possible at its first or where another carer's
    span begins, so those seconds are all that need trying.
    """
    spans = starts_together(reach, members)
    opens = {first for first, _ in spans}
    for visit in members:
        opens |= reach.openings(visit)
    return any(
        _matched(reach, members, second)
        for second in sorted(opens)
        if any(first <= second <= last for first, last in spans)
    )


def _matched(reach: Reach, members: Sequence[int], second: int) -> bool:
    """Whether carers can be found, a different one for each, who all start at `second`."""
    carer = reach.problem.carer
    able = [{int(carer[k]) for k in reach.routes_at(visit, second)} for visit in members]
    held: dict[int, int] = {}
    return all(_seat(number, able, held, set()) for number in range(len(able)))


def _seat(number: int, able: Sequence[set[int]], held: dict[int, int], asked: set[int]) -> bool:
    """Find a carer for one visit, if need be by moving others (augmenting paths)."""
    for carer in sorted(able[number] - asked):
        asked.add(carer)
        if carer not in held or _seat(held[carer], able, held, asked):
            held[carer] = number
            return True
    return False
