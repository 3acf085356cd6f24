"""
Only what is proven of every plan may be called so: the reasons of the search, judged.

The search finds a visit impossible when no carer could make it, and what it is tied to, with
nothing else to do. That is no proof for the whole day. A break is taken where the carer is, so it
may be at the home of another person, nearer than the office. And the way by a third place may be
shorter than the straight one, where the travel times that are given say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from scheduler.problem import FOREVER_S, Problem
from scheduler.proven.never import never_planned
from scheduler.proven.reach import reach_of
from scheduler.proven.ways import quickest_s, stays_s
from scheduler.rules import Reason
from scheduler.solve import Explanation
from scheduler.solve.model import ExactModel

# Seconds the exact solver gets for one proof; these problems have a handful of visits.
PROOF_SECONDS = 2.0
# Of the search's reasons those that look at some of the day only.
_OF_A_PART = frozenset({Reason.UNREACHABLE, Reason.TOO_FEW_CARERS, Reason.GAP_IMPOSSIBLE})


def sound(
    problem: Problem, found: Sequence[Explanation], stopped: bool = False
) -> tuple[Explanation, ...]:
    """
    `found` with UNPROVEN in the place of each reason that no proof holds for.

    Parameters
    ----------
    problem
        The one that was solved.
    found
        What :func:`scheduler.solve.solve` says of it.
    stopped
        Whether the search was stopped before its first plan was whole: then nothing was crowded
        out, but STOPPED.
    """
    if stopped:
        found = [
            replace(item, reason=Reason.STOPPED) if item.reason is Reason.CROWDED_OUT else item
            for item in found
        ]
    if not any(item.reason in _OF_A_PART for item in found):
        return tuple(found)
    never = {item.visit: item for item in never_planned(reach_of(problem))}
    return tuple(_judged(problem, item, never.get(item.visit)) for item in found)


def _judged(problem: Problem, item: Explanation, never: Explanation | None) -> Explanation:
    if item.reason not in _OF_A_PART:
        return item
    if never is not None:
        return never
    if item.reason is Reason.GAP_IMPOSSIBLE and _not_together(problem, item):
        return item
    return replace(item, reason=Reason.UNPROVEN)


def _not_together(problem: Problem, item: Explanation) -> bool:
    """Whether no plan has the visit and those it is tied to, with all that start with them."""
    p = problem
    tied = [item.visit, *item.visits]
    groups = set(p.group[tied].tolist()) - {-1}
    together = sorted({*tied, *np.flatnonzero(np.isin(p.group, sorted(groups))).tolist()})
    routes = np.flatnonzero(p.allowed[together].any(axis=0)).tolist()
    model = ExactModel(_relaxed(p, together, routes), together, routes, required=together)
    return model.possible(PROOF_SECONDS) is False


def _relaxed(problem: Problem, visits: Sequence[int], routes: Sequence[int]) -> Problem:
    """
    A problem that these visits alone solve, on these routes, whenever a plan of `problem` has them.

    Without breaks, and with the quickest ways between the places that they touch. Where the break
    was there may be waiting, which is work.
    """
    p, stay = problem, stays_s(problem)
    places = np.unique(
        np.concatenate([p.place[list(visits)], p.start_place[routes], p.end_place[routes]])
    )
    travel = p.travel_s.copy()
    for mode in np.unique(p.mode[routes]):
        legs = p.travel_s[mode].astype(np.int64)
        for place in places:
            travel[mode, place] = quickest_s(legs, stay, legs[place])
    longest = np.minimum(p.most_span_s + p.break_s, FOREVER_S)
    return p.replace(travel_s=travel, break_s=np.zeros_like(p.break_s), most_span_s=longest)
