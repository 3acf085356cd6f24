"""
The peers are fair opponents: their plans keep every rule and are counted as ours are.

Their plans on small problems go to :mod:`tests.judge`, which shares no code with any solver.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.drive import Stops
from bench.instances import Instance, RunFailed
from bench.peer import Peer, lacks_of_vrptw
from bench.peer_greedy import greedy_routes
from bench.peer_homecare import DAY, as_solution, day_case, judge
from bench.peer_pyvrp import PYVRP
from bench.peer_routing import DAY_START, GREEDY_START, OWN_START, mended
from bench.peer_timing import retime
from bench.peer_vroom import VROOM
from bench.peers import Case, Row, choose_peers, compare, main, summary, table
from bench.vrptw import read_problem
from fixtures.municipality import Size, day_of, generate
from scheduler.objective import Weights, load_objective
from scheduler.planner import plan_day, plan_of
from scheduler.problem import BREAK, FOREVER_S
from scheduler.travel import load_travel_settings
from tests import judge as judge_of_problems
from tests.bench.test_vrptw import SMALL
from tests.brute_force import fewest_points
from tests.random_problems import line_problem, random_problem

PAIR = {"group": [0, 0, -1], "apart": [True, True, True]}
# Rules that the greedy plan does not know.
UNKNOWN = {"gaps": False, "recipients": False}


def planned(stops: Stops) -> set[int]:
    return {visit for route in stops for visit, _ in route} - {BREAK}


@pytest.mark.parametrize("seed", range(8))
def test_routing_keeps_every_rule(seed: int) -> None:
    # A peer that breaks rules would look better than it is.
    # Those about shifts it cannot model, and says so.
    problem = random_problem(
        np.random.default_rng(seed), visits=6, routes=3, spans=False, pools=False, slack=False
    )
    stops = OWN_START.solve(problem, np.zeros(6, dtype=np.bool_), 0.3, 1)
    assert stops is not None
    assert judge_of_problems.judge(problem, stops).violations == ()


@pytest.mark.parametrize(
    "weights",
    [
        Weights(travel=1, tardiness=1),
        Weights(travel=1, worst_tardiness=20),
        Weights(travel=1, worst_idle=20),
        Weights(travel=1, overtime=5, tardiness=2),
    ],
)
def test_routing_sees_each_soft_term(weights: Weights) -> None:
    # Three visits due at once: which carer takes how many depends on the weights alone.
    problem = line_problem(
        3, 2, early_s=[0, 0, 0], due_s=[1, 2, 2], late_s=[9] * 3, duration_s=[3, 1, 2],
        travel_s=np.abs(np.arange(4)[:, None] - np.arange(4)[None])[None], close_s=[14, 14],
        overtime_from_s=[6, 9], weights=weights,
    )  # fmt: skip
    for peer in (OWN_START, GREEDY_START):
        stops = peer.solve(problem, np.ones(3, dtype=np.bool_), 1.0, 1)
        assert stops is not None
        assert judge_of_problems.judge(problem, stops).points == fewest_points(problem)


def test_a_visit_that_no_carer_may_do_is_left_out() -> None:
    problem = line_problem(2, 1, allowed=[[True], [False]])
    stops = OWN_START.solve(problem, np.zeros(2, dtype=np.bool_), 0.3, 1)
    assert stops is not None
    assert planned(stops) == {0}


def test_the_greedy_plan_puts_a_pair_on_two_routes() -> None:
    routes = greedy_routes(line_problem(3, 2, **PAIR))
    assert sorted([*routes[0], *routes[1]]) == [0, 1, 2]
    assert (0 in routes[0]) != (1 in routes[0])


def test_the_greedy_plan_leaves_out_what_costs_more_than_leaving_it() -> None:
    assert greedy_routes(line_problem(2, 1, drop_points=[100_000, 10])) == [[0]]


def test_new_starts_save_the_waiting_that_can_be_saved() -> None:
    problem = line_problem(2, 1, early_s=[0, 1000], weights=Weights(travel=1, waiting=1))
    early = (((0, 60), (1, 1000)),)
    assert judge_of_problems.judge(problem, early).waiting_s == 580
    late = retime(problem, early, 2.0)
    verdict = judge_of_problems.judge(problem, late)
    assert verdict.violations == ()
    assert verdict.waiting_s == 0


def test_new_starts_keep_a_pair_together() -> None:
    problem = line_problem(3, 2, **PAIR, early_s=[0, 0, 900], weights=Weights(1, waiting=1))
    stops = (((0, 120), (2, 900)), ((1, 120),))
    verdict = judge_of_problems.judge(problem, retime(problem, stops, 2.0))
    assert verdict.violations == ()
    assert verdict.waiting_s == 0


def test_stops_that_cannot_be_timed_stay_as_they_are() -> None:
    problem = line_problem(2, 1, late_s=[3600, 0])
    stops = (((0, 60), (1, 420)),)
    assert retime(problem, stops, 1.0) == stops


def test_a_visit_that_a_break_makes_late_is_taken_out_with_its_group() -> None:
    # Ten minutes of way from home; the break of visit 0's carer ends when that visit begins.
    problem = line_problem(3, 2, **PAIR, break_early_s=[0, 0], break_late_s=[900] * 2,
                           break_s=[600, 0])  # fmt: skip
    kept = (((BREAK, 0), (0, 660)), ((1, 660), (2, 1200)))
    assert mended(problem, kept) == kept
    late = (((BREAK, 100), (0, 660)), ((1, 660), (2, 1200)))
    assert mended(problem, late) == (((BREAK, 100),), ((2, 1200),))


def test_what_a_model_has_no_place_for_is_named() -> None:
    assert lacks_of_vrptw(read_problem(SMALL).problem) == ()
    pair = line_problem(3, 2, **PAIR)
    assert PYVRP.lacks(pair) == ("tied starts",)
    skilled = line_problem(2, 1, allowed=[[True], [False]])
    assert VROOM.lacks(skilled) == ("skills (not written here)",)
    late = line_problem(1, 1, due_s=[0], weights=Weights(1, tardiness=1, worst_idle=1))
    assert VROOM.lacks(late) == ("tardiness", "worst idle time")


@pytest.mark.parametrize(("peer", "module"), [(PYVRP, "pyvrp"), (VROOM, "vroom")])
def test_a_router_plans_a_small_instance(peer: Peer, module: str) -> None:
    pytest.importorskip(module, reason="needs make peers")
    mapped = read_problem(SMALL)
    stops = peer.solve(mapped.problem, mapped.required, 0.5, 1)
    assert stops is not None
    verdict = judge_of_problems.judge(mapped.problem, stops)
    assert verdict.violations == ()
    # Depot, customer 2, customer 1, depot: 1.4 + 3.6 + 5.0, in tenths.
    assert verdict.points == 100


def fake_case(ours: float | None) -> Case:
    """Plans cost what the number of their stops is; ours costs `ours`, or fails."""

    def plan(threads: int) -> tuple[float, str]:
        if ours is None:
            raise RunFailed(f"no plan with {threads} threads")
        return ours, ""

    return Case(read_problem(SMALL), lambda stops: (float(len(planned(stops))), ""), plan)


def fake_peer(name: str, stops: Stops | None, *lacks: str) -> Peer:
    return Peer(name, lambda _: lacks, lambda *_: stops)


def test_ratios_are_to_ours_and_gaps_to_the_best_known() -> None:
    peers = (fake_peer("two", (((0, 0), (1, 9)),)), fake_peer("none", None))
    rows = compare(lambda _: fake_case(1.0), peers, 1.0, 2, 2)
    assert [(row.solver, row.threads) for row in rows] == [
        ("two", 1), ("none", 1), ("Hemplan", 1), ("Hemplan", 2),
    ]  # fmt: skip
    lines = table(rows, 1.6).splitlines()
    assert lines[2] == "| two | 1 | 2.00 | +25.00 | 2.000 | 0.0 |  |"
    assert lines[3] == "| none | 1 |  |  |  | 0.0 | found no plan |"
    assert lines[5] == "| Hemplan | 2 | 1.00 | -37.50 | 1.000 | 0.0 |  |"


def test_a_peer_that_cannot_model_the_instance_does_not_run() -> None:
    (row, *_) = compare(lambda _: fake_case(1.0), (fake_peer("p", (), "tied starts"),), 1.0, 1, 1)
    assert (row.costs, row.remark) == ([], "cannot model: tied starts")


def test_our_own_failure_is_a_remark_and_the_peers_still_count() -> None:
    rows = compare(lambda _: fake_case(None), (fake_peer("two", (((0, 0),),)),), 1.0, 1, 1)
    assert rows[0].costs == [1.0]
    assert rows[-1].remark == "no plan with 1 threads"
    assert "| two | 1 | 1.00 |  |  |" in table(rows, None)


def test_means_compare_on_the_instances_that_both_planned() -> None:
    def rows(peer: list[float], ours: float) -> list[Row]:
        return [Row("p", 1, peer, [1.0]), Row("Hemplan", 1, [ours], [1.0])]

    lines = summary([(100.0, rows([120.0], 100.0)), (100.0, rows([], 200.0))]).splitlines()
    assert lines[2] == "| p | 1 | 1 of 2 | +20.00 | +0.00 | 1.200 |"
    assert lines[3] == "| Hemplan | 1 | 2 of 2 | +50.00 | +50.00 | 1.000 |"


def test_an_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["homecare", "XXL"]) == 2
    assert "no size XXL" in capsys.readouterr().err


def test_only_the_peers_that_are_named_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert choose_peers("vrptw", None) == (OWN_START, PYVRP, VROOM)
    assert choose_peers("vrptw", ["pyvrp", "VROOM"]) == (PYVRP, VROOM)
    assert main(["vrptw", "--peer", "LKH"]) == 2
    assert "no peer LKH for vrptw" in capsys.readouterr().err


def test_the_day_is_planned_by_routing_without_violations() -> None:
    _, _, case_of = day_case("S", 2.0)
    case = case_of(1)
    stops = DAY_START.solve(case.mapped.problem, case.mapped.required, 2.0, 1)
    assert stops is not None
    # The judge raises on a violation. A peer that plans nothing would be a straw man.
    case.judge(stops)
    assert len(planned(stops)) >= 0.9 * case.mapped.problem.visits


def test_points_from_clock_times_are_the_points_of_the_search() -> None:
    # One formula for all: on our own plan it must give what our search says.
    day, travel = day_of(generate(Size.S, 1, DAY)), load_travel_settings(DAY)
    plan = plan_day(day, travel, iterations=2000, threads=1)
    verdict = judge(day, travel, load_objective(DAY), plan)
    assert verdict.violations == []
    assert verdict.points == plan.objective


def test_a_plan_of_nothing_costs_all_its_visits() -> None:
    day, travel = day_of(generate(Size.S, 1, DAY)), load_travel_settings(DAY)
    objective = load_objective(DAY)
    nothing = as_solution(len(day.visits), tuple(() for _ in day.shifts))
    verdict = judge(day, travel, objective, plan_of(day, travel, objective, nothing, 1, 0))
    missing = [objective.left_out(visit, day.date)[1] for visit in day.visits]
    assert verdict.points == sum(missing)


@pytest.mark.shared
def test_the_greedy_start_plans_a_home_care_instance_whole(benchmarks: Path) -> None:
    from bench.peers import public_case

    path = benchmarks / "mankowska" / "InstanzCPLEX_HCSRP_25_1.json"
    case = public_case(benchmarks, Instance(path, path.stem, "mankowska", 25, None), 1.0, 1)
    stops = GREEDY_START.solve(case.mapped.problem, case.mapped.required, 1.0, 1)
    assert stops is not None
    cost, _ = case.judge(stops)
    assert cost < FOREVER_S
    without = (stops[0][1:], *stops[1:])
    with pytest.raises(RunFailed, match="violations"):
        case.judge(without)
