"""Over many random days with random travel times: plans keep the rules and use no missing way."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from random import Random

import pytest

from api.documents.planning import document_of, write_document
from fixtures.tiny_day import tiny_day
from scheduler.build import build_problem
from scheduler.care.errors import InvalidInput
from scheduler.care.model import Day, Location, Mode, TravelTimes
from scheduler.checker import check
from scheduler.given_travel import UNREACHABLE_S, travel_of
from scheduler.objective import load_objective
from scheduler.plan import Plan
from scheduler.planner import plan_day, plan_of
from scheduler.recommend import Recommender
from scheduler.replan import replan
from scheduler.rules import Reason, Rule
from scheduler.score import score
from scheduler.simulate import simulate
from scheduler.solve import SolveParams, solve
from scheduler.travel import load_travel_settings, travel_seconds
from tests.api.cases import plain
from tests.properties.test_replan import disturbed

SEEDS = range(120)


def random_times(day: Day, seed: int) -> Day:
    """`day` with a table for each mode of some of its places: both ways apart, one in ten none."""
    rng = Random(seed)
    places = list(dict.fromkeys(visit.location for visit in day.visits))
    ends = {s.start_location for s in day.shifts} | {s.end_location for s in day.shifts}
    places += sorted(ends - set(places), key=lambda place: (place.lat, place.lon))
    tables = []
    for mode in Mode:
        known = tuple(place for place in places if rng.random() < 0.8)
        if not known:
            continue

        def way(a: Location, b: Location) -> int | None:
            if a == b:
                return 0
            # A carer who cannot even end the shift is no sound input.
            if a in ends and b in ends:
                return rng.randrange(600)
            return None if rng.random() < 0.1 else rng.randrange(1800)

        rows = tuple(tuple(way(a, b) for b in known) for a in known)
        tables.append(TravelTimes(mode, known, rows))
    return replace(day, travel_times=tuple(tables))


@cache
def planned(seed: int) -> tuple[Day, Plan]:
    day = random_times(tiny_day(seed), seed)
    return day, plan_day(day, load_travel_settings(day.date), iterations=3000, threads=1, seed=seed)


def legs(day: Day, plan: Plan) -> list[int]:
    """Seconds of every way of the plan, measured anew."""
    travel = travel_of(day)
    visits = {visit.id: visit for visit in day.visits}
    shifts = {shift.id: shift for shift in day.shifts}
    found = []
    for route in plan.routes:
        shift = shifts[route.shift_id]
        place = shift.start_location
        for stop in route.stops:
            if stop.visit_id is not None:
                there = visits[stop.visit_id].location
                found.append(travel_seconds(place, there, shift.mode, travel))
                assert found[-1] == stop.travel_s
                place = there
        if route.stops:
            found.append(travel_seconds(place, shift.end_location, shift.mode, travel))
            assert found[-1] == route.return_travel_s
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_plans_keep_the_rules_and_go_no_way_that_is_none(seed: int) -> None:
    day, plan = planned(seed)
    assert check(day, plan, load_travel_settings(day.date)) == []
    assert score(day, plan, travel_of(day), load_objective(day.date)) == plan.score
    assert max(legs(day, plan), default=0) < UNREACHABLE_S
    in_routes = [s.visit_id for r in plan.routes for s in r.stops if s.visit_id]
    assert sorted(in_routes + [u.visit_id for u in plan.unassigned]) == sorted(
        visit.id for visit in day.visits
    )


def test_the_days_are_many_kinds() -> None:
    """Otherwise the rules above hold of nothing."""
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        day, plan = planned(seed)
        estimate = load_travel_settings(day.date)
        seen["legs"] += len(legs(day, plan))
        seen["unreachable"] += sum(u.reason is Reason.UNREACHABLE for u in plan.unassigned)
        seen["other than the estimate"] += (
            score(replace(day, travel_times=()), plan, estimate, load_objective(day.date))
            != plan.score
        )
    assert seen["legs"] > 200, seen
    assert seen["unreachable"] > 10, seen
    assert seen["other than the estimate"] > 40, seen


def test_the_solver_counts_the_points_of_the_plan() -> None:
    for seed in SEEDS[:60]:
        day = random_times(tiny_day(seed), seed)
        travel, objective = travel_of(day), load_objective(day.date)
        params = SolveParams(iterations=1000, threads=1, seed=seed)
        solution = solve(build_problem(day, travel, objective), params)
        assert plan_of(day, travel, objective, solution, seed, 0).objective == solution.points


def test_a_day_with_travel_times_is_read_back() -> None:
    for seed in SEEDS:
        day = random_times(tiny_day(seed), seed)
        assert document_of(write_document(day)).day == plain(day)


def test_a_disturbed_day_goes_no_way_that_is_none_either() -> None:
    """A carer who stands where the only way home is by another visit may be refused, not sent."""
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        day, plan = planned(seed)
        if not day.shifts:
            continue
        what = disturbed(day, plan, Random(f"{seed}/disturbed"))
        travel = load_travel_settings(day.date)
        try:
            found = replan(day, plan, what, travel, iterations=1000, threads=1, seed=seed)
        except InvalidInput as refused:
            seen.update({finding.code for finding in refused.findings})
            continue
        seen["planned"] += 1
        assert max(legs(found.day, found.plan), default=0) < UNREACHABLE_S
        rules = {broken.rule for broken in check(found.day, found.plan, travel)}
        assert rules <= {Rule.BREAK, Rule.SHIFT, Rule.STRETCH, Rule.OVERTIME}, seed
    assert seen.keys() <= {"planned", "CANNOT_STAND"}, seen
    assert seen["planned"] > 90, seen
    assert seen["CANNOT_STAND"] < 5, seen


def routed_times(day: Day, seed: int) -> Day:
    """As a router gives them: of all places, never longer than by a third one, or with no way."""
    rng = Random(seed)
    places = {visit.location for visit in day.visits}
    ends = {s.start_location for s in day.shifts} | {s.end_location for s in day.shifts}
    known = sorted(places | ends, key=lambda place: (place.lat, place.lon))
    islands = {place for place in known if place not in ends and rng.random() < 0.15}
    far = 10**6
    way = {
        (a, b): 0 if a == b else far if {a, b} & islands else rng.randrange(60, 1800)
        for a in known
        for b in known
    }
    for via in known:
        for a in known:
            for b in known:
                way[a, b] = min(way[a, b], way[a, via] + way[via, b])
    rows = tuple(tuple(None if way[a, b] >= far else way[a, b] for b in known) for a in known)
    tables = tuple(TravelTimes(mode, tuple(known), rows) for mode in Mode) if known else ()
    return replace(day, travel_times=tables)


def test_questions_and_simulations_of_routed_times_meet_every_day() -> None:
    """No day makes them fail, and no answer goes a way that is none."""
    answered = 0
    for seed in SEEDS:
        day = routed_times(tiny_day(seed), seed)
        travel = load_travel_settings(day.date)
        plan = plan_day(day, travel, iterations=1000, threads=1, seed=seed)
        assert check(day, plan, travel) == []
        for answer in Recommender(day, plan, travel).answer((), ()):
            answered += 1
            for option in answer.options:
                ways = [s.travel_s for route in option.routes for s in route.stops]
                ways += [route.return_travel_s for route in option.routes]
                assert max(ways) < UNREACHABLE_S
        assert simulate(day, plan, travel, days=5).lateness_s < UNREACHABLE_S
    assert answered > 50


def test_questions_of_times_that_contradict_themselves_are_answered_or_refused() -> None:
    """Where the way by a third place is shorter, a plan may not be rebuilt visit by visit."""
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        day, plan = planned(seed)
        try:
            Recommender(day, plan, load_travel_settings(day.date)).answer((), ())
            seen["answered"] += 1
        except InvalidInput as refused:
            seen.update({finding.code for finding in refused.findings})
    assert seen.keys() <= {"answered", "CANNOT_STAND"}, seen
    assert seen["answered"] > 100, seen
