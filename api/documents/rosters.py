"""
The staff of a unit's day (bemanning): a planning document without its visits, and with them.

A roster is judged as a day on which nobody is visited, so its faults are told when it comes in and
not in the morning when the day is planned.
"""
# ruff: noqa: RUF012 - pydantic copies a mutable default for each record

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from api.documents.planning import PlanningDocument, document_of, model_input
from api.documents.planning_schemas import (
    CaregiverSchema,
    ConfigSchema,
    ResourceSchema,
    StandbySchema,
    TravelTimesSchema,
)
from api.documents.schema_faults import validate
from api.documents.schema_types import Id, Schema
from api.documents.strict_json import MAX_BYTES, parse_json
from scheduler.care.errors import InvalidInput, Severity
from scheduler.care.model import Continuity, Day, Visit


class RosterSchema(Schema):
    """
    Who works when on a day, and with what; the fields are those of the planning document.

    ``provider`` is whose staff it is; without it the municipality's own, whichever its id.
    """

    provider: Id | None = None
    caregivers: list[CaregiverSchema]
    standby: Annotated[list[StandbySchema], Field(max_length=200)] = []
    travel_times: Annotated[list[TravelTimesSchema], Field(max_length=100)] = []
    resources: list[ResourceSchema] = []


class SolveSchema(Schema):
    """How the plan shall be made."""

    config: ConfigSchema = ConfigSchema()


def read_roster(content: bytes, day: date, *, max_bytes: int = MAX_BYTES) -> dict[str, Any]:
    """
    The roster in `content` as JSON values, always in the same words.

    Raises
    ------
    TooLarge, InvalidInput
        With every fault of it as the staff of `day`.
    """
    value, findings = parse_json(content, max_bytes=max_bytes)
    schema, faults = validate(RosterSchema, value)
    if schema is None or findings:
        raise InvalidInput([*findings, *faults])
    roster = schema.model_dump(mode="json", exclude_none=True)
    document = document_of(_document(day, roster, (), (), {}))
    # Of a day that somebody plans it is worth a warning; staff of another day is a mistake.
    elsewhere = [each for each in document.warnings if each.code == "OUTSIDE_PLANNED_DAY"]
    if elsewhere:
        raise InvalidInput([replace(each, severity=Severity.ERROR) for each in elsewhere])
    return roster


def day_document(
    day: date,
    roster: dict[str, Any],
    visits: Sequence[Visit],
    continuity: Sequence[Continuity],
    config: dict[str, Any] | None = None,
) -> PlanningDocument:
    """
    The planning document of a day: its staff, and what is granted.

    Raises
    ------
    InvalidInput
        With every fault of both together, such as a skill that nobody has.
    """
    return document_of(_document(day, roster, visits, continuity, config or {}))


def _document(
    day: date,
    roster: dict[str, Any],
    visits: Sequence[Visit],
    continuity: Sequence[Continuity],
    config: dict[str, Any],
) -> dict[str, Any]:
    granted = Day(day, (), (), tuple(visits), continuity=tuple(continuity))
    model = model_input(granted).model_dump(mode="json", exclude_none=True)
    staff = {name: value for name, value in roster.items() if name != "provider"}
    return {"config": config, "modelInput": {**model, **staff}}
