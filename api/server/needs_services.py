"""
Needs assessment for a request: choices, orders, queues, ceilings, rules and deadlines.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from api import flow
from api.documents.deadlines import DeadlinesSchema
from api.documents.schema_faults import validate
from api.documents.schema_types import Schema
from api.documents.strict_json import parse_json
from api.server.needs_schemas import (
    AnsweredSchema,
    CapacityRequestSchema,
    CapacitySchema,
    ChoiceRequestSchema,
    ChoiceSchema,
    ExpiredSchema,
    OfficeSchema,
    OrderedSchema,
    OrderSchema,
    OrderStepSchema,
    PlaceSchema,
    QueueSchema,
    ReasonSchema,
    RuleRequestSchema,
    RuleSchema,
)
from api.server.services import Services
from api.store.audit import Act
from api.store.order_records import At, Ceiling, Choice, Office, Order, Rule
from api.usecases import choosing, ordering
from api.usecases.deadlines import deadlines as due_until
from api.usecases.deadlines import deadlines_document
from api.usecases.ordering import Answered
from api.usecases.rooms import WeeklyMinutes, room
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.model import Decision, Location
from scheduler.care.units import STOCKHOLM

Body = TypeVar("Body", bound=Schema)


def choices(services: Services, act: Act, decision_id: str) -> list[ChoiceSchema]:
    """Every choice of a decision."""
    found = choosing.choices_of(services.store, act.municipality, decision_id, act)
    return [_choice(each) for each in found]


def choose(
    services: Services, act: Act, decision_id: str, version: int, content: bytes
) -> OrderedSchema:
    """Keep a choice, or let the rule choose, and order."""
    body = _read(services, ChoiceRequestSchema, content)
    if bool(body.providers) == (body.by_rule is not None):
        raise InvalidInput(_one_of_two())
    first_day, days, weekly = body.first_day, body.answer_days, _weekly(services)
    if body.by_rule is not None:
        made = choosing.choose_for(
            services.store, act, decision_id, version, body.by_rule, first_day, days, weekly
        )
    else:
        ranked = [At(each.provider, each.unit) for each in body.providers]
        made = choosing.choose(
            services.store, act, decision_id, version, ranked, first_day, days, weekly
        )
    return OrderedSchema(choice=_choice(made.choice), order=_order(made.order))


def orders(
    services: Services, act: Act, decision_id: str | None, provider: str | None
) -> list[OrderSchema]:
    """Orders of a decision, to a provider, or all."""
    return _orders(ordering.orders(services.store, act.municipality, decision_id, provider, act))


def accept(
    services: Services, act: Act, decision_id: str, number: int, version: int
) -> AnsweredSchema:
    """The provider takes an order."""
    weekly = _weekly(services)
    return _answered(ordering.accept(services.store, act, decision_id, number, version, weekly))


def refuse(
    services: Services, act: Act, decision_id: str, number: int, version: int, content: bytes
) -> AnsweredSchema:
    """The provider does not take an order."""
    reason = _read(services, ReasonSchema, content).reason
    weekly = _weekly(services)
    return _answered(
        ordering.refuse(services.store, act, decision_id, number, version, reason, weekly)
    )


def cancel(
    services: Services, act: Act, decision_id: str, number: int, version: int, content: bytes
) -> AnsweredSchema:
    """Take an order back."""
    reason = _read(services, ReasonSchema, content).reason
    weekly = _weekly(services)
    return _answered(
        ordering.cancel(services.store, act, decision_id, number, version, reason, weekly)
    )


def expire(services: Services, act: Act) -> ExpiredSchema:
    """Let unanswered orders go on, and whoever has room leave the queue."""
    weekly = _weekly(services)
    expired = ordering.expire(services.store, act, weekly)
    return ExpiredSchema(expired=expired, sent=ordering.advance(services.store, act, weekly))


def queue(services: Services, act: Act, at: At) -> QueueSchema:
    """A provider's room in a unit today, and who waits for it."""
    found = room(services.store, act.municipality, at, _today(services), _weekly(services))
    return QueueSchema(
        provider=at.provider,
        unit=at.unit,
        offered=found.offered,
        minutes_per_week=found.ceiling,
        used_minutes=found.used,
        orders=_orders(ordering.queue(services.store, act.municipality, at, act)),
    )


def capacities(services: Services, act: Act) -> list[CapacitySchema]:
    """Every ceiling."""
    return [_capacity(each) for each in choosing.capacities(services.store, act.municipality)]


def set_capacity(
    services: Services, act: Act, at: At, version: int, content: bytes
) -> CapacitySchema:
    """A ceiling from a day on."""
    body = _read(services, CapacityRequestSchema, content)
    ceiling = Ceiling(at, 0, body.first_day, body.minutes_per_week)
    return _capacity(
        choosing.set_capacity(services.store, act, version, ceiling, _weekly(services))
    )


def set_rule(services: Services, act: Act, unit: str, version: int, content: bytes) -> RuleSchema:
    """A rule for whoever does not choose."""
    body = _read(services, RuleRequestSchema, content)
    offices = tuple(
        Office(each.provider, Location(*each.location) if each.location else None)
        for each in body.providers
    )
    made = choosing.set_rule(
        services.store, act, version, Rule(unit, 0, body.first_day, body.kind, offices)
    )
    return _rule(made)


def deadlines(services: Services, act: Act, today: date | None, ahead: int) -> DeadlinesSchema:
    """What is due until so many days ahead."""
    day = today or _today(services)
    found = due_until(services.store, act.municipality, day, ahead=ahead, act=act)
    return deadlines_document(day, day + timedelta(days=ahead), found)


# ---------------------------------------------------------------- records as documents


def _weekly(services: Services) -> WeeklyMinutes:
    def minutes(decision: Decision, day: date) -> Decimal:
        return flow.weekly_granted_minutes(decision, day, services.terms)

    return minutes


def _today(services: Services) -> date:
    return services.clock().astimezone(STOCKHOLM).date()


def _read(services: Services, schema: type[Body], content: bytes) -> Body:
    value, findings = parse_json(content, max_bytes=services.settings.max_bytes)
    read, faults = validate(schema, value)
    if read is None or findings:
        raise InvalidInput([*findings, *faults])
    return read


def _choice(choice: Choice) -> ChoiceSchema:
    return ChoiceSchema(
        number=choice.number,
        kind=choice.kind,
        providers=[PlaceSchema(provider=at.provider, unit=at.unit) for at in choice.ranked],
        first_day=choice.first_day,
        answer_days=choice.answer_days,
        rule=choice.rule,
        at=choice.at,
        by=choice.by,
    )


def _orders(orders: Iterable[Order]) -> list[OrderSchema]:
    return [_order(order) for order in orders]


def _order(order: Order) -> OrderSchema:
    return OrderSchema(
        decision_id=order.decision_id,
        number=order.number,
        version=order.version,
        choice=order.choice,
        rank=order.rank,
        provider=order.at.provider,
        unit=order.at.unit,
        first_day=order.first_day,
        minutes_per_week=order.minutes_per_week,
        answer_by=order.answer_by,
        status=order.status,
        steps=[
            OrderStepSchema(status=step.status, at=step.at, by=step.by, reason=step.reason)
            for step in order.steps
        ],
    )


def _answered(answered: Answered) -> AnsweredSchema:
    following = answered.next
    return AnsweredSchema(
        order=_order(answered.order), next=None if following is None else _order(following)
    )


def _capacity(ceiling: Ceiling) -> CapacitySchema:
    return CapacitySchema(
        provider=ceiling.at.provider,
        unit=ceiling.at.unit,
        number=ceiling.number,
        first_day=ceiling.first_day,
        minutes_per_week=ceiling.minutes_per_week,
    )


def _rule(rule: Rule) -> RuleSchema:
    return RuleSchema(
        unit=rule.unit,
        number=rule.number,
        first_day=rule.first_day,
        kind=rule.kind,
        providers=[
            OfficeSchema(
                provider=each.provider,
                location=None if each.location is None else [each.location.lat, each.location.lon],
            )
            for each in rule.offices
        ],
    )


def _one_of_two() -> Finding:
    return Finding(
        "ONE_OF_TWO",
        "choice",
        "providers or byRule",
        "both or none",
        "Ange personens val, eller enheten vars regel ska välja.",
    )
