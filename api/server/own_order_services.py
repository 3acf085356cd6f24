"""
A provider's own orders for a request: read, answered, and shown without what is others'.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from api import flow
from api.documents.decision_schemas import RecipientSchema
from api.documents.decisions import line_document
from api.documents.schema_faults import is_id, validate
from api.documents.strict_json import parse_json
from api.refusals import not_found
from api.server.needs_schemas import ReasonSchema
from api.server.own_order_schemas import (
    AwaySchema,
    OrderedServicesSchema,
    OwnOrderHeadSchema,
    OwnOrderSchema,
    OwnOrdersSchema,
    OwnOrderStepSchema,
)
from api.server.services import Services
from api.store.order_records import Order, OrderStatus
from api.usecases.own_orders import (
    Ordered,
    accept_own,
    is_answer,
    own_order,
    own_orders,
    refuse_own,
)
from api.usecases.rooms import WeeklyMinutes
from api.usecases.sight import Reader
from scheduler.care.errors import InvalidInput
from scheduler.care.model import Decision


def orders(services: Services, reader: Reader, scope: str | None, provider: str) -> OwnOrdersSchema:
    """Every order that was sent to the provider."""
    _require_own(scope, provider)
    found = own_orders(services.store, reader, provider)
    return OwnOrdersSchema(orders=[OwnOrderHeadSchema(**_head(each)) for each in found])


def order(
    services: Services,
    reader: Reader,
    scope: str | None,
    provider: str,
    decision_id: str,
    number: int,
) -> OwnOrderSchema:
    """One of them, with what is ordered."""
    _require_own(scope, provider, decision_id)
    found = own_order(services.store, reader, provider, decision_id, number)
    ordered = None if found.ordered is None else _ordered(found.ordered)
    return OwnOrderSchema(**_head(found.order), ordered=ordered)


def accept(
    services: Services,
    reader: Reader,
    scope: str | None,
    provider: str,
    decision_id: str,
    number: int,
    version: int,
) -> OwnOrderSchema:
    """The provider takes it."""
    _require_own(scope, provider, decision_id)
    weekly = _weekly(services)
    accept_own(services.store, reader, provider, decision_id, number, version, weekly)
    return order(services, reader, scope, provider, decision_id, number)


def refuse(
    services: Services,
    reader: Reader,
    scope: str | None,
    provider: str,
    decision_id: str,
    number: int,
    version: int,
    content: bytes,
) -> OwnOrderSchema:
    """The provider does not take it; who is asked next is not told."""
    _require_own(scope, provider, decision_id)
    reason, weekly = _reason(services, content), _weekly(services)
    refuse_own(services.store, reader, provider, decision_id, number, version, reason, weekly)
    return order(services, reader, scope, provider, decision_id, number)


# ---------------------------------------------------------------- shown


def _head(order: Order) -> dict[str, Any]:
    steps = list(order.steps)
    # What went on while it waited in the queue is the municipality's business.
    while steps[0].status is OrderStatus.QUEUED:
        steps.pop(0)
    return {
        "decision_id": order.decision_id,
        "number": order.number,
        "version": order.version,
        "unit": order.at.unit,
        "first_day": order.first_day,
        "minutes_per_week": order.minutes_per_week,
        "answer_by": order.answer_by,
        "status": order.status,
        "steps": [
            OwnOrderStepSchema(
                status=step.status,
                at=step.at,
                # Whoever let it be sent, or replaced it, may be another provider's.
                by=step.by if is_answer(step.status) else None,
                reason=step.reason,
            )
            for step in steps
        ],
    }


def _ordered(ordered: Ordered) -> OrderedServicesSchema:
    home = ordered.home
    shown = None
    if home is not None:
        shown = RecipientSchema(
            location=[home.location.lat, home.location.lon],
            zone=home.zone,
            required_skills=sorted(home.required_skills),
            **RecipientSchema.fields_of(home.wishes),
        )
    return OrderedServicesSchema(
        first_day=ordered.first_day,
        last_day=ordered.last_day,
        zone=ordered.zone,
        required_skills=sorted(ordered.skills),
        lines=[line_document(line) for line in ordered.lines],
        interruptions=[
            AwaySchema(first_day=each.first_day, last_day=each.last_day)
            for each in ordered.interruptions
        ],
        recipient_id=None if home is None else home.id,
        recipient=shown,
    )


def _reason(services: Services, content: bytes) -> str:
    value, findings = parse_json(content, max_bytes=services.settings.max_bytes)
    read, faults = validate(ReasonSchema, value)
    if read is None or findings:
        raise InvalidInput([*findings, *faults])
    return read.reason


def _weekly(services: Services) -> WeeklyMinutes:
    def minutes(decision: Decision, day: date) -> Decimal:
        return flow.weekly_granted_minutes(decision, day, services.terms)

    return minutes


def _require_own(scope: str | None, provider: str, *ids: str) -> None:
    """To a provider another one's orders are as those of a provider that nobody knows."""
    if not all(is_id(each) for each in (provider, *ids)):
        raise not_found("orders", "the address")
    if scope not in (None, provider):
        raise not_found("providers", provider)
