"""
The generated day by our engine and by OR-Tools routing, one after the other, judged alike.

    python -m bench.homecare --size M --seconds 60 [--seeds 3] [--threads 2]

Prints the objective of both after 5, 10, 30 and 60 s, as far as the seconds go, and their ratio,
ours to routing's; then what the last plans are made of. Each plan is turned into clock times,
judged by :mod:`scheduler.checker` and counted by :mod:`scheduler.score`. At the marks before the
end our points are those that the search tells; the last plan's are counted anew. A plan of routing
counts at a mark when it was found within nine tenths of that time; the last tenth sets its starts.

Each solver has a process of its own. Its clock starts when the problem is built, the same for both;
routing's model is built within its time, our kernels are loaded before.
"""

from __future__ import annotations

import argparse
import resource
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from statistics import mean
from time import perf_counter

import numpy as np

from bench.drive import Stops
from bench.peer_homecare import DAY, Verdict, as_solution, judge
from bench.peer_routing import DAY_SETTINGS, TIMING, RoutingModel, mended
from bench.peer_timing import retime
from fixtures.municipality import Size, day_of, generate
from scheduler.build import build_problem
from scheduler.followup import follow_up
from scheduler.objective import load_objective
from scheduler.planner import plan_of
from scheduler.problem import BREAK, Problem
from scheduler.solve import Progress, SolveParams, solve
from scheduler.travel import load_travel_settings

MARKS_S = (5.0, 10.0, 30.0, 60.0)
# What routing's model lacks on a generated day.
NOT_MODELLED = (
    "waiting has no cost in its search: its starts are set anew afterwards, and waiting is left "
    "out of the second sum below",
    "double staffing all or none: it may plan half a group, which is taken out at its points",
    "a break must not lie within a leg: it is moved before the leg, and a visit that this makes "
    "late is taken out",
    "two visits of a recipient that could change places keep the order of their windows",
)
NAMES = {"ours": "Hemplan", "routing": "OR-Tools routing"}


@dataclass(frozen=True, slots=True)
class Run:
    """
    One solver on one day.

    Parameters
    ----------
    points
        Mark in seconds -> points of the best plan by then; without it where there was none.
    verdict
        On the last plan; None where there is none.
    care_time_share
        Care / paid time of the last plan, in [0, 1]; 0 when it breaks a rule.
    build_s, wall_s
        Building the problem; solving.
    peak_mb
        Largest memory of the process.
    visits, shifts
        Of the day.
    """

    points: dict[float, int]
    verdict: Verdict | None
    care_time_share: float
    build_s: float
    wall_s: float
    peak_mb: float
    visits: int
    shifts: int


def marks_of(seconds: float) -> tuple[float, ...]:
    """The marks before the end, and the end."""
    return (*(mark for mark in MARKS_S if mark < seconds), seconds)


def by_marks(found: Sequence[tuple[float, int]], marks: Sequence[float]) -> dict[float, int]:
    """Mark -> fewest points found by then, of ``(seconds, points)`` in any order."""
    by = {mark: [points for at, points in found if at <= mark] for mark in marks}
    return {mark: min(points) for mark, points in by.items() if points}


def plan_ours(
    problem: Problem, seconds: float, threads: int, seed: int, _: Callable[[Stops], int]
) -> tuple[dict[float, int], Stops | None]:
    """Points by mark as the search tells them, and the last plan."""
    found: list[tuple[float, int]] = []
    began = perf_counter()

    def on_progress(progress: Progress) -> None:
        found.append((perf_counter() - began, progress.objective))

    params = SolveParams(seconds, threads=threads, seed=seed, explain=False)
    stops = solve(problem, params, on_progress).stops
    return by_marks(found, marks_of(seconds)[:-1]), stops


def plan_by_routing(
    problem: Problem, seconds: float, threads: int, seed: int, count: Callable[[Stops], int]
) -> tuple[dict[float, int], Stops | None]:
    """Points by mark of plans with their starts set anew, and the best; routing has no seed."""
    del threads, seed
    began, kept = perf_counter(), dict[float, Stops]()

    def on_plan(stops: Stops) -> None:
        at = perf_counter() - began
        kept.update({m: stops for m in marks_of(seconds) if at <= (1 - TIMING) * m})

    nobody = np.zeros(problem.visits, dtype=np.bool_)
    model = RoutingModel(problem, nobody, DAY_SETTINGS)
    rest = (1 - TIMING) * seconds - (perf_counter() - began)
    last = model.search(rest, None, on_plan) if rest > 0 else None
    # Out of time before its first plan, routing returns one that visits nobody.
    if last is not None and any(visit != BREAK for route in last for visit, _ in route):
        kept[seconds] = last
    timed = {
        mark: mended(problem, retime(problem, stops, TIMING * mark)) for mark, stops in kept.items()
    }
    counted = {mark: count(stops) for mark, stops in timed.items()}
    # Routing's own cost knows no waiting: an earlier plan may be the better one.
    points = by_marks(list(counted.items()), marks_of(seconds))
    return points, timed[min(counted, key=lambda mark: counted[mark])] if counted else None


SOLVERS = {"ours": plan_ours, "routing": plan_by_routing}


def measure(solver: str, size: str, seed: int, seconds: float, threads: int) -> Run:
    """Plan one day by one solver in this process."""
    travel, objective = load_travel_settings(DAY), load_objective(DAY)
    if solver == "ours":
        tiny = build_problem(day_of(generate(Size.S, 1, DAY)), travel, objective)
        solve(tiny, SolveParams(iterations=100, threads=1))
    day = day_of(generate(Size[size], seed, DAY))
    began = perf_counter()
    problem = build_problem(day, travel, objective)
    build_s = perf_counter() - began

    def verdict_on(stops: Stops) -> Verdict:
        solution = as_solution(problem.visits, stops)
        return judge(day, travel, objective, plan_of(day, travel, objective, solution, seed, 0))

    began = perf_counter()
    points, stops = SOLVERS[solver](
        problem, seconds, threads, seed, lambda stops: verdict_on(stops).points
    )
    wall_s = perf_counter() - began
    verdict, share = None, 0.0
    if stops is not None:
        verdict = verdict_on(stops)
        points[seconds] = verdict.points
        if not verdict.violations:
            share = float(follow_up(day, verdict.plan).total.care_time_share or 0)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Run(
        points, verdict, share, build_s, wall_s, peak_mb, problem.visits, problem.routes
    )  # fmt: skip


def ratios(ours: Run, peer: Run) -> dict[float, float]:
    """Mark -> our points / theirs, where both have a plan that keeps every hard rule."""
    sound = [run.verdict is not None and not run.verdict.violations for run in (ours, peer)]
    if not all(sound):
        return {}
    return {
        mark: ours.points[mark] / peer.points[mark] for mark in ours.points if peer.points.get(mark)
    }


def trace_table(runs: dict[str, Run], seconds: float) -> str:
    """Points at each mark, and the ratio."""
    marks = marks_of(seconds)
    ratio = ratios(runs["ours"], runs["routing"])
    lines = [
        "| points after | " + " | ".join(f"{mark:g} s" for mark in marks) + " |",
        "|---|" + "---|" * len(marks),
    ]
    for name, run in runs.items():
        shown = (f"{run.points[mark]:,}" if mark in run.points else "no plan" for mark in marks)
        lines.append(f"| {NAMES[name]} | " + " | ".join(shown) + " |")
    shown = (f"{ratio[mark]:.3f}" if mark in ratio else "" for mark in marks)
    lines.append("| ratio | " + " | ".join(shown) + " |")
    return "\n".join(lines)


def plan_table(runs: dict[str, Run]) -> str:
    """What the last plans are made of."""
    lines = [
        "| last plan | points | without waiting | left out by priority | violations "
        "| care-time share | travel, min | wall, s | peak, MB |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, run in runs.items():
        verdict = run.verdict
        if verdict is None:
            lines.append(
                f"| {NAMES[name]} | no plan | | | | | | {run.wall_s:.1f} | {run.peak_mb:.0f} |"
            )
            continue
        seen = verdict.points - verdict.terms["waiting"].points
        left_out = " / ".join(map(str, verdict.left_out.values()))
        lines.append(
            f"| {NAMES[name]} | {verdict.points:,} | {seen:,} | {left_out} | "
            f"{len(verdict.violations)} | {run.care_time_share:.1%} | "
            f"{verdict.minutes('travel')} | {run.wall_s:.1f} | {run.peak_mb:.0f} |"
        )
    return "\n".join(lines)


def alone(solver: str, size: str, seed: int, seconds: float, threads: int) -> Run:
    """:func:`measure` in a process of its own, so that memory and warmth are the solver's own."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(measure, solver, size, seed, seconds, threads).result()


def main(argv: list[str] | None = None) -> int:
    """Exit status 1 when our own plan breaks a hard rule, else 0."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.homecare",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--size", default="M", choices=[size.value for size in Size])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2, help="of ours; routing has one")
    given = parser.parse_args(argv)
    print("OR-Tools routing, one thread. What its model lacks:")
    print("\n".join(f"* {part}" for part in NOT_MODELLED), flush=True)
    found: list[dict[float, float]] = []
    broken = False
    for seed in range(1, given.seeds + 1):
        runs = {
            solver: alone(solver, given.size, seed, given.seconds, given.threads)
            for solver in SOLVERS
        }
        ours = runs["ours"]
        broken |= ours.verdict is None or bool(ours.verdict.violations)
        print(
            f"\n**{given.size}, seed {seed}: {ours.visits} visits, {ours.shifts} shifts; the "
            f"problem is built in {ours.build_s:.1f} s, which is in neither's time**\n"
        )
        print(trace_table(runs, given.seconds))
        print(f"\n{plan_table(runs)}", flush=True)
        found.append(ratios(ours, runs["routing"]))
    if len(found) > 1:
        for mark in marks_of(given.seconds):
            there = [ratio[mark] for ratio in found if mark in ratio]
            if there:
                print(f"\nMean ratio at {mark:g} s, {len(there)} seeds: {mean(there):.3f}")
    return int(broken)


if __name__ == "__main__":
    raise SystemExit(main())
