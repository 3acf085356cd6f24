"""
Plan a public vehicle-routing instance with time windows and write a .sol file.

    python -m bench.vrptw INSTANCE --seconds S --threads N --seed K --out FILE [--trace CSV]
        [--convention dimacs|double]

Text form of Solomon (1987), used by Gehring and Homberger (1999) too. Windows and capacity are
hard, waiting is free.

* ``dimacs`` (default): distances and times are Euclidean, cut to one decimal; cost is distance.
* ``double``: unrounded; fewest vehicles first, then distance. Times are ten-thousandths here and
  legs are rounded up to them, so what is feasible here is feasible unrounded; the cost that a
  search reports is at most one ten-thousandth a leg too high. It counts a vehicle as a power of
  ten above every plan's distance; the written cost is the unrounded distance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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
from scheduler.objective import Weights
from scheduler.problem import Problem

CONVENTIONS = ("dimacs", "double")
TICKS = {"dimacs": 10, "double": 10_000}
DEMAND_TICKS = 1000
# Largest coordinate and time; the longest leg in ticks must stay below 2**31.
LARGEST = 5e4
# Lines before the customers, blank ones not counted, and where the fixed words stand.
HEAD = 6
WORDS = {1: "VEHICLE", 2: "NUMBER", 4: "CUSTOMER", 5: "CUST"}
COLUMNS = 7


@dataclass(frozen=True, slots=True)
class Instance:
    """
    Vehicles, their capacity, and the rows of depot (first) and customers.

    Parameters
    ----------
    rows : (n + 1, 7) float64
        Number, x, y, demand, ready, due, service.
    """

    vehicles: int
    capacity: float
    rows: npt.NDArray[np.float64]
    convention: str


def read_problem(text: str, convention: str = CONVENTIONS[0]) -> Mapped:
    """The instance as a problem: visit v is customer v + 1, place 0 is the depot."""
    instance = read_instance(text, convention)
    ticks = TICKS[convention]
    depot, customers = instance.rows[0], instance.rows[1:]
    count, routes = len(customers), instance.vehicles
    travel = ceil_ticks(distances(instance), ticks)
    due = floor_ticks(customers[:, 5], ticks)
    zeros = np.zeros(routes, dtype=np.int64)
    fixed = 0 if convention == "dimacs" else _vehicle_cost(travel, count + routes, ticks) * ticks
    problem = Problem(
        early_s=ceil_ticks(customers[:, 4], ticks),
        late_s=due,
        due_s=due,
        duration_s=ceil_ticks(customers[:, 6], ticks),
        place=np.arange(1, count + 1),
        drop_points=np.full(count, REQUIRED_POINTS + fixed),
        recipient=np.full(count, -1),
        group=np.full(count, -1),
        offset_min_s=np.zeros(count),
        offset_max_s=np.zeros(count),
        allowed=np.ones((count, routes), dtype=np.bool_),
        gap_first=(),
        gap_second=(),
        gap_min_s=(),
        gap_max_s=(),
        carer=np.arange(routes),
        open_s=zeros + ceil_ticks(depot[4], ticks),
        close_s=zeros + floor_ticks(depot[5], ticks),
        start_place=zeros,
        end_place=zeros,
        mode=zeros,
        break_early_s=zeros,
        break_late_s=zeros,
        break_s=zeros,
        travel_s=travel[np.newaxis],
        weights=Weights(travel=1),
        demand=ceil_ticks(customers[:, 3], DEMAND_TICKS),
        capacity=zeros + floor_ticks(instance.capacity, DEMAND_TICKS),
        fixed_points=zeros + fixed,
    )
    return Mapped(problem, ticks, np.ones(count, dtype=np.bool_), instance)


def read_instance(text: str, convention: str = CONVENTIONS[0]) -> Instance:
    """The instance's numbers; raises :class:`BadInstance` with every line that is wrong."""
    lines = [(at, line.split()) for at, line in enumerate(text.splitlines(), 1) if line.split()]
    faults = [
        f"line {lines[k][0]}: expected {word}."
        for k, word in WORDS.items()
        if k < len(lines) and lines[k][1][0].upper() != word
    ]
    if faults or len(lines) <= HEAD:
        raise BadInstance(faults or ["the file ends before the depot and the customers."])
    head = _numbers(lines[3], 2, faults)
    rows = [_numbers(line, COLUMNS, faults) for line in lines[HEAD:]]
    for number, (row, (at, _)) in enumerate(zip(rows, lines[HEAD:], strict=True)):
        if row and row[0] != number:
            faults.append(f"line {at}: expected customer number {number}, found {row[0]:g}.")
        if row and min(row[3:]) < 0:
            faults.append(f"line {at}: expected demand and times of at least 0.")
        if row and row[4] > row[5]:
            faults.append(f"line {at}: expected a ready time up to the due date {row[5]:g}.")
    if head and not (head[0] == int(head[0]) and 1 <= head[0] <= 10_000 and head[1] >= 0):
        faults.append(f"line {lines[3][0]}: expected 1 to 10000 vehicles and a capacity from 0.")
    if faults:
        raise BadInstance(faults)
    return Instance(int(head[0]), head[1], np.array(rows), convention)


def _numbers(line: tuple[int, list[str]], count: int, faults: list[str]) -> list[float]:
    """The line's numbers; none, and a fault, where they are not `count` of at most LARGEST."""
    at, words = line
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        numbers = []
    if len(numbers) == count and all(abs(number) <= LARGEST for number in numbers):
        return numbers
    faults.append(f"line {at}: expected {count} numbers, none beyond {LARGEST:g}.")
    return []


def distances(instance: Instance) -> npt.NDArray[np.float64]:
    """All distances by row and column, unrounded or cut to tenths."""
    x, y = instance.rows[:, 1], instance.rows[:, 2]
    exact = np.hypot(x[:, np.newaxis] - x, y[:, np.newaxis] - y)
    # A distance of 3.0 may come out as 2.9999999999; the public checker forgives as much.
    return np.floor(10 * exact + 1e-9) / 10 if instance.convention == "dimacs" else exact


def _vehicle_cost(travel: npt.NDArray[np.int64], legs: int, ticks: int) -> int:
    """The power of ten above the distance of any plan with so many legs."""
    longest = legs * int(travel.max(initial=1)) / ticks
    return 10 ** math.ceil(math.log10(longest + 1))


def write_solution(mapped: Mapped, stops: Stops) -> str:
    """Routes of customer numbers, and the distance in the chosen convention."""
    instance: Instance = mapped.source
    legs = distances(instance)
    tours = [[visit + 1 for visit, _ in route] for route in stops if route]
    total = sum(
        legs[here, there]
        for tour in tours
        for here, there in zip([0, *tour], [*tour, 0], strict=True)
    )
    lines = [f"Route #{at}: {' '.join(map(str, tour))}" for at, tour in enumerate(tours, 1)]
    decimals = 1 if instance.convention == "dimacs" else 4
    return "\n".join([*lines, f"Cost {total:.{decimals}f}", ""])


FAMILY = Family(
    name="vrptw",
    folders=("solomon", "gehring_homberger"),
    suffix=".txt",
    read_problem=read_problem,
    write_solution=write_solution,
    options={"convention": CONVENTIONS},
)


def main(argv: list[str] | None = None) -> int:
    """Exit status as :mod:`bench.drive` tells."""
    return run(FAMILY, argv, __doc__)


if __name__ == "__main__":
    raise SystemExit(main())
