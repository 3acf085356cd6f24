"""
What the store gives back: the domain's own records, and when and by whom they were written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from api.documents.cases import Case
from scheduler.care.model import Day, Provider
from scheduler.plan import Plan


@dataclass(frozen=True, slots=True)
class Unit:
    """A home-care unit (hemtjänstområde): an area with its staff and its budget."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality with its units and the providers that a person may choose."""

    id: str
    name: str
    units: tuple[Unit, ...]
    providers: tuple[Provider, ...]


class DecisionEvent(StrEnum):
    """What made a revision of a decision."""

    GRANTED = "GRANTED"
    CHANGED = "CHANGED"
    INTERRUPTED = "INTERRUPTED"
    ENDED = "ENDED"


@dataclass(frozen=True, slots=True)
class DecisionRevision:
    """
    A decision as it stood from one change to the next.

    Parameters
    ----------
    number
        1 as registered; the highest is what holds, and is the version that a change must name.
    at, by
        When and by whom (an opaque id) it was written.
    intake
        Idempotency key of the document that it came with, if any.
    """

    number: int
    event: DecisionEvent
    case: Case
    at: datetime
    by: str
    intake: str | None


class PlanStatus(StrEnum):
    """A revision's way, forward only; SUPERSEDED was published and is no longer in force."""

    DRAFT = "DRAFT"
    APPROVED = "APPROVED"
    PUBLISHED = "PUBLISHED"
    SUPERSEDED = "SUPERSEDED"


@dataclass(frozen=True, slots=True)
class PlanKey:
    """Which day of which unit."""

    unit: str
    day: date

    def __str__(self) -> str:
        return f"{self.unit} {self.day.isoformat()}"


@dataclass(frozen=True, slots=True)
class PlanRevision:
    """
    One plan of a day; its content never changes, another plan is another revision.

    Parameters
    ----------
    version
        Of the day, counted up by every saving, approval and publication; a change must name it.
    """

    key: PlanKey
    number: int
    version: int
    status: PlanStatus
    day: Day
    plan: Plan


@dataclass(frozen=True, slots=True)
class RunKey:
    """Which run of which municipality."""

    municipality: str
    id: str


@dataclass(frozen=True, slots=True)
class Origin:
    """
    Where a run comes from; all None when a document was simply posted.

    Parameters
    ----------
    unit
        Whose day it is.
    batch
        Under which all units of a municipality's day are planned together.
    parent
        Id of the run whose day was patched into this one.
    """

    unit: str | None = None
    batch: str | None = None
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class BatchRun:
    """One run of a municipality's day: its unit, its id and its day."""

    unit: str
    id: str
    day: date


@dataclass(frozen=True, slots=True)
class Queue:
    """
    How much there is to plan.

    Parameters
    ----------
    waiting, running
        Runs that wait for a worker, and that one has.
    oldest
        How long the first of those that wait has waited; None when none does.
    """

    waiting: int
    running: int
    oldest: timedelta | None
