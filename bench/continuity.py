"""
What continuity costs in travel: a fortnight planned day by day, each knowing who came before.

    python -m bench.continuity [--size M] [--seconds 10] [--seeds 1] [--caps 0 15 12 10 8]
                               [--shifts given|chosen|elastic]

For each cap on distinct carers in 14 days, all 14 days of a generated municipality are planned one
after the other from nothing: the first day knows of nobody. 0 leaves continuity free. Told are the
distinct carers in the 14 days of people with two visits a day or more, whom the national figure is
about, and of everybody; travel of all days, and by how much it is more than with continuity free;
visits left out by priority, broken rules by the independent checker (working time among them), and
care and travel of the paid time. `chosen`: every shift is optional, and the plan chooses which are
worked and paid; `elastic`: also when each begins and how long it is, as in `bench.shift_choice`.
"""

from __future__ import annotations

import argparse
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import mean

from bench.shift_choice import elastic, optional
from fixtures.municipality import Size, day_of, generate
from scheduler.build import build_problem
from scheduler.care.model import Continuity, Day, Priority
from scheduler.checker import check
from scheduler.followup import follow_up
from scheduler.objective import load_objective
from scheduler.planner import plan_of
from scheduler.solve import SolveParams, solve
from scheduler.travel import load_travel_settings

SHIFTS: dict[str, Callable[[Day], Day]] = {
    "given": lambda day: day,
    "chosen": optional,
    "elastic": elastic,
}
LAST_DAY = date(2026, 3, 4)
DAYS = 14
# Visits in a fortnight of somebody with two a day.
TWO_A_DAY = 2 * DAYS


@dataclass(frozen=True, slots=True)
class Fortnight:
    """
    Parameters
    ----------
    carers, visits
        Recipient -> distinct carers and planned visits in the 14 days.
    travel_s, paid_s, care_s, broken
        Of all days: travel, paid and care time, and broken rules.
    unassigned
        Visits left out of all days, by priority.
    """

    carers: dict[str, int]
    visits: Counter[str]
    travel_s: int
    paid_s: int
    care_s: int
    broken: int
    unassigned: Counter[Priority]

    def mean_carers(self, least_visits: int) -> float:
        """Of recipients with so many visits or more."""
        return mean(self.carers[r] for r, count in self.visits.items() if count >= least_visits)


def fortnight(
    size: Size, seed: int, cap: int, seconds: float, threads: int, shifts: str
) -> Fortnight:
    """Plan 14 days in turn under `cap` (0: continuity free), `shifts` as in the command."""
    came: deque[dict[str, set[str]]] = deque(maxlen=DAYS - 1)
    visits: Counter[str] = Counter()
    carers: dict[str, set[str]] = {}
    travel_s = paid_s = care_s = broken = 0
    unassigned: Counter[Priority] = Counter()
    for back in reversed(range(DAYS)):
        on = LAST_DAY - timedelta(days=back)
        day = day_of(generate(size, seed, on))
        travel = load_travel_settings(on)
        objective = replace(load_objective(on), continuity_cap=cap)
        people = sorted({visit.recipient_id for visit in day.visits})
        known = tuple(
            Continuity(person, frozenset().union(*(each.get(person, set()) for each in came)))
            for person in people
        )
        day = SHIFTS[shifts](replace(day, continuity=known if cap else ()))
        params = SolveParams(seconds, threads=threads, seed=seed)
        solution = solve(build_problem(day, travel, objective), params)
        plan = plan_of(day, travel, objective, solution, seed, seconds)
        today: dict[str, set[str]] = {}
        visit_of = {visit.id: visit for visit in day.visits}
        for route in plan.routes:
            for stop in route.stops:
                if stop.visit_id is not None:
                    person = visit_of[stop.visit_id].recipient_id
                    today.setdefault(person, set()).add(route.carer_id)
                    carers.setdefault(person, set()).add(route.carer_id)
                    visits[person] += 1
        came.append(today)
        unassigned.update(visit_of[item.visit_id].priority for item in plan.unassigned)
        broken += len(check(day, plan, travel, objective))
        used = follow_up(day, plan).total
        travel_s += used.travel_s
        paid_s += used.paid_s
        care_s += used.care_s
    distinct = {person: len(found) for person, found in carers.items()}
    return Fortnight(distinct, visits, travel_s, paid_s, care_s, broken, unassigned)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--size", default="M", choices=[size.value for size in Size])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--caps", type=int, nargs="+", default=[0, 15, 12, 10, 8])
    parser.add_argument("--shifts", choices=list(SHIFTS), default="given")
    args = parser.parse_args()
    print(
        "| cap | seed | carers in 14 days, two visits a day | everybody | travel, h | against free "
        "| left out, priority 1 / 2 / 3 | broken rules | care-time share | travel of paid time |\n"
        "|---|---|---|---|---|---|---|---|---|---|"
    )
    for seed in range(1, args.seeds + 1):
        free_s = 0
        for cap in args.caps:
            found = fortnight(Size(args.size), seed, cap, args.seconds, args.threads, args.shifts)
            free_s = found.travel_s if cap == 0 else free_s
            more = f"{found.travel_s / free_s - 1:+.1%}" if free_s else "–"
            print(
                f"| {cap or 'free'} | {seed} | {found.mean_carers(TWO_A_DAY):.1f} "
                f"| {found.mean_carers(1):.1f} | {found.travel_s / 3600:.1f} | {more} "
                f"| {' / '.join(str(found.unassigned[p]) for p in Priority)} | {found.broken} "
                f"| {found.care_s / found.paid_s:.1%} | {found.travel_s / found.paid_s:.1%} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
