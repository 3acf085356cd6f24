"""The estimate of travel times: the matrix says of each pair what is said of the two places."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import numpy as np
import pytest

from scheduler.care.model import Location, Mode
from scheduler.travel import (
    ROWS_AT_ONCE,
    TravelSettings,
    extend_matrix,
    load_travel_settings,
    travel_matrix,
)

TRAVEL = load_travel_settings(date(2026, 3, 4))


def town(seed: int, count: int) -> list[Location]:
    """Places within some 20 km, a few of them twice, a few far away."""
    rng = Random(seed)
    places = [Location(56 + rng.uniform(0, 0.2), 14 + rng.uniform(0, 0.3)) for _ in range(count)]
    return [*places, *places[:3], Location(-33.9, 151.2), Location(56.0, -166.0)]


@pytest.mark.parametrize("mode", Mode)
def test_the_matrix_holds_the_seconds_of_each_pair(mode: Mode) -> None:
    places = town(1, ROWS_AT_ONCE + 20)
    matrix = travel_matrix(places, mode, TRAVEL)
    assert (matrix == matrix.T).all()
    assert not np.diagonal(matrix).any()
    for row in range(0, len(places), 7):
        for column in range(len(places)):
            assert matrix[row, column] == TRAVEL.seconds(places[row], places[column], mode)


def test_the_last_bit_of_a_library_changes_no_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Along a meridian, at distances of whole seconds, by a library that is off by a billionth."""
    metre = 57.29577951308232 / 6_371_000
    speed = TRAVEL.speed_kmh[Mode.FOOT] / 3.6 / TRAVEL.detour[Mode.FOOT]
    places = [Location(56.0 + seconds * speed * metre, 14.0) for seconds in range(300)]
    exact = TravelSettings._estimates

    def off(*args: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
        seconds = exact(*args)
        return np.where(seconds > 0, seconds + np.where(seconds % 2 < 1, 1e-9, -1e-9), 0.0)

    monkeypatch.setattr(TravelSettings, "_estimates", off)
    matrix = travel_matrix(places, Mode.FOOT, TRAVEL)
    for column in range(len(places)):
        assert matrix[0, column] == TRAVEL.seconds(places[0], places[column], Mode.FOOT)


def test_a_longer_matrix_is_the_same_as_one_made_at_once() -> None:
    places = town(2, 40)
    whole = travel_matrix(places, Mode.CAR, TRAVEL)
    known = len(places) - 11
    longer = extend_matrix(whole[:known, :known], places, 11, Mode.CAR, TRAVEL)
    assert (longer == whole).all()
