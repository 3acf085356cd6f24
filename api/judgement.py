"""
What a plan is worth, whoever made it: the independent checker's word, the score, the follow-up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.model import Day
from scheduler.checker import Violation, missed
from scheduler.checker import check as violations_of
from scheduler.followup import FollowUp, follow_up
from scheduler.given_travel import travel_of
from scheduler.objective import load_objective
from scheduler.plan import Plan
from scheduler.score import score
from scheduler.sources import with_sources
from scheduler.time_order import time_findings


@dataclass(frozen=True, slots=True)
class Judged:
    """
    Parameters
    ----------
    plan
        The plan with its score counted anew, and the source of each travel time.
    violations
        Every break of a hard rule; a plan may be kept only without any.
    missed
        Every break of a rule that has a price.
    follow_up
        What it measures; None when its times cannot be added up, which is a violation too.
    """

    plan: Plan
    violations: tuple[Violation, ...]
    missed: tuple[Violation, ...]
    follow_up: FollowUp | None


def judge(day: Day, plan: Plan) -> Judged:
    """
    What `plan` is worth on `day`.

    Raises
    ------
    InvalidInput
        When it is a plan of another day.
    """
    if plan.date != day.date:
        raise another_day(day, plan)
    travel, objective = travel_of(day), load_objective(day.date)
    plan = with_sources(day, plan, travel)
    return Judged(
        replace(plan, score=score(day, plan, travel, objective)),
        tuple(violations_of(day, plan, travel, objective)),
        tuple(missed(day, plan, travel, objective)),
        None if time_findings(day, plan) else follow_up(day, plan),
    )


def another_day(day: Day, plan: Plan) -> InvalidInput:
    """The refusal of a plan of another day than `day`."""
    return InvalidInput(
        Finding(
            "PLAN_OF_ANOTHER_DAY",
            "modelOutput.date",
            day.date.isoformat(),
            plan.date.isoformat(),
            "Ange planen som hör till underlaget.",
        )
    )


def refuse_broken(judged: Judged) -> FollowUp:
    """The follow-up of a plan that keeps every rule; InvalidInput names each rule it breaks."""
    if judged.follow_up is not None and not judged.violations:
        return judged.follow_up
    raise InvalidInput(
        [
            Finding(
                "PLAN_BREAKS_RULE",
                ", ".join((broken.rule, *broken.visit_ids, *broken.shift_ids)),
                broken.expected,
                broken.found,
                "Rätta planen; hemplan evaluate visar varje avvikelse.",
            )
            for broken in judged.violations
        ]
    )
