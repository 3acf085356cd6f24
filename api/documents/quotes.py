"""
Quotes before a decision: what is asked of which provider's plan, and what each could do.

Source: docs/needs_assessment.md.
"""
# ruff: noqa: RUF012 - pydantic copies a mutable default for each record

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from api.documents.day_builder import build_day
from api.documents.day_parts import Parts
from api.documents.decision_schemas import DecisionSchema, ProviderSchema
from api.documents.decisions import Registration, registration_of
from api.documents.evaluation import EvaluationRequestSchema, plan_in
from api.documents.plan_diff import ChangeSchema
from api.documents.recommendation import PlacedSchema, RefusalSchema
from api.documents.schema_faults import validate
from api.documents.schema_types import (
    CalendarDay,
    Id,
    Ids,
    Minutes,
    Moment,
    Schema,
    SmallNumber,
    Text,
)
from api.documents.strict_json import MAX_BYTES, parse_json
from scheduler.care.errors import Finding, InvalidInput, Severity
from scheduler.care.model import Day
from scheduler.plan import Plan

# Of one question: a person chooses among few, and a week has seven days.
MOST_CHOICES, MOST_DAYS = 20, 31


class ProviderChoiceSchema(Schema):
    """A provider that the person may choose, and the unit whose plan it would go into."""

    provider: ProviderSchema
    unit: Id


class PlanHandedInSchema(EvaluationRequestSchema):
    """A plan that is not in the store, of one day of a unit."""

    unit: Id


class QuoteRequestSchema(Schema):
    """
    A decision not yet made, and who might carry it out.

    ``days`` are the days to look at; without them the next one of each weekday for which the unit
    has a plan, from ``firstDay`` on. ``plans`` are used instead of the store's for their unit and
    day.
    """

    decision: DecisionSchema
    choices: Annotated[list[ProviderChoiceSchema], Field(min_length=1, max_length=MOST_CHOICES)]
    first_day: CalendarDay
    days: Annotated[list[CalendarDay], Field(max_length=MOST_DAYS)] = []
    plans: Annotated[list[PlanHandedInSchema], Field(max_length=MOST_DAYS)] = []


class RelaxationSchema(Schema):
    """The nearest change that would let it in; it has been tried in the plan."""

    way: Literal["WIDER_WINDOW", "SKILL", "OTHER_DAY"]
    caregivers: Ids
    start: Moment
    minutes: SmallNumber = 0
    skills: list[Text] = []
    text: Text


class OccasionSchema(Schema):
    """
    One visit, or one double staffing, on one of the days.

    Where ``fits``: ``placed`` is who comes, ``travelS`` the seconds of travel that it adds, below 0
    when it takes the place of a longer way, and ``moved`` other persons' visits that get another
    time. Else ``refusals`` says why each shift cannot, and ``nearest`` what would help.
    """

    day: CalendarDay
    lines: Ids
    services: Ids
    duration: Minutes
    staff: SmallNumber
    fits: bool
    text: Text
    start: Moment | None = None
    end: Moment | None = None
    placed: list[PlacedSchema] = []
    travel_s: int = 0
    moved: list[ChangeSchema] = []
    refusals: list[RefusalSchema] = []
    nearest: RelaxationSchema | None = None


class DaySourceSchema(Schema):
    """Which plan of a day was asked; without ``revision`` it was handed in."""

    day: CalendarDay
    revision: int | None = None
    status: Text


class ContinuitySchema(Schema):
    """
    Who would come: ``known`` are those who come to the person anyhow, ``new`` are not.

    ``distinct14Days`` counts all who come within 14 days, where the plan knows who has come lately.
    """

    known: Ids
    new: Ids
    distinct_14_days: Annotated[int | None, Field(alias="distinct14Days")] = None


class OfferSchema(Schema):
    """
    What one provider could do with its unit's plan and staff as they are.

    ``travelS`` is what all occasions add, ``travelOre`` its cost by the municipality's price list,
    for its own provider; ``purseOreMonth`` what the decision is worth a month at ``rate`` kronor an
    hour. ``linesWithoutDay`` are lines that no day with a plan allows.
    """

    provider: ProviderSchema
    unit: Id
    fits: bool
    text: Text
    occasions: list[OccasionSchema]
    continuity: ContinuitySchema
    travel_s: int
    travel_ore: int | None = None
    purse_ore_month: int | None = None
    hours_month: Text | None = None
    rate: Text | None = None
    days: list[DaySourceSchema]
    weekdays_without_plan: list[SmallNumber]
    lines_without_day: Ids


class QuoteSchema(Schema):
    """The offers, in the order of the choices."""

    decision_id: Id
    offers: list[OfferSchema]


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A plan that came with the question."""

    unit: str
    day: Day
    plan: Plan


@dataclass(frozen=True, slots=True)
class QuoteRequest:
    """The question, with its decision and its plans as records."""

    schema: QuoteRequestSchema
    registration: Registration
    handed_in: tuple[HandedIn, ...]


def read_quote_request(content: bytes, *, max_bytes: int = MAX_BYTES) -> QuoteRequest:
    """
    The question in `content`.

    Raises
    ------
    TooLarge, InvalidInput
        With every fault of the document and of the plans in it.
    """
    value, findings = parse_json(content, max_bytes=max_bytes)
    schema, faults = validate(QuoteRequestSchema, value)
    if schema is None:
        raise InvalidInput([*findings, *faults])
    findings += _twice(schema)
    handed_in = []
    for number, each in enumerate(schema.plans):
        day, meaning = build_day(Parts.of_model(each.model_input))
        findings += [
            Finding(f.code, f"plans[{number}].{f.where}", f.expected, f.found, f.action)
            for f in meaning
            if f.severity is Severity.ERROR
        ]
        handed_in.append(HandedIn(each.unit, day, plan_in(each.model_output)))
    if findings:
        raise InvalidInput(findings)
    return QuoteRequest(schema, registration_of(schema.decision), tuple(handed_in))


def _twice(schema: QuoteRequestSchema) -> Iterable[Finding]:
    pairs = [(each.provider.id, each.unit) for each in schema.choices]
    for provider, unit in sorted({pair for pair in pairs if pairs.count(pair) > 1}):
        yield Finding(
            "DUPLICATE_ID",
            "choices",
            "each provider and unit once",
            f"{provider}, {unit}",
            "Ta bort dubbletten.",
        )
