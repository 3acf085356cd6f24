"""
Runs between their table and their documents.

Promises: what was read from a planning document is planned from equal words, however often.
"""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy.orm import QueryableAttribute, defer
from sqlmodel import Session

from api.documents.plan_schemas import FindingSchema, MetadataSchema, PlanDocumentSchema, Status
from api.documents.plan_writing import input_metrics
from api.documents.planning import PlanningDocument, write_document
from api.documents.strict_json import write_json
from api.refusals import not_found
from api.store.audit import Act
from api.store.records import Origin, RunKey
from api.store.tables import RunRow
from scheduler.care.errors import Finding

MS_PER_SECOND = 1000
# Progress is asked for and told every second, and needs none of them.
_WITHOUT_DOCUMENTS = tuple(
    defer(cast("QueryableAttribute[Any]", each))
    for each in (RunRow.input_json, RunRow.near_json, RunRow.output_json)
)


def new_row(
    act: Act, run_id: str, document: PlanningDocument, origin: Origin, parent: RunRow | None = None
) -> RunRow:
    """A day to plan, as SOLVING_SCHEDULED; near to the plan of its `parent`, if it has both."""
    day, run = document.day, document.run
    warnings = [FindingSchema.of(each).model_dump(mode="json") for each in document.warnings]
    return RunRow(
        municipality_id=act.municipality,
        id=run_id,
        name=run.name,
        batch_id=origin.batch,
        unit_id=origin.unit or (parent.unit_id if parent else None),
        day=day.date,
        parent_id=parent.id if parent else None,
        origin_id=(parent.origin_id or parent.id) if parent else None,
        near_json=near_json(parent) if parent else None,
        status=Status.SOLVING_SCHEDULED,
        submitted_at=act.at,
        submitted_by=act.actor,
        seed=run.seed,
        limit_ms=max(1, round(run.seconds * MS_PER_SECOND)),
        input_json=write_json(write_document(day, run)),
        metrics_json=input_metrics(day).model_dump_json(),
        findings_json=write_json(warnings),
    )


def near_json(parent: RunRow) -> str | None:
    """The plan document that a run patched from `parent` is planned near to, if it has one."""
    if parent.output_json is None:
        return None
    return write_json(document_of(parent).model_dump(mode="json", exclude_none=True))


def held_run(session: Session, key: RunKey, *, lock: bool = False) -> RunRow:
    """
    The row of a run; NotFound when there is none.

    Its documents, up to megabytes, are read when they are asked for.

    Parameters
    ----------
    lock
        Whoever decides by the row what to write takes it, so that nobody changes it in between;
        on PostgreSQL a worker that was given up could else write a moment after its successor.
    """
    row = session.get(
        RunRow, (key.municipality, key.id), options=_WITHOUT_DOCUMENTS, with_for_update=lock or None
    )
    if row is None:
        raise not_found("day-plans", key.id)
    return row


def keep_document(row: RunRow, document: PlanDocumentSchema) -> None:
    """Let `document` be the best plan so far."""
    output = document.model_dump(
        mode="json", exclude={"metadata", "input_metrics"}, exclude_none=True
    )
    row.output_json = write_json(output)
    row.objective = document.metadata.objective
    row.unassigned = document.metadata.unassigned_visits


def end_row(row: RunRow, status: Status, at: datetime, reason: Finding | None) -> None:
    """
    Move to the final `status`.

    The search may have reported better than the last plan it gave up; the end tells the plan.
    """
    # Before anything is changed: what is read now would write the end first, which is final.
    document = row.output_json
    row.status, row.ended_at = status, at
    row.objective = row.unassigned = None
    if document is not None:
        output = json.loads(document)
        row.objective = sum(term["points"] for term in output["scoreAnalysis"])
        row.unassigned = len(output["modelOutput"]["unassignedVisits"])
    if reason is not None:
        told = FindingSchema.of(reason).model_dump(mode="json")
        row.findings_json = write_json([*json.loads(row.findings_json), told])


def metadata_of(row: RunRow) -> MetadataSchema:
    """What the run is and how far it has come."""
    return MetadataSchema(
        id=row.id,
        name=row.name,
        parent_id=row.parent_id,
        origin_id=row.origin_id,
        status=Status(row.status),
        submitted_at=row.submitted_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        seed=row.seed,
        spent_limit=Decimal(row.limit_ms) / MS_PER_SECOND,
        objective=row.objective,
        unassigned_visits=row.unassigned,
        findings=[FindingSchema.model_validate(each) for each in json.loads(row.findings_json)],
    )


def document_of(row: RunRow) -> PlanDocumentSchema:
    """The best plan so far with its metadata."""
    metrics: dict[str, Any] = json.loads(row.metrics_json)
    output: dict[str, Any] = json.loads(row.output_json or "{}")
    return PlanDocumentSchema.model_validate(
        {"metadata": metadata_of(row), "inputMetrics": metrics, **output},
        by_alias=True,
        by_name=False,
    )
