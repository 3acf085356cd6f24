"""
Travel times that the day gives, and the estimate for all other ways.

Promises: a way that a table of the day's has is never estimated; a way that a table says cannot be
gone takes longer than any shift, so that no plan has it. Both the tables and the estimate depend on
nothing else of the day than its tables and its date, so that a day planned anew keeps its ways.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from scheduler.care.model import Day, Location, Mode, TravelSource, TravelTimes
from scheduler.fitted_travel import ALL, Fit, area_of, fits_of
from scheduler.travel import (
    Travel,
    TravelSettings,
    great_circle_m,
    load_travel_settings,
    whole_s,
)

# Seconds of a way that cannot be gone: 46 days, longer than any shift with its overtime, and the
# sum of five hundred still fits into an int32.
UNREACHABLE_S = 4_000_000

Matrix = npt.NDArray[np.int32]
# Stands in a matrix for a way that no table has.
NOT_GIVEN = -1


class GivenTravel:
    """
    Tables of travel times before an estimate.

    Parameters
    ----------
    settings
        Of the estimate.
    tables
        Free of errors (:func:`scheduler.validation.day_findings`).
    """

    def __init__(self, settings: TravelSettings, tables: tuple[TravelTimes, ...]) -> None:
        self.settings, self.tables = settings, tables
        self._indexed = [
            (table, {place: row for row, place in enumerate(table.locations)}) for table in tables
        ]
        self._matrices: dict[int, Matrix] = {}
        self._fits: dict[Mode, dict[str, Fit]] = {}
        self._zones: dict[Mode, dict[Location, str]] = {mode: {} for mode in Mode}

    def seconds(self, a: Location, b: Location, mode: Mode) -> int:
        """As :meth:`Travel.seconds`; UNREACHABLE_S where no way is."""
        if a == b:
            return 0
        for table, row_of in self._indexed:
            if table.mode is mode and a in row_of and b in row_of:
                given_s = table.durations_s[row_of[a]][row_of[b]]
                return UNREACHABLE_S if given_s is None else given_s
        return self._estimate(a, b, mode)

    def fits(self, mode: Mode) -> dict[str, Fit]:
        """Area -> how ways by `mode` that no table has are estimated there."""
        if mode not in self._fits:
            self._fits[mode] = fits_of(mode, self.tables, self.settings)
        return self._fits[mode]

    def _estimate(self, a: Location, b: Location, mode: Mode) -> int:
        """By the fit of the way's area, of all ways of the mode, or by the settings."""
        fits = self.fits(mode)
        if not fits:
            return self.settings.seconds(a, b, mode)
        area = ALL if len(fits) == 1 else area_of(self._zone(a, mode), self._zone(b, mode))
        fit = fits.get(area) or fits.get(ALL)
        moving_s = self.settings.moving_s(a, b, mode)
        if fit is None or not moving_s:
            return self.settings.seconds(a, b, mode)
        return whole_s(moving_s * fit.factor + fit.fixed_s)

    def _zone(self, place: Location, mode: Mode) -> str:
        """Zone of the place, or of the nearest that a table of the mode has; empty for none."""
        zones = self._zones[mode]
        if place not in zones:
            told = (
                (great_circle_m(place, other), zone)
                for table in self.tables
                if table.mode is mode
                for other, zone in zip(table.locations, table.zones, strict=False)
            )
            zones[place] = min(told, default=(0.0, ""))[1]
        return zones[place]

    def source(self, a: Location, b: Location, mode: Mode) -> TravelSource:
        """As :meth:`Travel.source`."""
        given = any(
            table.mode is mode and a in row_of and b in row_of for table, row_of in self._indexed
        )
        return TravelSource.GIVEN if given else TravelSource.ESTIMATED

    def fill(self, travel_s: Matrix, places: Sequence[Location], known: int, mode: Mode) -> None:
        """As :meth:`Travel.fill`."""
        own = [at for at, (table, _) in enumerate(self._indexed) if table.mode is mode]
        if not own:
            self.settings.fill(travel_s, places, known, mode)
            return
        travel_s[known:] = travel_s[:, known:] = NOT_GIVEN
        np.fill_diagonal(travel_s, 0)
        for at in own:
            self._fill_given(travel_s, places, known, at)
        missing = travel_s == NOT_GIVEN
        # Estimates are the same both ways; the way back of one that is missing may be given.
        rows, columns = np.nonzero(np.tril(missing | missing.T))
        ways_s = [
            self._estimate(places[row], places[column], mode)
            for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        ]
        both = np.zeros_like(travel_s)
        both[rows, columns] = both[columns, rows] = ways_s
        travel_s[missing] = both[missing]

    def _fill_given(
        self, travel_s: Matrix, places: Sequence[Location], known: int, at: int
    ) -> None:
        """What table number `at` has of the rows and columns from `known` on."""
        table, row_of = self._indexed[at]
        if at not in self._matrices:
            self._matrices[at] = matrix(table)
        given_s = self._matrices[at]
        here = [number for number, place in enumerate(places) if place in row_of]
        there = [row_of[places[number]] for number in here]
        old = bisect_left(here, known)
        travel_s[np.ix_(here[old:], here)] = given_s[np.ix_(there[old:], there)]
        travel_s[np.ix_(here[:old], here[old:])] = given_s[np.ix_(there[:old], there[old:])]


def matrix(table: TravelTimes) -> Matrix:
    """(l, l) int32, seconds of `table` from row to column."""
    size = len(table.locations)
    seconds = (UNREACHABLE_S if s is None else s for row in table.durations_s for s in row)
    return np.fromiter(seconds, dtype=np.int32, count=size * size).reshape(size, size)


def travel_fits(day: Day) -> tuple[Fit, ...]:
    """How the ways of `day` that no table has are estimated, where that is not by the settings."""
    travel = travel_of(day)
    if not isinstance(travel, GivenTravel):
        return ()
    return tuple(fit for mode in Mode for fit in travel.fits(mode).values())


def travel_of(day: Day, travel: Travel | None = None) -> Travel:
    """
    What tells the travel times of `day`: its own tables, then the estimate.

    Parameters
    ----------
    travel
        The estimate, or what an earlier call returned, which comes back for the same tables; None
        takes the settings in force on the day.

    Raises
    ------
    NotInForce
        As :func:`scheduler.travel.load_travel_settings`.
    """
    if isinstance(travel, GivenTravel):
        if travel.tables is day.travel_times:
            return travel
        travel = travel.settings
    settings = load_travel_settings(day.date) if travel is None else travel
    if not day.travel_times or not isinstance(settings, TravelSettings):
        return settings
    return GivenTravel(settings, day.travel_times)
