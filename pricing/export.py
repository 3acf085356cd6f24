"""
Prices and purses as plain values for JSON: names in camelCase, every Decimal as a text.

A text, since a JSON number would be read as a binary float and 498.03 would no longer be 498.03.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from pricing.hour_cost import HourCost
from pricing.lines import Line
from pricing.purse import Purse
from pricing.staff_cost import StaffCost
from scheduler.care.units import round_half_up


def hour_cost_dict(cost: HourCost) -> dict[str, Any]:
    """
    An hour cost with its lines, rates and notes.

    Shares are given unrounded, amounts to öre, rates as the price list rounds them.
    """
    return {
        "title": cost.title,
        "zone": cost.zone,
        "service": cost.service,
        "day": cost.day.isoformat(),
        "lines": _lines(cost.lines),
        "total": str(cost.total),
        "costPerWorkedHour": _text(cost.cost_per_worked_hour),
        "careTimeShare": _text(cost.care_time_share),
        "shareSource": cost.share_source.value,
        "rates": {kind.value: str(rate) for kind, rate in cost.rates.items()},
        "rateLines": {kind.value: _lines(lines) for kind, lines in cost.rate_lines.items()},
        "breakEvenShare": {kind.value: str(b) for kind, b in cost.break_even_share.items()},
        "staff": None if cost.staff is None else _staff(cost.staff),
        "notes": [
            {
                "code": note.code,
                "where": note.where,
                "expected": note.expected,
                "found": note.found,
                "action": note.action,
                "severity": note.severity.value,
            }
            for note in cost.notes
        ],
    }


def purse_dict(purse: Purse) -> dict[str, Any]:
    """A purse; hours unrounded, the amount in whole öre."""
    return {
        "decisionId": purse.decision_id,
        "zone": purse.zone,
        "providerKind": purse.provider_kind.value,
        "minutesPerWeek": str(purse.minutes_per_week),
        "hoursPerMonth": str(purse.hours_per_month),
        "rate": str(purse.rate),
        "amountOre": purse.amount_ore,
    }


def _lines(lines: Iterable[Line]) -> list[dict[str, str]]:
    return [
        {
            "code": line.code,
            "text": line.text,
            "amount": str(line.amount),
            "unit": line.unit,
            "formula": line.formula,
            "source": line.source,
        }
        for line in lines
    ]


def _staff(staff: StaffCost) -> dict[str, str]:
    return {
        _camel(field.name): str(round_half_up(getattr(staff, field.name)))
        for field in fields(staff)
    }


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
