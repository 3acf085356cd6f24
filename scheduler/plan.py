"""
A day plan: who does what when, and what is left with its reason.

A plan is a record of times and ids. It knows neither the problem's arrays nor the search; it is
judged by :mod:`scheduler.checker` and measured by :mod:`scheduler.followup`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from scheduler.care.model import TravelSource
from scheduler.rules import PROVEN, Reason


@dataclass(frozen=True, slots=True)
class Stop:
    """
    A visit or, with ``visit_id`` None, the break.

    Parameters
    ----------
    arrival
        When the carer can be there: end of the stop before plus travel.
    start, end
        Start and end of the service (or of the break); waiting is ``start - arrival``.
    travel_s
        Seconds of travel from the stop before.
    travel_source
        Where they come from; of a break it says nothing.
    """

    visit_id: str | None
    arrival: datetime
    start: datetime
    end: datetime
    travel_s: int
    travel_source: TravelSource = TravelSource.ESTIMATED


@dataclass(frozen=True, slots=True)
class Route:
    """One shift's stops in order, and the way back to the shift's end location."""

    shift_id: str
    carer_id: str
    stops: tuple[Stop, ...]
    return_travel_s: int
    back: datetime
    return_travel_source: TravelSource = TravelSource.ESTIMATED


@dataclass(frozen=True, slots=True)
class Unassigned:
    """
    A visit that the plan leaves out.

    Parameters
    ----------
    reason
        Code; PROVEN ones hold whatever the search does.
    blocking
        Ids of the carers or visits that stand in the way, if any.
    text, action
        Swedish sentences: why, and what would make it possible.
    moved_to
        Later days on which it can be made instead: it is moved to one of them rather than lost.
    """

    visit_id: str
    reason: Reason
    blocking: tuple[str, ...]
    text: str
    action: str
    moved_to: tuple[date, ...] = ()

    @property
    def proven(self) -> bool:
        """True when no search could have placed it."""
        return self.reason in PROVEN


@dataclass(frozen=True, slots=True)
class Term:
    """
    One term of the objective: ``points = quantity * weight``, quantity in `unit`.
    """

    name: str
    quantity: int
    unit: str
    weight: int
    points: int


@dataclass(frozen=True, slots=True)
class Plan:
    """
    A plan of one day.

    Parameters
    ----------
    routes
        One per shift, also the empty ones, in the day's order of shifts.
    score
        Terms of the objective; their points add up to `objective`.
    seed, seconds
        What made it: seed and time limit.
    bound
        No plan of the day has fewer points; None where that is not known.
    """

    date: date
    routes: tuple[Route, ...]
    unassigned: tuple[Unassigned, ...]
    score: tuple[Term, ...] = ()
    seed: int = 0
    seconds: float = 0.0
    bound: int | None = None

    @property
    def objective(self) -> int:
        """Sum of the points of all terms; lower is better."""
        return sum(term.points for term in self.score)
