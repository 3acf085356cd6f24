"""
How much a provider has left in a unit: its ceiling less what it has promised already.

Promised is every decision that it carries out on the day or later, and every order that waits for
its answer: somebody who moves away later still counts, and so does who comes later.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import ROUND_CEILING, Decimal

from sqlmodel import Session

from api.store.engine import Store
from api.store.order_records import At, OrderStatus, Room
from api.store.order_rows import ceilings, in_force, order_rows
from api.store.placed import placed
from scheduler.care.model import Decision

# Granted minutes a week of a decision by the standard times of a day.
WeeklyMinutes = Callable[[Decision, date], Decimal]


def whole_minutes(minutes: Decimal) -> int:
    """A week's mean in whole minutes, rounded up: nothing is promised that there is no room for."""
    return int(minutes.to_integral_value(ROUND_CEILING))


def room(store: Store, municipality: str, at: At, day: date, weekly: WeeklyMinutes) -> Room:
    """What `at` has left from `day` on."""
    with store.reading() as session:
        return room_in(session, municipality, at, day, weekly)


def room_in(
    session: Session,
    municipality: str,
    at: At,
    day: date,
    weekly: WeeklyMinutes,
    without: str | None = None,
) -> Room:
    """As :func:`room`; the decision `without` is not counted."""
    ceiling = in_force(ceilings(session, municipality, at), day)
    ordered = {"provider_id": at.provider, "unit_id": at.unit}
    queued = len(order_rows(session, municipality, status=OrderStatus.QUEUED, **ordered))
    if ceiling is None or ceiling.minutes_per_week is None:
        return Room(at, ceiling is not None, None, 0, queued)
    counted = {
        each.decision.id: whole_minutes(weekly(each.decision, max(day, each.decision.valid_from)))
        for each in placed(session, municipality, day)
        if each.promised(at, day) and each.decision.id != without
    }
    for row in order_rows(session, municipality, status=OrderStatus.SENT, **ordered):
        if row.decision_id != without:
            counted.setdefault(row.decision_id, row.minutes_per_week)
    return Room(at, True, ceiling.minutes_per_week, sum(counted.values()), queued)
