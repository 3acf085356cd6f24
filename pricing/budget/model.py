"""
What a purse is counted from: a decision, where and by whom it is carried out, and when it is not.

Promises: every day of a decision has exactly one placement, and a day is either carried out or
interrupted; :func:`granted_findings` tells every reason why that does not hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from pricing.book.model import Status
from scheduler.care.errors import Finding
from scheduler.care.model import Decision, ProviderKind


class MonthBasis(StrEnum):
    """
    How granted time becomes time a month; both ways are published.

    ``MEAN_MONTH``: every month is 365.25 / 7 / 12 weeks, and a day is its part of its month.
    ``CALENDAR_DAYS``: a day is its part of the week, month or year that the service is granted by,
    and a month is the sum of its days.
    """

    MEAN_MONTH = "MEAN_MONTH"
    CALENDAR_DAYS = "CALENDAR_DAYS"


@dataclass(frozen=True, slots=True)
class Placement:
    """
    Where and by whom a decision is carried out from a day on.

    Parameters
    ----------
    zone
        Pricing zone of the home.
    provider, kind
        Id of the provider, and whether it is municipal or private.
    unit
        Organisational unit whose budget pays.
    """

    first_day: date
    zone: str
    provider: str
    kind: ProviderKind
    unit: str


@dataclass(frozen=True, slots=True)
class Interruption:
    """
    Days on which nothing is carried out, both included; `last_day` None means for now.

    Parameters
    ----------
    status
        What absence it is where granted time is paid: one that is paid by the number of the day.
    """

    first_day: date
    last_day: date | None
    reason: str = ""
    status: Status | None = None

    def covers(self, day: date) -> bool:
        """Whether `day` lies within."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True, slots=True)
class Granted:
    """
    A decision with what its purse depends on.

    Parameters
    ----------
    placements
        By rising first day, the first one on the decision's first day; at least one.
    interruptions
        Hospital and the like; they may lie in any order and overlap.
    """

    decision: Decision
    placements: tuple[Placement, ...]
    interruptions: tuple[Interruption, ...] = ()

    def carried_out(self, day: date) -> bool:
        """Whether the decision is in force on `day` and not interrupted."""
        decision = self.decision
        return (
            decision.valid_from <= day
            and (decision.valid_to is None or day <= decision.valid_to)
            and not any(each.covers(day) for each in self.interruptions)
        )

    def placement_on(self, day: date) -> Placement:
        """The placement of a day on which the decision is in force."""
        # Most decisions have one only, and this is asked of every visit.
        if len(self.placements) == 1 and self.placements[0].first_day <= day:
            return self.placements[0]
        return next(each for each in reversed(self.placements) if each.first_day <= day)


def granted_findings(granted: Granted) -> list[Finding]:
    """
    Every reason why the days of `granted` are not clear.

    Codes: ENDS_BEFORE_START, NO_PLACEMENT, MOVES_OUT_OF_ORDER, MOVE_AFTER_END.
    """
    decision = granted.decision
    where = f"decision {decision.id}"
    found = []
    if decision.valid_to is not None and decision.valid_to < decision.valid_from:
        found.append(_reversed(where, decision.valid_from, decision.valid_to))
    first = granted.placements[0].first_day if granted.placements else None
    if first != decision.valid_from:
        found.append(
            Finding(
                "NO_PLACEMENT",
                where,
                f"a placement from {decision.valid_from.isoformat()}",
                "none" if first is None else first.isoformat(),
                "Ange zon, utförare och enhet från beslutets första dag.",
            )
        )
    for earlier, later in pairwise(granted.placements):
        if later.first_day <= earlier.first_day:
            found.append(
                Finding(
                    "MOVES_OUT_OF_ORDER",
                    where,
                    f"a day after {earlier.first_day.isoformat()}",
                    later.first_day.isoformat(),
                    "Skriv bytena i tidsordning, efter beslutets första dag.",
                )
            )
    found += [
        Finding(
            "MOVE_AFTER_END",
            where,
            f"a day until {decision.valid_to.isoformat()}",
            placement.first_day.isoformat(),
            "Ta bort bytet eller förläng beslutet.",
        )
        for placement in granted.placements[1:]
        if decision.valid_to is not None and placement.first_day > decision.valid_to
    ]
    for number, each in enumerate(granted.interruptions):
        if each.last_day is not None and each.last_day < each.first_day:
            found.append(
                _reversed(f"{where}: interruptions[{number}]", each.first_day, each.last_day)
            )
    return found


def _reversed(where: str, first: date, last: date) -> Finding:
    return Finding(
        "ENDS_BEFORE_START",
        where,
        f"a last day from {first.isoformat()}",
        last.isoformat(),
        "Rätta första eller sista dagen; båda ingår.",
    )
