"""
Gap to the best known on public home-care instances, each solution judged by the public checker.

    python -m bench.quality [--data DIR] [--seconds 10] [--threads 2] [--seeds 3] [NAME ...]

NAME is a part of an instance's path, e.g. ``mankowska/InstanzVNS_HCSRP_100``; without any, a small
mixed set runs. Prints one row per instance and the mean gap, as Markdown.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import mean

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "benchmarks"
SETS = ("mankowska", "kummer", "italian")
MIXED = (
    "mankowska/InstanzCPLEX_HCSRP_25_1.json",
    "mankowska/InstanzCPLEX_HCSRP_50_1.json",
    "mankowska/InstanzCPLEX_HCSRP_75_1.json",
    "mankowska/InstanzVNS_HCSRP_100_1.json",
    "mankowska/InstanzVNS_HCSRP_200_1.json",
    "mankowska/InstanzVNS_HCSRP_300_1.json",
    "kummer/HHCRSP_100_20_10_1.2_R_C.json",
    "italian/instance_020-cesena-r15-p78-s3-sim23.4-seq24.3.json",
)


def best_known(data: Path) -> dict[str, float]:
    """Instance name -> best known cost."""
    with (data / "best_known.csv").open(encoding="utf-8") as file:
        return {
            row["instance"]: float(row["best_known"])
            for row in csv.DictReader(file)
            if row["objective"] == "hhcrsp_cost" and row["best_known"]
        }


def plan_and_check(instance: Path, checker: Path, seconds: float, threads: int, seed: int) -> float:
    """Cost of our solution as the public checker counts it; raises when it is not feasible."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "solution.json"
        command = [sys.executable, "-m", "bench.hhcrsp", str(instance), "--out", str(out)]
        subprocess.run(
            [*command, f"--seconds={seconds}", f"--threads={threads}", f"--seed={seed}"],
            cwd=ROOT, check=True, capture_output=True,
        )  # fmt: skip
        verdict = subprocess.run(
            [sys.executable, str(checker), str(instance), str(out), "--json"],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
    return float(json.loads(verdict.stdout)["cost"])


def main(argv: list[str] | None = None) -> int:
    """Exit status 2 when the instances are not there, else 0."""
    parser = argparse.ArgumentParser(prog="python -m bench.quality", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args(argv)
    if not (arguments.data / "best_known.csv").is_file():
        print(f"no instances in {arguments.data.name}/; give --data DIR", file=sys.stderr)
        return 2
    known = best_known(arguments.data)
    paths = [p for s in SETS for p in sorted((arguments.data / s).glob("*.json"))]
    wanted = arguments.names or MIXED
    chosen = [
        p for p in paths
        if p.stem in known and any(n in f"{p.parent.name}/{p.name}" for n in wanted)
    ]  # fmt: skip
    print(f"{arguments.seconds:g} s, {arguments.threads} threads, {arguments.seeds} seeds\n")
    print("| instance | best known | mean cost | gap of the seeds, % | mean gap, % |")
    print("|---|---|---|---|---|")
    gaps = []
    for path in chosen:
        costs = [
            plan_and_check(
                path, arguments.data / "check_hhcrsp.py", arguments.seconds, arguments.threads, seed
            )
            for seed in range(1, arguments.seeds + 1)
        ]
        each = [100 * (cost / known[path.stem] - 1) for cost in costs]
        gaps.append(mean(each))
        shown = " / ".join(f"{gap:+.2f}" for gap in each)
        row = f"| {path.stem} | {known[path.stem]:.2f} | {mean(costs):.2f} | {shown} | "
        print(f"{row}{gaps[-1]:+.2f} |", flush=True)
    if gaps:
        print(f"| **mean of {len(gaps)}** | | | | **{mean(gaps):+.2f}** |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
