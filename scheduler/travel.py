"""
Travel time between places, by mode.

Fallback for days without a road network: great circle x detour / speed + fixed minutes. The
figures are dated parameters (``parameters/travel.toml``). A place is zero seconds from itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from scheduler.care.dated import read_parameters
from scheduler.care.model import Location, Mode, TravelSource

EARTH_RADIUS_M = 6_371_000.0
SHORT_TRIP_M = 5_000.0
# Rows of a matrix that are worked out at once, and seconds within which two libraries agree.
ROWS_AT_ONCE = 256
LAST_BITS = 1e-6

PARAMETER_FILE = Path(__file__).parent / "parameters" / "travel.toml"


class Travel(Protocol):
    """Tells how long the way between two places takes, by mode."""

    def seconds(self, a: Location, b: Location, mode: Mode) -> int:
        """Whole seconds >= 0 from `a` to `b`; 0 from a place to itself."""
        ...

    def source(self, a: Location, b: Location, mode: Mode) -> TravelSource:
        """Where the seconds come from; of a place to itself ESTIMATED says nothing."""
        ...

    def fill(
        self, travel_s: npt.NDArray[np.int32], places: Sequence[Location], known: int, mode: Mode
    ) -> None:
        """
        Write the seconds into the rows and columns of all but the first `known` of `places`.

        Parameters
        ----------
        travel_s : (l, l) int32, seconds from row to column; the diagonal is left as it is.
        """
        ...


@dataclass(frozen=True, slots=True)
class TravelSettings:
    """
    What turns a great circle into seconds.

    Parameters
    ----------
    detour
        Road length / great circle, >= 1, by mode.
    speed_kmh
        Mean speed along the road, > 0, by mode.
    fixed_min
        Minutes for parking and door, added to every trip between different places.
    rural_car_kmh
        Speed by car on the part of a trip beyond five kilometres as the crow flies.
    """

    detour: Mapping[Mode, float]
    speed_kmh: Mapping[Mode, float]
    fixed_min: Mapping[Mode, float]
    rural_car_kmh: float

    def seconds(self, a: Location, b: Location, mode: Mode) -> int:
        """Whole seconds from `a` to `b`, rounded up so that nobody is planned to be early."""
        moving_s = self.moving_s(a, b, mode)
        return whole_s(moving_s + self.fixed_min[mode] * 60) if moving_s else 0

    def moving_s(self, a: Location, b: Location, mode: Mode) -> float:
        """Seconds from `a` to `b` without the fixed minutes; 0 from a place to itself."""
        metres = great_circle_m(a, b)
        near = metres if mode is not Mode.CAR else min(metres, SHORT_TRIP_M)
        road_speed = self.speed_kmh[mode] / 3.6
        seconds = near * self.detour[mode] / road_speed
        return seconds + (metres - near) * self.detour[mode] / (self.rural_car_kmh / 3.6)

    def source(self, a: Location, b: Location, mode: Mode) -> TravelSource:
        """As :meth:`Travel.source`: nothing is known but the places."""
        del a, b, mode
        return TravelSource.ESTIMATED

    def fill(
        self, travel_s: npt.NDArray[np.int32], places: Sequence[Location], known: int, mode: Mode
    ) -> None:
        """As :meth:`Travel.fill`; both directions of a pair take equally long."""
        lat = np.radians([place.lat for place in places])
        lon = np.array([place.lon for place in places])
        for first in range(known, len(places), ROWS_AT_ONCE):
            rows = slice(first, first + ROWS_AT_ONCE)
            exact = self._estimates(lat, lon, rows, mode)
            seconds = np.ceil(exact).astype(np.int32)
            # Libraries differ in the last bit, which decides only next to a whole second.
            close = (np.abs(exact - np.rint(exact)) < LAST_BITS) & (exact > 0)
            for row, column in zip(*np.nonzero(close), strict=True):
                seconds[row, column] = self.seconds(places[first + row], places[column], mode)
            travel_s[rows] = seconds
            travel_s[:, rows] = seconds.T

    def _estimates(
        self,
        lat: npt.NDArray[np.float64],
        lon: npt.NDArray[np.float64],
        rows: slice,
        mode: Mode,
    ) -> npt.NDArray[np.float64]:
        """Seconds, not rounded, from the places `rows` (radians, degrees) to all: as `seconds`."""
        half_lat = (lat[None] - lat[rows, None]) / 2
        half_lon = np.radians(lon[None] - lon[rows, None]) / 2
        h = np.sin(half_lat) ** 2
        h += np.cos(lat[rows, None]) * np.cos(lat[None]) * np.sin(half_lon) ** 2
        metres = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(h)))
        near = metres if mode is not Mode.CAR else np.minimum(metres, SHORT_TRIP_M)
        seconds = near * self.detour[mode] / (self.speed_kmh[mode] / 3.6)
        seconds += (metres - near) * self.detour[mode] / (self.rural_car_kmh / 3.6)
        return np.where(seconds > 0, seconds + self.fixed_min[mode] * 60, 0.0)


def load_travel_settings(day: date, path: Path = PARAMETER_FILE) -> TravelSettings:
    """The settings in force on `day`; raises as :mod:`scheduler.care.dated`."""
    parameters = read_parameters(path)

    def by_mode(name: str) -> dict[Mode, float]:
        table = parameters.on(name, day)
        return {mode: float(table[mode.value]) for mode in Mode}

    return TravelSettings(
        detour=by_mode("detour"),
        speed_kmh=by_mode("speed_kmh"),
        fixed_min=by_mode("fixed_min"),
        rural_car_kmh=float(parameters.on("rural_car_kmh", day)),
    )


def whole_s(seconds: float) -> int:
    """Rounded up."""
    return int(-(-seconds // 1))


def great_circle_m(a: Location, b: Location) -> float:
    """Metres between two places along the great circle (haversine)."""
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    half_lat, half_lon = (lat_b - lat_a) / 2, radians(b.lon - a.lon) / 2
    h = sin(half_lat) ** 2 + cos(lat_a) * cos(lat_b) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(h)))


def travel_seconds(a: Location, b: Location, mode: Mode, travel: Travel) -> int:
    """Whole seconds from `a` to `b`."""
    return travel.seconds(a, b, mode)


def travel_matrix(places: Sequence[Location], mode: Mode, travel: Travel) -> npt.NDArray[np.int32]:
    """
    Travel between all pairs of places.

    Returns
    -------
    travel_s : (l, l) int32, seconds from row to column, zero diagonal.
    """
    nothing = np.zeros((0, 0), dtype=np.int32)
    return extend_matrix(nothing, places, len(places), mode, travel)


def extend_matrix(
    travel_s: npt.NDArray[np.int32],
    places: Sequence[Location],
    fresh: int,
    mode: Mode,
    travel: Travel,
) -> npt.NDArray[np.int32]:
    """
    The matrix of all `places` from that of all but the last `fresh` ones.

    Parameters
    ----------
    travel_s : (l, l) int32, seconds, of the places before.
    places : l + fresh places.

    Returns
    -------
    travel_s : (l + fresh, l + fresh) int32, as :func:`travel_matrix`.
    """
    size = len(places)
    known = size - fresh
    longer = np.zeros((size, size), dtype=np.int32)
    longer[:known, :known] = travel_s[:known, :known]
    travel.fill(longer, places, known, mode)
    return longer
