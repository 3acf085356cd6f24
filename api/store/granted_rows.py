"""
Granted decisions as they hold, many at once, with what their purses depend on: no homes, no wishes,
no reasons.

Five statements whatever the number of decisions.
"""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col, select

from api.store.decision_rows import line_of
from api.store.placed import rows_that_hold
from api.store.tables import (
    DecisionRevisionRow,
    DecisionRow,
    InterruptionRow,
    PlacementRow,
    ProviderRow,
    ServiceLineRow,
)
from pricing.book.model import Status
from pricing.budget.model import Granted, Interruption, Placement
from scheduler.care.model import Decision, ProviderKind


def granted_decisions(
    session: Session, municipality: str, first: date, last: date, provider: str | None = None
) -> tuple[Granted, ...]:
    """
    Every decision that is in force on some day from `first` to `last`, by rising id.

    Parameters
    ----------
    provider
        Only those that are placed with this provider at some time.
    """
    kinds = {
        row.id: ProviderKind(row.kind)
        for row in session.exec(
            select(ProviderRow).where(ProviderRow.municipality_id == municipality)
        )
    }
    placements = rows_that_hold(session, PlacementRow, municipality, PlacementRow.first_day)
    lines = rows_that_hold(session, ServiceLineRow, municipality, ServiceLineRow.position)
    away = rows_that_hold(session, InterruptionRow, municipality, InterruptionRow.position)
    query = (
        select(DecisionRevisionRow, col(DecisionRow.recipient_id))
        .join(
            DecisionRow,
            (col(DecisionRevisionRow.municipality_id) == DecisionRow.municipality_id)
            & (col(DecisionRevisionRow.decision_id) == DecisionRow.id)
            & (col(DecisionRevisionRow.number) == DecisionRow.version),
        )
        .where(DecisionRow.municipality_id == municipality)
        .where(DecisionRevisionRow.valid_from <= last)
        .order_by(col(DecisionRow.id))
    )
    found = []
    for revision, recipient in session.exec(query):
        name = revision.decision_id
        placed = tuple(
            Placement(row.first_day, row.zone, row.provider_id, kinds[row.provider_id], row.unit_id)
            for row in placements.get(name, ())
        )
        ended = revision.valid_to is not None and revision.valid_to < first
        if ended or (provider is not None and provider not in {each.provider for each in placed}):
            continue
        decision = Decision(
            name,
            recipient,
            revision.decided_on,
            revision.valid_from,
            revision.valid_to,
            placed[0].provider,
            tuple(line_of(line) for line in lines.get(name, ())),
        )
        interruptions = tuple(
            Interruption(
                row.first_day,
                row.last_day,
                status=None if row.status is None else Status(row.status),
            )
            for row in away.get(name, ())
        )
        found.append(Granted(decision, placed, interruptions))
    return tuple(found)
