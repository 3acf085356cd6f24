"""
What is paid by: rate books, price lists and export setups, uploaded by one and approved by another.

Promises: only a text without a fault is kept, and it never changes; nothing is paid by what nobody
else has approved; months that are closed keep the book that they were settled by.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlmodel import Session, col, select

from api.documents.schema_faults import is_id
from api.refusals import Conflict, TooLarge, not_found, require_version, too_large
from api.store.audit import Act, Entry, append, lock
from api.store.engine import Store
from api.store.money_records import RateDocument, RateKind
from api.store.rate_rows import (
    approved_lists,
    digest,
    document_of,
    document_row,
    held_book,
    insert_document,
    read_price_list,
    read_with_lists,
    row_in_force,
    rows_of,
)
from api.store.tables import RateDocumentRow
from pricing.book.model import RateBook
from pricing.exports.setup_file import parse_setup
from pricing.toml_file import MAX_BYTES
from scheduler.care.errors import CareError, Finding, InvalidInput


def upload(
    store: Store, act: Act, key: str, kind: RateKind, name: str, first_day: date, content: bytes
) -> RateDocument:
    """
    Keep a document, to be approved by somebody else.

    Parameters
    ----------
    key
        The sender's own name of the request; sent again it is answered as the first time.
    name
        Of the file. A book finds its price lists by theirs, among those approved by now.
    first_day
        From which it is in force once approved. A book's is the first of a month: which days
        within it a rate holds on, the book says itself.

    Raises
    ------
    TooLarge, InvalidInput, Conflict, NotFound
        More than 2 MB; every fault of the text, its name, key and day; another content under the
        key; no such municipality.
    """
    if len(content) > MAX_BYTES:
        raise TooLarge(too_large(len(content), MAX_BYTES).findings)
    findings = _own_faults(key, kind, name, first_day)
    with store.reading() as session:
        # An approval beside this one is not missed: the number of each list is kept with the book.
        lists = approved_lists(session, act.municipality) if kind is RateKind.BOOK else {}
    used: dict[str, int] = {}
    try:
        used = _read(kind, content, name if is_id(name) else "document", lists)
    except CareError as error:
        findings += error.findings
    if not is_id(key):
        raise InvalidInput(findings)
    sha256 = digest(content)
    with store.writing() as session:
        head = lock(session, act.municipality)
        earlier = _by_key(session, act.municipality, key)
        if earlier is not None:
            return _again(session, earlier, kind, name, first_day, sha256)
        if findings:
            raise InvalidInput(findings)
        number = len(rows_of(session, act.municipality, kind)) + 1
        made = RateDocument(
            kind, number, name, content.decode(), sha256, first_day, tuple(sorted(used.items())),
            act.at, act.actor, None, None,
        )  # fmt: skip
        insert_document(session, act, key, made)
        append(
            session,
            head,
            act,
            [Entry("RATES_UPLOADED", "rates", _subject(made), {"sha256": sha256})],
        )
    return made


def approve(store: Store, act: Act, kind: RateKind, number: int, expected: int) -> RateDocument:
    """
    Let a document be in force from its first day on.

    Parameters
    ----------
    expected
        1, the version of what is uploaded and not approved.

    Raises
    ------
    NotFound, Stale, Conflict
        No such document; it is approved; SAME_PERSON when whoever uploaded it approves it.
    """
    with store.writing() as session:
        head = lock(session, act.municipality)
        row = document_row(session, act.municipality, kind, number)
        held = document_of(session, row)
        require_version(f"rate document ({_subject(held)})", expected, held.version)
        if held.version > 1:
            raise Conflict(_approved(held))
        if row.uploaded_by == act.actor:
            raise Conflict(same_person(f"rate document ({_subject(held)})"))
        row.approved_at, row.approved_by = act.at, act.actor
        session.flush()
        append(
            session,
            head,
            act,
            [Entry("RATES_APPROVED", "rates", _subject(held), {"sha256": held.sha256})],
        )
        return document_of(session, row)


def rate_document(store: Store, municipality: str, kind: RateKind, number: int) -> RateDocument:
    """One document; NotFound when there is none."""
    with store.reading() as session:
        return document_of(session, document_row(session, municipality, kind, number))


def rate_documents(store: Store, municipality: str, kind: RateKind) -> tuple[RateDocument, ...]:
    """All documents of a kind, in the order of their numbers."""
    with store.reading() as session:
        return tuple(document_of(session, row) for row in rows_of(session, municipality, kind))


def in_force(
    store: Store, municipality: str, kind: RateKind, day: date, name: str | None = None
) -> RateDocument:
    """The document in force on `day`; NotFound when none is."""
    with store.reading() as session:
        row = row_in_force(session, municipality, kind, day, name)
        if row is None:
            raise not_found("rate-documents", f"{kind} in force {day.isoformat()}")
        return document_of(session, row)


def book_in_force(store: Store, municipality: str, day: date) -> RateBook:
    """The rate book in force on `day`, with the price lists it was uploaded with; or NotFound."""
    number = in_force(store, municipality, RateKind.BOOK, day).number
    with store.reading() as session:
        return held_book(session, municipality, number).book


def same_person(where: str) -> Finding:
    """That whoever made something is not who may approve it."""
    return Finding(
        "SAME_PERSON",
        where,
        "an approval by somebody else",
        "one by who made it",
        "Be en kollega att granska och godkänna.",
    )


def key_used() -> Finding:
    """That a key of a request stands for another content."""
    return Finding(
        "KEY_USED",
        "Idempotency-Key",
        "the content first sent with the key",
        "other content",
        "Skicka det nya innehållet med en ny nyckel.",
    )


def not_a_key(where: str) -> Finding:
    """That a key or a name cannot be one."""
    return Finding(
        "NOT_AN_ID",
        where,
        "1-100 printable characters",
        "something else",
        "Ange 1-100 skrivbara tecken.",
    )


# ---------------------------------------------------------------- own


def _read(
    kind: RateKind, content: bytes, name: str, lists: dict[str, RateDocumentRow]
) -> dict[str, int]:
    """Judge the text; the price lists that it uses."""
    if kind is RateKind.BOOK:
        return read_with_lists(content, name, lists)[1]
    if kind is RateKind.PRICE_LIST:
        read_price_list(content, name)
    else:
        parse_setup(content, name)
    return {}


def _own_faults(key: str, kind: RateKind, name: str, first_day: date) -> list[Finding]:
    findings = [
        not_a_key(where)
        for where, text in (("Idempotency-Key", key), ("name", name))
        if not is_id(text)
    ]
    if kind is RateKind.BOOK and first_day.day != 1:
        findings.append(
            Finding(
                "NOT_FIRST_OF_MONTH",
                "firstDay",
                "the first day of a month",
                first_day.isoformat(),
                "Låt boken gälla från månadens första dag; dess egna värden har sina dagar.",
            )
        )
    return findings


def _by_key(session: Session, municipality: str, key: str) -> RateDocumentRow | None:
    query = (
        select(RateDocumentRow)
        .where(RateDocumentRow.municipality_id == municipality)
        .where(col(RateDocumentRow.key) == key)
    )
    return session.exec(query).one_or_none()


def _again(
    session: Session,
    earlier: RateDocumentRow,
    kind: RateKind,
    name: str,
    first_day: date,
    sha256: str,
) -> RateDocument:
    same = (earlier.kind, earlier.name, earlier.first_day, earlier.sha256)
    if same != (kind, name, first_day, sha256):
        raise Conflict(key_used())
    # As the first time: an approval since then is read, not answered.
    return replace(document_of(session, earlier), approved_at=None, approved_by=None)


def _subject(document: RateDocument) -> str:
    return f"{document.kind} {document.number}"


def _approved(document: RateDocument) -> Finding:
    return Finding(
        "APPROVED_BEFORE",
        f"rate document ({_subject(document)})",
        "one that nobody has approved",
        "one that is approved",
        "Ladda upp en ändring som ett nytt dokument.",
    )
