"""
Persons between their tables and records: sealed identities, markings and grants.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC
from typing import Any

from sqlalchemy import Row, bindparam
from sqlalchemy import select as select_rows
from sqlmodel import Session, col, select

from api.store import sealing
from api.store.audit import Act, Entry
from api.store.person_keys import PersonKeys
from api.store.person_records import (
    Grant,
    Grantee,
    Identity,
    Person,
    Protection,
    ProtectionKind,
)
from api.store.sealing import Place, seal, unseal
from api.store.tables import METADATA, ErasureRow, GrantRow, PersonRow, ProtectionRow, RecipientRow
from scheduler.care.errors import Finding

# What the log says of a sealed identity; the last one tells what the row must hold.
RECORDED, RESEALED = "PERSON_RECORDED", "PERSON_RESEALED"
ERASED = "PERSON_ERASED"
# No more than this many ids in one question.
AT_ONCE = 1000
# Asked with each request: put together once, and read without making an object of each row.
_MARKINGS, _GRANTS = METADATA.tables["protection"], METADATA.tables["person_grant"]
_LIVE_MARKINGS = (
    select_rows(_MARKINGS.c.recipient_id, _MARKINGS.c.kind)
    .where(_MARKINGS.c.municipality_id == bindparam("municipality"))
    .where(_MARKINGS.c.ended_at.is_(None))
    .order_by(_MARKINGS.c.recipient_id, _MARKINGS.c.number)
)
_UNREVOKED_GRANTS = (
    select_rows(_GRANTS)
    .where(_GRANTS.c.municipality_id == bindparam("municipality"))
    .where(_GRANTS.c.revoked_at.is_(None))
    .order_by(_GRANTS.c.recipient_id, _GRANTS.c.number)
)


def put_identity(
    session: Session, act: Act, keys: PersonKeys, row: PersonRow | None, person: Person
) -> Entry:
    """Store `person` in `row`, or in a new one when there is none; what the log is to say."""
    held = _sealed(keys, act.municipality, person)
    if row is None:
        row = PersonRow(
            municipality_id=act.municipality,
            recipient_id=person.recipient,
            version=person.version,
            recorded_at=act.at,
            recorded_by=act.actor,
            **held,
        )
    else:
        row.version, row.recorded_at, row.recorded_by = person.version, act.at, act.actor
        _fill(row, held)
    session.add(row)
    session.flush()
    return _entry(RECORDED, row)


def reseal(session: Session, keys: PersonKeys, row: PersonRow) -> Entry:
    """Encrypt what `row` holds under the newest keys; what the log is to say."""
    person = Person(row.recipient_id, identity_of(keys, row), row.version)
    _fill(row, _sealed(keys, row.municipality_id, person))
    session.add(row)
    session.flush()
    return _entry(RESEALED, row)


def identity_of(keys: PersonKeys, row: PersonRow) -> Identity:
    """The identity that `row` holds; Sealed when the keys do not open it."""
    place = Place(row.municipality_id, row.recipient_id, row.version)
    held = json.loads(unseal(keys, place, row.key_id, row.sealed))
    return Identity(held["name"], held["number"])


def with_number(
    session: Session, keys: PersonKeys, municipality: str, digits: str
) -> list[PersonRow]:
    """Every row that has the number, hidden or not; by recipient."""
    query = (
        select(PersonRow)
        .where(PersonRow.municipality_id == municipality)
        .where(col(PersonRow.number_hash).in_(sealing.every_hash(keys, municipality, digits)))
        .order_by(col(PersonRow.recipient_id))
    )
    return list(session.exec(query))


def all_persons(session: Session, municipality: str) -> list[PersonRow]:
    """Every row of the municipality."""
    query = select(PersonRow).where(PersonRow.municipality_id == municipality)
    return list(session.exec(query.order_by(col(PersonRow.recipient_id))))


def protection_rows(
    session: Session, municipality: str, recipient: str | None = None
) -> list[ProtectionRow]:
    """All markings, ended ones too; of one recipient or of all."""
    query = select(ProtectionRow).where(ProtectionRow.municipality_id == municipality)
    if recipient is not None:
        query = query.where(ProtectionRow.recipient_id == recipient)
    order = (col(ProtectionRow.recipient_id), col(ProtectionRow.number))
    return list(session.exec(query.order_by(*order)))


def grant_rows(session: Session, municipality: str, recipient: str | None = None) -> list[GrantRow]:
    """All grants, ended ones too; of one recipient or of all."""
    query = select(GrantRow).where(GrantRow.municipality_id == municipality)
    if recipient is not None:
        query = query.where(GrantRow.recipient_id == recipient)
    return list(session.exec(query.order_by(col(GrantRow.recipient_id), col(GrantRow.number))))


def live_markings(session: Session, municipality: str) -> list[tuple[str, str]]:
    """Recipient and kind of each marking in force, in order."""
    session.flush()
    found = session.connection().execute(_LIVE_MARKINGS, {"municipality": municipality})
    return [(row.recipient_id, row.kind) for row in found]


def unrevoked_grants(
    session: Session, municipality: str, recipients: Collection[str]
) -> Sequence[Row[Any]]:
    """The columns of grants for `recipients` that nobody has taken back, ended ones too."""
    session.flush()
    found = session.connection().execute(_UNREVOKED_GRANTS, {"municipality": municipality})
    return [row for row in found if row.recipient_id in recipients]


def protection_of(row: ProtectionRow) -> Protection:
    """A marking as people read it."""
    return Protection(
        row.recipient_id,
        row.number,
        ProtectionKind(row.kind),
        row.valid_from,
        row.marked_at,
        row.marked_by,
        row.ended_at,
        row.ended_by,
    )


def grant_of(row: GrantRow) -> Grant:
    """A grant as people read it."""
    return Grant(
        row.recipient_id,
        row.number,
        Grantee(row.grantee_kind),
        row.grantee,
        row.reason,
        row.emergency,
        row.granted_at,
        row.granted_by,
        row.ends_at,
        row.revoked_at,
        row.revoked_by,
    )


def stored_recipients(
    session: Session, municipality: str, recipients: Collection[str]
) -> frozenset[str]:
    """Which of `recipients` the municipality has."""
    query = select(RecipientRow.id).where(RecipientRow.municipality_id == municipality)
    if len(recipients) <= AT_ONCE:
        query = query.where(col(RecipientRow.id).in_(sorted(recipients)))
    found = frozenset(session.exec(query))
    return found & frozenset(recipients)


def erased_recipients(
    session: Session, municipality: str, recipients: Collection[str]
) -> frozenset[str]:
    """Which of `recipients` are erased."""
    query = (
        select(ErasureRow.recipient_id)
        .where(ErasureRow.municipality_id == municipality)
        .where(col(ErasureRow.recipient_id).in_(sorted(recipients)))
    )
    return frozenset(session.exec(query))


def erased_findings(
    session: Session, municipality: str, recipients: Iterable[str]
) -> list[Finding]:
    """RECIPIENT_ERASED for each of `recipients` that is erased: it never comes back by a file."""
    return [
        Finding(
            "RECIPIENT_ERASED",
            f"recipient ({recipient})",
            "a recipient who is not erased",
            "one who is",
            "Uppgifterna är gallrade. Ge personen ett nytt id om ett nytt ärende inleds.",
        )
        for recipient in sorted(erased_recipients(session, municipality, set(recipients)))
    ]


# ---------------------------------------------------------------- what the log says


def protected_entry(row: ProtectionRow) -> Entry:
    """What the log says of a marking."""
    return Entry(
        "PERSON_PROTECTED",
        "person",
        row.recipient_id,
        {"number": row.number, "kind": str(row.kind), "validFrom": row.valid_from.isoformat()},
    )


def unprotected_entry(row: ProtectionRow) -> Entry:
    """What the log says of the end of a marking."""
    return Entry("PERSON_UNPROTECTED", "person", row.recipient_id, {"number": row.number})


def granted_entry(row: GrantRow) -> Entry:
    """What the log says of a grant."""
    return Entry(
        "GLASS_BROKEN" if row.emergency else "PERSON_GRANTED",
        "person",
        row.recipient_id,
        {
            "number": row.number,
            "granteeKind": str(row.grantee_kind),
            "grantee": row.grantee,
            # As it is read back, whatever zone it was given in.
            "endsAt": row.ends_at.astimezone(UTC).isoformat(),
        },
    )


def revoked_entry(row: GrantRow) -> Entry:
    """What the log says of a grant that is taken back."""
    return Entry("PERSON_GRANT_REVOKED", "person", row.recipient_id, {"number": row.number})


# ---------------------------------------------------------------- sealing


def _sealed(keys: PersonKeys, municipality: str, person: Person) -> dict[str, Any]:
    """The columns that hold an identity under the newest keys."""
    number = person.identity.number
    words = json.dumps({"name": person.identity.name, "number": number}, ensure_ascii=False)
    place = Place(municipality, person.recipient, person.version)
    key_id, sealed = seal(keys, place, words.encode())
    index = None if number is None else keys.indexing.newest
    return {
        "key_id": key_id,
        "sealed": sealed,
        "index_key_id": index,
        "number_hash": (
            None
            if number is None or index is None
            else sealing.number_hash(keys, index, municipality, number)
        ),
    }


def _fill(row: PersonRow, columns: dict[str, Any]) -> None:
    for name, value in columns.items():
        setattr(row, name, value)


def _entry(action: str, row: PersonRow) -> Entry:
    details: dict[str, str | int] = {"version": row.version, "sha256": sealing.digest(row.sealed)}
    return Entry(action, "person", row.recipient_id, details)
