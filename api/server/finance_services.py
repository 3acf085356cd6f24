"""
Rates, performed visits and settlements for a request: read, carried out by the use cases, shown.

A provider's request has its scope: what is another's is answered as what is not there.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any, TypeVar

from api.documents.plan_schemas import FindingSchema
from api.documents.schema_faults import is_id, validate
from api.documents.schema_types import Schema
from api.documents.strict_json import parse_json
from api.documents.withheld import anonymous
from api.refusals import not_found
from api.server import finance_schemas as schemas
from api.server.services import Services
from api.server.settlement_showing import (
    anonymous_faults,
    shown_file,
    shown_files,
    shown_settlement,
)
from api.store.audit import Act
from api.store.money_records import (
    Delivery,
    ExportFile,
    ExportFormat,
    HeldVisit,
    RateDocument,
    RateKind,
)
from api.store.performed_rows import moment
from api.usecases import handing_out, performing, rating, reconciling, settling, visit_views
from api.usecases.looking import withheld_from
from api.usecases.settlement_making import Ask
from api.usecases.visit_changes import MUNICIPALITY, Sent
from pricing.pay.settlement import month_bounds
from pricing.pay.visits import Deviation
from scheduler.care.errors import InvalidInput

Body = TypeVar("Body", bound=Schema)
KINDS = {
    schemas.RatePath.BOOKS: RateKind.BOOK,
    schemas.RatePath.PRICE_LISTS: RateKind.PRICE_LIST,
    schemas.RatePath.EXPORT_SETUPS: RateKind.EXPORT_SETUP,
}
# Vouchers for the municipality's own ledger are nobody else's: accounts, cost centres, projects.
OF_PROVIDERS = frozenset(ExportFormat) - {ExportFormat.SIE}
PATHS = {kind: path for path, kind in KINDS.items()}


# ---------------------------------------------------------------- rates


def upload(
    services: Services,
    act: Act,
    path: schemas.RatePath,
    name: str,
    first_day: date,
    content: bytes,
    key: str | None,
) -> schemas.RateDocumentSchema:
    """Keep a document; without a `key` what is sent is its own."""
    sent = json.dumps([path, name, first_day.isoformat(), hashlib.sha256(content).hexdigest()])
    made = rating.upload(
        services.store,
        act,
        key or hashlib.sha256(sent.encode()).hexdigest(),
        KINDS[path],
        name,
        first_day,
        content,
    )
    return _rate_document(made)


def rate_documents(
    services: Services, act: Act, path: schemas.RatePath
) -> schemas.RateDocumentsSchema:
    """All documents of a kind."""
    found = rating.rate_documents(services.store, act.municipality, KINDS[path])
    return schemas.RateDocumentsSchema(documents=[_rate_document(each) for each in found])


def in_force(
    services: Services, act: Act, path: schemas.RatePath, day: date, name: str | None
) -> schemas.RateDocumentSchema:
    """The document in force on a day."""
    found = rating.in_force(services.store, act.municipality, KINDS[path], day, name)
    return _rate_document(found)


def rate_document(
    services: Services, act: Act, path: schemas.RatePath, number: int
) -> schemas.RateDocumentSchema:
    """One document without its text."""
    return _rate_document(_held_document(services, act, path, number))


def rate_text(services: Services, act: Act, path: schemas.RatePath, number: int) -> bytes:
    """A document as it was uploaded."""
    return _held_document(services, act, path, number).content.encode()


def approve_rates(
    services: Services, act: Act, path: schemas.RatePath, number: int, version: int
) -> schemas.RateDocumentSchema:
    """Approve a document."""
    return _rate_document(rating.approve(services.store, act, KINDS[path], number, version))


def _held_document(
    services: Services, act: Act, path: schemas.RatePath, number: int
) -> RateDocument:
    return rating.rate_document(services.store, act.municipality, KINDS[path], number)


# ---------------------------------------------------------------- performed visits


def deliver(
    services: Services,
    act: Act,
    scope: str | None,
    content: bytes,
    name: str,
    key: str | None,
    *,
    corrects: bool,
) -> schemas.DeliverySchema:
    """Take in a file of visits; without a `key` the content is its own."""
    named = key or hashlib.sha256(content).hexdigest()
    sent = Sent(scope or MUNICIPALITY, named, name, content, corrects)
    made = performing.deliver(services.store, act, sent, max_bytes=services.settings.max_bytes)
    return _delivery(made)


def correct(
    services: Services,
    act: Act,
    scope: str | None,
    provider: str,
    visit: str,
    version: int,
    content: bytes,
    key: str | None,
) -> schemas.PerformedVisitSchema:
    """
    Let another content of a visit hold, as a revision that points at the one before.

    Of version 0 it is the first one.
    """
    _require_own(scope, provider, "performed-visits")
    _require_id(visit, "performed-visits")
    read = _read(services, schemas.PerformedVisitRequestSchema, content)
    # As a file of one visit: judged, digested and kept like any other.
    row = {
        "id": visit,
        "provider": provider,
        "provider_kind": read.provider_kind,
        "recipient": read.recipient,
        "service": read.service,
        "zone": read.zone,
        "start": read.start.isoformat(),
        "status": read.status.value,
        "performed_min": str(read.performed_min),
        "granted_min": str(read.granted_min),
        "staff": str(read.staff),
        "delegated": read.delegated,
        "quantity": f"{read.quantity_thousandths // 1000}.{read.quantity_thousandths % 1000:03d}",
        "absent_from": read.absent_from.isoformat() if read.absent_from else "",
        "carer": read.carer,
        "planned_visit": read.planned_visit,
        "deviation": read.deviation.value if read.deviation else "",
        "circumstance": read.circumstance,
    }
    file = json.dumps({"visits": [row]}, ensure_ascii=False).encode()
    named = key or hashlib.sha256(b"%d %b" % (version, file)).hexdigest()
    sent = Sent(scope or MUNICIPALITY, named, "visit", file, corrects=True,
                expected=version)  # fmt: skip
    performing.deliver(services.store, act, sent, max_bytes=services.settings.max_bytes)
    return history(services, act, scope, provider, visit).visits[-1]


def visits(
    services: Services,
    act: Act,
    scope: str | None,
    provider: str,
    month: str,
    after: str,
    *,
    deviating: bool,
) -> schemas.PerformedVisitsSchema:
    """A page of a provider's visits of a month, or of those that are not what was granted."""
    _require_own(scope, provider, "performed-visits")
    month_bounds(month)
    if after:
        _require_id(after, "performed-visits")
    found = visit_views.visits(
        services.store,
        act.municipality,
        provider,
        month,
        after=after,
        deviating=deviating,
        act=act,
    )
    full = len(found) == visit_views.AT_MOST
    return schemas.PerformedVisitsSchema(
        visits=[_visit(each) for each in found], next=found[-1].visit.id if full else None
    )


def history(
    services: Services, act: Act, scope: str | None, provider: str, visit: str
) -> schemas.PerformedVisitsSchema:
    """Every revision of a visit."""
    _require_own(scope, provider, "performed-visits")
    _require_id(visit, "performed-visits")
    found = visit_views.visit_history(services.store, act.municipality, provider, visit, act)
    return schemas.PerformedVisitsSchema(visits=[_visit(each) for each in found])


def deliveries(services: Services, act: Act, scope: str | None) -> schemas.DeliveriesSchema:
    """What was delivered, by the provider in scope or by all."""
    found = performing.deliveries(services.store, act.municipality, scope)
    return schemas.DeliveriesSchema(deliveries=[_delivery(each) for each in found])


def delivery(
    services: Services, act: Act, scope: str | None, sender: str, key: str
) -> schemas.DeliverySchema:
    """One delivery."""
    own = _sender(scope, sender)
    _require_id(key, "deliveries")
    return _delivery(performing.delivery(services.store, act.municipality, own, key))


def approve_delivery(
    services: Services, act: Act, scope: str | None, sender: str, key: str, version: int
) -> schemas.DeliverySchema:
    """Approve a delivery."""
    own = _sender(scope, sender)
    _require_id(key, "deliveries")
    return _delivery(performing.approve_delivery(services.store, act, own, key, version))


# ---------------------------------------------------------------- settlements


def settle(services: Services, act: Act, content: bytes) -> schemas.SettlementSchema:
    """Settle a month."""
    read = _read(services, schemas.SettlementRequestSchema, content)
    ask = Ask(read.provider, read.month, read.known_on, frozenset(read.reprice))
    with anonymous_faults(services, act):
        made = settling.run(services.store, act, ask)
    return shown_settlement(services, act, made)


def settlements(
    services: Services, act: Act, scope: str | None, provider: str | None
) -> schemas.SettlementsSchema:
    """The settlements of a provider or all; in a provider's scope its own closed ones."""
    wanted = scope if scope is not None else provider
    if wanted is not None:
        _require_id(wanted, "settlements")
    found = settling.settlements(services.store, act.municipality, wanted, closed=scope is not None)
    return schemas.SettlementsSchema(
        settlements=[
            schemas.SettlementHeadSchema(
                version=each.etag,
                **{name: value for name, value in each._asdict().items() if name != "version"},
            )
            for each in found
        ]
    )


def settlement(
    services: Services, act: Act, scope: str | None, provider: str, month: str
) -> schemas.SettlementSchema:
    """One settlement with its lines."""
    _require_own(scope, provider, "settlements")
    month_bounds(month)
    found = settling.settlement(
        services.store, act.municipality, provider, month, closed=scope is not None
    )
    return shown_settlement(services, act, found)


def close(
    services: Services, act: Act, provider: str, month: str, version: int
) -> schemas.SettlementSchema:
    """Close a month."""
    _require_id(provider, "settlements")
    month_bounds(month)
    with anonymous_faults(services, act):
        made = settling.close(services.store, act, provider, month, version)
    return shown_settlement(services, act, made)


def hand_out(
    services: Services, act: Act, provider: str, month: str, content: bytes
) -> schemas.ExportsSchema:
    """Make the files of a closed settlement, or tell those that were made."""
    _require_id(provider, "settlements")
    month_bounds(month)
    read = _read(services, schemas.ExportRequestSchema, content)
    with anonymous_faults(services, act):
        made = handing_out.hand_out(
            services.store, act, provider, month, read.format, read.dated_on
        )
    return shown_files(services, act, provider, month, made)


def exports(
    services: Services, act: Act, scope: str | None, provider: str, month: str
) -> schemas.ExportsSchema:
    """Every file of a closed settlement; to a provider those that are its own."""
    _require_own(scope, provider, "settlements")
    month_bounds(month)
    settling.settlement(services.store, act.municipality, provider, month, closed=scope is not None)
    made = handing_out.all_handed_out(services.store, act.municipality, provider, month)
    own = [each for each in made if scope is None or each.format in OF_PROVIDERS]
    return shown_files(services, act, provider, month, own)


def export_file(
    services: Services,
    act: Act,
    scope: str | None,
    provider: str,
    month: str,
    kind: ExportFormat,
    name: str,
) -> ExportFile:
    """One file as it was handed out."""
    _require_own(scope, provider, "exports")
    month_bounds(month)
    if scope is not None and kind not in OF_PROVIDERS:
        raise not_found("exports", name)
    found = handing_out.handed_out(services.store, act.municipality, provider, month, kind)
    for each in found:
        if each.name == name:
            return shown_file(services, act, provider, month, each)
    raise not_found("exports", name)


def reconcile(services: Services, act: Act, provider: str | None) -> schemas.ReconciliationSchema:
    """Everything that does not agree."""
    if provider is not None:
        _require_id(provider, "providers")
    found = anonymous(
        reconciling.reconcile(services.store, act.municipality, provider),
        withheld_from(services.store, act),
    )
    return schemas.ReconciliationSchema(
        agrees=not found, findings=[FindingSchema.of(each) for each in found]
    )


# ---------------------------------------------------------------- shown


def _rate_document(held: RateDocument) -> schemas.RateDocumentSchema:
    return schemas.RateDocumentSchema(
        kind=PATHS[held.kind],
        number=held.number,
        name=held.name,
        sha256=held.sha256,
        first_day=held.first_day,
        price_lists=[
            schemas.UsedPriceListSchema(name=name, number=number)
            for name, number in held.price_lists
        ],
        version=held.version,
        uploaded_at=held.uploaded_at,
        uploaded_by=held.uploaded_by,
        approved_at=held.approved_at,
        approved_by=held.approved_by,
    )


def _delivery(held: Delivery) -> schemas.DeliverySchema:
    names = (
        "sender", "key", "sha256", "corrects", "added", "corrected", "unchanged", "version",
        "received_at", "received_by", "approved_at", "approved_by",
    )  # fmt: skip
    return schemas.DeliverySchema(**{name: getattr(held, name) for name in names})


def _visit(held: HeldVisit) -> schemas.PerformedVisitSchema:
    visit = held.visit
    shown: dict[str, Any] = {
        name: getattr(visit, name)
        for name in (
            "provider", "id", "provider_kind", "recipient", "service", "zone", "status",
            "performed_min", "granted_min", "staff", "delegated", "absent_from", "carer",
            "planned_visit", "circumstance",
        )
    }  # fmt: skip
    return schemas.PerformedVisitSchema(
        **shown,
        start=moment(visit),
        quantity_thousandths=int(visit.quantity * 1000),
        deviation=Deviation(visit.deviation) if visit.deviation else None,
        version=held.version,
        month=held.month,
        delivery=held.key,
        approved=held.approved,
        settled_in=held.settled_in,
    )


# ---------------------------------------------------------------- asked


def _read(services: Services, schema: type[Body], content: bytes) -> Body:
    value, findings = parse_json(content, max_bytes=services.settings.max_bytes)
    read, faults = validate(schema, value)
    if read is None or findings:
        raise InvalidInput([*findings, *faults])
    return read


def _require_own(scope: str | None, provider: str, kind: str) -> None:
    """To a provider another one's is as what is not there."""
    _require_id(provider, kind)
    if scope not in (None, provider):
        raise not_found(kind, provider)


def _require_id(text: str, kind: str) -> None:
    if not is_id(text):
        raise not_found(kind, "the address")


def _sender(scope: str | None, sender: str) -> str:
    if sender:
        _require_id(sender, "deliveries")
    if scope not in (None, sender):
        raise not_found("deliveries", sender)
    return sender
