"""
The objective: one sum of points, lower is better, every term printed with every plan.

    points = travel_s * travel + waiting_s * waiting
           + tardiness_s * tardiness + worst_tardiness_s * worst_tardiness
           + overtime_s * overtime + worst_idle_s * worst_idle
           + paid_s of routes that are paid by time * their points
           + points of visits left out, of carers, of opened routes and of missed breaks
           + points of carers beyond the cap of a recipient, and beyond the first of a loop

The points of carers are the prices of the rules that the carer's coming to the visit breaks.

Travel is all driving, cycling and walking of used shifts, with the way out and back. Waiting is
time between two stops that is neither travel, visit nor break; waiting before the first visit does
not count, since the carer leaves the office later; after a break that opens the route it does not
count either. Tardiness is start after the due time or before the wished one; a home-care day has
hard windows, and both times only where somebody has said when a visit should start. Overtime is
return after the shift's end. Idle is what a shift holds beyond visits, travel and breaks; the worst
idle is that of the idlest carer. A route that is paid by time is paid for travel, visits and
waiting, and no less than its least.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from scheduler.care.dated import Parameters, read_parameters
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.model import Priority, Visit
from scheduler.care.units import SECONDS_PER_MINUTE
from scheduler.rules import PRICEABLE, Rule

PARAMETER_FILE = Path(__file__).parent / "parameters" / "objective.toml"

# The highest price of a rule: more than any visit is worth, and sums of a few stay within int32.
HIGHEST_PRICE = 100_000_000
HARD = "hard"


@dataclass(frozen=True, slots=True)
class Weights:
    """
    Points per second of each timed term, all >= 0.

    Parameters
    ----------
    travel, waiting
        Per second of travel and of waiting.
    tardiness, worst_tardiness
        Per second of start after the due time or before the wished one: summed over visits, and the
        largest one.
    overtime
        Per second of return after ``overtime_from_s``.
    worst_idle
        Per second of the largest idle time of a route: ``max(end, overtime_from_s) - open_s`` less
        visits, travel and breaks; the whole shift where the route is empty.
    slack
        Per second of waiting that is wanted before a visit and not there
        (:attr:`scheduler.problem.Problem.slack_s`).
    load
        Per second by which the visits of a route exceed what is fair (``fair_s``).
    """

    travel: int = 1
    waiting: int = 0
    tardiness: int = 0
    worst_tardiness: int = 0
    overtime: int = 0
    worst_idle: int = 0
    slack: int = 0
    load: int = 0


@dataclass(frozen=True, slots=True)
class Objective:
    """
    Weights of a home-care day.

    Parameters
    ----------
    weights
        Of the timed terms.
    unassigned, unassigned_pinned
        Points of a visit left out, by priority, and whatever its priority when it is pinned.
    new_carer, continuity_cap
        Points of each distinct carer by whom a day exceeds the cap on carers in 14 days, and that
        cap for recipients without one of their own.
    split_loop
        Points of each carer of a loop beyond the first.
    moved
        Days that remain -> points of a visit left out today that can be made on one of them; more
        days than any key has cost what the highest does.
    standby
        Points of each carer who is not kept free for alarms as asked for.
    opened_shift, optional_second
        Points of an optional shift that is opened, and of each paid second of it.
    slack_s
        Seconds that a carer should wait before each visit that follows another stop, so that it
        begins in time when what comes before takes longer.
    fair_share
        Visits / paid time of a shift, in [0, 1], above which its load is uneven.
    prices
        Points of each visit that breaks the rule; a PRICEABLE rule without a price is hard.
    """

    weights: Weights
    unassigned: dict[int, int]
    prices: Mapping[Rule, int] = field(default_factory=dict)
    unassigned_pinned: int = 0
    opened_shift: int = 0
    optional_second: int = 0
    new_carer: int = 0
    continuity_cap: int = 0
    split_loop: int = 0
    moved: Mapping[int, int] = field(default_factory=dict)
    standby: int = 0
    slack_s: int = 0
    fair_share: Decimal = Decimal(1)

    def left_out(self, visit: Visit, day: date) -> tuple[str, int]:
        """
        The term that leaving `visit` out of the plan of `day` belongs to, and its points.

        Never more than if no day remained; a pinned visit is decided for its day.
        """
        name, points = f"unassigned_priority_{visit.priority}", self.unassigned[visit.priority]
        if visit.standby:
            return "standby", self.standby
        if visit.pinned:
            return "unassigned_pinned", self.unassigned_pinned
        later = len(visit.later_days(day))
        if later and self.moved:
            most = min(later, max(self.moved))
            if self.moved[most] <= points:
                return f"moved_{most}", self.moved[most]
        return name, points


def load_objective(day: date, path: Path = PARAMETER_FILE) -> Objective:
    """
    The weights in force on `day`.

    Raises
    ------
    NotInForce, InvalidInput
        As :mod:`scheduler.care.dated`; InvalidInput also with every price that is none.
    """
    parameters = read_parameters(path)
    unassigned = parameters.on("unassigned", day)
    moved = parameters.on("moved_visit", day)
    return Objective(
        weights=Weights(
            travel=int(parameters.on("travel", day)),
            waiting=int(parameters.on("waiting", day)),
            overtime=int(parameters.on("overtime", day)),
            tardiness=int(parameters.on("preferred_time", day)),
            slack=int(parameters.on("missing_slack", day)),
            load=int(parameters.on("uneven_load", day)),
        ),
        unassigned={int(p): int(unassigned[str(int(p))]) for p in Priority},
        prices=_prices(parameters, day),
        unassigned_pinned=int(parameters.on("unassigned_pinned", day)),
        opened_shift=int(parameters.on("opened_shift", day)),
        optional_second=int(parameters.on("optional_second", day)),
        new_carer=int(parameters.on("new_carer", day)),
        continuity_cap=int(parameters.on("continuity_cap", day)),
        split_loop=int(parameters.on("split_loop", day)),
        standby=int(parameters.on("standby", day)),
        slack_s=int(parameters.on("slack", day) * SECONDS_PER_MINUTE),
        fair_share=parameters.on("fair_share", day),
        moved={number: int(moved[str(number)]) for number in range(1, len(moved) + 1)},
    )


def _prices(parameters: Parameters, day: date) -> dict[Rule, int]:
    prices: dict[Rule, int] = {}
    findings: list[Finding] = []
    for rule in PRICEABLE:
        name = rule.value.lower()
        value = parameters.on(name, day)
        if value == HARD:
            continue
        if isinstance(value, Decimal) and value % 1 == 0 and 0 <= value <= HIGHEST_PRICE:
            prices[rule] = int(value)
        else:
            findings.append(
                Finding(
                    "PRICE_OF_RULE",
                    name,
                    f'"{HARD}" or whole points from 0 to {HIGHEST_PRICE}',
                    str(value),
                    'Ange regelns poäng per besök, eller "hard" om den aldrig får brytas.',
                )
            )
    if findings:
        raise InvalidInput(findings)
    return prices
