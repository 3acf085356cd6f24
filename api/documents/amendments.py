"""
The document of acts on registered decisions: change, interrupt, end or review, one or thousands.

Source: docs/needs_assessment.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from api.documents.purses import GrantedSchema, InterruptionSchema
from api.documents.schema_faults import validate
from api.documents.schema_types import CalendarDay, Id, Schema
from api.documents.strict_json import MAX_BYTES, parse_json
from scheduler.care.errors import Finding, InvalidInput


class Outcome(StrEnum):
    """What a review (uppföljning) found: the decision fits, must be changed, or is to end."""

    UNCHANGED = "UNCHANGED"
    CHANGE = "CHANGE"
    END = "END"


class ReviewSchema(Schema):
    """
    What a review (uppföljning) of a decision found, and when the next one is; the reasons belong in
    the person's file.
    """

    reviewed_on: CalendarDay
    outcome: Annotated[Outcome, Field(strict=False)]
    next_on: CalendarDay | None = None


class AmendmentSchema(Schema):
    """One act on a decision of ``version``: exactly one of the four."""

    decision_id: Id
    version: Annotated[int, Field(ge=1, le=1_000_000)]
    change: GrantedSchema | None = None
    interrupt: InterruptionSchema | None = None
    end: CalendarDay | None = None
    review: ReviewSchema | None = None


class AmendmentsSchema(Schema):
    """Acts that are done together: all of them or none."""

    amendments: Annotated[list[AmendmentSchema], Field(min_length=1)]


def read_amendments(content: bytes, *, max_bytes: int = MAX_BYTES) -> AmendmentsSchema:
    """
    The acts in `content`.

    Raises
    ------
    TooLarge, InvalidInput
        With every fault of the document.
    """
    value, findings = parse_json(content, max_bytes=max_bytes)
    schema, faults = validate(AmendmentsSchema, value)
    findings += faults
    if schema is not None:
        findings += _shapes(schema)
    if schema is None or findings:
        raise InvalidInput(findings)
    return schema


def _shapes(schema: AmendmentsSchema) -> Iterator[Finding]:
    for number, each in enumerate(schema.amendments):
        told = [each.change, each.interrupt, each.end, each.review]
        where = f"amendments[{number}] ({each.decision_id})"
        if sum(part is not None for part in told) != 1:
            yield Finding(
                "ONE_OF_FOUR", where, "exactly one of change, interrupt, end, review",
                str(sum(part is not None for part in told)), "Ange en åtgärd per post.",
            )  # fmt: skip
        if each.change is not None and each.change.id != each.decision_id:
            yield Finding(
                "ANOTHER_ID", f"{where}.change.id", each.decision_id, each.change.id,
                "Ändra beslutet under dess eget id.",
            )  # fmt: skip
