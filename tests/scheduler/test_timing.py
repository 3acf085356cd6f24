"""The timing of a plan, on cases with a paper answer."""

from __future__ import annotations

from typing import Any

import pytest

from scheduler.objective import Weights
from scheduler.problem import FOREVER_S, Problem
from scheduler.solve.board import Board
from scheduler.solve.chain import begin, undo
from scheduler.solve.edits import apply, plan, settle_keys
from scheduler.solve.net import (
    OVERTIME,
    PUT,
    TAKE,
    WAITING,
    WORST_IDLE,
    Net,
    State,
)
from scheduler.solve.timing import INFEASIBLE, retime
from tests.random_problems import line_problem
from tests.scheduler.engine_problems import BREAK, by_hand, starts, timed
from tests.scheduler.engine_walk import NAMES, compare, same_stops, walk_of
from tests.scheduler.test_problem import arrays


def move(net: Net, state: State, j: int, r: int, before: int, limit: int = INFEASIBLE - 1) -> int:
    """Points after `j` has gone to route `r` behind `before`, a node, re-timed in part."""
    begin(state)
    plan(state, TAKE, j, 0, 0)
    plan(state, PUT, j, r, before)
    return int(retime(net, state, limit)) if apply(net, state) else INFEASIBLE


def test_one_route_is_timed_as_a_person_would() -> None:
    """0 -60-> 1 (60-360) -60-> 2 (420-720) -120-> 0: 240 s of travel, nothing waited."""
    net, state = by_hand(Problem(**arrays()), (0, 0), (1, 0))
    assert timed(net, state) == 240
    assert starts(net, state) == [60, 420]
    assert state.sums[:5].tolist() == [240, 0, 0, 0, 0]


def test_waiting_counts_between_visits_but_not_before_the_first() -> None:
    problem = Problem(**arrays(early_s=[100, 1000], late_s=[100, 1000], due_s=[100, 1000],
                               weights=Weights(1, 2)))  # fmt: skip
    net, state = by_hand(problem, (0, 0), (1, 0))
    # 100 + 300 + 60 = 460; the second waits 540 s until 1000.
    assert timed(net, state) == 240 + 2 * 540


def test_waiting_behind_a_break_counts_only_when_a_visit_stands_before_it() -> None:
    late = {"early_s": [1000], "break_s": [60], "break_early_s": [0], "break_late_s": [3000]}
    net, state = by_hand(line_problem(visits=1, routes=1, **late), (BREAK, 0), (0, 0))
    timed(net, state)
    assert state.sums[WAITING] == 0
    problem = line_problem(visits=2, routes=1, **(late | {"early_s": [0, 1000]}))
    net, state = by_hand(problem, (0, 0), (BREAK, 0), (1, 0))
    timed(net, state)
    # 60-360 the visit, 360-420 the break, 60 s of travel.
    assert state.sums[WAITING] == 1000 - 480


def test_tardiness_sums_and_the_worst_counts_once_more() -> None:
    problem = Problem(**arrays(due_s=[10, 400], weights=Weights(1, 0, 3, 5)))
    net, state = by_hand(problem, (0, 0), (1, 0))
    assert timed(net, state) == 240 + 3 * (50 + 20) + 5 * 50


def test_the_worst_tardiness_falls_when_the_latest_visit_comes_earlier() -> None:
    """It is a largest of all, which the visit that moved cannot tell alone."""
    problem = Problem(**arrays(due_s=[10, 10], weights=Weights(0, 0, 0, 1)))
    net, state = by_hand(problem, (0, 0), (1, 0))
    assert timed(net, state) == 410
    assert move(net, state, 1, 1, net.movable + 1) == 110
    assert move(net, state, 1, 0, 0) == 410


def test_the_window_that_has_opened_last_governs() -> None:
    """Closed between 100 and 500; from 500 on the visit is due at 600."""
    second = {"more_visit": [0], "more_early_s": [500], "more_due_s": [600], "more_late_s": [900]}
    for opens, start, late in ((0, 60, 0), (40, 100, 0), (41, 500, 0), (640, 700, 100)):
        problem = line_problem(
            visits=1, routes=1, late_s=[100], open_s=[opens],
            weights=Weights(0, 0, 1), **second,
        )  # fmt: skip
        net, state = by_hand(problem, (0, 0))
        assert timed(net, state) == late
        assert starts(net, state) == [start]
    net, state = by_hand(problem.replace(open_s=[841]), (0, 0))
    assert timed(net, state) == INFEASIBLE


def test_late_starts_and_late_returns_are_infeasible() -> None:
    net, state = by_hand(Problem(**arrays(late_s=[900, 419], due_s=[900, 419])), (0, 0), (1, 0))
    assert timed(net, state) == INFEASIBLE
    net, state = by_hand(Problem(**arrays(close_s=[839, 3600])), (0, 0), (1, 0))
    assert timed(net, state) == INFEASIBLE
    net, state = by_hand(Problem(**arrays(close_s=[840, 3600])), (0, 0), (1, 0))
    assert timed(net, state) == 240


def test_a_return_after_the_shift_is_overtime() -> None:
    problem = Problem(**arrays(overtime_from_s=[800, 3600], weights=Weights(1, 0, 0, 0, 7)))
    net, state = by_hand(problem, (0, 0), (1, 0))
    assert timed(net, state) == 240 + 7 * 40
    assert state.sums[OVERTIME] == 40
    assert move(net, state, 1, 1, net.movable + 1) == 120 + 240


def test_idle_time_falls_with_every_visit_also_where_the_return_stays() -> None:
    """Shifts of 3600 s: one is empty until a visit of 300 s and its 120 s of travel come."""
    problem = Problem(**arrays(weights=Weights(0, 0, 0, 0, 0, 1)))
    net, state = by_hand(problem, (0, 0), (1, 0))
    assert timed(net, state) == 3600
    assert move(net, state, 0, 1, net.movable + 1) == 3600 - 420
    assert state.sums[WORST_IDLE] == 3600 - 420


def test_points_above_the_limit_stop_the_timing() -> None:
    for limit, points in ((240, 240), (239, INFEASIBLE)):
        net, state = by_hand(Problem(**arrays()), (0, 0), (1, 1))
        assert timed(net, state) == 360
        assert move(net, state, 1, 0, 0, limit) == points


def test_a_group_starts_when_its_last_carer_is_there() -> None:
    problem = Problem(**arrays(group=[0, 0], place=[1, 2]))
    net, state = by_hand(problem, (0, 0), (1, 1))
    assert timed(net, state) == 2 * 60 + 2 * 120
    assert starts(net, state) == [120, 120]


@pytest.mark.parametrize(("most", "begins"), [(1000, [60, 500]), (400, [100, 500])])
def test_an_offset_holds_the_first_back_when_the_second_is_late(
    most: int, begins: list[int]
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
    net, state = by_hand(problem, (0, 0), (1, 1))
    assert timed(net, state) < INFEASIBLE
    assert starts(net, state) == begins


def test_a_longest_gap_pushes_the_first_visit_later() -> None:
    gap = {"gap_first": [0], "gap_second": [1], "gap_min_s": [100], "gap_max_s": [200]}
    problem = Problem(**arrays(early_s=[0, 700], **gap))
    net, state = by_hand(problem, (0, 0), (1, 1))
    assert timed(net, state) < INFEASIBLE
    assert starts(net, state) == [500, 700]
    closed = problem.replace(late_s=[499, 900], due_s=[499, 900])
    net, state = by_hand(closed, (0, 0), (1, 1))
    assert timed(net, state) == INFEASIBLE


def test_a_gap_binds_only_when_both_visits_are_planned() -> None:
    gap = {"gap_first": [0], "gap_second": [1], "gap_min_s": [5000], "gap_max_s": [6000]}
    problem = Problem(**arrays(**gap))
    net, state = by_hand(problem, (1, 1))
    assert timed(net, state) == 1000 + 240
    net, state = by_hand(problem, (0, 0), (1, 1))
    assert timed(net, state) == INFEASIBLE


def test_circular_gaps_end_as_infeasible() -> None:
    gap = {"gap_first": [0, 1], "gap_second": [1, 0], "gap_min_s": [10, 10], "gap_max_s": [50, 50]}
    net, state = by_hand(Problem(**arrays(**gap)), (0, 0), (1, 1))
    assert timed(net, state) == INFEASIBLE


def test_longest_gaps_that_pull_each_other_on_end_as_infeasible() -> None:
    """
    Each second follows the other's first on its route, 1 s later than its longest gap allows.

    Every pull calls for the next one; without an end to them the timing would go on to FOREVER_S.
    """
    problem = line_problem(
        visits=4, routes=2, place=[0] * 4, late_s=[FOREVER_S] * 4, close_s=[FOREVER_S] * 2,
        gap_first=[0, 1], gap_second=[3, 2], gap_min_s=[0, 0], gap_max_s=[299, 299],
    )  # fmt: skip
    net, state = by_hand(problem, (0, 0), (1, 1), (2, 0), (3, 1))
    assert timed(net, state) == INFEASIBLE
    room = problem.replace(gap_max_s=[300, 300])
    net, state = by_hand(room, (0, 0), (1, 1), (2, 0), (3, 1))
    assert timed(net, state) == 0


def test_one_person_is_not_visited_twice_at_once() -> None:
    problem = Problem(**arrays(recipient=[1, 1], place=[1, 1]))
    net, state = by_hand(problem, (0, 0), (1, 1))
    timed(net, state)
    assert sorted(starts(net, state)) == [60, 360]


def test_a_break_is_taken_where_the_carer_stands() -> None:
    """Visit 60-360, break 400-1000, on to the second at 1060."""
    problem = Problem(
        **arrays(late_s=[2000, 2000], due_s=[2000, 2000], break_early_s=[400, 0],
                 break_late_s=[400, 0], break_s=[600, 0])
    )  # fmt: skip
    net, state = by_hand(problem, (0, 0), (BREAK, 0), (1, 0))
    assert timed(net, state) == 240
    assert state.stop["start"][:3].tolist() == [60, 1060, 400]
    assert state.sums[WAITING] == 40


def test_the_break_of_an_empty_route_costs_no_travel_but_has_to_fit() -> None:
    late = {"break_s": [600], "break_early_s": [0], "break_late_s": [100], "end_place": [1]}
    net, state = by_hand(line_problem(visits=1, routes=1, **late, drop_points=[0]), (BREAK, 0))
    assert timed(net, state) == 0
    net, state = by_hand(line_problem(visits=0, routes=1, **(late | {"end_place": [0]})))
    assert timed(net, state) == 0


def test_a_move_that_is_taken_back_leaves_no_trace() -> None:
    net, state = by_hand(Problem(**arrays(group=[0, 0])), (0, 0), (1, 1))
    before, points = state.stop.copy(), timed(net, state)
    before = state.stop.copy()
    sums, tours = state.sums.copy(), state.tour.copy()
    move(net, state, 0, 1, net.movable + 1)
    assert not same_stops(state.stop, before)
    undo(state)
    assert same_stops(state.stop, before)
    assert state.sums.tolist() == sums.tolist()
    for name in ("load", "busy", "travel", "timed", "visits"):
        assert state.tour[name].tolist() == tours[name].tolist()
    assert timed(net, state) == points


def test_keys_set_by_time_change_no_start() -> None:
    """Also where many visits start at one time."""
    problem = line_problem(visits=6, routes=3, place=[0] * 6, duration_s=[0] * 6, recipient=[0] * 6)
    walk = walk_of(problem, 1)
    keys = walk.state.stop["key"][:6].copy()
    points = timed(walk.net, walk.state)
    settle_keys(walk.net, walk.state, walk.order)
    assert walk.state.stop["key"][:6].tolist() != keys.tolist()
    assert NAMES[compare(walk.net, walk.state, walk.other, points)] == "nothing"


@pytest.mark.parametrize("spans", [{}, {"span_points": [1, 1, 1]}])
def test_of_a_group_that_lost_a_carer_the_others_start_as_before(spans: dict[str, Any]) -> None:
    """What the third carer does, late in the day, has nothing to do with them."""
    problem = line_problem(
        3, 3, group=[0, 0, -1], early_s=[150, 150, 3000], late_s=[250, 250, 3000], **spans
    )
    stops = (((0, 150),), ((1, 150),), ((2, 3000),))
    board = Board.of(problem, stops).without_routes([1])
    assert board.stops() == (((0, 150),), (), ((2, 3000),))
    assert board.unassigned.tolist() == [1]
    (place,) = board.places(1)
    assert place.routes == (2,)
    # It is worth what the visit is, but for what it is paid.
    assert -100_000 <= place.points < -90_000
