"""
The luck of random days: how long everything takes, who is sick, what is cancelled, what comes up.

Every draw belongs to a visit, a recipient, a carer or a shift of the day, whatever the plan does
with them. So two plans of one day that are simulated with the same seed and number of days meet the
same days, and their difference is known far better than either of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
import numpy.typing as npt

from scheduler.care.model import Day
from scheduler.care.units import SECONDS_PER_MINUTE
from scheduler.simulate.alarms import night_alarms
from scheduler.simulate.network import Network
from scheduler.simulate.uncertainty import Limits, Uncertainty

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Luck:
    """
    What befalls a network of s stops and r routes on d days.

    Parameters
    ----------
    length_s : (s, d) int64, seconds at the stop.
    way_s : (s, d) int64, seconds of the way to the stop.
    extra_s : (s, d) int64, seconds of acute visits and alarms before the carer sets out for it.
    cancelled : (s, d) bool, the visit is cancelled.
    sick : (r, d) bool, the carer is away.
    back_way_s, back_extra_s : (r, d) int64, as `way_s` and `extra_s` for the way back.
    """

    length_s: Ints
    way_s: Ints
    extra_s: Ints
    cancelled: Flags
    sick: Flags
    back_way_s: Ints
    back_extra_s: Ints


class Draws:
    """
    Draws the luck of days for one network, some days at a time.

    Parameters
    ----------
    seed
        Decides everything; each kind of draw has a stream of its own.
    """

    def __init__(self, day: Day, network: Network, uncertainty: Uncertainty, seed: int) -> None:
        self.network, self.uncertainty = network, uncertainty
        streams = iter(np.random.SeedSequence(seed).spawn(8))
        self.lengths, self.persons, self.trips, self.weather = _generators(streams, 4)
        self.sickness, self.cancelling, self.acutes, self.alarms = _generators(streams, 4)
        visits = sorted(day.visits, key=lambda visit: visit.id)
        self.carers = _numbers(carer.id for carer in sorted(day.carers, key=lambda c: c.id))
        self.shifts = _numbers(shift.id for shift in sorted(day.shifts, key=lambda s: s.id))
        self.people = _numbers(visit.recipient_id for visit in visits)
        self.teams = _numbers(visit.starts_with for visit in visits)
        self.visits = _numbers(visit.id for visit in visits)
        stops = network.stops
        self.rows = np.array([k for k, s in enumerate(stops) if s.visit is not None], dtype=int)
        planned = [stop.visit for stop in stops if stop.visit is not None]
        self.of_visit = [self.visits[visit.id] for visit in planned]
        self.of_team = [self.teams[visit.starts_with] for visit in planned]
        self.of_person = [self.people[visit.recipient_id] for visit in planned]
        self.night = night_alarms(day, network, uncertainty)

    def luck(self, days: int) -> Luck:
        """The next `days` days."""
        network, given, rows = self.network, self.uncertainty, self.rows
        weather = self.weather.standard_normal(days)
        absent = self.sickness.random((len(self.carers), days)) < given.sick_share
        cancelled = np.zeros((len(network.stops), days), dtype=np.bool_)
        calls = self.cancelling.random((len(self.teams), days)) < given.cancelled_share
        cancelled[rows] = calls[self.of_team]
        extra_s, back_extra_s = self._extra(days)
        way_s, back_way_s = self._ways(weather)
        return Luck(
            length_s=self._lengths(days),
            way_s=way_s,
            extra_s=extra_s,
            cancelled=cancelled,
            sick=absent[[self.carers[way.shift.carer_id] for way in network.routes]],
            back_way_s=back_way_s,
            back_extra_s=back_extra_s,
        )

    def _lengths(self, days: int) -> Ints:
        """Double staffing shares a factor; a break is taken in full."""
        given = self.uncertainty
        own = self.lengths.standard_normal((len(self.teams), days))
        person = self.persons.standard_normal((len(self.people), days))
        own, person = own[self.of_team], person[self.of_person]
        factor = _factor(
            [(own, given.visit_spread), (person, given.recipient_spread)], given.visit_limits
        )
        planned_s = np.array([stop.length_s for stop in self.network.stops], dtype=np.int64)
        made = np.repeat(planned_s[:, None], days, axis=1)
        made[self.rows] = _whole(planned_s[self.rows, None] * factor)
        return made

    def _ways(self, weather: Floats) -> tuple[Ints, Ints]:
        """To each stop, and back."""
        network, given, days = self.network, self.uncertainty, len(weather)
        # The way to a visit, then the way back of a shift, in one table.
        drawn = self.trips.standard_normal((len(self.visits) + len(self.shifts), days))
        modes = [way.shift.mode for way in network.routes]

        def ways(planned_s: Iterable[int], drawn: Floats, routes: Sequence[int]) -> Ints:
            trip = np.array([given.trip_spread[modes[row]] for row in routes])[:, None]
            common = np.array([given.weather_spread[modes[row]] for row in routes])[:, None]
            factor = _factor([(drawn, trip), (weather, common)], given.travel_limits)
            return _whole(np.array(list(planned_s), dtype=np.int64)[:, None] * factor)

        stops = [network.stops[row] for row in self.rows]
        made = np.zeros((len(network.stops), days), dtype=np.int64)
        made[self.rows] = ways(
            (stop.way_s for stop in stops), drawn[self.of_visit], [stop.route for stop in stops]
        )
        of_shift = [len(self.visits) + self.shifts[way.shift.id] for way in network.routes]
        back_s = (way.back_way_s for way in network.routes)
        return made, ways(back_s, drawn[of_shift], range(len(network.routes)))

    def _extra(self, days: int) -> tuple[Ints, Ints]:
        """Acute visits behind planned ones and alarms of the night, before stops and ways back."""
        network, given = self.network, self.uncertainty
        extra_s = np.zeros((len(network.stops), days), dtype=np.int64)
        back_s = np.zeros((len(network.routes), days), dtype=np.int64)
        comes = self.acutes.random((len(self.visits), days)) < given.acute_share
        acute_s = np.zeros(comes.shape, dtype=np.int64)
        acute_s[comes] = self._calls(self.acutes, int(comes.sum()), given.acute_min)
        last = {way.last: row for row, way in enumerate(network.routes)}
        for row, number in zip(self.rows.tolist(), self.of_visit, strict=True):
            if row in last:
                back_s[last[row]] += acute_s[number]
            else:
                extra_s[row + 1] += acute_s[number]
        for night in self.night:
            counts = self.alarms.poisson(night.expected, days)
            alarms = int(counts.sum())
            after = night.stops_before(self.alarms.random(alarms))
            took_s = self._calls(self.alarms, alarms, given.alarm_min)
            if night.route is None:
                continue
            of_day = np.repeat(np.arange(days), counts)
            ahead = after < len(night.planned_s)
            np.add.at(extra_s, (night.first + after[ahead], of_day[ahead]), took_s[ahead])
            np.add.at(back_s[night.route], of_day[~ahead], took_s[~ahead])
        return extra_s, back_s

    def _calls(self, generator: np.random.Generator, count: int, mean_min: float) -> Ints:
        """Lengths of calls that nobody planned, in seconds."""
        given = self.uncertainty
        drawn = generator.standard_normal(count)
        factor = _factor([(drawn, given.visit_spread)], given.visit_limits)
        return _whole(mean_min * SECONDS_PER_MINUTE * factor)


# ---------------------------------------------------------------- factors


def _factor(parts: Sequence[tuple[Floats, float | Floats]], limits: Limits) -> Floats:
    """
    Lognormal factors with mean 1 before the limits.

    Parameters
    ----------
    parts
        Standard normal draws, each with the coefficient of variation that it stands for.
    """
    exponent: Floats = np.zeros(1)
    for drawn, spread in parts:
        variance = np.log1p(np.square(spread))
        exponent = exponent + (np.sqrt(variance) * drawn - variance / 2)
    return np.exp(np.clip(exponent, log(limits.least), log(limits.most)))


def _whole(seconds: Floats) -> Ints:
    """To the nearest whole second."""
    return np.rint(seconds).astype(np.int64)


def _numbers(names: Iterable[object]) -> Mapping[object, int]:
    """Names -> numbers from 0 in order of appearance."""
    found: dict[object, int] = {}
    for name in names:
        found.setdefault(name, len(found))
    return found


def _generators(streams: Iterable[np.random.SeedSequence], count: int) -> list[np.random.Generator]:
    """One generator for each of the next streams."""
    return [np.random.default_rng(next(iter(streams))) for _ in range(count)]
