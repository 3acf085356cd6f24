"""
Plan an instance of unified home health care (UHHC) and write the solution its checkers read.

    python -m bench.uhhc INSTANCE --seconds S --threads N --seed K --out FILE [--trace CSV]

Format, rules and the nine cost components: Ceschia et al. (2026), doi 10.1111/itor.70140, as the
public ``check_uhhc.py`` states them. Two things differ from the published rules:

* A break is taken where the carer is, never after the way to the next patient. Some plans with a
  break of the second kind are lost; every plan found here is one of theirs.
* A break before the first visit is written at the first patient, as the format wants it. Where
  the carer gets there after the last start of a break, it is left out of the file and missed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.drive import (
    REQUIRED_POINTS,
    BadInstance,
    Family,
    Mapped,
    Stops,
    ceil_ticks,
    floor_ticks,
    run,
)
from bench.uhhc_instance import Instance, Service, read_instance
from scheduler.objective import Weights
from scheduler.problem import BREAK, FOREVER_S, MUST_POINTS, Bool, Problem

LUNCH = "lunch_break"
# Per tick of a timed component that must be 0; no plan pays it for anything else.
HARD_WEIGHT = 10**6
LARGEST_INT32 = (1 << 31) - 1


@dataclass(frozen=True, slots=True)
class Points:
    """
    Points by component; a component that is counted weighs ``unit * ticks`` as much per piece.

    Parameters
    ----------
    instance
        Whose weights they are.
    unit
        Points per weight and tick: 1 where all weights are whole, else 1000.
    """

    instance: Instance
    unit: int

    def is_hard(self, name: str) -> bool:
        """Whether the component must be 0."""
        return name in self.instance.costs.hard

    def per_tick(self, name: str) -> int:
        """Points of a timed component."""
        if self.is_hard(name):
            return HARD_WEIGHT * self.unit
        return round(self.instance.costs.weights[name] * self.unit)

    def each(self, name: str) -> int:
        """Points of a counted component."""
        return round(self.instance.costs.weights[name] * self.unit * self.instance.ticks)

    def dropped(self, service: Service) -> int:
        """Points of leaving the service out; those of an optional patient's add up exactly."""
        if not self.may_be_left_out(service):
            return REQUIRED_POINTS
        whole, n, i = self.each("optional_patients"), service.count, service.number
        return whole * (i + 1) // n - whole * i // n

    def may_be_left_out(self, service: Service) -> bool:
        return service.patient.optional and not self.is_hard("optional_patients")


def read_problem(text: str) -> Mapped:
    """The instance as a problem; a tick is a minute where all times are whole, else 1/1000."""
    instance = read_instance(text)
    whole = all(w == int(w) for w in instance.costs.weights.values())
    points = Points(instance, 1 if whole else 1000)
    if points.each("caregiver_preferences") > LARGEST_INT32:
        raise BadInstance(["cost_components.caregiver_preferences: expected a smaller weight."])
    required = [not points.may_be_left_out(service) for service in instance.services]
    return Mapped(
        problem=_problem(instance, points),
        scale=points.unit * instance.ticks,
        required=np.array(required, dtype=np.bool_),
        source=instance,
    )


def _problem(instance: Instance, points: Points) -> Problem:
    """Times round to the safe side: what is feasible in ticks is feasible unrounded."""
    visits, routes = len(instance.services), len(instance.caregivers)
    forever = np.full(routes, FOREVER_S)
    able, disliked = _able(instance), _disliked(instance)
    hard_liking = points.is_hard("caregiver_preferences")
    return Problem(
        **_visit_arrays(instance),
        **_route_arrays(instance),
        late_s=np.full(visits, FOREVER_S),
        drop_points=[points.dropped(s) for s in instance.services],
        # Services of one patient may overlap.
        recipient=np.full(visits, -1),
        allowed=able & ~disliked if hard_liking else able,
        carer_points=disliked * points.each("caregiver_preferences"),
        gap_first=(),
        gap_second=(),
        gap_min_s=(),
        gap_max_s=(),
        carer=np.arange(routes),
        close_s=_shift_ends(instance) if points.is_hard("total_extra_time") else forever,
        mode=np.zeros(routes),
        break_points=np.full(
            routes,
            MUST_POINTS
            if points.is_hard("missed_lunch_break")
            else points.each("missed_lunch_break"),
        ),
        travel_s=ceil_ticks([instance.distances], instance.ticks),
        weights=Weights(
            travel=points.per_tick("travel_time"),
            waiting=points.per_tick("total_waiting_time"),
            tardiness=points.per_tick("total_tardiness"),
            worst_tardiness=points.per_tick("highest_tardiness"),
            # Where it must be 0, the shift closes instead.
            overtime=points.per_tick("total_extra_time"),
            worst_idle=points.per_tick("max_idle_time"),
        ),
    )


def _visit_arrays(instance: Instance) -> dict[str, Any]:
    """Times, places and groups of the visits, and their further windows."""
    services, ticks = instance.services, instance.ticks
    more = [(v, *window) for v, s in enumerate(services) for window in s.windows[1:]]
    apart = np.array([s.offset is not None for s in services], dtype=np.bool_)
    # Only the members after the first are bound to it, or free of it.
    free = ~apart & np.array([s.number > 0 for s in services], dtype=np.bool_)
    least, most = np.array([s.offset or (0, 0) for s in services], dtype=float).reshape(-1, 2).T
    return {
        "early_s": ceil_ticks([s.windows[0][0] for s in services], ticks),
        "due_s": floor_ticks([s.windows[0][1] for s in services], ticks),
        "duration_s": ceil_ticks([s.duration for s in services], ticks),
        "place": [s.patient.place for s in services],
        "group": [-1 if s.count == 1 else v - s.number for v, s in enumerate(services)],
        "offset_min_s": np.where(free, -FOREVER_S, ceil_ticks(least, ticks)),
        "offset_max_s": np.where(free, FOREVER_S, floor_ticks(most, ticks)),
        "apart": apart,
        "more_visit": [v for v, *_ in more],
        "more_early_s": ceil_ticks([early for _, early, _ in more], ticks),
        "more_due_s": floor_ticks([due for *_, due in more], ticks),
        "more_late_s": np.full(len(more), FOREVER_S),
    }


def _route_arrays(instance: Instance) -> dict[str, Any]:
    """Shifts, places and breaks of the caregivers; 0 seconds of break for the not entitled."""
    caregivers, ticks, lunch = instance.caregivers, instance.ticks, instance.lunch
    entitled = np.array([c.lunch for c in caregivers], dtype=np.int64)
    return {
        "open_s": ceil_ticks([c.shift[0] if c.shift else 0 for c in caregivers], ticks),
        "overtime_from_s": _shift_ends(instance),
        "start_place": [c.start_place for c in caregivers],
        "end_place": [c.end_place for c in caregivers],
        "break_early_s": entitled * ceil_ticks(lunch.early if lunch else 0, ticks),
        "break_late_s": entitled * floor_ticks(lunch.late if lunch else 0, ticks),
        "break_s": entitled * ceil_ticks(lunch.length if lunch else 0, ticks),
    }


def _shift_ends(instance: Instance) -> list[int]:
    return [
        int(floor_ticks(c.shift[1], instance.ticks)) if c.shift else FOREVER_S
        for c in instance.caregivers
    ]


def _able(instance: Instance) -> Bool:
    """Whether the caregiver has the ability and is not barred, by visit and route."""
    return _table(
        [
            [s.name in c.abilities and c.name not in s.patient.barred for c in instance.caregivers]
            for s in instance.services
        ],
        instance,
    )


def _disliked(instance: Instance) -> Bool:
    """Whether the patient prefers others, by visit and route."""
    return _table(
        [
            [
                s.patient.preferred is not None and c.name not in s.patient.preferred
                for c in instance.caregivers
            ]
            for s in instance.services
        ],
        instance,
    )


def _table(rows: list[list[bool]], instance: Instance) -> Bool:
    shape = len(instance.services), len(instance.caregivers)
    return np.array(rows, dtype=np.bool_).reshape(shape)


# ---------------------------------------------------------------- writing


def write_solution(mapped: Mapped, stops: Stops) -> str:
    """The plan as the checkers read it; ``arrival_time`` is the start of the service."""
    routes = [
        {"caregiver_id": caregiver.name, "locations": _locations(mapped, k, route)}
        for k, (caregiver, route) in enumerate(zip(mapped.source.caregivers, stops, strict=True))
    ]
    return json.dumps({"routes": [route for route in routes if route["locations"]]})


def _locations(mapped: Mapped, k: int, route: Sequence[tuple[int, int]]) -> list[dict[str, Any]]:
    """The route's visits, and its break where the format wants it."""
    instance, problem = mapped.source, mapped.problem
    if not any(visit != BREAK for visit, _ in route):
        # A break that must be taken is taken by an unused caregiver too.
        must = problem.break_s[k] > 0 and problem.break_points[k] >= MUST_POINTS
        return [_break_at_home(mapped, k)] if route or must else []
    locations: list[dict[str, Any]] = []
    for visit, start in route:
        if visit != BREAK:
            service = instance.services[visit]
            at = start / instance.ticks
            locations.append(
                {
                    "patient": service.patient.name,
                    "service": service.name,
                    "arrival_time": at,
                    "departure_time": at + service.duration,
                }
            )
        elif locations:
            locations.append(_break(instance, locations[-1]["patient"], start))
        else:
            first = next(v for v, _ in route if v != BREAK)
            locations += _opening_break(mapped, k, first, start)
    return locations


def _break_at_home(mapped: Mapped, k: int) -> dict[str, Any]:
    """The break of a caregiver without visits, as early as can be."""
    start = max(int(mapped.problem.open_s[k]), int(mapped.problem.break_early_s[k]))
    return _break(mapped.source, mapped.source.caregivers[k].home, start)


def _opening_break(mapped: Mapped, k: int, first: int, start: int) -> list[dict[str, Any]]:
    """A break before the first visit, at its patient; none when the way there is too long."""
    problem = mapped.problem
    leg = problem.travel_s[problem.mode[k], problem.start_place[k], problem.place[first]]
    start = max(start, int(problem.open_s[k]) + int(leg))
    if start > problem.break_late_s[k]:
        return []
    return [_break(mapped.source, mapped.source.services[first].patient.name, start)]


def _break(instance: Instance, place: str, start: int) -> dict[str, Any]:
    at = start / instance.ticks
    return {
        "patient": place,
        "service": LUNCH,
        "start_time": at,
        "end_time": at + instance.lunch.length,
    }


FAMILY = Family(
    name="uhhc",
    folders=("uhhc",),
    suffix=".json",
    read_problem=read_problem,
    write_solution=write_solution,
    options={},
)


def main(argv: list[str] | None = None) -> int:
    """Exit status as :mod:`bench.drive` tells."""
    return run(FAMILY, argv, __doc__)


if __name__ == "__main__":
    raise SystemExit(main())
