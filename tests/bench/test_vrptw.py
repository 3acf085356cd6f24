"""
Vehicle routing with time windows: both conventions counted as the public checker counts them.

The published solutions need the public instances; skipped with a message without them, never in CI.
"""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from bench.drive import BadInstance, Mapped
from bench.vrptw import read_problem, write_solution
from tests.bench.shared_checkers import best_known, load_checker, run_program
from tests.judge import judge

# Legs: depot-1 is 5, depot-2 and 1-2 are 1.41 and 3.61 before rounding.
SMALL = """tiny

VEHICLE
NUMBER     CAPACITY
  2         10

CUSTOMER
CUST NO.   XCOORD.   YCOORD.    DEMAND   READY TIME   DUE DATE   SERVICE TIME

    0          0      0           0       0         100           0
    1          3      4           6      20          30          10
    2          1      1           4       0          20           5
"""
PUBLISHED = ["solomon/R101", "gehring_homberger/C1_2_1"]


def earliest(mapped: Mapped, tours: list[list[int]]) -> list[list[tuple[int, int]]]:
    """Stops of the tours (customer numbers), each visit as early as it can be."""
    p = mapped.problem
    stops: list[list[tuple[int, int]]] = [[] for _ in range(p.routes)]
    for k, tour in enumerate(tours):
        at, free = 0, int(p.open_s[k])
        for customer in tour:
            v = customer - 1
            start = max(free + int(p.travel_s[0, at, customer]), int(p.early_s[v]))
            stops[k].append((v, start))
            at, free = customer, start + int(p.duration_s[v])
    return stops


def test_dimacs_cuts_legs_to_tenths() -> None:
    mapped = read_problem(SMALL)
    assert mapped.problem.travel_s.tolist() == [[[0, 50, 14], [50, 0, 36], [14, 36, 0]]]
    verdict = judge(mapped.problem, earliest(mapped, [[2, 1]]))
    assert verdict.violations == ()
    assert verdict.points / mapped.scale == pytest.approx(10.0)


def test_double_rounds_up_and_counts_vehicles_first() -> None:
    mapped = read_problem(SMALL, convention="double")
    legs = mapped.problem.travel_s[0]
    assert legs[0, 1] == 50_000
    assert legs[0, 2] == math.ceil(math.sqrt(2) * 10_000)
    one = judge(mapped.problem, earliest(mapped, [[2, 1]]))
    two = judge(mapped.problem, earliest(mapped, [[2], [1]]))
    exact = math.sqrt(2) + math.sqrt(13) + 5
    assert one.points / mapped.scale == pytest.approx(100 + exact, abs=3e-4)
    assert two.points / mapped.scale == pytest.approx(200 + 10 + 2 * math.sqrt(2), abs=3e-4)


def test_windows_capacity_and_the_depots_due_date_are_hard() -> None:
    mapped = read_problem(SMALL)
    late = judge(mapped.problem, earliest(mapped, [[1, 2]]))
    assert [v.split()[0] for v in late.violations] == ["WINDOW"]
    small = read_problem(SMALL.replace("  2         10", "  2          9"))
    full = judge(small.problem, earliest(small, [[2, 1]]))
    assert [v.split()[0] for v in full.violations] == ["CAPACITY"]
    closing = read_problem(SMALL.replace("100           0", " 34           0"))
    back = judge(closing.problem, earliest(closing, [[2, 1]]))
    assert [v.split()[0] for v in back.violations] == ["SHIFT"]


def test_empty_routes_are_not_written() -> None:
    mapped = read_problem(SMALL)
    assert write_solution(mapped, [[], [(1, 14), (0, 200)]]) == "Route #1: 2 1\nCost 10.0\n"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("VEHICLE\n", "LORRY\n", "line 3: expected VEHICLE"),
        ("  2         10", "  2", "line 5: expected 2 numbers"),
        ("  2         10", "  2.5         10", "line 5: expected 1 to 10000 vehicles"),
        ("    2          1      1", "    2          1", "line 12: expected 7 numbers"),
        ("    2          1      1", "    2          1      x", "line 12: expected 7 numbers"),
        ("    2          1      1", "    2          1      nan", "line 12: expected 7 numbers"),
        ("    2          1      1", "    3          1      1", "line 12: expected customer number"),
        ("6      20 ", "6      40 ", "line 11: expected a ready time"),
        ("6      20 ", "-6      20 ", "line 11: expected demand and times"),
    ],
)
def test_a_broken_line_is_told(old: str, new: str, told: str) -> None:
    assert old in SMALL
    with pytest.raises(BadInstance) as refused:
        read_problem(SMALL.replace(old, new))
    assert [fault.startswith(told) for fault in refused.value.faults] == [True]


@pytest.mark.parametrize("text", ["", "tiny\n", SMALL[: SMALL.index("    0  ")]])
def test_a_file_that_ends_early_is_told(text: str) -> None:
    with pytest.raises(BadInstance, match="ends before"):
        read_problem(text)


@pytest.mark.shared
@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_solution_costs_what_is_published(name: str, benchmarks: Path) -> None:
    checker = load_checker(benchmarks, "check_vrptw")
    text = (benchmarks / f"{name}.txt").read_text(encoding="utf-8")
    tours, stated = checker.read_solution(
        (benchmarks / "solutions" / f"{Path(name).name}.sol").read_text(encoding="utf-8")
    )
    mapped = read_problem(text)
    stops = earliest(mapped, tours)
    verdict = judge(mapped.problem, stops)
    assert verdict.violations == ()
    best = float(best_known(benchmarks, Path(name).name, "vrptw_distance_dimacs"))
    assert verdict.points / mapped.scale == pytest.approx(best) == pytest.approx(stated)
    written, cost = checker.read_solution(write_solution(mapped, stops))
    assert written == tours
    assert cost == stated


@pytest.mark.shared
@pytest.mark.parametrize("name", PUBLISHED)
def test_double_judges_a_published_solution_as_the_checker(name: str, benchmarks: Path) -> None:
    """Those made for tenths may be late unrounded; then both say so."""
    checker = load_checker(benchmarks, "check_vrptw")
    text = (benchmarks / f"{name}.txt").read_text(encoding="utf-8")
    tours, _ = checker.read_solution(
        (benchmarks / "solutions" / f"{Path(name).name}.sol").read_text(encoding="utf-8")
    )
    bad, distance, used = checker.check(*checker.read_instance(text), tours, "double")
    mapped = read_problem(text, convention="double")
    stops = earliest(mapped, tours)
    verdict = judge(mapped.problem, stops)
    assert bool(verdict.violations) == bool(bad)
    legs = sum(len(tour) + 1 for tour in tours)
    assert 0 <= verdict.travel_s / mapped.scale - distance <= legs / mapped.scale
    assert verdict.points - verdict.travel_s == used * mapped.problem.fixed_points[0]
    _, cost = checker.read_solution(write_solution(mapped, stops))
    assert cost == pytest.approx(distance, abs=1e-4)


@pytest.mark.alone
@pytest.mark.shared
@pytest.mark.parametrize("convention", ["dimacs", "double"])
def test_the_public_checker_accepts_the_plan(
    convention: str, benchmarks: Path, tmp_path: Path
) -> None:
    checker, out = load_checker(benchmarks, "check_vrptw"), tmp_path / "C101.sol"
    run = run_program(
        "vrptw", "C101", "--data", benchmarks, "--out", out, "--seconds", 1,
        "--convention", convention,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    text = (benchmarks / "solomon" / "C101.txt").read_text(encoding="utf-8")
    tours, stated = checker.read_solution(out.read_text(encoding="utf-8"))
    bad, distance, _ = checker.check(*checker.read_instance(text), tours, convention)
    assert not bad
    assert stated == pytest.approx(distance, abs=0.051)
