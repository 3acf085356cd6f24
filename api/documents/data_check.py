"""
The data check as a document: a planning document in, what blocks a plan and what improves it out.

Source: docs/format.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import Field

from api.documents.day_builder import build_day
from api.documents.day_parts import Parts
from api.documents.plan_schemas import FindingSchema
from api.documents.planning_schemas import EnvelopeSchema
from api.documents.schema_faults import validate
from api.documents.schema_types import CalendarDay, Id, Schema
from api.documents.strict_json import MAX_BYTES, parse_json
from scheduler.care.errors import Finding
from scheduler.care.model import Day
from scheduler.datacheck import Advice, Code, Kind, Level


class AdviceSchema(Schema):
    """One matter: ``ids`` are those of ``kind`` that it concerns, none where it is the day."""

    code: Annotated[Code, Field(strict=False)]
    level: Annotated[Level, Field(strict=False)]
    kind: Annotated[Kind, Field(strict=False)]
    count: int
    ids: list[Id]
    text: str
    action: str


class DataCheckSchema(Schema):
    """
    What the data of a day shows, the weightiest first: ``blocks`` and ``improves`` count the
    advice of each level. ``findings`` are what reading the document warned of.
    """

    date: CalendarDay
    blocks: int
    improves: int
    advice: list[AdviceSchema]
    findings: list[FindingSchema]


def read_checkable(
    content: bytes, *, max_bytes: int = MAX_BYTES
) -> tuple[Day | None, tuple[Finding, ...]]:
    """
    What can be read of the planning document in `content`, and everything found in it.

    Returns
    -------
    (day, findings)
        The day may be planned only when no finding is an ERROR; else it holds what is readable.
        None when there is neither day nor visits.

    Raises
    ------
    TooLarge
        When it is larger than `max_bytes`.
    """
    value, findings = parse_json(content, max_bytes=max_bytes)
    envelope, faults = validate(EnvelopeSchema, value)
    parts = Parts.of_model(envelope.model_input) if envelope else Parts.salvaged(value)
    day, meaning = build_day(parts) if parts else (None, [])
    return day, (*findings, *faults, *meaning)


def data_check_document(
    day: date, found: Iterable[Advice], findings: Iterable[Finding] = ()
) -> DataCheckSchema:
    """The advice `found` on the data of `day`, in the order that it has."""
    advice = [_advice(each) for each in found]
    blocks = sum(each.level is Level.BLOCKS for each in advice)
    return DataCheckSchema(
        date=day,
        blocks=blocks,
        improves=len(advice) - blocks,
        advice=advice,
        findings=[_finding(each) for each in findings],
    )


def _advice(each: Advice) -> AdviceSchema:
    return AdviceSchema(
        code=each.code,
        level=each.level,
        kind=each.kind,
        count=each.count,
        ids=list(each.ids),
        text=each.text,
        action=each.action,
    )


def _finding(each: Finding) -> FindingSchema:
    return FindingSchema(
        code=each.code,
        where=each.where,
        expected=each.expected,
        found=each.found,
        action=each.action,
        severity=each.severity,
    )
