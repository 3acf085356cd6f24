"""
What if: a price list with other values from one day on.

A scenario is an ordinary price list, checked like one, whose changed values name the scenario as
their source. So everything that works on a price list works on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from pricing.price_file import quantities_of
from pricing.price_list import PriceParameters
from pricing.quantities import Quantity, value_findings
from scheduler.care.dated import Dated, Parameters
from scheduler.care.errors import Finding, InvalidInput

SOURCE = "Antaget i scenariot"


def with_values(
    prices: PriceParameters, day: date, values: Mapping[str, Decimal]
) -> PriceParameters:
    """
    `prices` with other values from `day` on.

    Parameters
    ----------
    values
        Name of a parameter -> its number in every zone, service and band; for a table by band of
        unsocial hours ``name.band``.

    Raises
    ------
    InvalidInput
        With every name that is no parameter and every number out of its range.
    NotInForce
        When a parameter to be changed has no value on `day`.
    """
    quantities = quantities_of(prices)
    changed: dict[str, Dated] = {}
    findings: list[Finding] = []
    for name, number in values.items():
        parameter, _, band = name.partition(".")
        quantity = quantities.get(parameter)
        if quantity is None or bool(band) is not quantity.by_band:
            findings.append(_unknown(name, quantities))
            continue
        dated = changed.get(parameter, prices.parameters.get(parameter))
        value: Any = number
        if band:
            value = _in_band(dated.on(day), band, number)
            if value is None:
                findings.append(_unknown(name, quantities))
                continue
        changed[parameter] = replace(dated, source=SOURCE, values=((day, value),))
    for parameter, dated in changed.items():
        findings += value_findings(dated, quantities[parameter], prices.dimensions)
    if findings:
        raise InvalidInput(findings)
    return replace(
        prices,
        parameters=Parameters({**prices.parameters.items, **changed}),
        ranges=Parameters(
            {name: each for name, each in prices.ranges.items.items() if name not in changed}
        ),
    )


def _in_band(table: Any, band: str, number: Decimal) -> dict[str, Any] | None:
    """The table with `number` for one band, in every zone, service and time band; None if none."""
    if not isinstance(table, Mapping):
        return None
    if not any(isinstance(each, Mapping) for each in table.values()):
        return {**table, band: number} if band in table else None
    parts = {key: _in_band(each, band, number) for key, each in table.items()}
    return None if None in parts.values() else parts


def _unknown(name: str, known: Mapping[str, Quantity]) -> Finding:
    return Finding(
        "UNKNOWN_PARAMETER",
        name[:80],
        f"one of {', '.join(known)}; name.band where the value is by band",
        "none of that name",
        "Rätta namnet på det som scenariot ändrar.",
    )
