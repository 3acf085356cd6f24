"""
Solutions better than the published best ones, kept as files, with the command that made each.

    python -m bench.table SET ... --best bench/best      keeps what it finds
    python -m bench.best [--data DIR]                    lets the checkers judge all that is kept

``best.csv`` has one row per instance: set, instance, cost, the published cost at that time, and the
command with its commit. A solution is kept only when its checker accepts it.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from bench.instances import ROOT, Instance, RunFailed, cost_of, data_folder, load_instances

FOLDER = ROOT / "bench" / "best"
# Costs are sums of thousandths; less than this is rounding, not a better plan.
LEAST_GAIN = 1e-4


@dataclass(frozen=True, slots=True)
class Kept:
    """One row of ``best.csv``."""

    set: str
    instance: str
    cost: float
    published: float
    command: str
    commit: str


def read(folder: Path) -> dict[str, Kept]:
    """What is kept in `folder`, by set and instance."""
    if not (folder / "best.csv").is_file():
        return {}
    with (folder / "best.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            Kept(r["set"], r["instance"], float(r["cost"]), float(r["published"]), r["command"],
                 r["commit"])
            for r in csv.DictReader(file)
        ]  # fmt: skip
    return {f"{kept.set}/{kept.instance}": kept for kept in rows}


def solution_file(folder: Path, instance: Instance) -> Path:
    """Where the kept solution of `instance` lies."""
    suffix = ".sol" if instance.program == "vrptw" else ".json"
    return folder / instance.folder / f"{instance.name}{suffix}"


def keep(folder: Path, instance: Instance, solution: Path, cost: float, command: str) -> bool:
    """Keep `solution` when it beats both the published cost and what is kept; whether it did."""
    kept = read(folder)
    name = f"{instance.folder}/{instance.name}"
    if instance.best_known is None or cost > instance.best_known - LEAST_GAIN:
        return False
    if name in kept and cost > kept[name].cost - LEAST_GAIN:
        return False
    target = solution_file(folder, instance)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(solution.read_bytes())
    kept[name] = Kept(
        instance.folder, instance.name, round(cost, 6), instance.best_known, command, commit()
    )
    with (folder / "best.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(field.name for field in fields(Kept))
        rows.writerows(astuple(kept[key]) for key in sorted(kept))
    return True


def commit() -> str:
    """Short name of the commit that the clone stands at; + when files differ from it."""
    run = subprocess.run(
        ["git", "describe", "--always", "--dirty=+", "--exclude=*"],
        cwd=ROOT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    return run.stdout.strip() or "unknown"


def main(argv: list[str] | None = None) -> int:
    """Exit status 1 when a kept solution is refused or costs more than its row says."""
    parser = argparse.ArgumentParser(prog="python -m bench.best")
    parser.add_argument("--data", type=Path)
    arguments = parser.parse_args(argv)
    try:
        data = data_folder(arguments.data)
    except RunFailed as error:
        print(error, file=sys.stderr)
        return 2
    instances = {f"{i.folder}/{i.name}": i for i in load_instances(data)}
    faults = 0
    print("| instance | published | kept | gap, % |\n|---|---|---|---|")
    for name, kept in read(FOLDER).items():
        if name not in instances:
            print(f"| {name} | {kept.published} | its instance is not in {data.name}/ | |")
            continue
        try:
            cost = cost_of(data, instances[name], solution_file(FOLDER, instances[name]))
        except RunFailed as error:
            print(f"| {name} | {kept.published} | refused: {error} | |")
            faults += 1
            continue
        faults += cost > kept.cost + LEAST_GAIN
        print(f"| {name} | {kept.published} | {cost:.3f} | "
              f"{100 * (cost / kept.published - 1):+.2f} |")  # fmt: skip
    return int(faults > 0)


if __name__ == "__main__":
    raise SystemExit(main())
