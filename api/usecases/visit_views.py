"""
Performed visits to read: as they were last reported, and how they came to be so.

A provider is given its own; what is another's is answered as what is not there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, or_, select
from sqlmodel import Session

from api.refusals import not_found
from api.store.approved_visits import (
    APPROVALS,
    SETTLED,
    approved_as_it_is,
    settled_as_it_is,
)
from api.store.audit import Act
from api.store.engine import Store
from api.store.money_records import HeldVisit
from api.store.performed_rows import REVISIONS, VISITS, performed, reported_last
from api.usecases.looking import Look, look
from pricing.book.model import Status

AT_MOST = 1_000


def visits(
    store: Store,
    municipality: str,
    provider: str,
    month: str,
    *,
    after: str = "",
    deviating: bool = False,
    act: Act | None = None,
) -> tuple[HeldVisit, ...]:
    """
    A provider's visits of a month as they were last reported, by id.

    Parameters
    ----------
    month
        ``2026-03``.
    after
        The id before the first one that is given: 1,000 at a time.
    deviating
        Only those that are not what was granted, as the provider says: not performed, or with a
        deviation.
    """

    def read(session: Session, shown: Look) -> tuple[HeldVisit, ...]:
        query = (
            _revisions(municipality, provider)
            .join(VISITS, reported_last())
            .where(REVISIONS.c.month == month)
            .where(REVISIONS.c.visit_id > after)
            .where(REVISIONS.c.recipient_id.not_in(sorted(shown.hidden)))
            .order_by(REVISIONS.c.visit_id)
            .limit(AT_MOST)
        )
        if deviating:
            other = REVISIONS.c.status != Status.PERFORMED.value
            query = query.where(or_(other, REVISIONS.c.deviation != ""))
        found = tuple(_held(session, query))
        shown.show(each.visit.recipient for each in found)
        return found

    return look(store, act, read)


def visit_history(
    store: Store, municipality: str, provider: str, visit: str, act: Act | None = None
) -> tuple[HeldVisit, ...]:
    """Every revision of a visit from the first on; NotFound when the provider has no such one."""
    query = (
        _revisions(municipality, provider)
        .where(REVISIONS.c.visit_id == visit)
        .order_by(REVISIONS.c.number)
    )

    def read(session: Session, shown: Look) -> tuple[HeldVisit, ...]:
        found = tuple(_held(session, query))
        if not found:
            raise not_found("performed-visits", visit)
        for each in found:
            shown.open(each.visit.recipient, not_found("performed-visits", visit))
        return found

    return look(store, act, read, opens=True)


def _revisions(municipality: str, provider: str) -> Select[Any]:
    return (
        select(
            *REVISIONS.c,
            APPROVALS.c.approved_by.label("approved"),
            SETTLED.c.month.label("settled_in"),
        )
        .outerjoin(APPROVALS, approved_as_it_is())
        .outerjoin(SETTLED, settled_as_it_is())
        .where(REVISIONS.c.municipality_id == municipality)
        .where(REVISIONS.c.provider_id == provider)
    )


def _held(session: Session, query: Select[Any]) -> Iterator[HeldVisit]:
    for row in session.connection().execute(query).mappings():
        yield HeldVisit(
            performed(row),
            row["number"],
            row["month"],
            row["delivery_sender"],
            row["delivery_key"],
            row["approved"] is not None,
            row["settled_in"],
        )
