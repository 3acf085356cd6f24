"""
Decisions as they hold, many at once: when, where and how much, without their homes and wishes.

Four statements whatever the number of decisions; :func:`api.store.decision_rows.held_revision`
reads one whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Select
from sqlmodel import Session, col, select

from api.store.decision_rows import line_of
from api.store.order_records import At
from api.store.tables import (
    DecisionRevisionRow,
    DecisionRow,
    InterruptionRow,
    PlacementRow,
    ServiceLineRow,
)
from pricing.budget.model import Interruption
from scheduler.care.model import Decision

Part = TypeVar("Part", PlacementRow, ServiceLineRow, InterruptionRow)


@dataclass(frozen=True, slots=True)
class Placed:
    """
    A decision as it holds.

    Parameters
    ----------
    placements
        First day -> provider and unit, by rising day.
    """

    decision: Decision
    placements: tuple[tuple[date, At], ...]
    interruptions: tuple[Interruption, ...]

    def runs(self, day: date) -> bool:
        """Whether it is in force on `day`."""
        last = self.decision.valid_to
        return self.decision.valid_from <= day and (last is None or day <= last)

    def at(self, day: date) -> At:
        """Who carries it out on `day`, or first of all."""
        past = [at for first, at in self.placements if first <= day]
        return past[-1] if past else self.placements[0][1]

    def promised(self, at: At, day: date) -> bool:
        """Whether `at` carries it out on `day` or later."""
        last = self.decision.valid_to
        if last is not None and last < day:
            return False
        ends = [first for first, _ in self.placements[1:]]
        return any(
            place == at and (end is None or end > day)
            for (_, place), end in zip(self.placements, [*ends, None], strict=True)
        )


def placed(session: Session, municipality: str, day: date) -> tuple[Placed, ...]:
    """Every decision that is in force on `day` or later, by rising id."""
    query = (
        select(DecisionRevisionRow)
        .join(DecisionRow, _current(DecisionRevisionRow.number))
        .where(col(DecisionRevisionRow.decision_id) == col(DecisionRow.id))
        .where(col(DecisionRevisionRow.municipality_id) == col(DecisionRow.municipality_id))
        .where(DecisionRow.municipality_id == municipality)
        .where(
            col(DecisionRevisionRow.valid_to).is_(None) | (col(DecisionRevisionRow.valid_to) >= day)
        )
        .order_by(col(DecisionRevisionRow.decision_id))
    )
    rows = session.exec(query).all()
    recipients = dict(
        session.exec(
            select(DecisionRow.id, DecisionRow.recipient_id).where(
                DecisionRow.municipality_id == municipality
            )
        ).all()
    )
    lines = rows_that_hold(session, ServiceLineRow, municipality, ServiceLineRow.position)
    placements = rows_that_hold(session, PlacementRow, municipality, PlacementRow.first_day)
    interruptions = rows_that_hold(session, InterruptionRow, municipality, InterruptionRow.position)
    found = []
    for row in rows:
        name = row.decision_id
        at = tuple((p.first_day, At(p.provider_id, p.unit_id)) for p in placements.get(name, ()))
        decision = Decision(
            name,
            recipients[name],
            row.decided_on,
            row.valid_from,
            row.valid_to,
            at[0][1].provider if at else "",
            tuple(line_of(line) for line in lines.get(name, ())),
            row.review_on,
        )
        away = tuple(Interruption(i.first_day, i.last_day) for i in interruptions.get(name, ()))
        found.append(Placed(decision, at, away))
    return tuple(found)


def _current(number: Any) -> Any:
    return col(number) == col(DecisionRow.version)


def rows_that_hold(
    session: Session, table: type[Part], municipality: str, order: Any
) -> dict[str, list[Part]]:
    """The rows of the revisions that hold, by decision."""
    query: Select[Any] = (
        select(table)
        .join(DecisionRow, col(table.revision) == col(DecisionRow.version))
        .where(col(table.decision_id) == col(DecisionRow.id))
        .where(col(table.municipality_id) == col(DecisionRow.municipality_id))
        .where(col(table.municipality_id) == municipality)
        .order_by(col(table.decision_id), col(order))
    )
    found: dict[str, list[Part]] = {}
    for row in _each(session, query):
        found.setdefault(row.decision_id, []).append(row)
    return found


def _each(session: Session, query: Any) -> Iterable[Any]:
    found: Iterable[Any] = session.exec(query)
    return found
