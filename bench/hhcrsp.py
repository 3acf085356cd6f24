"""
Plan a public home-care instance (HHCRSP) and write the solution its checkers read.

    python -m bench.hhcrsp INSTANCE.json --seconds S --threads N --seed K --out SOLUTION.json

Format and rules: Mankowska, Meisel, Bierwirth (2014); JSON form of Ceschia et al. (2024). Cost is
(distance + total tardiness + largest tardiness) / 3, all in the instance's minutes.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from scheduler.care.errors import CareError
from scheduler.objective import Weights
from scheduler.problem import FOREVER_S, Problem
from scheduler.solve import Solution, SolveParams, solve

# Published distances have three decimals; a problem second is a thousandth of the unit.
TICKS = 1000


def read_problem(instance: dict[str, Any]) -> tuple[Problem, list[tuple[str, str]]]:
    """The instance as a problem, and (patient, service) of each of its visits."""
    default = {s["id"]: s.get("default_duration", 0) for s in instance["services"]}
    visits: list[tuple[str, str]] = []
    rows: list[tuple[float, ...]] = []
    for number, patient in enumerate(instance["patients"]):
        required = patient["required_caregivers"]
        early, due = patient["time_window"]
        sync = patient.get("synchronization") or {}
        offsets = [(0, 0), (0, 0)]
        if sync.get("type") == "sequential":
            offsets[1] = tuple(sync["distance"])
        for need, (least, most) in zip(required, offsets, strict=False):
            service = need["service"]
            duration = need.get("duration")
            visits.append((patient["id"], service))
            rows.append(
                (
                    early,
                    due,
                    default[service] if duration is None else duration,
                    number + 1,
                    number if len(required) > 1 else -1,
                    least,
                    most,
                )
            )
    table = np.array(rows, dtype=float).reshape(-1, 7)
    ticks = np.rint(table[:, [0, 1, 2, 5, 6]] * TICKS).astype(np.int64).T
    carers = instance["caregivers"]
    zeros = np.zeros(len(carers), dtype=np.int64)
    nothing = np.zeros(0, dtype=np.int64)
    problem = Problem(
        early_s=ticks[0],
        late_s=np.full(len(visits), FOREVER_S),
        due_s=ticks[1],
        duration_s=ticks[2],
        place=table[:, 3].astype(np.int64),
        drop_points=np.full(len(visits), 10_000 * TICKS),
        recipient=np.full(len(visits), -1),
        group=table[:, 4].astype(np.int64),
        offset_min_s=ticks[3],
        offset_max_s=ticks[4],
        allowed=np.array([[s in c["abilities"] for c in carers] for _, s in visits]),
        gap_first=nothing,
        gap_second=nothing,
        gap_min_s=nothing,
        gap_max_s=nothing,
        carer=np.arange(len(carers)),
        open_s=zeros,
        close_s=zeros + FOREVER_S,
        start_place=zeros,
        end_place=zeros,
        mode=zeros,
        break_early_s=zeros,
        break_late_s=zeros,
        break_s=zeros,
        travel_s=np.rint(np.array([instance["distances"]], dtype=float) * TICKS),
        weights=Weights(travel=1, waiting=0, tardiness=1, worst_tardiness=1),
    )
    return problem, visits


def write_solution(
    instance: dict[str, Any], visits: list[tuple[str, str]], problem: Problem, solution: Solution
) -> dict[str, Any]:
    """The solution as the checkers read it; ``arrival_time`` is the start of the service."""
    return {
        "routes": [
            {
                "caregiver_id": carer["id"],
                "locations": [
                    {
                        "patient": visits[v][0],
                        "service": visits[v][1],
                        "arrival_time": start / TICKS,
                        "departure_time": (start + int(problem.duration_s[v])) / TICKS,
                    }
                    for v, start in stops
                ],
            }
            for carer, stops in zip(instance["caregivers"], solution.stops, strict=True)
        ]
    }


def main(argv: list[str] | None = None) -> int:
    """Exit status 0; 1 when a service found no carer; 2 when the instance cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m bench.hhcrsp", description=__doc__)
    parser.add_argument("instance", type=Path)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args(argv)
    try:
        instance = json.loads(arguments.instance.read_text(encoding="utf-8"))
        problem, visits = read_problem(instance)
    except (OSError, ValueError, KeyError, TypeError, IndexError, CareError) as error:
        found = f"{type(error).__name__}: {error}"[:300]
        print(f"cannot read {arguments.instance.name}: {found}", file=sys.stderr)
        return 2
    params = SolveParams(arguments.seconds, threads=arguments.threads, seed=arguments.seed)
    solution = solve(problem, params)
    document = write_solution(instance, visits, problem, solution)
    arguments.out.write_text(json.dumps(document), encoding="utf-8")
    tardiness, worst = solution.tardiness_s, solution.worst_tardiness_s
    cost = (solution.travel_s + tardiness + worst) / TICKS / 3
    print(f"cost {cost:.4f}  unassigned {len(solution.unassigned)}  moves {solution.moves}")
    return 1 if solution.unassigned else 0


if __name__ == "__main__":
    raise SystemExit(main())
