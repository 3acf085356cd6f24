"""
What it saves that the optimiser chooses which shifts to open, and how long: paid minutes.

    python -m bench.shift_choice [--size M] [--seconds 30] [--seeds 3] [--threads 2]

Each generated day is planned three times: with its shifts as drawn up, all paid; with every one of
them optional; and with every one elastic as well, beginning up to an hour sooner or ending up to an
hour later, as far as the daily rest and the break allow it, no longer than drawn up and paid for
four hours at least; one that is too long for having no break is only optional. The second and the
third day have the visits that the first plan makes; leaving one out costs as much as one of the
first priority, and a carer beyond the cap of a person twice as much as else, so that paid minutes
are saved by shifts, not by visits and not by continuity. All know who came to
whom in the fortnight before. Told are paid minutes, visits left out by priority (of them those that
are moved to a later day), broken rules by the independent checker, new faces (carers who had not
come before, summed over recipients), distinct carers in 14 days of people with two visits or more
on the day, and the care-time share.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from statistics import mean

from fixtures.history import day_with_history
from fixtures.municipality import Size, generate
from scheduler.build import build_problem
from scheduler.care.model import Day, Elastic, Priority, Shift
from scheduler.care.units import SECONDS_PER_MINUTE
from scheduler.checker import check
from scheduler.followup import FollowUp, follow_up
from scheduler.objective import load_objective
from scheduler.plan import Plan
from scheduler.planner import plan_day, plan_of
from scheduler.solve import SolveParams, solve
from scheduler.travel import load_travel_settings
from scheduler.working_time import load_working_time

DAY = date(2026, 3, 4)
MINUTE = timedelta(minutes=1)
EARLIER = timedelta(hours=1)
LEAST_MIN = 240
TWO = 2
# By how much a carer beyond the cap costs more where the plan chooses its shifts.
CONTINUITY = 2


def optional(day: Day) -> Day:
    """`day` with every shift optional."""
    return replace(day, shifts=tuple(replace(shift, optional=True) for shift in day.shifts))


def elastic(day: Day) -> Day:
    """`day` with every shift optional and elastic within the limits above."""
    working = load_working_time(DAY)
    rest = timedelta(minutes=working.daily_rest_min)
    carers = {carer.id: carer for carer in day.carers}

    def made(shift: Shift) -> Shift:
        carer = carers[shift.carer_id]
        rest_min = shift.rest.duration_min if shift.rest else 0
        length_min = int((shift.end - shift.start) / MINUTE) - rest_min
        if not rest_min and length_min > working.longest_stretch_min:
            return replace(shift, optional=True)
        begins, ends = shift.start - EARLIER, shift.end + EARLIER
        if carer.previous_end:
            begins = min(shift.start, max(begins, carer.previous_end + rest))
        if carer.next_start:
            ends = max(shift.end, min(ends, carer.next_start - rest))
        within = timedelta(minutes=2 * working.longest_stretch_min + rest_min)
        if rest_min and ends - begins > within:
            begins = min(shift.start, ends - within)
            ends = max(shift.end, begins + within)
        lengths = Elastic(min(LEAST_MIN, length_min), length_min)
        return replace(
            shift, start=begins, end=ends, optional=True, latest_end=None, elastic=lengths
        )

    return replace(day, shifts=tuple(map(made, day.shifts)))


def with_visits_of(day: Day, plan: Plan) -> Day:
    """`day` with the visits that `plan` makes and no others."""
    out = {item.visit_id for item in plan.unassigned}
    return replace(day, visits=tuple(visit for visit in day.visits if visit.id not in out))


def plan_all(day: Day, seconds: float, threads: int, seed: int) -> Plan:
    """A plan of `day` for which no visit is cheap to leave out, and new carers are dear."""
    travel, objective = load_travel_settings(day.date), load_objective(day.date)
    dearest = max(objective.unassigned.values())
    every = replace(
        objective,
        unassigned=dict.fromkeys(objective.unassigned, dearest),
        moved={},
        new_carer=CONTINUITY * objective.new_carer,
    )
    params = SolveParams(seconds, threads=threads, seed=seed)
    solution = solve(build_problem(day, travel, every), params)
    return plan_of(day, travel, objective, solution, seed, seconds)


def new_faces(day: Day, plan: Plan) -> int:
    """Carers who come to somebody they did not come to in the fortnight before."""
    recent = {known.recipient_id: known.recent for known in day.continuity}
    recipient_of = {visit.id: visit.recipient_id for visit in day.visits}
    pairs = {
        (recipient_of[stop.visit_id], route.carer_id)
        for route in plan.routes
        for stop in route.stops
        if stop.visit_id is not None
    }
    return sum(carer not in recent.get(person, frozenset()) for person, carer in pairs)


def left_out(day: Day, plan: Plan) -> str:
    """Visits left out by priority, and how many of them are moved."""
    visits = {visit.id: visit for visit in day.visits}
    counted = Counter(int(visits[item.visit_id].priority) for item in plan.unassigned)
    moved = sum(bool(item.moved_to) for item in plan.unassigned)
    return f"{' / '.join(str(counted[priority]) for priority in Priority)} ({moved})"


def carers_in_14_days(day: Day, found: FollowUp) -> float:
    """Mean over those with TWO visits or more on the day, whom the national figure is about."""
    often = Counter(visit.recipient_id for visit in day.visits)
    return mean(n for person, n in found.distinct_in_14_days.items() if often[person] >= TWO)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--size", default="M", choices=[size.value for size in Size])
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    travel = load_travel_settings(DAY)
    print(
        "| seed | shifts | paid min | against given | left out, priority 1 / 2 / 3 (moved) "
        "| broken rules | new faces | carers in 14 days | care-time share |\n"
        "|---|---|---|---|---|---|---|---|---|"
    )
    for seed in range(1, args.seeds + 1):
        given = day_with_history(generate(Size(args.size), seed, DAY))
        plan = plan_day(given, travel, seconds=args.seconds, threads=args.threads, seed=seed)
        same = with_visits_of(given, plan)
        paid_given = 0
        for name, day in (("given", given), ("chosen", optional(same)), ("elastic", elastic(same))):
            if name != "given":
                plan = plan_all(day, args.seconds, args.threads, seed)
            found = follow_up(day, plan)
            paid = found.total.paid_s // SECONDS_PER_MINUTE
            paid_given = paid_given or paid
            opened = sum(1 for route in plan.routes if route.stops)
            shifts = len(day.shifts) if name == "given" else opened
            print(
                f"| {seed}, {name} | {shifts} | {paid} | {paid / paid_given - 1:+.1%} "
                f"| {left_out(day, plan)} | {len(check(day, plan, travel))} "
                f"| {new_faces(day, plan)} | {carers_in_14_days(day, found):.1f} "
                f"| {float(found.total.care_time_share or 0):.1%} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
