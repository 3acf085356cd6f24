"""
Protected identities: marking, granting leave to see, and breaking the glass.

A marking hides at once, whatever day it is valid from; only an end takes it away. Who marks sees
markings and grants, no identities: for these a grant is needed as for everybody else.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlmodel import Session

from api.documents.schema_faults import is_id
from api.refusals import Conflict
from api.store.access_log import log_readings
from api.store.audit import append, lock
from api.store.engine import Store
from api.store.person_records import (
    AccessKind,
    Grant,
    Grantee,
    Protection,
    ProtectionKind,
)
from api.store.person_rows import (
    erased_findings,
    grant_of,
    grant_rows,
    granted_entry,
    protected_entry,
    protection_of,
    protection_rows,
    revoked_entry,
    unprotected_entry,
)
from api.store.tables import GrantRow, ProtectionRow, RecipientRow
from api.usecases.sight import Reader, Right, require, sight_of, unknown
from scheduler.care.errors import Finding, InvalidInput

# A grant is decided anew at least once a year.
LONGEST_GRANT = timedelta(days=366)
EMERGENCY = timedelta(hours=4)
# Of who breaks the glass: "x" or "behövs" is no reason.
SHORTEST_REASON = 10


def protect(
    store: Store, reader: Reader, recipient: str, kind: ProtectionKind, valid_from: date
) -> Protection:
    """
    Mark a recipient as protected, at once.

    Parameters
    ----------
    valid_from
        Since when by the population register; says nothing of when it hides.

    Raises
    ------
    Forbidden, InvalidInput, NotFound
        No right or no reason; no such recipient.
    Conflict
        ALREADY_PROTECTED by that kind; RECIPIENT_ERASED.
    """
    require(reader, Right.PROTECT)
    act = reader.act
    with store.writing() as session:
        head = lock(session, act.municipality)
        _require_recipient(session, act.municipality, recipient)
        earlier = protection_rows(session, act.municipality, recipient)
        if any(row.kind == kind and row.ended_at is None for row in earlier):
            raise Conflict(_state("ALREADY_PROTECTED", recipient, "no such marking", "one"))
        row = ProtectionRow(
            municipality_id=act.municipality,
            recipient_id=recipient,
            number=len(earlier) + 1,
            kind=kind,
            valid_from=valid_from,
            marked_at=act.at,
            marked_by=act.actor,
        )
        session.add(row)
        session.flush()
        append(session, head, act, [protected_entry(row)])
        return protection_of(row)


def unprotect(store: Store, reader: Reader, recipient: str, kind: ProtectionKind) -> Protection:
    """
    End a marking; the grants stay until they end.

    Raises
    ------
    Forbidden, InvalidInput, NotFound
        No right or no reason; no such recipient.
    Conflict
        NOT_PROTECTED by that kind.
    """
    require(reader, Right.PROTECT)
    act = reader.act
    with store.writing() as session:
        head = lock(session, act.municipality)
        _require_recipient(session, act.municipality, recipient, erased=True)
        rows = protection_rows(session, act.municipality, recipient)
        row = next((each for each in rows if each.kind == kind and each.ended_at is None), None)
        if row is None:
            raise Conflict(_state("NOT_PROTECTED", recipient, "such a marking", "none"))
        row.ended_at, row.ended_by = act.at, act.actor
        session.flush()
        append(session, head, act, [unprotected_entry(row)])
        return protection_of(row)


def protections(store: Store, reader: Reader) -> tuple[Protection, ...]:
    """Every marking, ended ones too, without identities; Forbidden without the right."""
    require(reader, Right.PROTECT)
    with store.reading() as session:
        rows = protection_rows(session, reader.act.municipality)
        return tuple(protection_of(row) for row in rows)


def grant(
    store: Store,
    reader: Reader,
    recipient: str,
    grantee_kind: Grantee,
    grantee: str,
    ends_at: datetime,
) -> Grant:
    """
    Let a user or a role see a recipient until `ends_at`; the reader's purpose is the reason.

    Raises
    ------
    Forbidden, InvalidInput, NotFound
        No right or no reason; NOT_AN_ID, GRANT_END (past, or more than a year away), SELF_GRANT;
        no such recipient.
    Conflict
        RECIPIENT_ERASED.
    """
    require(reader, Right.PROTECT)
    findings = list(_grant_faults(reader, grantee_kind, grantee, ends_at))
    if findings:
        raise InvalidInput(findings)
    with store.writing() as session:
        head = lock(session, reader.act.municipality)
        _require_recipient(session, reader.act.municipality, recipient)
        row = _grant(session, reader, recipient, grantee_kind, grantee, ends_at)
        append(session, head, reader.act, [granted_entry(row)])
        return grant_of(row)


def revoke(store: Store, reader: Reader, recipient: str, number: int) -> Grant:
    """
    Take a grant back.

    Raises
    ------
    Forbidden, InvalidInput, NotFound
        No right or no reason; no such recipient or grant.
    Conflict
        GRANT_REVOKED before.
    """
    require(reader, Right.PROTECT)
    act = reader.act
    with store.writing() as session:
        head = lock(session, act.municipality)
        row = session.get(GrantRow, (act.municipality, recipient, number))
        if row is None:
            raise unknown()
        if row.revoked_at is not None:
            raise Conflict(_state("GRANT_REVOKED", recipient, "a grant in force", "a revoked one"))
        row.revoked_at, row.revoked_by = act.at, act.actor
        session.flush()
        append(session, head, act, [revoked_entry(row)])
        return grant_of(row)


def break_glass(store: Store, reader: Reader, recipient: str) -> Grant:
    """
    Let the reader see a protected recipient for four hours, in an emergency; never quietly.

    The reason stands in the log, every reading by it is marked there, and :func:`emergencies` and
    the review list it.

    Raises
    ------
    Forbidden, InvalidInput, NotFound
        No right; NO_REASON, also when it is shorter than ten characters; no recipient, or none
        that is protected.
    Conflict
        RECIPIENT_ERASED.
    """
    require(reader, Right.BREAK_GLASS)
    if len(reader.purpose.reason.strip()) < SHORTEST_REASON:
        raise InvalidInput(
            Finding(
                "NO_REASON",
                "reason",
                f"what the emergency is, in at least {SHORTEST_REASON} characters",
                "a shorter text",
                "Beskriv nödläget: vad som har hänt och varför uppgiften behövs nu.",
            )
        )
    act = reader.act
    with store.writing() as session:
        head = lock(session, act.municipality)
        _require_recipient(session, act.municipality, recipient)
        if recipient not in sight_of(session, reader).protected:
            # Nothing to break: who may read sees the recipient without it.
            raise unknown()
        row = _grant(
            session, reader, recipient, Grantee.USER, act.actor, act.at + EMERGENCY, emergency=True
        )
        append(session, head, act, [granted_entry(row)])
        seen = sight_of(session, reader).seen(recipient, AccessKind.EMERGENCY)
        log_readings(session, act, reader.purpose, [seen])
        return grant_of(row)


def grants(store: Store, reader: Reader) -> tuple[Grant, ...]:
    """Every grant, ended ones too; Forbidden without the right."""
    require(reader, Right.PROTECT)
    with store.reading() as session:
        return tuple(grant_of(row) for row in grant_rows(session, reader.act.municipality))


def emergencies(store: Store, reader: Reader, since: datetime) -> tuple[Grant, ...]:
    """
    Every broken glass from `since` on, the latest first.

    Raises
    ------
    Forbidden, InvalidInput
        No right to review; no reason.
    """
    require(reader, Right.REVIEW)
    with store.reading() as session:
        made = [grant_of(row) for row in grant_rows(session, reader.act.municipality)]
    chosen = [each for each in made if each.emergency and each.granted_at >= since]
    return tuple(sorted(chosen, key=lambda each: (each.granted_at, each.recipient), reverse=True))


# ---------------------------------------------------------------- steps


def _grant(
    session: Session,
    reader: Reader,
    recipient: str,
    grantee_kind: Grantee,
    grantee: str,
    ends_at: datetime,
    *,
    emergency: bool = False,
) -> GrantRow:
    act = reader.act
    row = GrantRow(
        municipality_id=act.municipality,
        recipient_id=recipient,
        number=len(grant_rows(session, act.municipality, recipient)) + 1,
        grantee_kind=grantee_kind,
        grantee=grantee,
        reason=reader.purpose.reason,
        emergency=emergency,
        granted_at=act.at,
        granted_by=act.actor,
        ends_at=ends_at,
    )
    session.add(row)
    session.flush()
    return row


def _require_recipient(
    session: Session, municipality: str, recipient: str, *, erased: bool = False
) -> None:
    if session.get(RecipientRow, (municipality, recipient)) is None:
        raise unknown()
    findings = [] if erased else erased_findings(session, municipality, [recipient])
    if findings:
        raise Conflict(findings)


def _grant_faults(
    reader: Reader, grantee_kind: Grantee, grantee: str, ends_at: datetime
) -> list[Finding]:
    findings = []
    if not is_id(grantee):
        findings.append(
            Finding("NOT_AN_ID", "grantee", "1-100 printable characters", "something else",
                    "Ange id för användaren eller rollen.")
        )  # fmt: skip
    if not reader.act.at < ends_at <= reader.act.at + LONGEST_GRANT:
        findings.append(
            Finding("GRANT_END", "endsAt", "a moment within a year", "another",
                    "Ge rätten ett slut inom ett år; förläng den sedan om den behövs.")
        )  # fmt: skip
    if grantee_kind is Grantee.USER and grantee == reader.act.actor:
        findings.append(
            Finding("SELF_GRANT", "grantee", "somebody else than who grants", "the same user",
                    "Låt en annan behörig person ge rätten.")
        )  # fmt: skip
    return findings


def _state(code: str, recipient: str, expected: str, found: str) -> Finding:
    return Finding(
        code, f"person ({recipient})", expected, found, "Läs om det som gäller nu, och försök igen."
    )
