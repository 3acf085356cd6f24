"""
The objective: one sum of points, lower is better, every term printed with every plan.

    points = travel_s * travel + waiting_s * waiting
           + tardiness_s * tardiness + worst_tardiness_s * worst_tardiness
           + sum of unassigned points over the visits left out

Travel is all driving, cycling and walking of used shifts, with the way out and back. Waiting is
time between two stops that is neither travel, visit nor break; waiting before the first visit does
not count, since the carer leaves the office later. Tardiness is start after the due time; a home-
care day has hard windows and no due times, so both terms are zero there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from scheduler.care.dated import read_parameters
from scheduler.care.model import Priority

PARAMETER_FILE = Path(__file__).parent / "parameters" / "objective.toml"


@dataclass(frozen=True, slots=True)
class Weights:
    """
    Points per second of each timed term, all >= 0.

    Parameters
    ----------
    travel, waiting
        Per second of travel and of waiting.
    tardiness, worst_tardiness
        Per second of start after the due time: summed over visits, and the largest one.
    """

    travel: int = 1
    waiting: int = 0
    tardiness: int = 0
    worst_tardiness: int = 0


@dataclass(frozen=True, slots=True)
class Objective:
    """Weights of a home-care day: timed terms, and points for a dropped visit by priority."""

    weights: Weights
    unassigned: dict[int, int]


def load_objective(day: date, path: Path = PARAMETER_FILE) -> Objective:
    """The weights in force on `day`; raises as :mod:`scheduler.care.dated`."""
    parameters = read_parameters(path)
    unassigned = parameters.on("unassigned", day)
    return Objective(
        weights=Weights(
            travel=int(parameters.on("travel", day)), waiting=int(parameters.on("waiting", day))
        ),
        unassigned={int(p): int(unassigned[str(int(p))]) for p in Priority},
    )
