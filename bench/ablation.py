"""
What each component of the engine adds: the whole engine beside engines without one, in one run.

    python -m bench.ablation [--seconds 6] [--seeds 3] [--jobs 2] [--data DIR] [COMPONENT ...]

Each run has one thread; `--jobs` runs at a time. Prints a Markdown row per component: by how much
the points grow without it, in percent of the whole engine's, on average of each family's instances
and with the standard error over all runs; a component that adds nothing has a row around 0.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from statistics import mean, stdev

from bench.instances import RunFailed, data_folder, family_of, load_instances
from fixtures.municipality import Size, day_of, generate
from scheduler.build import build_problem
from scheduler.objective import load_objective
from scheduler.problem import Problem
from scheduler.solve import SolveParams, solve
from scheduler.solve.params import Moves
from scheduler.travel import load_travel_settings

DAY = date(2026, 3, 4)
# Per family, a column each: beginnings of "folder/file name". A generated day has a size.
FAMILIES: dict[str, tuple[str, ...]] = {
    "HHCRSP": (
        "mankowska/InstanzCPLEX_HCSRP_75_1.", "mankowska/InstanzVNS_HCSRP_100_3.",
        "mankowska/InstanzVNS_HCSRP_200_7.", "kummer/HHCRSP_100_20_54", "kummer/HHCRSP_300_60_7",
        "italian/instance_014",
    ),
    "UHHC": ("uhhc/i-100", "uhhc/i-316"),
    "VRPTW": ("solomon/RC204", "gehring_homberger/R1_2_3", "gehring_homberger/RC2_2_2"),
    "home care": ("S", "M"),
}  # fmt: skip
WHOLE = "the whole engine"


def components() -> dict[str, SolveParams]:
    """Name -> the engine without it."""
    whole = SolveParams(threads=1, explain=False)
    rows = {WHOLE: whole}
    for field in fields(Moves):
        rows[f"without {field.name}"] = replace(whole, moves=Moves(**{field.name: 0}))
    rows["one anneal"] = replace(whole, anneals=1)
    rows["without children"] = replace(whole, children=0.0)
    rows["without a least heat"] = replace(whole, hot_legs=2e-6, cold_legs=1e-6)
    return rows


@dataclass(frozen=True, slots=True)
class Job:
    """One run of one component on one instance."""

    family: str
    name: str
    path: Path | None
    params: SolveParams


def problem_of(job: Job) -> Problem:
    """A public instance, or a generated day."""
    if job.path is None:
        day = day_of(generate(Size(job.name), 1, DAY))
        return build_problem(day, load_travel_settings(DAY), load_objective(DAY))
    program = {"HHCRSP": "hhcrsp", "UHHC": "uhhc", "VRPTW": "vrptw"}[job.family]
    return family_of(program).read_problem(job.path.read_text(encoding="utf-8")).problem


def points_of(job: Job) -> int:
    """Points of the best plan."""
    return solve(problem_of(job), job.params).points


def jobs_of(data: Path, component: SolveParams, seconds: float, seeds: int) -> list[Job]:
    """All runs of a component."""
    instances = load_instances(data)
    jobs = []
    for family, names in FAMILIES.items():
        for name in names:
            paths: list[Path | None] = [None]
            if family != "home care":
                paths = [i.path for i in instances if f"{i.folder}/{i.path.name}".startswith(name)][
                    :1
                ]
                if not paths:
                    raise RunFailed(f"no instance begins with {name}")
            jobs += [
                Job(family, name, paths[0], replace(component, seconds=seconds, seed=seed))
                for seed in range(1, seeds + 1)
            ]
    return jobs


def row(name: str, jobs: list[Job], points: list[int], whole: dict[str, float]) -> str:
    """Growth against the means of the whole engine by instance."""
    growth = [100 * (p / whole[job.name] - 1) for job, p in zip(jobs, points, strict=True)]
    cells = [
        mean(g for job, g in zip(jobs, growth, strict=True) if job.family == family)
        for family in FAMILIES
    ]
    error = stdev(growth) / len(growth) ** 0.5
    return f"| {name} | " + " | ".join(f"{c:+.2f}" for c in cells) + f" | {error:.2f} |"


def main(argv: list[str] | None = None) -> int:
    """Exit status 2 when instances are missing, else 0."""
    arguments = _arguments(argv)
    known = components()
    chosen = [WHOLE, *(name for name in arguments.components or known if name != WHOLE)]
    strange = [name for name in chosen if name not in known]
    if strange:
        print(f"no component {', '.join(strange)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    try:
        data = data_folder(arguments.data)
        jobs = {n: jobs_of(data, known[n], arguments.seconds, arguments.seeds) for n in chosen}
    except RunFailed as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{arguments.seconds:g} s, 1 thread, {arguments.seeds} seeds, {arguments.jobs} at a time")
    print(f"\n| engine | {' | '.join(FAMILIES)} | standard error |\n|---|---|---|---|---|---|")
    whole: dict[str, float] = {}
    with ProcessPoolExecutor(arguments.jobs) as pool:
        for name in chosen:
            points = list(pool.map(points_of, jobs[name]))
            if not whole:
                for job in jobs[name]:
                    whole[job.name] = mean(
                        p for j, p in zip(jobs[name], points, strict=True) if j.name == job.name
                    )
            print(row(name, jobs[name], points, whole), flush=True)
    return 0


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.ablation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("components", nargs="*", metavar="COMPONENT")
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time")
    parser.add_argument("--data", type=Path)
    return parser.parse_args(argv)


if __name__ == "__main__":
    raise SystemExit(main())
