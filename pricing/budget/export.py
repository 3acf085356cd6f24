"""
Purses and budgets as plain values for JSON: exact quantities as fractions, öre, days as texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from pricing.budget.forecast import Forecast, Volume
from pricing.budget.funding import Claim
from pricing.budget.purses import PurseLine, total_hours, total_ore
from pricing.budget.year import UnitYear, YearBudget
from scheduler.care.errors import Finding


def purses_dict(lines: Sequence[PurseLine]) -> dict[str, Any]:
    """The lines of some decisions and months, with their sum."""
    return {
        "hours": exact(total_hours(lines)),
        "amountOre": total_ore(lines),
        "lines": [_line(line) for line in lines],
    }


def budget_dict(made: YearBudget) -> dict[str, Any]:
    """A year: units, providers by month, commissions and new decisions with their findings."""
    return {
        "year": made.year,
        "units": [_unit(each) for each in made.units],
        "providers": [_forecast(each) for each in made.forecasts],
        "commissions": [_claim(each) for each in made.commissions],
        "newDecisions": [_claim(each) for each in made.decisions],
        "findings": [_finding(each) for each in made.findings],
    }


def _unit(each: UnitYear) -> dict[str, Any]:
    return {
        "unit": each.unit,
        "budgetOre": each.budget_ore,
        "grantedOre": each.granted_ore,
        "forecastOre": each.forecast_ore,
        "leftOre": each.left_ore,
        "moneyEnds": None if each.money_ends is None else each.money_ends.isoformat(),
    }


def _forecast(each: Forecast) -> dict[str, Any]:
    return {
        "unit": each.unit,
        "provider": each.provider,
        "executionShare": None if each.share is None else exact(each.share),
        "shareSource": None if each.source is None else each.source.value,
        "grantedOre": each.granted_ore,
        "executedOre": each.executed_ore,
        "expectedOre": each.expected_ore,
        "forecastOre": each.amount_ore,
        "months": [
            {
                "month": month.month.isoformat()[:7],
                "granted": _volume(month.granted),
                "executed": _volume(month.executed),
                "expected": _volume(month.expected),
            }
            for month in each.months
        ],
    }


def _volume(volume: Volume | None) -> dict[str, Any] | None:
    if volume is None:
        return None
    return {"minutes": exact(volume.minutes), "amountOre": volume.amount_ore}


def _claim(each: Claim) -> dict[str, Any]:
    return {
        "id": each.id,
        "text": each.text,
        "firstDay": each.first_day.isoformat(),
        "months": [
            {"month": month.isoformat()[:7], "amountOre": ore} for month, ore in each.months
        ],
        "costOre": each.cost_ore,
        "moneyOre": each.money_ore,
        "gapOre": each.gap_ore,
        "moneyEnds": None if each.money_ends is None else each.money_ends.isoformat(),
        "findings": [finding.code for finding in each.findings],
    }


def _finding(each: Finding) -> dict[str, str]:
    return {
        "code": each.code,
        "where": each.where,
        "expected": each.expected,
        "found": each.found,
        "action": each.action,
    }


def exact(value: Fraction) -> str:
    """``numerator/denominator``, or a whole number."""
    return str(value)


def _line(line: PurseLine) -> dict[str, Any]:
    return {
        "decisionId": line.decision_id,
        "month": line.month.isoformat()[:7],
        "firstDay": line.first_day.isoformat(),
        "lastDay": line.last_day.isoformat(),
        "unit": line.placement.unit,
        "provider": line.placement.provider,
        "providerKind": line.placement.kind.value,
        "zone": line.placement.zone,
        "band": line.band,
        "component": line.price.component,
        "rate": line.price.rate,
        "per": line.price.unit.value,
        "kronor": exact(line.price.kronor),
        "quantity": exact(line.quantity),
        "minutes": exact(line.minutes),
        "amountOre": line.amount_ore,
        "services": [
            {
                "lineId": part.line_id,
                "service": part.service,
                "staff": part.staff,
                "quantity": exact(part.quantity),
                "minutes": exact(part.minutes),
                "amountOre": part.amount_ore,
            }
            for part in line.parts
        ],
    }
