"""
On which days decisions have been carried out, as far as the store can tell.

Today that is what published plans have booked until a day: whoever keeps performed visits answers
the same question by them, with a function of the same shape (:data:`CarriedOut`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func
from sqlmodel import Session, col, select

from api.store.tables import BookingRow
from scheduler.care.model import Band


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
