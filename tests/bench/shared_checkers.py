"""The public checkers as modules, and the best known values beside them."""

from __future__ import annotations

import csv
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

from tests.conftest import ROOT


def load_checker(benchmarks: Path, name: str) -> ModuleType:
    """The checker ``name``.py of the folder; it needs the standard library only."""
    spec = importlib.util.spec_from_file_location(name, benchmarks / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def best_known(benchmarks: Path, instance: str, objective: str) -> str:
    """The value as it stands in the table."""
    with (benchmarks / "best_known.csv").open(encoding="utf-8") as file:
        return next(
            row["best_known"]
            for row in csv.DictReader(file)
            if row["instance"] == instance and row["objective"] == objective
        )


def run_program(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """``python -m bench.program`` with the arguments."""
    command = [sys.executable, "-m", f"bench.{program}", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
