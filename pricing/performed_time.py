"""
Ancillary shares from performed time: what carers' worked days were used for, per zone.

One record per carer, day and zone, in whole minutes: worked time, care time, and the classes of
ancillary time that the municipality registers. A class that is not registered is missing, never
zero: the price list's own share stands for it. So does one that is registered on some days only,
and the reader is told.

Source of the time classes: the City of Gothenburg's direct, indirect, staff-related and transport
time.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import StringIO

from pricing.recipe import TimeClass
from pricing.shares import PerformedShares
from scheduler.care.errors import Finding, InvalidInput, Severity
from scheduler.care.units import MINUTES_PER_HOUR

CLASSES = (
    TimeClass.TRANSPORT,
    TimeClass.INDIRECT,
    TimeClass.STAFF_RELATED,
    TimeClass.WAITING,
)
NEEDED = ("day", "carer", "zone", "worked_min", "care_min")
# Who the carer works for; a price is worked out for all of them together.
WHOSE = ("provider", "unit")
COLUMNS = (*NEEDED, *(f"{each.value}_min" for each in CLASSES), *WHOSE)
# A working day with all its overtime; more is a slip of the keyboard.
MOST_MIN = 24 * MINUTES_PER_HOUR


@dataclass(frozen=True, slots=True)
class CarerDay:
    """
    One carer's worked time on one day in one zone, whole minutes.

    Parameters
    ----------
    worked_min, care_min
        Worked time without breaks, > 0, and the part of it with recipients.
    classes_min
        Class of ancillary time -> minutes; a class that it lacks was not registered. Together with
        `care_min` at most `worked_min`.
    provider, unit
        Whom the carer worked for; empty when it was not told.
    """

    day: date
    carer: str
    zone: str
    worked_min: int
    care_min: int
    classes_min: Mapping[TimeClass, int]
    provider: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class PerformedTime:
    """
    Shares by zone.

    Parameters
    ----------
    by_zone
        Zone -> its shares of worked time.
    carer_days, worked_min
        Zone -> how much they rest on.
    notes
        Warnings: classes that are registered on some days only.
    """

    by_zone: Mapping[str, PerformedShares]
    carer_days: Mapping[str, int]
    worked_min: Mapping[str, int]
    notes: tuple[Finding, ...]


def performed_time(carer_days: Iterable[CarerDay]) -> PerformedTime:
    """Shares of worked time per zone; the order of the records does not matter."""
    zones: dict[str, list[CarerDay]] = {}
    for each in carer_days:
        zones.setdefault(each.zone, []).append(each)
    by_zone = {zone: _shares(records) for zone, records in sorted(zones.items())}
    return PerformedTime(
        by_zone,
        {zone: len(zones[zone]) for zone in by_zone},
        {zone: sum(each.worked_min for each in zones[zone]) for zone in by_zone},
        tuple(note for zone in by_zone for note in _partly(zone, zones[zone])),
    )


def _shares(records: list[CarerDay]) -> PerformedShares:
    worked = sum(each.worked_min for each in records)
    known = {
        each: sum(record.classes_min[each] for record in records)
        for each in CLASSES
        if all(each in record.classes_min for record in records)
    }
    rest = worked - sum(record.care_min for record in records) - sum(known.values())
    return PerformedShares(
        {each: Decimal(minutes) / worked for each, minutes in known.items()},
        Decimal(rest) / worked,
    )


def _partly(zone: str, records: list[CarerDay]) -> Iterator[Finding]:
    for each in CLASSES:
        days = sum(each in record.classes_min for record in records)
        if 0 < days < len(records):
            yield Finding(
                "PARTLY_REGISTERED",
                f"zone {zone}, {each}",
                f"minutes for all {len(records)} carer days",
                f"for {days} of them",
                "Tidsslaget är bara delvis registrerat; prislistans angivna andel används.",
                Severity.WARNING,
            )


# ---------------------------------------------------------------- reading


def read_carer_days(text: str, name: str) -> tuple[CarerDay, ...]:
    """
    Carer days from CSV with a header: ``;`` or ``,`` between the columns, in any order.

    Parameters
    ----------
    text
        Content of the file; an empty cell is time that was not registered.
    name
        Of the file, put before the line number of each finding.

    Raises
    ------
    InvalidInput
        With every fault of the file; carers are told by line, never by name.
    """
    header = text.partition("\n")[0]
    try:
        rows = list(
            csv.reader(StringIO(text), delimiter=";" if ";" in header else ",", strict=True)
        )
    except csv.Error as error:
        raise InvalidInput(_fault(name, "lines of cells", str(error), "Rätta filen.")) from None
    read = carer_days_of(rows[0] if rows else [], enumerate(rows[1:], start=2), name)
    return tuple(read.values())


def carer_days_of(
    header: Sequence[str],
    lines: Iterable[tuple[int, Sequence[str]]],
    name: str,
    *,
    withdrawn: bool = False,
) -> dict[int, CarerDay]:
    """
    Line -> the carer day that stands there.

    Parameters
    ----------
    lines
        Number and cells of each line below the header; empty ones are passed over.
    withdrawn
        Whether 0 worked minutes are taken too: they say that the day was not worked after all.

    Raises
    ------
    InvalidInput
        As :func:`read_carer_days`.
    """
    columns = [cell.strip() for cell in header]
    findings = _header_findings(name, columns)
    if findings:
        raise InvalidInput(findings)
    found: dict[int, CarerDay] = {}
    seen = set()
    for line, cells in lines:
        where = f"{name}: line {line}"
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            expected, action = f"{len(columns)} cells", "Fyll i raden eller ta bort den."
            findings.append(_fault(where, expected, f"{len(cells)} cells", action))
            continue
        row = dict(zip(columns, (cell.strip() for cell in cells), strict=True))
        read = _carer_day(where, row, findings, least=0 if withdrawn else 1)
        if read is None:
            continue
        key = (read.day, read.carer, read.zone, read.provider, read.unit)
        if key in seen:
            expected = "each carer, day and zone once for a provider and unit"
            action = "Ta bort dubbletten."
            findings.append(_fault(where, expected, "the same again", action))
        seen.add(key)
        found[line] = read
    if not found and not findings:
        findings.append(_fault(name, "at least one carer day", "none", "Ange arbetade dagar."))
    if findings:
        raise InvalidInput(findings)
    return found


def _header_findings(name: str, columns: list[str]) -> list[Finding]:
    where = f"{name}: line 1"
    missing = [column for column in NEEDED if column not in columns]
    unknown = [column[:40] for column in columns if column not in COLUMNS]
    findings = []
    if missing:
        expected = f"columns {', '.join(NEEDED)}"
        found = f"no {', '.join(missing)}"
        findings.append(_fault(where, expected, found, "Lägg till kolumnerna."))
    if unknown or len(columns) != len(set(columns)):
        found = ", ".join(unknown) or "one twice"
        findings.append(_fault(where, f"some of {', '.join(COLUMNS)}", found, "Rätta kolumnerna."))
    return findings


def _carer_day(
    where: str, row: Mapping[str, str], findings: list[Finding], least: int
) -> CarerDay | None:
    before = len(findings)
    try:
        day = date.fromisoformat(row["day"])
    except ValueError:
        day = date.min
        expected, action = "a day as YYYY-MM-DD", "Skriv dagen som ÅÅÅÅ-MM-DD."
        findings.append(_fault(f"{where}, day", expected, row["day"][:40], action))
    findings.extend(
        _fault(f"{where}, {column}", "a name", "none", f"Ange {column}.")
        for column in ("carer", "zone")
        if not row[column]
    )
    minutes = {
        column: _minutes(f"{where}, {column}", row[column], findings)
        for column in COLUMNS
        if column.endswith("_min") and (column in NEEDED or row.get(column))
    }
    if len(findings) > before:
        return None
    worked, care = minutes.pop("worked_min"), minutes.pop("care_min")
    used = care + sum(minutes.values())
    if worked < least or used > worked:
        expected = "worked_min > 0, and no more minutes in its parts"
        found = f"{worked} worked, {used} in its parts"
        findings.append(_fault(where, expected, found, "Rätta minuterna: de går inte ihop."))
        return None
    classes = {TimeClass(column.removesuffix("_min")): each for column, each in minutes.items()}
    whose = [row.get(column, "") for column in WHOSE]
    return CarerDay(day, row["carer"], row["zone"], worked, care, classes, *whose)


def _minutes(where: str, text: str, findings: list[Finding]) -> int:
    # isdecimal also takes other scripts' digits, which int() reads; a sheet never holds them.
    if text.isascii() and text.isdecimal() and len(text) <= 4 and int(text) <= MOST_MIN:
        return int(text)
    expected = f"whole minutes, 0 to {MOST_MIN}"
    findings.append(_fault(where, expected, text[:40] or "none", "Ange hela minuter."))
    return 0


def _fault(where: str, expected: str, found: str, action: str) -> Finding:
    return Finding("WRONG_PERFORMED_TIME", where, expected, found, action)
