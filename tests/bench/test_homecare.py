"""The generated day by both solvers: the same sum for both, and ratios that say who is better."""

from __future__ import annotations

import pytest

from bench import homecare
from bench.homecare import (
    Run,
    by_marks,
    main,
    marks_of,
    measure,
    plan_by_routing,
    plan_table,
    ratios,
    trace_table,
)
from bench.peer_homecare import DAY, as_solution, judge
from fixtures.municipality import Size, day_of, generate
from scheduler.build import build_problem
from scheduler.objective import load_objective
from scheduler.planner import plan_of
from scheduler.travel import load_travel_settings

OBJECTIVE, TRAVEL = load_objective(DAY), load_travel_settings(DAY)
SMALL = day_of(generate(Size.S, 1, DAY))


def run_of(points: dict[float, int]) -> Run:
    """A run whose last plan is that of nobody coming, which breaks no rule."""
    day, travel, objective = SMALL, TRAVEL, OBJECTIVE
    nothing = as_solution(len(day.visits), tuple(() for _ in day.shifts))
    verdict = judge(day, travel, objective, plan_of(day, travel, objective, nothing, 1, 0))
    assert verdict.violations == []
    return Run(points, verdict, 0.5, 0.1, 3.0, 100.0, len(day.visits), len(day.shifts))


def test_marks_end_with_the_seconds_that_were_given() -> None:
    assert marks_of(60) == (5, 10, 30, 60)
    assert marks_of(7) == (5, 7)
    assert marks_of(2) == (2,)


def test_a_mark_has_the_best_plan_found_by_then() -> None:
    found = [(1.0, 90), (6.0, 80), (7.0, 85), (40.0, 10)]
    assert by_marks(found, (0.5, 5, 10, 30)) == {5: 90, 10: 80, 30: 80}


def test_the_ratio_is_ours_to_theirs_where_both_have_a_plan() -> None:
    ours, peer = run_of({5: 300, 10: 200, 20: 90}), run_of({10: 400, 20: 100})
    assert ratios(ours, peer) == {10: 0.5, 20: 0.9}
    lines = trace_table({"ours": ours, "routing": peer}, 20).splitlines()
    assert lines[2] == "| Hemplan | 300 | 200 | 90 |"
    assert lines[3] == "| OR-Tools routing | no plan | 400 | 100 |"
    assert lines[4] == "| ratio |  | 0.500 | 0.900 |"


def test_a_plan_that_breaks_a_rule_has_no_ratio() -> None:
    """Points saved by breaking rules are not saved."""
    ours, peer = run_of({5: 300}), run_of({5: 200})
    assert peer.verdict is not None
    peer.verdict.violations.append(object())  # type: ignore[arg-type]
    assert ratios(ours, peer) == {}
    assert "| 1 |" in plan_table({"ours": ours, "routing": peer}).splitlines()[-1]


def test_both_solvers_plan_a_day_without_violations() -> None:
    """Size S in a second each: the same day, judged alike; nearly all of it planned."""
    ours, peer = (measure(solver, "S", 1, 1.5, 1) for solver in ("ours", "routing"))
    assert (ours.visits, ours.shifts) == (peer.visits, peer.shifts) == (85, 11)
    for run in (ours, peer):
        assert run.verdict is not None
        assert run.verdict.violations == []
        assert sum(run.verdict.left_out.values()) <= 8
        assert run.points[1.5] == run.verdict.points
        assert 0.4 < run.care_time_share < 0.55
    assert ratios(ours, peer) == {1.5: ours.points[1.5] / peer.points[1.5]}


def test_routing_counts_at_a_mark_what_it_had_found_by_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(homecare, "MARKS_S", (1.0,))
    day, travel = SMALL, TRAVEL
    problem = build_problem(day, travel, OBJECTIVE)

    def count(stops: object) -> int:
        solution = as_solution(problem.visits, stops)  # type: ignore[arg-type]
        return judge(day, travel, OBJECTIVE, plan_of(day, travel, OBJECTIVE, solution, 1, 0)).points

    points, stops = plan_by_routing(problem, 3.0, 1, 1, count)
    assert list(points) == [1.0, 3.0]
    assert points[3.0] <= points[1.0]
    assert stops is not None
    assert count(stops) == points[3.0]


@pytest.mark.alone
def test_the_program_says_what_routing_lacks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = {"ours": run_of({5.0: 100}), "routing": run_of({5.0: 200})}
    monkeypatch.setattr(homecare, "alone", lambda solver, *_: runs[solver])
    assert main(["--size", "S", "--seconds", "5", "--seeds", "2"]) == 0
    printed = capsys.readouterr().out
    assert "waiting has no cost in its search" in printed
    assert "Mean ratio at 5 s, 2 seeds: 0.500" in printed
