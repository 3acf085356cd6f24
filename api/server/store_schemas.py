"""Bodies and answers about what the store keeps: the municipality, decisions, plan revisions."""
# ruff: noqa: RUF012 - pydantic copies a mutable default for each record

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.documents.decision_schemas import ProviderSchema
from api.documents.plan_schemas import MetadataSchema, ModelOutputSchema
from api.documents.planning_schemas import ConfigSchema, ModelInputSchema
from api.documents.purses import GrantedSchema
from api.documents.schema_types import CalendarDay, Id, Moment, Schema, Text
from api.server.answer_schemas import DecisionVisitSchema, PurseSchema
from api.store.records import DecisionEvent, PlanStatus

EventCode = Annotated[DecisionEvent, Field(strict=False)]
StatusCode = Annotated[PlanStatus, Field(strict=False)]


class UnitSchema(Schema):
    """A home-care unit (hemtjänstområde)."""

    id: Id
    name: Text


class MunicipalityRequestSchema(Schema):
    """What the municipality has; what is there already stays, whether it is named or not."""

    name: Text
    units: Annotated[list[UnitSchema], Field(max_length=1000)] = []
    providers: Annotated[list[ProviderSchema], Field(max_length=1000)] = []


class MunicipalitySchema(MunicipalityRequestSchema):
    """The municipality with its units and providers."""

    id: Id


class RegisteredSchema(Schema):
    """The decisions of a document were registered; the same answer whenever it is sent again."""

    key: str
    sha256: str
    decisions: int
    registered_at: Moment


class DecisionRevisionSchema(Schema):
    """A decision as it stood from one change to the next; `version` is what a change must name."""

    version: int
    event: EventCode
    at: Moment
    by: str
    decision: GrantedSchema


class DecisionViewSchema(DecisionRevisionSchema):
    """A decision as it holds, its visits on `day`, and its purse at that day's rate."""

    day: CalendarDay
    visits: list[DecisionVisitSchema]
    purse: PurseSchema


class DecisionsSchema(Schema):
    """Decisions by rising id; `next` is the ``after`` of the page that follows."""

    decisions: list[DecisionRevisionSchema]
    next: Id | None = None


class DecisionHistorySchema(Schema):
    """Every revision of a decision, the first one first."""

    revisions: list[DecisionRevisionSchema]


class EndSchema(Schema):
    """The last day of a decision that is ended."""

    last_day: CalendarDay


class StepSchema(Schema):
    """Where a revision stands; `version` is what the next step of the day must name."""

    revision: int
    status: StatusCode
    version: int


class SavedSchema(Schema):
    """A revision of a day and when it took each step."""

    revision: int
    status: StatusCode
    saved_at: Moment
    approved_at: Moment | None = None
    published_at: Moment | None = None


class PlanDaySchema(Schema):
    """A day of a unit: its version (0 when nothing was saved) and its revisions."""

    unit: Id
    day: CalendarDay
    version: int
    revisions: list[SavedSchema]


class PlanRevisionSchema(Schema):
    """One revision: the day that was planned, and its plan."""

    unit: Id
    day: CalendarDay
    revision: int
    status: StatusCode
    model_input: ModelInputSchema
    model_output: ModelOutputSchema


class MunicipalityPlanRequestSchema(Schema):
    """Which day of all units with a roster to plan, and how; the limit is each unit's."""

    day: CalendarDay
    config: ConfigSchema = ConfigSchema()


class UnitPlanSchema(Schema):
    """One unit's solve."""

    unit: Id
    plan: MetadataSchema


class MunicipalityPlanSchema(Schema):
    """The solves of all units of a day; ``counts`` by status."""

    id: Id
    day: CalendarDay
    final: bool
    counts: dict[str, int]
    unassigned_visits: int
    plans: list[UnitPlanSchema]
