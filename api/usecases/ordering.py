"""
An order on its way: accepted, refused, not answered in time, cancelled; and the queue behind it.

Promises: an accepted order moves the decision to its provider in the same transaction; a refusal,
or no answer, leads to the next provider of the choice; room that is given back goes to whoever has
waited longest. Reasons are the sender's own words: the log has none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlmodel import Session

from api.documents.cases import Case
from api.refusals import Conflict, not_found, require_version
from api.store.audit import Act, Entry, lock
from api.store.decision_rows import Written, digest, held_version, insert_revisions
from api.store.engine import Store
from api.store.order_records import At, Order, OrderStatus
from api.store.order_rows import order_row, order_rows, orders_of
from api.store.records import DecisionEvent
from api.store.row_scope import whole_municipality
from api.store.tables import OrderRow, ProviderRow
from api.usecases.looking import Look, look, write
from api.usecases.ordering_steps import Acting
from api.usecases.rooms import WeeklyMinutes
from pricing.budget.model import Placement
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.model import ProviderKind

MOST_REASON = 1000


@dataclass(frozen=True, slots=True)
class Answered:
    """An order after an act, and the one that followed from it, to the next provider."""

    order: Order
    next: Order | None = None


def orders(
    store: Store,
    municipality: str,
    decision_id: str | None = None,
    provider: str | None = None,
    act: Act | None = None,
) -> tuple[Order, ...]:
    """Orders of a decision, to a provider, or all; in the order in which they were made."""
    equal = {"decision_id": decision_id, "provider_id": provider}
    return _shown(store, municipality, act, **{name: each for name, each in equal.items() if each})


def queue(store: Store, municipality: str, at: At, act: Act | None = None) -> tuple[Order, ...]:
    """Who waits for `at`, the first in line first; the first step's reason says why."""
    equal = {"provider_id": at.provider, "unit_id": at.unit, "status": OrderStatus.QUEUED.value}
    return _shown(store, municipality, act, **equal)


def _shown(store: Store, municipality: str, act: Act | None, **equal: str) -> tuple[Order, ...]:
    """The orders whose columns equal what is given, but for those of whom `act` may not know."""

    def read(session: Session, shown: Look) -> tuple[Order, ...]:
        hidden = shown.hidden_decisions
        rows = order_rows(session, municipality, **equal)
        rows = [row for row in rows if row.decision_id not in hidden]
        shown.show_decisions(row.decision_id for row in rows)
        return orders_of(session, rows)

    return look(store, act, read)


def accept(
    store: Store, act: Act, decision_id: str, number: int, expected: int, weekly: WeeklyMinutes
) -> Answered:
    """
    The provider takes the order: the decision is its from the order's first day on.

    Raises
    ------
    NotFound, Stale
        No such order; another version holds.
    Conflict
        ORDER_STATUS: it does not wait for an answer; DECISION_ENDED: the decision ends before.
    """

    def accepted(acting: Acting, row: OrderRow) -> OrderRow | None:
        for other in order_rows(acting.session, act.municipality, decision_id=decision_id):
            if other.status == OrderStatus.ACCEPTED:
                acting.step(other, OrderStatus.REPLACED)
        acting.step(row, OrderStatus.ACCEPTED)
        _move(acting, row)
        return None

    return _answer(store, act, decision_id, number, expected, weekly, accepted)


def refuse(
    store: Store,
    act: Act,
    decision_id: str,
    number: int,
    expected: int,
    reason: str,
    weekly: WeeklyMinutes,
) -> Answered:
    """
    The provider does not take the order; the next one of the choice is asked.

    Raises
    ------
    NotFound, Stale, Conflict
        As :func:`accept`.
    InvalidInput
        NO_REASON, or one that is not printable text.
    """
    _require_reason(reason)

    def refused(acting: Acting, row: OrderRow) -> OrderRow | None:
        acting.step(row, OrderStatus.REFUSED, reason)
        return acting.next_of(row)

    return _answer(store, act, decision_id, number, expected, weekly, refused)


def cancel(
    store: Store,
    act: Act,
    decision_id: str,
    number: int,
    expected: int,
    reason: str,
    weekly: WeeklyMinutes,
) -> Answered:
    """
    Take an order back, queued, sent or accepted; nobody else is asked.

    Raises
    ------
    NotFound, Stale, Conflict, InvalidInput
        As :func:`refuse`.
    """
    _require_reason(reason)

    def cancelled(acting: Acting, row: OrderRow) -> OrderRow | None:
        acting.step(row, OrderStatus.CANCELLED, reason)
        return None

    return _answer(store, act, decision_id, number, expected, weekly, cancelled)


def expire(store: Store, act: Act, weekly: WeeklyMinutes) -> int:
    """Let every order whose last day to answer has passed go to the next provider; how many."""
    with store.writing() as session:
        acting = Acting(session, lock(session, act.municipality), act, weekly)
        late = [
            row
            for row in order_rows(session, act.municipality, status=OrderStatus.SENT)
            if row.answer_by is not None and row.answer_by < acting.today
        ]
        for row in late:
            acting.step(row, OrderStatus.EXPIRED)
        for row in late:
            acting.next_of(row)
        for at in dict.fromkeys(At(row.provider_id, row.unit_id) for row in late):
            acting.advance(at)
        acting.finish()
        return len(late)


def advance(store: Store, act: Act, weekly: WeeklyMinutes) -> int:
    """Send every queued order that has room today, such as behind a decision that ended."""
    with store.writing() as session:
        acting = Acting(session, lock(session, act.municipality), act, weekly)
        waiting = order_rows(session, act.municipality, status=OrderStatus.QUEUED)
        ats = dict.fromkeys(At(row.provider_id, row.unit_id) for row in waiting)
        sent = sum(acting.advance(at) for at in ats)
        acting.finish()
        return sent


def _answer(
    store: Store,
    act: Act,
    decision_id: str,
    number: int,
    expected: int,
    weekly: WeeklyMinutes,
    answered: Callable[[Acting, OrderRow], OrderRow | None],
) -> Answered:
    # A provider's answer sends the order, or the room that it leaves, to somebody else.
    with whole_municipality(), write(store, act) as (session, shown):
        acting = Acting(session, lock(session, act.municipality), act, weekly)
        shown.open_decision(decision_id, not_found("orders", f"{decision_id} {number}"))
        row = order_row(session, act.municipality, decision_id, number)
        require_version(f"order ({decision_id} {number})", expected, row.version)
        following = answered(acting, row)
        acting.advance(At(row.provider_id, row.unit_id))
        acting.finish()
        (order,) = orders_of(session, [row])
        return Answered(order, *orders_of(session, [following] if following else []))


# ---------------------------------------------------------------- the decision moves


def _move(acting: Acting, row: OrderRow) -> None:
    """Place the decision with the order's provider from its first day on, as a revision."""
    held = acting.held(row.decision_id)
    case = _moved(acting.session, held.case, row)
    if held.event is DecisionEvent.ENDED and case is not None:
        raise Conflict(
            Finding("DECISION_ENDED", f"decision ({row.decision_id})",
                    "a decision that is not ended", "one that is",
                    "Beslutet är avslutat. Biståndshandläggaren återkallar beställningen.")
        )  # fmt: skip
    if case is None:
        return
    decision = held_version(acting.session, acting.act.municipality, row.decision_id)
    decision.version += 1
    acting.session.flush()
    written = Written(decision.version, DecisionEvent.CHANGED)
    insert_revisions(acting.session, acting.act, written, [case])
    details: dict[str, str | int] = {"version": decision.version, "sha256": digest(case)}
    acting.tell(Entry("DECISION_CHANGED", "decision", row.decision_id, details))


def _moved(session: Session, case: Case, row: OrderRow) -> Case | None:
    """The case with its new placement; None when it has it already."""
    granted = case.granted
    first_day = max(row.first_day, granted.decision.valid_from)
    now = granted.placement_on(first_day)
    later = [each for each in granted.placements if each.first_day > first_day]
    if (now.provider, now.unit) == (row.provider_id, row.unit_id) and not later:
        return None
    provider = session.get_one(ProviderRow, (row.municipality_id, row.provider_id))
    kind = ProviderKind(provider.kind)
    placement = Placement(first_day, now.zone, row.provider_id, kind, row.unit_id)
    before = tuple(each for each in granted.placements if each.first_day < first_day)
    placements = (*before, placement)
    decision = replace(granted.decision, provider=placements[0].provider)
    return replace(case, granted=replace(granted, decision=decision, placements=placements))


def _require_reason(reason: str) -> None:
    if not reason.strip() or not reason.isprintable() or len(reason) > MOST_REASON:
        raise InvalidInput(
            Finding("NO_REASON", "reason", f"printable text of 1 to {MOST_REASON} characters",
                    f"a text of {len(reason)} characters",
                    "Skriv orsaken på en rad.")
        )  # fmt: skip
