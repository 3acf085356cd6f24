"""
Performed visits: taken in by file, corrected, and approved to be paid.

Promises: a file is taken in whole or not at all, with every fault in one answer; whatever is sent
twice counts once, by its key, by its provider's id and by what it is of; a correction is another
revision, and only what is sent as one changes anything; a provider reports and reads its own visits
and nothing of others; nobody approves what they sent.
"""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session, select

from api.refusals import Conflict, not_found, require_version
from api.store.audit import Act, Entry, append, lock
from api.store.engine import Store
from api.store.money_records import Delivery
from api.store.performed_rows import (
    count_up,
    insert_revisions,
    insert_visits,
    last_reported,
    revision_values,
    rows_digest,
)
from api.store.tables import (
    DeliveryApprovalRow,
    DeliveryRow,
)
from api.usecases.looking import Look, write
from api.usecases.rating import same_person
from api.usecases.taking_in import (
    MAX_BYTES,
    Counts,
    delivery_of,
    details,
    keep,
    opened,
    sent_before,
    subject,
)
from api.usecases.visit_changes import Changes, Sent, check_references, find_changes
from pricing.pay.reading import read_performed_lines
from scheduler.care.errors import Finding, InvalidInput


def deliver(store: Store, act: Act, sent: Sent, *, max_bytes: int = MAX_BYTES) -> Delivery:
    """
    Take in every visit of a file: CSV, JSON or an Excel workbook (docs/rate_book.md, section 6).

    Raises
    ------
    TooLarge
        When it is larger than `max_bytes`.
    InvalidInput
        With every fault of the file, else every fault of its visits: NO_VISITS, OTHER_PROVIDER,
        UNKNOWN_PROVIDER, PROVIDER_KIND, UNKNOWN_RECIPIENT (nobody whom the provider has an order
        for), VISIT_DIFFERS, SAME_VISIT (of the same person, service, time and carer as another).
    Conflict, Stale
        When the key was used for another file; when another version holds than `expected`.
    NotFound
        When the municipality is not set up.
    """
    file = opened(sent, max_bytes)
    columns, lines = read_performed_lines(sent.content, file.name)
    changes = Changes(file.name, [columns.row(row) for row in range(len(columns))], lines)
    if not changes.visits:
        raise InvalidInput(_no_visits(file.name))
    with write(store, act) as (session, shown):
        head = lock(session, act.municipality)
        earlier = sent_before(session, DeliveryRow, act.municipality, file)
        if earlier is not None:
            return delivery_of(earlier)
        check_references(session, act.municipality, sent.sender, changes)
        if not changes.findings and sent.expected is not None:
            _require_shown(session, shown, act.municipality, changes)
        if not changes.findings:
            find_changes(session, act.municipality, sent, changes)
        if changes.findings:
            raise InvalidInput(changes.findings)
        values = [
            revision_values(act.municipality, sent.sender, sent.key, each)
            for each in changes.reported
        ]
        counts = Counts(
            len(changes.added), len(changes.corrected), len(changes.visits) - len(values)
        )
        row = keep(session, DeliveryRow, act, file, rows_digest(values), counts)
        insert_visits(session, act.municipality, [each.visit for each in changes.added])
        count_up(session, act.municipality, changes.corrected)
        insert_revisions(session, values)
        entry = Entry("VISITS_DELIVERED", "delivery", subject(sent.sender, sent.key), details(row))
        append(session, head, act, [entry])
        return delivery_of(row)


def approve_delivery(store: Store, act: Act, sender: str, key: str, expected: int) -> Delivery:
    """
    Let what a delivery reported be settled.

    Parameters
    ----------
    expected
        1, the version of what nobody has approved.

    Raises
    ------
    NotFound, Stale, Conflict
        No such delivery; it is approved; SAME_PERSON when whoever sent it approves it.
    """
    with store.writing() as session:
        head = lock(session, act.municipality)
        row = _delivery_row(session, act.municipality, sender, key)
        held = _delivery(row, _approval(session, row))
        where = f"delivery ({subject(sender, key)})"
        require_version(where, expected, held.version)
        if held.version > 1:
            raise Conflict(_approved(where))
        if row.received_by == act.actor:
            raise Conflict(same_person(where))
        approval = DeliveryApprovalRow(
            municipality_id=act.municipality,
            sender=sender,
            key=key,
            received_by=row.received_by,
            approved_at=act.at,
            approved_by=act.actor,
        )
        session.add(approval)
        session.flush()
        entry = Entry(
            "DELIVERY_APPROVED", "delivery", subject(sender, key), {"rows": row.rows_sha256}
        )
        append(session, head, act, [entry])
        return _delivery(row, approval)


def delivery(store: Store, municipality: str, sender: str, key: str) -> Delivery:
    """One delivery; NotFound when there is none."""
    with store.reading() as session:
        row = _delivery_row(session, municipality, sender, key)
        return _delivery(row, _approval(session, row))


def deliveries(store: Store, municipality: str, sender: str | None = None) -> tuple[Delivery, ...]:
    """
    What was delivered, by time and key.

    Parameters
    ----------
    sender
        Only what this provider sent; None is every one, with the municipality's own.
    """
    with store.reading() as session:
        query = select(DeliveryRow).where(DeliveryRow.municipality_id == municipality)
        if sender is not None:
            query = query.where(DeliveryRow.sender == sender)
        rows = session.exec(query).all()
        made = [_delivery(row, _approval(session, row)) for row in rows]
    return tuple(sorted(made, key=lambda each: (each.received_at, each.sender, each.key)))


# ---------------------------------------------------------------- rows


def _require_shown(session: Session, shown: Look, municipality: str, changes: Changes) -> None:
    """Refuse the correction of a visit to somebody of whom its sender may not know."""
    keys = [(each.provider, each.id) for each in changes.visits]
    held = last_reported(session, municipality, keys)
    for visit in [*(each.visit for each in held.values()), *changes.visits]:
        shown.open(visit.recipient, not_found("performed-visits", visit.id))


def _delivery_row(session: Session, municipality: str, sender: str, key: str) -> DeliveryRow:
    row = session.get(DeliveryRow, (municipality, sender, key))
    if row is None:
        raise not_found("deliveries", subject(sender, key))
    return row


def _approval(session: Session, row: DeliveryRow) -> DeliveryApprovalRow | None:
    return session.get(DeliveryApprovalRow, (row.municipality_id, row.sender, row.key))


def _delivery(row: DeliveryRow, approval: DeliveryApprovalRow | None) -> Delivery:
    held = delivery_of(row)
    if approval is None:
        return held
    return replace(held, approved_at=approval.approved_at, approved_by=approval.approved_by)


def _no_visits(name: str) -> Finding:
    return Finding("NO_VISITS", name, "at least one visit", "none", "Skicka en fil med besök.")


def _approved(where: str) -> Finding:
    return Finding(
        "APPROVED_BEFORE",
        where,
        "one that nobody has approved",
        "one that is approved",
        "Ingenting mer behöver göras.",
    )
