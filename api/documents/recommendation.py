"""
Recommendations as a document: a day, a plan and a question in, ways to plan it out.

Source: docs/format.md.
"""
# ruff: noqa: RUF012 - pydantic copies a mutable default for each record

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import Field

from api.documents.evaluation import EvaluationRequestSchema
from api.documents.plan_diff import ChangeSchema, change_schema
from api.documents.plan_schemas import TermSchema
from api.documents.plan_writing import term_schema
from api.documents.schema_types import Id, Moment, Schema, Text
from scheduler.care.model import Day
from scheduler.recommend import MOST, Option, Recommendation
from scheduler.refusals import Refusal
from scheduler.rules import Reason, Rule


class RecommendationRequestSchema(EvaluationRequestSchema):
    """
    A day, a plan of it, and what is asked.

    ``visits`` are to be planned: of the day, but left out of the plan. ``caregivers`` do not come.
    Without either, all visits that the plan leaves out are asked for. ``most`` limits the options
    of each.
    """

    visits: list[Id] = []
    caregivers: list[Id] = []
    most: Annotated[int, Field(ge=1, le=100)] = MOST


class PlacedSchema(Schema):
    """Who would make a visit, on which shift."""

    visit_id: Id
    caregiver_id: Id
    shift_id: Id


class OptionSchema(Schema):
    """
    One way to plan it, as the routes are: ``placed`` one of each visit of a group, between the
    visits ``after`` and ``before``, absent at the ends of the shift. ``points`` is the change of
    the objective, ``scoreAnalysis`` the same by term, ``moved`` other visits that get another time.
    """

    placed: list[PlacedSchema]
    start_service_time: Moment
    after: Id | None = None
    before: Id | None = None
    text: Text
    points: int
    score_analysis: list[TermSchema]
    moved: list[ChangeSchema]


class RefusalSchema(Schema):
    """Why a shift cannot: the rule, or the reason and its visits that stand in the way."""

    caregiver_id: Id
    shift_id: Id
    code: Rule | Reason
    blocking: list[Id]
    text: Text


class RecommendationSchema(Schema):
    """
    What was asked for, with the group of a double staffing; the best place on each of the best
    shifts, how many more shifts could, and why each other shift cannot.
    """

    visits: list[Id]
    options: list[OptionSchema]
    further_shifts: int
    refusals: list[RefusalSchema]


class RecommendationsSchema(Schema):
    """An answer for each visit or group that was asked for."""

    recommendations: list[RecommendationSchema]


def recommendations_document(found: Iterable[Recommendation], day: Day) -> RecommendationsSchema:
    """The answers `found`, of `day`."""
    recipient_of = {visit.id: visit.recipient_id for visit in day.visits}
    return RecommendationsSchema(
        recommendations=[
            RecommendationSchema(
                visits=list(each.visit_ids),
                options=[_option(option, recipient_of) for option in each.options],
                further_shifts=each.further,
                refusals=[refusal_schema(refusal) for refusal in each.refusals],
            )
            for each in found
        ]
    )


def _option(option: Option, recipient_of: Mapping[str, str]) -> OptionSchema:
    placed = zip(option.visit_ids, option.carer_ids, option.shift_ids, strict=True)
    return OptionSchema(
        placed=[
            PlacedSchema(visit_id=visit, caregiver_id=carer, shift_id=shift)
            for visit, carer, shift in placed
        ],
        start_service_time=option.start,
        after=option.after,
        before=option.before,
        text=option.text,
        points=option.points,
        score_analysis=[term_schema(term) for term in option.terms],
        moved=[change_schema(change, recipient_of[change.visit_id]) for change in option.moved],
    )


def refusal_schema(refusal: Refusal) -> RefusalSchema:
    """Why one shift cannot."""
    return RefusalSchema(
        caregiver_id=refusal.carer_id,
        shift_id=refusal.shift_id,
        code=refusal.code,
        blocking=list(refusal.blocking),
        text=refusal.text,
    )
