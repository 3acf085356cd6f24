"""Bodies and answers about what is paid by, performed visits, settlements and their exports."""
# ruff: noqa: RUF012 - pydantic copies a mutable default for each record

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from api.documents.plan_schemas import FindingSchema
from api.documents.schema_types import CalendarDay, Id, Moment, Schema, Text
from api.store.money_records import ExportFormat
from pricing.book.model import Status
from pricing.pay.visits import Deviation

FormatCode = Annotated[ExportFormat, Field(strict=False)]
StatusCode = Annotated[Status, Field(strict=False)]
DeviationCode = Annotated[Deviation, Field(strict=False)]
Month = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", examples=["2026-03"])]
Figure = Annotated[int, Field(ge=0, le=44_640)]


class RatePath(StrEnum):
    """What is uploaded: a rate book, a price list, or what exports must know."""

    BOOKS = "books"
    PRICE_LISTS = "price-lists"
    EXPORT_SETUPS = "export-setups"


class UsedPriceListSchema(Schema):
    """A price list that a book was read with."""

    name: str
    number: int


class RateDocumentSchema(Schema):
    """A document as it was uploaded; `version` is what the approval must name."""

    kind: Annotated[RatePath, Field(strict=False)]
    number: int
    name: str
    sha256: str
    first_day: CalendarDay
    price_lists: list[UsedPriceListSchema] = []
    version: int
    uploaded_at: Moment
    uploaded_by: str
    approved_at: Moment | None = None
    approved_by: str | None = None


class RateDocumentsSchema(Schema):
    """The documents of a kind by number."""

    documents: list[RateDocumentSchema]


class DeliverySchema(Schema):
    """A file of performed visits that was taken in; `version` is what the approval must name."""

    sender: str
    key: str
    sha256: str
    corrects: bool
    added: int
    corrected: int
    unchanged: int
    version: int
    received_at: Moment
    received_by: str
    approved_at: Moment | None = None
    approved_by: str | None = None


class DeliveriesSchema(Schema):
    """Deliveries in the order of time."""

    deliveries: list[DeliverySchema]


class PerformedVisitRequestSchema(Schema):
    """What a visit is said to have been; the fields of a file of visits (docs/rate_book.md)."""

    provider_kind: Id
    recipient: Id
    service: Id
    zone: Id
    start: Moment
    status: StatusCode = Status.PERFORMED
    performed_min: Figure = 0
    granted_min: Figure = 0
    staff: Annotated[int, Field(ge=1, le=9)] = 1
    delegated: bool = False
    quantity_thousandths: Annotated[int, Field(ge=0, le=10_000_000)] = 1000
    absent_from: CalendarDay | None = None
    carer: Text = ""
    planned_visit: Text = ""
    deviation: DeviationCode | None = None
    circumstance: Text = ""


class PerformedVisitSchema(PerformedVisitRequestSchema):
    """A visit as a delivery reported it; `version` is what a correction must name."""

    provider: Id
    id: Id
    version: int
    month: Month
    delivery: str
    approved: bool
    settled_in: Month | None = None


class PerformedVisitsSchema(Schema):
    """Visits by rising id, or the revisions of one; `next` is the ``after`` of the next page."""

    visits: list[PerformedVisitSchema]
    next: Id | None = None


class SettlementRequestSchema(Schema):
    """Which month is settled, and which closed ones are priced anew by what is in force now."""

    provider: Id
    month: Month
    known_on: CalendarDay | None = None
    reprice: Annotated[list[Month], Field(max_length=120)] = []


class SettlementHeadSchema(Schema):
    """The last settlement of a provider's month; `version` is what the closing must name."""

    provider: Id
    month: Month
    version: int
    digest: str
    lines: int
    minutes: int
    amount_ore: int
    vat_ore: int
    closed_at: Moment | None = None
    closed_by: str | None = None


class SettlementsSchema(Schema):
    """Settlements by provider and month."""

    settlements: list[SettlementHeadSchema]


class TermsSchema(Schema):
    """By which book the visits of a month were priced."""

    month: Month
    book: int
    known_on: CalendarDay | None = None


class SettlementLineSchema(Schema):
    """
    A payment line; one that corrects another one tells the difference.

    ``visit`` is left out where it is of a protected person whom the asker may not know.
    """

    number: str
    corrects: str | None = None
    visit: Id | None = None
    component: str
    rate: str
    band: str
    service: str
    zone: str
    day: CalendarDay
    minutes: int
    quantity_thousandths: int
    amount_ore: int
    vat_ore: int


class SettlementSchema(SettlementHeadSchema):
    """
    A settlement with its lines and the books behind them.

    ``withheldVisits`` counts the visits whose ids its lines leave out; no sum leaves anything out.
    """

    terms: list[TermsSchema]
    payment_lines: list[SettlementLineSchema]
    withheld_visits: int | None = None


class ExportRequestSchema(Schema):
    """As what a closed settlement is handed out, and the date of its documents and vouchers."""

    format: FormatCode
    dated_on: CalendarDay | None = None


class ExportFileSchema(Schema):
    """
    A file of a closed settlement; the same bytes each time.

    ``withheldVisits``: to the asker it is given without so many ids of visits, and then its digest
    is another one; that of the file as it was handed out is told.
    """

    format: FormatCode
    name: str
    sha256: str
    bytes: int
    setup: int
    dated_on: CalendarDay
    made_at: Moment
    made_by: str
    withheld_visits: int | None = None


class ExportsSchema(Schema):
    """The files of one format by name."""

    files: list[ExportFileSchema]


class ReconciliationSchema(Schema):
    """Everything that does not agree between visits, lines, settlements and exports."""

    agrees: bool
    findings: list[FindingSchema]
