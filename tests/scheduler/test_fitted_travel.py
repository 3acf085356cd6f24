"""The estimate fitted to given trips: a known truth comes back, wrong trips move it little."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from api.documents.plan_writing import input_metrics
from scheduler.care.model import Location, Mode, TravelTimes
from scheduler.fitted_travel import ALL, BETWEEN, FEWEST_TRIPS, Fit, fits_of
from scheduler.given_travel import GivenTravel, travel_of
from scheduler.travel import TravelSettings
from tests.scheduler import two_carers as two

SETTINGS = TravelSettings(
    detour=dict.fromkeys(Mode, 1.4),
    speed_kmh={Mode.FOOT: 5.0, Mode.BICYCLE: 16.0, Mode.CAR: 26.0},
    fixed_min=dict.fromkeys(Mode, 1.0),
    rural_car_kmh=60.0,
)
# A hilly town: 1.4 / 16 x 1.5 = 1.575 / 12, and three minutes to lock the bicycle.
TRUTH = replace(
    SETTINGS,
    detour=dict.fromkeys(Mode, 1.575),
    speed_kmh=dict.fromkeys(Mode, 12.0),
    fixed_min=dict.fromkeys(Mode, 3.0),
)


def places(count: int, seed: int = 1, north: float = 56.0) -> tuple[Location, ...]:
    """Within some 3 x 3 km."""
    rng = Random(seed)
    return tuple(
        Location(north + rng.uniform(0, 0.027), 14.0 + rng.uniform(0, 0.048)) for _ in range(count)
    )


def table(
    of: tuple[Location, ...],
    truth: TravelSettings,
    noise: float = 0.0,
    wrong: float = 0.0,
    zones: tuple[str, ...] = (),
    mode: Mode = Mode.BICYCLE,
) -> TravelTimes:
    """Trips as `truth` has them, spread by `noise`, the share `wrong` three times as long."""
    rng = Random(7)

    def seconds(a: Location, b: Location) -> int:
        way_s = truth.seconds(a, b, mode) * rng.lognormvariate(0, noise)
        return 0 if a == b else max(1, round(3 * way_s if rng.random() < wrong else way_s))

    return TravelTimes(mode, of, tuple(tuple(seconds(a, b) for b in of) for a in of), zones)


def fit_of(given: TravelTimes, area: str = ALL) -> Fit:
    return fits_of(given.mode, (given,), SETTINGS)[area]


def test_factor_and_fixed_seconds_of_a_known_truth_come_back() -> None:
    fit = fit_of(table(places(40), TRUTH))
    assert fit.factor == pytest.approx(1.5, abs=0.005)
    assert fit.fixed_s == pytest.approx(180, abs=3)
    assert fit.trips == 40 * 39
    assert fit.error_share < 0.002
    assert fit.unfitted_error_share > 0.3


@pytest.mark.parametrize("seed", range(5))
def test_noise_and_wrong_trips_move_the_fit_little(seed: int) -> None:
    """A fifth of the trips is three times too long, the others spread by 15 %."""
    fit = fit_of(table(places(40, seed), TRUTH, noise=0.15, wrong=0.2))
    assert fit.factor == pytest.approx(1.5, rel=0.12)
    assert fit.fixed_s == pytest.approx(180, abs=75)
    assert fit.error_share < 0.2


def test_a_car_drives_fast_beyond_the_first_five_kilometres() -> None:
    """The kink of the settings stays where it is; both parts get the same factor."""
    slow = replace(
        SETTINGS,
        speed_kmh=SETTINGS.speed_kmh | {Mode.CAR: 26.0 / 1.25},
        rural_car_kmh=60 / 1.25,
    )
    wide = places(20) + places(20, 2, north=56.12)
    fit = fit_of(table(wide, slow, mode=Mode.CAR))
    assert fit.factor == pytest.approx(1.25, abs=0.005)
    assert fit.fixed_s == pytest.approx(60, abs=3)


def test_trips_of_one_length_move_the_factor_only() -> None:
    """Nothing tells their fixed seconds from the rest."""
    ring = tuple(Location(56.0 + 0.01 * (n % 2), 14.0 + 1e-6 * n) for n in range(12))
    even = tuple(p for p in ring if p.lat == 56.0)
    given = table(ring, TRUTH)
    far = tuple(
        tuple(
            0 if a == b else (None if (a in even) == (b in even) else cell)
            for b, cell in zip(ring, row, strict=True)
        )
        for a, row in zip(ring, given.durations_s, strict=True)
    )
    fit = fit_of(replace(given, durations_s=far))
    assert fit.fixed_s == 60
    assert fit.error_share < 0.01


def test_where_the_settings_err_less_they_stay() -> None:
    """Half of the trips as the settings have them, so that their median error is next to none."""
    of = places(40)
    right, slow = table(of, SETTINGS), table(of, TRUTH)
    rows = tuple(
        tuple(r if (i + j) % 5 < 3 else s for j, (r, s) in enumerate(zip(a, b, strict=True)))
        for i, (a, b) in enumerate(zip(right.durations_s, slow.durations_s, strict=True))
    )
    fit = fit_of(replace(right, durations_s=rows))
    assert (fit.factor, fit.fixed_s) == (1.0, 60)
    assert fit.error_share == fit.unfitted_error_share < 0.01


def test_few_trips_and_those_of_other_modes_change_nothing() -> None:
    few = places(5)
    assert len(few) * (len(few) - 1) < FEWEST_TRIPS
    assert fits_of(Mode.BICYCLE, (table(few, TRUTH),), SETTINGS) == {}
    other_mode = table(places(40), TRUTH, mode=Mode.CAR)
    assert fits_of(Mode.BICYCLE, (other_mode,), SETTINGS) == {}


def test_ways_that_are_none_are_no_trips() -> None:
    given = table(places(40), TRUTH)
    first = (0, *(None for _ in given.locations[1:]))
    fit = fit_of(replace(given, durations_s=(first, *given.durations_s[1:])))
    assert fit.trips == 39 * 39
    assert fit.factor == pytest.approx(1.5, abs=0.005)


def two_zones() -> tuple[TravelTimes, tuple[Location, ...], tuple[Location, ...]]:
    """A slow town, and a village beside it where trips take twice what the settings say."""
    town, village = places(20), places(20, 2, north=56.2)
    zones = ("town",) * 20 + ("rural",) * 20
    slow = table((*town, *village), TRUTH)
    double = replace(SETTINGS, detour=dict.fromkeys(Mode, 2.8), fixed_min=dict.fromkeys(Mode, 2.0))
    fast = table((*town, *village), double)
    rows = tuple(
        tuple(
            fast.durations_s[i][j] if i >= 20 and j >= 20 else slow.durations_s[i][j]
            for j in range(40)
        )
        for i in range(40)
    )
    return TravelTimes(Mode.BICYCLE, (*town, *village), rows, zones), town, village


def test_each_zone_has_its_own_fit() -> None:
    given, _, _ = two_zones()
    fits = fits_of(Mode.BICYCLE, (given,), SETTINGS)
    assert fits["town"].factor == pytest.approx(1.5, abs=0.01)
    assert fits["rural"].factor == pytest.approx(2.0, abs=0.01)
    assert fits["rural"].fixed_s == pytest.approx(120, abs=3)
    # 22 km apart, all much as far: the two minutes more go into the factor.
    assert fits[BETWEEN].factor == pytest.approx(1.5 + 120 / 7000, abs=0.01)


def test_a_place_that_no_table_has_is_estimated_as_its_nearest_neighbour() -> None:
    given, _, village = two_zones()
    travel = GivenTravel(SETTINGS, (given,))
    new = Location(village[3].lat + 0.0005, village[3].lon)
    for other in village:
        expected = 2.0 * SETTINGS.moving_s(new, other, Mode.BICYCLE) + 120
        assert travel.seconds(new, other, Mode.BICYCLE) == pytest.approx(expected, rel=0.02, abs=3)
    assert travel.seconds(new, new, Mode.BICYCLE) == 0


def test_what_happens_to_the_visits_does_not_move_the_estimate() -> None:
    """Else a plan made before a cancellation would break the rules after it."""
    day = replace(two.day(), travel_times=(table(places(40), TRUTH),))
    before, after = travel_of(day), travel_of(replace(day, visits=day.visits[2:]))
    assert before.seconds(two.OFFICE, two.AWAY, Mode.BICYCLE) == after.seconds(
        two.OFFICE, two.AWAY, Mode.BICYCLE
    )
    assert before.seconds(two.OFFICE, two.AWAY, Mode.BICYCLE) != travel_of(two.day()).seconds(
        two.OFFICE, two.AWAY, Mode.BICYCLE
    )


def test_the_plan_document_tells_each_fit_and_its_error() -> None:
    given, _, _ = two_zones()
    metrics = input_metrics(replace(two.day(), travel_times=(given,)))
    assert metrics.travel_fits is not None
    told = {(fit.area, fit.zone): fit for fit in metrics.travel_fits}
    assert told.keys() == {
        ("ALL", None),
        ("BETWEEN_ZONES", None),
        ("ZONE", "rural"),
        ("ZONE", "town"),
    }
    rural = told["ZONE", "rural"]
    assert (rural.transport_mode, rural.trips) == (Mode.BICYCLE, 20 * 19)
    assert rural.error_share < 0.01 < rural.unfitted_error_share
    assert input_metrics(two.day()).travel_fits is None
