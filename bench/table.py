"""
Gaps to the best known of a set of public instances, each solution judged by the public checker.

    python -m bench.table SET [--seconds 10] [--threads 2] [--seeds 3] [--out DIR] [--best DIR]
        [--jobs 1] [NAME ...]

SET is one of the groups below, a folder of the instances, or all. NAME, a part of an instance's
path, narrows it. Prints one Markdown row per instance and the mean of each folder. With `--out` the
table is also written there, with the runs as ``runs.csv``, their traces, and the charts of
:mod:`bench.charts` (needs ``make peers``). Runs go one after the other; `--jobs` above 1 lets them
take time from each other and is said in the heading.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from bench.best import keep
from bench.instances import (
    PROGRAM,
    Instance,
    RunFailed,
    cost_of,
    data_folder,
    load_instances,
    run_ours,
)

# Set -> parts of "folder/file name" that belong to it.
SETS: dict[str, tuple[str, ...]] = {
    # Too few carers per service, so lateness cannot be avoided.
    "tight": (
        "mankowska/InstanzCPLEX_HCSRP_50_1.", "mankowska/InstanzCPLEX_HCSRP_50_6.",
        "mankowska/InstanzCPLEX_HCSRP_75_1.", "mankowska/InstanzCPLEX_HCSRP_75_4.",
        "mankowska/InstanzCPLEX_HCSRP_75_10.", "mankowska/InstanzVNS_HCSRP_100_1.",
    ),
    "mixed": (
        "mankowska/InstanzCPLEX_HCSRP_25_1.", "mankowska/InstanzCPLEX_HCSRP_50_1.",
        "mankowska/InstanzCPLEX_HCSRP_75_1.", "mankowska/InstanzVNS_HCSRP_100_1.",
        "mankowska/InstanzVNS_HCSRP_200_1.", "mankowska/InstanzVNS_HCSRP_300_1.",
        "kummer/HHCRSP_100_20_10_1.2_R_C.", "italian/instance_020-cesena",
    ),
    "mankowska-ab": ("mankowska/InstanzCPLEX_HCSRP_10_", "mankowska/InstanzCPLEX_HCSRP_25_"),
    "mankowska-cd": ("mankowska/InstanzCPLEX_HCSRP_50_", "mankowska/InstanzCPLEX_HCSRP_75_"),
    "mankowska-efg": ("mankowska/InstanzVNS_",),
    "mankowska": ("mankowska/",),
    "kummer": ("kummer/",),
    "italian": ("italian/",),
    "hhcrsp": ("mankowska/", "kummer/", "italian/"),
    "uhhc": ("uhhc/",),
    "solomon": ("solomon/",),
    "homberger": ("gehring_homberger/",),
    "vrptw": ("solomon/", "gehring_homberger/"),
    "all": tuple(f"{folder}/" for folder in PROGRAM),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """One seed on one instance; `cost` is None where `failure` says why."""

    instance: Instance
    seed: int
    cost: float | None
    failure: str
    trace: tuple[tuple[float, float, int], ...]

    @property
    def gap(self) -> float | None:
        """Percent above the best known."""
        known = self.instance.best_known
        return None if self.cost is None or not known else 100 * (self.cost / known - 1)


def choose(instances: list[Instance], kind: str, names: list[str]) -> list[Instance]:
    """The instances of the set whose path holds one of the names, if there are names."""
    chosen = []
    for instance in instances:
        path = f"{instance.folder}/{instance.path.name}"
        wanted = any(path.startswith(part) for part in SETS[kind])
        if wanted and (not names or any(name in path for name in names)):
            chosen.append(instance)
    return chosen


def read_trace(path: Path) -> tuple[tuple[float, float, int], ...]:
    """Rows of (seconds, cost, moves); none when the file is not there."""
    if not path.is_file():
        return ()
    with path.open(encoding="utf-8") as file:
        return tuple(
            (float(row["elapsed_s"]), float(row["objective"]), int(row["moves"]))
            for row in csv.DictReader(file)
        )


def run_one(
    data: Path,
    instance: Instance,
    seconds: float,
    threads: int,
    seed: int,
    traces: Path | None,
    best: Path | None = None,
) -> Run:
    """Plan, then let the checker judge; a failure is kept, not raised."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "solution"
        trace = traces and traces / f"{instance.name}_{seed}.csv"
        try:
            run_ours(instance, seconds, threads, seed, out, trace)
            cost = cost_of(data, instance, out)
        except RunFailed as error:
            return Run(instance, seed, None, str(error), ())
        if best:
            command = (
                f"python -m bench.{instance.program} {instance.name} --seconds {seconds:g} "
                f"--threads {threads} --seed {seed}"
            )
            keep(best, instance, out, cost, command)
        return Run(instance, seed, cost, "", read_trace(trace) if trace else ())


HEAD = (
    "| instance | size | best known | mean cost | gap of the seeds, % | mean gap, % | spread |\n"
    "|---|---|---|---|---|---|---|"
)


def row(runs: list[Run]) -> str:
    """The seeds of one instance; the spread is from the best to the worst gap, in points."""
    instance = runs[0].instance
    known = "none" if instance.best_known is None else f"{instance.best_known:.2f}"
    failures = [f"seed {run.seed}: {run.failure}" for run in runs if run.failure]
    if failures:
        return f"| {instance.name} | {instance.size} | {known} | {'; '.join(failures)} | | | |"
    costs = [run.cost for run in runs if run.cost is not None]
    gaps = [run.gap for run in runs if run.gap is not None]
    shown = " / ".join(f"{gap:+.2f}" for gap in gaps)
    return (
        f"| {instance.name} | {instance.size} | {known} | {mean(costs):.2f} | {shown} "
        f"| {mean(gaps):+.2f} | {max(gaps) - min(gaps):.2f} |"
    )


def means(table: list[list[Run]]) -> list[str]:
    """A row per folder and, with several, one for all; without instances of which a seed failed."""
    by_folder: dict[str, list[list[float]]] = {}
    for runs in table:
        gaps = [run.gap for run in runs if run.gap is not None]
        if len(gaps) == len(runs):
            by_folder.setdefault(runs[0].instance.folder, []).append(gaps)
    groups = list(by_folder.items())
    if len(groups) > 1:
        groups.append(("all", [gaps for group in by_folder.values() for gaps in group]))
    return [
        f"| **{name}, mean of {len(group)}** | | | | | **{mean(map(mean, group)):+.2f}** "
        f"| **{mean(max(gaps) - min(gaps) for gaps in group):.2f}** |"
        for name, group in groups
    ]


def write_runs(path: Path, table: list[list[Run]]) -> None:
    """One CSV row per run."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("set", "instance", "size", "seed", "best_known", "cost", "gap_percent"))
        for run in (run for runs in table for run in runs):
            i = run.instance
            rows.writerow((i.folder, i.name, i.size, run.seed, i.best_known, run.cost, run.gap))


def main(argv: list[str] | None = None) -> int:
    """Exit status 2 when there is nothing to run, 1 when a run failed, else 0."""
    arguments = _arguments(argv)
    try:
        data = data_folder(arguments.data)
        draw = _draw() if arguments.out else None
    except RunFailed as error:
        print(error, file=sys.stderr)
        return 2
    chosen = choose(load_instances(data), arguments.set, arguments.names)
    skipped = [instance.name for instance in chosen if instance.best_known is None]
    chosen = [instance for instance in chosen if instance.best_known is not None]
    if not chosen:
        print(f"no instance of {arguments.set} with a best known cost is chosen", file=sys.stderr)
        return 2
    out: Path | None = arguments.out
    if out:
        (out / "traces").mkdir(parents=True, exist_ok=True)
    lines: list[str] = []

    def say(line: str) -> None:
        lines.append(line)
        print(line, flush=True)

    beside = f", {arguments.jobs} runs at a time" if arguments.jobs > 1 else ""
    say(f"{arguments.seconds:g} s, {arguments.threads} threads, {arguments.seeds} seeds{beside}\n")
    say(HEAD)
    table: list[list[Run]] = []
    with ThreadPoolExecutor(arguments.jobs) as pool:
        for instance in chosen:
            seeds = range(1, arguments.seeds + 1)
            table.append(list(pool.map(
                lambda seed, instance=instance: run_one(
                    data, instance, arguments.seconds, arguments.threads, seed,
                    out and out / "traces", arguments.best,
                ),
                seeds,
            )))  # fmt: skip
            say(row(table[-1]))
    for line in means(table):
        say(line)
    if skipped:
        say(f"\nSkipped, no best known cost is published: {', '.join(skipped)}.")
    if out and draw:
        (out / "table.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
        write_runs(out / "runs.csv", table)
        for path in draw([run for runs in table for run in runs], arguments.seconds, out):
            print(f"wrote {path.name}")
    return int(any(run.failure for runs in table for run in runs))


def _draw() -> Callable[[list[Run], float, Path], list[Path]]:
    """The charts, asked for before the runs, so that no run is lost to a missing library."""
    try:
        from bench.charts import draw
    except ModuleNotFoundError as error:
        raise RunFailed(
            f"{error.name} is not installed; run make peers, or leave out --out"
        ) from None
    return draw


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.table",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("set", choices=sorted(SETS))
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time")
    parser.add_argument("--out", type=Path, help="folder for table, runs, traces and charts")
    parser.add_argument("--best", type=Path, help="folder that keeps new best solutions")
    parser.add_argument("--data", type=Path)
    return parser.parse_intermixed_args(argv)


if __name__ == "__main__":
    raise SystemExit(main())
