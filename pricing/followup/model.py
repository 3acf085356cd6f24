"""
The words of the follow-up: whose time it is, where a minute ends, and sums of both.

Promises: every granted minute ends in exactly one place, and so does every öre of the purse; time
that was planned or performed beyond the decision stands beside it and never hides a leak; what is
not known has a place of its own and is never counted as zero.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple


class Place(StrEnum):
    """
    Where a granted minute ends; the order is the way from the decision to the payment.

    INTERRUPTED: the decision was interrupted (hospital and the like). LEFT_OUT: a day plan asked
    for it and left it out. NOT_PLANNED: no day plan has it. The next four are what the provider
    says became of a visit. TOO_SHORT: the visit was shorter than planned, or than granted where no
    plan is known. NO_TIME: planned, and no time was registered. UNPAID: performed and not paid.

    The last three are what nobody can tell: NOT_TRACED without a day plan, UNREPORTED without the
    provider's visits, UNSETTLED without a settlement of the month.
    """

    INTERRUPTED = "INTERRUPTED"
    LEFT_OUT = "LEFT_OUT"
    NOT_PLANNED = "NOT_PLANNED"
    DECLINED = "DECLINED"
    PLANNED_ABSENCE = "PLANNED_ABSENCE"
    UNPLANNED_ABSENCE = "UNPLANNED_ABSENCE"
    DECEASED = "DECEASED"
    TOO_SHORT = "TOO_SHORT"
    NO_TIME = "NO_TIME"
    UNPAID = "UNPAID"
    PAID = "PAID"
    NOT_TRACED = "NOT_TRACED"
    UNREPORTED = "UNREPORTED"
    UNSETTLED = "UNSETTLED"


BEFORE_PLAN = (Place.INTERRUPTED, Place.LEFT_OUT, Place.NOT_PLANNED)
BEFORE_VISIT = (
    Place.DECLINED,
    Place.PLANNED_ABSENCE,
    Place.UNPLANNED_ABSENCE,
    Place.DECEASED,
    Place.TOO_SHORT,
    Place.NO_TIME,
)
UNKNOWN = (Place.NOT_TRACED, Place.UNREPORTED, Place.UNSETTLED)


class Paid(StrEnum):
    """
    What is paid beside time at a place: START_UP for new clients, UNTIMED by occasion, delivery,
    day, month or km, UNKNOWN_VISIT for a visit that is not in the performed visits given.
    """

    START_UP = "START_UP"
    UNTIMED = "UNTIMED"
    UNKNOWN_VISIT = "UNKNOWN_VISIT"


class Dims(NamedTuple):
    """
    Whose time it is. A text is empty where it is not known.

    Attributes
    ----------
    month
        ``2026-03``.
    kind
        Kind of provider, ``OWN`` or ``PRIVATE``, or as the rate book names it.
    service
        As the rate book names it.
    """

    month: str
    provider: str
    kind: str
    zone: str
    unit: str
    service: str


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """
    One carer's visit in the document of a day plan.

    Parameters
    ----------
    decision, lines, services
        Where it comes from: ids, and services as the decision names them; may be empty.
    minutes
        Its duration.
    start
        Planned start in minutes since 1970 UTC; None when the plan leaves it out.
    windows
        First and last allowed start of each window, as `start`.
    carer
        Who makes it; empty when it is left out.
    left_out
        Reason code of the plan; empty when it is planned.
    """

    id: str
    day: date
    recipient: str
    zone: str
    minutes: int
    decision: str = ""
    lines: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    start: int | None = None
    windows: tuple[tuple[int, int], ...] = ()
    carer: str = ""
    left_out: str = ""


@dataclass(slots=True)
class Figures:
    """
    What ended in one place.

    Parameters
    ----------
    within_min
        Granted minutes, each carer counted.
    beyond_min
        Minutes that were planned or performed and that no decision grants.
    value_ore
        Öre of the purse that the granted minutes carry.
    paid_min, paid_ore
        Minutes and öre that settlements paid for the visits of the place; of START_UP and the like
        no minutes.
    """

    within_min: Fraction = Fraction(0)
    beyond_min: Fraction = Fraction(0)
    value_ore: int = 0
    paid_min: int = 0
    paid_ore: int = 0

    def add(self, other: Figures) -> None:
        """Add `other` to this."""
        self.within_min += other.within_min
        self.beyond_min += other.beyond_min
        self.value_ore += other.value_ore
        self.paid_min += other.paid_min
        self.paid_ore += other.paid_ore


@dataclass(slots=True)
class Sums:
    """
    Time and money of some cells, all minutes with each carer counted.

    Parameters
    ----------
    granted_min, granted_ore
        As if no decision were interrupted; in öre without what is not paid by time.
    untimed_ore
        Purse of what is not paid by time.
    planned_min, performed_min, paid_min, paid_ore
        What is known, within and beyond the decisions.
    in_force_min
        Granted minutes without the interrupted ones: the denominator of all rates.
    with_plan_min, with_visits_min, with_payment_min
        The part of it whose day plan, performed visits and settlement are known.
    planned_reported_min, performed_planned_min
        Planned minutes whose performed visits are known, and performed minutes whose plan is.
    known
        How many cells have a plan, performed visits and a settlement: a stage that none has is
        missing, not zero.
    places
        By place.
    beside_ore
        Paid beside time.
    left_out_min
        Reason code of the day plans -> minutes of the visits that they leave out.
    """

    granted_min: Fraction = Fraction(0)
    granted_ore: int = 0
    untimed_ore: int = 0
    planned_min: int = 0
    performed_min: int = 0
    paid_min: int = 0
    paid_ore: int = 0
    in_force_min: Fraction = Fraction(0)
    with_plan_min: Fraction = Fraction(0)
    with_visits_min: Fraction = Fraction(0)
    with_payment_min: Fraction = Fraction(0)
    planned_reported_min: int = 0
    performed_planned_min: int = 0
    known: Counter[str] = field(default_factory=Counter)
    places: dict[Place, Figures] = field(default_factory=dict)
    beside_ore: Counter[Paid] = field(default_factory=Counter)
    left_out_min: Counter[str] = field(default_factory=Counter)

    def at(self, place: Place) -> Figures:
        """The figures of a place, made when they are not there."""
        found = self.places.get(place)
        if found is None:
            found = self.places[place] = Figures()
        return found

    def add(self, other: Sums) -> None:
        """Add `other` to this."""
        for name in (
            "granted_min", "granted_ore", "untimed_ore", "planned_min", "performed_min", "paid_min",
            "paid_ore", "in_force_min", "with_plan_min", "with_visits_min", "with_payment_min",
            "planned_reported_min", "performed_planned_min",
        ):  # fmt: skip
            setattr(self, name, getattr(self, name) + getattr(other, name))
        # Not +=, which would drop what a correction leaves below zero.
        self.known.update(other.known)
        self.beside_ore.update(other.beside_ore)
        self.left_out_min.update(other.left_out_min)
        for place, figures in other.places.items():
            self.at(place).add(figures)


def grouped(cells: list[tuple[Dims, Sums]], by: tuple[str, ...]) -> dict[tuple[str, ...], Sums]:
    """
    Sums by some of the dimensions, in their order; no dimension gives one sum of all.

    Parameters
    ----------
    by
        Fields of :class:`Dims`.
    """
    found: dict[tuple[str, ...], Sums] = {} if by else {(): Sums()}
    for dims, sums in cells:
        found.setdefault(tuple(getattr(dims, name) for name in by), Sums()).add(sums)
    return dict(sorted(found.items()))
