"""
What must hold of choices, orders, ceilings, rules and reviews; part of :mod:`api.store.check`.

* Each of them is as it was logged, and numbered 1, 2, … within its subject.
* An order's status and version are those of its steps, and each step may follow on the one before.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TypeVar

from sqlmodel import Session, col, select

from api.store.order_records import STEPS, OrderStatus
from api.store.order_rows import (
    capacity_digest,
    capacity_subject,
    choice_digest,
    order_digest,
    review_digest,
    rule_digest,
)
from api.store.tables import (
    AuditRow,
    CapacityRow,
    ChoiceRow,
    FallbackRuleRow,
    OrderRow,
    OrderStepRow,
    ReviewRow,
)
from scheduler.care.errors import Finding

KINDS = ("capacity", "fallback-rule", "choice", "order", "review")
Row = TypeVar("Row", CapacityRow, FallbackRuleRow, ChoiceRow, OrderRow, OrderStepRow, ReviewRow)
# Kind, subject and number -> what happened, with its digest.
Acts = Counter[tuple[str, str, int, str]]


def order_findings(
    session: Session, municipality: str, log: Iterable[AuditRow]
) -> Iterator[Finding]:
    """Every invariant of the municipality's orders, and of what leads to them, that is broken."""
    orders = _rows(session, municipality, OrderRow)
    steps: dict[tuple[str, int], list[OrderStepRow]] = {}
    for step in _rows(session, municipality, OrderStepRow):
        steps.setdefault((step.decision_id, step.order_number), []).append(step)
    held = _held(session, municipality, orders, steps)
    logged: Acts = Counter()
    for entry in log:
        if entry.subject_kind in KINDS:
            told = json.loads(entry.details_json)
            words = f"{entry.action} {told['sha256']}"
            logged[entry.subject_kind, entry.subject_id, told["version"], words] += 1
    for kind, subject, number, _ in sorted((held - logged) + (logged - held)):
        yield _broken("UNLIKE_LOG", f"{kind} ({subject}) {number}", "as it was logged", "otherwise")
    numbers: dict[tuple[str, str], list[int]] = {}
    for kind, subject, number, _ in held:
        numbers.setdefault((kind, subject), []).append(number)
    for order in orders:
        numbers.setdefault(("orders", order.decision_id), []).append(order.number)
    for (kind, subject), found in sorted(numbers.items()):
        if sorted(found) != list(range(1, len(found) + 1)):
            yield _broken("REVISIONS", f"{kind} ({subject})", f"1 to {len(found)}", str(found))
    for order in orders:
        yield from _way(order, steps.get((order.decision_id, order.number), []))


def _held(
    session: Session,
    municipality: str,
    orders: Iterable[OrderRow],
    steps: dict[tuple[str, int], list[OrderStepRow]],
) -> Acts:
    found: Acts = Counter()
    for row in _rows(session, municipality, CapacityRow):
        subject = capacity_subject(row.provider_id, row.unit_id)
        found["capacity", subject, row.number, f"CAPACITY_SET {capacity_digest(row)}"] += 1
    for rule in _rows(session, municipality, FallbackRuleRow):
        found["fallback-rule", rule.unit_id, rule.number, f"RULE_SET {rule_digest(rule)}"] += 1
    for choice in _rows(session, municipality, ChoiceRow):
        words = f"PROVIDER_CHOSEN {choice_digest(choice)}"
        found["choice", choice.decision_id, choice.number, words] += 1
    for review in _rows(session, municipality, ReviewRow):
        words = f"DECISION_REVIEWED {review_digest(review)}"
        found["review", review.decision_id, review.number, words] += 1
    for order in orders:
        subject, sha256 = f"{order.decision_id} {order.number}", order_digest(order)
        for step in steps.get((order.decision_id, order.number), []):
            found["order", subject, step.number, f"ORDER_{step.status} {sha256}"] += 1
    return found


def _way(order: OrderRow, steps: list[OrderStepRow]) -> Iterator[Finding]:
    """Whether the order stands where its steps have led."""
    statuses = [OrderStatus(s.status) for s in sorted(steps, key=lambda step: step.number)]
    where = f"order ({order.decision_id} {order.number})"
    if not statuses or (order.status, order.version) != (statuses[-1], len(statuses)):
        told = f"{statuses[-1]} {len(statuses)}" if statuses else "no step"
        yield _broken("STEPS", where, told, f"{order.status} {order.version}")
    for before, after in pairwise([None, *statuses]):
        if after not in STEPS.get(before, ()):
            yield _broken("STEPS", where, "a step that may follow", f"{before} to {after}")


def _rows(session: Session, municipality: str, table: type[Row]) -> list[Row]:
    query = select(table).where(col(table.municipality_id) == municipality)
    return list(session.exec(query))


def _broken(code: str, where: str, expected: str, found: str) -> Finding:
    return Finding(
        code,
        where,
        expected,
        found,
        "Stoppa skrivningar, spara en kopia av databasen och jämför med säkerhetskopian.",
    )
