"""
What the store gives back of choices of provider, orders, capacity ceilings and queues.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from api.documents.amendments import Outcome
from scheduler.care.model import Location


class ChoiceKind(StrEnum):
    """Whether the person chose, or the municipality's rule did (ickevalsalternativ)."""

    CHOSEN = "CHOSEN"
    FALLBACK = "FALLBACK"


class RuleKind(StrEnum):
    """
    How somebody who does not choose gets a provider.

    FIXED: the first of the rule. ROTATION: each in turn, those without room passed over. NEAREST:
    the nearest office with room.
    """

    FIXED = "FIXED"
    ROTATION = "ROTATION"
    NEAREST = "NEAREST"


class OrderStatus(StrEnum):
    """
    Where an order stands.

    QUEUED waits for room; SENT waits for an answer; REPLACED was accepted, until another provider
    took over.
    """

    QUEUED = "QUEUED"
    SENT = "SENT"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    REPLACED = "REPLACED"


# Steps that an order may take; the first one has none before it.
STEPS: dict[OrderStatus | None, tuple[OrderStatus, ...]] = {
    None: (OrderStatus.QUEUED, OrderStatus.SENT),
    OrderStatus.QUEUED: (OrderStatus.SENT, OrderStatus.CANCELLED),
    OrderStatus.SENT: (
        OrderStatus.ACCEPTED, OrderStatus.REFUSED, OrderStatus.EXPIRED, OrderStatus.CANCELLED,
    ),
    OrderStatus.ACCEPTED: (OrderStatus.CANCELLED, OrderStatus.REPLACED),
}  # fmt: skip
WAITING = (OrderStatus.QUEUED, OrderStatus.SENT)
STANDING = (*WAITING, OrderStatus.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Review:
    """
    A review of a decision.

    Parameters
    ----------
    number
        1, 2, … of the decision.
    revision
        Which one holds after it, with `next_on` as its day of review.
    """

    number: int
    revision: int
    reviewed_on: date
    outcome: Outcome
    next_on: date | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class At:
    """A provider in a unit."""

    provider: str
    unit: str


@dataclass(frozen=True, slots=True)
class Ceiling:
    """
    How much a provider takes in a unit from a day on.

    Parameters
    ----------
    number
        1, 2, … of the provider and unit; the highest is the version that the next must name.
    minutes_per_week
        Granted minutes; 0 takes nobody more, None has no ceiling.
    """

    at: At
    number: int
    first_day: date
    minutes_per_week: int | None


@dataclass(frozen=True, slots=True)
class Office:
    """A provider of a rule, and where it is; NEAREST needs to know."""

    provider: str
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """The municipality's rule of a unit from a day on, for whoever does not choose."""

    unit: str
    number: int
    first_day: date
    kind: RuleKind
    offices: tuple[Office, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """
    Who shall carry a decision out, the most wanted first.

    Parameters
    ----------
    number
        1, 2, … of the decision; the highest is the version that the next must name.
    answer_days
        Days that each provider has to answer.
    rule
        Number of the unit's rule, of a FALLBACK.
    """

    decision_id: str
    number: int
    kind: ChoiceKind
    ranked: tuple[At, ...]
    first_day: date
    answer_days: int
    rule: int | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class OrderStep:
    """One step of an order; the reason is the sender's own words, empty where none is asked for."""

    status: OrderStatus
    at: datetime
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """
    An order (beställning) to a provider.

    Parameters
    ----------
    number
        1, 2, … of the decision.
    version
        Counts the steps; an answer must name it.
    rank
        Which of the choice's providers, from 0.
    minutes_per_week
        Granted by the decision when it was ordered.
    answer_by
        Last day to answer, once it is sent.
    """

    decision_id: str
    number: int
    version: int
    choice: int
    rank: int
    at: At
    first_day: date
    minutes_per_week: int
    answer_by: date | None
    status: OrderStatus
    steps: tuple[OrderStep, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """
    What a provider has left in a unit.

    Parameters
    ----------
    offered
        Whether a ceiling, or the lack of one, is stated at all.
    ceiling, used
        Minutes a week; None without a ceiling.
    queued
        Orders that wait.
    """

    at: At
    offered: bool
    ceiling: int | None
    used: int
    queued: int = 0

    def fits(self, minutes: int) -> bool:
        """Whether a decision of `minutes` a week has room, those who wait left aside."""
        return self.offered and (self.ceiling is None or self.used + minutes <= self.ceiling)

    def why_not(self, minutes: int) -> str:
        """Why an order waits, in Swedish."""
        if not self.offered:
            return "Utföraren tar inte emot nya personer i enheten."
        if not self.fits(minutes):
            return (
                f"Taket {self.ceiling} min i veckan räcker inte: {self.used} används, "
                f"beslutet behöver {minutes}."
            )
        return "Andra väntar före."
