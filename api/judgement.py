"""
Whether a plan may be kept: the independent checker's word on it, and its follow-up when it may.
"""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.model import Day
from scheduler.checker import Violation
from scheduler.checker import check as violations_of
from scheduler.followup import FollowUp, follow_up
from scheduler.plan import Plan
from scheduler.travel import load_travel_settings


@dataclass(frozen=True, slots=True)
class Judged:
    """A plan with what the checker found, and its follow-up when no rule is broken."""

    plan: Plan
    violations: tuple[Violation, ...]
    follow_up: FollowUp | None


def judge(day: Day, plan: Plan) -> Judged:
    """
    What the independent checker says of `plan`, and what it measures.

    Raises
    ------
    InvalidInput
        When it is a plan of another day.
    """
    if plan.date != day.date:
        raise InvalidInput(
            Finding(
                "PLAN_OF_ANOTHER_DAY",
                "modelOutput.date",
                day.date.isoformat(),
                plan.date.isoformat(),
                "Ange planen som hör till underlaget.",
            )
        )
    broken = tuple(violations_of(day, plan, load_travel_settings(day.date)))
    return Judged(plan, broken, None if broken else follow_up(day, plan))


def refuse_broken(judged: Judged) -> FollowUp:
    """The follow-up of a plan that keeps every rule; InvalidInput names each rule it breaks."""
    if judged.follow_up is not None:
        return judged.follow_up
    raise InvalidInput(
        [
            Finding(
                "PLAN_BREAKS_RULE",
                ", ".join((broken.rule, *broken.visit_ids, *broken.shift_ids)),
                broken.expected,
                broken.found,
                "Rätta planen; hemplan check visar varje avvikelse.",
            )
            for broken in judged.violations
        ]
    )
