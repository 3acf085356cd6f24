"""
Day plans in the database: their input, their state, and the best plan so far.

Promises: a state only moves forward; what is final stays as it is. Sessions are as short as one
call, so none is ever held while something is being solved.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, select

from api.documents.iso8601 import to_utc_text
from api.documents.plan_schemas import FindingSchema, MetadataSchema, PlanDocumentSchema, Status
from api.documents.plan_writing import input_metrics
from api.documents.planning import PlanningDocument, write_document
from api.refusals import not_found
from api.server.db import Database
from api.server.tables import DayPlanRow
from scheduler.care.errors import Finding

MS_PER_SECOND = 1000


@dataclass(frozen=True, slots=True)
class PlanStore:
    """The day plans of one database."""

    database: Database

    def add(self, plan_id: str, document: PlanningDocument, at: datetime) -> MetadataSchema:
        """Store a day to plan, as SOLVING_SCHEDULED."""
        row = _row(plan_id, document, at)
        metadata = _metadata(row)
        with self.database.writing() as session:
            session.add(row)
        return metadata

    def start(self, plan_id: str, at: datetime) -> None:
        """Mark that solving has begun; nothing happens once the plan is final."""
        with self.database.writing() as session:
            row = _get(session, plan_id)
            if not Status(row.status).final:
                row.status = Status.SOLVING_ACTIVE
                row.started_at = to_utc_text(at)

    def progress(self, plan_id: str, objective: int, unassigned: int) -> None:
        """Note what the search has reached; nothing happens once the plan is final."""
        with self.database.writing() as session:
            row = _get(session, plan_id)
            if not Status(row.status).final:
                row.objective, row.unassigned = objective, unassigned

    def keep(self, plan_id: str, document: PlanDocumentSchema) -> None:
        """Keep `document` as the best plan so far; nothing happens once the plan is final."""
        output = document.model_dump(
            mode="json", exclude={"metadata", "input_metrics"}, exclude_none=True
        )
        with self.database.writing() as session:
            row = _get(session, plan_id)
            if not Status(row.status).final:
                row.output_json = _text(output)
                row.objective = document.metadata.objective
                row.unassigned = document.metadata.unassigned_visits

    def end(
        self, plan_id: str, status: Status, at: datetime, reason: Finding | None = None
    ) -> None:
        """Move to a final status; nothing happens when the plan is final already."""
        with self.database.writing() as session:
            _end(_get(session, plan_id), status, at, reason)

    def end_unfinished(self, at: datetime, reason: Finding) -> int:
        """
        Move every plan that is not final to SOLVING_INCOMPLETE, with the reason.

        Returns
        -------
        int
            How many there were.
        """
        open_states = [status for status in Status if not status.final]
        with self.database.writing() as session:
            query = select(DayPlanRow).where(col(DayPlanRow.status).in_(open_states))
            rows = session.exec(query).all()
            for row in rows:
                _end(row, Status.SOLVING_INCOMPLETE, at, reason)
            return len(rows)

    def metadata(self, plan_id: str) -> MetadataSchema:
        """What the plan is and how far it has come; NotFound when there is none."""
        with self.database.reading() as session:
            return _metadata(_get(session, plan_id))

    def document(self, plan_id: str) -> PlanDocumentSchema:
        """The best plan so far with its metadata; NotFound when there is none."""
        with self.database.reading() as session:
            row = _get(session, plan_id)
            metadata = _metadata(row)
            metrics: dict[str, Any] = json.loads(row.metrics_json)
            output: dict[str, Any] = json.loads(row.output_json or "{}")
        return PlanDocumentSchema.model_validate(
            {"metadata": metadata, "inputMetrics": metrics, **output}, by_alias=True, by_name=False
        )

    def has_plan(self, plan_id: str) -> bool:
        """Whether a plan has been kept."""
        with self.database.reading() as session:
            return _get(session, plan_id).output_json is not None

    def input(self, plan_id: str) -> str:
        """The planning document as it was stored; NotFound when there is none."""
        with self.database.reading() as session:
            return _get(session, plan_id).input_json


def _row(plan_id: str, document: PlanningDocument, at: datetime) -> DayPlanRow:
    day, run = document.day, document.run
    warnings = [finding_schema(each).model_dump(mode="json") for each in document.warnings]
    return DayPlanRow(
        id=plan_id,
        name=run.name,
        status=Status.SOLVING_SCHEDULED,
        submitted_at=to_utc_text(at),
        seed=run.seed,
        limit_ms=max(1, round(run.seconds * MS_PER_SECOND)),
        input_json=_text(write_document(day, run)),
        metrics_json=input_metrics(day).model_dump_json(),
        findings_json=_text(warnings),
    )


def _get(session: Session, plan_id: str) -> DayPlanRow:
    row = session.get(DayPlanRow, plan_id)
    if row is None:
        raise not_found("day-plans", plan_id)
    return row


def _end(row: DayPlanRow, status: Status, at: datetime, reason: Finding | None) -> None:
    if Status(row.status).final:
        return
    row.status = status
    row.ended_at = to_utc_text(at)
    _tell_what_was_kept(row)
    if reason is not None:
        told = finding_schema(reason).model_dump(mode="json")
        row.findings_json = _text([*json.loads(row.findings_json), told])


def _tell_what_was_kept(row: DayPlanRow) -> None:
    """The search may have reported better than the last plan it gave up; the end tells the plan."""
    row.objective = row.unassigned = None
    if row.output_json is not None:
        output = json.loads(row.output_json)
        row.objective = sum(term["points"] for term in output["scoreAnalysis"])
        row.unassigned = len(output["modelOutput"]["unassignedVisits"])


def _metadata(row: DayPlanRow) -> MetadataSchema:
    return MetadataSchema(
        id=row.id,
        name=row.name,
        status=Status(row.status),
        submitted_at=_moment(row.submitted_at),
        started_at=_moment(row.started_at),
        ended_at=_moment(row.ended_at),
        seed=row.seed,
        spent_limit=Decimal(row.limit_ms) / MS_PER_SECOND,
        objective=row.objective,
        unassigned_visits=row.unassigned,
        findings=[FindingSchema.model_validate(each) for each in json.loads(row.findings_json)],
    )


def finding_schema(finding: Finding) -> FindingSchema:
    """A finding as documents show it."""
    return FindingSchema(
        code=finding.code,
        where=finding.where,
        expected=finding.expected,
        found=finding.found,
        action=finding.action,
        severity=finding.severity,
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
