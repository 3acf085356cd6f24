"""Faults of given travel times. No finding tells a place, only where in its table it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scheduler.care.errors import Finding, Severity
from scheduler.care.model import Day, Location, TravelTimes
from scheduler.validation.common import place

# No single way of a day plan takes longer; assumed.
LONGEST_S = 24 * 3600


def travel_findings(day: Day) -> Iterator[Finding]:
    """
    Codes: TRAVEL_TIMES_NOT_SQUARE, TRAVEL_TIME_OUT_OF_RANGE, TRAVEL_TIME_TO_ITSELF,
    DUPLICATE_PLACE, DUPLICATE_TRAVEL_TIME, TRAVEL_TIMES_ZONES, NO_WAY_BUT_BY_OTHERS (warning),
    TRAVEL_TIMES_NOT_USED (warning) and COORDINATES_OUT_OF_RANGE.
    """
    places = {visit.location for visit in day.visits}
    for shift in day.shifts:
        places |= {shift.start_location, shift.end_location}
    before: list[tuple[str, TravelTimes, Mapping[Location, int]]] = []
    for position, table in enumerate(day.travel_times):
        where = f"travel_times[{position}]"
        row_of: dict[Location, int] = {}
        for number, location in enumerate(table.locations):
            yield from place(f"{where}.locations[{number}]", location)
            if row_of.setdefault(location, number) != number:
                yield Finding(
                    "DUPLICATE_PLACE",
                    f"{where}.locations[{number}]",
                    "each place once in a table",
                    f"the place of locations[{row_of[location]}]",
                    "Ta med varje plats en gång, med en rad och en kolumn.",
                )
        yield from _shape(where, table)
        for number, row in enumerate(table.durations_s):
            yield from _values(f"{where}.durations_s[{number}]", number, row)
        for other, earlier, known in before:
            if earlier.mode is table.mode and len(common := known.keys() & row_of.keys()) > 1:
                yield Finding(
                    "DUPLICATE_TRAVEL_TIME",
                    where,
                    f"at most one place in common with another table of {table.mode}",
                    f"{len(common)} in common with {other}",
                    "Ange varje par av platser en gång per färdsätt.",
                )
        before.append((where, table, row_of))
        yield from _detours(where, table)
        if len(places & row_of.keys()) < 2:
            yield Finding(
                "TRAVEL_TIMES_NOT_USED",
                where,
                "at least two places where visits are, or shifts start or end",
                f"{len(places & row_of.keys())} of {len(table.locations)} places",
                "Skriv platserna med samma siffror som i besök och pass.",
                Severity.WARNING,
            )


def _shape(where: str, table: TravelTimes) -> Iterator[Finding]:
    size = len(table.locations)
    if table.zones and len(table.zones) != size:
        yield Finding(
            "TRAVEL_TIMES_ZONES",
            f"{where}.zones",
            f"{size} zones, one for each place, or none",
            f"{len(table.zones)} zones",
            "Ange en zon för varje plats, i platsernas ordning, eller ta bort fältet.",
        )
    action = "Ange en rad och en kolumn för varje plats, i platsernas ordning."
    if len(table.durations_s) != size:
        yield Finding(
            "TRAVEL_TIMES_NOT_SQUARE",
            f"{where}.durations_s",
            f"{size} rows, one for each place",
            f"{len(table.durations_s)} rows",
            action,
        )
    for number, row in enumerate(table.durations_s):
        if len(row) != size:
            yield Finding(
                "TRAVEL_TIMES_NOT_SQUARE",
                f"{where}.durations_s[{number}]",
                f"{size} values, one for each place",
                f"{len(row)} values",
                action,
            )


def _values(where: str, number: int, row: tuple[int | None, ...]) -> Iterator[Finding]:
    for column, seconds in enumerate(row):
        if seconds is not None and not 0 <= seconds <= LONGEST_S:
            yield Finding(
                "TRAVEL_TIME_OUT_OF_RANGE",
                f"{where}[{column}]",
                f"0 to {LONGEST_S} seconds, or null where no way is",
                f"{seconds} seconds",
                "Rätta restiden.",
            )
    if number < len(row) and row[number] != 0:
        yield Finding(
            "TRAVEL_TIME_TO_ITSELF",
            f"{where}[{number}]",
            "0 seconds from a place to itself",
            "null" if row[number] is None else f"{row[number]} seconds",
            "Ange 0 på diagonalen.",
        )


def _detours(where: str, table: TravelTimes) -> Iterator[Finding]:
    """One warning for all ways that are none although there is one by a third place."""
    size = len(table.locations)
    if len(table.durations_s) != size or any(len(row) != size for row in table.durations_s):
        return
    if not any(None in row for row in table.durations_s):
        return
    # Bit n of leads[a]: there is a way from a to n; of comes[b]: from n to b.
    leads, comes = [0] * size, [0] * size
    for a, row in enumerate(table.durations_s):
        for b, seconds in enumerate(row):
            if seconds is not None:
                leads[a] |= 1 << b
                comes[b] |= 1 << a
    found = [
        (a, b)
        for a, row in enumerate(table.durations_s)
        for b, seconds in enumerate(row)
        if seconds is None and leads[a] & comes[b]
    ]
    if found:
        a, b = found[0]
        via = (leads[a] & comes[b]).bit_length() - 1
        yield Finding(
            "NO_WAY_BUT_BY_OTHERS",
            f"{where}.durations_s[{a}][{b}]",
            "null only where no way is by other places either",
            f"ways from {a} to {via} and from {via} to {b}; {len(found)} such in the table",
            "Ange restiden även för långa vägar; null betyder att vägen aldrig kan tas.",
            Severity.WARNING,
        )
