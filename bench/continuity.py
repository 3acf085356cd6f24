"""
What continuity costs in travel: a fortnight planned day by day, each knowing who came before.

    python -m bench.continuity [--size M] [--seconds 10] [--seeds 1] [--caps 0 15 12 10 8]

For each cap on distinct carers in 14 days, all 14 days of a generated municipality are planned one
after the other from nothing: the first day knows of nobody. 0 leaves continuity free. Told are the
distinct carers in the 14 days of people with two visits a day or more, whom the national figure is
about, and of everybody; travel of all days, and by how much it is more than with continuity free.
"""

from __future__ import annotations

import argparse
from collections import Counter, deque
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import mean

from fixtures.municipality import Size, day_of, generate
from scheduler.build import build_problem
from scheduler.care.model import Continuity
from scheduler.objective import load_objective
from scheduler.planner import plan_of
from scheduler.solve import SolveParams, solve
from scheduler.travel import load_travel_settings

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
    travel_s, unassigned
        Of all days.
    """

    carers: dict[str, int]
    visits: Counter[str]
    travel_s: int
    unassigned: int

    def mean_carers(self, least_visits: int) -> float:
        """Of recipients with so many visits or more."""
        return mean(self.carers[r] for r, count in self.visits.items() if count >= least_visits)


def fortnight(size: Size, seed: int, cap: int, seconds: float, threads: int) -> Fortnight:
    """Plan 14 days in turn under `cap`; 0 leaves continuity free."""
    came: deque[dict[str, set[str]]] = deque(maxlen=DAYS - 1)
    visits: Counter[str] = Counter()
    carers: dict[str, set[str]] = {}
    travel_s = unassigned = 0
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
        day = replace(day, continuity=known if cap else ())
        params = SolveParams(seconds, threads=threads, seed=seed, explain=False)
        solution = solve(build_problem(day, travel, objective), params)
        plan = plan_of(day, travel, objective, replace(solution, unassigned=()), seed, seconds)
        today: dict[str, set[str]] = {}
        recipient_of = {visit.id: visit.recipient_id for visit in day.visits}
        for route in plan.routes:
            for stop in route.stops:
                if stop.visit_id is not None:
                    person = recipient_of[stop.visit_id]
                    today.setdefault(person, set()).add(route.carer_id)
                    carers.setdefault(person, set()).add(route.carer_id)
                    visits[person] += 1
        came.append(today)
        travel_s += solution.travel_s
        unassigned += len(day.visits) - sum(
            stop.visit_id is not None for route in plan.routes for stop in route.stops
        )
    return Fortnight({r: len(c) for r, c in carers.items()}, visits, travel_s, unassigned)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--size", default="M", choices=[size.value for size in Size])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--caps", type=int, nargs="+", default=[0, 15, 12, 10, 8])
    args = parser.parse_args()
    print(
        "| cap | seed | carers in 14 days, two visits a day | everybody | travel, h | against free "
        "| left out |\n|---|---|---|---|---|---|---|"
    )
    for seed in range(1, args.seeds + 1):
        free_s = 0
        for cap in args.caps:
            found = fortnight(Size(args.size), seed, cap, args.seconds, args.threads)
            free_s = found.travel_s if cap == 0 else free_s
            more = f"{found.travel_s / free_s - 1:+.1%}" if free_s else "–"
            print(
                f"| {cap or 'free'} | {seed} | {found.mean_carers(TWO_A_DAY):.1f} "
                f"| {found.mean_carers(1):.1f} | {found.travel_s / 3600:.1f} | {more} "
                f"| {found.unassigned} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
