"""
On which days decisions have been carried out, as far as the store can tell.

Of a provider that reports performed visits by these: they tell the person, so a visit counts for
every decision of that person that is placed with the provider. Of the others by what published
plans had booked until the day. Another source is another function of the same shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import func
from sqlmodel import Session, col, select

from api.store.placed import placed
from api.store.tables import (
    BookingRow,
    DecisionRow,
    PerformedRevisionRow,
    PerformedVisitRow,
    PlacementRow,
)
from pricing.book.model import Status
from scheduler.care.model import Band
from scheduler.care.units import STOCKHOLM


@dataclass(frozen=True, slots=True)
class Days:
    """First and last day on which something of a decision was carried out."""

    first: date
    last: date


# Session, municipality and a day -> decision -> its days until that day.
CarriedOut = Callable[[Session, str, date], Mapping[str, Days]]

# As scheduler.visits names the visits of a decision.
_BANDS = "|".join(band.value.lower() for band in Band)
_VISIT = re.compile(rf"(?P<decision>.+)-(?:{_BANDS})-(?:double-\d+-\d+|\d+)")


def decision_of(visit_id: str) -> str | None:
    """The decision that a visit comes from, by the visit's id; None of others' ids."""
    found = _VISIT.fullmatch(visit_id)
    return found["decision"] if found else None


def carried_out(session: Session, municipality: str, until: date) -> Mapping[str, Days]:
    """By performed visits where the decision's provider reports them, else by bookings."""
    reporting = set(
        session.exec(
            select(PerformedRevisionRow.provider_id)
            .where(PerformedRevisionRow.municipality_id == municipality)
            .distinct()
        )
    )
    if not reporting:
        return booked(session, municipality, until)
    provider_of = {
        each.decision.id: each.at(until).provider for each in placed(session, municipality, until)
    }
    by_plan = {
        decision: days
        for decision, days in booked(session, municipality, until).items()
        if provider_of.get(decision) not in reporting
    }
    return {**by_plan, **performed(session, municipality, until)}


def performed(session: Session, municipality: str, until: date) -> Mapping[str, Days]:
    """By the visits that providers have reported as performed until a day, that one included."""
    visit, revision = PerformedVisitRow, PerformedRevisionRow
    end = datetime.combine(until, time.max, STOCKHOLM)
    query = (
        select(DecisionRow.id, func.min(revision.starts_at), func.max(revision.starts_at))
        .select_from(revision)
        .join(
            visit,
            (col(visit.municipality_id) == col(revision.municipality_id))
            & (col(visit.provider_id) == col(revision.provider_id))
            & (col(visit.id) == col(revision.visit_id))
            & (col(visit.version) == col(revision.number)),
        )
        .join(
            DecisionRow,
            (col(DecisionRow.municipality_id) == col(revision.municipality_id))
            & (col(DecisionRow.recipient_id) == col(revision.recipient_id)),
        )
        .join(
            PlacementRow,
            (col(PlacementRow.municipality_id) == col(DecisionRow.municipality_id))
            & (col(PlacementRow.decision_id) == col(DecisionRow.id))
            & (col(PlacementRow.revision) == col(DecisionRow.version))
            & (col(PlacementRow.provider_id) == col(revision.provider_id))
            # A night visit's hour or two before UTC's midnight make no difference to months.
            & (col(PlacementRow.first_day) <= col(revision.starts_at)),
        )
        .where(revision.municipality_id == municipality)
        .where(revision.status == Status.PERFORMED)
        .where(col(revision.starts_at) <= end)
        .group_by(col(DecisionRow.id))
    )
    return {
        decision: Days(_day(first), _day(last))
        for decision, first, last in session.exec(query).all()
    }


def _day(moment: datetime) -> date:
    return moment.astimezone(STOCKHOLM).date()


def booked(session: Session, municipality: str, until: date) -> Mapping[str, Days]:
    """By the visits of published plans until a day, that one included."""
    query = (
        select(BookingRow.visit_id, func.min(BookingRow.day), func.max(BookingRow.day))
        .where(BookingRow.municipality_id == municipality)
        .where(col(BookingRow.day) <= until)
        .group_by(col(BookingRow.visit_id))
    )
    found: dict[str, Days] = {}
    for visit_id, first, last in session.exec(query):
        decision = decision_of(visit_id)
        if decision is None:
            continue
        before = found.get(decision)
        found[decision] = Days(
            first if before is None else min(before.first, first),
            last if before is None else max(before.last, last),
        )
    return found
