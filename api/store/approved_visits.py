"""
Which performed visits may be settled, which are, and which have changed since.

A visit counts as it was last approved; a later report that nobody has approved changes nothing yet.

Which revision that is, is picked here and not by joining tables: of rows that were written a moment
ago PostgreSQL has no statistics, and joins tens of thousands of them one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import ColumnElement, MappingResult, and_, exists, func, select
from sqlmodel import Session

from api.store.performed_rows import AT_ONCE, REVISIONS, Reported, performed
from api.store.tables import METADATA

APPROVALS = METADATA.tables["delivery_approval"]
SETTLED = METADATA.tables["settled_visit"]
Revision = tuple[str, int, str]


def approved_visits(
    session: Session, municipality: str, provider: str, month: str
) -> list[Reported]:
    """The provider's visits of a month, each as it was last approved, by id."""
    approved, last = _approved(session, municipality, provider)
    rows = _of_month(session, municipality, provider, month)
    return [
        Reported(performed(row), row["number"])
        for row in rows
        if (row["delivery_sender"], row["delivery_key"]) in approved
        and row["number"] >= last.get(row["visit_id"], 1)
    ]


def unsettled(session: Session, municipality: str, provider: str) -> list[Revision]:
    """Visit, revision and month of what was approved and is in no closed settlement."""
    approved, last = _approved(session, municipality, provider)
    query = (
        select(
            REVISIONS.c.visit_id,
            REVISIONS.c.number,
            REVISIONS.c.month,
            REVISIONS.c.delivery_sender,
            REVISIONS.c.delivery_key,
        )
        .where(REVISIONS.c.municipality_id == municipality)
        .where(REVISIONS.c.provider_id == provider)
        .where(~exists().where(settled_as_it_is()))
    )
    return [
        (visit, number, month)
        for visit, number, month, sender, key in session.connection().execute(query)
        if (sender, key) in approved and number >= last.get(visit, 1)
    ]


def unapproved_counts(session: Session, municipality: str, provider: str) -> dict[str, int]:
    """Month -> visits whose last report nobody has approved."""
    approved, _ = _approved(session, municipality, provider)
    query = (
        select(
            REVISIONS.c.visit_id,
            REVISIONS.c.month,
            REVISIONS.c.delivery_sender,
            REVISIONS.c.delivery_key,
        )
        .where(REVISIONS.c.municipality_id == municipality)
        .where(REVISIONS.c.provider_id == provider)
        .order_by(REVISIONS.c.number)
    )
    last = {
        visit: (month, (sender, key))
        for visit, month, sender, key in session.connection().execute(query)
    }
    return dict(Counter(month for month, delivery in last.values() if delivery not in approved))


def settled_months(
    session: Session, municipality: str, provider: str, visits: Iterable[str]
) -> set[str]:
    """Months in which the visits were when they were settled."""
    wanted = sorted(set(visits))
    found: set[str] = set()
    for first in range(0, len(wanted), AT_ONCE):
        some = wanted[first : first + AT_ONCE]
        settled = {
            (visit, number)
            for visit, number in session.connection().execute(
                select(SETTLED.c.visit_id, SETTLED.c.revision)
                .where(SETTLED.c.municipality_id == municipality)
                .where(SETTLED.c.provider_id == provider)
                .where(SETTLED.c.visit_id.in_(some))
            )
        }
        revisions = session.connection().execute(
            select(REVISIONS.c.visit_id, REVISIONS.c.number, REVISIONS.c.month)
            .where(REVISIONS.c.municipality_id == municipality)
            .where(REVISIONS.c.provider_id == provider)
            .where(REVISIONS.c.visit_id.in_(some))
        )
        found |= {month for visit, number, month in revisions if (visit, number) in settled}
    return found


def settled_visits(
    session: Session, municipality: str, provider: str, month: str
) -> list[Reported]:
    """The provider's visits of a month, each as it was last settled, by id."""
    query = (
        select(SETTLED.c.visit_id, func.max(SETTLED.c.revision))
        .where(SETTLED.c.municipality_id == municipality)
        .where(SETTLED.c.provider_id == provider)
        .group_by(SETTLED.c.visit_id)
    )
    last = {row[0]: row[1] for row in session.connection().execute(query)}
    rows = _of_month(session, municipality, provider, month)
    return [
        Reported(performed(row), row["number"])
        for row in rows
        if row["number"] == last.get(row["visit_id"])
    ]


def settled_as_it_is() -> ColumnElement[bool]:
    """That the revision at hand is in a closed settlement."""
    return and_(
        SETTLED.c.municipality_id == REVISIONS.c.municipality_id,
        SETTLED.c.provider_id == REVISIONS.c.provider_id,
        SETTLED.c.visit_id == REVISIONS.c.visit_id,
        SETTLED.c.revision == REVISIONS.c.number,
    )


def approved_as_it_is() -> ColumnElement[bool]:
    """That the delivery of the revision at hand is approved."""
    return and_(
        APPROVALS.c.municipality_id == REVISIONS.c.municipality_id,
        APPROVALS.c.sender == REVISIONS.c.delivery_sender,
        APPROVALS.c.key == REVISIONS.c.delivery_key,
    )


def _approved(
    session: Session, municipality: str, provider: str
) -> tuple[set[tuple[str, str]], dict[str, int]]:
    """Approved deliveries by sender and key; of corrected visits, the last approved revision."""
    connection = session.connection()
    query = select(APPROVALS.c.sender, APPROVALS.c.key).where(
        APPROVALS.c.municipality_id == municipality
    )
    approved = {(sender, key) for sender, key in connection.execute(query)}
    corrections = (
        select(
            REVISIONS.c.visit_id,
            REVISIONS.c.number,
            REVISIONS.c.delivery_sender,
            REVISIONS.c.delivery_key,
        )
        .where(REVISIONS.c.municipality_id == municipality)
        .where(REVISIONS.c.provider_id == provider)
        .where(REVISIONS.c.number > 1)
        .order_by(REVISIONS.c.number)
    )
    last = {
        visit: number
        for visit, number, sender, key in connection.execute(corrections)
        if (sender, key) in approved
    }
    return approved, last


def _of_month(session: Session, municipality: str, provider: str, month: str) -> MappingResult:
    query = (
        select(*REVISIONS.c)
        .where(REVISIONS.c.municipality_id == municipality)
        .where(REVISIONS.c.provider_id == provider)
        .where(REVISIONS.c.month == month)
        .order_by(REVISIONS.c.visit_id)
    )
    return session.connection().execute(query).mappings()
