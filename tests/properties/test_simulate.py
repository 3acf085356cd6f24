"""Over random small days: the simulation agrees with a slow one that shares no code with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from random import Random

import numpy as np

from fixtures.tiny_day import tiny_day, with_last_occasions
from scheduler.care.model import Day
from scheduler.plan import Plan
from scheduler.planner import plan_day
from scheduler.simulate import simulate
from scheduler.simulate.execution import carry_out
from scheduler.simulate.luck import Luck
from scheduler.simulate.network import Network
from scheduler.travel import load_travel_settings
from tests.scheduler.calm import CALM, calm

SEEDS = range(250)
DAYS = 6
# A stop by its shift and its turn there; "back" for the way home.
Key = tuple[str, int | str]


@cache
def planned_days() -> list[tuple[Day, Plan]]:
    found = []
    for seed in SEEDS:
        day = with_last_occasions(seed, tiny_day(seed))
        plan = plan_day(day, load_travel_settings(day.date), iterations=500, threads=1, seed=seed)
        if any(route.stops for route in plan.routes):
            found.append((day, plan))
    return found


def keys(plan: Plan) -> list[Key]:
    return [(r.shift_id, k) for r in plan.routes for k in range(len(r.stops))]


def random_luck(rng: Random, day: Day, network: Network, luck: Luck) -> None:
    """Fill in what befalls each day; a group is cancelled whole."""
    shape = luck.length_s.shape
    teams = [None if s.visit is None else s.visit.starts_with for s in network.stops]
    for d in range(shape[1]):
        gone = {team for team in teams if team is not None and rng.random() < 0.1}
        for row in range(shape[0]):
            luck.length_s[row, d] += rng.choice((0, 0, -120, 300, 1500))
            luck.way_s[row, d] += rng.choice((0, 0, 60, 900)) if teams[row] else 0
            luck.extra_s[row, d] = rng.choice((0, 0, 0, 1200))
            luck.cancelled[row, d] = teams[row] in gone
        for row in range(len(network.routes)):
            luck.sick[row, d] = rng.random() < 0.15
            luck.back_way_s[row, d] += rng.choice((0, 240))
            luck.back_extra_s[row, d] = rng.choice((0, 0, 900))
    np.maximum(luck.length_s, 0, out=luck.length_s)


def slowly(
    day: Day, plan: Plan, luck: Mapping[str, Mapping[Key, int]]
) -> tuple[dict[Key, float], dict[str, float]]:
    """Starts, and when each shift is back: one round after another until nothing moves any more."""
    visits = {visit.id: visit for visit in day.visits}
    shifts = {shift.id: shift for shift in day.shifts}
    begin = {
        (r.shift_id, k): s.start.timestamp() for r in plan.routes for k, s in enumerate(r.stops)
    }
    start, end, back = dict(begin), {}, {}
    while True:
        before = dict(start)
        for route in plan.routes:
            free, seen = shifts[route.shift_id].start.timestamp(), False
            for k, stop in enumerate(route.stops):
                key = (route.shift_id, k)
                leave = free + luck["extra"][key]
                if not seen:
                    leave = max(leave, begin[key] - stop.travel_s)
                arrival = leave + luck["way"][key]
                start[key] = max(start[key], arrival)
                end[key] = start[key] + luck["length"][key]
                if luck["cancelled"][key]:
                    end[key] = arrival
                free, seen = end[key], seen or stop.visit_id is not None
            if route.stops:
                home = (route.shift_id, "back")
                back[route.shift_id] = free + luck["extra"][home] + luck["way"][home]
        place = {stop: key for key, stop in zip(keys(plan), stops_in(plan), strict=True) if stop}
        for visit_id, key in place.items():
            # A gap binds the whole team: whoever takes over a sick one's visit keeps it too.
            team = [
                other
                for other in place
                if visits[other].starts_with == visits[visit_id].starts_with
            ]
            for gap in (gap for other in team for gap in visits[other].gaps):
                first = place.get(gap.preceding_visit)
                if first and not luck["sick"][(first[0], 0)] and not luck["cancelled"][first]:
                    since = start[first] if gap.from_start else end[first]
                    start[key] = max(start[key], since + 60 * gap.min_min)
            group = visits[visit_id].group
            for other, there in place.items():
                if group and visits[other].group == group and not luck["sick"][(there[0], 0)]:
                    start[key] = max(start[key], start[there])
        if start == before:
            return start, back


def stops_in(plan: Plan) -> list[str | None]:
    return [stop.visit_id for route in plan.routes for stop in route.stops]


def as_mapping(plan: Plan, luck: Luck, d: int) -> dict[str, dict[Key, int]]:
    rows = list(enumerate(keys(plan)))
    used = list(enumerate(route.shift_id for route in plan.routes if route.stops))
    return {
        "length": {key: int(luck.length_s[row, d]) for row, key in rows},
        "way": {key: int(luck.way_s[row, d]) for row, key in rows}
        | {(shift, "back"): int(luck.back_way_s[row, d]) for row, shift in used},
        "extra": {key: int(luck.extra_s[row, d]) for row, key in rows}
        | {(shift, "back"): int(luck.back_extra_s[row, d]) for row, shift in used},
        "cancelled": {key: int(luck.cancelled[row, d]) for row, key in rows},
        "sick": {(shift, 0): int(luck.sick[row, d]) for row, shift in used},
    }


def test_a_day_without_luck_is_the_plan_to_the_second() -> None:
    """Also in the nights when the clocks change."""
    nights = 0
    for day, plan in planned_days():
        travel = load_travel_settings(day.date)
        network, luck = calm(day, plan, travel)
        carried = carry_out(network, luck)
        planned = [s.start.timestamp() for r in plan.routes for s in r.stops]
        zero = planned[0] - network.stops[0].planned_s
        assert (carried.start_s[:, 0] + zero).tolist() == planned
        backs = [r.back.timestamp() for r in plan.routes if r.stops]
        assert (carried.back_s[:, 0] + zero).tolist() == backs
        found = simulate(day, plan, travel, CALM, days=2)
        assert found.punctual_share in (1, None)
        moments = [s.start for r in plan.routes for s in r.stops]
        nights += len({moment.utcoffset() for moment in moments}) > 1
    assert nights > 3


def test_lateness_goes_exactly_where_a_slow_simulation_lets_it() -> None:
    """Down the route, to the partners of a double staffing, over least gaps; the rest is slack."""
    late = early = partners = 0
    for number, (day, plan) in enumerate(planned_days()):
        network, luck = calm(day, plan, load_travel_settings(day.date), DAYS)
        random_luck(Random(number), day, network, luck)
        carried = carry_out(network, luck)
        # Seconds from midnight, whatever the clock shows: the first stop tells the offset.
        first = next(s.start for r in plan.routes for s in r.stops)
        zero = first.timestamp() - network.stops[0].planned_s
        for d in range(DAYS):
            start, back = slowly(day, plan, as_mapping(plan, luck, d))
            for row, key in enumerate(keys(plan)):
                if carried.made[row, d]:
                    assert carried.start_s[row, d] + zero == start[key], (number, d, key)
                    delay = carried.start_s[row, d] - network.stops[row].planned_s
                    late, early = late + (delay > 0), early + (delay == 0)
                    visit = network.stops[row].visit
                    partners += bool(visit and visit.group and delay > 0)
            for row, way in enumerate(network.routes):
                if not luck.sick[row, d]:
                    assert carried.back_s[row, d] + zero == back[way.shift.id], (number, d)
    assert min(late, early) > 300
    assert partners > 30


def test_one_longer_visit_delays_nobody_by_more_than_itself() -> None:
    """And only what the plan ties to it."""
    moved = 0
    for number, (day, plan) in enumerate(planned_days()):
        network, luck = calm(day, plan, load_travel_settings(day.date))
        rows = [row for row, stop in enumerate(network.stops) if stop.visit is not None]
        if not rows:
            continue
        row = Random(number).choice(rows)
        more = 1800
        longer = replace(luck, length_s=luck.length_s.copy())
        longer.length_s[row] += more
        delay = (carry_out(network, longer).start_s - carry_out(network, luck).start_s)[:, 0]
        tied = {row}
        for event in network.events:
            waits = [network.stops[stop].before for stop in event.stops]
            waits += [link.first for link in event.links]
            if tied & {wait for wait in waits if wait is not None}:
                tied |= set(event.stops)
        assert (delay >= 0).all()
        assert (delay <= more).all()
        assert set(np.flatnonzero(delay)) <= tied - {row}
        moved += bool(delay.any())
    assert moved > 30
