"""
From when on the data of a day is worth a remark, as dated parameters.

The figures are in ``parameters/datacheck.toml``, each with its source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from scheduler.care.dated import Parameters, read_parameters
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.model import Location

PARAMETER_FILE = Path(__file__).parents[1] / "parameters" / "datacheck.toml"


@dataclass(frozen=True, slots=True)
class Limits:
    """
    Parameters
    ----------
    delegation_days
        Days before its end from which a delegation is said to end, >= 0.
    high_load_share
        Visits' minutes of paid minutes above which the day is called crowded, > 0.
    fewest
        How many visits or shifts must be alike for it to mean something, >= 1.
    alike_share
        Share in (0, 1] of visits alike from which it is said.
    whole_day_h
        Hours from which a window says nothing about the time of the day, > 0.
    unused_carers_share
        Share in (0, 1] of carers without a shift from which shifts may be missing.
    one_point_recipients
        Persons on exactly one point from which it may stand for an unknown one, >= 2.
    lonely_km
        Kilometres to the nearest other place beyond which hardly anybody lives, > 0.
    coarse_decimals
        Decimals of a degree that are too few for a home, >= 0.
    south, north, west, east
        The frame of the country, degrees WGS 84.
    timed_words, nursing_words
        Lower-case parts of codes that mean that the time between matters, and that a skill is
        needed.
    """

    delegation_days: int
    high_load_share: Decimal
    fewest: int
    alike_share: Decimal
    whole_day_h: Decimal
    unused_carers_share: Decimal
    one_point_recipients: int
    lonely_km: float
    coarse_decimals: int
    south: float
    north: float
    west: float
    east: float
    timed_words: tuple[str, ...]
    nursing_words: tuple[str, ...]

    def inside(self, lat: float, lon: float) -> bool:
        """Whether a place lies within the country's frame."""
        return self.south <= lat <= self.north and self.west <= lon <= self.east

    def abroad(self, place: Location) -> bool:
        """Whether a place lies outside the country's frame."""
        return not self.inside(place.lat, place.lon)


def load_limits(day: date, path: Path = PARAMETER_FILE) -> Limits:
    """
    The limits in force on `day`.

    Raises
    ------
    NotInForce, UnknownValue, InvalidInput
        As :mod:`scheduler.care.dated`; InvalidInput also for the first value of another kind.
    """
    parameters = read_parameters(path)
    frame = _value(parameters, "country", day, Mapping, "a table of four degrees")

    def number(name: str) -> Decimal:
        value: Decimal = _value(parameters, name, day, Decimal, "a number")
        return value

    def words(name: str) -> tuple[str, ...]:
        return tuple(map(str, _value(parameters, name, day, list, "a list of words")))

    def side(name: str) -> float:
        if not isinstance(frame.get(name), int | Decimal):
            raise _refusal(f"country.{name}", "a number of degrees", frame.get(name))
        return float(frame[name])

    return Limits(
        delegation_days=int(number("delegation_days")),
        high_load_share=number("high_load_share"),
        fewest=int(number("fewest")),
        alike_share=number("alike_share"),
        whole_day_h=number("whole_day_h"),
        unused_carers_share=number("unused_carers_share"),
        one_point_recipients=int(number("one_point_recipients")),
        lonely_km=float(number("lonely_km")),
        coarse_decimals=int(number("coarse_decimals")),
        south=side("south"),
        north=side("north"),
        west=side("west"),
        east=side("east"),
        timed_words=words("timed_words"),
        nursing_words=words("nursing_words"),
    )


def _value(parameters: Parameters, name: str, day: date, kind: Any, expected: str) -> Any:
    value = parameters.on(name, day)
    if not isinstance(value, kind) or (isinstance(value, Decimal) and value < 0):
        raise _refusal(name, expected, value)
    return value


def _refusal(name: str, expected: str, found: object) -> InvalidInput:
    return InvalidInput(
        Finding("OUT_OF_RANGE", name, expected, str(found), f"Rätta {name} i parameterfilen.")
    )
