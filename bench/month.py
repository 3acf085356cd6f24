"""
A month from the file to the settlement, and its follow-up: seconds, growth and memory.

Run: ``python -m bench.month [--visits 10000 100000 1000000] [--works settle followup]``. Each row
is measured in a process of its own, which holds what it is given and what it makes, and nothing
else; its largest memory is that of the whole process, Python and libraries included.
"""

from __future__ import annotations

import argparse
import resource
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TypeVar

from bench.followed import sources_of
from bench.payments import month_of_visits, performed_csv
from pricing.book.reading import load_rate_book
from pricing.followup.report import follow_up
from pricing.pay.reading import read_performed
from pricing.pay.settlement import settle

BOOK = Path(__file__).parents[1] / "fixtures" / "demo" / "rate_book.toml"
MONTH = "2026-03"
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of each step, and MiB: before the steps, and at most."""

    seconds: dict[str, float]
    before_mib: float
    peak_mib: float


def settled(path: Path) -> Measured:
    """The file read and settled by the book of the demonstration."""
    book = load_rate_book(BOOK)
    before, began = _peak_mib(), perf_counter()
    visits = read_performed(path.read_bytes(), path.name)
    read = perf_counter()
    settle(book, visits, MONTH)
    seconds = {"read": read - began, "settle": perf_counter() - read}
    return Measured(seconds, before, _peak_mib())


def followed_up(number: int) -> Measured:
    """Granted, planned, performed and settled visits followed up; making them is not counted."""
    sources = sources_of(number, load_rate_book(BOOK))
    before, began = _peak_mib(), perf_counter()
    follow_up(sources)
    return Measured({"follow up": perf_counter() - began}, before, _peak_mib())


def write_month(path: Path, number: int) -> None:
    """The performed visits as a CSV file with every field."""
    path.write_bytes(performed_csv(month_of_visits(number)))


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _alone(work: Callable[..., Result], *arguments: object) -> Result:
    """Done in a new process."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def _row(work: str, number: int, folder: Path) -> str:
    if work == "settle":
        path = folder / f"{number}.csv"
        _alone(write_month, path, number)
        found = _alone(settled, path)
    else:
        found = _alone(followed_up, number)
    whole = sum(found.seconds.values())
    steps = ", ".join(f"{name} {seconds:.2f}" for name, seconds in found.seconds.items())
    return (
        f"| {work} | {number:,} | {whole:.2f} | {steps} | {whole / number * 1e6:.1f} | "
        f"{found.before_mib:.0f} | {found.peak_mib:.0f} |"
    )


def main(argv: list[str] | None = None) -> int:
    """Print a row for each work and number."""
    parser = argparse.ArgumentParser(prog="python -m bench.month", description=__doc__)
    parser.add_argument("--visits", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--works", nargs="+", choices=("settle", "followup"),
                        default=["settle", "followup"])  # fmt: skip
    arguments = parser.parse_args(argv)
    print("| work | visits | seconds | of which | µs a visit | MiB before | peak MiB |")
    print("|---|---|---|---|---|---|---|")
    with TemporaryDirectory() as folder:
        for work in arguments.works:
            for number in arguments.visits:
                print(_row(work, number, Path(folder)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
