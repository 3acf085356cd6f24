"""
A reason that is called proven holds in every plan of the whole day.

Also with a break at another person's home, and with travel times by which the way by a third place
is shorter. Judged by trying every plan of days some twenty seconds long, and by the exact model.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from fixtures.tiny_day import tiny_day
from scheduler.build import build_problem
from scheduler.given_travel import travel_of
from scheduler.objective import Weights, load_objective
from scheduler.problem import Problem
from scheduler.proven.never import never_planned
from scheduler.proven.reach import reach_of
from scheduler.proven.sound import sound
from scheduler.proven.together import not_both
from scheduler.rules import PROVEN, Reason
from scheduler.solve import Explanation, SolveParams, solve
from scheduler.solve.model import ExactModel
from tests.brute_force import fewest_points
from tests.properties.test_given_travel import random_times
from tests.random_problems import line_problem

PARAMS = SolveParams(iterations=500, threads=1)


def short_day(seed: int) -> Problem:
    """Three visits, one or two carers with a break, any travel times; all within 24 seconds."""
    rng = np.random.default_rng(seed)
    n, k, day = 3, int(rng.integers(1, 3)), 24
    travel = rng.integers(0, 9, (1, n + 1, n + 1))
    travel[:, range(n + 1), range(n + 1)] = 0
    early = rng.integers(0, 12, n)
    pause = rng.integers(0, 9, k)
    tied = bool(rng.random() < 0.4)
    group = [0, 0, -1] if k == 2 and rng.random() < 0.3 else [-1] * n
    return line_problem(
        n,
        k,
        early_s=early,
        late_s=early + rng.integers(0, 8, n),
        duration_s=rng.integers(1, 6, n),
        travel_s=travel,
        allowed=rng.random((n, k)) < 0.9,
        close_s=rng.integers(14, day + 1, k),
        break_s=pause,
        break_early_s=pause * 0 + 3,
        break_late_s=pause * 0 + rng.integers(3, 14),
        group=group,
        gap_first=[1] if tied else [],
        gap_second=[2] if tied else [],
        gap_min_s=rng.integers(0, 4, 1) if tied else [],
        gap_max_s=rng.integers(4, 7, 1) if tied else [],
        weights=Weights(0),
    )


def some_plan_has(problem: Problem, visits: list[int]) -> bool:
    """By trying every plan: leaving one of the visits out costs a point, nothing else does."""
    nobody = np.zeros(problem.visits, dtype=np.int64)
    nobody[visits] = 1
    return fewest_points(problem.replace(drop_points=nobody)) == 0


def touched(problem: Problem, item: Explanation) -> list[int]:
    """The visits that the reason says cannot be planned together."""
    return sorted({item.visit, *item.visits})


def test_no_plan_of_a_short_day_contradicts_a_proven_reason() -> None:
    seen: Counter[tuple[str, Reason]] = Counter()
    for seed in range(600):
        problem = short_day(seed)
        first = solve(problem, PARAMS).unassigned
        judged = sound(problem, first)
        assert [item.visit for item in judged] == [item.visit for item in first]
        for before, item in zip(first, judged, strict=True):
            seen["told", item.reason] += 1
            if item.reason in PROVEN:
                assert not some_plan_has(problem, touched(problem, item)), (seed, item)
            elif before.reason in PROVEN:
                wrong = some_plan_has(problem, touched(problem, before))
                seen["wrong" if wrong else "right", before.reason] += 1
    # Without the judgement some of what was called proven would have been wrong.
    assert seen["wrong", Reason.UNREACHABLE] > 0, seen
    assert min(seen["told", r] for r in (Reason.UNREACHABLE, Reason.GAP_IMPOSSIBLE)) > 20, seen
    assert seen["told", Reason.TOO_FEW_CARERS] > 5, seen
    # Most of what is so stays proven: the judgement is no way out.
    told = sum(count for (kind, reason), count in seen.items() if reason in PROVEN)
    assert seen["told", Reason.UNPROVEN] < told / 5, seen


def test_the_bounds_hold_in_every_plan_of_a_short_day() -> None:
    """What the data check calls impossible, of one visit and of two."""
    seen: Counter[str] = Counter()
    for seed in range(300):
        problem = short_day(seed)
        reach = reach_of(problem)
        never = {item.visit for item in never_planned(reach)}
        for visit in never:
            assert not some_plan_has(problem, [visit]), (seed, visit)
            seen["never"] += 1
        for pair in not_both(reach, never)[0]:
            assert not some_plan_has(problem, list(pair)), (seed, pair)
            seen["pair"] += 1
    assert seen["never"] > 30, seen
    assert seen["pair"] > 5, seen


@pytest.mark.slow
def test_a_proven_reason_holds_on_days_with_times_that_contradict_themselves() -> None:
    """By the exact model of the whole day, with everybody's visits free to be planned or not."""
    seen: Counter[Reason] = Counter()
    for seed in range(200):
        day = random_times(tiny_day(seed), seed)
        problem = build_problem(day, travel_of(day), load_objective(day.date))
        for item in sound(problem, solve(problem, PARAMS).unassigned):
            if item.reason not in PROVEN:
                continue
            seen[item.reason] += 1
            model = ExactModel(
                problem,
                range(problem.visits),
                range(problem.routes),
                required=touched(problem, item),
            )
            assert model.possible(20) is False, (seed, item)
    assert seen[Reason.UNREACHABLE] > 30, seen
    assert seen[Reason.GAP_IMPOSSIBLE] > 5, seen


def detour(**changes: object) -> Problem:
    """Visit 0 takes 3,000 s from the office and back, but 60 on from visit 1; a shift of 4,000."""
    travel = np.array([[[0, 3000, 60], [3000, 0, 60], [60, 60, 0]]])
    return line_problem(2, 1, travel_s=travel, close_s=[4000], **changes)


def test_a_visit_that_another_one_is_the_way_to_is_not_called_out_of_reach() -> None:
    alone = (Explanation(0, Reason.UNREACHABLE, (0,)),)
    assert solve(detour(), PARAMS).unassigned == ()
    assert [item.reason for item in sound(detour(), alone)] == [Reason.UNPROVEN]
    # The visit on the way takes so long that nobody gets any further.
    long = detour(duration_s=[300, 3400])
    assert [item.reason for item in sound(long, alone)] == [Reason.UNREACHABLE]


def test_a_visit_with_a_break_at_the_neighbours_is_not_called_out_of_reach() -> None:
    """Break from 1,200 to 1,800; the window is over before one gets there from the office."""
    changes = {
        "break_s": [600], "break_early_s": [1200], "break_late_s": [1200],
        "early_s": [1850, 0], "late_s": [1900, 900], "close_s": [4000],
        "travel_s": np.array([[[0, 900, 900], [900, 0, 60], [900, 60, 0]]]),
    }  # fmt: skip
    near = line_problem(2, 1, **changes)
    alone = (Explanation(0, Reason.UNREACHABLE, (0,)),)
    assert solve(near, PARAMS).unassigned == ()
    assert [item.reason for item in sound(near, alone)] == [Reason.UNPROVEN]
    far = near.replace(travel_s=np.array([[[0, 900, 900], [900, 0, 900], [900, 900, 0]]]))
    assert [item.reason for item in sound(far, alone)] == [Reason.UNREACHABLE]


def test_what_was_not_tried_is_not_called_crowded_out() -> None:
    left = (Explanation(0, Reason.CROWDED_OUT, (0,)), Explanation(1, Reason.NO_SKILL))
    problem = line_problem(2, 1)
    assert [i.reason for i in sound(problem, left, stopped=True)] == [
        Reason.STOPPED,
        Reason.NO_SKILL,
    ]
    assert sound(problem, left) == left
