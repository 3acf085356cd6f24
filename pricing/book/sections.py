"""
The sections of a rate book, one reader each: fields, scope and values of one rule.

What every rule has is read by :meth:`Reader.common`; a section adds its own fields. Rules with a
fault are left out: the book is refused anyhow, and the others can still be checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pricing.book import values
from pricing.book.fields import (
    Faults,
    Table,
    choice,
    dated_values,
    flag,
    known_keys,
    names,
    number,
    step_of_kronor,
    text,
)
from pricing.book.model import (
    PERIOD_UNITS,
    Adjustment,
    AdjustmentKind,
    Basis,
    Cap,
    CapPer,
    CapUnit,
    Deduction,
    DeductionKind,
    DeductionPer,
    Direction,
    MinimumAmount,
    MinimumMinutes,
    MinuteRounding,
    NotPerformed,
    Rate,
    Rule,
    Scope,
    Staffing,
    StandardTime,
    StartUp,
    Status,
    Unit,
    Vat,
    WeekParts,
)
from pricing.book.values import LARGEST_RATE, LEAST_DIVISOR, MOST_MINUTES, OpenPriceList
from pricing.toml_lines import Path
from scheduler.care.dated import Dated

COMMON = ("code", "text", "source", "values")
SCOPE = ("service", "zone", "provider", "band", "delegated", "circumstance")
# In a rule: of rows that tell no circumstance.
NO_CIRCUMSTANCE = "none"
MOST_HOURS = 100_000


@dataclass(frozen=True, slots=True)
class Names:
    """What the scopes of a book may name."""

    services: frozenset[str]
    zones: frozenset[str]
    providers: frozenset[str]
    bands: frozenset[str]
    circumstances: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reader:
    """One document while it is read."""

    faults: Faults
    names: Names
    open_list: OpenPriceList

    def rule(self, section: str, path: Path, table: Table) -> Rule | None:
        """The rule of a table; None when it has a fault."""
        before = len(self.faults.found)
        made = SECTIONS[section](self, path, table)
        return made if len(self.faults.found) == before else None

    def common(
        self, path: Path, table: Table, unit: str, read: Any, own: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """Fields that every rule has, as arguments of its class."""
        faults = self.faults
        known_keys(faults, path, table, (*COMMON, *SCOPE, *own))
        code, described = text(faults, path, table, "code"), text(faults, path, table, "text")
        source = text(faults, path, table, "source")
        return {
            "code": code,
            "where": faults.where(path),
            "scope": self._scope(path, table),
            "values": Dated(code, described, unit, source, dated_values(faults, path, table, read)),
        }

    def _scope(self, path: Path, table: Table) -> Scope:
        faults, known = self.faults, self.names
        limits = {
            key: values.whole_number(faults, (*path, key), table[key], 0, MOST_MINUTES)
            for key in ("from_min", "below_min")
            if key in table
        }
        from_min, below_min = limits.get("from_min") or 0, limits.get("below_min")
        if below_min is not None and below_min <= from_min:
            faults.add(
                (*path, "below_min"),
                "OUT_OF_RANGE",
                f"more than from_min, {from_min}",
                str(below_min),
                "Rätta gränserna.",
            )
        told = names(faults, path, table, "circumstance", known.circumstances)
        return Scope(
            services=names(faults, path, table, "service", known.services),
            zones=names(faults, path, table, "zone", known.zones),
            providers=names(faults, path, table, "provider", known.providers),
            bands=names(faults, path, table, "band", known.bands),
            delegated=flag(faults, path, table, "delegated"),
            from_min=from_min,
            below_min=below_min,
            circumstances=None
            if told is None
            else frozenset("" if name == NO_CIRCUMSTANCE else name for name in told),
        )

    def number(
        self, least: Decimal | int, most: Decimal | int, *, whole: bool = False
    ) -> Callable[[Path, Any], Any]:
        """A reader of values that are numbers within these bounds."""

        def read(path: Path, raw: Any) -> Decimal | int | None:
            value = number(self.faults, path, raw, least, most, whole=whole)
            return int(value) if whole and value is not None else value

        return read


def _rate(reader: Reader, path: Path, table: Table) -> Rate:
    faults = reader.faults
    unit = choice(faults, path, table, "unit", Unit)
    hourly = unit is Unit.HOUR
    for key, fits in (
        ("basis", hourly),
        ("least_performed_share", hourly),
        ("whole_month", unit is Unit.MONTH),
        ("from_min", unit not in PERIOD_UNITS),
        ("below_min", unit not in PERIOD_UNITS),
        ("band", unit not in PERIOD_UNITS),
    ):
        if key in table and unit is not None and not fits:
            faults.add(
                (*path, key), "WRONG_FIELD", f"no {key} with unit {unit}", key, "Ta bort fältet."
            )
    basis = choice(faults, path, table, "basis", Basis) if hourly else Basis.PERFORMED
    least = None
    if "least_performed_share" in table:
        raw = table["least_performed_share"]
        least = number(faults, (*path, "least_performed_share"), raw, 0, 1)
        if basis is Basis.PERFORMED:
            faults.add(
                (*path, "least_performed_share"),
                "WRONG_FIELD",
                "basis granted or standard",
                "performed",
                "Ta bort fältet eller ändra basis.",
            )
    own = (
        "unit", "basis", "component", "least_performed_share", "whole_month", "round_kr",
        "from_min", "below_min",
    )  # fmt: skip
    return Rate(
        **reader.common(
            path,
            table,
            f"kr/{unit}",
            lambda place, raw: values.rate_value(faults, place, raw, reader.open_list),
            own,
        ),
        unit=unit or Unit.HOUR,
        component=_component(faults, path, table),
        basis=basis or Basis.PERFORMED,
        least_performed_share=least,
        whole_month=bool(flag(faults, path, table, "whole_month")),
        round_kr=step_of_kronor(faults, path, table, "round_kr"),
    )


def _adjustment(reader: Reader, path: Path, table: Table) -> Adjustment:
    faults = reader.faults
    kind = choice(faults, path, table, "kind", AdjustmentKind)
    least, most = {
        AdjustmentKind.SHARE: (Decimal("-0.9"), Decimal(10)),
        AdjustmentKind.AMOUNT: (-LARGEST_RATE, LARGEST_RATE),
        AdjustmentKind.DIVISOR: (LEAST_DIVISOR, Decimal(100)),
    }[kind or AdjustmentKind.AMOUNT]
    units = names(faults, path, table, "unit", list(Unit))
    rates = table.get("rate")
    listed = rates if isinstance(rates, list) else [] if rates is None else [rates]
    return Adjustment(
        **reader.common(
            path,
            table,
            str(kind),
            lambda place, raw: values.indexed(faults, place, raw, least, most),
            ("kind", "rate", "unit", "round_kr", "from_min", "below_min"),
        ),
        kind=kind or AdjustmentKind.AMOUNT,
        rates=None if rates is None else frozenset(map(str, listed)),
        units=None if units is None else frozenset(Unit(u) for u in units if u in list(Unit)),
        round_kr=step_of_kronor(faults, path, table, "round_kr"),
    )


def _component(faults: Faults, path: Path, table: Table) -> str:
    return text(faults, path, table, "component") if "component" in table else "visit"


def _standard_time(reader: Reader, path: Path, table: Table) -> StandardTime:
    read = reader.number(0, MOST_MINUTES, whole=True)
    return StandardTime(**reader.common(path, table, "min", read))


def _not_performed(reader: Reader, path: Path, table: Table) -> NotPerformed:
    status = choice(reader.faults, path, table, "status", Status)
    if status in (
        Status.PERFORMED, Status.START_UP, Status.PERIOD, Status.GRANTED, Status.WITHDRAWN,
    ):  # fmt: skip
        reader.faults.add(
            (*path, "status"),
            "WRONG_FIELD",
            "DECLINED, PLANNED_ABSENCE, UNPLANNED_ABSENCE or DECEASED",
            str(status),
            "Välj en av dem.",
        )

    def read(place: Path, raw: Any) -> Any:
        return values.steps(reader.faults, place, raw)

    return NotPerformed(
        **reader.common(path, table, "share", read, ("status",)), status=status or Status.DECLINED
    )


def _start_up(reader: Reader, path: Path, table: Table) -> StartUp:
    return StartUp(**reader.common(path, table, "h", reader.number(0, 200)))


def _staffing(reader: Reader, path: Path, table: Table) -> Staffing:
    return Staffing(**reader.common(path, table, "share", reader.number(0, 2)))


def _minimum_minutes(reader: Reader, path: Path, table: Table) -> MinimumMinutes:
    read = reader.number(0, MOST_MINUTES, whole=True)
    return MinimumMinutes(**reader.common(path, table, "min", read))


def _minimum_amount(reader: Reader, path: Path, table: Table) -> MinimumAmount:
    read = reader.number(0, LARGEST_RATE)
    return MinimumAmount(
        **reader.common(path, table, "kr", read, ("component",)),
        component=_component(reader.faults, path, table),
    )


def _minute_rounding(reader: Reader, path: Path, table: Table) -> MinuteRounding:
    direction = choice(reader.faults, path, table, "direction", Direction)
    read = reader.number(1, 60, whole=True)
    return MinuteRounding(
        **reader.common(path, table, "min", read, ("direction",)),
        direction=direction or Direction.NEAREST,
    )


def _cap(reader: Reader, path: Path, table: Table) -> Cap:
    faults = reader.faults
    per, unit = (
        choice(faults, path, table, "per", CapPer),
        choice(faults, path, table, "unit", CapUnit),
    )
    most = 10 if unit is CapUnit.GRANTED_SHARE else MOST_HOURS
    parts = None
    if per is CapPer.RECIPIENT_WEEK:
        parts = choice(faults, path, table, "week_parts", WeekParts)
    elif "week_parts" in table:
        expected = f"no week_parts with per = {per}"
        place = (*path, "week_parts")
        faults.add(place, "WRONG_FIELD", expected, "week_parts", "Ta bort fältet.")
    own = ("per", "unit", "week_parts")
    return Cap(
        **reader.common(path, table, str(unit), reader.number(0, most), own),
        per=per or CapPer.VISIT,
        unit=unit or CapUnit.HOURS,
        week_parts=parts or WeekParts.WHOLE,
    )


def _deduction(reader: Reader, path: Path, table: Table) -> Deduction:
    faults = reader.faults
    kind = choice(faults, path, table, "kind", DeductionKind)
    per = choice(faults, path, table, "per", DeductionPer)
    most = Decimal(1) if kind is DeductionKind.SHARE else LARGEST_RATE
    if "service" not in table:
        faults.add(
            (*path, "service"),
            "MISSING_FIELD",
            "the service of the rows that tell the deviation",
            "none",
            "Ge avvikelsen en egen insats och ange den.",
        )

    def read(place: Path, raw: Any) -> Any:
        if per is DeductionPer.LEVEL:
            return values.levels(faults, place, raw, most)
        return number(faults, place, raw, 0, most)

    limit = table.get("at_most_share")
    return Deduction(
        **reader.common(
            path,
            table,
            "kr" if kind is DeductionKind.AMOUNT else "share",
            read,
            ("kind", "per", "of", "at_most_share"),
        ),
        kind=kind or DeductionKind.AMOUNT,
        per=per or DeductionPer.OCCURRENCE,
        of=names(faults, path, table, "of", reader.names.services),
        at_most_share=None
        if limit is None
        else number(faults, (*path, "at_most_share"), limit, 0, 1),
    )


def _vat(reader: Reader, path: Path, table: Table) -> Vat:
    return Vat(**reader.common(path, table, "share", reader.number(0, 1)))


# Key in the file -> reader of one of its tables.
SECTIONS: Mapping[str, Callable[[Reader, Path, Table], Rule]] = {
    "rate": _rate,
    "adjustment": _adjustment,
    "standard_time": _standard_time,
    "not_performed": _not_performed,
    "start_up": _start_up,
    "staffing": _staffing,
    "minimum_minutes": _minimum_minutes,
    "minimum_amount": _minimum_amount,
    "minute_rounding": _minute_rounding,
    "cap": _cap,
    "deduction": _deduction,
    "vat": _vat,
}
