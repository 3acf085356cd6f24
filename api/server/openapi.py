"""
The server's OpenAPI description of bodies that it reads by itself.

The bodies are read strictly (:mod:`api.documents.strict_json`) rather than by the web framework,
which would let doubled keys and unknown fields pass and would echo the input in its answers. So
their schemas are added to the description here, with one example each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.access.policy import Rule
from api.documents.amendments import AmendmentsSchema, ReviewSchema
from api.documents.cases import CasesSchema
from api.documents.evaluation import EvaluationRequestSchema
from api.documents.patches import PatchSchema
from api.documents.planning_schemas import EnvelopeSchema
from api.documents.purses import GrantedSchema, InterruptionSchema, PursesSchema
from api.documents.quotes import QuoteRequestSchema
from api.documents.recommendation import RecommendationRequestSchema
from api.documents.replanning import ReplanRequestSchema
from api.documents.rosters import RosterSchema, SolveSchema
from api.documents.simulation import SimulationRequestSchema
from api.server.answer_schemas import HourCostRequestSchema
from api.server.finance_schemas import (
    ExportRequestSchema,
    PerformedVisitRequestSchema,
    SettlementRequestSchema,
)
from api.server.followup_schemas import BudgetRequestSchema, FollowUpRequestSchema
from api.server.needs_schemas import (
    CapacityRequestSchema,
    ChoiceRequestSchema,
    ReasonSchema,
    RuleRequestSchema,
)
from api.server.openapi_access import describe_access, operations
from api.server.openapi_refusals import describe_refusals
from api.server.person_schemas import (
    ErasureRequestSchema,
    GrantRequestSchema,
    PersonRequestSchema,
    ProtectionRequestSchema,
    RetentionRequestSchema,
    ReviewRequestSchema,
    SearchSchema,
    UnprotectSchema,
)
from api.server.problems import MEDIA_TYPE, ProblemSchema
from api.server.store_schemas import (
    EndSchema,
    MunicipalityPlanRequestSchema,
    MunicipalityRequestSchema,
)

BODIES: tuple[type[BaseModel], ...] = (
    PersonRequestSchema,
    SearchSchema,
    ProtectionRequestSchema,
    UnprotectSchema,
    GrantRequestSchema,
    ErasureRequestSchema,
    RetentionRequestSchema,
    ReviewRequestSchema,
    PatchSchema,
    RosterSchema,
    SolveSchema,
    MunicipalityPlanRequestSchema,
    EnvelopeSchema,
    EvaluationRequestSchema,
    RecommendationRequestSchema,
    ReplanRequestSchema,
    SimulationRequestSchema,
    CasesSchema,
    GrantedSchema,
    InterruptionSchema,
    EndSchema,
    MunicipalityRequestSchema,
    HourCostRequestSchema,
    PerformedVisitRequestSchema,
    SettlementRequestSchema,
    ExportRequestSchema,
    QuoteRequestSchema,
    PursesSchema,
    FollowUpRequestSchema,
    BudgetRequestSchema,
    AmendmentsSchema,
    ReviewSchema,
    ChoiceRequestSchema,
    ReasonSchema,
    CapacityRequestSchema,
    RuleRequestSchema,
)
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REF = "#/components/schemas/{model}"


def request_body(model: type[BaseModel], example: dict[str, Any]) -> dict[str, Any]:
    """What an operation says of the JSON body that it reads."""
    content = {"schema": {"$ref": REF.format(model=model.__name__)}, "example": example}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def file_body(text: str, lines: dict[str, Any]) -> dict[str, Any]:
    """What an operation says of a file that it reads: CSV as `text`, JSON as `lines`, or Excel."""
    kinds = {
        "text/csv": {"schema": {"type": "string"}, "example": text},
        "application/json": {"schema": {}, "example": lines},
        WORKBOOK: {"schema": {"type": "string", "format": "binary"}},
    }
    return {"requestBody": {"required": True, "content": kinds}}


def answer(status: int, description: str, example: dict[str, Any]) -> dict[int | str, Any]:
    """One answer of an operation with its example."""
    content = {"application/json": {"example": example}}
    return {status: {"description": description, "content": content}}


def refusals(*statuses: int) -> dict[int | str, Any]:
    """The statuses with which an operation refuses, all as problem details."""
    schema = {"$ref": REF.format(model=ProblemSchema.__name__)}
    content = {MEDIA_TYPE: {"schema": schema}}
    return {status: {"description": "Problem details", "content": content} for status in statuses}


def describe(app: FastAPI, policy: Mapping[str, Rule]) -> None:
    """Make `app` describe also the bodies that it reads by itself, refusals and its `policy`."""
    described = app.openapi

    def with_bodies() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = described()
            models: list[tuple[type[BaseModel], Any]] = [(body, "validation") for body in BODIES]
            models.append((ProblemSchema, "serialization"))
            _, definitions = models_json_schema(models, ref_template=REF)
            schemas = schema.setdefault("components", {}).setdefault("schemas", {})
            for name, definition in definitions["$defs"].items():
                schemas.setdefault(name, definition)
            _describe_streams(schema)
            describe_access(schema, policy)
            describe_refusals(schema)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = with_bodies  # type: ignore[method-assign]  # FastAPI's documented way


def _describe_streams(schema: dict[str, Any]) -> None:
    """Leave out what the framework says of a stream whose items are described."""
    for operation in operations(schema):
        for told in operation["responses"].values():
            for content in told.get("content", {}).values():
                if "itemSchema" in content:
                    content.pop("schema", None)
