"""
What the programs for public instances share: arguments, reading, solving, trace, writing.

    python -m bench.FAMILY INSTANCE --seconds S --threads N --seed K --out FILE [--trace CSV]

INSTANCE is a file, or the name of an instance below ``--data``. Exit status: 0; 1 when a visit that
must be planned is left out (the file is written all the same); 2 when a file or an argument is
wrong, with one sentence per fault.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np

from scheduler.care.errors import CareError
from scheduler.problem import Bool, Problem

if TYPE_CHECKING:
    from scheduler.solve import Progress, Solution

Stops = Sequence[Sequence[tuple[int, int]]]

# Points of leaving out a visit that must be planned: more than any plan; thousands stay in int64.
REQUIRED_POINTS = 1 << 40
DATA = Path(__file__).parents[2] / "shared" / "benchmarks"
MOST_FAULTS_SHOWN = 20


class BadInstance(Exception):
    """An instance that cannot be read; one sentence per fault."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Mapped:
    """
    An instance as a problem.

    Parameters
    ----------
    problem
        What is solved.
    scale
        Points per unit of the instance's own cost, > 0.
    required : (n,) bool
        Visits without which a plan is no solution of the instance.
    source
        What the family's writer needs besides.
    """

    problem: Problem
    scale: int
    required: Bool
    source: Any


@dataclass(frozen=True, slots=True)
class Family:
    """
    A kind of instances.

    Parameters
    ----------
    name
        Of the program's module.
    folders, suffix
        Where instances lie below the data folder, and how their file names end.
    read_problem
        Text of an instance -> problem; takes the chosen options by name. Raises
        :class:`BadInstance` or ``CareError``.
    write_solution
        Stops -> text that the family's checker reads.
    options
        Further arguments: name -> allowed values, the first is the default.
    """

    name: str
    folders: tuple[str, ...]
    suffix: str
    read_problem: Callable[..., Mapped]
    write_solution: Callable[[Mapped, Stops], str]
    options: dict[str, tuple[str, ...]]


class Trace:
    """Writes a row whenever the best plan has improved, and a last one."""

    COLUMNS = ("elapsed_s", "objective", "moves")

    def __init__(self, file: TextIO, scale: int) -> None:
        self.rows = csv.writer(file)
        self.file = file
        self.scale = scale
        self.best: int | None = None
        self.rows.writerow(self.COLUMNS)

    def improved(self, progress: Progress) -> None:
        """A row, unless `progress` is no better than the last one."""
        if self.best is None or progress.objective < self.best:
            self.best = progress.objective
            self.row(progress.elapsed_s, progress.objective, progress.moves)

    def row(self, elapsed_s: float, points: int, moves: int) -> None:
        self.rows.writerow((f"{elapsed_s:.3f}", f"{points / self.scale:.4f}", moves))
        self.file.flush()


def run(family: Family, argv: list[str] | None = None, about: str | None = None) -> int:
    """Read, solve, write; the exit status."""
    arguments = _arguments(family, argv, about)
    try:
        path = find_instance(arguments.instance, arguments.data, family)
        chosen = {name: getattr(arguments, name) for name in family.options}
        mapped = family.read_problem(path.read_text(encoding="utf-8"), **chosen)
    except BadInstance as error:
        return _refuse(arguments.instance, error.faults)
    except CareError as error:
        found = [f"{f.where}: expected {f.expected}, found {f.found}." for f in error.findings]
        return _refuse(arguments.instance, found)
    except UnicodeDecodeError:
        return _refuse(arguments.instance, ["not a text in UTF-8."])
    except OSError as error:
        return _refuse(arguments.instance, [f"{error.strerror}."])
    with ExitStack() as files:
        try:
            out = files.enter_context(arguments.out.open("w", encoding="utf-8"))
            traced = arguments.trace and files.enter_context(
                arguments.trace.open("w", encoding="utf-8", newline="")
            )
        except OSError as error:
            return _refuse(str(error.filename), [f"{error.strerror}."])
        solution = _solve(mapped, arguments, traced)
        out.write(family.write_solution(mapped, solution.stops))
    planned = {visit for stops in solution.stops for visit, _ in stops}
    left_out = [v for v in range(mapped.problem.visits) if v not in planned]
    print(
        f"cost {solution.points / mapped.scale:.4f}  unassigned {len(left_out)}"
        f"  moves {solution.moves}"
    )
    return int(bool(mapped.required[left_out].any()))


def find_instance(name: str, data: Path, family: Family) -> Path:
    """The file `name`, or the instance `name` below `data`; raises :class:`BadInstance`."""
    if Path(name).is_file():
        return Path(name)
    folders = [data, *(data / folder for folder in family.folders)]
    # Names hold dots ("..._1.2_R_C"), so the ending is added rather than exchanged.
    for folder in folders:
        for ending in ("", family.suffix):
            if (path := folder / f"{name}{ending}").is_file():
                return path
    searched = ", ".join(f"{folder}/" for folder in family.folders)
    raise BadInstance(
        [f"no such file, and no instance of that name in {searched} of {data.name}/."]
    )


def _solve(mapped: Mapped, arguments: argparse.Namespace, traced: TextIO | None) -> Solution:
    """The best plan found; its improvements go to the file `traced`."""
    from scheduler.solve import SolveParams, solve

    params = SolveParams(
        arguments.seconds,
        iterations=arguments.iterations,
        threads=arguments.threads,
        seed=arguments.seed,
        explain=False,
    )
    if traced is None:
        return solve(mapped.problem, params)
    trace = Trace(traced, mapped.scale)
    began = perf_counter()
    solution = solve(mapped.problem, params, trace.improved)
    trace.row(perf_counter() - began, solution.points, solution.moves)
    return solution


def _refuse(name: str, faults: Sequence[str]) -> int:
    for fault in faults[:MOST_FAULTS_SHOWN]:
        print(f"{Path(name).name}: {fault}", file=sys.stderr)
    if (more := len(faults) - MOST_FAULTS_SHOWN) > 0:
        print(f"{Path(name).name}: and {more} more faults.", file=sys.stderr)
    return 2


def _arguments(family: Family, argv: list[str] | None, about: str | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=f"python -m bench.{family.name}",
        description=about,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    seconds = _value(float, lambda s: 0 < s < math.inf, "a finite number above 0")
    count = _value(int, lambda n: n >= 1, "a whole number from 1")
    seed = _value(int, lambda n: n >= 0, "a whole number from 0")
    parser.add_argument("instance", help="a file, or a name below --data")
    parser.add_argument("--seconds", type=seconds, default=10.0, help="wall time of the solve")
    parser.add_argument("--iterations", type=count, help="moves per thread, instead of seconds")
    parser.add_argument("--threads", type=count, default=2)
    parser.add_argument("--seed", type=seed, default=1)
    parser.add_argument("--out", type=Path, required=True, help="file of the solution")
    parser.add_argument("--trace", type=Path, help="file of the improvements, CSV")
    data = Path(os.environ.get("HEMPLAN_BENCHMARKS", DATA))
    parser.add_argument("--data", type=Path, default=data, help="folder of the public instances")
    for name, values in family.options.items():
        parser.add_argument(f"--{name}", choices=values, default=values[0])
    return parser.parse_args(argv)


def _value(kind: type, holds: Callable[[Any], bool], expected: str) -> Callable[[str], Any]:
    """A converter for argparse that accepts only what `holds`."""

    def convert(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not holds(value):
            raise argparse.ArgumentTypeError(f"expected {expected}, found {text!r}")
        return value

    return convert


def ceil_ticks(values: Any, ticks: int) -> Any:
    """Whole ticks, rounded up; a millionth of a tick is taken for an error of the decimals."""
    return np.ceil(np.asarray(values, dtype=np.float64) * ticks - 1e-6).astype(np.int64)


def floor_ticks(values: Any, ticks: int) -> Any:
    """Whole ticks, rounded down; as :func:`ceil_ticks`."""
    return np.floor(np.asarray(values, dtype=np.float64) * ticks + 1e-6).astype(np.int64)
