"""
Persons: recording who a recipient is, and reading it, each reading with its line in the log.

Promises: a recipient that the reader may not know of (:mod:`api.usecases.sight`) changes no answer;
what is shown is logged in the same transaction; no name and no number stands in any finding.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlmodel import Session

from api.documents.identity_number import read_identity_number
from api.refusals import Conflict, require_version
from api.store.access_log import Seen, log_readings
from api.store.audit import append, lock
from api.store.engine import Store
from api.store.person_keys import PersonKeys
from api.store.person_records import AccessKind, Identity, Person
from api.store.person_rows import (
    all_persons,
    erased_findings,
    identity_of,
    put_identity,
    with_number,
)
from api.store.tables import PersonRow, RecipientRow
from api.usecases.sight import Reader, Right, Sight, require, sight_of, unknown
from scheduler.care.errors import CareError, Finding, InvalidInput
from scheduler.care.units import STOCKHOLM

LONGEST_NAME = 200
MOST_AT_ONCE = 200
# The Swedish alphabet ends with å, ä, ö; their code points come in another order.
_LAST = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}"})


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the persons that the reader may see, and how many there are in all."""

    persons: tuple[Person, ...]
    total: int


def record(
    store: Store,
    reader: Reader,
    keys: PersonKeys,
    recipient: str,
    expected: int,
    *,
    name: str,
    number: str | None,
) -> Person:
    """
    Record who a recipient is, or correct it.

    Parameters
    ----------
    expected
        The version that the correction was made of; 0 when nothing is recorded.
    number
        As people write it; None for who has no identity number.

    Raises
    ------
    Forbidden, InvalidInput
        No right; every fault of name, number and reason.
    NotFound
        No such recipient, or one that the reader may not know of.
    Stale, Conflict
        Another version holds; RECIPIENT_ERASED; NUMBER_TAKEN by another that the reader may know
        of. A hidden one that has it is not told: :func:`api.usecases.reviewing.review` tells it to
        who may know.
    """
    require(reader, Right.RECORD)
    identity = _identity(reader, name, number)
    refused: CareError | None
    with store.writing() as session:
        made, refused = _record(session, reader, keys, recipient, expected, identity)
    if refused is not None:
        raise refused
    return made


def person(store: Store, reader: Reader, keys: PersonKeys, recipient: str) -> Person:
    """
    Who a recipient is.

    Raises
    ------
    Forbidden, InvalidInput, NotFound, Sealed
        No right or no reason; nobody recorded, or hidden; the keys do not open it.
    """

    def wanted(session: Session) -> list[PersonRow]:
        row = session.get(PersonRow, (reader.act.municipality, recipient))
        return [] if row is None else [row]

    return _read_one(store, reader, keys, AccessKind.READ, wanted)


def find(store: Store, reader: Reader, keys: PersonKeys, number: str) -> Person:
    """
    The person that has an identity number, as people write it.

    Raises
    ------
    Forbidden, InvalidInput, NotFound, Sealed
        As :func:`person`; NOT_AN_IDENTITY_NUMBER.
    """
    require(reader, Right.READ)
    digits = _digits(reader, number)
    return _read_one(
        store,
        reader,
        keys,
        AccessKind.FOUND,
        lambda session: with_number(session, keys, reader.act.municipality, digits),
    )


def persons(
    store: Store,
    reader: Reader,
    keys: PersonKeys,
    *,
    name: str = "",
    offset: int = 0,
    limit: int = 50,
) -> Page:
    """
    The persons that the reader may see, by name in Swedish order; each one shown is logged.

    Parameters
    ----------
    name
        Only those whose name has these letters in it, large or small; empty for all.
    limit
        1 to 200.

    Raises
    ------
    Forbidden, InvalidInput, Sealed
        No right or no reason; OUT_OF_RANGE; the keys do not open what is stored.
    """
    require(reader, Right.READ)
    if offset < 0 or not 1 <= limit <= MOST_AT_ONCE:
        raise InvalidInput(
            Finding(
                "OUT_OF_RANGE",
                "offset, limit",
                f"offset from 0 on, limit 1-{MOST_AT_ONCE}",
                f"{offset}, {limit}",
                "Be om färre åt gången.",
            )
        )
    wanted = name.casefold()
    with store.writing() as session:
        rows = all_persons(session, reader.act.municipality)
        sight = sight_of(session, reader)
        found = [
            _person(keys, sight, row) for row in rows if sight.sees(row.recipient_id)
        ]  # fmt: skip
        found = [each for each in found if wanted in each.identity.name.casefold()]
        found.sort(key=lambda each: (_alphabet(each.identity.name), each.recipient))
        shown = found[offset : offset + limit]
        seen = [sight.seen(each.recipient, AccessKind.LISTED) for each in shown]
        log_readings(session, reader.act, reader.purpose, seen)
    return Page(tuple(shown), len(found))


# ---------------------------------------------------------------- steps


def _record(
    session: Session,
    reader: Reader,
    keys: PersonKeys,
    recipient: str,
    expected: int,
    identity: Identity,
) -> tuple[Person, CareError | None]:
    """What holds then, or the refusal that is raised once its line in the log is committed."""
    act = reader.act
    head = lock(session, act.municipality)
    row = session.get(PersonRow, (act.municipality, recipient))
    known = session.get(RecipientRow, (act.municipality, recipient)) is not None
    others = (
        [each for each in with_number(session, keys, act.municipality, identity.number)
         if each.recipient_id != recipient]
        if identity.number is not None
        else []
    )  # fmt: skip
    sight = sight_of(session, reader)
    person = Person(recipient, identity, 1 if row is None else row.version + 1)
    if not known or not sight.sees(recipient):
        if known:
            refused = [sight.seen(recipient, AccessKind.REFUSED)]
            log_readings(session, act, reader.purpose, refused)
        return person, unknown()
    findings = erased_findings(session, act.municipality, [recipient])
    if any(sight.sees(each.recipient_id) for each in others):
        findings.append(_taken())
    if findings:
        raise Conflict(findings)
    require_version(f"person ({recipient})", expected, person.version - 1)
    entry = put_identity(session, act, keys, row, person)
    append(session, head, act, [entry])
    return replace(person, protected=sight.protected.get(recipient, ())), None


def _read_one(
    store: Store,
    reader: Reader,
    keys: PersonKeys,
    kind: AccessKind,
    wanted: Callable[[Session], list[PersonRow]],
) -> Person:
    require(reader, Right.READ)
    found: Person | None = None
    with store.writing() as session:
        rows = wanted(session)
        sight = sight_of(session, reader)
        # Who is asked for and hidden is logged too, and nothing else tells.
        seen: list[Seen] = []
        for row in rows:
            if not sight.sees(row.recipient_id):
                seen.append(sight.seen(row.recipient_id, AccessKind.REFUSED))
            elif found is None:
                found = _person(keys, sight, row)
                seen.append(sight.seen(row.recipient_id, kind))
        log_readings(session, reader.act, reader.purpose, seen)
    if found is None:
        raise unknown()
    return found


def _person(keys: PersonKeys, sight: Sight, row: PersonRow) -> Person:
    kinds = sight.protected.get(row.recipient_id, ())
    return Person(row.recipient_id, identity_of(keys, row), row.version, kinds)


def _alphabet(name: str) -> str:
    """`name` in the order of Swedish dictionaries: é with e, and å, ä, ö last."""
    folded = name.casefold().translate(_LAST)
    parts = unicodedata.normalize("NFD", folded)
    return "".join(each for each in parts if not unicodedata.combining(each))


def _identity(reader: Reader, name: str, number: str | None) -> Identity:
    findings = []
    digits = None
    name = unicodedata.normalize("NFC", name.strip())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        findings.append(
            Finding(
                "NOT_A_NAME",
                "name",
                f"a name on one line of 1-{LONGEST_NAME} characters",
                "nothing, or another text",
                "Skriv personens namn.",
            )
        )
    if number is not None:
        try:
            digits = _digits(reader, number)
        except InvalidInput as error:
            findings += error.findings
    if findings:
        raise InvalidInput(findings)
    return Identity(name, digits)


def _digits(reader: Reader, number: str) -> str:
    return read_identity_number(number, reader.act.at.astimezone(STOCKHOLM).date())


def _taken() -> Finding:
    return Finding(
        "NUMBER_TAKEN",
        "number",
        "a number that no other recipient has",
        "one that another has",
        "Kontrollera numret; personen kan redan finnas under ett annat id.",
    )
