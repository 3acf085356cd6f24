"""
Performed visits between their tables and the columns that pricing reads.

Promises: what a delivery stored comes back as equal visits; a visit's natural key is the same
whatever id, file or order it is sent under.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, RowMapping, and_, bindparam, insert, select, update
from sqlmodel import Session

from api.documents.iso8601 import to_utc_text
from api.store.tables import METADATA
from pricing.book.calendar import epoch_minute, local_day
from pricing.book.model import Status
from pricing.pay.columns import VisitColumns, columns_of
from pricing.pay.visits import Performed

# Read and written without making an object of each row: a month has tens of thousands.
VISITS = METADATA.tables["performed_visit"]
REVISIONS = METADATA.tables["performed_revision"]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Ids in one statement: SQLite takes no more than some thousands of values.
AT_ONCE = 5_000
THOUSAND = 1000
# Of these a provider has as many as there are ids; the others are of one person, service and time.
BY_ID = frozenset({Status.PERIOD, Status.GRANTED, Status.START_UP})
Key = tuple[str, str]


class Reported(NamedTuple):
    """A visit and the number of the revision that reported it so."""

    visit: Performed
    number: int


def month_of(visit: Performed) -> str:
    """``2026-03``: the month in Sweden in which the visit starts."""
    return local_day(visit.start).isoformat()[:7]


def natural_key(visit: Performed) -> str | None:
    """
    What the visit is of, as 64 hexadecimal figures; None for one that was withdrawn.

    Recipient, service, start and carer; of periods, granted time and start-ups the id.
    """
    if visit.status is Status.WITHDRAWN:
        return None
    words = (
        ["", visit.status.value, visit.id]
        if visit.status in BY_ID
        else [visit.recipient, visit.service, visit.start, visit.carer]
    )
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()


def moment(visit: Performed) -> datetime:
    """The visit's start, in UTC."""
    return _EPOCH + timedelta(minutes=visit.start)


# ---------------------------------------------------------------- to the tables


def revision_values(municipality: str, sender: str, key: str, each: Reported) -> dict[str, Any]:
    """The row of one revision."""
    visit = each.visit
    return {
        "municipality_id": municipality,
        "provider_id": visit.provider,
        "visit_id": visit.id,
        "number": each.number,
        "corrects": each.number - 1 or None,
        "provider_kind": visit.provider_kind,
        "recipient_id": visit.recipient,
        "service": visit.service,
        "zone": visit.zone,
        "starts_at": moment(visit),
        "month": month_of(visit),
        "status": visit.status.value,
        "performed_min": visit.performed_min,
        "granted_min": visit.granted_min,
        "staff": visit.staff,
        "delegated": visit.delegated,
        "quantity_thousandths": int(visit.quantity * THOUSAND),
        "absent_from": visit.absent_from,
        "carer": visit.carer,
        "planned_visit": visit.planned_visit,
        "deviation": visit.deviation,
        "circumstance": visit.circumstance or None,
        "delivery_sender": sender,
        "delivery_key": key,
    }


def rows_digest(rows: Iterable[Any]) -> str:
    """SHA-256 of the revisions of a delivery, in the order of provider and visit."""
    words = sorted(
        [
            *(row[name] for name in (
                "provider_id", "visit_id", "number", "provider_kind", "recipient_id", "service",
                "zone",
            )),
            to_utc_text(row["starts_at"]),
            *(row[name] for name in (
                "month", "status", "performed_min", "granted_min", "staff",
            )),
            bool(row["delegated"]),
            row["quantity_thousandths"],
            row["absent_from"].isoformat() if row["absent_from"] else "",
            *(row[name] for name in ("carer", "planned_visit", "deviation")),
            # Left out where there is none: digests of before hold.
            *([row["circumstance"]] if row["circumstance"] else []),
        ]
        for row in rows
    )  # fmt: skip
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()


def insert_visits(session: Session, municipality: str, visits: Iterable[Performed]) -> None:
    """The own rows of visits that were never reported before."""
    values = [
        {
            "municipality_id": municipality,
            "provider_id": visit.provider,
            "id": visit.id,
            "version": 1,
            "natural_key": natural_key(visit),
        }
        for visit in visits
    ]
    if values:
        session.connection().execute(insert(VISITS), values)


def count_up(session: Session, municipality: str, corrected: Iterable[Reported]) -> None:
    """Let the own rows of visits tell their new revision and what it is of."""
    values = [
        {
            "of_provider": each.visit.provider,
            "of_visit": each.visit.id,
            "version": each.number,
            "natural_key": natural_key(each.visit),
        }
        for each in corrected
    ]
    if values:
        statement = update(VISITS).where(
            VISITS.c.municipality_id == municipality,
            VISITS.c.provider_id == bindparam("of_provider"),
            VISITS.c.id == bindparam("of_visit"),
        )
        session.connection().execute(statement, values)


def insert_revisions(session: Session, values: Sequence[dict[str, Any]]) -> None:
    """Revisions of visits whose own rows are there."""
    if values:
        session.connection().execute(insert(REVISIONS), list(values))


# ---------------------------------------------------------------- from the tables


def performed(row: RowMapping) -> Performed:
    """A revision as a record."""
    return Performed(
        id=row["visit_id"],
        provider=row["provider_id"],
        provider_kind=row["provider_kind"],
        recipient=row["recipient_id"],
        service=row["service"],
        zone=row["zone"],
        start=epoch_minute(row["starts_at"]),
        status=Status(row["status"]),
        performed_min=row["performed_min"],
        granted_min=row["granted_min"],
        staff=row["staff"],
        delegated=bool(row["delegated"]),
        quantity=Decimal(row["quantity_thousandths"]) / THOUSAND,
        absent_from=row["absent_from"],
        carer=row["carer"],
        planned_visit=row["planned_visit"],
        deviation=row["deviation"],
        circumstance=row["circumstance"] or "",
    )


def columns(reported: Iterable[Reported]) -> VisitColumns:
    """Reported visits as columns."""
    return columns_of([each.visit for each in reported])


def last_reported(session: Session, municipality: str, keys: Sequence[Key]) -> dict[Key, Reported]:
    """What holds of each visit of `keys` (provider, id) that was reported before."""
    of_provider: dict[str, list[str]] = {}
    for provider, visit in keys:
        of_provider.setdefault(provider, []).append(visit)
    found: dict[Key, Reported] = {}
    for provider, ids in of_provider.items():
        for first in range(0, len(ids), AT_ONCE):
            # One table at a time and the last revision picked here: of a join PostgreSQL, which
            # knows nothing of what was written a moment ago, makes minutes.
            query = (
                select(*REVISIONS.c)
                .where(REVISIONS.c.municipality_id == municipality)
                .where(REVISIONS.c.provider_id == provider)
                .where(REVISIONS.c.visit_id.in_(ids[first : first + AT_ONCE]))
                .order_by(REVISIONS.c.number)
            )
            for row in session.connection().execute(query).mappings():
                found[provider, row["visit_id"]] = Reported(performed(row), row["number"])
    return found


def visits_of_recipients(
    session: Session, municipality: str, provider: str | None, recipients: Collection[str]
) -> dict[str, frozenset[str]]:
    """
    Recipient -> ids of the visits that were ever reported of them, of one provider or of all.

    Nobody asked for is no query.
    """
    if not recipients:
        return {}
    query = (
        select(REVISIONS.c.recipient_id, REVISIONS.c.visit_id)
        .where(REVISIONS.c.municipality_id == municipality)
        .where(REVISIONS.c.recipient_id.in_(sorted(recipients)))
        .distinct()
    )
    if provider is not None:
        query = query.where(REVISIONS.c.provider_id == provider)
    found: dict[str, set[str]] = {}
    for recipient, visit in session.connection().execute(query):
        found.setdefault(recipient, set()).add(visit)
    return {recipient: frozenset(visits) for recipient, visits in found.items()}


def of_planned_visits(
    session: Session, municipality: str, recipients: Collection[str], since: datetime
) -> Iterator[Performed]:
    """What holds of these people's visits since then that tell which planned visit they are."""
    wanted = sorted(recipients)
    for first in range(0, len(wanted), AT_ONCE):
        query = (
            select(*REVISIONS.c)
            .join(VISITS, reported_last())
            .where(REVISIONS.c.municipality_id == municipality)
            .where(REVISIONS.c.recipient_id.in_(wanted[first : first + AT_ONCE]))
            .where(REVISIONS.c.starts_at >= since)
            .where(REVISIONS.c.planned_visit != "")
            .where(REVISIONS.c.status != Status.WITHDRAWN)
        )
        yield from map(performed, session.connection().execute(query).mappings())


def reported_last() -> ColumnElement[bool]:
    """That the revision at hand is the last one of its visit."""
    return and_(
        VISITS.c.municipality_id == REVISIONS.c.municipality_id,
        VISITS.c.provider_id == REVISIONS.c.provider_id,
        VISITS.c.id == REVISIONS.c.visit_id,
        VISITS.c.version == REVISIONS.c.number,
    )


def taken_keys(
    session: Session, municipality: str, provider: str, wanted: Sequence[str]
) -> dict[str, str]:
    """Natural key -> id of the provider's visit that has it, of those `wanted`."""
    found: dict[str, str] = {}
    for first in range(0, len(wanted), AT_ONCE):
        query = (
            select(VISITS.c.natural_key, VISITS.c.id)
            .where(VISITS.c.municipality_id == municipality)
            .where(VISITS.c.provider_id == provider)
            .where(VISITS.c.natural_key.in_(wanted[first : first + AT_ONCE]))
        )
        found |= {row[0]: row[1] for row in session.connection().execute(query)}
    return found
