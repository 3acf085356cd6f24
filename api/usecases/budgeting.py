"""
The budget of a year from what the store holds: purses of its decisions, months that are closed.

Promises: nothing is written; a month counts as executed when each provider's is closed or the plan
states it, and one that is missing is told, never taken as zero; what closed settlements have paid
is in the executed volumes to the öre.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from sqlmodel import Session

from api import flow
from api.store.engine import Store
from api.store.granted_rows import granted_decisions
from api.usecases.counting import Counting, terms_of
from api.usecases.following_up import Asked, paid_sources
from pricing.budget.export import budget_dict
from pricing.budget.forecast import Executed, Volume
from pricing.budget.year import BudgetPlan, YearBudget, year_budget
from pricing.followup.account import account
from pricing.followup.model import grouped
from scheduler.care.errors import Finding, InvalidInput


def budgeted(
    store: Store,
    municipality: str,
    plan: BudgetPlan,
    until: str | None,
    counting: Counting,
    stated: flow.Terms,
) -> YearBudget:
    """
    The year by unit and provider, its forecast, and what nobody has money for.

    Parameters
    ----------
    until
        ``2026-03``: months of the year to this one are executed as closed settlements say; what
        the plan states of a month goes first. None takes the plan's alone.
    stated
        The municipality's standard times, as :func:`api.usecases.counting.terms_of`.

    Raises
    ------
    InvalidInput
        OTHER_YEAR; every fault of :func:`pricing.budget.year.year_budget`.
    NotFound
        NO_BOOK.
    """
    first, last = date(plan.year, 1, 1), date(plan.year, 12, 31)
    with store.reading() as session:
        granted = granted_decisions(session, municipality, first, last)
        terms = terms_of(session, municipality, counting, stated, granted, first, last)
        if until is not None:
            executed = _executed(session, municipality, plan, until, counting, stated)
            plan = replace(plan, executed=(*plan.executed, *executed))
    return year_budget(terms, granted, plan)


def as_values(made: YearBudget) -> dict[str, Any]:
    """The budget as plain values for JSON."""
    return budget_dict(made)


def _executed(
    session: Session,
    municipality: str,
    plan: BudgetPlan,
    until: str,
    counting: Counting,
    stated: flow.Terms,
) -> list[Executed]:
    """Performed minutes and paid öre of the closed months that the plan does not state."""
    year, number = (int(part) for part in until.split("-"))
    if year != plan.year:
        raise InvalidInput(
            Finding(
                "OTHER_YEAR",
                "executedUntil",
                f"a month of {plan.year}",
                until,
                "Ange en månad av budgetåret.",
            )
        )
    months = tuple(f"{year}-{month:02d}" for month in range(1, number + 1))
    asked = Asked(months, counting)
    sources = paid_sources(session, municipality, asked, stated)
    known = {(each.month, each.unit, each.provider) for each in plan.executed}
    by_cell = grouped(account(sources).cells, ("month", "unit", "provider"))
    found: list[Executed] = []
    missing: list[Finding] = []
    for (month, unit, provider), sums in by_cell.items():
        first = date.fromisoformat(f"{month}-01")
        if (first, unit, provider) in known:
            continue
        if sources.is_settled(provider, month):
            volume = Volume(Fraction(sums.performed_min), sums.paid_ore)
            found.append(Executed(first, unit, provider, volume))
        elif sums.granted_ore:
            missing.append(_not_closed(month, unit, provider))
    if missing:
        raise InvalidInput(missing)
    return found


def _not_closed(month: str, unit: str, provider: str) -> Finding:
    return Finding(
        "EXECUTED_MISSING",
        f"executed: {unit} / {provider}",
        f"a closed settlement of {month}, or what the budget states of it",
        "neither",
        "Stäng utförarens månad, ange utfört för den i budgeten, eller välj en tidigare månad. "
        "Det som saknas räknas inte som noll.",
    )
