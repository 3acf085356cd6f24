"""
The judgement of a plan as a document: a day and a plan in, every broken rule and the score out.

Source: docs/format.md.
"""
# ruff: noqa: RUF012 - pydantic copies a mutable default for each record

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, TypeVar

from pydantic import Field

from api.documents.day_builder import build_day
from api.documents.day_parts import Parts
from api.documents.plan_reading import plan_of
from api.documents.plan_schemas import (
    KpisSchema,
    MetadataSchema,
    ModelOutputSchema,
    PlanDocumentSchema,
    Status,
    TermSchema,
)
from api.documents.plan_writing import kpis, terms
from api.documents.planning_schemas import ModelInputSchema
from api.documents.schema_faults import validate
from api.documents.schema_types import Id, Schema, Text
from api.documents.strict_json import MAX_BYTES, parse_json
from pricing.plan_cost import PlanCost
from scheduler.care.errors import InvalidInput, Severity
from scheduler.care.model import Day
from scheduler.checker import Violation
from scheduler.followup import FollowUp
from scheduler.plan import Plan
from scheduler.rules import SENTENCE, Rule


class EvaluationRequestSchema(Schema):
    """A day as in the planning document, and a plan of it as in the plan document."""

    model_input: ModelInputSchema
    model_output: ModelOutputSchema


class BrokenRuleSchema(Schema):
    """One broken rule: whom it concerns, what was expected and found, by how many seconds."""

    rule: Annotated[Rule, Field(strict=False)]
    visits: list[Id] = []
    shifts: list[Id] = []
    text: Text
    expected: Text
    found: Text
    size_s: int = 0


class EvaluationSchema(Schema):
    """
    What a plan is worth.

    ``violations`` break hard rules, ``missed`` those with a price. ``kpis`` is absent when the
    plan's times cannot be added up.
    """

    objective: int
    violations: list[BrokenRuleSchema]
    missed: list[BrokenRuleSchema]
    score_analysis: list[TermSchema]
    kpis: KpisSchema | None = None


Request = TypeVar("Request", bound=EvaluationRequestSchema)


def read_request(
    schema: type[Request], content: bytes, *, max_bytes: int = MAX_BYTES
) -> tuple[Request, Day, Plan]:
    """
    The request in `content`, with its day and its plan.

    Parameters
    ----------
    schema
        What is asked about the day and the plan.

    Raises
    ------
    TooLarge, InvalidInput
        As :func:`api.documents.planning.read_document`, with the faults of both.
    """
    value, findings = parse_json(content, max_bytes=max_bytes)
    request, faults = validate(schema, value)
    parts = Parts.of_model(request.model_input) if request else Parts.salvaged(value)
    day, meaning = build_day(parts) if parts else (None, [])
    found = [*findings, *faults, *meaning]
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    if errors or request is None or day is None:
        raise InvalidInput(errors)
    return request, day, plan_in(request.model_output)


def plan_in(output: ModelOutputSchema) -> Plan:
    """The plan in the ``modelOutput`` of a request."""
    metadata = MetadataSchema(id="evaluated", status=Status.SOLVING_COMPLETED)
    return plan_of(PlanDocumentSchema(metadata=metadata, model_output=output))


def evaluation_document(
    plan: Plan,
    violations: Iterable[Violation],
    missed: Iterable[Violation],
    measured: FollowUp | None,
    cost: PlanCost | None = None,
) -> EvaluationSchema:
    """
    The judgement of `plan`, whose score is counted.

    Parameters
    ----------
    violations, missed
        Broken rules that are hard, and that have a price.
    measured
        Its follow-up, if its times can be added up.
    cost
        What its paid time costs, where that is known.
    """
    hard = [broken_rule(each) for each in violations]
    return EvaluationSchema(
        objective=plan.objective,
        violations=hard,
        missed=[broken_rule(each) for each in missed],
        score_analysis=terms(plan),
        kpis=kpis(measured, len(hard), cost) if measured else None,
    )


def broken_rule(broken: Violation) -> BrokenRuleSchema:
    """A broken rule with its sentence."""
    return BrokenRuleSchema(
        rule=broken.rule,
        visits=list(broken.visit_ids),
        shifts=list(broken.shift_ids),
        text=SENTENCE[broken.rule],
        expected=broken.expected,
        found=broken.found,
        size_s=broken.size_s,
    )
