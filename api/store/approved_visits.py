"""
Which performed visits may be settled, which are, and which have changed since.

A visit counts as it was last approved; a later report that nobody has approved changes nothing yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, and_, exists, select
from sqlmodel import Session

from api.store.performed_rows import REVISIONS, Reported, performed
from api.store.tables import METADATA

APPROVALS = METADATA.tables["delivery_approval"]
SETTLED = METADATA.tables["settled_visit"]
Revision = tuple[str, int, str]


def approved_visits(
    session: Session, municipality: str, provider: str, month: str
) -> list[Reported]:
    """The provider's visits of a month, each as it was last approved, by id."""
    query = (
        _approved(municipality, provider, *REVISIONS.c)
        .where(REVISIONS.c.month == month)
        .order_by(REVISIONS.c.visit_id)
    )
    return _reported(session, query)


def unsettled(session: Session, municipality: str, provider: str) -> list[Revision]:
    """Visit, revision and month of what was approved and is in no closed settlement."""
    query = _approved(
        municipality, provider, REVISIONS.c.visit_id, REVISIONS.c.number, REVISIONS.c.month
    ).where(~exists().where(settled_as_it_is()))
    found = session.connection().execute(query)
    return [(visit, number, month) for visit, number, month in found]


def settled_months(
    session: Session, municipality: str, provider: str, visits: Iterable[str]
) -> set[str]:
    """Months in which the visits were when they were settled."""
    wanted = set(visits)
    if not wanted:
        return set()
    query = (
        select(REVISIONS.c.visit_id, REVISIONS.c.month)
        .join(SETTLED, settled_as_it_is())
        .where(REVISIONS.c.municipality_id == municipality)
        .where(REVISIONS.c.provider_id == provider)
    )
    found = session.connection().execute(query)
    return {month for visit, month in found if visit in wanted}


def settled_visits(
    session: Session, municipality: str, provider: str, month: str
) -> list[Reported]:
    """The provider's visits of a month, each as it was last settled, by id."""
    later = SETTLED.alias("later")
    again = exists().where(
        later.c.municipality_id == REVISIONS.c.municipality_id,
        later.c.provider_id == REVISIONS.c.provider_id,
        later.c.visit_id == REVISIONS.c.visit_id,
        later.c.revision > REVISIONS.c.number,
    )
    query = (
        select(*REVISIONS.c)
        .join(SETTLED, settled_as_it_is())
        .where(REVISIONS.c.municipality_id == municipality)
        .where(REVISIONS.c.provider_id == provider)
        .where(REVISIONS.c.month == month)
        .where(~again)
        .order_by(REVISIONS.c.visit_id)
    )
    return _reported(session, query)


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


def _approved(municipality: str, provider: str, *columns: Column[Any]) -> Select[Any]:
    """Revisions that are approved, and no later one of the same visit is."""
    later, approval = REVISIONS.alias("later"), APPROVALS.alias("later_approval")
    superseded = exists().where(
        later.c.municipality_id == REVISIONS.c.municipality_id,
        later.c.provider_id == REVISIONS.c.provider_id,
        later.c.visit_id == REVISIONS.c.visit_id,
        later.c.number > REVISIONS.c.number,
        approval.c.municipality_id == later.c.municipality_id,
        approval.c.sender == later.c.delivery_sender,
        approval.c.key == later.c.delivery_key,
    )
    return (
        select(*columns)
        .join(APPROVALS, approved_as_it_is())
        .where(REVISIONS.c.municipality_id == municipality)
        .where(REVISIONS.c.provider_id == provider)
        .where(~superseded)
    )


def _reported(session: Session, query: Select[Any]) -> list[Reported]:
    rows = session.connection().execute(query).mappings()
    return [Reported(performed(row), row["number"]) for row in rows]
