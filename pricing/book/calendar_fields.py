"""
Reading the calendars of a rate book: bands, kinds of day, the municipality's own days.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from pricing.book.bands import BandRule, Calendar
from pricing.book.fields import Faults, Table, day, flag, known_keys, names, tables, text
from pricing.holidays import day_names
from pricing.toml_lines import Path
from scheduler.care.dated import Dated

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")
MINUTES_PER_DAY = 1440


def read_calendars(faults: Faults, document: Table) -> Dated | None:
    """The calendars by first day; None without any."""
    found: dict[date, Calendar] = {}
    for path, table in tables(faults, document, "calendar"):
        known_keys(faults, path, table, ("first_day", "default", "by_minute", "bands", "days"))
        first_day = day(faults, (*path, "first_day"), table.get("first_day"))
        own = _own_days(faults, path, table)
        known = day_names() | {name for each in own.values() for name in each}
        calendar = Calendar(
            default=text(faults, path, table, "default"),
            by_minute=bool(flag(faults, path, table, "by_minute")),
            rules=_band_rules(faults, path, table, known),
            extra_days=own,
        )
        if first_day is None:
            continue
        if first_day in found:
            faults.add(
                (*path, "first_day"),
                "DAY_TWICE",
                "calendars with different first days",
                first_day.isoformat(),
                "Rätta första dag.",
            )
        found[first_day] = calendar
    if not found:
        return None
    return Dated("calendar", "Tidsband", "bands", faults.name, tuple(sorted(found.items())))


def _own_days(faults: Faults, path: Path, table: Table) -> dict[date, frozenset[str]]:
    raw = table.get("days", {})
    place = (*path, "days")
    if not isinstance(raw, Mapping):
        faults.add(place, "WRONG_FIELD", "a table of days and names", raw, "Skriv { dag = namn }.")
        return {}
    found = {}
    for key, value in raw.items():
        own_day = day(faults, (*place, key), key)
        given = value if isinstance(value, list) else [value]
        if not all(isinstance(name, str) and name for name in given):
            faults.add((*place, key), "WRONG_FIELD", "a name of a day", value, "Ange ett namn.")
        elif own_day is not None:
            found[own_day] = frozenset(given)
    return found


def _band_rules(
    faults: Faults, path: Path, table: Table, known: frozenset[str]
) -> tuple[BandRule, ...]:
    raw = table.get("bands")
    if not isinstance(raw, list):
        faults.add(
            (*path, "bands"), "MISSING_FIELD", "a list of bands", raw, "Ange banden, eller []."
        )
        return ()
    found = []
    for position, each in enumerate(raw):
        place = (*path, "bands", position)
        if not isinstance(each, Mapping):
            faults.add(place, "WRONG_FIELD", "a table", each, "Skriv { band = … }.")
            continue
        known_keys(faults, place, each, ("band", "days", "from", "to"))
        days = names(faults, place, each, "days", known)
        if days is None:
            faults.add((*place, "days"), "MISSING_FIELD", "kinds of day", "none", "Ange days.")
        start, end = _clock(faults, place, each, "from"), _clock(faults, place, each, "to")
        found.append(BandRule(text(faults, place, each, "band"), days or frozenset(), start, end))
    return tuple(found)


def _clock(faults: Faults, path: Path, table: Mapping[str, Any], key: str) -> int:
    raw = table.get(key)
    match = _CLOCK.fullmatch(raw) if isinstance(raw, str) else None
    if match is None or (key == "from" and raw == "24:00"):
        faults.add(
            (*path, key), "NOT_A_TIME", "a time such as 07:00", raw, "Skriv klockslaget TT:MM."
        )
        return 0
    if raw == "24:00":
        return MINUTES_PER_DAY
    return int(match.group(1)) * 60 + int(match.group(2))
