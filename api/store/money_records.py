"""
What the store gives back of rates, performed visits and settlements.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from pricing.book.model import RateBook
from pricing.pay.settlement import Settlement
from pricing.pay.visits import Performed


class RateKind(StrEnum):
    """What a rate document is: rate book, price list, or what exports must know."""

    BOOK = "BOOK"
    PRICE_LIST = "PRICE_LIST"
    EXPORT_SETUP = "EXPORT_SETUP"


class ExportFormat(StrEnum):
    """What a closed settlement is handed out as."""

    SIE = "SIE"
    PEPPOL = "PEPPOL"
    EXCEL = "EXCEL"
    HTML = "HTML"


@dataclass(frozen=True, slots=True)
class RateDocument:
    """
    One revision of what is paid by, as it was uploaded.

    Parameters
    ----------
    number
        Counts the documents of its kind from 1; a change is another number.
    name
        Of the file; a book finds its price lists by theirs.
    first_day
        The first day on which it is in force once approved, until a later one is.
    price_lists
        Of a book: name -> number of the price list that it was read with.
    approved_at, approved_by
        None until somebody else than `uploaded_by` has approved it.
    """

    kind: RateKind
    number: int
    name: str
    content: str
    sha256: str
    first_day: date
    price_lists: tuple[tuple[str, int], ...]
    uploaded_at: datetime
    uploaded_by: str
    approved_at: datetime | None
    approved_by: str | None

    @property
    def version(self) -> int:
        """1 as uploaded, 2 as approved: what a change must name."""
        return 1 if self.approved_at is None else 2


@dataclass(frozen=True, slots=True)
class Delivery:
    """
    A file of performed visits that was taken in, and what it changed.

    Parameters
    ----------
    sender
        Id of the provider that sent it; empty when the municipality did.
    key, sha256
        The sender's own key of the request, and the hash of what was sent.
    corrects
        Whether it was sent as corrections of what was sent before.
    added, corrected, unchanged
        Visits that were new, that got another revision, and that were there already.
    """

    sender: str
    key: str
    sha256: str
    corrects: bool
    added: int
    corrected: int
    unchanged: int
    received_at: datetime
    received_by: str
    approved_at: datetime | None = None
    approved_by: str | None = None

    @property
    def version(self) -> int:
        """1 as received, 2 as approved."""
        return 1 if self.approved_at is None else 2


@dataclass(frozen=True, slots=True)
class HeldVisit:
    """
    A performed visit as it was last reported.

    Parameters
    ----------
    version
        Number of the revision; each earlier one is kept.
    month
        ``2026-03``, of its start in Sweden.
    sender, key
        The delivery that the revision came with.
    approved
        Whether that delivery was approved.
    settled_in
        Month of the closed settlement that it is in; None as long as there is none.
    """

    visit: Performed
    version: int
    month: str
    sender: str
    key: str
    approved: bool
    settled_in: str | None


@dataclass(frozen=True, slots=True)
class Terms:
    """By which book the visits of a month are priced, and which indices were known."""

    month: str
    book: int
    known_on: date | None


class SettlementHead(NamedTuple):
    """The last run of a provider's month without its lines."""

    provider: str
    month: str
    version: int
    digest: str
    lines: int
    minutes: int
    amount_ore: int
    vat_ore: int
    closed_at: datetime | None
    closed_by: str | None

    @property
    def etag(self) -> int:
        """As of the run."""
        return self.version + (self.closed_at is not None)


@dataclass(frozen=True, slots=True)
class SettlementRun:
    """
    One settlement of a provider's month.

    Parameters
    ----------
    version
        Counts the runs of the month from 1; the last one may be closed, and then none follows.
    terms
        Of the month and of every earlier month that it corrects.
    """

    provider: str
    month: str
    version: int
    settlement: Settlement
    terms: tuple[Terms, ...]
    ran_at: datetime
    ran_by: str
    closed_at: datetime | None
    closed_by: str | None

    @property
    def etag(self) -> int:
        """Counts every run and the closing: what a change must name."""
        return self.version + (self.closed_at is not None)


@dataclass(frozen=True, slots=True)
class ExportFile:
    """
    A file of a closed settlement as it was first made; handed out the same ever after.

    Parameters
    ----------
    setup
        Number of the export setup that it was made with.
    """

    format: ExportFormat
    name: str
    content: bytes
    sha256: str
    setup: int
    dated_on: date
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class HeldBook:
    """A rate book as read, and its number."""

    number: int
    book: RateBook
