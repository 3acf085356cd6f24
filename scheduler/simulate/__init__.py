"""
How a plan holds when days do not go as planned: a thousand random days, carried out as they come.

    plan → network of starts → the luck of each day → starts → punctuality

Visits and trips take longer or shorter than planned, carers are sick, visits are cancelled, acute
visits and alarms come in between (:mod:`scheduler.simulate.uncertainty` has the figures and their
sources). Nobody plans anew; who is late stays late until the plan has room. So the result says what
the plan itself is worth, before anyone helps it along, and two plans of one day can be compared
with the same days.
"""

from __future__ import annotations

from scheduler.care.model import Day
from scheduler.hours import firm
from scheduler.plan import Plan
from scheduler.simulate.execution import carry_out
from scheduler.simulate.luck import Draws
from scheduler.simulate.measures import ShiftOutcome, Simulation, VisitOutcome
from scheduler.simulate.measuring import Measuring
from scheduler.simulate.network import network_of
from scheduler.simulate.uncertainty import Limits, Uncertainty, load_uncertainty
from scheduler.travel import Travel

__all__ = [
    "DAYS",
    "FEWEST_DAYS",
    "MOST_DAYS",
    "Limits",
    "ShiftOutcome",
    "Simulation",
    "Uncertainty",
    "VisitOutcome",
    "load_uncertainty",
    "simulate",
]

DAYS = 1_000
# The spread between days is measured, so there are two at least.
FEWEST_DAYS, MOST_DAYS = 2, 5_000
# Stops times days that are worked out side by side: some 100 MB.
PORTION = 1_000_000


def simulate(
    day: Day,
    plan: Plan,
    travel: Travel,
    uncertainty: Uncertainty | None = None,
    *,
    days: int = DAYS,
    seed: int = 1,
) -> Simulation:
    """
    Carry out `plan`, a plan of `day`, on random days.

    Parameters
    ----------
    uncertainty
        How days differ from plans; None takes the parameters in force on the day.
    days
        How many, from FEWEST_DAYS to MOST_DAYS.
    seed
        Decides every random choice; the same seed and number of days give the same days.

    Raises
    ------
    InvalidInput
        With everything in the plan that cannot be carried out
        (:func:`scheduler.simulate.network.network_of`).
    """
    if not FEWEST_DAYS <= days <= MOST_DAYS:
        raise ValueError(f"Expected {FEWEST_DAYS} to {MOST_DAYS} days; found {days}.")
    given = uncertainty or load_uncertainty(day.date)
    day = firm(day, plan)
    network = network_of(day, plan, travel, given.lead_min)
    draws = Draws(day, network, given, seed)
    measuring = Measuring(network, given.tolerance_min)
    portion = max(1, PORTION // (len(day.visits) + len(day.shifts) + 1))
    for first in range(0, days, portion):
        luck = draws.luck(min(portion, days - first))
        measuring.add(luck, carry_out(network, luck))
    return measuring.simulation(seed)
