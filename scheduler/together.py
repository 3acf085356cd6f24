"""
Where several visits of one person fit together into a plan as it stands, such as all those that a
decision not yet made would grant on a day.

Each visit or group takes the best place that those before it leave, and among places that cost
about the same one with a carer who comes to the person anyhow. What finds no place chooses first
when all is tried again. Nothing of the plan is changed: others' visits may start later but keep
their carer and their turn, as in :mod:`scheduler.recommend`.

A no is therefore one of this plan, not a proof that no plan of the day has room.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from scheduler.build import add_visits
from scheduler.care.model import Day, Visit
from scheduler.options import Option, option_of, visited
from scheduler.problem import Problem
from scheduler.recommend import Recommender
from scheduler.refusals import Refusal, refusal
from scheduler.rules import Rule
from scheduler.solve.board import Board, Place
from scheduler.solve.chain import begin
from scheduler.solve.edits import apply, plan
from scheduler.solve.given import Stops
from scheduler.solve.net import EDITS, FREE, HOLD, JOIN, OMIT, SEAT, State, empty_state
from scheduler.solve.timing import INFEASIBLE, retime
from scheduler.solve.whole import load

# Rounds in which what found no place chooses first.
TRIES = 3
# Tells new visits from those of the same decision that the plan has already.
AGAIN = "ny:"


@dataclass(frozen=True, slots=True)
class Left:
    """
    A visit or group without a place.

    Parameters
    ----------
    refusals
        Why each shift cannot, with all others of the question in their places.
    """

    visit_ids: tuple[str, ...]
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Together:
    """
    Parameters
    ----------
    day
        With the visits that were asked for.
    options
        One for each visit or group that has a place, each with those before it planned.
    left
        Those without.
    board, now
        Of `day`, with all options in their places: what :func:`also` asks.
    """

    day: Day
    options: tuple[Option, ...]
    left: tuple[Left, ...]
    board: Board = field(repr=False)
    now: Stops = field(repr=False)

    @property
    def travel_s(self) -> int:
        """Seconds of travel that all options add."""
        return sum(
            term.quantity
            for option in self.options
            for term in option.terms
            if term.name == "travel"
        )


def place_together(
    asked: Recommender,
    visits: tuple[Visit, ...],
    *,
    instead: Collection[str] = (),
    known: Collection[str] = (),
    spare: tuple[Visit, ...] = (),
) -> Together:
    """
    Where `visits` fit together.

    Parameters
    ----------
    visits
        New ones, free of errors; groups whole. Gaps are to each other. Where the plan has one of
        the same id or group, the new one is told under AGAIN.
    instead
        Ids of planned visits that fall away, such as those of the decision as it stands.
    known
        Carers who come to the person anyhow.
    spare
        More visits that are not placed, for :func:`also`: to build the arrays once costs less.
    """
    more = _named_apart(asked.day, (*visits, *spare))
    board = _without(asked, instead)
    problem = add_visits(asked.problem, asked.day, more, asked.travel, asked.objective)
    day = replace(asked.day, visits=(*asked.day.visits, *more))
    table = _Table(asked, day, problem, frozenset(known))
    board = board.with_visits(problem)
    first_new = len(asked.day.visits)
    teams = _teams(day, range(first_new, first_new + len(visits)))
    best = found = table.in_order(board, teams)
    for _ in range(TRIES - 1):
        # What has no place even as the first one has none in any order.
        first = [team for team in found.without if board.places(team[0])]
        if not first:
            break
        teams = [*first, *(team for team in teams if team not in first)]
        found = table.in_order(board, teams)
        if len(found.options) > len(best.options):
            best = found
    return Together(
        day,
        tuple(best.options),
        tuple(table.left(team, best) for team in best.without),
        best.board,
        best.now,
    )


def also(asked: Recommender, found: Together, spare: str) -> Option | None:
    """
    The best place of a spare visit, with its group, behind all that `found` has placed.

    Parameters
    ----------
    asked
        What `found` was asked of.
    spare
        Id of one that was handed in; None comes back when it has no place.
    """
    names = (spare, f"{AGAIN}{spare}")
    number = next(n for n, visit in enumerate(found.day.visits) if visit.id in names)
    places = found.board.places(number)
    if not places:
        return None
    then = found.board.planned(places[0])
    return option_of(found.day, places[0], found.now, then, asked.travel, asked.objective)


@dataclass
class _Round:
    """What one order of asking gives."""

    board: Board
    now: Stops
    options: list[Option] = field(default_factory=list)
    without: list[tuple[int, ...]] = field(default_factory=list)


@dataclass(frozen=True)
class _Table:
    """What stays the same while the visits are placed."""

    asked: Recommender
    day: Day
    problem: Problem
    known: frozenset[str]

    def in_order(self, board: Board, teams: Sequence[tuple[int, ...]]) -> _Round:
        """Each team at the best place that those before it leave."""
        made = _Round(board, board.stops())
        known = set(self.known)
        for team in teams:
            places = made.board.places(team[0])
            if not places:
                made.without.append(team)
                continue
            place = min(places, key=lambda each: self._worth(each, known))
            made.board = _with_place(made.board, place)
            then = made.board.stops()
            made.options.append(
                option_of(
                    self.day, place, made.now, then, self.asked.travel, self.asked.objective
                )
            )  # fmt: skip
            made.now = then
            known |= {self.day.shifts[k].carer_id for k in place.routes}
        return made

    def _worth(self, place: Place, known: Collection[str]) -> int:
        """Points, a stranger at the price of a carer who is not wanted."""
        strangers = sum(self.day.shifts[k].carer_id not in known for k in place.routes)
        return place.points + strangers * self.asked.objective.prices.get(Rule.PREFERRED_CARER, 0)

    def left(self, team: tuple[int, ...], made: _Round) -> Left:
        """Why each shift cannot take `team`."""
        used = [k for k, stops in enumerate(made.now) if visited(stops)]
        return Left(
            tuple(self.day.visits[v].id for v in team),
            tuple(
                refusal(
                    self.day,
                    self.problem,
                    self.asked.objective,
                    team[0],
                    k,
                    self.asked.route(k, made.now[k], self.day),
                    used,
                )
                for k in range(len(self.day.shifts))
            ),
        )


def _teams(day: Day, numbers: Iterable[int]) -> list[tuple[int, ...]]:
    """`numbers` of visits, groups together, in order of time."""
    teams: dict[tuple[str | None, str], list[int]] = {}
    for number in numbers:
        teams.setdefault(day.visits[number].starts_with, []).append(number)
    return [
        tuple(team)
        for team in sorted(teams.values(), key=lambda team: day.visits[team[0]].latest.timestamp())
    ]


def _named_apart(day: Day, visits: tuple[Visit, ...]) -> tuple[Visit, ...]:
    """All of them under names of their own where the day has one of these; gaps go with them."""
    taken = {name for visit in day.visits for name in (visit.id, visit.group)}
    if not any(name in taken for v in visits for name in (v.id, v.group) if name is not None):
        return visits
    return tuple(
        replace(
            visit,
            id=f"{AGAIN}{visit.id}",
            group=None if visit.group is None else f"{AGAIN}{visit.group}",
            gaps=tuple(
                replace(gap, preceding_visit=f"{AGAIN}{gap.preceding_visit}") for gap in visit.gaps
            ),
        )
        for visit in visits
    )


# ---------------------------------------------------------------- boards


def _without(asked: Recommender, visit_ids: Collection[str]) -> Board:
    """The plan with some of its visits left out."""
    board = asked.board
    planned = board.stop["route"]
    gone = [
        number
        for number, visit in enumerate(asked.day.visits)
        if visit.id in visit_ids and planned[number] >= 0
    ]
    if not gone:
        return board
    state = _loaded(board)
    begin(state)
    for number in gone:
        plan(state, OMIT, number, 0, 0)
    apply(board.net, state)
    retime(board.net, state, INFEASIBLE - 1)
    return Board(board.net, state.stop)


def _with_place(board: Board, place: Place) -> Board:
    """The plan with the visits of `place` in it; :meth:`Board.planned` as a board."""
    state = _loaded(board)
    visit, *kin = place.visits
    route, *others = place.routes
    begin(state)
    plan(state, SEAT, visit, route, place.before)
    for k, other in zip(kin, others, strict=True):
        plan(state, JOIN, k, other, visit)
    apply(board.net, state)
    state.count[EDITS] = 0
    state.release[0] = place.release_s
    plan(state, FREE, visit, 0, 0)
    plan(state, HOLD, int(board.net.node[visit]["head"]), 0, 0)
    apply(board.net, state)
    retime(board.net, state, INFEASIBLE - 1)
    return Board(board.net, state.stop)


def _loaded(board: Board) -> State:
    state = empty_state(board.net)
    load(board.net, state, board.stop)
    return state
