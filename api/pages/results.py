"""
What one run of the demo produced, as the report, the pictures and the day lists read it.

A record only: it is made by :mod:`api.demo` and computes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pricing.hour_cost import HourCost
from pricing.plan_cost import PlanCost
from pricing.purse import Purse
from scheduler.care.model import Day
from scheduler.checker import Violation
from scheduler.followup import FollowUp
from scheduler.plan import Plan
from scheduler.travel import Travel


@dataclass(frozen=True, slots=True)
class DemoResult:
    """
    A priced day plan with everything that is told about it.

    Parameters
    ----------
    municipality_name
        Printed in headings.
    size
        Size of the generated municipality, e.g. ``M``.
    seed
        What generated the municipality and the plan.
    day, plan
        What was asked for and what was planned.
    violations
        What the independent checker found; empty when the plan keeps every rule.
    follow_up
        Use of the paid time, in seconds, total and per zone.
    hour_costs
        Zone -> the build-up of its hour cost, with the time shares that the plan measured.
    purses
        One per decision in force on the day, at the price list's rate, in any order.
    seconds
        Wall time of the planning.
    decisions, recipients
        How many there are, also those without a visit on the day.
    travel
        Settings that turned distances into travel times.
    list_costs
        Zone -> the same with the price list's own time shares. Its rates are those that are paid
        whatever the plan, so its break-even share is what the plan is judged by. Empty when there
        is none; then a plan is only compared with the rate that it led to itself.
    plan_cost
        What the paid time of the plan costs, where the price list tells.
    texts
        Code of a service -> its Swedish text in the catalogue of standard times; a code without a
        text is printed as it is.
    """

    municipality_name: str
    size: str
    seed: int
    day: Day
    plan: Plan
    violations: tuple[Violation, ...]
    follow_up: FollowUp
    hour_costs: Mapping[str, HourCost]
    purses: tuple[Purse, ...]
    seconds: float
    decisions: int
    recipients: int
    travel: Travel
    list_costs: Mapping[str, HourCost] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    plan_cost: PlanCost | None = None
