"""
The budget document: posts, what has been executed, commissions and new decisions of a year.

Amounts are whole öre. A document is refused with all its faults at once. Source: docs/budget.md.
"""
# ruff: noqa: RUF012 - pydantic copies a mutable default for each record

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from typing import Annotated

from pydantic import Field

from api.documents.decision_schemas import ProviderSchema
from api.documents.schema_faults import validate
from api.documents.schema_types import CalendarDay, Id, Ids, Schema, Text
from api.documents.strict_json import MAX_BYTES, parse_json
from pricing.budget.forecast import Executed, StatedShare, Volume
from pricing.budget.funding import Commission, Cost, Funding, Per, Post, post_findings
from pricing.budget.model import Placement
from pricing.budget.year import BudgetPlan
from scheduler.care.errors import Finding, InvalidInput

Ore = Annotated[int, Field(ge=0, le=10**14)]
Month = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", examples=["2026-03"])]
Number = Annotated[str, Field(pattern=r"^[0-9]{1,9}(\.[0-9]{1,6})?$", examples=["0.92"])]


class PostSchema(Schema):
    """A budget post of a unit; without `firstDay` from the first day of the year."""

    id: Id
    unit: Id
    amount_ore: Ore
    first_day: CalendarDay | None = None


class ExecutedSchema(Schema):
    """What a provider has performed, each carer counted, and been paid in a month."""

    month: Month
    unit: Id
    provider: Id
    minutes: Annotated[int, Field(ge=0, le=10**9)]
    amount_ore: Ore


class ShareSchema(Schema):
    """A stated execution rate (utförandegrad)."""

    unit: Id
    provider: Id
    share: Number


class CostSchema(Schema):
    """A cost: öre, or hours with the service, zone and provider that decide their rate."""

    text: Text
    per: Annotated[Per, Field(strict=False)]
    amount_ore: Ore | None = None
    hours: Number | None = None
    service: Id | None = None
    zone: Id | None = None
    provider: ProviderSchema | None = None


class FundingSchema(Schema):
    """What a commission is given of a post, from a day on."""

    post: Id
    amount_ore: Ore
    first_day: CalendarDay


class CommissionSchema(Schema):
    """A commission (uppdrag); without `funding` nobody has money for it."""

    id: Id
    text: Text
    first_day: CalendarDay
    last_day: CalendarDay | None = None
    costs: Annotated[list[CostSchema], Field(min_length=1, max_length=1000)]
    funding: list[FundingSchema] = []


class BudgetSchema(Schema):
    """The year."""

    year: Annotated[int, Field(ge=1990, le=2200)]
    posts: list[PostSchema]
    executed: list[ExecutedSchema] = []
    execution_shares: list[ShareSchema] = []
    commissions: list[CommissionSchema] = []
    new_decisions: Ids = []


def read_budget(content: bytes, *, max_bytes: int = MAX_BYTES) -> BudgetPlan:
    """
    The plan in `content`.

    Raises
    ------
    TooLarge, InvalidInput
        With every fault of the document.
    """
    value, findings = parse_json(content, max_bytes=max_bytes)
    schema, faults = validate(BudgetSchema, value)
    findings += faults
    if schema is None or findings:
        raise InvalidInput([*findings, *(_faults(schema) if schema else ())])
    return budget_plan(schema)


def budget_plan(schema: BudgetSchema) -> BudgetPlan:
    """
    The plan that the document describes.

    Raises
    ------
    InvalidInput
        With every fault of what it says.
    """
    findings = list(_faults(schema))
    if findings:
        raise InvalidInput(findings)
    plan = BudgetPlan(
        schema.year,
        tuple(
            Post(each.id, each.unit, each.amount_ore, each.first_day or date(schema.year, 1, 1))
            for each in schema.posts
        ),
        tuple(
            Executed(
                _month(each.month),
                each.unit,
                each.provider,
                Volume(Fraction(each.minutes), each.amount_ore),
            )
            for each in schema.executed
        ),
        tuple(
            StatedShare(each.unit, each.provider, Fraction(each.share))
            for each in schema.execution_shares
        ),
        tuple(_commission(each) for each in schema.commissions),
        frozenset(schema.new_decisions),
    )
    findings = post_findings(plan.posts, plan.commissions)
    if findings:
        raise InvalidInput(findings)
    return plan


def _commission(schema: CommissionSchema) -> Commission:
    return Commission(
        schema.id,
        schema.text,
        schema.first_day,
        schema.last_day,
        tuple(_cost(each, schema.first_day) for each in schema.costs),
        tuple(Funding(each.post, each.amount_ore, each.first_day) for each in schema.funding),
    )


def _cost(schema: CostSchema, first_day: date) -> Cost:
    if schema.zone is None or schema.provider is None:
        return Cost(schema.text, schema.per, schema.amount_ore)
    provider = schema.provider
    placement = Placement(first_day, schema.zone, provider.id, provider.kind, "")
    hours = Fraction(schema.hours or 0)
    return Cost(schema.text, schema.per, None, hours, schema.service or "", placement)


def _faults(schema: BudgetSchema) -> Iterator[Finding]:
    yield from _twice("posts", (each.id for each in schema.posts))
    yield from _twice("commissions", (each.id for each in schema.commissions))
    yield from _twice(
        "executed", (f"{each.month} {each.unit} {each.provider}" for each in schema.executed)
    )
    yield from _twice(
        "executionShares", (f"{each.unit} {each.provider}" for each in schema.execution_shares)
    )
    for number, each in enumerate(schema.executed):
        if _month(each.month).year != schema.year:
            yield Finding(
                "OTHER_YEAR",
                f"executed[{number}].month",
                f"a month of {schema.year}",
                each.month,
                "Ange bara årets månader.",
            )
    for commission in schema.commissions:
        where = f"commission {commission.id}"
        if commission.last_day is not None and commission.last_day < commission.first_day:
            yield Finding(
                "ENDS_BEFORE_START",
                where,
                f"a last day from {commission.first_day.isoformat()}",
                commission.last_day.isoformat(),
                "Rätta uppdragets första eller sista dag.",
            )
        for number, cost in enumerate(commission.costs):
            by_hours = [cost.hours, cost.service, cost.zone, cost.provider]
            stated = [each is not None for each in by_hours]
            if (cost.amount_ore is not None) == any(stated) or any(stated) != all(stated):
                yield Finding(
                    "COST_UNCLEAR",
                    f"{where}.costs[{number}]",
                    "amountOre, or hours with service, zone and provider",
                    "both, neither or a part",
                    "Ange kostnaden i öre, eller i timmar med tjänst, zon och utförare.",
                )


def _twice(where: str, ids: Iterable[str]) -> list[Finding]:
    return [
        Finding("DUPLICATE_ID", where, "each once", f"{name} {count} times", "Ta bort dubbletten.")
        for name, count in Counter(ids).items()
        if count > 1
    ]


def _month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")
