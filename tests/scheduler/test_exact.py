"""
The annealing against the exact model: two implementations of the same rules, one of them proven.
"""

from __future__ import annotations

import numpy as np
import pytest

from fixtures.tiny_day import tiny_day
from scheduler.build import build_problem
from scheduler.objective import Weights, load_objective
from scheduler.problem import FOREVER_S, Problem
from scheduler.rules import Reason
from scheduler.solve import SolveParams, solve
from scheduler.solve.explain import fits_alone
from scheduler.solve.model import ExactModel
from scheduler.travel import TravelSettings

PARAMS = SolveParams(iterations=20_000, threads=1)


def problem_of(seed: int, travel: TravelSettings) -> Problem:
    day = tiny_day(seed)
    return build_problem(day, travel, load_objective(day.date))


def exact(problem: Problem) -> ExactModel:
    return ExactModel(problem, range(problem.visits), range(problem.routes))


@pytest.mark.parametrize("seed", range(60))
def test_the_search_finds_the_proven_best_plan_of_a_small_day(
    seed: int, travel: TravelSettings
) -> None:
    """Waiting is left out: the search starts visits as early as it can, the proof need not."""
    problem = problem_of(seed, travel).replace(weights=Weights(travel=4))
    proven = exact(problem).solve(20)
    assert proven.optimal
    assert proven.bound == proven.points
    assert solve(problem, PARAMS).points == proven.points


@pytest.mark.parametrize("seed", range(60, 80))
def test_no_plan_beats_the_proof_with_every_term_weighed(seed: int, travel: TravelSettings) -> None:
    """A search below the proven bound would mean that it breaks a rule or miscounts a term."""
    problem = problem_of(seed, travel).replace(weights=Weights(4, 1))
    proven = exact(problem).solve(20)
    assert proven.optimal
    assert solve(problem, PARAMS).points >= proven.points


def test_tardiness_and_offsets_agree_with_the_proof() -> None:
    """A linked pair in the manner of the public instances, late by nature."""
    rng = np.random.default_rng(5)
    for _ in range(15):
        points = rng.integers(0, 1000, (5, 2))
        travel = np.abs(points[:, None] - points[None]).sum(axis=2)
        problem = Problem(
            early_s=rng.integers(0, 500, 5), late_s=np.full(5, FOREVER_S),
            due_s=rng.integers(500, 1500, 5), duration_s=rng.integers(50, 400, 5),
            place=[1, 1, 2, 3, 4], drop_points=np.full(5, 10**7), recipient=[-1] * 5,
            group=[0, 0, -1, -1, -1], offset_min_s=[0, 100, 0, 0, 0],
            offset_max_s=[0, 250, 0, 0, 0], allowed=[[True, True]] * 5, gap_first=[],
            gap_second=[], gap_min_s=[], gap_max_s=[], carer=[0, 1], open_s=[0, 0],
            close_s=[FOREVER_S] * 2, start_place=[0, 0], end_place=[0, 0], mode=[0, 0],
            break_early_s=[0, 0], break_late_s=[0, 0], break_s=[0, 0], travel_s=travel[None],
            weights=Weights(1, 0, 1, 1),
        )  # fmt: skip
        proven = exact(problem).solve(20)
        assert proven.optimal
        assert solve(problem, PARAMS).points == proven.points


def test_the_closed_form_for_a_lone_visit_agrees_with_the_proof(travel: TravelSettings) -> None:
    """It decides UNREACHABLE, a reason that must never be wrong."""
    answers = []
    for seed in range(40):
        problem = problem_of(seed, travel)
        for v in range(problem.visits):
            for k in range(problem.routes):
                if problem.allowed[v, k]:
                    alone = ExactModel(problem, [v], [k], required=[v]).solve(5)
                    assert fits_alone(problem, v, k) == alone.feasible, (seed, v, k)
                    answers.append(alone.feasible)
    assert 0.1 < np.mean(answers) < 0.9


def test_a_proven_reason_holds_by_proof_and_crowded_out_is_possible_alone(
    travel: TravelSettings,
) -> None:
    """Never a guess: every reason of 150 days is judged by the exact model on the empty day."""
    seen: set[Reason] = set()
    for seed in range(150):
        problem = problem_of(seed, travel)
        for item in solve(problem, PARAMS).unassigned:
            seen.add(item.reason)
            group = problem.group[item.visit]
            members = [item.visit] if group < 0 else np.flatnonzero(problem.group == group).tolist()
            together = sorted({*members, *item.visits})
            if item.reason is Reason.GAP_IMPOSSIBLE:
                whole = {int(problem.group[v]) for v in together} - {-1}
                together = sorted(
                    {*together, *np.flatnonzero(np.isin(problem.group, list(whole))).tolist()}
                )
            answer = ExactModel(problem, together, range(problem.routes), required=together).solve(
                20
            )
            assert answer.feasible == (item.reason is Reason.CROWDED_OUT), (seed, item)
    assert seen == set(Reason)
