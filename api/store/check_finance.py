"""
What must hold of rates, performed visits and settlements; part of :func:`api.store.check.check`.

* Each rate document is the text that was uploaded, numbered without a gap, and as logged.
* Each delivery's revisions are those that it counted and that the log has the digest of; each
  visit's revisions are 1, 2, … to its version; its natural key is that of the last one.
* Each run is what its digest says, its versions 1, 2, …; a closed one's lines are those of its
  document; each revision it settled was approved; each file is what its digest says.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from sqlalchemy import RowMapping
from sqlalchemy import select as core_select
from sqlmodel import Session, select

from api.store import rate_rows, settlement_rows
from api.store.approved_visits import SETTLED
from api.store.performed_rows import REVISIONS, natural_key, performed, rows_digest
from api.store.tables import (
    AuditRow,
    DeliveryApprovalRow,
    DeliveryRow,
    PerformedVisitRow,
    RateDocumentRow,
    SettlementExportRow,
    SettlementLineRow,
    SettlementRow,
)
from pricing.pay.settlement import digest_of, sums_of
from scheduler.care.errors import CareError, Finding

Tell = Callable[[str, str, str, str], Finding]
KEPT = (ValueError, LookupError, CareError)


def finance_findings(
    session: Session, municipality: str, log: Sequence[AuditRow], tell: Tell
) -> Iterator[Finding]:
    """Every invariant that does not hold; `tell` makes a finding of code, place and what was."""
    logged = _logged(log)
    yield from _rates(session, municipality, logged, tell)
    yield from _deliveries(session, municipality, logged, tell)
    yield from _visits(session, municipality, tell)
    yield from _settlements(session, municipality, logged, tell)
    yield from _exports(session, municipality, logged, tell)


def _logged(log: Sequence[AuditRow]) -> dict[str, list[tuple[str, ...]]]:
    """Action -> subject and details of each entry, as words."""
    found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    names = {
        "RATES_UPLOADED": ("sha256",),
        "RATES_APPROVED": ("sha256",),
        "VISITS_DELIVERED": ("rows",),
        "DELIVERY_APPROVED": ("rows",),
        "MONTH_SETTLED": ("version", "sha256"),
        "MONTH_CLOSED": ("version", "sha256"),
        "EXPORT_MADE": ("format", "name", "sha256"),
    }
    for row in log:
        if row.action in names:
            details = json.loads(row.details_json)
            words = (row.actor, *(str(details.get(name)) for name in names[row.action]))
            found[row.action].append((row.subject_id, *words))
    return found


def _compare(
    logged: Mapping[str, list[tuple[str, ...]]],
    action: str,
    held: Sequence[tuple[str, ...]],
    tell: Tell,
) -> Iterator[Finding]:
    """What is stored is what the log says, each once."""
    told, stored = sorted(logged.get(action, [])), sorted(held)
    if told == stored:
        return
    for words in sorted(set(told) ^ set(stored)) or told[:1] or stored[:1]:
        where = f"{action} ({words[0]})"
        in_log = words in told
        yield tell(
            "UNLIKE_LOG",
            where,
            " ".join(words[1:]) if in_log else "none in the log",
            "none stored, or another" if in_log else " ".join(words[1:]),
        )


# ---------------------------------------------------------------- rates


def _rates(
    session: Session, municipality: str, logged: Mapping[str, list[tuple[str, ...]]], tell: Tell
) -> Iterator[Finding]:
    rows = session.exec(
        select(RateDocumentRow).where(RateDocumentRow.municipality_id == municipality)
    ).all()
    numbers: dict[str, list[int]] = defaultdict(list)
    uploaded, approved = [], []
    for row in rows:
        where = f"{row.kind} {row.number}"
        numbers[row.kind].append(row.number)
        sha256 = rate_rows.digest(row.content.encode())
        if sha256 != row.sha256:
            yield tell("UNLIKE_DIGEST", where, row.sha256, sha256)
        uploaded.append((where, row.uploaded_by, sha256))
        if row.approved_by is not None:
            approved.append((where, row.approved_by, sha256))
        if row.kind == "BOOK":
            try:
                rate_rows.held_book(session, municipality, row.number)
            except KEPT:
                yield tell("UNREADABLE", where, "a book with its price lists", "something else")
    for kind, found in numbers.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield tell("REVISIONS", kind, f"1 to {len(found)}", str(sorted(found)))
    yield from _compare(logged, "RATES_UPLOADED", uploaded, tell)
    yield from _compare(logged, "RATES_APPROVED", approved, tell)


# ---------------------------------------------------------------- visits


def _deliveries(
    session: Session, municipality: str, logged: Mapping[str, list[tuple[str, ...]]], tell: Tell
) -> Iterator[Finding]:
    query = core_select(*REVISIONS.c).where(REVISIONS.c.municipality_id == municipality)
    of_delivery: dict[tuple[str, str], list[RowMapping]] = defaultdict(list)
    for row in session.connection().execute(query).mappings():
        of_delivery[row["delivery_sender"], row["delivery_key"]].append(row)
    received, digests = [], {}
    for delivery in session.exec(
        select(DeliveryRow).where(DeliveryRow.municipality_id == municipality)
    ):
        key = (delivery.sender, delivery.key)
        where = f"{delivery.sender}/{delivery.key}"
        own = of_delivery.pop(key, [])
        first = sum(1 for row in own if row["number"] == 1)
        if (first, len(own) - first) != (delivery.added, delivery.corrected):
            yield tell(
                "HALF_DELIVERY",
                f"delivery ({where})",
                f"{delivery.added} new and {delivery.corrected} corrected",
                f"{first} and {len(own) - first}",
            )
        digests[key] = rows_digest(own)
        received.append((where, delivery.received_by, digests[key]))
    for sender, name in of_delivery:
        yield tell("HALF_DELIVERY", f"delivery ({sender}/{name})", "a delivery", "none")
    yield from _compare(logged, "VISITS_DELIVERED", received, tell)
    approvals = session.exec(
        select(DeliveryApprovalRow).where(DeliveryApprovalRow.municipality_id == municipality)
    )
    approved = [
        (f"{each.sender}/{each.key}", each.approved_by, digests.get((each.sender, each.key), ""))
        for each in approvals
    ]
    yield from _compare(logged, "DELIVERY_APPROVED", approved, tell)


def _visits(session: Session, municipality: str, tell: Tell) -> Iterator[Finding]:
    query = core_select(*REVISIONS.c).where(REVISIONS.c.municipality_id == municipality)
    last: dict[tuple[str, str], RowMapping] = {}
    counted: dict[tuple[str, str], int] = defaultdict(int)
    for row in session.connection().execute(query).mappings():
        key = (row["provider_id"], row["visit_id"])
        counted[key] += 1
        if key not in last or last[key]["number"] < row["number"]:
            last[key] = row
    for visit in session.exec(
        select(PerformedVisitRow).where(PerformedVisitRow.municipality_id == municipality)
    ):
        key = (visit.provider_id, visit.id)
        where = f"provider {visit.provider_id} visit ({visit.id})"
        row_of = last.get(key)
        number = row_of["number"] if row_of is not None else 0
        if not counted[key] == number == visit.version:
            yield tell("REVISIONS", where, f"1 to {visit.version}", f"{counted[key]} to {number}")
        elif row_of is not None:
            try:
                same = natural_key(performed(row_of)) == visit.natural_key
            except KEPT:
                yield tell("UNREADABLE", where, "what a use case writes", "something else")
                continue
            if not same:
                yield tell("NATURAL_KEY", where, "that of its last revision", "another")


# ---------------------------------------------------------------- settlements


def _settlements(
    session: Session, municipality: str, logged: Mapping[str, list[tuple[str, ...]]], tell: Tell
) -> Iterator[Finding]:
    rows = session.exec(
        select(SettlementRow).where(SettlementRow.municipality_id == municipality)
    ).all()
    versions: dict[tuple[str, str], list[int]] = defaultdict(list)
    ran, closed, numbered = [], [], 0
    for row in rows:
        where = f"{row.provider_id} {row.month}"
        versions[row.provider_id, row.month].append(row.version)
        ran.append((where, row.ran_by, str(row.version), row.digest))
        try:
            run = settlement_rows.held_run(session, row)
        except KEPT:
            yield tell("UNREADABLE", f"settlement ({where})", "a settlement", "something else")
            continue
        made = run.settlement
        figures = (len(made.lines), made.amount_ore, digest_of(made), sums_of(made.lines))
        if figures != (row.lines, row.amount_ore, row.digest, made.sums):
            yield tell("EDITED", f"settlement ({where})", f"the digest {row.digest}", figures[2])
        if row.month not in {each.month for each in run.terms}:
            yield tell("NO_TERMS", f"settlement ({where})", "the book of its month", "none")
        if row.closed_by is not None:
            closed.append((where, row.closed_by, str(row.version), row.digest))
            numbered += len(made.lines)
            if settlement_rows.lines_of_run(session, row) != made.lines:
                yield tell("LINES_DIFFER", f"settlement ({where})", "the lines it has", "others")
    for key, found in versions.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield tell("REVISIONS", " ".join(key), f"1 to {len(found)}", str(sorted(found)))
    lines = session.exec(
        select(SettlementLineRow.number).where(SettlementLineRow.municipality_id == municipality)
    ).all()
    if len(lines) != numbered:
        yield tell("LINES_DIFFER", "settlements", f"{numbered} lines", str(len(lines)))
    yield from _compare(logged, "MONTH_SETTLED", ran, tell)
    yield from _compare(logged, "MONTH_CLOSED", closed, tell)
    yield from _settled(session, municipality, tell)


def _settled(session: Session, municipality: str, tell: Tell) -> Iterator[Finding]:
    """Every revision that was settled was approved."""
    approved = {
        (each.sender, each.key)
        for each in session.exec(
            select(DeliveryApprovalRow).where(DeliveryApprovalRow.municipality_id == municipality)
        )
    }
    query = core_select(*REVISIONS.c).where(REVISIONS.c.municipality_id == municipality)
    delivered = {
        (row["provider_id"], row["visit_id"], row["number"]): (
            row["delivery_sender"],
            row["delivery_key"],
        )
        for row in session.connection().execute(query).mappings()
    }
    query = core_select(*SETTLED.c).where(SETTLED.c.municipality_id == municipality)
    for row in session.connection().execute(query).mappings():
        key = (row["provider_id"], row["visit_id"], row["revision"])
        if delivered.get(key) not in approved:
            where = f"provider {row['provider_id']} visit ({row['visit_id']})"
            yield tell("SETTLED_UNAPPROVED", where, "an approved delivery", "none")


def _exports(
    session: Session, municipality: str, logged: Mapping[str, list[tuple[str, ...]]], tell: Tell
) -> Iterator[Finding]:
    made = []
    for row in session.exec(
        select(SettlementExportRow).where(SettlementExportRow.municipality_id == municipality)
    ):
        where = f"{row.provider_id} {row.month}"
        sha256 = hashlib.sha256(row.content).hexdigest()
        if sha256 != row.sha256:
            yield tell("UNLIKE_DIGEST", f"export ({where}) {row.name}", row.sha256, sha256)
        made.append((where, row.made_by, row.format, row.name, sha256))
    yield from _compare(logged, "EXPORT_MADE", made, tell)
