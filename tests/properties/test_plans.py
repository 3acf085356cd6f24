"""Over hundreds of random days: the checker accepts each plan, and rejects each spoilt one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache

import pytest

from fixtures.tiny_day import tiny_day
from scheduler.build import build_problem
from scheduler.care.model import Carer, Day, Visit
from scheduler.care.units import STOCKHOLM
from scheduler.checker import check, missed
from scheduler.followup import follow_up
from scheduler.objective import load_objective
from scheduler.plan import Plan, Route, Stop
from scheduler.planner import plan_day, plan_of
from scheduler.rules import Reason, Rule
from scheduler.solve import SolveParams, solve
from scheduler.travel import TravelSettings, load_travel_settings
from tests.properties import days as command
from tests.properties.days import flexible_day

SEEDS = range(250)


@cache
def planned(seed: int) -> tuple[Day, Plan]:
    day = flexible_day(seed)
    settings = load_travel_settings(day.date)
    return day, plan_day(day, settings, iterations=3000, threads=1, seed=seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_checker_accepts_every_plan(seed: int, travel: TravelSettings) -> None:
    day, plan = planned(seed)
    assert check(day, plan, travel) == []


def test_days_of_the_command_hold_and_spoilt_ones_do_not() -> None:
    """``python -m tests.properties.days`` takes thousands of them."""
    complained: Counter[str] = Counter()
    for seed in range(1000, 1025):
        day, problem, solution, plan = command.planned(seed)
        assert list(command.complaints(day, problem, solution, plan)) == [], seed
        without = replace(plan, routes=plan.routes[1:])
        lied = replace(
            solution,
            unassigned=tuple(replace(u, reason=Reason.NO_SKILL) for u in solution.unassigned),
        )
        for spoilt in ((solution, without), (lied, plan), (replace(solution, points=-1), plan)):
            complained.update(
                what.partition(":")[0] for what in command.complaints(day, problem, *spoilt)
            )
    assert set(complained) >= {"broken", "visits", "not proven", "points"}, complained


def test_every_visit_is_planned_or_explained() -> None:
    """No visit silently dropped: the promise a scheduler asks for first."""
    outcomes: Counter[str] = Counter()
    for seed in SEEDS:
        day, plan = planned(seed)
        in_routes = [s.visit_id for r in plan.routes for s in r.stops if s.visit_id]
        left_out = [u.visit_id for u in plan.unassigned]
        assert sorted(in_routes + left_out) == sorted(v.id for v in day.visits)
        assert all(u.text and u.action for u in plan.unassigned)
        outcomes.update(["planned"] * len(in_routes) + ["left out"] * len(left_out))
    assert min(outcomes["planned"], outcomes["left out"]) > 200


def test_slack_and_load_are_counted_from_the_plan_as_by_the_search() -> None:
    """With both priced the points of the search are those of the plan's clock times."""
    counted: Counter[str] = Counter()
    for seed in range(80):
        day = flexible_day(seed)
        travel, objective = load_travel_settings(day.date), load_objective(day.date)
        objective = replace(
            objective,
            slack_s=600,
            fair_share=Decimal("0.2"),
            weights=replace(objective.weights, slack=3, load=1),
        )
        params = SolveParams(iterations=3000, threads=1, seed=seed, explain=False)
        solution = solve(build_problem(day, travel, objective), params)
        plan = plan_of(day, travel, objective, replace(solution, unassigned=()), seed, 0.0)
        assert plan.objective == solution.points, seed
        counted.update({t.name: t.quantity for t in plan.score})
    assert counted["missing_slack"] > 0
    assert counted["uneven_load"] > 0


def test_the_objective_is_the_sum_of_the_terms_recounted_from_the_plan(
    travel: TravelSettings,
) -> None:
    """Travel, waiting and wishes are counted anew; points are neither lost nor made."""
    seen: Counter[Rule] = Counter()
    optional: Counter[str] = Counter()
    for seed in SEEDS:
        day, plan = planned(seed)
        term = {t.name: t for t in plan.score}
        travel_s = sum(r.return_travel_s + sum(s.travel_s for s in r.stops) for r in plan.routes)
        waiting_s = sum(
            round(s.start.timestamp() - s.arrival.timestamp()) for r in plan.routes for s in r.stops
        )
        assert term["travel"].quantity == travel_s, seed
        assert term["waiting"].quantity == waiting_s, seed
        priorities = Counter(v.priority for v in day.visits) - Counter(
            v.priority
            for v in day.visits
            for r in plan.routes
            for s in r.stops
            if s.visit_id == v.id
        )
        in_routes = {s.visit_id for r in plan.routes for s in r.stops}
        pinned = [v for v in day.visits if v.pinned and v.id not in in_routes]
        assert term["unassigned_pinned"].quantity == len(pinned)
        priorities -= Counter(v.priority for v in pinned)
        moved = [u for u in plan.unassigned if u.moved_to]
        flexible = {v.id: v for v in day.visits if v.later_days(day.date) and v.id not in in_routes}
        assert {u.visit_id: u.moved_to for u in moved} == {
            v.id: tuple(d for d in v.possible_days if d > day.date) for v in flexible.values()
        }
        free = [v for v in flexible.values() if not v.pinned]
        for days, least, most in ((1, 1, 1), (2, 2, 2), (3, 3, 99)):
            counted = sum(least <= len(v.later_days(day.date)) <= most for v in free)
            assert term[f"moved_{days}"].quantity == counted
        optional["moved"] += len(free)
        priorities -= Counter(v.priority for v in free)
        for priority in (1, 2, 3):
            assert term[f"unassigned_priority_{priority}"].quantity == priorities[priority]
        broken_rules = missed(day, plan, travel)
        paid_for = Counter(broken.rule for broken in broken_rules)
        used = {r.shift_id for r in plan.routes if r.stops}
        opened = [s for s in day.shifts if s.optional and s.id in used]
        measured = follow_up(day, plan)
        fixed_s = sum(
            s.end.timestamp() - s.start.timestamp() - (60 * s.rest.duration_min if s.rest else 0)
            for s in opened
            if not s.elastic
        )
        elastic_s = [measured.by_shift[s.id].paid_s for s in opened if s.elastic]
        optional["elastic"] += len(elastic_s)
        assert term["opened_shift"].quantity == len(opened), seed
        assert term["optional_second"].quantity == fixed_s + sum(elastic_s), seed
        assert all(
            measured.by_shift[s.id].paid_s == 0
            for s in day.shifts
            if s.optional and s.id not in used
        )
        optional.update("opened" if s in opened else "left" for s in day.shifts if s.optional)
        late_s = sum(b.size_s for b in broken_rules if b.rule is Rule.OVERTIME)
        assert term["overtime"].quantity == late_s == measured.overtime_s, seed
        seen[Rule.OVERTIME] += paid_for[Rule.OVERTIME]
        off_s = sum(b.size_s for b in broken_rules if b.rule is Rule.PREFERRED_TIME)
        assert term["preferred_time"].quantity == off_s, seed
        seen[Rule.PREFERRED_TIME] += paid_for[Rule.PREFERRED_TIME]
        beyond = loops = 0
        recent = {known.recipient_id: len(known.recent) for known in day.continuity}
        visits = {visit.id: visit for visit in day.visits}
        for b in broken_rules:
            if b.rule is Rule.CONTINUITY:
                cap = int(b.expected.removeprefix("högst "))
                before = recent[visits[b.visit_ids[0]].recipient_id]
                beyond += int(b.found) - max(cap, before)
            elif b.rule is Rule.LOOP:
                loops += int(b.found) - 1
        assert (term["continuity"].quantity, term["loop"].quantity) == (beyond, loops), seed
        seen[Rule.CONTINUITY] += beyond
        seen[Rule.LOOP] += loops
        for rule in load_objective(day.date).prices:
            assert term[rule.value.lower()].quantity == paid_for[rule], (seed, rule)
            seen[rule] += paid_for[rule]
        assert all(t.points == t.quantity * t.weight for t in plan.score)
        assert plan.objective == sum(t.points for t in plan.score)
    assert min(seen.values()) > 10, seen
    assert min(optional[each] for each in ("opened", "left", "moved", "elastic")) > 10, optional


def test_the_solver_counts_the_points_of_the_plan(travel: TravelSettings) -> None:
    """What the search minimises is what the plan is said to cost."""
    for seed in SEEDS[:100]:
        day, objective = tiny_day(seed), load_objective(tiny_day(seed).date)
        params = SolveParams(iterations=1000, threads=1, seed=seed)
        solution = solve(build_problem(day, travel, objective), params)
        assert plan_of(day, travel, objective, solution, seed, 0).objective == solution.points


@pytest.mark.parametrize("seed", range(0, 40, 4))
def test_the_same_seed_gives_the_same_plan(seed: int, travel: TravelSettings) -> None:
    day, plan = planned(seed)
    assert plan_day(day, travel, iterations=3000, threads=1, seed=seed) == plan


def test_two_threads_are_deterministic_too(travel: TravelSettings) -> None:
    day = tiny_day(7)
    one, two = (plan_day(day, travel, iterations=30_000, threads=2, seed=3) for _ in range(2))
    assert one == two


Spoilt = Iterator[tuple[Plan, Rule]]


def _with_stop(plan: Plan, route: Route, at: int, stop: Stop | None) -> Plan:
    """`plan` with one stop of one route exchanged, or taken out."""
    stops = (*route.stops[:at], *([stop] if stop else []), *route.stops[at + 1 :])
    routes = tuple(replace(r, stops=stops) if r is route else r for r in plan.routes)
    return replace(plan, routes=routes)


def _visits(day: Day, plan: Plan) -> Iterator[tuple[Route, int, Stop]]:
    for route in plan.routes:
        for at, stop in enumerate(route.stops):
            if stop.visit_id is not None:
                yield route, at, stop


def _later(moment: datetime, by: timedelta) -> datetime:
    return datetime.fromtimestamp(moment.timestamp() + by.total_seconds(), STOCKHOLM)


def _shifted(stop: Stop, by: timedelta) -> Stop:
    return replace(stop, start=_later(stop.start, by), end=_later(stop.end, by))


def lost(day: Day, plan: Plan) -> Spoilt:
    for route, at, _ in _visits(day, plan):
        yield _with_stop(plan, route, at, None), Rule.ASSIGNED_ONCE


def doubled(day: Day, plan: Plan) -> Spoilt:
    for route, at, stop in _visits(day, plan):
        other = replace(route, stops=(*route.stops, stop))
        assert route.stops[at] is stop
        yield (
            replace(plan, routes=tuple(other if r is route else r for r in plan.routes)),
            Rule.ASSIGNED_ONCE,
        )


def out_of_window(day: Day, plan: Plan) -> Spoilt:
    visits = {v.id: v for v in day.visits}
    pinned = {v.starts_with for v in day.visits if v.pinned_start}
    for route, at, stop in _visits(day, plan):
        if visits[stop.visit_id or ""].starts_with in pinned:
            continue
        for window in visits[stop.visit_id or ""].windows:
            past = timedelta(seconds=window.latest.timestamp() - stop.start.timestamp() + 1)
            yield _with_stop(plan, route, at, _shifted(stop, past)), Rule.WINDOW
            early = timedelta(seconds=window.earliest.timestamp() - stop.start.timestamp() - 1)
            yield _with_stop(plan, route, at, _shifted(stop, early)), Rule.WINDOW


def shortened(day: Day, plan: Plan) -> Spoilt:
    for route, at, stop in _visits(day, plan):
        cut = replace(stop, end=_later(stop.end, timedelta(seconds=-1)))
        yield _with_stop(plan, route, at, cut), Rule.DURATION


def _by_stranger(day: Day, plan: Plan, wrong: Callable[[Visit, Carer], bool], rule: Rule) -> Spoilt:
    """Each visit in turn given to each carer who is wrong for it."""
    for route, at, stop in _visits(day, plan):
        visit = next(v for v in day.visits if v.id == stop.visit_id)
        for stranger in plan.routes:
            carer = next(c for c in day.carers if c.id == stranger.carer_id)
            if wrong(visit, carer):
                taken = _with_stop(plan, route, at, None)
                routes = tuple(
                    replace(r, stops=(*r.stops, stop)) if r.shift_id == stranger.shift_id else r
                    for r in taken.routes
                )
                yield replace(taken, routes=routes), rule


def unskilled(day: Day, plan: Plan) -> Spoilt:
    def lacking(visit: Visit, carer: Carer) -> bool:
        held = carer.skills | {
            d.skill for d in carer.delegations if d.valid_from <= day.date <= d.valid_to
        }
        return not visit.required_skills <= held

    yield from _by_stranger(day, plan, lacking, Rule.SKILL)


def barred(day: Day, plan: Plan) -> Spoilt:
    def unwanted(visit: Visit, carer: Carer) -> bool:
        return carer.id in visit.wishes.prohibited

    yield from _by_stranger(day, plan, unwanted, Rule.FORBIDDEN_CARER)


def unpinned(day: Day, plan: Plan) -> Spoilt:
    def other(visit: Visit, carer: Carer) -> bool:
        return visit.pinned_carer not in (None, carer.id)

    yield from _by_stranger(day, plan, other, Rule.PINNED_CARER)


def late_for_its_pin(day: Day, plan: Plan) -> Spoilt:
    """A second off, also for the one of a group that is not pinned itself."""
    visits = {v.id: v for v in day.visits}
    pinned = {v.starts_with for v in day.visits if v.pinned_start}
    for route, at, stop in _visits(day, plan):
        if visits[stop.visit_id or ""].starts_with in pinned:
            for by in (-1, 1):
                moved = _shifted(stop, timedelta(seconds=by))
                yield _with_stop(plan, route, at, moved), Rule.PINNED_TIME


def allergic(day: Day, plan: Plan) -> Spoilt:
    def cannot(visit: Visit, carer: Carer) -> bool:
        return bool(visit.wishes.allergens & carer.allergies)

    yield from _by_stranger(day, plan, cannot, Rule.ALLERGY)


def no_travel(day: Day, plan: Plan) -> Spoilt:
    """The second of two visits with a way between them starts when the first one ends."""
    for route in plan.routes:
        for at in range(1, len(route.stops)):
            before, stop = route.stops[at - 1], route.stops[at]
            if before.visit_id and stop.visit_id and stop.travel_s > 0:
                back = timedelta(seconds=before.end.timestamp() - stop.start.timestamp())
                yield _with_stop(plan, route, at, _shifted(stop, back)), Rule.TRAVEL


def after_shift(day: Day, plan: Plan) -> Spoilt:
    shifts = {s.id: s for s in day.shifts}
    for route in plan.routes:
        if route.stops and route.stops[-1].visit_id:
            over = shifts[route.shift_id].closes.timestamp() - route.stops[-1].end.timestamp() + 1
            late = _shifted(route.stops[-1], timedelta(seconds=over))
            yield _with_stop(plan, route, len(route.stops) - 1, late), Rule.SHIFT


def without_break(day: Day, plan: Plan) -> Spoilt:
    # Whether an elastic shift needs one depends on how long it became.
    elastic = {shift.id for shift in day.shifts if shift.elastic}
    for route in plan.routes:
        for at, stop in enumerate(route.stops):
            if stop.visit_id is None and len(route.stops) > 1 and route.shift_id not in elastic:
                yield _with_stop(plan, route, at, None), Rule.BREAK


def too_long_a_stretch(day: Day, plan: Plan) -> Spoilt:
    """The break moved within its own frame to where it no longer divides the shift."""
    shifts = {s.id: s for s in day.shifts}
    limit_s = 5 * 3600
    for route in plan.routes:
        shift = shifts[route.shift_id]
        for at, stop in enumerate(route.stops):
            if stop.visit_id is not None or shift.rest is None:
                continue
            begins, ends = shift.start.timestamp(), shift.end.timestamp()
            first, last = shift.rest.earliest.timestamp(), shift.rest.latest.timestamp()
            soonest = max(first, ends - limit_s - 60 * shift.rest.duration_min)
            latest = min(last, begins + limit_s)
            for wrong in (soonest - 1, latest + 1):
                if soonest <= latest and first <= wrong <= last:
                    by = timedelta(seconds=wrong - stop.start.timestamp())
                    yield _with_stop(plan, route, at, _shifted(stop, by)), Rule.STRETCH


def into_the_daily_rest(day: Day, plan: Plan) -> Spoilt:
    shifts = {s.id: s for s in day.shifts}
    carers = {c.id: c for c in day.carers}
    for route in plan.routes:
        following = carers[route.carer_id].next_start
        if following is not None and route.stops and route.stops[-1].visit_id:
            rested = following.timestamp() - 11 * 3600
            latest = max(shifts[route.shift_id].end.timestamp(), rested)
            over = latest - route.stops[-1].end.timestamp() + 1
            late = _shifted(route.stops[-1], timedelta(seconds=over))
            yield _with_stop(plan, route, len(route.stops) - 1, late), Rule.DAILY_REST


def half_a_group(day: Day, plan: Plan) -> Spoilt:
    groups = {v.id: v.group for v in day.visits if v.group}
    for route, at, stop in _visits(day, plan):
        if stop.visit_id in groups:
            yield _with_stop(plan, route, at, None), Rule.GROUP_WHOLE


def group_apart(day: Day, plan: Plan) -> Spoilt:
    groups = {v.id: v.group for v in day.visits if v.group}
    for route, at, stop in _visits(day, plan):
        if stop.visit_id in groups:
            moved = _shifted(stop, timedelta(seconds=1))
            yield _with_stop(plan, route, at, moved), Rule.GROUP_START


def group_by_one(day: Day, plan: Plan) -> Spoilt:
    groups = {v.id: v.group for v in day.visits if v.group}
    for route, at, stop in _visits(day, plan):
        group = groups.get(stop.visit_id or "")
        for other, _, partner in _visits(day, plan):
            same = group is not None and groups.get(partner.visit_id or "") == group
            if same and other is not route:
                taken = _with_stop(plan, route, at, None)
                routes = tuple(
                    replace(r, stops=(*r.stops, stop)) if r.shift_id == other.shift_id else r
                    for r in taken.routes
                )
                yield replace(taken, routes=routes), Rule.GROUP_CARERS


def gap_broken(day: Day, plan: Plan) -> Spoilt:
    gaps = {v.id: v.gaps for v in day.visits}
    placed = {s.visit_id: s for _, _, s in _visits(day, plan)}
    for route, at, stop in _visits(day, plan):
        for gap in gaps[stop.visit_id or ""]:
            if gap.preceding_visit in placed:
                first = placed[gap.preceding_visit]
                origin = first.start if gap.from_start else first.end
                apart = timedelta(minutes=gap.min_min, seconds=-1)
                begin = _later(origin, apart)
                by = timedelta(seconds=begin.timestamp() - stop.start.timestamp())
                yield _with_stop(plan, route, at, _shifted(stop, by)), Rule.GAP


def person_doubled(day: Day, plan: Plan) -> Spoilt:
    visits = {v.id: v for v in day.visits}
    for route, at, stop in _visits(day, plan):
        for _, _, other in _visits(day, plan):
            a, b = visits[stop.visit_id or ""], visits[other.visit_id or ""]
            if (
                a.id != b.id
                and a.recipient_id == b.recipient_id
                and not (a.group and a.group == b.group)
            ):
                by = timedelta(seconds=other.start.timestamp() - stop.start.timestamp())
                yield _with_stop(plan, route, at, _shifted(stop, by)), Rule.RECIPIENT_OVERLAP


FAULTS = (
    lost, doubled, out_of_window, shortened, unskilled, no_travel, after_shift, without_break,
    half_a_group, group_apart, group_by_one, gap_broken, person_doubled, barred, allergic,
    unpinned, late_for_its_pin, too_long_a_stretch, into_the_daily_rest,
)  # fmt: skip


@pytest.mark.parametrize("spoil", FAULTS, ids=lambda f: f.__name__)
def test_every_kind_of_planted_fault_is_rejected(
    spoil: Callable[[Day, Plan], Spoilt], travel: TravelSettings
) -> None:
    """In every plan of every seed that has room for it, and often enough to mean something."""
    planted = 0
    for seed in SEEDS:
        day, plan = planned(seed)
        for spoilt, rule in spoil(day, plan):
            planted += 1
            assert rule in {v.rule for v in check(day, spoilt, travel)}, (seed, rule)
    assert planted >= 5
