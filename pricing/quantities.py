"""
What a parameter may hold: its unit, its range, and how its values are told apart.

A value is one number, or a table of numbers by zone, by service, by time band, or by several of
them (in any order). Units are checked by name, so that 3 per cent is never read as a share of 3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scheduler.care.dated import Dated
from scheduler.care.errors import Finding

# Far above any Swedish wage and below where 28 digits would no longer hold an öre.
LARGEST = Decimal(10_000_000)
MOST_DECIMALS = 6

Dimensions = Mapping[str, tuple[str, ...]]

# The dimension whose members may also be the bands of unsocial hours of a parameter by band.
TIME_BAND = "band"


@dataclass(frozen=True, slots=True)
class Quantity:
    """
    Unit and range of a parameter.

    Parameters
    ----------
    unit
        As the file must write it.
    least, most
        Range of each number, both included.
    by_band
        Whether it holds a table of numbers by band of unsocial hours instead of one number.
    only
        The only numbers allowed; empty for any in the range.
    """

    unit: str
    least: Decimal = Decimal(0)
    most: Decimal = LARGEST
    by_band: bool = False
    only: tuple[Decimal, ...] = ()


KR_PER_MONTH = Quantity("kr/month")
HOURS_PER_YEAR = Quantity("h/year")
DAYS_PER_YEAR = Quantity("days/year")
KR_PER_WORKED_HOUR = Quantity("kr/worked hour")
KR_PER_CARE_HOUR = Quantity("kr/care hour")
KR_STEP = Quantity("kr", only=(Decimal("1"), Decimal("0.1"), Decimal("0.01")))
SHARE = Quantity("share", most=Decimal(1))
CHANGE = Quantity("change", least=Decimal("-0.5"), most=Decimal("0.5"))
SHARE_BY_BAND = Quantity("share by band", most=Decimal(1), by_band=True)
KR_PER_HOUR_BY_BAND = Quantity("kr/h by band", by_band=True)


def pick(
    value: object, dimensions: Dimensions, chosen: Mapping[str, str], *, by_band: bool = False
) -> object:
    """
    The part of `value` for the `chosen` member of each dimension.

    Parameters
    ----------
    value
        A number or table as :func:`value_findings` accepts it.
    dimensions
        Name of the dimension -> all its members.
    chosen
        Name of the dimension -> one of its members.
    by_band
        Whether the quantity holds a table by band of unsocial hours.
    """
    while isinstance(value, Mapping):
        name = _dimension(value, dimensions, by_band)
        if name is None:
            break
        value = value[chosen[name]]
    return value


def _dimension(table: Mapping[str, Any], dimensions: Dimensions, by_band: bool) -> str | None:
    """The dimension that `table` is told apart by; None when it is what the quantity holds."""
    for name, members in dimensions.items():
        if table.keys() == set(members):
            # An evening may be both a time band of prices and a band of unsocial hours.
            holds = by_band and name == TIME_BAND and not any(map(_is_table, table.values()))
            return None if holds else name
    return None


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping)


def value_findings(dated: Dated, quantity: Quantity, dimensions: Dimensions) -> list[Finding]:
    """Every fault in the unit and values of one parameter."""
    findings = []
    if dated.unit != quantity.unit:
        findings.append(
            Finding(
                "WRONG_UNIT",
                f"{dated.name}.unit",
                quantity.unit,
                dated.unit,
                f"Ange {dated.name} i {quantity.unit}.",
            )
        )
    for first_day, value in dated.values:
        if value is None:
            continue
        where = f"{dated.name}.values.{first_day.isoformat()}"
        for place, leaf in leaves(where, value, dimensions, by_band=quantity.by_band):
            findings.extend(_leaf_findings(place, leaf, quantity, dimensions))
    return findings


def leaves(
    where: str, value: object, dimensions: Dimensions, *, by_band: bool = False
) -> Iterator[tuple[str, object]]:
    """Every part of `value` that :func:`pick` can give, with its place."""
    name = _dimension(value, dimensions, by_band) if isinstance(value, Mapping) else None
    if name is None or not isinstance(value, Mapping):
        yield where, value
        return
    rest = {other: members for other, members in dimensions.items() if other != name}
    for member in dimensions[name]:
        yield from leaves(f"{where}.{member}", value[member], rest, by_band=by_band)


def _leaf_findings(
    where: str, leaf: object, quantity: Quantity, dimensions: Dimensions
) -> list[Finding]:
    if quantity.by_band and isinstance(leaf, Mapping):
        return [
            finding
            for band, value in leaf.items()
            for finding in _number_findings(f"{where}.{band}", value, quantity)
        ]
    if quantity.by_band or isinstance(leaf, Mapping):
        sets = " or ".join(f"{name} ({', '.join(each)})" for name, each in dimensions.items())
        expected = "a table by band" if quantity.by_band else "a number"
        found = ", ".join(map(str, leaf)) if isinstance(leaf, Mapping) else repr(leaf)
        return [
            Finding(
                "WRONG_TABLE",
                where,
                f"{expected}, or a table with exactly each {sets}",
                found,
                "Ange ett värde för varje zon och tjänst, och inga andra.",
            )
        ]
    return _number_findings(where, leaf, quantity)


def _number_findings(where: str, value: object, quantity: Quantity) -> list[Finding]:
    number = exact(value)
    if number is None:
        expected = "an exact, finite number"
    elif quantity.only and number not in quantity.only:
        expected = f"one of {', '.join(map(str, quantity.only))}"
    elif not quantity.least <= number <= quantity.most:
        expected = f"{quantity.least} to {quantity.most}"
    elif round(number, MOST_DECIMALS) != number:
        expected = f"at most {MOST_DECIMALS} decimals"
    else:
        return []
    return [
        Finding(
            "OUT_OF_RANGE" if number is not None else "NOT_A_VALUE",
            where,
            f"{expected} ({quantity.unit})",
            str(value)[:40],
            "Rätta värdet.",
        )
    ]


def exact(value: object) -> Decimal | None:
    """`value` as Decimal if it is a finite int or Decimal, else None; float is never exact."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    number = Decimal(value)
    return number if number.is_finite() else None
