"""Checks that several kinds of record share: ids, places and times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from scheduler.care.errors import Finding
from scheduler.care.model import Location

# No visit, break or gap of a day plan is longer; also keeps sums within any integer type.
LONGEST_MIN = 24 * 60
# A fortnight: what is rarer is told by a frequency.
MOST_HOURS_APART = 14 * 24


def is_aware(*times: datetime) -> bool:
    """True when every time has an offset."""
    return all(moment.utcoffset() is not None for moment in times)


def second_of(moment: datetime) -> int:
    """
    Whole seconds since 1970 of an aware time.

    Two times of one zone are compared and subtracted by Python as the clock on the wall shows
    them, which is an hour wrong across a change of the clock; these seconds never are.
    """
    return int(moment.timestamp())


def duplicate_ids(kind: str, ids: Iterable[str]) -> Iterator[Finding]:
    """DUPLICATE_ID for every id after its first place; the lists are named `kind`."""
    first: dict[str, int] = {}
    for position, id_ in enumerate(ids):
        if id_ in first:
            yield Finding(
                "DUPLICATE_ID",
                f"{kind}[{position}] ({id_})",
                f"an id that is unique among {kind}",
                f"also at {kind}[{first[id_]}]",
                "Ge varje post ett eget id.",
            )
        else:
            first[id_] = position


def place(where: str, location: Location) -> Iterator[Finding]:
    """COORDINATES_OUT_OF_RANGE when a place is not on the globe; NaN is not."""
    if not (-90 <= location.lat <= 90 and -180 <= location.lon <= 180):
        yield Finding(
            "COORDINATES_OUT_OF_RANGE",
            where,
            "latitude -90 to 90 and longitude -180 to 180",
            # A place is personal data where it is a home: say which bound, not the value.
            "outside these bounds",
            "Ange läget som latitud och longitud i grader (WGS 84).",
        )


def naive_times(where: str, **times: datetime) -> Iterator[Finding]:
    """NAIVE_TIME for every time without an offset."""
    for name, moment in times.items():
        if not is_aware(moment):
            yield Finding(
                "NAIVE_TIME",
                f"{where}.{name}",
                "a time with an offset, such as +01:00",
                moment.isoformat(),
                "Ange tiden med tidszon eller förskjutning från UTC.",
            )


def duration(where: str, minutes: int) -> Iterator[Finding]:
    """DURATION_NOT_POSITIVE or DURATION_TOO_LONG for minutes outside 1 to 1440."""
    if minutes < 1:
        yield Finding(
            "DURATION_NOT_POSITIVE",
            where,
            "at least 1 minute",
            f"{minutes} minutes",
            "Ange en längd på minst en minut.",
        )
    elif minutes > LONGEST_MIN:
        yield Finding(
            "DURATION_TOO_LONG",
            where,
            f"at most {LONGEST_MIN} minutes",
            f"{minutes} minutes",
            "Ange en längd på högst ett dygn.",
        )


def hours_apart(where: str, hours: int) -> Iterator[Finding]:
    """HOURS_APART_OUT_OF_RANGE for hours between occasions outside 1 to 336."""
    if not 1 <= hours <= MOST_HOURS_APART:
        yield Finding(
            "HOURS_APART_OUT_OF_RANGE",
            where,
            f"1 to {MOST_HOURS_APART} hours",
            f"{hours} hours",
            "Ange minsta tiden mellan tillfällena i hela timmar, högst två veckor.",
        )


def window(where: str, earliest: datetime, latest: datetime) -> Iterator[Finding]:
    """WINDOW_ENDS_BEFORE_START when no start is allowed; both times aware."""
    if second_of(latest) < second_of(earliest):
        yield Finding(
            "WINDOW_ENDS_BEFORE_START",
            where,
            f"a last start at or after {earliest.isoformat()}",
            latest.isoformat(),
            "Rätta tidsfönstret så att det slutar tidigast när det börjar.",
        )
