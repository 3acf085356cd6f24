"""
The rest of a day planned anew after something has happened, with the smallest change that helps.

    plan + disturbances → day after → what stays → what remains → plan, what changed and why

What has begun, or begins within the freeze time, stays with its carer and its start. Everything
else may change, but another carer costs points, and so does each second that a visit is moved; the
plan that was is where the search begins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.build import origin
from scheduler.care.model import Day
from scheduler.care.units import SECONDS_PER_MINUTE
from scheduler.causes import Caused, causes
from scheduler.changes import changes
from scheduler.disturbances import Disturbances, Replanning, day_after, load_replanning
from scheduler.freeze import Standing, standings
from scheduler.given_travel import travel_of
from scheduler.hours import firm
from scheduler.objective import load_objective
from scheduler.plan import Plan
from scheduler.planner import plan_day, plan_of, solve_soundly
from scheduler.remaining import Remaining
from scheduler.solve import Progress, SolveParams
from scheduler.time_order import elapsed_s
from scheduler.travel import Travel


@dataclass(frozen=True, slots=True)
class Replanned:
    """
    Parameters
    ----------
    day
        The day after what happened.
    plan
        Of that day, from its first shift to its last.
    changed
        Every visit that is not as it was, with the cause.
    untouched
        Visits still ahead that nothing happened to: neither they nor their carer.
    kept
        How many of them keep their carer, and their start within the margin.
    """

    day: Day
    plan: Plan
    changed: tuple[Caused, ...]
    untouched: int
    kept: int


def replan(
    day: Day,
    plan: Plan,
    what: Disturbances,
    travel: Travel,
    *,
    seconds: float = 3.0,
    threads: int = 2,
    seed: int = 1,
    iterations: int | None = None,
    settings: Replanning | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Replanned:
    """
    The rest of `day` after `what` has happened to `plan`.

    Parameters
    ----------
    day
        Free of errors (:func:`scheduler.validation.day_findings`).
    plan
        A plan of `day` that keeps its rules as far as it has come. Elastic shifts that it uses are
        decided: they keep the hours it gives them, and longer is overtime.
    seconds, threads, seed, iterations
        As in :class:`scheduler.solve.SolveParams`.
    settings
        None takes the parameters in force on the day.

    Raises
    ------
    InvalidInput
        As :func:`scheduler.disturbances.day_after`; CANNOT_STAND with every visit that has begun,
        or is about to, where the rules do not let it be.
    """
    settings = settings or load_replanning(day.date)
    travel = travel_of(day, travel)
    day = firm(day, plan)
    after = day_after(day, plan, what, travel, settings)
    standing = standings(after, plan, what, settings.freeze_min)
    left = Remaining(after, plan, what, standing, travel, settings)
    params = SolveParams(seconds=seconds, threads=threads, seed=seed, iterations=iterations)
    solution = solve_soundly(left.problem, params, on_progress, should_stop, left.start)
    made = plan_of(after, travel, load_objective(day.date), left.found(solution), seed, seconds)
    recipients = {v.id: v.recipient_id for v in (*day.visits, *after.visits)}
    difference = changes(plan, made, recipients)
    untouched, kept = _kept(after, plan, made, what, standing, settings.kept_within_min)
    return Replanned(
        after, made, causes(difference.changed, what, plan, made, after), untouched, kept
    )


def plan_near(
    day: Day,
    plan: Plan,
    travel: Travel,
    *,
    seconds: float = 30.0,
    threads: int = 2,
    seed: int = 1,
    iterations: int | None = None,
    settings: Replanning | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Plan:
    """
    A plan of `day` near to `plan`, which was made of the day as it was before somebody changed it.

    Another carer or another start than there costs as in :func:`replan`, so only what pays is
    changed; nothing is frozen. A day with elastic shifts is planned from `plan` with no price on
    changes, since the prices stand on shifts whose hours are decided.

    Parameters
    ----------
    day
        Free of errors; visits, carers and shifts that `plan` does not know, or knows no more, are
        as they are here.
    seconds, threads, seed, iterations, settings
        As in :func:`replan`.
    """
    travel = travel_of(day, travel)
    if any(shift.elastic for shift in day.shifts):
        return plan_day(
            day,
            travel,
            seconds=seconds,
            threads=threads,
            seed=seed,
            iterations=iterations,
            on_progress=on_progress,
            should_stop=should_stop,
            start=plan,
        )
    settings = settings or load_replanning(day.date)
    # The evening before: nothing has begun, and nothing has passed.
    nothing = Disturbances(origin(day.date) - timedelta(days=1))
    standing = standings(day, plan, nothing, freeze_min=0)
    left = Remaining(day, plan, nothing, standing, travel, settings)
    params = SolveParams(seconds=seconds, threads=threads, seed=seed, iterations=iterations)
    solution = solve_soundly(left.problem, params, on_progress, should_stop, left.start)
    return plan_of(day, travel, load_objective(day.date), left.found(solution), seed, seconds)


def _kept(
    day: Day,
    before: Plan,
    after: Plan,
    what: Disturbances,
    standing: Mapping[str, Standing],
    within_min: int,
) -> tuple[int, int]:
    """How many visits nothing happened to, and how many of them are as they were."""
    touched = {*what.sick, *(delay.carer_id for delay in what.delays)}
    stays = {stop.visit_id for each in standing.values() for stop in each.kept}
    known = {visit.id for visit in day.visits}
    now = _starts(after)
    untouched = kept = 0
    for visit, (carer, start) in _starts(before).items():
        if carer in touched or visit in stays or visit not in known:
            continue
        untouched += 1
        his, moved = now.get(visit, ("", start))
        within = abs(elapsed_s(start, moved)) <= within_min * SECONDS_PER_MINUTE
        kept += his == carer and within
    return untouched, kept


def _starts(plan: Plan) -> dict[str, tuple[str, datetime]]:
    return {
        stop.visit_id: (route.carer_id, stop.start)
        for route in plan.routes
        for stop in route.stops
        if stop.visit_id is not None
    }
