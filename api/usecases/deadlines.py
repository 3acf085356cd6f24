"""
What falls due in needs assessment: decisions that are not carried out, reviews, interruptions that
end, orders without an answer, and who waits in a queue.

A favourable decision that is not carried out within three months, and one that has not been carried
out for three months, are reported to the supervisory authority each quarter.

Source: socialtjänstlag (2025:400), on reports of decisions that are not carried out.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from api.documents.deadlines import DeadlineSchema, DeadlinesSchema
from api.store.audit import Act
from api.store.carried_out import CarriedOut, Days
from api.store.carried_out import carried_out as by_visits_and_plans
from api.store.engine import Store
from api.store.order_records import STANDING, At, Order, OrderStatus
from api.store.order_rows import order_rows, orders_of
from api.store.placed import Placed, placed
from api.store.tables import ChoiceRow
from api.usecases.looking import Look, look
from scheduler.care.units import STOCKHOLM

MONTHS = 3
AHEAD_DAYS = 30


class Due(StrEnum):
    """Why something is on the list."""

    NOT_STARTED = "NOT_STARTED"
    STOPPED = "STOPPED"
    REVIEW = "REVIEW"
    INTERRUPTION_ENDS = "INTERRUPTION_ENDS"
    INTERRUPTION_OPEN = "INTERRUPTION_OPEN"
    ORDER_UNANSWERED = "ORDER_UNANSWERED"
    QUEUED = "QUEUED"
    NO_PROVIDER = "NO_PROVIDER"


@dataclass(frozen=True, slots=True)
class Deadline:
    """
    Parameters
    ----------
    provider, unit
        Who carries the decision out, or who is ordered from.
    due
        The day that counts: the last one to act, or of a wait its first.
    days
        Until `due`, below 0 when it has passed; of a wait how long it has lasted.
    text
        A Swedish sentence.
    """

    kind: Due
    decision_id: str
    provider: str
    unit: str
    due: date
    days: int
    text: str


def deadlines(
    store: Store,
    municipality: str,
    today: date,
    *,
    ahead: int = AHEAD_DAYS,
    carried_out: CarriedOut = by_visits_and_plans,
    act: Act | None = None,
) -> tuple[Deadline, ...]:
    """
    Everything that is due until `ahead` days from `today`, and every wait; the most urgent first.

    Parameters
    ----------
    carried_out
        What tells on which days decisions were carried out.
    """
    until = today + timedelta(days=ahead)
    return look(store, act, lambda session, shown: _due(
        session, shown, municipality, today, until, carried_out
    ))  # fmt: skip


def _due(
    session: Session,
    shown: Look,
    municipality: str,
    today: date,
    until: date,
    carried_out: CarriedOut,
) -> tuple[Deadline, ...]:
    hidden = shown.hidden_decisions
    decisions = [
        each for each in placed(session, municipality, today) if each.decision.id not in hidden
    ]
    done = carried_out(session, municipality, today)
    orders = orders_of(session, order_rows(session, municipality))
    chosen = _chosen(session, municipality)
    found = [
        each
        for one in decisions
        for each in _of_decision(one, done.get(one.decision.id), today)
        if each.due <= until
    ]
    # Places in a queue are counted with those of whom nothing is told: they do wait.
    found += [
        each
        for each in _of_orders(orders, today)
        if each.due <= until and each.decision_id not in hidden
    ]
    found += _without_provider(decisions, orders, chosen, today)
    shown.show_decisions(each.decision_id for each in found)
    return tuple(sorted(found, key=lambda each: (each.due, each.kind, each.decision_id)))


def deadlines_document(today: date, until: date, found: Sequence[Deadline]) -> DeadlinesSchema:
    """The list as a document."""
    return DeadlinesSchema(
        today=today,
        until=until,
        deadlines=[
            DeadlineSchema(
                kind=each.kind.value,
                decision_id=each.decision_id,
                provider=each.provider,
                unit=each.unit,
                due=each.due,
                days=each.days,
                text=each.text,
            )
            for each in found
        ],
    )


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later, or that month's last one."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


# ---------------------------------------------------------------- decisions


def _of_decision(one: Placed, done: Days | None, today: date) -> Iterator[Deadline]:
    decision, at = one.decision, one.at(today)
    away = [each for each in one.interruptions if each.covers(today)]
    if done is None:
        due = months_after(decision.decided_on, MONTHS)
        since = f"beslutet fattades {decision.decided_on.isoformat()}"
        yield _deadline(Due.NOT_STARTED, one, at, due, today, f"Inte verkställt: {since}.")
    elif not away and one.runs(today):
        due = months_after(done.last, MONTHS)
        last = f"senast utfört {done.last.isoformat()}"
        if due <= today:
            yield _deadline(
                Due.STOPPED, one, at, due, today, f"Avbrott i verkställigheten: {last}."
            )
    if decision.review_on is not None:
        yield _deadline(Due.REVIEW, one, at, decision.review_on, today, "Ska följas upp.")
    for each in away:
        if each.last_day is None:
            text = f"Avbrott sedan {each.first_day.isoformat()} utan slutdag."
            lasted = (today - each.first_day).days
            yield Deadline(
                Due.INTERRUPTION_OPEN, decision.id, at.provider, at.unit, each.first_day, lasted,
                text,
            )  # fmt: skip
        else:
            text = f"Avbrottet slutar {each.last_day.isoformat()}."
            yield _deadline(Due.INTERRUPTION_ENDS, one, at, each.last_day, today, text)


def _deadline(kind: Due, one: Placed, at: At, due: date, today: date, text: str) -> Deadline:
    days = (due - today).days
    return Deadline(kind, one.decision.id, at.provider, at.unit, due, days, text)


# ---------------------------------------------------------------- orders


def _of_orders(orders: Sequence[Order], today: date) -> Iterator[Deadline]:
    waiting = [order for order in orders if order.status is OrderStatus.QUEUED]
    for order in orders:
        at = order.at
        if order.status is OrderStatus.SENT and order.answer_by is not None:
            days = (order.answer_by - today).days
            text = f"Beställningen ska besvaras senast {order.answer_by.isoformat()}."
            yield Deadline(
                Due.ORDER_UNANSWERED, order.decision_id, at.provider, at.unit, order.answer_by,
                days, text,
            )  # fmt: skip
        elif order.status is OrderStatus.QUEUED:
            since = order.steps[0].at.astimezone(STOCKHOLM).date()
            turn = 1 + [other for other in waiting if other.at == at].index(order)
            text = f"Plats {turn} i kön sedan {since.isoformat()}. {order.steps[0].reason}"
            yield Deadline(
                Due.QUEUED, order.decision_id, at.provider, at.unit, since, (today - since).days,
                text,
            )  # fmt: skip


def _without_provider(
    decisions: Sequence[Placed], orders: Sequence[Order], chosen: dict[str, date], today: date
) -> Iterator[Deadline]:
    """Decisions whose every chosen provider has refused or not answered."""
    standing = {order.decision_id for order in orders if order.status in STANDING}
    for one in decisions:
        name = one.decision.id
        if name in chosen and name not in standing:
            at, since = one.at(today), chosen[name]
            text = "Ingen av de valda utförarna har tagit beställningen."
            yield Deadline(
                Due.NO_PROVIDER, name, at.provider, at.unit, since, (today - since).days, text
            )


def _chosen(session: Session, municipality: str) -> dict[str, date]:
    """Decision -> the day of its last choice."""
    query = (
        select(ChoiceRow.decision_id, ChoiceRow.recorded_at)
        .where(ChoiceRow.municipality_id == municipality)
        .order_by(col(ChoiceRow.number))
    )
    return {name: at.astimezone(STOCKHOLM).date() for name, at in session.exec(query)}
