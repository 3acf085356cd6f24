"""The timing of a state, on cases with a paper answer, and the undoing of moves."""

from __future__ import annotations

import numpy as np
import pytest

from fixtures.tiny_day import tiny_day
from scheduler.build import build_problem
from scheduler.objective import Weights, load_objective
from scheduler.problem import Problem
from scheduler.solve.anneal import propose
from scheduler.solve.construct import construct
from scheduler.solve.moves import tidy, undo
from scheduler.solve.net import Net, State, build_net, empty_state
from scheduler.solve.timing import INFEASIBLE, evaluate
from scheduler.travel import TravelSettings
from tests.scheduler.test_problem import arrays

ANY = INFEASIBLE - 1


def state_of(
    problem: Problem, *routes: list[int], order: list[int] | None = None
) -> tuple[Net, State]:
    """A state with `routes` filled; units in `order` of their first visit."""
    net = build_net(problem)
    state = empty_state(net)
    for k, visits in enumerate(routes):
        for v in visits:
            state.route[v] = k
    planned = [v for visits in routes for v in visits]
    state.dropped[0] -= sum(int(problem.drop_points[v]) for v in planned)
    wanted = list(dict.fromkeys(int(net.unit[v]) for v in order or planned))
    rest = [u for u in range(len(state.order)) if u not in wanted]
    state.order[:] = [*wanted, *rest]
    state.position[state.order] = np.arange(len(state.order))
    return net, state


def test_one_route_is_timed_as_a_person_would() -> None:
    """0 -60-> 1 (60-360) -60-> 2 (420-720) -120-> 0: 240 s of travel, nothing waited."""
    net, state = state_of(Problem(**arrays()), [0, 1])
    assert evaluate(net, state, ANY) == 240
    assert state.start.tolist() == [60, 420]
    assert state.terms[:4].tolist() == [240, 0, 0, 0]


def test_waiting_counts_between_visits_but_not_before_the_first() -> None:
    problem = Problem(**arrays(early_s=[100, 1000], late_s=[100, 1000], due_s=[100, 1000],
                               weights=Weights(1, 2)))  # fmt: skip
    net, state = state_of(problem, [0, 1])
    # 100 + 300 + 60 = 460; the second waits 540 s until 1000.
    assert evaluate(net, state, ANY) == 240 + 2 * 540


def test_tardiness_sums_and_the_worst_counts_once_more() -> None:
    problem = Problem(**arrays(due_s=[10, 400], weights=Weights(1, 0, 3, 5)))
    net, state = state_of(problem, [0, 1])
    assert evaluate(net, state, ANY) == 240 + 3 * (50 + 20) + 5 * 50


def test_late_starts_and_late_returns_are_infeasible() -> None:
    net, state = state_of(Problem(**arrays(late_s=[900, 419], due_s=[900, 419])), [0, 1])
    assert evaluate(net, state, ANY) == INFEASIBLE
    net, state = state_of(Problem(**arrays(close_s=[839, 3600])), [0, 1])
    assert evaluate(net, state, ANY) == INFEASIBLE
    net, state = state_of(Problem(**arrays(close_s=[840, 3600])), [0, 1])
    assert evaluate(net, state, ANY) == 240


def test_points_above_the_limit_stop_the_timing() -> None:
    net, state = state_of(Problem(**arrays()), [0, 1])
    assert evaluate(net, state, 240) == 240
    assert evaluate(net, state, 239) == INFEASIBLE


def test_a_group_starts_when_its_last_carer_is_there() -> None:
    problem = Problem(**arrays(group=[0, 0], place=[1, 2]))
    net, state = state_of(problem, [0], [1])
    assert evaluate(net, state, ANY) == 2 * 60 + 2 * 120
    assert state.start.tolist() == [120, 120]


@pytest.mark.parametrize(("most", "starts"), [(1000, [60, 500]), (400, [100, 500])])
def test_an_offset_holds_the_first_back_when_the_second_is_late(
    most: int, starts: list[int]
) -> None:
    """The second of a pair cannot come before 500; at most 400 s apart, the first waits."""
    problem = Problem(
        **arrays(
            group=[0, 0],
            offset_min_s=[0, 100],
            offset_max_s=[0, most],
            early_s=[0, 500],
            late_s=[900, 900],
        )
    )
    net, state = state_of(problem, [0], [1])
    assert evaluate(net, state, ANY) < INFEASIBLE
    assert state.start.tolist() == starts


def test_a_longest_gap_pushes_the_first_visit_later() -> None:
    gap = {"gap_first": [0], "gap_second": [1], "gap_min_s": [100], "gap_max_s": [200]}
    problem = Problem(**arrays(early_s=[0, 700], **gap))
    net, state = state_of(problem, [0], [1])
    assert evaluate(net, state, ANY) < INFEASIBLE
    assert state.start.tolist() == [500, 700]
    closed = problem.replace(late_s=[499, 900], due_s=[499, 900])
    net, state = state_of(closed, [0], [1])
    assert evaluate(net, state, ANY) == INFEASIBLE


def test_a_gap_binds_only_when_both_visits_are_planned() -> None:
    gap = {"gap_first": [0], "gap_second": [1], "gap_min_s": [5000], "gap_max_s": [6000]}
    problem = Problem(**arrays(**gap))
    net, state = state_of(problem, [], [1])
    assert evaluate(net, state, ANY) == 1000 + 240
    net, state = state_of(problem, [0], [1])
    assert evaluate(net, state, ANY) == INFEASIBLE


def test_circular_gaps_end_as_infeasible() -> None:
    gap = {"gap_first": [0, 1], "gap_second": [1, 0], "gap_min_s": [10, 10], "gap_max_s": [50, 50]}
    net, state = state_of(Problem(**arrays(**gap)), [0], [1])
    assert evaluate(net, state, ANY) == INFEASIBLE


def test_one_person_is_not_visited_twice_at_once() -> None:
    problem = Problem(**arrays(recipient=[1, 1], place=[1, 1]))
    net, state = state_of(problem, [0], [1])
    evaluate(net, state, ANY)
    assert state.start.tolist() == [60, 360]


def test_a_break_is_taken_where_the_carer_stands() -> None:
    """Visit 60-360, break 400-1000, on to the second at 1060."""
    problem = Problem(
        **arrays(late_s=[2000, 2000], due_s=[2000, 2000], break_early_s=[400, 0],
                 break_late_s=[400, 0], break_s=[600, 0])
    )  # fmt: skip
    net = build_net(problem)
    net, state = state_of(problem, [0, 1], order=[0])
    first, brk, second = (int(net.unit[v]) for v in (0, 2, 1))
    state.order[:] = [first, brk, second]
    state.position[state.order] = np.arange(3)
    assert evaluate(net, state, ANY) == 240
    assert state.start.tolist() == [60, 1060, 400]
    assert state.terms[1] == 40


def test_a_rejected_move_leaves_no_trace(travel: TravelSettings) -> None:
    """Half a million undone moves that each lost a little would end in nonsense."""
    for seed in range(30):
        problem = build_problem(tiny_day(seed), travel, load_objective(tiny_day(seed).date))
        net = build_net(problem)
        if not len(net.unit):
            continue
        state = empty_state(net)
        random = np.array([seed + 1], dtype=np.uint64)
        points = construct(net, state, random)
        before = (state.order.copy(), state.route.copy(), state.dropped.copy())
        for _ in range(200):
            if propose(net, state, random, INFEASIBLE):
                undo(state)
            assert (state.order == before[0]).all()
            assert (state.position[state.order] == np.arange(len(state.order))).all()
            assert (state.route == before[1]).all()
            assert state.dropped[0] == before[2][0]
        assert evaluate(net, state, ANY) == points


def test_sorting_by_time_changes_no_start(travel: TravelSettings) -> None:
    for seed in range(60):
        problem = build_problem(tiny_day(seed), travel, load_objective(tiny_day(seed).date))
        net = build_net(problem)
        state = empty_state(net)
        points = construct(net, state, np.array([seed + 1], dtype=np.uint64))
        assert evaluate(net, state, ANY) == points
        starts = state.start.copy()
        tidy(net, state)
        assert evaluate(net, state, ANY) == points
        assert (state.start[state.route >= 0] == starts[state.route >= 0]).all()
