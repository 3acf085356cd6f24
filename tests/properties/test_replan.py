"""Over hundreds of random days in which something happens: what has begun stays, rules hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from fixtures.tiny_day import tiny_day, with_last_occasions
from scheduler.care.errors import InvalidInput
from scheduler.care.model import Day, Visit
from scheduler.changes import changes
from scheduler.checker import check
from scheduler.disturbances import Delay, Disturbances
from scheduler.plan import Plan
from scheduler.planner import plan_day
from scheduler.replan import Replanned, replan
from scheduler.rules import Rule
from scheduler.time_order import elapsed_s, later
from scheduler.travel import load_travel_settings, travel_seconds

SEEDS = range(500)
FREEZE_S = 15 * 60


def disturbed(day: Day, plan: Plan, rng: Random) -> Disturbances:
    """Something of everything, at any moment from an hour before the day's first start."""
    first = min(shift.start for shift in day.shifts)
    last = max(shift.end for shift in day.shifts)
    now = later(first, rng.randint(-3600, elapsed_s(first, last)))
    begun = {s.visit_id for r in plan.routes for s in r.stops if elapsed_s(s.start, now) >= 0}
    carers = sorted({shift.carer_id for shift in day.shifts})
    rng.shuffle(carers)
    sick = carers[: rng.choice((0, 0, 1))]
    late = carers[len(sick) : len(sick) + rng.choice((0, 0, 1))]
    ahead = [visit for visit in day.visits if visit.id not in begun]
    added: tuple[Visit, ...] = ()
    if day.visits and rng.random() < 0.5:
        like = rng.choice(day.visits)
        added = (
            replace(
                like, id="ny", recipient_id="nyr", group=None, gaps=(), preferred=None,
                earliest=now, latest=later(now, rng.choice((0, 1800, 7200))), more_windows=(),
                pinned_carer=None, pinned_start=None,
            ),
        )  # fmt: skip
    return Disturbances(
        now,
        sick=tuple(sick),
        cancelled=tuple(v.id for v in ahead if rng.random() < 0.15),
        added=added,
        alarms=tuple(v.recipient_id for v in day.visits[:1] if rng.random() < 0.2),
        delays=tuple(Delay(carer, rng.choice((5, 20, 60))) for carer in late),
    )


def cases() -> Iterator[tuple[Day, Plan, Disturbances, Replanned]]:
    for seed in SEEDS:
        day = with_last_occasions(seed, tiny_day(seed))
        if not day.shifts:
            continue
        travel = load_travel_settings(day.date)
        plan = plan_day(day, travel, iterations=2000, threads=1, seed=seed)
        what = disturbed(day, plan, Random(f"{seed}/disturbed"))
        found = replan(day, plan, what, travel, iterations=2000, threads=1, seed=seed)
        yield day, plan, what, found


def test_a_disturbed_day_goes_on() -> None:
    seen: Counter[str] = Counter()
    for day, plan, what, found in cases():
        travel = load_travel_settings(day.date)
        broken = check(found.day, found.plan, travel)
        # Only who is late may miss the break's frame or the end of the shift.
        late = {delay.carer_id for delay in what.delays}
        shifts = {shift.id: shift for shift in found.day.shifts}
        for each in broken:
            assert each.rule in {Rule.BREAK, Rule.SHIFT, Rule.STRETCH, Rule.OVERTIME}, each
            assert {shifts[s].carer_id for s in each.shift_ids} <= late, each
        seen["broken"] += bool(broken)
        _what_has_begun_stays(plan, what, found, seen)
        _nobody_is_elsewhere_before_now(plan, what, found, seen)
        _nothing_is_lost(day, plan, what, found, seen)
    assert min(seen[name] for name in ("begun", "on", "sick", "cancelled", "added", "late")) > 30


def _what_has_begun_stays(
    plan: Plan, what: Disturbances, found: Replanned, seen: Counter[str]
) -> None:
    now = {s.visit_id: (r.carer_id, s.start) for r in found.plan.routes for s in r.stops}
    for route in plan.routes:
        for stop in route.stops:
            if stop.visit_id is None:
                continue
            ahead_s = elapsed_s(what.now, stop.start)
            if ahead_s <= 0:
                assert now[stop.visit_id] == (route.carer_id, stop.start)
                seen["begun"] += 1
    for route in found.plan.routes:
        if route.carer_id in what.sick:
            assert all(elapsed_s(s.start, what.now) >= 0 for s in route.stops)
            seen["sick"] += bool(route.stops)


def _nobody_is_elsewhere_before_now(
    plan: Plan, what: Disturbances, found: Replanned, seen: Counter[str]
) -> None:
    """Who does something new leaves for it after now, and not before the delay is over."""
    travel = load_travel_settings(found.day.date)
    shifts = {shift.id: shift for shift in found.day.shifts}
    visits = {visit.id: visit for visit in found.day.visits}
    was = {(r.shift_id, s.visit_id): s.start for r in plan.routes for s in r.stops}
    delay_s = {delay.carer_id: delay.minutes * 60 for delay in what.delays}
    for route in found.plan.routes:
        shift = shifts[route.shift_id]
        place, free = shift.start_location, shift.start
        for stop in route.stops:
            visit = visits.get(stop.visit_id or "")
            as_it_was = was.get((route.shift_id, stop.visit_id)) == stop.start
            begun = elapsed_s(stop.start, what.now) >= 0
            if not (as_it_was or begun):
                leaves = later(max(free, what.now), delay_s.get(route.carer_id, 0))
                way_s = travel_seconds(place, visit.location, shift.mode, travel) if visit else 0
                if elapsed_s(free, what.now) >= 0 or route.carer_id not in delay_s:
                    assert elapsed_s(leaves, stop.start) >= way_s
                seen["on"] += 1
            if route.carer_id in delay_s and not begun:
                soonest = later(max(what.now, shift.start), delay_s[route.carer_id])
                assert elapsed_s(soonest, stop.start) >= 0
                seen["late"] += 1
            free, place = stop.end, visit.location if visit else place


def _nothing_is_lost(
    day: Day, plan: Plan, what: Disturbances, found: Replanned, seen: Counter[str]
) -> None:
    planned = [s.visit_id for r in found.plan.routes for s in r.stops if s.visit_id]
    left = [u.visit_id for u in found.plan.unassigned]
    new = {v.id for v in found.day.visits} - {v.id for v in day.visits}
    expected = {v.id for v in day.visits} - set(what.cancelled) | new
    assert sorted(planned + left) == sorted(expected)
    assert all(u.text and u.action for u in found.plan.unassigned)
    assert len(new) == len(what.added) + len(what.alarms)
    recipients = {v.id: v.recipient_id for v in (*day.visits, *found.day.visits)}
    difference = changes(plan, found.plan, recipients)
    assert [c.change for c in found.changed] == list(difference.changed)
    assert all(c.text for c in found.changed)
    assert 0 <= found.kept <= found.untouched
    seen["cancelled"] += len(what.cancelled)
    seen["added"] += len(set(planned) & new)


def test_what_cannot_be_is_told_all_at_once() -> None:
    day = tiny_day(3)
    travel = load_travel_settings(day.date)
    plan = plan_day(day, travel, iterations=2000, threads=1)
    what = Disturbances(
        day.shifts[0].start, sick=("x",), cancelled=("y",), alarms=("z",), delays=(Delay("w", 0),)
    )
    with pytest.raises(InvalidInput) as refused:
        replan(day, plan, what, travel, iterations=100, threads=1)
    codes = [finding.code for finding in refused.value.findings]
    assert codes == ["UNKNOWN_ID", "UNKNOWN_ID", "OUT_OF_RANGE", "UNKNOWN_ID", "UNKNOWN_ID"]
