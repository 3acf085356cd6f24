"""
What remains of a day as a :class:`scheduler.problem.Problem`, and its solution as one of the day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from scheduler.build import build_problem, origin
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.model import Day, Visit
from scheduler.disturbances import Disturbances, Replanning
from scheduler.freeze import Standing, frozen_day
from scheduler.given_travel import UNREACHABLE_S, travel_of
from scheduler.objective import load_objective
from scheduler.plan import Plan
from scheduler.planner import stops_of
from scheduler.problem import BREAK, Problem
from scheduler.rules import Reason
from scheduler.solve import Explanation, Solution
from scheduler.solve.given import Stops
from scheduler.time_order import elapsed_s
from scheduler.travel import Travel, travel_seconds

# Points of what stays: more than all that can be left out for it.
STAYS_POINTS = 1 << 40


class Remaining:
    """
    The problem that remains of a day, and the plan to begin from.

    Visit i is ``day.visits[i]``; after them comes one for each carer who has nothing to do for a
    while, which keeps the carer from being elsewhere before that is over.
    """

    def __init__(
        self,
        day: Day,
        plan: Plan,
        what: Disturbances,
        standing: Mapping[str, Standing],
        travel: Travel,
        settings: Replanning,
    ) -> None:
        travel = travel_of(day, travel)
        self.day, self.standing = day, standing
        frozen, self.passed = frozen_day(day, plan, standing, what.now)
        idle = [k for k, shift in enumerate(day.shifts) if standing[shift.id].idle]
        waiting = [standing[day.shifts[k].id] for k in idle]
        pauses = [_pause(str(i), each) for i, each in enumerate(waiting)]
        self.whole = replace(frozen, visits=(*frozen.visits, *pauses))
        objective = load_objective(day.date)
        weights = replace(objective.weights, tardiness=settings.moved_second)
        problem = build_problem(self.whole, travel, replace(objective, weights=weights))
        lengths = problem.duration_s.copy()
        lengths[len(day.visits) :] = [elapsed_s(_idle_from(w), w.free_from) for w in waiting]
        problem = problem.replace(duration_s=lengths)
        was = {stop.visit_id: route.carer_id for route in plan.routes for stop in route.stops}
        zero = origin(day.date).timestamp()
        free_s = [int(standing[s.id].free_from.timestamp() - zero) for s in day.shifts]
        self.too_late = {
            k
            for k, shift in enumerate(day.shifts)
            if shift.optional and problem.break_s[k] and problem.break_late_s[k] < free_s[k]
        }
        self.problem = self._from_now(
            problem.replace(**self._who(problem, was, idle, what, settings)), travel, what.now
        )
        self.start = self._start(plan, idle)
        self.problem = self._without_shifts(idle)

    def _who(
        self,
        problem: Problem,
        was: Mapping[str | None, str],
        idle: list[int],
        what: Disturbances,
        settings: Replanning,
    ) -> dict[str, npt.NDArray[Any]]:
        """Who may come: the carer to what stays, nobody to what comes too late; another costs."""
        day = self.day
        allowed, points = problem.allowed.copy(), problem.carer_points.copy()
        worth = problem.drop_points.copy()
        number = {visit.id: i for i, visit in enumerate(day.visits)}
        carers = np.array([shift.carer_id for shift in day.shifts])
        for i, visit in enumerate(day.visits):
            old = was.get(visit.id)
            if old is not None and old not in what.sick:
                points[i, carers != old] += settings.changed_carer
            if visit.id in self.passed:
                allowed[i] = False
        stays = list(enumerate(idle, len(day.visits)))
        for k, shift in enumerate(day.shifts):
            kept = self.standing[shift.id].kept
            stays += [(number[s.visit_id], k) for s in kept if s.visit_id is not None]
        for i, k in stays:
            allowed[i] = False
            allowed[i, k] = True
            worth[i] = STAYS_POINTS
        return {"allowed": allowed, "carer_points": points, "drop_points": worth}

    def _from_now(self, problem: Problem, travel: Travel, now: datetime) -> Problem:
        """
        The shifts from where they stand.

        A break that has begun stays. One that can no longer begin in time begins as soon as it can,
        and a carer who can no longer be back in time comes back as soon as that: the checker tells
        of both.
        """
        zero = origin(self.day.date).timestamp()
        now_s = int(now.timestamp() - zero)
        open_s, close_s = problem.open_s.copy(), problem.close_s.copy()
        over_s = problem.overtime_from_s.copy()
        early_s, late_s = problem.break_early_s.copy(), problem.break_late_s.copy()
        break_s = problem.break_s.copy()
        for k, shift in enumerate(self.day.shifts):
            standing = self.standing[shift.id]
            free_s = int(standing.free_from.timestamp() - zero)
            pauses = [s for s in standing.kept if s.visit_id is None]
            if pauses:
                early_s[k] = late_s[k] = int(pauses[0].start.timestamp() - zero)
            elif free_s > early_s[k]:
                early_s[k] = free_s
                late_s[k] = max(late_s[k], free_s)
            if standing.kept:
                first = standing.kept[0]
                if int(first.arrival.timestamp() - zero) - first.travel_s > now_s:
                    # Nobody has left yet, so what comes before it is left for after now as well.
                    open_s[k] = min(max(open_s[k], now_s), close_s[k])
                back_s = travel_seconds(standing.place, shift.end_location, shift.mode, travel)
                rest_s = 0 if pauses else int(break_s[k])
                # Who can only come home by another visit has no more time for that than before.
                if standing.idle and back_s < UNREACHABLE_S:
                    close_s[k] = max(close_s[k], free_s + back_s + rest_s)
            else:
                # A shift that is over has no time for a break.
                if free_s + break_s[k] > close_s[k]:
                    break_s[k] = 0
                open_s[k] = min(max(open_s[k], free_s), close_s[k])
                over_s[k] = max(over_s[k], open_s[k])
        return problem.replace(
            open_s=open_s,
            close_s=close_s,
            overtime_from_s=over_s,
            break_early_s=early_s,
            break_late_s=late_s,
            break_s=break_s,
        )

    def _without_shifts(self, idle: list[int]) -> Problem:
        """
        The problem without shifts that cannot be used any more.

        Those are optional ones that nobody works and whose break would come too late, and of the
        carers who only stand somewhere, which the search counts as a use, those without a car.
        """
        p, visits = self.problem, len(self.day.visits)
        busy = {
            k
            for k, route in enumerate(self.start)
            if any(0 <= visit < visits for visit, _ in route)
        }
        out = self.too_late - busy
        for q, most in enumerate(p.pool_most.tolist()):
            pool = set(p.pool_route[p.pool_label == q].tolist())
            standing = sorted((pool & set(idle)) - busy - out)
            out |= set(standing[max(0, most - len(pool & busy)) :])
        allowed = p.allowed.copy()
        allowed[:visits, sorted(out)] = False
        inside = ~np.isin(p.pool_route, sorted(out))
        return p.replace(
            allowed=allowed, pool_route=p.pool_route[inside], pool_label=p.pool_label[inside]
        )

    def _start(self, plan: Plan, idle: list[int]) -> Stops:
        """The plan that was, without what cannot be, and with the pauses."""
        zero = origin(self.day.date).timestamp()
        stops = [list(route) for route in stops_of(self.day, plan)]
        for i, k in enumerate(idle, len(self.day.visits)):
            standing = self.standing[self.day.shifts[k].id]
            moment = int(_idle_from(standing).timestamp() - zero)
            stops[k].insert(len(standing.kept), (i, moment))
        return stops

    def found(self, solution: Solution) -> Solution:
        """
        `solution` of the problem as one of the day.

        Raises
        ------
        InvalidInput
            CANNOT_STAND with every visit that had to stay and does not.
        """
        count = len(self.day.visits)
        stays = {stop.visit_id for each in self.standing.values() for stop in each.kept}
        lost = [
            self.whole.visits[item.visit]
            for item in solution.unassigned
            if item.visit >= count or self.day.visits[item.visit].id in stays
        ]
        if lost:
            raise InvalidInput([_cannot_stand(visit) for visit in lost])
        return replace(
            solution,
            stops=tuple(
                tuple(stop for stop in route if stop[0] == BREAK or stop[0] < count)
                for route in solution.stops
            ),
            unassigned=tuple(self._reason(item) for item in solution.unassigned),
            bound=None,
        )

    def _reason(self, item: Explanation) -> Explanation:
        visits = self.day.visits
        group = visits[item.visit].group
        mates = [v for v in visits if v is visits[item.visit] or (group and v.group == group)]
        if any(visit.id in self.passed for visit in mates):
            return Explanation(item.visit, Reason.WINDOW_PASSED)
        return item


def _idle_from(standing: Standing) -> datetime:
    return standing.kept[-1].end


def _pause(name: str, standing: Standing) -> Visit:
    """A visit by which the carer stays where he is until he is free; its length is set later."""
    moment = _idle_from(standing)
    name = f"\0{name}"
    return Visit(name, name, standing.place, "", moment, moment, 0, pinned_start=moment)


def _cannot_stand(visit: Visit) -> Finding:
    return Finding(
        "CANNOT_STAND",
        visit.id.removeprefix("\0"),
        "a visit or shift that keeps the rules as far as it has come",
        "one that breaks a rule",
        "Rätta det som hemplan evaluate visar om tiden fram till nu.",
    )
