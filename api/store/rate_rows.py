"""
Rate documents between their table and what they say.

Promises: a text comes back byte by byte as it was uploaded; a book is read with the price lists
that it was uploaded with, whatever has been uploaded since.
"""

from __future__ import annotations

import hashlib
from datetime import date

from sqlmodel import Session, col, select

from api.refusals import not_found
from api.store.audit import Act
from api.store.money_records import HeldBook, RateDocument, RateKind
from api.store.tables import RateDocumentRow, RateDocumentUseRow
from pricing.book.model import RateBook
from pricing.book.reading import parse_rate_book
from pricing.exports.setup import ExportSetup
from pricing.exports.setup_file import parse_setup
from pricing.price import PriceParameters, parse_price_parameters
from pricing.toml_file import parse_toml
from scheduler.care.errors import Finding, InvalidInput


def digest(content: bytes) -> str:
    """SHA-256 of what was uploaded."""
    return hashlib.sha256(content).hexdigest()


def read_price_list(content: bytes, name: str) -> PriceParameters:
    """A price list from its text; InvalidInput with every fault."""
    return parse_price_parameters(parse_toml(content, name)[0], name)


def read_with_lists(
    content: bytes, name: str, lists: dict[str, RateDocumentRow]
) -> tuple[RateBook, dict[str, int]]:
    """
    A book from its text, and the numbers of the lists that it names.

    Parameters
    ----------
    lists
        Price lists by name.

    Raises
    ------
    InvalidInput
        With every fault of the book; UNUSABLE_PRICE_LIST where it names none of `lists`.
    """
    used: dict[str, int] = {}

    def open_list(wanted: str) -> PriceParameters:
        row = lists.get(wanted)
        if row is None:
            raise InvalidInput(
                Finding(
                    "PRICE_LIST_MISSING",
                    "price_list",
                    "the name of an approved price list",
                    wanted[:100],
                    "Ladda upp prislistan och låt den godkännas först, eller rätta namnet.",
                )
            )
        used[wanted] = row.number
        return read_price_list(row.content.encode(), row.name)

    return parse_rate_book(content, name, open_list), used


def insert_document(
    session: Session, act: Act, key: str, document: RateDocument
) -> RateDocumentRow:
    """Store a document that was uploaded now."""
    row = RateDocumentRow(
        municipality_id=act.municipality,
        kind=document.kind,
        number=document.number,
        key=key,
        name=document.name,
        content=document.content,
        sha256=document.sha256,
        first_day=document.first_day,
        uploaded_at=document.uploaded_at,
        uploaded_by=document.uploaded_by,
    )
    session.add(row)
    session.flush()
    session.add_all(
        RateDocumentUseRow(
            municipality_id=act.municipality,
            kind=document.kind,
            number=document.number,
            name=name,
            list_kind=RateKind.PRICE_LIST,
            list_number=number,
        )
        for name, number in document.price_lists
    )
    session.flush()
    return row


def document_row(
    session: Session, municipality: str, kind: RateKind, number: int
) -> RateDocumentRow:
    """The row of a document; NotFound when there is none."""
    row = session.get(RateDocumentRow, (municipality, kind.value, number))
    if row is None:
        raise not_found("rate-documents", f"{kind} {number}")
    return row


def document_of(session: Session, row: RateDocumentRow) -> RateDocument:
    """A row as a record."""
    used = session.exec(
        select(RateDocumentUseRow)
        .where(RateDocumentUseRow.municipality_id == row.municipality_id)
        .where(RateDocumentUseRow.kind == row.kind)
        .where(RateDocumentUseRow.number == row.number)
        .order_by(col(RateDocumentUseRow.name))
    )
    return RateDocument(
        RateKind(row.kind),
        row.number,
        row.name,
        row.content,
        row.sha256,
        row.first_day,
        tuple(sorted((each.name, each.list_number) for each in used)),
        row.uploaded_at,
        row.uploaded_by,
        row.approved_at,
        row.approved_by,
    )


def rows_of(session: Session, municipality: str, kind: RateKind) -> list[RateDocumentRow]:
    """All documents of a kind by number."""
    query = (
        select(RateDocumentRow)
        .where(RateDocumentRow.municipality_id == municipality)
        .where(RateDocumentRow.kind == kind)
        .order_by(col(RateDocumentRow.number))
    )
    return list(session.exec(query))


def approved_lists(session: Session, municipality: str) -> dict[str, RateDocumentRow]:
    """Name -> the price list of that name that was approved with the highest number."""
    rows = rows_of(session, municipality, RateKind.PRICE_LIST)
    return {row.name: row for row in rows if row.approved_at is not None}


def row_in_force(
    session: Session, municipality: str, kind: RateKind, day: date, name: str | None = None
) -> RateDocumentRow | None:
    """
    The approved document in force on `day`: the latest first day, then the highest number.

    Parameters
    ----------
    name
        Only documents of this name; price lists of several names hold side by side.
    """
    found = [
        row
        for row in rows_of(session, municipality, kind)
        if row.approved_at is not None
        and row.first_day <= day
        and (name is None or row.name == name)
    ]
    return max(found, key=lambda row: (row.first_day, row.number), default=None)


def held_book(session: Session, municipality: str, number: int) -> HeldBook:
    """A book as it was uploaded, with its own price lists; NotFound when there is none."""
    row = document_row(session, municipality, RateKind.BOOK, number)
    lists = {
        name: document_row(session, municipality, RateKind.PRICE_LIST, used)
        for name, used in document_of(session, row).price_lists
    }
    return HeldBook(number, read_with_lists(row.content.encode(), row.name, lists)[0])


def held_setup(session: Session, municipality: str, number: int) -> ExportSetup:
    """An export setup as it was uploaded; NotFound when there is none."""
    row = document_row(session, municipality, RateKind.EXPORT_SETUP, number)
    return parse_setup(row.content.encode(), row.name)
