"""
Persons over HTTP: who they are, who is protected, who may see them, and who has read.
"""
# ruff: noqa: RUF012 - pydantic copies a mutable default for each record

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.documents.plan_schemas import FindingSchema
from api.documents.schema_types import CalendarDay, Id, Moment, Schema, Text
from api.store.person_records import AccessKind, Grantee, ProtectionKind
from api.usecases.reviewing import Remark

KindCode = Annotated[ProtectionKind, Field(strict=False)]
GranteeCode = Annotated[Grantee, Field(strict=False)]
# Long enough for what people write, short enough to be refused with their own reason.
Words = Annotated[str, Field(max_length=1000)]


class PersonRequestSchema(Schema):
    """Who a recipient is; without ``number`` for who has no identity number."""

    name: Words
    number: Words | None = None


class PersonSchema(Schema):
    """
    Who a recipient is; `version` is what a correction must name.

    ``number`` has twelve digits; ``protected`` the kinds of the markings in force.
    """

    recipient: Id
    name: str
    number: str | None = None
    version: int
    protected: list[KindCode] = []


class PersonsSchema(Schema):
    """Persons by name, and how many there are in all that the caller may see."""

    persons: list[PersonSchema]
    total: int


class SearchSchema(Schema):
    """An identity number as people write it."""

    number: Words


class ProtectionRequestSchema(Schema):
    """A marking, and since when by the population register; it hides at once."""

    kind: KindCode
    valid_from: CalendarDay


class UnprotectSchema(Schema):
    """Which marking ends."""

    kind: KindCode


class ProtectionSchema(Schema):
    """A marking; in force until it has ended."""

    recipient: Id
    number: int
    kind: KindCode
    valid_from: CalendarDay
    marked_at: Moment
    marked_by: Id
    ended_at: Moment | None = None
    ended_by: Id | None = None


class ProtectionsSchema(Schema):
    """Every marking, ended ones too."""

    protections: list[ProtectionSchema]


class GrantRequestSchema(Schema):
    """Who is to see a protected person until when; the reason is that of the request."""

    grantee_kind: GranteeCode
    grantee: Text
    ends_at: Moment


class GrantSchema(Schema):
    """Leave to see a protected person; ``emergency`` when somebody took it themselves."""

    recipient: Id
    number: int
    grantee_kind: GranteeCode
    grantee: Id
    reason: str
    emergency: bool
    granted_at: Moment
    granted_by: Id
    ends_at: Moment
    revoked_at: Moment | None = None
    revoked_by: Id | None = None


class GrantsSchema(Schema):
    """Grants, ended ones too."""

    grants: list[GrantSchema]


class ErasureRequestSchema(Schema):
    """Without ``dryRun: false`` it is only told what would be erased."""

    dry_run: bool = True


class ErasureSchema(Schema):
    """What was erased of a recipient, or would be; ``again`` when they were erased before."""

    recipient: Id
    again: bool
    identity: bool
    grants: int
    decision_revisions: int
    plan_revisions: int
    runs: int


class RetentionRequestSchema(Schema):
    """The municipality's rules; without ``dryRun: false`` it is only told what is due."""

    identity_years: Annotated[int, Field(ge=0, le=200)]
    kept_born_on: Annotated[list[Annotated[int, Field(ge=1, le=31)]], Field(max_length=31)] = []
    readings_years: Annotated[int, Field(ge=5, le=200)]
    dry_run: bool = True


class DueSchema(Schema):
    """A recipient whose time is out; ``kept`` for research, and not erased."""

    recipient: Id
    last_day: CalendarDay | None = None
    kept: bool


class RetentionSchema(Schema):
    """What is due on a day, lines of the log of readings too; and what was erased of it."""

    day: CalendarDay
    due: list[DueSchema]
    readings: int
    readings_before: Moment
    erased: list[ErasureSchema] = []


class ReadingSchema(Schema):
    """One line of the log of readings."""

    number: int
    at: Moment
    actor: Id
    unit: Text
    kind: Annotated[AccessKind, Field(strict=False)]
    recipient: Id
    reason: str
    case: str | None = None
    protected: bool
    emergency: bool


class ReadingsSchema(Schema):
    """Who has read a person's record, the latest first, numbered within the person's own."""

    readings: list[ReadingSchema]
    total: int


class ReviewRequestSchema(Schema):
    """A period, its end excluded; how many lines are drawn to look at, and by which seed."""

    since: Moment
    until: Moment
    sample: Annotated[int, Field(ge=0, le=1000)] = 20
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class RemarkableSchema(Schema):
    """One thing to look at: whose doing, how many, and the first line of the log."""

    remark: Annotated[Remark, Field(strict=False)]
    actor: str
    count: int
    first: int | None = None
    recipient: Id | None = None


class LogReviewSchema(Schema):
    """What the readings of a period tell."""

    lines: int
    actors: int
    remarkable: list[RemarkableSchema]
    sample: list[ReadingSchema]


class ChainSchema(Schema):
    """Whether a log is as it was written, and its head, to be noted elsewhere."""

    agrees: bool
    number: int
    hash: str
    findings: list[FindingSchema]
