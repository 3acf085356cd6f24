"""
Purses as plain values for JSON: exact quantities as fractions, amounts in öre, days as texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from pricing.budget.purses import PurseLine, total_hours, total_ore


def purses_dict(lines: Sequence[PurseLine]) -> dict[str, Any]:
    """The lines of some decisions and months, with their sum."""
    return {
        "hours": exact(total_hours(lines)),
        "amountOre": total_ore(lines),
        "lines": [_line(line) for line in lines],
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
