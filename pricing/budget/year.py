"""
The budget of a year: purses, forecast, and everything that has no money, in one answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import groupby

from pricing.budget.counting import Terms
from pricing.budget.forecast import (
    Executed,
    Forecast,
    StatedShare,
    daily_ore,
    forecast,
    money_ends,
)
from pricing.budget.funding import (
    Claim,
    Commission,
    Post,
    commission_claim,
    decision_claims,
    kronor,
    unit_money,
)
from pricing.budget.model import Granted
from pricing.budget.purses import PurseLine, purse_lines
from scheduler.care.errors import CareError, Finding, InvalidInput, Severity


@dataclass(frozen=True, slots=True)
class BudgetPlan:
    """
    What is known of a year beside the decisions.

    Parameters
    ----------
    new_decisions
        Ids of decisions that are not in the forecast but held against what it leaves.
    """

    year: int
    posts: tuple[Post, ...]
    executed: tuple[Executed, ...] = ()
    shares: tuple[StatedShare, ...] = ()
    commissions: tuple[Commission, ...] = ()
    new_decisions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class UnitYear:
    """
    The year of a unit.

    Parameters
    ----------
    budget_ore
        Its posts less what commissions have of them; None when it has no post.
    money_ends
        The first day that the budget does not cover; None when it suffices.
    """

    unit: str
    budget_ore: int | None
    granted_ore: int
    forecast_ore: int
    money_ends: date | None
    findings: tuple[Finding, ...]

    @property
    def left_ore(self) -> int | None:
        """Budget less forecast; negative when it does not suffice."""
        return None if self.budget_ore is None else self.budget_ore - self.forecast_ore


@dataclass(frozen=True, slots=True)
class YearBudget:
    """A year: forecasts by unit and provider, units, and what claims money."""

    year: int
    forecasts: tuple[Forecast, ...]
    units: tuple[UnitYear, ...]
    commissions: tuple[Claim, ...]
    decisions: tuple[Claim, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything without money; empty when all is funded."""
        each: Sequence[UnitYear | Claim] = (*self.units, *self.commissions, *self.decisions)
        return tuple(finding for one in each for finding in one.findings)


def year_budget(terms: Terms, granted: Sequence[Granted], plan: BudgetPlan) -> YearBudget:
    """
    The budget of the plan's year.

    Raises
    ------
    InvalidInput
        When a new decision is not among `granted`, and as :func:`purse_lines`, :func:`forecast` and
        :func:`commission_claim`.
    """
    unknown = plan.new_decisions - {each.decision.id for each in granted}
    if unknown:
        raise InvalidInput(
            [
                Finding("UNKNOWN_DECISION", "newDecisions", "a decision of the decisions file",
                        each, "Lägg till beslutet eller ta bort det ur newDecisions.")
                for each in sorted(unknown)
            ]
        )  # fmt: skip
    first, last = date(plan.year, 1, 1), date(plan.year, 12, 31)
    every = purse_lines(terms, granted, first, last)
    lines = [each for each in every if each.decision_id not in plan.new_decisions]
    forecasts = forecast(plan.year, lines, plan.executed, plan.shares)
    costs = daily_ore(forecasts, lines)
    new: dict[str, list[PurseLine]] = {}
    for each in every:
        if each.decision_id in plan.new_decisions:
            new.setdefault(each.decision_id, []).append(each)
    return YearBudget(
        plan.year,
        forecasts,
        _units(forecasts, costs, plan),
        _commissions(terms, plan),
        decision_claims(new, costs, plan.posts, plan.commissions),
    )


def _commissions(terms: Terms, plan: BudgetPlan) -> tuple[Claim, ...]:
    made, findings = [], []
    for each in sorted(plan.commissions, key=lambda each: (each.first_day, each.id)):
        try:
            made.append(commission_claim(each, plan.year, terms.tariff))
        except CareError as error:
            where = f"commission {each.id}"
            findings += [replace(one, where=f"{where}: {one.where}") for one in error.findings]
    if findings:
        raise InvalidInput(findings)
    return tuple(made)


def _units(
    forecasts: Sequence[Forecast],
    costs: Mapping[str, Mapping[date, Fraction]],
    plan: BudgetPlan,
) -> tuple[UnitYear, ...]:
    found = []
    by_unit = {
        unit: list(of_unit) for unit, of_unit in groupby(forecasts, key=lambda each: each.unit)
    }
    for unit in sorted(by_unit.keys() | {post.unit for post in plan.posts}):
        of_unit = by_unit.get(unit, [])
        money = unit_money(unit, plan.posts, plan.commissions)
        ends = None if money is None else money_ends(costs.get(unit, {}), money)
        budget = None if money is None else sum(ore for _, ore in money)
        amount = sum(each.amount_ore for each in of_unit)
        found.append(
            UnitYear(
                unit,
                budget,
                sum(each.granted_ore for each in of_unit),
                amount,
                ends,
                _findings(unit, budget, amount, ends),
            )
        )
    return tuple(found)


def _findings(unit: str, budget: int | None, amount: int, ends: date | None) -> tuple[Finding, ...]:
    if budget is None:
        code, found = "UNIT_WITHOUT_BUDGET", "none"
    elif ends is None:
        return ()
    else:
        code, found = "BUDGET_EXCEEDED", f"{kronor(budget)}; the money ends {ends.isoformat()}"
    return (
        Finding(
            code,
            f"unit {unit}",
            f"a budget of {kronor(amount)}, the forecast of the year",
            found,
            "Anvisa medel till enheten eller minska dess kostnader.",
            Severity.WARNING,
        ),
    )
