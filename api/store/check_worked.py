"""
What must hold of worked time; part of :func:`api.store.check.check`.

* Each delivery's revisions are those that it counted and that the log has the digest of.
* The revisions of each carer day are 1, 2, … without a gap.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import RowMapping
from sqlalchemy import select as core_select
from sqlmodel import Session, select

from api.store.tables import AuditRow, WorkedDeliveryRow
from api.store.worked_rows import KEY, TIME, rows_digest
from scheduler.care.errors import Finding

Tell = Callable[[str, str, str, str], Finding]


def worked_findings(
    session: Session, municipality: str, log: Sequence[AuditRow], tell: Tell
) -> Iterator[Finding]:
    """Every invariant that does not hold; carers are told by day, never by id."""
    query = core_select(*TIME.c).where(TIME.c.municipality_id == municipality)
    of_delivery: dict[str, list[RowMapping]] = defaultdict(list)
    numbers: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for row in session.connection().execute(query).mappings():
        of_delivery[f"{row['delivery_sender']}/{row['delivery_key']}"].append(row)
        numbers[tuple(row[name] for name in KEY)].append(row["number"])
    for key, found in numbers.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            where = f"worked time {key[0]} {key[1]} {key[2]}"
            yield tell("REVISIONS", where, f"1 to {len(found)}", str(sorted(found)))
    logged = {
        row.subject_id: (row.actor, str(json.loads(row.details_json).get("rows")))
        for row in log
        if row.action == "TIME_REPORTED"
    }
    for delivery in session.exec(
        select(WorkedDeliveryRow).where(WorkedDeliveryRow.municipality_id == municipality)
    ):
        subject = f"{delivery.sender}/{delivery.key}"
        own = of_delivery.pop(subject, [])
        first = sum(1 for row in own if row["number"] == 1)
        if (first, len(own) - first) != (delivery.added, delivery.corrected):
            yield tell(
                "HALF_DELIVERY",
                f"worked time ({subject})",
                f"{delivery.added} new and {delivery.corrected} corrected",
                f"{first} and {len(own) - first}",
            )
        told, held = logged.pop(subject, None), (delivery.received_by, rows_digest(own))
        if told != held:
            yield tell(
                "UNLIKE_LOG",
                f"TIME_REPORTED ({subject})",
                "none in the log" if told is None else " ".join(told),
                " ".join(held),
            )
    for subject in sorted(logged.keys() | of_delivery.keys()):
        yield tell("HALF_DELIVERY", f"worked time ({subject})", "a delivery", "none")
