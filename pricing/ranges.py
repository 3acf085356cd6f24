"""
How sure a parameter is: the range that its value may lie in, written beside the value.

    [parameters.sick_hours]
    values = { 2026-01-01 = 159.12 }
    ranges = { 2026-01-01 = { least = 120, most = 220 } }

A range is dated and told apart by zone, service and band as values are. Its shape is triangular
with the value as its peak, or uniform. A parameter without a range is taken as certain; so is what
was measured, which a stated range says nothing about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pricing.chain import Chain
from pricing.figure import Figure, inputs
from pricing.price_list import Terms
from pricing.quantities import Dimensions, Quantity, exact, leaves
from scheduler.care.dated import Dated, parse_dated
from scheduler.care.errors import Finding, InvalidInput, NotInForce


class Shape(StrEnum):
    """How likely each value within the range is."""

    TRIANGULAR = "triangular"
    UNIFORM = "uniform"


@dataclass(frozen=True, slots=True)
class Range:
    """Where one input may lie; ``least <= value <= most`` for its value in the price list."""

    least: Decimal
    most: Decimal
    shape: Shape


KEYS = ("least", "most", "shape")


def parse_ranges(
    raw: Mapping[str, Any], quantities: Mapping[str, Quantity], dimensions: Dimensions
) -> tuple[dict[str, Dated], list[Finding]]:
    """
    The ranges of a price list's parameters; every fault is returned, none raised.

    Parameters
    ----------
    raw
        Name -> table of the parameter, as the file has it.
    quantities
        Name -> unit and range of what a step uses; others have no range to be read.
    """
    ranges: dict[str, Dated] = {}
    findings: list[Finding] = []
    for name, quantity in quantities.items():
        table = raw.get(name)
        if not isinstance(table, Mapping) or "ranges" not in table:
            continue
        dated, faults = parse_dated(f"{name}.ranges", {**table, "values": table["ranges"]})
        findings += faults
        if dated is None:
            continue
        ranges[name] = dated
        for first_day, value in dated.values:
            if value is not None:
                where = f"{name}.ranges.{first_day.isoformat()}"
                findings += _value_findings(where, value, quantity, dimensions)
    return ranges, findings


def ranges_of(made: Chain) -> dict[str, Range]:
    """
    Name of an input -> its range, of every stated input that the price depends on and that has one.

    Raises
    ------
    InvalidInput
        With every range that its own value lies outside.
    """
    figures = [figure for _, figure in made.results()]
    figures += [rate.cost for rate in made.rates.values()]
    found: dict[str, Range] = {}
    findings = []
    for name, figure in inputs(figures).items():
        each = _range(made.terms, figure)
        if each is None:
            continue
        found[name] = each
        if not each.least <= figure.value <= each.most:
            findings.append(
                Finding(
                    "RANGE_OUTSIDE_VALUE",
                    f"{name}.ranges",
                    f"a range with {figure.value} in it",
                    f"{each.least} to {each.most}",
                    "Rätta intervallet eller värdet.",
                )
            )
    if findings:
        raise InvalidInput(findings)
    return found


def _range(terms: Terms, figure: Figure) -> Range | None:
    measured = figure.origin is None or figure.origin.first_day is None
    name, _, band = figure.name.partition(".")
    if measured or name not in terms.price_list.ranges:
        return None
    try:
        table = terms.range_of(name, by_band=bool(band))
    except NotInForce:
        return None  # before the first range, or ended: taken as certain
    if band and isinstance(table, Mapping):
        table = table.get(band)
    if not isinstance(table, Mapping):
        return None
    shape = Shape(table.get("shape", Shape.TRIANGULAR))
    return Range(Decimal(table["least"]), Decimal(table["most"]), shape)


def _value_findings(
    where: str, value: object, quantity: Quantity, dimensions: Dimensions
) -> Iterator[Finding]:
    for place, leaf in leaves(where, value, dimensions, by_band=quantity.by_band):
        if quantity.by_band and isinstance(leaf, Mapping) and "least" not in leaf:
            for band, table in leaf.items():
                yield from _range_findings(f"{place}.{band}", table, quantity)
        elif quantity.by_band:
            yield _wrong(place, "a table of ranges by band", leaf)
        else:
            yield from _range_findings(place, leaf, quantity)


def _range_findings(where: str, table: object, quantity: Quantity) -> Iterator[Finding]:
    expected = "least, most and perhaps shape"
    if not isinstance(table, Mapping) or not {"least", "most"} <= table.keys() <= set(KEYS):
        yield _wrong(where, expected, table)
        return
    least, most = exact(table["least"]), exact(table["most"])
    if least is None or most is None or not quantity.least <= least < most <= quantity.most:
        expected = f"{quantity.least} <= least < most <= {quantity.most} ({quantity.unit})"
        yield _wrong(where, expected, f"{table['least']} to {table['most']}")
    if table.get("shape", Shape.TRIANGULAR) not in set(Shape):
        yield _wrong(f"{where}.shape", f"one of {', '.join(Shape)}", table.get("shape"))


def _wrong(where: str, expected: str, found: object) -> Finding:
    return Finding("WRONG_RANGE", where, expected, str(found)[:80], "Rätta intervallet.")
