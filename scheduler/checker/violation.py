"""
What the checker's rules work on and what they return.

All times are compared as instants: Python compares and subtracts two times of one zone by the wall
clock, which is an hour wrong in the daylight-saving nights.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scheduler.care.model import Visit
from scheduler.care.units import STOCKHOLM
from scheduler.plan import Route
from scheduler.rules import SENTENCE, Rule


@dataclass(frozen=True, slots=True)
class Violation:
    """
    One broken rule.

    Parameters
    ----------
    visit_ids, shift_ids
        Whom it concerns.
    expected, found
        Clock times, minutes, ids or numbers.
    size_s
        By how many seconds the rule is broken; 0 where seconds do not measure it.
    """

    rule: Rule
    visit_ids: tuple[str, ...]
    shift_ids: tuple[str, ...]
    expected: str
    found: str
    size_s: int = 0

    def __str__(self) -> str:
        whom = ", ".join((*self.visit_ids, *self.shift_ids))
        size = f" ({self.size_s} s)" if self.size_s else ""
        return (
            f"{self.rule} {whom}: {SENTENCE[self.rule]} "
            f"Väntat: {self.expected}. Funnet: {self.found}{size}."
        )


@dataclass(frozen=True, slots=True)
class Placed:
    """A visit as the plan has it; times in seconds since the epoch."""

    visit: Visit
    route: Route
    start: int
    end: int

    @property
    def ids(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return (self.visit.id,), (self.route.shift_id,)


def seconds(moment: datetime) -> int:
    """Seconds since the epoch."""
    return round(moment.timestamp())


def clock(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, STOCKHOLM).strftime("%H:%M:%S")


def in_minutes(seconds: int) -> str:
    return f"{seconds / 60:g} min"
