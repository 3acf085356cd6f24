"""
The exact model against the judge and against trying every plan; the search against the exact model.

Four implementations of the same rules, one of them proven.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fixtures.tiny_day import tiny_day
from scheduler.build import build_problem
from scheduler.objective import Weights, load_objective
from scheduler.problem import BREAK, FOREVER_S, Problem
from scheduler.rules import Reason
from scheduler.solve import SolveParams, solve
from scheduler.solve.explain import fits_alone
from scheduler.solve.model import Exact, ExactModel
from scheduler.travel import TravelSettings
from tests.brute_force import fewest_points
from tests.judge import Stops, judge
from tests.random_problems import degenerate_problems, line_problem, random_problem
from tests.scheduler.test_judge import RULES, two_carers

PARAMS = SolveParams(iterations=20_000, threads=1)


def problem_of(seed: int, travel: TravelSettings) -> Problem:
    day = tiny_day(seed)
    return build_problem(day, travel, load_objective(day.date))


def exact(problem: Problem) -> ExactModel:
    return ExactModel(problem, range(problem.visits), range(problem.routes))


def just_this(problem: Problem, stops: Stops) -> Exact:
    """What the exact model says of one plan, with every stop fixed."""
    exactly = exact(problem)
    model = exactly.model
    made = {v for route in stops for v, _ in route}
    for v in set(range(problem.visits)) - made:
        model.add(exactly.planned[v] == 0)
    for k, route in enumerate(stops):
        if k in exactly.taken:
            model.add(exactly.taken[k] == any(v == BREAK for v, _ in route))
        previous = BREAK
        for at, (v, start) in enumerate(route):
            variable = exactly.taken.get(k) if v == BREAK else exactly.on.get((v, k))
            if variable is None or [u for u, _ in route].count(v) > 1:
                return Exact(False)  # There is no variable for such a stop.
            model.add(variable == 1)
            model.add((exactly.break_start[k] if v == BREAK else exactly.start[v]) == start)
            if v == BREAK:
                following = route[at + 1][0] if at + 1 < len(route) else BREAK
                model.add(exactly.break_before[following, k] == 1)
            else:
                model.add(exactly.arc[previous, v, k] == 1)
                previous = v
    return exactly.solve(10)


@pytest.mark.parametrize("seed", range(120))
def test_the_judge_agrees_with_a_proven_plan(seed: int) -> None:
    rng = np.random.default_rng(seed)
    problem = random_problem(rng, visits=int(rng.integers(1, 7)), routes=int(rng.integers(1, 4)))
    proven = exact(problem).solve(20)
    verdict = judge(problem, proven.stops)
    assert proven.optimal
    assert verdict.violations == ()
    assert verdict.points == proven.points == proven.bound


@pytest.mark.parametrize("seed", range(40))
def test_the_judge_agrees_on_a_plan_that_is_not_the_best(seed: int) -> None:
    """The best plan for other weights: a term that is too low at the best plan hides nowhere."""
    rng = np.random.default_rng(1000 + seed)
    problem = random_problem(rng, visits=5, routes=2)
    other = problem.replace(weights=Weights(1), drop_points=[10**6] * 5, fixed_points=[0, 0])
    stops = exact(other).solve(20).stops
    said = just_this(problem, stops)
    assert said.optimal
    assert said.points == judge(problem, stops).points


@pytest.mark.parametrize("seed", range(100))
def test_no_plan_of_all_is_better_than_the_proven_one(seed: int) -> None:
    """Every order, every break and every start, second by second."""
    rng = np.random.default_rng(2000 + seed)
    visits, routes, day_s = [(3, 2, 20), (3, 2, 24), (4, 2, 20), (3, 3, 20)][seed % 4]
    problem = random_problem(rng, visits, routes, day_s=day_s)
    assert exact(problem).solve(20).points == fewest_points(problem)


def test_the_random_problems_bring_every_rule_and_term_to_bear() -> None:
    """Otherwise the tests above would hold for want of cases."""
    plans = []
    for seed in range(120):
        rng = np.random.default_rng(seed)
        problem = random_problem(rng, int(rng.integers(1, 7)), int(rng.integers(1, 4)))
        plans.append((problem, exact(problem).solve(20)))
    planned = [v for p, plan in plans for v in plan.route]
    grouped = [v for p, plan in plans for v in plan.route if p.group[v] >= 0]
    second = [v for p, plan in plans for v in set(plan.route) & set(p.more_visit.tolist())]
    breaks = [k for _, plan in plans for k in plan.break_start_s]
    missed = [
        k for p, plan in plans for k in np.flatnonzero(p.break_s > 0) if k not in plan.break_start_s
    ]
    verdicts = [judge(p, plan.stops) for p, plan in plans]
    assert len(planned) > 150
    assert min(len(grouped), len(second), len(breaks), len(missed)) > 20
    for term in ("travel_s", "waiting_s", "tardiness_s", "overtime_s", "worst_idle_s"):
        assert sum(getattr(verdict, term) > 0 for verdict in verdicts) > 10, term


@pytest.mark.parametrize(("rule", "changes", "keeps", "breaks"), RULES)
def test_a_rule_of_the_model_held_and_broken(
    rule: str, changes: dict[str, Any], keeps: Stops, breaks: Stops
) -> None:
    """The cases of the judge."""
    problem = two_carers(**changes)
    assert just_this(problem, keeps).points == judge(problem, keeps).points
    assert just_this(problem, keeps).feasible is True
    assert just_this(problem, breaks).feasible is False


@pytest.mark.parametrize(
    ("name", "points"),
    [
        ("no carers", 300_000),
        ("no visits", 0),
        ("nothing at all", 0),
        ("no visits, a break to take", 0),
        ("zero windows", 240),
        ("zero windows at once", 100_120),
        ("one place", 0),
        ("circular gaps", 240 + 120),
        ("circular gaps that exclude each other", 100_120),
        ("windows beyond shifts", 100_120),
        ("a shift of no length", 100_000),
        ("shifts without end", 360),
        ("zero durations", 480),
        ("zero durations, one person at one time", 120),
        ("a group larger than the staff", 300_000),
        ("a break outside the shift", 100_000),
        ("nobody may", 200_000),
        ("no capacity", 100_120),
    ],
)
def test_a_degenerate_problem_has_the_points_it_must_have(name: str, points: int) -> None:
    problem = degenerate_problems()[name]
    proven = exact(problem).solve(10)
    assert proven.optimal
    assert proven.points == points
    assert judge(problem, proven.stops).points == points


def test_a_hinted_plan_is_taken_up_whole() -> None:
    """Fixed to its hints, the model has that plan and no other."""
    told = 0
    for seed in range(40):
        problem = random_problem(np.random.default_rng(3000 + seed), visits=5, routes=2)
        other = problem.replace(drop_points=[10**6] * 5)
        stops = exact(other).solve(20).stops
        model = exact(problem)
        model.hint([[], []])
        model.hint(stops)
        for index, value in zip(
            model.model.proto.solution_hint.vars,
            model.model.proto.solution_hint.values,
            strict=True,
        ):
            model.model.add(model.model.get_int_var_from_proto_index(index) == value)
        assert model.solve(10).stops == stops
        told += sum(map(len, stops))
    assert told > 80


def test_a_hint_that_breaks_rules_does_no_harm() -> None:
    problem = two_carers(allowed=[[1, 0], [1, 1]])
    model = exact(problem)
    model.hint([[(1, -5), (1, 0), (BREAK, 7)], [(0, 60), (1, 9)]])
    assert model.solve(10).points == exact(problem).solve(10).points == 240


def test_stops_are_those_of_the_problem_also_in_a_part_of_it() -> None:
    """Of three routes only the last, of two visits only the second."""
    problem = line_problem(
        visits=2, routes=3, break_s=[0, 0, 60], break_early_s=[0, 0, 1000],
        break_late_s=[0, 0, 1000], early_s=[0, 1060], late_s=[3600, 1180], weights=Weights(1, 1),
    )  # fmt: skip
    proven = ExactModel(problem, [1], [2]).solve(10)
    assert proven.route == {1: 2}
    assert proven.break_start_s == {2: 1000}
    assert proven.stops == ((), (), ((BREAK, 1000), (1, 1180)))


def test_a_break_that_must_be_may_stay_out_of_an_empty_route() -> None:
    """It does not fit into the shift, so the route stays empty; its price is another matter."""
    late = {"break_s": [60], "break_early_s": [9000], "break_late_s": [9000]}
    assert exact(line_problem(visits=1, routes=1, **late)).solve(10).points == 100_000
    priced = line_problem(visits=1, routes=1, break_points=[700], **late)
    assert exact(priced).solve(10).points == 700 + 120


def test_a_model_that_the_solver_refuses_is_no_model_without_an_answer() -> None:
    """Else sums that overflow would pass for a proof that ran out of time."""
    problem = line_problem(visits=3, routes=1, drop_points=[2**62] * 3)
    with pytest.raises(ValueError, match="overflow"):
        exact(problem).solve(10)


def test_points_beyond_the_precision_of_a_float_stay_whole() -> None:
    problem = line_problem(visits=1, routes=1, drop_points=[2**60 + 1], late_s=[0])
    assert exact(problem).solve(10).points == 2**60 + 1


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


def test_the_search_finds_the_proven_best_plan_of_a_random_problem() -> None:
    """
    Never below the proof, and on it nearly always.

    Left out are waiting, paid spans, slack, further windows and wished times: for them a start has
    to be held back by the right number of seconds, which the search draws. The rest are plans that
    no few moves lead to.
    """
    missed = []
    for seed in range(200):
        rng = np.random.default_rng(4000 + seed)
        problem = random_problem(
            rng, int(rng.integers(2, 7)), int(rng.integers(1, 4)), windows=False, wishes=False,
            spans=False, slack=False,
        )  # fmt: skip
        problem = problem.replace(weights=replace(problem.weights, waiting=0))
        proven = exact(problem).solve(20)
        found = solve(problem, PARAMS).points
        assert proven.optimal
        assert found >= proven.points, seed
        missed += [seed] * (found > proven.points)
    assert len(missed) <= 12, missed


@pytest.mark.parametrize(("rule", "most"), [("", 10), ("wishes", 14), ("spans", 18), ("slack", 14)])
def test_with_waiting_and_windows_the_search_comes_close_to_the_proof(rule: str, most: int) -> None:
    hard = {name: name == rule for name in ("wishes", "spans", "slack")}
    missed, off = [], 0
    for seed in range(120):
        rng = np.random.default_rng(5000 + seed)
        problem = random_problem(rng, int(rng.integers(2, 7)), int(rng.integers(1, 4)), **hard)
        proven = exact(problem).solve(20)
        found = solve(problem, PARAMS).points
        assert proven.optimal
        assert found >= proven.points, seed
        missed += [seed] * (found > 1.01 * proven.points)
        off += found > proven.points
    assert len(missed) <= most, missed
    assert off <= 24


def test_the_search_finds_the_best_of_all_plans_of_the_tiniest_problems() -> None:
    """Judged by trying every plan, without the exact model."""
    found = []
    for seed in range(40):
        rng = np.random.default_rng(6000 + seed)
        problem = random_problem(rng, 3, 2, day_s=20)
        fewest = fewest_points(problem)
        points = solve(problem, PARAMS).points
        assert points >= fewest, seed
        found.append(points == fewest)
    assert sum(found) >= 36


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
    # The arrays know who may do a visit, not why: the plan tells it (test_planner, test_keys).
    # So are last occasions that are too near (test_apart).
    # That a window has passed is known to a day planned anew alone (test_replan); what holds in the
    # whole day and what was not tried is judged afterwards (properties/test_reasons).
    later = {
        Reason.ALL_EXCLUDED, Reason.NO_KEY, Reason.TOO_SOON, Reason.WINDOW_PASSED, Reason.UNPROVEN,
        Reason.STOPPED,
    }  # fmt: skip
    assert seen == set(Reason) - later
