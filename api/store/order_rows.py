"""
Choices, orders and ceilings between their tables and their records.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from api.documents.amendments import Outcome
from api.documents.strict_json import write_json
from api.refusals import not_found
from api.store.order_records import (
    At,
    Ceiling,
    Choice,
    ChoiceKind,
    Office,
    Order,
    OrderStatus,
    OrderStep,
    Review,
    Rule,
    RuleKind,
)
from api.store.tables import (
    CapacityRow,
    ChoiceRow,
    FallbackRuleRow,
    OrderRow,
    OrderStepRow,
    ReviewRow,
)
from scheduler.care.model import Location


def digest(*words: Any) -> str:
    """SHA-256 of what a row says; the audit log keeps it."""
    return hashlib.sha256(write_json([_plain(word) for word in words]).encode()).hexdigest()


def _plain(word: Any) -> Any:
    return word.isoformat() if isinstance(word, date) else word


# ---------------------------------------------------------------- ceilings and rules


def capacity_digest(row: CapacityRow) -> str:
    """Of a ceiling."""
    return digest(row.first_day, row.minutes_per_week)


def capacity_subject(provider: str, unit: str) -> str:
    """How the log names a provider in a unit; ids may hold any printable sign."""
    return json.dumps([provider, unit], ensure_ascii=False)


def ceiling_of(row: CapacityRow) -> Ceiling:
    """The record."""
    return Ceiling(
        At(row.provider_id, row.unit_id), row.number, row.first_day, row.minutes_per_week
    )


def ceilings(session: Session, municipality: str, at: At | None = None) -> list[Ceiling]:
    """Every ceiling, of one provider in one unit or of all, in order."""
    query = select(CapacityRow).where(CapacityRow.municipality_id == municipality)
    if at is not None:
        query = query.where(CapacityRow.provider_id == at.provider)
        query = query.where(CapacityRow.unit_id == at.unit)
    order = (col(CapacityRow.provider_id), col(CapacityRow.unit_id), col(CapacityRow.number))
    return [ceiling_of(row) for row in session.exec(query.order_by(*order))]


def rule_digest(row: FallbackRuleRow) -> str:
    """Of a rule."""
    return digest(row.first_day, row.kind, row.offices_json)


def write_offices(offices: Iterable[Office]) -> str:
    """Providers of a rule as they are stored."""
    return json.dumps(
        [
            [each.provider, *([each.location.lat, each.location.lon] if each.location else [])]
            for each in offices
        ],
        ensure_ascii=False,
    )


def rules(session: Session, municipality: str, unit: str | None = None) -> list[Rule]:
    """Every rule, of one unit or of all, in order."""
    query = select(FallbackRuleRow).where(FallbackRuleRow.municipality_id == municipality)
    if unit is not None:
        query = query.where(FallbackRuleRow.unit_id == unit)
    order = (col(FallbackRuleRow.unit_id), col(FallbackRuleRow.number))
    return [
        Rule(
            row.unit_id,
            row.number,
            row.first_day,
            RuleKind(row.kind),
            tuple(
                Office(provider, Location(*place) if place else None)
                for provider, *place in json.loads(row.offices_json)
            ),
        )
        for row in session.exec(query.order_by(*order))
    ]


def in_force(dated: Sequence[Ceiling] | Sequence[Rule], day: date) -> Any:
    """The one that holds on `day`: of the latest first day, the last one written; None before."""
    past = [each for each in dated if each.first_day <= day]
    return max(past, key=lambda each: (each.first_day, each.number), default=None)


# ---------------------------------------------------------------- choices and orders


def choice_digest(row: ChoiceRow) -> str:
    """Of a choice."""
    return digest(row.kind, row.first_day, row.answer_days, row.ranked_json, row.rule_number)


def write_ranked(ranked: Iterable[At]) -> str:
    """The providers of a choice as they are stored."""
    return json.dumps([[at.provider, at.unit] for at in ranked], ensure_ascii=False)


def choice_of(row: ChoiceRow) -> Choice:
    """The record."""
    return Choice(
        row.decision_id,
        row.number,
        ChoiceKind(row.kind),
        tuple(At(*pair) for pair in json.loads(row.ranked_json)),
        row.first_day,
        row.answer_days,
        row.rule_number,
        row.recorded_at,
        row.recorded_by,
    )


def choices(session: Session, municipality: str, decision_id: str) -> list[Choice]:
    """Every choice of a decision, in order."""
    query = (
        select(ChoiceRow)
        .where(ChoiceRow.municipality_id == municipality)
        .where(ChoiceRow.decision_id == decision_id)
        .order_by(col(ChoiceRow.number))
    )
    return [choice_of(row) for row in session.exec(query)]


def order_row(session: Session, municipality: str, decision_id: str, number: int) -> OrderRow:
    """The row of one order; NotFound when there is none."""
    row = session.get(OrderRow, (municipality, decision_id, number))
    if row is None:
        raise not_found("orders", f"{decision_id} {number}")
    return row


def order_rows(session: Session, municipality: str, **equal: str) -> list[OrderRow]:
    """Orders whose columns equal what is given, in the order in which they were made."""
    query = select(OrderRow).where(OrderRow.municipality_id == municipality)
    for name, value in equal.items():
        query = query.where(getattr(OrderRow, name) == value)
    return list(session.exec(query.order_by(col(OrderRow.place))))


def orders_of(session: Session, rows: Sequence[OrderRow]) -> tuple[Order, ...]:
    """The records, with their steps."""
    if not rows:
        return ()
    ids = sorted({row.decision_id for row in rows})
    query = (
        select(OrderStepRow)
        .where(OrderStepRow.municipality_id == rows[0].municipality_id)
        .where(col(OrderStepRow.decision_id).in_(ids))
        .order_by(col(OrderStepRow.number))
    )
    steps: dict[tuple[str, int], list[OrderStep]] = {}
    for step in session.exec(query):
        steps.setdefault((step.decision_id, step.order_number), []).append(
            OrderStep(OrderStatus(step.status), step.taken_at, step.taken_by, step.reason)
        )
    return tuple(
        Order(
            row.decision_id,
            row.number,
            row.version,
            row.choice_number,
            row.rank,
            At(row.provider_id, row.unit_id),
            row.first_day,
            row.minutes_per_week,
            row.answer_by,
            OrderStatus(row.status),
            tuple(steps.get((row.decision_id, row.number), ())),
        )
        for row in rows
    )


def order_digest(row: OrderRow) -> str:
    """Of what never changes of an order."""
    return digest(
        row.choice_number,
        row.rank,
        row.provider_id,
        row.unit_id,
        row.first_day,
        row.minutes_per_week,
    )


# ---------------------------------------------------------------- reviews


def review_digest(row: ReviewRow) -> str:
    """Of a review."""
    return digest(row.revision, row.reviewed_on, row.outcome, row.next_on)


def reviews(session: Session, municipality: str, decision_id: str) -> tuple[Review, ...]:
    """Every review of a decision, in order."""
    query = (
        select(ReviewRow)
        .where(ReviewRow.municipality_id == municipality)
        .where(ReviewRow.decision_id == decision_id)
        .order_by(col(ReviewRow.number))
    )
    return tuple(
        Review(
            row.number,
            row.revision,
            row.reviewed_on,
            Outcome(row.outcome),
            row.next_on,
            row.recorded_at,
            row.recorded_by,
        )
        for row in session.exec(query)
    )
