"""
Where one more visit fits into a plan as it stands, and who could take over from a carer.

Every place on every shift is timed to the end. Others' visits may start later than planned but keep
their carer and their turn; to plan them anew is :mod:`scheduler.planner`. Nothing is changed: an
option holds the routes as they would be.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from scheduler.build import add_visits, build_problem
from scheduler.care.errors import Finding, InvalidInput, UnknownValue
from scheduler.care.model import Day, Visit
from scheduler.changes import Change, changes
from scheduler.given_travel import travel_of
from scheduler.in_words import in_words
from scheduler.objective import Objective, load_objective
from scheduler.plan import Plan, Route, Term
from scheduler.planner import route_of, stops_of
from scheduler.problem import BREAK, Problem
from scheduler.refusals import Refusal, refusal
from scheduler.score import score
from scheduler.solve.board import Board, Place
from scheduler.solve.given import Stops
from scheduler.travel import Travel

# Options that are told.
MOST = 5


@dataclass(frozen=True, slots=True)
class Option:
    """
    One way to plan what was asked for.

    Parameters
    ----------
    visit_ids, shift_ids, carer_ids
        Who makes which visit; several when a group is planned.
    start
        Of all of them.
    after, before
        Ids of the visits that the first of them comes between on its shift; None at its ends.
    terms
        What it changes in the objective; terms that stay are not listed.
    moved
        Other visits that start at another time.
    routes
        The shifts that it changes, as they would be.
    """

    visit_ids: tuple[str, ...]
    shift_ids: tuple[str, ...]
    carer_ids: tuple[str, ...]
    start: datetime
    after: str | None
    before: str | None
    terms: tuple[Term, ...]
    moved: tuple[Change, ...]
    routes: tuple[Route, ...]

    @property
    def points(self) -> int:
        """Change of the objective; below 0 where leaving the visit out costs more."""
        return sum(term.points for term in self.terms)

    @property
    def text(self) -> str:
        """What it changes, in Swedish."""
        return in_words(self.terms, self.moved)


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
        _require_standing(day, self.given, self.board.stops())

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
        used = [k for k, stops in enumerate(now) if _visited(stops)]
        group = day.visits[visit].group
        asked = [
            v
            for v in board.unassigned.tolist()
            if v == visit or (group is not None and day.visits[v].group == group)
        ]
        return Recommendation(
            visit_ids=tuple(day.visits[v].id for v in asked),
            options=tuple(
                self._option(day, place, now, board.planned(place)) for place in places[:most]
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

    def _option(self, day: Day, place: Place, now: Stops, then: Stops) -> Option:
        """`place` in words; `now` and `then` are the plan without and with it."""
        changed = [k for k in range(len(now)) if _visited(now[k]) != _visited(then[k])]
        old = tuple(route_of(day, k, now[k], self.travel) for k in changed)
        new = tuple(route_of(day, k, then[k], self.travel) for k in changed)
        # Only what changes is counted, and what shares its carers; all else is the same in both.
        beside = _beside(day, place.visits)
        same = [k for k in range(len(now)) if k not in changed and beside & {v for v, _ in now[k]}]
        concerned = {v for k in (*changed, *same) for v, _ in then[k] if v != BREAK}
        part = replace(day, visits=tuple(day.visits[v] for v in sorted(concerned)))
        rest = tuple(route_of(day, k, now[k], self.travel) for k in same)
        before, after = Plan(day.date, (*old, *rest), ()), Plan(day.date, (*new, *rest), ())
        names = tuple(day.visits[v].id for v in place.visits)
        recipient_of = {visit.id: visit.recipient_id for visit in part.visits}
        moved = changes(before, after, recipient_of).changed
        route = new[changed.index(place.routes[0])]
        ids = [stop.visit_id for stop in route.stops if stop.visit_id is not None]
        at = ids.index(names[0])
        shifts = [day.shifts[k] for k in place.routes]
        return Option(
            visit_ids=names,
            shift_ids=tuple(shift.id for shift in shifts),
            carer_ids=tuple(shift.carer_id for shift in shifts),
            start=next(stop.start for stop in route.stops if stop.visit_id == names[0]),
            after=ids[at - 1] if at else None,
            before=ids[at + 1] if at + 1 < len(ids) else None,
            terms=_difference(
                score(part, before, self.travel, self.objective),
                score(part, after, self.travel, self.objective),
            ),
            moved=tuple(change for change in moved if change.visit_id not in names),
            routes=new,
        )


def _visited(stops: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    """The stops of a route; none where it has no visit, since its break is not planned then."""
    return stops if any(visit != BREAK for visit, _ in stops) else ()


def _beside(day: Day, visits: Sequence[int]) -> set[int]:
    """Visits of the same people, or of the same loops, that few carers should share."""
    people = {day.visits[v].recipient_id for v in visits}
    people &= {known.recipient_id for known in day.continuity}
    loops = {day.visits[v].loop for v in visits} - {None}
    return {i for i, v in enumerate(day.visits) if v.recipient_id in people or v.loop in loops}


def _difference(before: Sequence[Term], after: Sequence[Term]) -> tuple[Term, ...]:
    """Term by term, those that differ."""
    return tuple(
        Term(new.name, new.quantity - old.quantity, new.unit, new.weight, new.points - old.points)
        for old, new in zip(before, after, strict=True)
        if new.quantity != old.quantity
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
