"""
How a day differs from its plan: spreads, disturbances and habits, as dated parameters.

The figures are in ``parameters/uncertainty.toml``, each with its source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from scheduler.care.dated import Parameters, read_parameters
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.model import Mode

PARAMETER_FILE = Path(__file__).parents[1] / "parameters" / "uncertainty.toml"

# Above it a lognormal factor is mostly tail, and its limits would move the mean.
WIDEST_SPREAD = 1
LONGEST_FACTOR = 10
LONGEST_MIN = 240


@dataclass(frozen=True, slots=True)
class Limits:
    """Least and most of a factor; ``0 < least <= 1 <= most <= 10``."""

    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """
    Parameters
    ----------
    visit_spread, recipient_spread
        Coefficients of variation in [0, 1] of a visit's length by itself, and of all of a
        recipient's visits of a day together.
    visit_limits
        Of the two multiplied.
    trip_spread, weather_spread
        Coefficients of variation in [0, 1] of a trip by itself, and of all trips of a day together,
        by mode.
    travel_limits
        Of the two multiplied.
    sick_share, cancelled_share, acute_share
        Chance in [0, 1] that a carer is sick, that a visit is cancelled, and that an acute visit
        comes behind a planned one.
    acute_min, alarm_min
        Mean minutes of an acute visit and of an alarm with the way there, in [0, 240].
    alarms_share
        Mean number in [0, 1] of alarms per recipient and night.
    night_from, night_to
        Clock times of the planned day and of the next between which alarms come.
    lead_min
        Minutes before the planned start at which a visit or a break begins at the earliest, in
        [0, 240].
    tolerance_min
        Minutes after the planned start up to which a visit is on time, in [0, 240].
    """

    visit_spread: float
    recipient_spread: float
    visit_limits: Limits
    trip_spread: Mapping[Mode, float]
    weather_spread: Mapping[Mode, float]
    travel_limits: Limits
    sick_share: float
    cancelled_share: float
    acute_share: float
    acute_min: float
    alarms_share: float
    alarm_min: float
    night_from: time
    night_to: time
    lead_min: int
    tolerance_min: int


def load_uncertainty(day: date, path: Path = PARAMETER_FILE) -> Uncertainty:
    """
    The parameters in force on `day`.

    Raises
    ------
    NotInForce, UnknownValue, InvalidInput
        As :mod:`scheduler.care.dated`; InvalidInput also with every value out of its range.
    """
    read = _Reader(read_parameters(path), day)
    made = Uncertainty(
        visit_spread=read.number("visit_spread", WIDEST_SPREAD),
        recipient_spread=read.number("recipient_spread", WIDEST_SPREAD),
        visit_limits=read.limits("visit_limits"),
        trip_spread=read.by_mode("trip_spread"),
        weather_spread=read.by_mode("weather_spread"),
        travel_limits=read.limits("travel_limits"),
        sick_share=read.number("sick_share", 1),
        cancelled_share=read.number("cancelled_share", 1),
        acute_share=read.number("acute_share", 1),
        acute_min=read.number("acute_min", LONGEST_MIN),
        alarms_share=read.number("alarms_share", 1),
        alarm_min=read.number("alarm_min", LONGEST_MIN),
        night_from=read.clock("night", "from"),
        night_to=read.clock("night", "to"),
        lead_min=int(read.number("lead_min", LONGEST_MIN, whole=True)),
        tolerance_min=int(read.number("tolerance_min", LONGEST_MIN, whole=True)),
    )
    if read.findings:
        raise InvalidInput(read.findings)
    return made


class _Reader:
    """Values of one day; what is out of range is kept in `findings` and read as 0 or the like."""

    def __init__(self, parameters: Parameters, day: date) -> None:
        self.parameters, self.day = parameters, day
        self.findings: list[Finding] = []

    def number(self, name: str, most: int, *, whole: bool = False) -> float:
        return self._within(name, self.parameters.on(name, self.day), 0, most, whole=whole)

    def by_mode(self, name: str) -> dict[Mode, float]:
        return {
            mode: self._within(f"{name}.{mode}", self._part(name, mode.value), 0, WIDEST_SPREAD)
            for mode in Mode
        }

    def limits(self, name: str) -> Limits:
        least, most = self._part(name, "least"), self._part(name, "most")
        return Limits(
            self._within(f"{name}.least", least, Decimal("0.01"), 1),
            self._within(f"{name}.most", most, 1, LONGEST_FACTOR),
        )

    def clock(self, name: str, part: str) -> time:
        found = self._part(name, part)
        try:
            return time.fromisoformat(str(found))
        except ValueError:
            self._refuse(f"{name}.{part}", "a clock time as HH:MM", found)
            return time()

    def _part(self, name: str, part: str) -> Any:
        table = self.parameters.on(name, self.day)
        return table.get(part) if isinstance(table, Mapping) else None

    def _within(
        self, name: str, found: Any, least: Decimal | int, most: int, *, whole: bool = False
    ) -> float:
        # A number inside a table comes as it stands in the file.
        number = isinstance(found, Decimal | int) and not isinstance(found, bool)
        if number and least <= found <= most and not (whole and found % 1):
            return float(found)
        kind = "a whole number" if whole else "a number"
        self._refuse(name, f"{kind} from {least} to {most}", found)
        return float(least)

    def _refuse(self, name: str, expected: str, found: Any) -> None:
        self.findings.append(
            Finding("OUT_OF_RANGE", name, expected, str(found), f"Rätta {name} i parameterfilen.")
        )
