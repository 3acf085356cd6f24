"""
The public instances: where they lie, what is best known, our program run on one, its judge.

The folder (``--data``, else HEMPLAN_BENCHMARKS, else ``../shared/benchmarks`` beside the clone)
holds one folder per set, ``best_known.csv`` and one stand-alone checker per family.
"""

from __future__ import annotations

import csv
import importlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.drive import DATA, Family

ROOT = Path(__file__).parents[1]
# Set -> program of its family. The checker of a family is check_PROGRAM.py.
PROGRAM = {
    "mankowska": "hhcrsp", "kummer": "hhcrsp", "italian": "hhcrsp", "uhhc": "uhhc",
    "solomon": "vrptw", "gehring_homberger": "vrptw",
}  # fmt: skip
# Of the two objectives of a Gehring and Homberger instance, the one our program plans by default.
OBJECTIVES = ("hhcrsp_cost", "uhhc_weighted", "vrptw_distance_dimacs")


class RunFailed(Exception):
    """A program gave no solution, or one that its checker refuses; one sentence says why."""


@dataclass(frozen=True, slots=True)
class Instance:
    """
    Parameters
    ----------
    size
        Patients or customers.
    best_known
        Cost; None where none is published.
    """

    path: Path
    name: str
    folder: str
    size: int
    best_known: float | None

    @property
    def program(self) -> str:
        """Name of the bench program that plans it."""
        return PROGRAM[self.folder]


def data_folder(given: Path | None) -> Path:
    """The folder of the instances; raises RunFailed when they are not there."""
    data = given or Path(os.environ.get("HEMPLAN_BENCHMARKS", DATA))
    if not (data / "best_known.csv").is_file():
        raise RunFailed(f"no instances in {data.name}/; give --data DIR")
    return data


def load_instances(data: Path) -> list[Instance]:
    """All instances that lie in `data`, in the order of the table of best known values."""
    found = []
    with (data / "best_known.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["objective"] in OBJECTIVES:
                suffix = ".txt" if PROGRAM[row["set"]] == "vrptw" else ".json"
                path = data / row["set"] / f"{row['instance']}{suffix}"
                known = float(row["best_known"]) if row["best_known"] else None
                found.append(Instance(path, row["instance"], row["set"], int(row["size"]), known))
    return [instance for instance in found if instance.path.is_file()]


def family_of(program: str) -> Family:
    """Reader and writer of the program's instances; the program is loaded only when asked for."""
    family = importlib.import_module(f"bench.{program}").FAMILY
    assert isinstance(family, Family)
    return family


def run_ours(
    instance: Instance,
    seconds: float,
    threads: int,
    seed: int,
    out: Path,
    trace: Path | None = None,
) -> None:
    """Our program on the instance, as a process of its own; raises RunFailed."""
    command = [sys.executable, "-m", f"bench.{instance.program}", str(instance.path)]
    command += [f"--seconds={seconds}", f"--threads={threads}", f"--seed={seed}", f"--out={out}"]
    command += [f"--trace={trace}"] if trace else []
    run = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if run.returncode:
        last = (run.stderr or run.stdout).strip().splitlines() or ["without a word"]
        raise RunFailed(f"bench.{instance.program} ended with {run.returncode}: {last[-1]}")


def cost_of(data: Path, instance: Instance, solution: Path) -> float:
    """Cost as the family's checker counts it; raises RunFailed when the checker refuses."""
    checker = data / f"check_{instance.program}.py"
    run = subprocess.run(
        [sys.executable, str(checker), str(instance.path), str(solution), "--json"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if not run.stdout.strip():
        raise RunFailed(f"{checker.name}: {run.stderr.strip() or 'without a word'}")
    verdict = json.loads(run.stdout)
    if not verdict["feasible"]:
        first = "; ".join(verdict["violations"][:2])
        raise RunFailed(f"{len(verdict['violations'])} violations: {first}")
    return float(verdict["cost"] if "cost" in verdict else verdict["distance_dimacs"])
