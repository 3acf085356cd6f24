"""
Follow-up and budget for a request: read, worked out by the use cases, shown; nothing is stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

from api.documents.budgets import budget_plan
from api.documents.purses import CountingSchema, clock_of, services_faults, services_of
from api.documents.schema_faults import validate
from api.documents.schema_types import Schema
from api.documents.strict_json import parse_json
from api.documents.withheld import anonymous
from api.refusals import not_found
from api.server.followup_schemas import BudgetRequestSchema, FollowUpRequestSchema
from api.server.services import Services
from api.store.audit import Act
from api.usecases import budgeting, following_up
from api.usecases.counting import Counting
from api.usecases.looking import withheld_from
from pricing.followup.report import FollowUp
from scheduler.care.errors import InvalidInput

Body = TypeVar("Body", bound=Schema)
# The municipality's pages are Swedish; the command line has English too.
LANG = "sv"


def follow_up(services: Services, act: Act, scope: str | None, content: bytes) -> dict[str, Any]:
    """Every figure of the follow-up."""
    return following_up.as_values(_followed_up(services, act, scope, content))


def workbook(services: Services, act: Act, scope: str | None, content: bytes) -> bytes:
    """The same as an Excel workbook."""
    return following_up.as_workbook(_followed_up(services, act, scope, content), LANG)


def chart(
    services: Services, act: Act, scope: str | None, name: str, form: str, content: bytes
) -> bytes:
    """One chart of it."""
    return following_up.as_chart(_followed_up(services, act, scope, content), name, form, LANG)


def budget(services: Services, act: Act, content: bytes) -> dict[str, Any]:
    """The year, and what nobody has money for."""
    read = _read(services, BudgetRequestSchema, content)
    plan = budget_plan(read.budget)
    with _anonymous(services, act):
        made = budgeting.budgeted(
            services.store,
            act.municipality,
            plan,
            read.executed_until,
            _counting(read),
            services.terms,
        )
    return budgeting.as_values(made)


@contextmanager
def _anonymous(services: Services, act: Act) -> Iterator[None]:
    """Faults of decisions are told without those of persons whom the caller may not know of."""
    try:
        yield
    except InvalidInput as error:
        withheld = withheld_from(services.store, act)
        raise InvalidInput(anonymous(error.findings, withheld)) from None


def _followed_up(services: Services, act: Act, scope: str | None, content: bytes) -> FollowUp:
    read = _read(services, FollowUpRequestSchema, content)
    if scope is not None and read.provider not in (None, scope):
        # To a provider another one's is as that of a provider that nobody knows.
        raise not_found("providers", read.provider or "")
    asked = following_up.Asked(
        tuple(read.months),
        _counting(read),
        scope or read.provider,
        frozenset(read.without),
        read.price_list,
    )
    with _anonymous(services, act):
        made = following_up.followed_up(services.store, act.municipality, asked, services.terms)
    withheld = withheld_from(services.store, act)
    return replace(made, notes=anonymous(made.notes, withheld))


def _counting(read: CountingSchema) -> Counting:
    findings = services_faults(read.services)
    if findings:
        raise InvalidInput(findings)
    return Counting(read.basis, services_of(read.services), clock_of(read.clock))


def _read(services: Services, schema: type[Body], content: bytes) -> Body:
    value, findings = parse_json(content, max_bytes=services.settings.max_bytes)
    read, faults = validate(schema, value)
    if read is None or findings:
        raise InvalidInput([*findings, *faults])
    return read
