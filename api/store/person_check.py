"""
What must hold of persons, their protection, the log of readings and erasure.

Needs no keys: the log has the hash of each sealed text. Whether the texts open is for
:func:`unopened`, which needs them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from sqlmodel import Session, col, select

from api.store import sealing
from api.store.access_log import REMOVED, access_findings
from api.store.audit import Entry
from api.store.chain import NOTHING_BEFORE, Anchor
from api.store.erasing import NOWHERE
from api.store.person_keys import PersonKeys
from api.store.person_rows import (
    ERASED,
    RECORDED,
    RESEALED,
    all_persons,
    grant_rows,
    granted_entry,
    identity_of,
    protected_entry,
    protection_rows,
    revoked_entry,
    unprotected_entry,
)
from api.store.sealing import Sealed
from api.store.tables import (
    AccessHeadRow,
    AuditRow,
    DecisionRevisionRow,
    DecisionRow,
    ErasureRow,
    InterruptionRow,
    PlanErasureRow,
    PlanRevisionRow,
)
from scheduler.care.errors import Finding

_MARKINGS = frozenset({"PERSON_PROTECTED", "PERSON_UNPROTECTED"})
_GRANTS = frozenset({"PERSON_GRANTED", "GLASS_BROKEN", "PERSON_GRANT_REVOKED"})
Words = tuple[str, str, str]


def person_findings(
    session: Session, municipality: str, log: Sequence[AuditRow], anchor: Anchor | None
) -> Iterator[Finding]:
    """
    Every invariant of the persons that does not hold.

    Parameters
    ----------
    log
        The municipality's acts.
    anchor
        A head of the log of readings that was noted outside the database.
    """
    acts = [row for row in log if row.subject_kind == "person"]
    erased = set(
        session.exec(
            select(ErasureRow.recipient_id).where(ErasureRow.municipality_id == municipality)
        )
    )
    yield from access_findings(session, municipality, anchor)
    yield from _identities(session, municipality, acts, erased)
    yield from _markings(session, municipality, acts, erased)
    yield from _erasures(session, municipality, acts, erased)
    yield from _redactions(session, municipality)
    yield from _removed(session, municipality, log)


def unopened(session: Session, keys: PersonKeys, municipality: str) -> Iterator[Finding]:
    """Every identity that the keys do not open, or that its number does not find."""
    for row in all_persons(session, municipality):
        try:
            number = identity_of(keys, row).number
            made = (
                None
                if number is None or row.index_key_id is None
                else sealing.number_hash(keys, row.index_key_id, municipality, number)
            )
        except Sealed as error:
            yield from error.findings
            continue
        if made != row.number_hash:
            yield _broken(
                "PERSON_INDEX", row.recipient_id, "the hash of the number", "another"
            )  # fmt: skip


def _identities(
    session: Session, municipality: str, acts: list[AuditRow], erased: set[str]
) -> Iterator[Finding]:
    logged: dict[str, tuple[int, str]] = {}
    for act in acts:
        if act.action in (RECORDED, RESEALED):
            details = json.loads(act.details_json)
            logged[act.subject_id] = (details["version"], details["sha256"])
    for recipient in erased:
        logged.pop(recipient, None)
    held = {
        row.recipient_id: (row.version, sealing.digest(row.sealed))
        for row in all_persons(session, municipality)
    }
    for recipient in sorted(logged.keys() | held.keys()):
        if logged.get(recipient) != held.get(recipient):
            yield _broken(
                "PERSON_UNLIKE_LOG",
                recipient,
                f"version {logged[recipient][0]} as logged" if recipient in logged else "nobody",
                "another" if recipient in held else "none",
            )


def _markings(
    session: Session, municipality: str, acts: list[AuditRow], erased: set[str]
) -> Iterator[Finding]:
    """A marking that is gone shows a person; a grant that nobody gave does too."""
    held: Counter[Words] = Counter()
    for marking in protection_rows(session, municipality):
        held[_words(protected_entry(marking))] += 1
        if marking.ended_at is not None:
            held[_words(unprotected_entry(marking))] += 1
    for grant in grant_rows(session, municipality):
        held[_words(granted_entry(grant))] += 1
        if grant.revoked_at is not None:
            held[_words(revoked_entry(grant))] += 1
    logged = Counter(
        (act.action, act.subject_id, act.details_json)
        for act in acts
        if act.action in _MARKINGS or (act.action in _GRANTS and act.subject_id not in erased)
    )
    for action, recipient, details in sorted((held - logged) | (logged - held)):
        wanted = (action, recipient, details) in logged
        yield _broken(
            "PROTECTION_UNLIKE_LOG",
            recipient,
            f"{action} as logged" if wanted else f"no {action}",
            "none" if wanted else "one",
        )


def _erasures(
    session: Session, municipality: str, acts: list[AuditRow], erased: set[str]
) -> Iterator[Finding]:
    logged = {act.subject_id for act in acts if act.action == ERASED}
    for recipient in sorted(logged ^ erased):
        wanted = recipient in logged
        yield _broken(
            "ERASURE_UNLIKE_LOG",
            recipient,
            "an erasure" if wanted else "no erasure",
            "none" if wanted else "one",
        )
    left = {row.recipient_id for row in all_persons(session, municipality)}
    left |= {row.recipient_id for row in grant_rows(session, municipality)}
    left |= _homes(session, municipality, erased)
    for recipient in sorted(left & erased):
        yield _broken("ERASED_BUT_THERE", recipient, "nothing of an erased person", "something")


def _homes(session: Session, municipality: str, erased: set[str]) -> set[str]:
    """Which erased recipients still have a home, a wish or a reason in a decision."""
    rows = session.exec(
        select(DecisionRow.recipient_id, DecisionRevisionRow)
        .join(
            DecisionRevisionRow,
            (col(DecisionRevisionRow.municipality_id) == DecisionRow.municipality_id)
            & (col(DecisionRevisionRow.decision_id) == DecisionRow.id),
        )
        .where(DecisionRow.municipality_id == municipality)
        .where(col(DecisionRow.recipient_id).in_(sorted(erased)))
    )
    found = {
        recipient
        for recipient, row in rows
        if (row.lat, row.lon) != (NOWHERE.lat, NOWHERE.lon)
        or row.wishes_json != "{}"
        or row.required_skills_json != "[]"
    }
    found |= set(
        session.exec(
            select(DecisionRow.recipient_id)
            .join(
                InterruptionRow,
                (col(InterruptionRow.municipality_id) == DecisionRow.municipality_id)
                & (col(InterruptionRow.decision_id) == DecisionRow.id),
            )
            .where(DecisionRow.municipality_id == municipality)
            .where(InterruptionRow.reason != "")
        )
    )
    return found


def _redactions(session: Session, municipality: str) -> Iterator[Finding]:
    counted = Counter(
        (row.unit_id, row.day, row.revision)
        for row in session.exec(
            select(PlanErasureRow).where(PlanErasureRow.municipality_id == municipality)
        )
    )
    for row in session.exec(
        select(PlanRevisionRow).where(PlanRevisionRow.municipality_id == municipality)
    ):
        taken_out = counted[row.unit_id, row.day, row.number]
        if taken_out != row.redacted:
            yield Finding(
                "REDACTIONS",
                f"day plan ({row.unit_id} {row.day.isoformat()}) revision {row.number}",
                f"{taken_out} persons taken out",
                str(row.redacted),
                ACTION,
            )


def _removed(session: Session, municipality: str, log: Sequence[AuditRow]) -> Iterator[Finding]:
    """The log of readings begins where retention has cut it, as the log of acts says."""
    told = (1, NOTHING_BEFORE)
    for row in log:
        if row.action == REMOVED:
            details = json.loads(row.details_json)
            told = (details["keptFrom"], details["sha256"])
    head = session.get(AccessHeadRow, municipality)
    held = (1, NOTHING_BEFORE) if head is None else (head.kept_from, head.kept_after)
    if told != held:
        yield Finding(
            "READINGS_CUT",
            f"access {municipality}",
            f"line {told[0]} as first, as logged",
            f"line {held[0]}",
            ACTION,
        )


def _words(entry: Entry) -> Words:
    return entry.action, entry.subject_id, entry.details_json


ACTION = "Stoppa skrivningar, spara en kopia av databasen och jämför med säkerhetskopian."


def _broken(code: str, recipient: str, expected: str, found: str) -> Finding:
    return Finding(code, f"person ({recipient})", expected, found, ACTION)
