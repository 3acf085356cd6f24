"""
Registering decisions from a document: all of them or none, and every fault in one answer.

Promises: the same request sent again under its key is answered as the first time, for ever, and has
one effect; other content under the key is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from api.documents.cases import Case, read_cases
from api.documents.decision_sheets import is_sheet, read_sheet
from api.documents.schema_faults import is_id
from api.documents.strict_json import MAX_BYTES
from api.refusals import Conflict
from api.store.audit import Act, Entry, append, lock
from api.store.decision_rows import Written, digest, insert_revisions
from api.store.engine import Store
from api.store.person_rows import erased_findings
from api.store.records import DecisionEvent
from api.store.tables import DecisionRow, IntakeRow, ProviderRow, RecipientRow, UnitRow
from scheduler.care.errors import Finding, InvalidInput

Faults = Callable[[Case], Iterable[Finding]]


def no_faults(_case: Case) -> Iterable[Finding]:
    """Nothing more speaks against a decision."""
    return ()


@dataclass(frozen=True, slots=True)
class Registered:
    """
    The answer to a registration, the same each time.

    Parameters
    ----------
    key, sha256
        The sender's key of the request, and the hash of what was sent.
    decisions
        How many were registered.
    at, by
        When and by whom, the first time.
    """

    key: str
    sha256: str
    decisions: int
    at: datetime
    by: str


def register(
    store: Store,
    act: Act,
    key: str,
    content: bytes,
    *,
    max_bytes: int = MAX_BYTES,
    faults: Faults = no_faults,
) -> Registered:
    """
    Register every decision of the document in `content`: JSON, CSV or Excel.

    Parameters
    ----------
    key
        The sender's own name of the request, 1-100 printable characters.
    faults
        What else speaks against a decision, such as a service that the municipality does not have.

    Raises
    ------
    TooLarge
        When it is larger than `max_bytes`.
    InvalidInput
        With every fault of the document, of what its decisions mean, and of what they refer to:
        UNKNOWN_UNIT, UNKNOWN_PROVIDER, PROVIDER_KIND, DECISION_EXISTS, RECIPIENT_ERASED.
    Conflict
        When the key was used for other content.
    NotFound
        When the municipality is not set up.
    """
    read = read_sheet if is_sheet(content) else read_cases
    cases, findings = read(content, max_bytes=max_bytes)
    if not is_id(key):
        findings.append(not_a_key())
    findings += [fault for case in cases for fault in faults(case)]
    if not cases or not is_id(key):
        raise InvalidInput(findings)
    sha256 = hashlib.sha256(content).hexdigest()
    with store.writing() as session:
        head = lock(session, act.municipality)
        earlier = session.get(IntakeRow, (act.municipality, key))
        if earlier is not None:
            return again(earlier, sha256)
        findings += _references(session, act.municipality, cases)
        if findings:
            raise InvalidInput(findings)
        answer = Registered(key, sha256, len(cases), act.at, act.actor)
        _insert(session, act, answer, cases)
        granted = (
            Entry("DECISION_GRANTED", "decision", case.id, {"version": 1, "sha256": digest(case)})
            for case in cases
        )
        received = Entry(
            "DECISIONS_REGISTERED", "intake", key, {"decisions": len(cases), "sha256": sha256}
        )
        append(session, head, act, [received, *granted])
    return answer


def _insert(session: Session, act: Act, answer: Registered, cases: tuple[Case, ...]) -> None:
    wanted = {case.home.id for case in cases}
    known = _known(session, RecipientRow, act.municipality, wanted)
    session.add(
        IntakeRow(
            municipality_id=act.municipality,
            key=answer.key,
            sha256=answer.sha256,
            decisions=answer.decisions,
            received_at=answer.at,
            received_by=answer.by,
        )
    )
    session.add_all(
        RecipientRow(municipality_id=act.municipality, id=recipient, registered_at=act.at)
        for recipient in sorted(wanted - known)
    )
    session.flush()
    session.add_all(
        DecisionRow(
            municipality_id=act.municipality, id=case.id, recipient_id=case.home.id, version=1
        )
        for case in cases
    )
    session.flush()
    insert_revisions(session, act, Written(1, DecisionEvent.GRANTED, answer.key), cases)


def again(earlier: IntakeRow, sha256: str) -> Registered:
    """The first answer to a request that is sent again; Conflict when its content is another."""
    if earlier.sha256 != sha256:
        raise Conflict(
            Finding(
                "KEY_USED",
                "Idempotency-Key",
                "the content first sent with the key",
                "other content",
                "Skicka det nya innehållet med en ny nyckel.",
            )
        )
    return Registered(
        earlier.key, earlier.sha256, earlier.decisions, earlier.received_at, earlier.received_by
    )


# ---------------------------------------------------------------- faults


def _references(session: Session, municipality: str, cases: tuple[Case, ...]) -> list[Finding]:
    findings = list(reference_findings(session, municipality, cases))
    taken = _known(session, DecisionRow, municipality, {case.id for case in cases})
    findings += [
        Finding(
            "DECISION_EXISTS",
            f"decision ({case.id})",
            "an id that is not registered",
            "one that is",
            "Ta bort beslutet ur underlaget, eller ändra det som finns.",
        )
        for case in cases
        if case.id in taken
    ]
    return findings


def reference_findings(
    session: Session, municipality: str, cases: Iterable[Case]
) -> Iterator[Finding]:
    """
    Every unit and provider of `cases` that the municipality does not have as they say, and every
    recipient that is erased.
    """
    cases = tuple(cases)
    yield from erased_findings(session, municipality, {case.home.id for case in cases})
    units = set(session.exec(select(UnitRow.id).where(UnitRow.municipality_id == municipality)))
    providers = {
        row.id: row.kind
        for row in session.exec(
            select(ProviderRow).where(ProviderRow.municipality_id == municipality)
        )
    }
    for case in cases:
        for number, placed in enumerate(case.granted.placements):
            where = f"decision ({case.id})" + (f".moves[{number - 1}]" if number else "")
            if placed.unit not in units:
                yield Finding(
                    "UNKNOWN_UNIT", f"{where}.unit", "a unit of the municipality", placed.unit,
                    "Lägg upp enheten först, eller rätta id:t.",
                )  # fmt: skip
            if placed.provider not in providers:
                yield Finding(
                    "UNKNOWN_PROVIDER", f"{where}.provider", "a provider of the municipality",
                    placed.provider, "Lägg upp utföraren först, eller rätta id:t.",
                )  # fmt: skip
            elif providers[placed.provider] != placed.kind:
                yield Finding(
                    "PROVIDER_KIND", f"{where}.provider", providers[placed.provider],
                    placed.kind.value, "Rätta utförarens slag: egen regi (OWN) eller privat.",
                )  # fmt: skip


def _known(
    session: Session,
    table: type[RecipientRow] | type[DecisionRow],
    municipality: str,
    wanted: set[str],
) -> set[str]:
    """Which ids of `wanted` the table has."""
    query = (
        select(table.id)
        .where(table.municipality_id == municipality)
        .where(col(table.id).in_(sorted(wanted)))
    )
    return set(session.exec(query))


def not_a_key() -> Finding:
    """The fault of a key that cannot be one."""
    return Finding(
        "NOT_AN_ID",
        "Idempotency-Key",
        "1-100 printable characters",
        "something else",
        "Ge begäran en egen nyckel med 1-100 skrivbara tecken.",
    )
