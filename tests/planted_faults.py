"""
Planted faults: does some test notice when the price of an hour, or a payment, is worked out wrong?

``tests/cases/planted/*.toml`` lists faults as text that stands once in a file and what to write in
its place. Each is planted alone in a temporary copy of the sources, and the tests it names are run
there: they must pass without the fault and fail with it. A fault that no test notices is a missing
test.

Run: ``make planted``, or ``python -m tests.planted_faults [--from N] [--to N] [--jobs N]``.

Off-the-shelf mutation testing (mutmut, cosmic-ray) was considered: it plants thousands of faults,
runs for hours, and most survivors change nothing that anybody is paid. These are chosen.
"""

from __future__ import annotations

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).parents[1]
LISTS = ROOT / "tests" / "cases" / "planted"
COPIED = ("api", "docs", "fixtures", "pricing", "scheduler", "tests", "pyproject.toml")
# The seed makes properties draw the same examples each time, so that a verdict stays what it is.
PYTEST = (sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider",
          "--hypothesis-seed=0")  # fmt: skip
PASSED, FAILED = 0, 1
LONGEST_S = 120


@dataclass(frozen=True, slots=True)
class Fault:
    """
    One fault.

    Parameters
    ----------
    number
        From 1, over all lists in the order of their names.
    what
        As a reviewer would describe it.
    file
        From the root of the repository.
    old, new
        Text that must stand exactly once in the file, and what replaces it.
    tests
        Arguments of pytest.
    """

    number: int
    what: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.number:3} {self.file}: {self.what}"


class Verdict(StrEnum):
    """What became of a planted fault."""

    CAUGHT = "caught"
    NOT_CAUGHT = "NOT CAUGHT"
    # The tests could not be run at all, which proves nothing.
    BROKEN = "NO TEST RAN"


class NotApplicable(ValueError):
    """The text of a fault does not stand exactly once, or what replaces it changes nothing."""


def faults(folder: Path = LISTS) -> list[Fault]:
    """Every fault of the lists."""
    tables = [
        table
        for path in sorted(folder.glob("*.toml"))
        for table in tomllib.loads(path.read_text(encoding="utf-8"))["fault"]
    ]
    return [
        Fault(number, **(table | {"tests": tuple(table["tests"].split())}))
        for number, table in enumerate(tables, 1)
    ]


def planted(fault: Fault, source: str) -> str:
    """
    The source of a file with the fault.

    Raises
    ------
    NotApplicable
        When `old` does not stand exactly once, or the program stays the same.
    SyntaxError
        When nothing could run with it.
    """
    count = source.count(fault.old)
    if count != 1:
        raise NotApplicable(f"{fault}: expected its text once; found it {count} times.")
    changed = source.replace(fault.old, fault.new)
    if ast.dump(ast.parse(changed)) == ast.dump(ast.parse(source)):
        raise NotApplicable(f"{fault}: expected another program; found the same.")
    return changed


@contextmanager
def copy_of_sources() -> Iterator[Path]:
    """A temporary copy of what the tests need."""
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        for name in COPIED:
            source, target = ROOT / name, Path(folder, name)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns(".hypothesis"))
            else:
                shutil.copy2(source, target)
        yield Path(folder)


def run_tests(
    folder: Path, tests: Iterable[str], *, keep_compiled: bool = False
) -> tuple[int, str]:
    """
    Pytest's exit status in a copy, and what it printed; what takes too long has failed.

    Parameters
    ----------
    keep_compiled
        Whether compiled files stay. With a fault they must not: two versions of a file of the same
        size within a second look alike.
    """
    environment = os.environ | ({} if keep_compiled else {"PYTHONDONTWRITEBYTECODE": "1"})
    try:
        run = subprocess.run(
            [*PYTEST, *tests],
            cwd=folder, env=environment, capture_output=True, text=True, timeout=LONGEST_S,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return FAILED, f"more than {LONGEST_S} s"
    return run.returncode, run.stdout


def verdict(fault: Fault, folder: Path) -> Verdict:
    """Plant a fault in a copy, run its tests, and take it out again."""
    path = folder / fault.file
    source = path.read_text(encoding="utf-8")
    kept = path.stat()
    path.write_text(planted(fault, source), encoding="utf-8")
    try:
        status, _ = run_tests(folder, fault.tests)
    finally:
        path.write_text(source, encoding="utf-8")
        os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    return {PASSED: Verdict.NOT_CAUGHT, FAILED: Verdict.CAUGHT}.get(status, Verdict.BROKEN)


def selection(chosen: Iterable[Fault]) -> list[str]:
    """The tests of several faults, each once; a whole file stands for its parts."""
    names = dict.fromkeys(test for fault in chosen for test in fault.tests)
    return [name for name in names if "::" not in name or name.partition("::")[0] not in names]


def judge(chosen: Sequence[Fault], jobs: int) -> list[tuple[Fault, Verdict]]:
    """
    Every fault with its verdict, told as they come.

    Raises
    ------
    RuntimeError
        When the tests fail without any fault: whatever they found then would prove nothing.
    """
    folders: SimpleQueue[Path] = SimpleQueue()

    def one(fault: Fault) -> tuple[Fault, Verdict]:
        folder = folders.get()
        try:
            found = verdict(fault, folder)
        finally:
            folders.put(folder)
        print(f"{found:11} {fault}", flush=True)  # noqa: T201
        return fault, found

    with copy_of_sources() as first:
        status, told = run_tests(first, selection(chosen), keep_compiled=True)
        if status != PASSED:
            raise RuntimeError(f"Expected tests that pass without a fault; found:\n{told}")
        with tempfile.TemporaryDirectory(prefix="planted-") as others:
            folders.put(first)
            for number in range(1, jobs):
                folders.put(Path(shutil.copytree(first, Path(others, str(number)))))
            with ThreadPoolExecutor(jobs) as pool:
                return list(pool.map(one, chosen))


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 when every chosen fault is caught."""
    parser = argparse.ArgumentParser(description="Plants faults and runs the tests against them.")
    parser.add_argument("--from", dest="first", type=int, default=1, metavar="N")
    parser.add_argument("--to", dest="last", type=int, default=10**6, metavar="N")
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    given = parser.parse_args(arguments)
    chosen = [each for each in faults() if given.first <= each.number <= given.last]
    for each in chosen:
        planted(each, (ROOT / each.file).read_text(encoding="utf-8"))
    found = judge(chosen, given.jobs)
    caught = sum(each is Verdict.CAUGHT for _, each in found)
    print(f"{caught} of {len(found)} planted faults are caught.")  # noqa: T201
    return int(caught < len(found))


if __name__ == "__main__":
    sys.exit(main())
