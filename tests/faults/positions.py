"""
Every statement of every writing use case failed and killed, and of every migration, on both
databases.

The tests of failures and kills take a slice of the positions, the same each time and different for
each use case; with `WHOLE` in the environment they take all, and write down how many they took.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

from tests.conftest import ROOT
from tests.faults.table import Row

WHOLE = "HEMPLAN_ALL_POSITIONS"
TESTS = (
    "tests/api/usecases/test_failures.py",
    "tests/api/usecases/test_kills.py",
    "tests/api/store/test_migrations.py",
)
MIGRATED = "killed in it, with rows"
# One in so many positions in a slice.
FAILED, KILLED = 3, 24


def chosen(name: str, last: int, every: int) -> list[int]:
    """
    Positions 1 to `last` to be tried: all, or each `every`-th from one that `name` decides.

    At least one; over many use cases and kinds every part of a use case gets its turn.
    """
    if os.environ.get(WHOLE):
        return list(range(1, last + 1))
    first = 1 + crc32(name.encode()) % min(every, last)
    return list(range(first, last + 1, every))


def note(kind: str, number: int) -> None:
    """Write down that so many positions were tried, where the whole is run."""
    if path := os.environ.get(WHOLE):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{kind} {number}\n")


def positions(tell: Callable[[str], None] = print) -> list[Row]:
    """All of them, by the tests themselves."""
    with tempfile.TemporaryDirectory(prefix="hemplan-faults-") as folder:
        counts = Path(folder, "counts")
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS],
            cwd=ROOT, env={**os.environ, WHOLE: str(counts)}, capture_output=True, text=True,
        )  # fmt: skip
        lines = counts.read_text(encoding="utf-8").split("\n") if counts.exists() else []
    tell(ran.stdout[-2000:])
    found: Counter[str] = Counter()
    for line in filter(None, lines):
        kind, number = line.rsplit(" ", 1)
        found[kind] += int(number)
    target = "all or nothing at each, and the invariants"
    met = ran.returncode == 0
    none = 0 if met else None
    return [
        Row(
            f"each statement of each {'migration' if kind == MIGRATED else 'use case'}: {kind}",
            number,
            target,
            met,
            none,
            none,
        )
        for kind, number in sorted(found.items())
    ] or [Row("each statement of each use case", 0, target, met=False)]
