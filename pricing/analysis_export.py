"""
What explains, compares and doubts a price, as plain values for JSON.

As :mod:`pricing.export`: names in camelCase, every Decimal as a text, the full cost under ``TOTAL``
where rates stand under their kind of provider.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pricing.attribution import Cause
from pricing.chain import Chain
from pricing.compare import Comparison
from pricing.explain import Explanation, Trace
from pricing.export import hour_cost_dict
from pricing.hour_cost import HourCost
from pricing.sensitivity import Effect
from pricing.simulation import Interval, Simulation
from pricing.unit_cost import UnitCost
from scheduler.care.model import ProviderKind

TOTAL = "TOTAL"


def price_dict(cost: HourCost) -> dict[str, Any]:
    """An hour cost with its time band, and where each ancillary share comes from."""
    sources = {code: source.value for code, source in cost.share_sources.items()}
    return hour_cost_dict(cost) | {"band": cost.band, "shareSources": sources}


def cell_dict(made: Chain) -> dict[str, str]:
    """Which price it is about."""
    terms = made.terms
    return {
        "title": terms.price_list.title,
        "day": terms.day.isoformat(),
        "zone": terms.zone,
        "service": terms.service,
        "band": terms.band,
    }


def explanation_dict(found: Explanation) -> dict[str, Any]:
    """An explanation; a part that was told before has ``again`` and no parts."""
    return {
        "provider": _kind(found.provider),
        "amount": _text(found.amount),
        "trace": trace_dict(found.trace),
    }


def trace_dict(trace: Trace) -> dict[str, Any]:
    """A figure and what it was made from."""
    told: dict[str, Any] = {
        "name": trace.name,
        "text": trace.text,
        "value": str(trace.value),
        "unit": trace.unit,
        "formula": trace.formula,
    }
    if trace.source:
        first_day = None if trace.first_day is None else trace.first_day.isoformat()
        return told | {"source": trace.source, "firstDay": first_day}
    if trace.again:
        return told | {"again": True}
    return told | {"parts": [trace_dict(part) for part in trace.parts]}


def effect_dict(effect: Effect) -> dict[str, Any]:
    """What one input moves, öre unrounded."""
    return {
        "name": effect.name,
        "text": effect.text,
        "unit": effect.unit,
        "value": str(effect.value),
        "unitStep": str(effect.unit_step),
        "orePerPercent": _by_target(effect.percent_ore),
        "orePerUnit": None if effect.unit_ore is None else _by_target(effect.unit_ore),
    }


def comparison_dict(found: Comparison) -> dict[str, Any]:
    """Two prices: their lines, and what explains the difference of each result."""
    return {
        "before": cell_dict(found.before),
        "after": cell_dict(found.after),
        "lines": [
            {
                "provider": _kind(line.provider),
                "code": line.code,
                "text": line.text,
                "before": _text(line.before),
                "after": _text(line.after),
                "difference": str(line.difference),
                "causes": [_cause(cause) for cause in line.causes],
            }
            for line in found.lines
        ],
        "results": [
            {
                "provider": _kind(result.provider),
                "before": str(result.before),
                "after": str(result.after),
                "difference": str(result.difference),
                "causes": [_cause(cause) for cause in result.causes],
            }
            for result in found.results
        ],
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "name": cause.name,
        "text": cause.text,
        "unit": cause.unit,
        "before": _text(cause.before),
        "after": _text(cause.after),
        "amount": str(cause.amount),
    }


def simulation_dict(found: Simulation) -> dict[str, Any]:
    """The interval of a price, and how likely each rate covers the cost."""
    return {
        "draws": found.draws,
        "seed": found.seed,
        "ranges": {
            name: {"least": str(each.least), "most": str(each.most), "shape": each.shape.value}
            for name, each in found.ranges.items()
        },
        "fullCost": _interval(found.full_cost),
        "providers": {
            kind.value: {
                "rate": str(each.rate),
                "cost": _interval(each.cost),
                "coveredShare": str(each.covered_share),
            }
            for kind, each in found.providers.items()
        },
    }


def unit_cost_dict(found: UnitCost) -> dict[str, Any]:
    """A unit cost: its lines, and who owes what for the year in whole öre."""
    return {
        "title": found.title,
        "unit": found.unit,
        "day": found.day.isoformat(),
        "lines": [
            {
                "code": line.code,
                "text": line.text,
                "amount": str(line.amount),
                "unit": line.unit,
                "formula": line.formula,
                "source": line.source,
            }
            for line in found.lines
        ],
        "perUnit": str(found.per_unit),
        "volume": str(found.volume),
        "costOre": found.cost_ore,
        "invoices": [
            {
                "code": each.code,
                "text": each.text,
                "volume": str(each.volume),
                "weightedVolume": str(each.weighted_volume),
                "amountOre": each.amount_ore,
                "chargedOre": each.charged_ore,
                "gapOre": each.gap_ore,
            }
            for each in found.invoices
        ],
        "unusedOre": found.unused_ore,
        "passThrough": [
            {
                "code": each.code,
                "text": each.text,
                "amountOre": each.amount_ore,
                "reimbursedOre": each.reimbursed_ore,
                "gapOre": each.gap_ore,
            }
            for each in found.pass_through
        ],
    }


def _interval(interval: Interval) -> dict[str, str]:
    return {"p5": str(interval.p5), "p50": str(interval.p50), "p95": str(interval.p95)}


def _by_target(ore: Mapping[ProviderKind | None, Decimal]) -> dict[str, str]:
    return {_kind(target) or TOTAL: str(amount) for target, amount in ore.items()}


def _kind(kind: ProviderKind | None) -> str | None:
    return None if kind is None else kind.value


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
