"""Whether something falls on the planned day: from its midnight to noon of the next day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from scheduler.bands import clock
from scheduler.care.errors import Finding, Severity
from scheduler.validation.common import second_of

# A night belongs to the day on which it begins, so the planned day runs on into the morning.
NIGHT_ENDS = time(12)


def outside_planned_day(
    where: str, day: date, earliest: datetime, latest: datetime
) -> Iterator[Finding]:
    """OUTSIDE_PLANNED_DAY (warning) when [earliest, latest] does not touch the planned day."""
    first, last = clock(day, time()), clock(day + timedelta(days=1), NIGHT_ENDS)
    if second_of(latest) < second_of(first) or second_of(earliest) > second_of(last):
        yield Finding(
            "OUTSIDE_PLANNED_DAY",
            where,
            f"a time from {first.isoformat()} to {last.isoformat()}",
            f"{earliest.isoformat()} to {latest.isoformat()}",
            "Kontrollera datumet eller planera dagen för sig.",
            Severity.WARNING,
        )
