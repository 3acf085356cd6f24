"""
The estimate of travel times fitted to those that are given: per mode and area, robustly.

The estimate of a trip is ``moving x factor + fixed``, where moving is the great circle x detour /
speed of the settings; its factor and its fixed seconds are fitted here. Detour and speed only show
in their quotient, so the factor stands for both.

* An area is a zone; trips between two zones are an area of their own, and so are all trips of the
  mode together, for areas with fewer than FEWEST_TRIPS.
* Trips are sorted by moving time and cut into BINS equal parts. The factor is the median slope
  between the medians of the parts, the fixed seconds the median of what is left: a quarter of
  trips that are altogether wrong moves them little (Theil 1950, Sen 1968).
* Trips of much the same length tell nothing of the fixed seconds: then the settings' stay, and the
  factor is the median ratio.
* Where a fit errs more than the settings do, the settings stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from scheduler.care.model import Mode, TravelTimes
from scheduler.travel import EARTH_RADIUS_M, SHORT_TRIP_M, TravelSettings

# Assumed: what a median needs to be steady.
FEWEST_TRIPS = 30
BINS = 12
# Longest of the parts' medians over the shortest, for the fixed seconds to be told from the factor.
SPREAD = 2.0
# Places of one table that are looked at, evenly spread over it; their trips are enough.
MOST_PLACES = 200

# Area of the trips between two zones, and of all trips of the mode; a zone has a name.
BETWEEN, ALL = "\0between", "\0all"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fit:
    """
    How trips of one mode in one area are estimated.

    Parameters
    ----------
    area
        A zone, BETWEEN or ALL.
    factor
        Of the settings' moving time, > 0.
    fixed_s
        Whole seconds of every trip, >= 0, instead of the settings' fixed minutes.
    trips
        Given ones that it was fitted to, each direction by itself.
    error_share, unfitted_error_share
        Median of ``|estimate / given - 1|`` over these trips, with the fit and by the settings.
    """

    mode: Mode
    area: str
    factor: float
    fixed_s: int
    trips: int
    error_share: float
    unfitted_error_share: float


def fits_of(mode: Mode, tables: Iterable[TravelTimes], settings: TravelSettings) -> dict[str, Fit]:
    """Area -> fit of the trips by `mode` in `tables`, for areas with FEWEST_TRIPS."""
    samples: dict[str, list[tuple[Floats, Floats]]] = {}
    for table in tables:
        if table.mode is mode:
            for area, sample in _samples(table, settings).items():
                samples.setdefault(area, []).append(sample)
    found = {}
    for area, parts in sorted(samples.items()):
        moving = np.concatenate([part[0] for part in parts])
        given = np.concatenate([part[1] for part in parts])
        if len(given) >= FEWEST_TRIPS:
            found[area] = _fit(mode, area, moving, given, settings.fixed_min[mode] * 60)
    return found


def area_of(zone_a: str, zone_b: str) -> str:
    """Area of a trip between two zones; a zone that is not known is empty."""
    if not zone_a or not zone_b:
        return ALL
    return zone_a if zone_a == zone_b else BETWEEN


def _samples(table: TravelTimes, settings: TravelSettings) -> Mapping[str, tuple[Floats, Floats]]:
    """Area -> moving seconds by the settings and given seconds of the table's trips."""
    step = -(-len(table.locations) // MOST_PLACES)
    places = table.locations[::step]
    lat = np.radians([place.lat for place in places])
    lon = np.radians([place.lon for place in places])
    h = np.sin((lat[:, None] - lat) / 2) ** 2
    h += np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    metres = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(h)))
    near = np.minimum(metres, SHORT_TRIP_M) if table.mode is Mode.CAR else metres
    far_kmh, near_kmh = settings.rural_car_kmh, settings.speed_kmh[table.mode]
    moving = settings.detour[table.mode] * 3.6 * (near / near_kmh + (metres - near) / far_kmh)
    given = np.array(
        [[np.nan if s is None else s for s in row[::step]] for row in table.durations_s[::step]],
        dtype=np.float64,
    )
    told = (moving > 0) & (np.nan_to_num(given) > 0)
    samples = {ALL: (moving[told], given[told])}
    if table.zones:
        zones = np.array(table.zones[::step])
        same = zones[:, None] == zones
        samples[BETWEEN] = (moving[told & ~same], given[told & ~same])
        for zone in sorted(set(zones.tolist())):
            here = told & same & (zones == zone)
            samples[zone] = (moving[here], given[here])
    return samples


def _fit(mode: Mode, area: str, moving: Floats, given: Floats, fixed_s: float) -> Fit:
    factor, own_s = _line(moving, given, fixed_s)
    # Rounded, so that the last bits of a logarithm do not decide about a second.
    factor, own_s = round(factor, 3), round(own_s)
    error = float(np.median(np.abs((moving * factor + own_s) / given - 1)))
    unfitted = float(np.median(np.abs((moving + fixed_s) / given - 1)))
    if unfitted <= error:
        factor, own_s, error = 1.0, round(fixed_s), unfitted
    return Fit(mode, area, factor, own_s, len(given), round(error, 4), round(unfitted, 4))


def _line(moving: Floats, given: Floats, fixed_s: float) -> tuple[float, float]:
    """Factor > 0 and fixed seconds >= 0 of the trips."""
    order = np.argsort(moving, kind="stable")
    parts = np.array_split(order, min(BINS, len(order)))
    x = np.array([np.median(moving[part]) for part in parts])
    y = np.array([np.median(given[part]) for part in parts])
    if x[-1] >= SPREAD * x[0]:
        slopes = [
            (y[b] - y[a]) / (x[b] - x[a]) for a, b in combinations(range(len(x)), 2) if x[b] > x[a]
        ]
        factor = float(np.median(slopes))
        own_s = float(np.median(given - factor * moving))
        if factor > 0 and own_s >= 0:
            return factor, own_s
        fixed_s = 0.0
    factor = float(np.median(np.maximum(given - fixed_s, 0) / moving))
    if factor > 0:
        return factor, fixed_s
    return float(np.median(given / moving)), 0.0
