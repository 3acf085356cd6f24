"""The table that the faults end in: what was done, what it cost, and whether the target was met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

HEAD = (
    "| fault | number | lost | doubled | time to recover | target | met |\n"
    "| --- | ---: | ---: | ---: | --- | --- | --- |"
)


@dataclass(frozen=True, slots=True)
class Row:
    """
    One kind of fault.

    Parameters
    ----------
    number
        How often it was made.
    lost, doubled
        Effects that were acknowledged and are not there; that are there more than once. None when
        the fault can do neither.
    took
        What was measured, in words; empty when nothing was.
    """

    fault: str
    number: int
    target: str
    met: bool
    lost: int | None = None
    doubled: int | None = None
    took: str = ""

    def __str__(self) -> str:
        cells = (self.fault, f"{self.number:,}", _count(self.lost), _count(self.doubled),
                 self.took or "–", self.target, "yes" if self.met else "**no**")  # fmt: skip
        return f"| {' | '.join(cells)} |"


def table(rows: Iterable[Row]) -> str:
    """As Markdown."""
    return "\n".join([HEAD, *map(str, rows)])


def spread(seconds: list[float]) -> str:
    """The median and the worst of what was measured."""
    if not seconds:
        return ""
    return f"median {median(seconds):.2f} s, worst {max(seconds):.2f} s"


def percentile(values: list[float], share: float) -> float:
    """The value that `share` of `values` do not exceed; 0 of none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]


def _count(value: int | None) -> str:
    return "–" if value is None else str(value)
