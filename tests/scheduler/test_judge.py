"""Each rule of the judge with a plan that keeps it and one that breaks it; its sums by hand."""

from __future__ import annotations

from typing import Any

import pytest

from scheduler.objective import Weights
from scheduler.problem import FOREVER_S, MUST_POINTS, Problem
from tests.judge import BREAK, Stops, judge
from tests.random_problems import degenerate_problems, line_problem


def two_carers(**changes: Any) -> Problem:
    """Two visits of 300 s, 60 s and 120 s from where both carers begin and end their hour."""
    return line_problem(visits=2, routes=2, **changes)


def broken(problem: Problem, stops: Stops) -> set[str]:
    """Names of the rules that the plan breaks."""
    return {v.split()[0] for v in judge(problem, stops).violations}


PAIR = {"group": [0, 0]}
IN_ORDER = {"group": [0, 0], "offset_min_s": [0, 60], "offset_max_s": [0, 90]}
GAP = {"gap_first": [0], "gap_second": [1], "gap_min_s": [400], "gap_max_s": [500]}
POOLED = {"pool_route": [0, 1], "pool_label": [0, 0], "pool_most": [1]}
LIMITED = {"most_span_s": [840, 839]}
PAUSE = {"break_s": [100, 0], "break_early_s": [300, 0], "break_late_s": [500, 0]}

# Rule, what makes it bind, a plan that keeps it, one that breaks it.
RULES: list[tuple[str, dict[str, Any], Stops, Stops]] = [
    ("ASSIGNED_ONCE", {}, [[(0, 60)], [(1, 120)]], [[(0, 60), (1, 420)], [(1, 120)]]),
    ("ASSIGNED_ONCE", {}, [[(0, 60)], []], [[(0, 60), (0, 360)], []]),
    ("SKILL", {"allowed": [[1, 0], [1, 1]]}, [[(0, 60)], [(1, 120)]], [[(1, 120)], [(0, 60)]]),
    ("SHIFT", {"close_s": [480, 420]}, [[], [(0, 60)]], [[], [(1, 120)]]),
    ("SHIFT", {"close_s": [420, 0]}, [[(0, 60)], []], [[(0, 61)], []]),
    ("TRAVEL", {}, [[(0, 60), (1, 420)], []], [[(0, 60), (1, 419)], []]),
    ("TRAVEL", {"open_s": [5, 0]}, [[(0, 65)], []], [[(0, 64)], []]),
    ("TRAVEL", {"start_place": [1, 0]}, [[(0, 0)], []], [[], [(0, 0)]]),
    ("WINDOW", {"early_s": [100, 100]}, [[(0, 100)], []], [[(0, 99)], []]),
    ("WINDOW", {"late_s": [100, 100]}, [[(0, 100)], []], [[(0, 101)], []]),
    ("BREAK", PAUSE, [[(0, 60), (BREAK, 500)], []], [[(0, 60), (BREAK, 501)], []]),
    ("BREAK", PAUSE, [[(BREAK, 300), (0, 460)], []], [[(BREAK, 299), (0, 460)], []]),
    ("BREAK", PAUSE, [[], [(0, 60)]], [[(0, 60)], []]),
    ("BREAK", PAUSE, [[(BREAK, 400)], []], [[(BREAK, 300), (BREAK, 400)], []]),
    ("BREAK", PAUSE, [[(BREAK, 400)], []], [[(BREAK, 400)], [(BREAK, 400)]]),
    ("TRAVEL", PAUSE, [[(0, 60), (BREAK, 360)], []], [[(0, 60), (BREAK, 359)], []]),
    ("TRAVEL", PAUSE, [[(BREAK, 300), (0, 460)], []], [[(BREAK, 300), (0, 459)], []]),
    ("TRAVEL", PAUSE | {"open_s": [310, 0]}, [[(BREAK, 310)], []], [[(BREAK, 309)], []]),
    ("SHIFT", PAUSE | {"close_s": [410, 0]}, [[(BREAK, 310)], []], [[(BREAK, 311)], []]),
    (
        "CAPACITY",
        {"demand": [2, 3], "capacity": [5, 4]},
        [[(0, 60), (1, 420)], []],
        [[], [(0, 60), (1, 420)]],
    ),
    ("SPAN", LIMITED, [[(0, 60), (1, 420)], []], [[(0, 60), (1, 421)], []]),
    ("SPAN", LIMITED, [[(0, 100), (1, 460)], []], [[], [(0, 60), (1, 420)]]),
    ("POOL", POOLED, [[(0, 60), (1, 420)], []], [[(0, 60)], [(1, 120)]]),
    ("POOL", POOLED | {"pool_most": [0]}, [[], []], [[(0, 60)], []]),
    ("GROUP_WHOLE", PAIR, [[], []], [[(0, 60)], []]),
    ("GROUP_WHOLE", PAIR, [[(0, 120)], [(1, 120)]], [[], [(1, 120)]]),
    ("GROUP_START", PAIR, [[(0, 120)], [(1, 120)]], [[(0, 120)], [(1, 121)]]),
    ("GROUP_START", IN_ORDER, [[(0, 100)], [(1, 190)]], [[(0, 100)], [(1, 191)]]),
    ("GROUP_START", IN_ORDER, [[(0, 100)], [(1, 160)]], [[(0, 100)], [(1, 159)]]),
    ("GAP", GAP, [[(0, 60), (1, 460)], []], [[(0, 60), (1, 459)], []]),
    ("GAP", GAP, [[(0, 60)], [(1, 560)]], [[(0, 60)], [(1, 561)]]),
    ("GAP", GAP, [[], [(1, 560)]], [[(0, 460)], [(1, 120)]]),
    (
        "RECIPIENT_OVERLAP",
        {"recipient": [0, 0]},
        [[(0, 60)], [(1, 360)]],
        [[(0, 60)], [(1, 359)]],
    ),
    (
        "RECIPIENT_OVERLAP",
        {"recipient": [0, 0], "duration_s": [300, 0]},
        [[(0, 120)], [(1, 120)]],
        [[(0, 119)], [(1, 120)]],
    ),
]


@pytest.mark.parametrize(("rule", "changes", "keeps", "breaks"), RULES)
def test_a_rule_held_and_broken(
    rule: str, changes: dict[str, Any], keeps: Stops, breaks: Stops
) -> None:
    problem = two_carers(**changes)
    assert broken(problem, keeps) == set()
    assert broken(problem, breaks) == {rule}


@pytest.mark.parametrize(
    ("carers", "apart", "expected"),
    [
        ([0, 1], [True, True], set()),
        ([0, 0], [False, False], set()),
        ([0, 0], [True, False], {"GROUP_CARERS"}),
        ([0, 0], [False, True], {"GROUP_CARERS"}),
    ],
)
def test_two_shifts_of_one_carer_are_one_carer(
    carers: list[int], apart: list[bool], expected: set[str]
) -> None:
    problem = two_carers(**IN_ORDER, carer=carers, apart=apart)
    assert broken(problem, [[(0, 60)], [(1, 120)]]) == expected


def test_independent_members_start_when_they_like_but_both_or_none() -> None:
    free = {"group": [0, 0], "offset_min_s": [0, -FOREVER_S], "offset_max_s": [0, FOREVER_S]}
    problem = two_carers(**free)
    assert broken(problem, [[(0, 2000)], [(1, 120)]]) == set()
    assert broken(problem, [[(0, 2000)], []]) == {"GROUP_WHOLE"}


def test_members_of_one_group_may_overlap_at_their_recipient() -> None:
    together: Stops = [[(0, 120)], [(1, 120)]]
    assert broken(two_carers(recipient=[0, 0], **PAIR), together) == set()
    assert broken(two_carers(recipient=[0, 0]), together) == {"RECIPIENT_OVERLAP"}


@pytest.mark.parametrize(
    ("start", "expected", "tardiness"),
    [
        (59, {"WINDOW"}, 0),
        (100, set(), 0),
        (150, set(), 50),
        (201, {"WINDOW"}, 101),
        (999, {"WINDOW"}, 899),
        (1000, set(), 0),
        (1300, set(), 100),
        (1399, set(), 199),
        (1400, set(), 0),
        (1421, {"WINDOW"}, 0),
    ],
)
def test_the_last_window_that_has_opened_governs(
    start: int, expected: set[str], tardiness: int
) -> None:
    """The third window opens while the second is still open, and closes before it."""
    problem = line_problem(
        visits=1, routes=1, early_s=[60], due_s=[100], late_s=[200], more_visit=[0, 0],
        more_early_s=[1000, 1400], more_due_s=[1200, 1450], more_late_s=[1500, 1420],
        start_place=[1],
    )  # fmt: skip
    verdict = judge(problem, [[(0, start)]])
    assert broken(problem, [[(0, start)]]) == expected
    assert verdict.tardiness_s == verdict.worst_tardiness_s == tardiness


def test_the_sums_by_hand() -> None:
    """
    The first carer: out 60, visit 60-360, on 60, waits 80, break 500-600, visit 650-950, home 120.

    The leg to the second visit comes after the break. The second carer stays at the base.
    """
    problem = two_carers(
        **PAUSE, due_s=[50, 600], overtime_from_s=[1000, 900], fixed_points=[7_000, 9_000],
        carer_points=[[300, 0], [500, 0]], weights=Weights(2, 3, 5, 11, 13, 17),
    )  # fmt: skip
    verdict = judge(problem, [[(0, 60), (BREAK, 500), (1, 670)], []])
    assert verdict.violations == ()
    assert verdict.travel_s == 60 + 60 + 120
    assert verdict.waiting_s == (500 - 360) + (670 - 660)
    assert verdict.tardiness_s == (60 - 50) + (670 - 600)
    assert verdict.worst_tardiness_s == 70
    assert verdict.overtime_s == 670 + 300 + 120 - 1000
    assert verdict.worst_idle_s == 900
    assert verdict.points == (
        2 * 240 + 3 * 150 + 5 * 80 + 11 * 70 + 13 * 90 + 17 * 900 + 7_000 + 300 + 500
    )


def test_a_plan_of_nothing_costs_what_is_left_out_and_the_idle_shift() -> None:
    problem = two_carers(drop_points=[40, 2], weights=Weights(1, 1, 1, 1, 1, 2), open_s=[0, 600])
    assert judge(problem, [[], []]).points == 42 + 2 * 3600


@pytest.mark.parametrize(
    ("stops", "waiting"),
    [
        ([(0, 900)], 0),
        ([(BREAK, 500), (0, 900)], 0),
        ([(BREAK, 500), (0, 900), (1, 1265)], 5),
        ([(0, 60), (BREAK, 400)], 40),
        ([(0, 60), (BREAK, 400), (1, 570)], 50),
    ],
)
def test_waiting_counts_after_a_visit_only(stops: list[tuple[int, int]], waiting: int) -> None:
    problem = line_problem(
        visits=2, routes=1, break_s=[100], break_early_s=[0], break_late_s=[900], break_points=[0]
    )
    verdict = judge(problem, [stops])
    assert verdict.violations == ()
    assert verdict.waiting_s == waiting


@pytest.mark.parametrize(
    ("stops", "idle"),
    [
        ([], 1000),
        ([(BREAK, 950)], 900),
        ([(0, 60)], 1000 - 420),
        ([(0, 60), (BREAK, 400)], 1000 - 520),
        ([(0, 1000)], 1360 - 420),
        ([(BREAK, 400), (0, 1000)], 1360 - 520),
    ],
)
def test_idle_is_what_the_shift_holds_beyond_work(stops: list[tuple[int, int]], idle: int) -> None:
    """The shift ends at 1000; who comes back later is idle until then."""
    problem = line_problem(
        visits=1, routes=1, break_s=[100], break_early_s=[0], break_late_s=[3000],
        break_points=[0], overtime_from_s=[1000],
    )  # fmt: skip
    assert judge(problem, [stops]).worst_idle_s == idle


def test_a_break_longer_than_the_shift_leaves_no_idle_time() -> None:
    problem = line_problem(
        visits=0, routes=1, break_s=[100], break_late_s=[0], overtime_from_s=[10]
    )
    assert judge(problem, [[(BREAK, 0)]]).worst_idle_s == 0


@pytest.mark.parametrize(
    ("stops", "paid"),
    [
        ([], 0),
        ([(0, 500)], 60 + 300 + 60),
        ([(0, 60), (1, 430)], 240 + 600 + 10),
        ([(0, 60), (BREAK, 400), (1, 570)], 240 + 600 + 50),
        ([(BREAK, 400), (0, 900), (1, 1265)], 240 + 600 + 5),
    ],
)
def test_a_route_is_paid_for_what_it_works(stops: list[tuple[int, int]], paid: int) -> None:
    """From the way out to the way back, less the break; and no less than 500 s if it has visits."""
    problem = line_problem(
        visits=2, routes=1, break_s=[100], break_early_s=[0], break_late_s=[900], break_points=[0],
        span_points=[7], least_span_s=[500], weights=Weights(0), drop_points=[0, 0],
    )  # fmt: skip
    verdict = judge(problem, [stops])
    assert verdict.violations == ()
    assert verdict.points == (7 * max(500, paid) if stops else 0)


def test_an_empty_route_has_no_travel_no_overtime_and_is_not_opened() -> None:
    """Even where it ends elsewhere, and its break outlasts the shift."""
    problem = line_problem(
        visits=1, routes=1, end_place=[1], fixed_points=[500], break_s=[100], break_late_s=[0],
        overtime_from_s=[10], weights=Weights(1, 1, 1, 1, 1, 0), drop_points=[0],
    )  # fmt: skip
    assert judge(problem, [[(BREAK, 0)]]).points == 0


@pytest.mark.parametrize(
    ("price", "stops", "points"),
    [
        (70, [], 70),
        (70, [(0, 60)], 70),
        (70, [(BREAK, 0)], 0),
        (70, [(BREAK, 0), (0, 160)], 0),
        (MUST_POINTS, [], 0),
        (MUST_POINTS, [(BREAK, 0)], 0),
    ],
)
def test_a_priced_break_may_be_missed_also_without_visits(
    price: int, stops: list[tuple[int, int]], points: int
) -> None:
    problem = line_problem(
        visits=1, routes=1, break_s=[100], break_late_s=[900], break_points=[price],
        weights=Weights(0), drop_points=[0],
    )  # fmt: skip
    verdict = judge(problem, [stops])
    assert verdict.violations == ()
    assert verdict.points == points


def test_no_break_costs_nothing_where_there_is_none() -> None:
    assert judge(line_problem(visits=0, routes=1, break_points=[70]), [[]]).points == 0


def test_the_mode_and_the_direction_of_a_leg_count() -> None:
    one_way = [[[0, 10], [20, 0]], [[0, 300], [700, 0]]]
    problem = line_problem(visits=1, routes=2, travel_s=one_way, mode=[0, 1])
    assert judge(problem, [[(0, 10)], []]).travel_s == 30
    assert judge(problem, [[], [(0, 300)]]).travel_s == 1000
    assert broken(problem, [[], [(0, 299)]]) == {"TRAVEL"}


def test_the_arguments_are_checked() -> None:
    with pytest.raises(ValueError, match="expected 2 routes"):
        judge(two_carers(), [[]])
    with pytest.raises(IndexError, match="no visit 2"):
        judge(two_carers(), [[(2, 0)], []])


@pytest.mark.parametrize("name", sorted(degenerate_problems()))
def test_a_plan_of_nothing_keeps_every_rule(name: str) -> None:
    problem = degenerate_problems()[name]
    verdict = judge(problem, [[] for _ in range(problem.routes)])
    assert verdict.violations == ()
    assert verdict.points == problem.drop_points.sum()


def test_a_due_time_before_the_window_makes_every_start_tardy() -> None:
    problem = line_problem(visits=1, routes=1, early_s=[100], due_s=[-20])
    verdict = judge(problem, [[(0, 130)]])
    assert verdict.violations == ()
    assert verdict.tardiness_s == verdict.worst_tardiness_s == 150
