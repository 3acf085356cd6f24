"""
What must hold of runs; part of :mod:`api.store.check`.

A run is in one state with one result: completed with its plan, incomplete without one and told why,
or failed with its reason; what it was given and what it gave can be read.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import Session, col, select

from api.documents.plan_schemas import Status
from api.documents.planning import read_document
from api.store.run_rows import document_of
from api.store.tables import RunRow
from scheduler.care.errors import CareError, Finding, Severity


def run_findings(session: Session, municipality: str) -> Iterator[Finding]:
    """Every run of `municipality` that is not as a worker leaves it."""
    query = select(RunRow).where(RunRow.municipality_id == municipality).order_by(col(RunRow.id))
    for row in session.exec(query.execution_options(yield_per=50)):
        where = f"run ({row.id})"
        try:
            metadata = document_of(row).metadata
            read_document(row.input_json.encode(), max_bytes=len(row.input_json.encode()))
        except (CareError, ValueError, LookupError):
            yield _broken("UNREADABLE", where, "what a use case writes", "something else")
            continue
        has_plan = row.output_json is not None
        told = any(each.severity is Severity.ERROR for each in metadata.findings)
        match metadata.status:
            case Status.SOLVING_COMPLETED if not has_plan:
                yield _broken("RUN_WITHOUT_PLAN", where, "the plan of a completed run", "none")
            case Status.SOLVING_INCOMPLETE if has_plan:
                yield _broken("RUN_WITH_PLAN", where, "no plan of an incomplete run", "one")
            case Status.SOLVING_INCOMPLETE | Status.SOLVING_FAILED if not told:
                yield _broken("RUN_WITHOUT_REASON", where, "why it has no good end", "nothing")


def _broken(code: str, where: str, expected: str, found: str) -> Finding:
    return Finding(
        code,
        where,
        expected,
        found,
        "Planera dagen på nytt, och jämför databasen med säkerhetskopian.",
    )
