"""The whole of the faults: ``make faults``, or ``python -m tests.faults [PART …]``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence

from tests.faults.table import Row, table

Part = Callable[[argparse.Namespace], list[Row]]


def _kills(given: argparse.Namespace) -> list[Row]:
    from tests.faults.kills import kills

    return kills(given.kills, given.seed, _tell)


def _positions(_given: argparse.Namespace) -> list[Row]:
    from tests.faults.positions import positions

    return positions(_tell)


def _edits(given: argparse.Namespace) -> list[Row]:
    from tests.faults.edits import duplicates, edits

    return [*duplicates(given.keys, _tell), *edits(given.edits, given.seed, _tell)]


def _clock(given: argparse.Namespace) -> list[Row]:
    from tests.faults.clock import nights, steps

    return [*nights(given.every, _tell), *steps(given.runs, given.seed, _tell)]


def _cuts(given: argparse.Namespace) -> list[Row]:
    from tests.faults.cuts import cuts

    return cuts(given.cuts, given.seed, _tell)


def _disk(given: argparse.Namespace) -> list[Row]:
    from tests.faults.disk import disk

    return disk(given.levels, _tell)


def _overload(given: argparse.Namespace) -> list[Row]:
    from tests.faults.overload import overload

    return overload(given.seconds, _tell)


def _load(given: argparse.Namespace) -> list[Row]:
    from tests.faults.load import load

    return load(given.minutes, _tell)


# Imported when they are run: a solver's child looks at this module as it starts.
PARTS: dict[str, tuple[str, Part]] = {
    "kills": ("SIGKILL of API, worker, solver child and database", _kills),
    "positions": ("each statement of each writing use case", _positions),
    "edits": ("duplicates and concurrent edits", _edits),
    "clock": ("nights of 23 and 25 hours, a clock that is set", _clock),
    "cuts": ("the database's connection cut, half of them at COMMIT", _cuts),
    "disk": ("a full disk", _disk),
    "overload": ("more requests than the service can answer", _overload),
    "load": ("reads and writes beside a solve", _load),
}
# Option, its default, what it counts.
NUMBERS: tuple[tuple[str, float, str], ...] = (
    ("seed", 1, "of what is random"),
    ("kills", 1000, "SIGKILLs"),
    ("keys", 200, "keys, each sent 50 times"),
    ("edits", 20_000, "accepted changes"),
    ("every", 1, "take each so many'th minute of the nights"),
    ("runs", 40, "runs beside a clock that is set"),
    ("cuts", 500, "cut connections"),
    ("levels", 200, "most fill levels of the disk for each use case"),
    ("seconds", 30, "of overload, for each multiple"),
    ("minutes", 10.0, "of load"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 when every target is met."""
    told = "; ".join(f"{name}: {what}" for name, (what, _) in PARTS.items())
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=told)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], metavar="PART")
    for name, default, what in NUMBERS:
        parser.add_argument(f"--{name}", type=type(default), default=default,
                            help=f"{what}; {default:,}")  # fmt: skip
    given = parser.parse_args(arguments)
    rows: list[Row] = []
    from tests.faults.service import shared_database

    with shared_database():
        for name in given.parts or PARTS:
            began = time.monotonic()
            found = PARTS[name][1](given)
            rows += found
            # Told as it comes, too: whoever stops it has what there is.
            _tell(f"{name}: {time.monotonic() - began:.0f} s\n{table(found)}")
    print(table(rows))  # noqa: T201
    return int(not all(row.met for row in rows))


def _tell(line: str) -> None:
    """How far it has come, beside the table."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
