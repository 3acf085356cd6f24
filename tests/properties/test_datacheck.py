"""Over hundreds of random days: what the check calls impossible is, and it misses nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from functools import cache
from random import Random

import pytest

from api import demo
from fixtures.tiny_day import tiny_day, with_last_occasions
from scheduler.build import build_problem
from scheduler.care.model import Day, Visit
from scheduler.datacheck import Code, Level, check_data
from scheduler.datacheck.advice import BLOCKING
from scheduler.datacheck.capacity import shortages
from scheduler.objective import load_objective
from scheduler.plan import Plan
from scheduler.planner import plan_day
from scheduler.proven.never import never_planned
from scheduler.proven.reach import Reach, reach_of
from scheduler.proven.together import not_both
from scheduler.rules import PROVEN, Reason
from scheduler.solve.explain import fits_alone
from scheduler.solve.model import ExactModel
from scheduler.time_order import later
from scheduler.travel import load_travel_settings

SEEDS = range(300)
# Reasons that concern a visit, or a double staffing, alone.
ALONE = frozenset({Code(reason.value) for reason in PROVEN - {Reason.WINDOW_PASSED}}) - {
    Code.GAP_IMPOSSIBLE
}


def crowded(seed: int) -> Day:
    """Up to eight visits of an hour by the first one or two shifts of a tiny day, all in a row."""
    day, rng = tiny_day(seed), Random(seed)
    shifts = day.shifts[: rng.choice((1, 2))]
    visits = []
    for number in range(rng.randint(3, 8)) if day.visits and shifts else ():
        early = later(shifts[0].start, 900 * rng.randint(2, 10))
        late = later(early, 900 * rng.randint(0, 6))
        model = rng.choice(day.visits)
        skills = frozenset({"undersköterska"}) if rng.random() < 0.3 else frozenset()
        visits.append(
            Visit(f"v{number}", f"r{number}", model.location, "town", early, late, 60, skills)
        )
    return replace(day, shifts=shifts, visits=tuple(visits))


def reached(day: Day) -> Reach:
    return reach_of(build_problem(day, load_travel_settings(day.date), load_objective(day.date)))


@cache
def planned(seed: int) -> tuple[Day, Plan]:
    day = with_last_occasions(seed, tiny_day(seed))
    travel = load_travel_settings(day.date)
    return day, plan_day(day, travel, iterations=3000, threads=1, seed=seed)


def possible(reach: Reach, required: list[int]) -> bool | None:
    """Whether some plan of the whole day has all of the visits; the exact solver's word."""
    problem = reach.problem
    everything, routes = list(range(problem.visits)), list(range(problem.routes))
    return ExactModel(problem, everything, routes, required=required).possible(20)


@pytest.mark.slow
def test_what_is_never_planned_is_in_no_plan() -> None:
    """By the search, which leaves it out with a proven reason, and by the exact solver."""
    seen: Counter[Code] = Counter()
    for seed in SEEDS:
        day, plan = planned(seed)
        left_out = {one.visit_id: one.reason for one in plan.unassigned}
        for advice in check_data(day, load_travel_settings(day.date)):
            if advice.code in ALONE:
                for visit in advice.ids:
                    assert left_out.get(visit) == advice.code.value, (seed, visit)
                seen[advice.code] += advice.count
        reach = reached(day)
        for item in never_planned(reach)[:2]:
            assert possible(reach, [item.visit]) is False, (seed, item)
    assert set(seen) == ALONE
    assert min(seen.values()) >= 3, seen


@pytest.mark.slow
def test_what_the_plan_proves_impossible_alone_is_named() -> None:
    """The same proofs serve both, so they never differ."""
    seen: Counter[object] = Counter()
    for seed in SEEDS:
        day, plan = planned(seed)
        told = {
            visit
            for advice in check_data(day, load_travel_settings(day.date))
            if advice.code in ALONE
            for visit in advice.ids
        }
        for one in plan.unassigned:
            if one.reason in PROVEN and Code(one.reason.value) in ALONE:
                assert one.visit_id in told, (seed, one)
                seen["told"] += 1
            seen["unproven"] += one.reason is Reason.UNPROVEN
    assert seen["told"] > 100
    assert 0 < seen["unproven"] < seen["told"] / 50


def test_the_bounds_are_never_tighter_than_the_visit_alone() -> None:
    """And only a break makes them looser."""
    seen: Counter[bool] = Counter()
    for seed in SEEDS:
        reach = reached(tiny_day(seed))
        problem = reach.problem
        for visit in range(problem.visits):
            for route in range(problem.routes):
                alone = fits_alone(problem, visit, route)
                assert reach.can[visit, route] or not alone
                if reach.can[visit, route] and not alone:
                    assert problem.break_s[route] > 0
                seen[alone] += 1
    assert min(seen.values()) > 300


@pytest.mark.slow
def test_of_a_pair_that_cannot_be_together_every_plan_leaves_one_out() -> None:
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        for day in (tiny_day(seed), _close(seed)):
            reach = reached(day)
            without = {item.visit for item in never_planned(reach)}
            for kind, pairs in zip(("gap", "overlap"), not_both(reach, without), strict=True):
                for pair in pairs[:2]:
                    assert possible(reach, list(pair)) is False, (seed, kind, pair)
                    seen[kind] += 1
    assert min(seen["gap"], seen["overlap"]) >= 5, seen


def _close(seed: int) -> Day:
    """A tiny day whose visits all are one person's."""
    day = tiny_day(seed)
    visits = (replace(v, recipient_id="r", location=day.visits[0].location) for v in day.visits)
    return replace(day, visits=tuple(visits))


@pytest.mark.slow
def test_the_bound_of_time_never_lies() -> None:
    """No plan has all the visits of a shortage, nor all but one less than it says must go."""
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        for day in (tiny_day(seed), crowded(seed)):
            if not day.visits:
                continue
            reach = reached(day)
            without = {item.visit for item in never_planned(reach)}
            for short in shortages(reach, without)[:2]:
                assert possible(reach, list(short.visits)) is False, (seed, short)
                travel = load_travel_settings(day.date)
                plan = plan_day(day, travel, iterations=1000, threads=1)
                left_out = {one.visit_id for one in plan.unassigned}
                out = [v for v in short.visits if day.visits[v].id in left_out]
                assert len(out) >= short.least_out, (seed, short)
                seen["several"] += short.least_out > 1
                seen["break"] += bool(reach.problem.break_s[list(short.routes)].any())
                seen["short"] += 1
    assert min(seen.values()) >= 20, seen


@pytest.mark.parametrize(("size", "seed"), [("S", 1), ("S", 3), ("M", 1), ("M", 2), ("M", 3)])
def test_nothing_blocks_a_generated_day(size: str, seed: int) -> None:
    """Its plans have all visits, so whatever were said to block them would be wrong."""
    day, _ = demo.document(size, seed, date(2026, 3, 4))
    found = check_data(day, load_travel_settings(day.date))
    assert [advice for advice in found if advice.level is Level.BLOCKS] == []
    assert found


def test_every_code_blocks_or_improves_and_comes_in_that_order() -> None:
    for seed in SEEDS:
        day = tiny_day(seed)
        levels = [advice.level for advice in check_data(day, load_travel_settings(day.date))]
        assert levels == sorted(levels)
    assert {Code.NO_VISITS, Code.CARER_WITHOUT_SKILL} <= BLOCKING
    assert Code.NURSING_WITHOUT_SKILL not in BLOCKING
