"""
Time-of-day bands: the clock times within which an occasion of a band may start.

Both ends are starts: a visit of the band MORNING 07:00-10:30 may start at 10:30 and end later. A
band whose end is not after its start crosses midnight and belongs to the day on which it starts.
The clock times are dated parameters (``parameters/time_bands.toml``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from scheduler.care.dated import read_parameters
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.model import Band
from scheduler.care.units import STOCKHOLM

PARAMETER_FILE = Path(__file__).parent / "parameters" / "time_bands.toml"


@dataclass(frozen=True, slots=True)
class TimeBand:
    """
    First and last start of a band by the clock in Sweden.

    Parameters
    ----------
    start, end
        Wall-clock times without zone; an `end` not after `start` lies on the next day.
    """

    start: time
    end: time

    def window(self, day: date) -> tuple[datetime, datetime]:
        """First and last start on `day`, as aware times in Europe/Stockholm."""
        last_day = day if self.end > self.start else day + timedelta(days=1)
        return clock(day, self.start), clock(last_day, self.end)


def clock(day: date, at: time) -> datetime:
    """
    The moment when the clocks in Sweden show `at` on `day`.

    A time that the clocks skip in spring becomes the one an hour later; of a time that they show
    twice in autumn, the first is meant.
    """
    shown = datetime.combine(day, at, STOCKHOLM)
    return shown.astimezone(UTC).astimezone(STOCKHOLM)


def load_bands(day: date, path: Path = PARAMETER_FILE) -> Mapping[Band, TimeBand]:
    """
    The clock times of every band in force on `day`.

    Raises
    ------
    InvalidInput
        When a band has no clock times; names each such band.
    NotInForce, UnknownValue
        As :mod:`scheduler.care.dated`.
    """
    parameters = read_parameters(path)
    bands: dict[Band, TimeBand] = {}
    findings: list[Finding] = []
    for band in Band:
        value = parameters.on(band.value, day)
        try:
            bands[band] = TimeBand(
                time.fromisoformat(value["start"]), time.fromisoformat(value["end"])
            )
        except (KeyError, TypeError, ValueError):
            findings.append(
                Finding(
                    "NOT_A_TIME_BAND",
                    f"{path.name}: {band.value}",
                    'start and end as "HH:MM"',
                    str(value)[:80],
                    f"Ange start och end som klockslag för {band.value}.",
                )
            )
    if findings:
        raise InvalidInput(findings)
    return bands
