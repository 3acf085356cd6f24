"""
Limits of working time within a day, as dated parameters.

A break divides a shift so that nobody works longer than the longest stretch without one, counted
from the shift's start and to its end; a shift that its one break cannot divide so is not judged by
it. Overtime ends early enough for the daily rest before the carer's next shift.

Source: Arbetstidslagen (1982:673), 13 and 15 §§.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from scheduler.care.dated import read_parameters
from scheduler.care.model import Break, Carer, Shift
from scheduler.care.units import MINUTES_PER_HOUR

PARAMETER_FILE = Path(__file__).parent / "parameters" / "working_time.toml"


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """
    Parameters
    ----------
    longest_shift_min, longest_stretch_min, daily_rest_min
        Minutes of the longest normal shift, of the longest work without a break, and of the rest
        between two shifts.
    """

    longest_shift_min: int
    longest_stretch_min: int
    daily_rest_min: int


def load_working_time(day: date, path: Path = PARAMETER_FILE) -> WorkingTime:
    """The limits in force on `day`; raises as :mod:`scheduler.care.dated`."""
    parameters = read_parameters(path)

    def minutes(name: str) -> int:
        return int(parameters.on(name, day) * MINUTES_PER_HOUR)

    return WorkingTime(
        minutes("longest_shift_h"), minutes("longest_stretch_h"), minutes("daily_rest_h")
    )


def break_frame(shift: Shift, rest: Break, working: WorkingTime) -> tuple[datetime, datetime]:
    """First and last start of the break that leave no stretch too long, within its own frame."""
    stretch = timedelta(minutes=working.longest_stretch_min)
    earliest = _utc(shift.end) - timedelta(minutes=rest.duration_min) - stretch
    first = max(_utc(rest.earliest), earliest)
    last = min(_utc(rest.latest), _utc(shift.start) + stretch)
    return (first, last) if first <= last else (rest.earliest, rest.latest)


def closes(shift: Shift, carer: Carer, working: WorkingTime) -> datetime:
    """When the carer must be back: overtime included, if the daily rest has room for it."""
    if carer.next_start is None:
        return shift.closes
    rested = _utc(carer.next_start) - timedelta(minutes=working.daily_rest_min)
    return max(_utc(shift.end), min(_utc(shift.closes), rested))


def _utc(moment: datetime) -> datetime:
    """Elapsed time also across a change of the clock."""
    return moment.astimezone(UTC)
