"""
A day planned anew as a document: a day, its plan and what has happened in, the rest of the day out.

Source: docs/format.md.
"""
# ruff: noqa: RUF012 - pydantic copies a mutable default for each record

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from api.documents.day_builder import build_day
from api.documents.day_parts import Parts
from api.documents.evaluation import (
    BrokenRuleSchema,
    EvaluationRequestSchema,
    broken_rule,
    plan_in,
)
from api.documents.plan_diff import ChangeSchema, change_schema
from api.documents.plan_schemas import KpisSchema, ModelOutputSchema, TermSchema
from api.documents.plan_writing import kpis, model_output, terms
from api.documents.planning import model_input
from api.documents.planning_schemas import ModelInputSchema, VisitGroupSchema, VisitSchema
from api.documents.schema_faults import validate
from api.documents.schema_types import Id, Ids, Minutes, Moment, Schema, Span, Text
from api.documents.strict_json import MAX_BYTES, parse_json
from scheduler.care.errors import Finding, InvalidInput, Severity
from scheduler.care.model import Day, Visit
from scheduler.causes import Cause
from scheduler.checker import Violation
from scheduler.disturbances import Delay, Disturbances
from scheduler.followup import FollowUp
from scheduler.plan import Plan
from scheduler.replan import Replanned

MOST_SECONDS = 30


class DelaySchema(Schema):
    """A carer who is free so much later: after now, or after the visit in progress."""

    caregiver_id: Id
    duration: Minutes


class DisturbancesSchema(Schema):
    """
    What has happened, as known at ``now``: carers who do nothing more today, visits that are not
    made, visits that are needed as well, recipients who called for help, and carers who are late.
    """

    now: Moment
    sick_caregivers: Ids = []
    cancelled_visits: Ids = []
    added_visits: list[VisitSchema] = []
    added_visit_groups: list[VisitGroupSchema] = []
    alarms: Ids = []
    delays: list[DelaySchema] = []


class AddedSchema(Schema):
    """Visits that are needed as well, in a file of their own."""

    visits: list[VisitSchema]
    visit_groups: list[VisitGroupSchema] = []


class ReplanRequestSchema(EvaluationRequestSchema):
    """A day, a plan of it, what has happened, and how long to search."""

    disturbances: DisturbancesSchema
    spent_limit: Annotated[Span, Field(gt=0, le=MOST_SECONDS)] = Decimal(3)
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1


class CausedChangeSchema(ChangeSchema):
    """A visit that is not as it was, and why: the code, what it is about, a sentence."""

    cause: Annotated[Cause, Field(strict=False)]
    because: list[Id]
    text: Text


class ReplanSchema(Schema):
    """
    The day after what happened and its plan, every visit that is not as it was, and how many of
    the visits still ahead that nothing happened to (``untouchedVisits``) keep their carer and,
    within the margin, their time (``keptVisits``).
    """

    model_input: ModelInputSchema
    model_output: ModelOutputSchema
    changes: list[CausedChangeSchema]
    untouched_visits: int
    kept_visits: int
    objective: int
    violations: list[BrokenRuleSchema]
    score_analysis: list[TermSchema]
    kpis: KpisSchema | None = None


@dataclass(frozen=True, slots=True)
class ReplanRequest:
    """A request as read."""

    day: Day
    plan: Plan
    what: Disturbances
    seconds: float
    seed: int


def read_replan_request(content: bytes, *, max_bytes: int = MAX_BYTES) -> ReplanRequest:
    """
    The request in `content`.

    Raises
    ------
    TooLarge, InvalidInput
        As :func:`api.documents.planning.read_document`, with the faults of day, plan and visits.
    """
    value, findings = parse_json(content, max_bytes=max_bytes)
    request, faults = validate(ReplanRequestSchema, value)
    findings += faults
    if request is None:
        parts = Parts.salvaged(value)
        findings += build_day(parts)[1] if parts else []
        raise InvalidInput([f for f in findings if f.severity is Severity.ERROR])
    said = request.disturbances
    added = AddedSchema(visits=said.added_visits, visit_groups=said.added_visit_groups)
    day, new, meaning = _with_added(request.model_input, added)
    errors = [f for f in (*findings, *meaning) if f.severity is Severity.ERROR]
    if errors:
        raise InvalidInput(errors)
    what = Disturbances(
        said.now,
        tuple(said.sick_caregivers),
        tuple(said.cancelled_visits),
        new,
        tuple(said.alarms),
        tuple(Delay(each.caregiver_id, each.duration) for each in said.delays),
    )
    plan = plan_in(request.model_output)
    return ReplanRequest(day, plan, what, float(request.spent_limit), request.seed)


def read_added(content: bytes, day: Day, *, max_bytes: int = MAX_BYTES) -> tuple[Visit, ...]:
    """
    The visits in `content`, ``{visits, visitGroups}``, for `day`.

    Raises
    ------
    TooLarge, InvalidInput
        With the faults of the text, of the structure, and of the day with them.
    """
    value, findings = parse_json(content, max_bytes=max_bytes)
    added, faults = validate(AddedSchema, value)
    findings += faults
    if added is None:
        raise InvalidInput(findings)
    _, new, meaning = _with_added(model_input(day), added)
    errors = [f for f in (*findings, *meaning) if f.severity is Severity.ERROR]
    if errors:
        raise InvalidInput(errors)
    return new


def _with_added(
    model: ModelInputSchema, added: AddedSchema
) -> tuple[Day, tuple[Visit, ...], list[Finding]]:
    """The day without and the visits added to it, and the faults of both together."""
    count, groups = len(model.visits), len(model.visit_groups)
    both = model.model_copy(
        update={
            "visits": [*model.visits, *added.visits],
            "visit_groups": [*model.visit_groups, *added.visit_groups],
        }
    )
    day, findings = build_day(Parts.of_model(both))

    def told(finding: Finding) -> Finding:
        where = _renumbered(finding.where, "visits", count, "addedVisits")
        where = _renumbered(where, "visitGroups", groups, "addedVisitGroups")
        return replace(finding, where=where)

    # Without a fault each visit of the document is one of the day, in its order.
    return (
        replace(day, visits=day.visits[:count]),
        day.visits[count:],
        [told(finding) for finding in findings],
    )


def _renumbered(where: str, items: str, first: int, name: str) -> str:
    """``modelInput.visits[first + i]`` -> ``disturbances.addedVisits[i]``."""
    found = re.match(rf"modelInput\.{items}\[(\d+)\]", where)
    if found is None or int(found[1]) < first:
        return where
    return f"disturbances.{name}[{int(found[1]) - first}]{where[found.end() :]}"


def replan_document(
    before: Day, found: Replanned, violations: Iterable[Violation], measured: FollowUp | None
) -> ReplanSchema:
    """
    The answer `found`, whose plan is judged.

    Parameters
    ----------
    before
        The day as it was.
    measured
        The follow-up of its plan, if its times can be added up.
    """
    visits = (*before.visits, *found.day.visits)
    recipient_of = {visit.id: visit.recipient_id for visit in visits}
    broken = [broken_rule(each) for each in violations]
    return ReplanSchema(
        model_input=model_input(found.day),
        model_output=model_output(found.plan, found.day),
        changes=[
            CausedChangeSchema(
                **dict(change_schema(each.change, recipient_of.get(each.change.visit_id))),
                cause=each.cause,
                because=list(each.because),
                text=each.text,
            )
            for each in found.changed
        ],
        untouched_visits=found.untouched,
        kept_visits=found.kept,
        objective=found.plan.objective,
        violations=broken,
        score_analysis=terms(found.plan),
        kpis=kpis(measured, len(broken)) if measured else None,
    )
