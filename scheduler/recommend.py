"""
Where one more visit fits into a plan as it stands, and who could take over from a carer.

Every place on every shift is timed to the end. Others' visits may start later than planned but keep
their carer and their turn; to plan them anew is :mod:`scheduler.planner`. Nothing is changed: an
option holds the routes as they would be.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from scheduler.build import add_visits, build_problem
from scheduler.care.errors import Finding, InvalidInput, UnknownValue
from scheduler.care.model import Day, Visit
from scheduler.given_travel import travel_of
from scheduler.objective import Objective, load_objective
from scheduler.options import Option, option_of, visited
from scheduler.plan import Plan, Route
from scheduler.planner import route_of, stops_of
from scheduler.problem import BREAK, Problem
from scheduler.refusals import Refusal, refusal
from scheduler.solve.board import Board
from scheduler.solve.given import Stops
from scheduler.travel import Travel

__all__ = ["MOST", "Option", "Recommendation", "Recommender"]

# Options that are told.
MOST = 5


@dataclass(frozen=True, slots=True)
class Recommendation:
    """
    Parameters
    ----------
    visit_ids
        What was asked for: a visit, or what is left out of its group.
    options
        The best place on each of the best shifts, the best first.
    further
        How many more shifts could take it.
    refusals
        Why each other shift cannot.
    """

    visit_ids: tuple[str, ...]
    options: tuple[Option, ...]
    further: int
    refusals: tuple[Refusal, ...]


class Recommender:
    """
    A plan that can be asked again and again; to begin costs more than to ask.

    Parameters
    ----------
    day
        Free of errors (:func:`scheduler.validation.day_findings`).
    plan
        A plan of `day` that keeps its rules. A start that is too early for the way, such as behind
        a break that a cancelled visit has brought nearer, is taken as the earliest that can be.

    Raises
    ------
    InvalidInput
        CANNOT_STAND with every visit that cannot be where the plan has it.
    """

    def __init__(
        self, day: Day, plan: Plan, travel: Travel, objective: Objective | None = None
    ) -> None:
        travel = travel_of(day, travel)
        self.day, self.travel = day, travel
        self.objective = objective or load_objective(day.date)
        self.problem = build_problem(day, travel, self.objective)
        self.given = stops_of(day, plan)
        self.board = Board.of(self.problem, self.given)
        self._standing = self.board.stops()
        self._routes: dict[int, Route] = {}
        _require_standing(day, self.given, self._standing)

    def route(self, number: int, stops: Sequence[tuple[int, int]], day: Day) -> Route:
        """
        The route of shift `number` with `stops`; as it stands in the plan it is made once.

        Parameters
        ----------
        day
            That of the plan, or longer by the visits of a question.
        """
        if stops != self._standing[number]:
            return route_of(day, number, stops, self.travel)
        if number not in self._routes:
            self._routes[number] = route_of(self.day, number, stops, self.travel)
        return self._routes[number]

    def place(self, visits: tuple[Visit, ...], most: int = MOST) -> Recommendation:
        """
        Where a new visit fits, or a new group.

        Parameters
        ----------
        visits
            One, or all of one group; with the day free of errors.
        most
            Options that are told.
        """
        problem = add_visits(self.problem, self.day, visits, self.travel, self.objective)
        day = replace(self.day, visits=(*self.day.visits, *visits))
        board = self.board.with_visits(problem)
        return self._ask(day, problem, board, len(self.day.visits), most)

    def answer(
        self, visit_ids: Sequence[str], carer_ids: Sequence[str], most: int = MOST
    ) -> tuple[Recommendation, ...]:
        """
        Where left-out visits fit, each group once, and who could take over from carers.

        Parameters
        ----------
        visit_ids, carer_ids
            Without either, all that the plan leaves out is asked for.

        Raises
        ------
        UnknownValue
            With every id that is not that of a visit that the plan leaves out, or of a carer with a
            shift.
        """
        left_out = {self.day.visits[v].id: v for v in self.board.unassigned.tolist()}
        on_shift = {shift.carer_id for shift in self.day.shifts}
        unknown = [
            *(
                _unknown("visit", v, "one that the plan leaves out")
                for v in visit_ids
                if v not in left_out
            ),
            *(
                _unknown("caregiver", c, "one with a shift on the day")
                for c in carer_ids
                if c not in on_shift
            ),
        ]
        if unknown:
            raise UnknownValue(unknown)
        asked = visit_ids if visit_ids or carer_ids else tuple(left_out)
        found: list[Recommendation] = []
        told: set[str] = set()
        for visit_id in asked:
            if visit_id not in told:
                found.append(self.place_left_out(left_out[visit_id], most))
                told.update(found[-1].visit_ids)
        return (*found, *self.replace_carers(carer_ids, most))

    def place_left_out(self, visit: int, most: int = MOST) -> Recommendation:
        """Where ``day.visits[visit]``, which the plan leaves out, fits with its group."""
        return self._ask(self.day, self.problem, self.board, visit, most)

    def replace_carers(
        self, carer_ids: Collection[str], most: int = MOST
    ) -> tuple[Recommendation, ...]:
        """
        Who could take over each visit of carers who do not come, each visit as if it were the only
        one, in the order of the day's shifts.
        """
        shifts = [k for k, shift in enumerate(self.day.shifts) if shift.carer_id in carer_ids]
        board = self.board.without_routes(shifts)
        stops = self.board.stops()
        visits = [visit for k in shifts for visit, _ in stops[k] if visit != BREAK]
        return tuple(
            self._ask(self.day, self.problem, board, visit, most, shifts) for visit in visits
        )

    def _ask(
        self,
        day: Day,
        problem: Problem,
        board: Board,
        visit: int,
        most: int,
        away: Sequence[int] = (),
    ) -> Recommendation:
        """
        Parameters
        ----------
        day, problem, board
            With `visit`, which the board leaves out.
        away
            Shifts that do not come.
        """
        places = board.places(visit)
        # As the plan has it: what the board had to move is a part of every option.
        now = tuple(() if k in away else stops for k, stops in enumerate(self.given))
        able = {place.routes[0] for place in places}
        others = [k for k in range(len(day.shifts)) if k not in able and k not in away]
        used = [k for k, stops in enumerate(now) if visited(stops)]
        group = day.visits[visit].group
        asked = [
            v
            for v in board.unassigned.tolist()
            if v == visit or (group is not None and day.visits[v].group == group)
        ]
        return Recommendation(
            visit_ids=tuple(day.visits[v].id for v in asked),
            options=tuple(
                option_of(day, place, now, board.planned(place), self.travel, self.objective)
                for place in places[:most]
            ),
            further=max(len(places) - most, 0),
            refusals=tuple(
                refusal(
                    day,
                    problem,
                    self.objective,
                    visit,
                    k,
                    route_of(day, k, now[k], self.travel),
                    used,
                )
                for k in others
            ),
        )


def _require_standing(day: Day, given: Stops, standing: Stops) -> None:
    """Refuse a plan that has a visit where the rules do not let it be."""
    stands = [{v for v, _ in stops} for stops in standing]
    findings = [
        Finding(
            "CANNOT_STAND",
            f"{day.visits[v].id} on {day.shifts[k].id}",
            "a visit that keeps the rules there",
            "one that breaks a rule",
            "Rätta det som hemplan evaluate visar. Visar den inget hinns besöket inte efter en "
            "rast: planera om dagen eller ta ut besöket.",
        )
        for k, stops in enumerate(given)
        for v, _ in stops
        if v != BREAK and v not in stands[k]
    ]
    if findings:
        raise InvalidInput(findings)


def _unknown(kind: str, name: str, expected: str) -> Finding:
    return Finding(
        "UNKNOWN_ID", f"{kind} {name}", expected, "none with this id", "Kontrollera beteckningen."
    )
