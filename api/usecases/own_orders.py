"""
A provider's own orders: what it may know of each, and its answer.

Promises: an order is there for its provider from the moment it is sent, never while it waits in the
queue; what is ordered is told as long as the provider has to answer or has the decision; whose it
is and where they live only while it has the decision, to its last day, and that reading is logged
in the same transaction. Nothing tells who else was asked, what they said, or who has the decision
before or after. A protected recipient's order does not exist for who has no grant to see them: an
assessor settles it with the provider, and registers the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlmodel import Session

from api.refusals import not_found
from api.store.access_log import log_readings
from api.store.decision_rows import held_revision, held_version
from api.store.engine import Store
from api.store.order_records import Order, OrderStatus
from api.store.order_rows import order_row, order_rows, orders_of
from api.store.person_records import AccessKind
from api.store.tables import DecisionRow, OrderRow, ProviderRow
from api.usecases.looking import Look, look
from api.usecases.ordering import Answered, accept, refuse
from api.usecases.rooms import WeeklyMinutes
from api.usecases.sight import Reader, sight_of
from pricing.budget.model import Interruption, Placement
from scheduler.care.errors import NotFound
from scheduler.care.model import Recipient, ServiceLine
from scheduler.care.units import STOCKHOLM

# A replaced order is its provider's to the day before the next one's first.
TAKEN = (OrderStatus.ACCEPTED, OrderStatus.REPLACED)
_ANSWERS = (OrderStatus.ACCEPTED, OrderStatus.REFUSED)


@dataclass(frozen=True, slots=True)
class Ordered:
    """
    What is ordered, as the decision holds now.

    Parameters
    ----------
    first_day, last_day
        Of the provider's part of the decision, both included; until further notice without a last.
    zone
        Where, on the first day.
    interruptions
        Within those days; once the provider has the decision.
    home
        Whose it is and where they live; once the provider has the decision.
    """

    first_day: date
    last_day: date | None
    zone: str
    skills: frozenset[str]
    lines: tuple[ServiceLine, ...]
    interruptions: tuple[Interruption, ...] = ()
    home: Recipient | None = None


@dataclass(frozen=True, slots=True)
class OwnOrder:
    """An order as its provider sees it; what is ordered is None when it is no longer its own."""

    order: Order
    ordered: Ordered | None


def own_orders(store: Store, reader: Reader, provider: str) -> tuple[Order, ...]:
    """
    The orders that were sent to a provider, in the order in which they were made.

    Raises
    ------
    NotFound
        When there is no such provider.
    """
    municipality = reader.act.municipality

    def read(session: Session, shown: Look) -> tuple[Order, ...]:
        _require_provider(session, municipality, provider)
        rows = order_rows(session, municipality, provider_id=provider)
        sight = sight_of(session, reader)
        seen = [row for row in rows if sight.sees(_recipient(session, row))]
        sent = tuple(each for each in orders_of(session, seen) if was_sent(each))
        shown.show_decisions(each.decision_id for each in sent)
        return sent

    return look(store, reader.act, read)


def own_order(
    store: Store, reader: Reader, provider: str, decision_id: str, number: int
) -> OwnOrder:
    """
    One of them, with what is ordered.

    Raises
    ------
    NotFound
        When there is none that was sent to the provider.
    """
    with store.writing() as session:
        row, order, hidden = _own(session, reader, provider, decision_id, number)
        if hidden:
            _log(session, reader, row, AccessKind.REFUSED)
        found = None if hidden else _told(session, reader, row, order)
    if found is None:
        raise _none(decision_id, number)
    return found


def accept_own(
    store: Store,
    reader: Reader,
    provider: str,
    decision_id: str,
    number: int,
    expected: int,
    weekly: WeeklyMinutes,
) -> Answered:
    """
    The provider takes the order, as :func:`api.usecases.ordering.accept`.

    Raises
    ------
    NotFound
        When there is none that was sent to the provider.
    """
    _require_own(store, reader, provider, decision_id, number)
    return accept(store, reader.act, decision_id, number, expected, weekly)


def refuse_own(
    store: Store,
    reader: Reader,
    provider: str,
    decision_id: str,
    number: int,
    expected: int,
    reason: str,
    weekly: WeeklyMinutes,
) -> Answered:
    """
    The provider does not take the order, as :func:`api.usecases.ordering.refuse`.

    Raises
    ------
    NotFound
        When there is none that was sent to the provider.
    """
    _require_own(store, reader, provider, decision_id, number)
    return refuse(store, reader.act, decision_id, number, expected, reason, weekly)


def was_sent(order: Order) -> bool:
    """Whether the provider was ever asked; who leaves the queue otherwise never was."""
    return any(step.status is OrderStatus.SENT for step in order.steps)


def is_answer(status: OrderStatus) -> bool:
    """Whether a step is what the provider said, or was registered as said by it."""
    return status in _ANSWERS


# ---------------------------------------------------------------- whose it is


def _require_own(
    store: Store, reader: Reader, provider: str, decision_id: str, number: int
) -> None:
    # An order never changes its provider, and once sent stays so: what is found holds in the
    # transaction that follows.
    with store.reading() as session:
        row, _, hidden = _own(session, reader, provider, decision_id, number)
    if hidden:
        with store.writing() as session:
            _log(session, reader, row, AccessKind.REFUSED)
        raise _none(decision_id, number)


def _own(
    session: Session, reader: Reader, provider: str, decision_id: str, number: int
) -> tuple[OrderRow, Order, bool]:
    """The order, and whether its recipient is hidden from the reader."""
    municipality = reader.act.municipality
    _require_provider(session, municipality, provider)
    row = order_row(session, municipality, decision_id, number)
    (order,) = orders_of(session, [row])
    if row.provider_id != provider or not was_sent(order):
        raise _none(decision_id, number)
    return row, order, not sight_of(session, reader).sees(_recipient(session, row))


def _log(session: Session, reader: Reader, row: OrderRow, kind: AccessKind) -> None:
    """That the order's recipient was read, or asked for in vain."""
    seen = sight_of(session, reader).seen(_recipient(session, row), kind)
    purpose = replace(reader.purpose, unit=row.unit_id, case=row.decision_id)
    log_readings(session, reader.act, purpose, [seen])


def _none(decision_id: str, number: int) -> NotFound:
    return not_found("orders", f"{decision_id} {number}")


def _require_provider(session: Session, municipality: str, provider: str) -> None:
    if session.get(ProviderRow, (municipality, provider)) is None:
        raise not_found("providers", provider)


def _recipient(session: Session, row: OrderRow) -> str:
    return session.get_one(DecisionRow, (row.municipality_id, row.decision_id)).recipient_id


# ---------------------------------------------------------------- what is ordered


def _told(session: Session, reader: Reader, row: OrderRow, order: Order) -> OwnOrder:
    ordered = _ordered(session, row, reader.act.at.astimezone(STOCKHOLM).date())
    if ordered is not None and ordered.home is not None:
        _log(session, reader, row, AccessKind.READ)
    return OwnOrder(order, ordered)


def _ordered(session: Session, row: OrderRow, today: date) -> Ordered | None:
    """What the provider has to answer, or carries out; None when it is neither today nor later."""
    taken = row.status in TAKEN
    if not taken and row.status != OrderStatus.SENT:
        return None
    version = held_version(session, row.municipality_id, row.decision_id).version
    case = held_revision(session, row.municipality_id, row.decision_id, version).case
    granted, decision = case.granted, case.granted.decision
    first = max(row.first_day, decision.valid_from)
    placed = granted.placement_on(first)
    ends = [decision.valid_to]
    if taken:
        ends.append(_handed_on(granted.placements, row.provider_id, first))
    last = min((day for day in ends if day is not None), default=None)
    has = taken and placed.provider == row.provider_id and (last is None or last >= today)
    if taken and not has:
        return None
    return Ordered(
        first,
        last,
        placed.zone,
        case.home.required_skills,
        decision.lines,
        tuple(_within(granted.interruptions, first, last)) if has else (),
        replace(case.home, zone=placed.zone) if has else None,
    )


def _handed_on(placements: Sequence[Placement], provider: str, first: date) -> date | None:
    """The last day before another provider takes over after `first`; None when nobody does."""
    later = (each for each in placements if each.first_day > first and each.provider != provider)
    following = next(later, None)
    return None if following is None else following.first_day - timedelta(days=1)


def _within(
    interruptions: Sequence[Interruption], first: date, last: date | None
) -> Iterator[Interruption]:
    """The days of interruptions from `first` to `last`, without their reasons."""
    for each in interruptions:
        ends = [day for day in (each.last_day, last) if day is not None]
        begins, until = max(each.first_day, first), min(ends, default=None)
        if until is None or begins <= until:
            yield Interruption(begins, until)
