"""
The search: several anneals in several threads, children of their plans, a last mild reheat.

Where an anneal ends is luck; where there is time for more than one, half of it goes to children
that take routes from two of their plans. When these bring nothing new, another anneal does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from time import perf_counter
from typing import TypeVar

import numpy as np

from scheduler.solve.cross import cross
from scheduler.solve.given import Stops
from scheduler.solve.net import Net, Records
from scheduler.solve.params import SolveParams
from scheduler.solve.proof import Proof
from scheduler.solve.searcher import NONE_YET, Cycle, Searcher, run_cycle, run_moves
from scheduler.solve.stop import Stop
from scheduler.solve.whole import routes_of

T = TypeVar("T")

# Moves per visit that are enough for an anneal, and that a child gets.
ANNEAL_MOVES = 25_000
CHILD_MOVES = 5_000
MOST_ANNEALS = 24
# A child's start temperature, and the last reheat's, as parts of the measured one.
CHILD_HEAT = 0.2
REHEAT = 0.1
REHEAT_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Progress:
    """
    Where the search stands.

    Parameters
    ----------
    elapsed_s
        Wall time since the start.
    objective
        Points of the best plan.
    unassigned
        Visits that it leaves out.
    moves
        Moves tried by all threads.
    bound
        No plan has fewer points; None where no bound is known.
    """

    elapsed_s: float
    objective: int
    unassigned: int
    moves: int
    bound: int | None = None

    @property
    def moves_per_second(self) -> float:
        """Of all threads together since the start."""
        return self.moves / self.elapsed_s if self.elapsed_s > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """A plan: its points, its stops (STOP) and the same by route."""

    points: int
    stop: Records
    routes: Stops


def search(
    net: Net,
    params: SolveParams,
    stop: Stop,
    on_progress: Callable[[Progress], None] | None = None,
    start: Stops | None = None,
    proof: Proof | None = None,
) -> Searcher:
    """
    The searcher with the best plan found within `params`; ends within 0.2 s of the wish of `stop`.

    From `start` where it is given, else from a plan of its own; until `proof` says that it is the
    best there is.
    """
    with ThreadPoolExecutor(params.threads) as pool, stop:
        hunt = _Hunt(net, params, pool, start, proof, on_progress, stop)
        hunt.report()
        if net.visits:
            hunt.run()
            hunt.report()
    best = hunt.searchers[0]
    best.adopt(hunt.best.points, hunt.best.stop)
    best.moves = hunt.moves
    return best


class _Hunt:
    """The threads of a search and the plans that they found."""

    def __init__(
        self,
        net: Net,
        params: SolveParams,
        pool: ThreadPoolExecutor,
        start: Stops | None,
        proof: Proof | None,
        on_progress: Callable[[Progress], None] | None,
        stop: Stop,
    ) -> None:
        self.net, self.params, self.pool, self.proof = net, params, pool, proof
        self.on_progress, self.stop = on_progress, stop
        self.began = perf_counter()
        seeds = [params.seed * 1_000_003 + thread for thread in range(params.threads)]
        self.searchers = self._results(
            [pool.submit(Searcher, net, seed, params.moves, start, stop) for seed in seeds],
            stop.ask,
        )
        self.draws = [np.random.default_rng(seed) for seed in seeds]
        self.best = min((_found(s) for s in self.searchers), key=lambda found: found.points)
        self.elites: list[Found] = []

    @property
    def moves(self) -> int:
        """Tried by all threads."""
        return sum(s.moves for s in self.searchers)

    def report(self) -> None:
        """Tell where the search stands; ask whether it is to end."""
        leader = min(self.searchers, key=lambda s: s.best_points)
        points, stop = self.best.points, self.best.stop
        if leader.best_points < points:
            points, stop = leader.best_points, leader.best
        bound = self.proof.bound if self.proof else None
        if bound is not None and points <= bound:
            self.stop.set()
        if self.on_progress is not None:
            out = int((stop["route"][: self.net.visits] < 0).sum())
            elapsed = perf_counter() - self.began
            self.on_progress(Progress(elapsed, points, out, self.moves, bound))
        self.stop.ask()

    def run(self) -> None:
        """Anneals, children where there were several anneals, more of both, then the reheat."""
        params = self.params
        count = self._anneals()
        children = params.children if count > 1 else 0.0
        rest = 1.0 - children
        share = (1.0 - REHEAT_SHARE) * rest / count
        for number in range(count):
            self._anneal(Cycle(share, 1.0), (number + 1) * share, alone=count > 1)
        until = 1.0 - REHEAT_SHARE * rest
        while children and self._breed(until) and self._spent() + share <= until:
            self._anneal(Cycle(share, 1.0), self._spent() + share, alone=True)
        self._anneal(Cycle(REHEAT_SHARE * rest, REHEAT), 1.0, alone=False)

    def _anneals(self) -> int:
        """As many as there is time for."""
        params = self.params
        if params.anneals is not None:
            return params.anneals
        steps = params.iterations
        if steps is None:
            pace = max(self.pool.map(lambda s: s.pace(params), self.searchers))
            steps = int(params.seconds / pace)
        part = (1.0 - REHEAT_SHARE) * (1.0 - params.children)
        count = round(part * steps / (ANNEAL_MOVES * self.net.visits))
        return min(max(count, 1), MOST_ANNEALS)

    def _spent(self) -> float:
        """Part of the whole time, or of the moves of a thread."""
        if self.params.iterations is None:
            return (perf_counter() - self.began) / self.params.seconds
        return self.searchers[0].moves / max(self.params.iterations, 1)

    def _anneal(self, cycle: Cycle, until: float, alone: bool) -> None:
        """
        One cycle of all threads from the best plan, up to the part `until` of the whole time.

        `alone`: each thread's own best plan becomes an elite, though others may be better.
        """
        if self.stop.is_set():
            return
        for searcher in self.searchers:
            searcher.adopt(self.best.points, self.best.stop)
            if alone:
                searcher.best_points = NONE_YET
        ends_at = self.began + until * self.params.seconds
        self._wait(lambda s, _: run_cycle(s, cycle, self.params, ends_at, self.stop))
        self._keep()
        if alone:
            self.elites += [_found(s) for s in self.searchers if s.best_points < NONE_YET]

    def _breed(self, until: float) -> bool:
        """
        Rounds of a child per thread; a child that is better than the worst elite replaces it.

        True once as many children in a row as there are elites brought nothing; False when the part
        `until` of the whole time has passed before that.
        """
        params, net = self.params, self.net
        total = CHILD_MOVES * net.visits
        ends_at = self.began + until * params.seconds if params.iterations is None else None
        # By count a child is begun only if it can be ended.
        needed = 0.0 if params.iterations is None else total / max(params.iterations, 1)
        barren = 0
        while barren < max(len(self.elites), 2 * params.threads):
            if self.stop.is_set() or len(self.elites) < 2 or self._spent() + needed >= until:
                return False
            self._wait(lambda s, draw: self._child(s, draw, total, ends_at))
            self._keep()
            joined = [self._join(_found(searcher)) for searcher in self.searchers]
            barren = 0 if any(joined) else barren + params.threads
        return True

    def _child(
        self, searcher: Searcher, draw: np.random.Generator, total: int, ends_at: float | None
    ) -> None:
        """Plan and anneal a child of two elites."""
        first, second = draw.choice(len(self.elites), 2, replace=False)
        routes = cross(self.net, self.elites[first].routes, self.elites[second].routes, draw)
        searcher.begin_from(routes)
        run_moves(searcher, CHILD_HEAT, self.params, total, ends_at, self.stop)

    def _join(self, child: Found) -> bool:
        """Whether the child becomes an elite; of equals one is enough."""
        worst = max(range(len(self.elites)), key=lambda at: self.elites[at].points)
        known = any(elite.points == child.points for elite in self.elites)
        if known or child.points >= self.elites[worst].points:
            return False
        self.elites[worst] = child
        return True

    def _keep(self) -> None:
        """Remember the best plan."""
        leader = min(self.searchers, key=lambda s: s.best_points)
        if leader.best_points < self.best.points:
            self.best = _found(leader)

    def _wait(self, work: Callable[[Searcher, np.random.Generator], None]) -> None:
        """Work in all threads, and report."""
        pairs = zip(self.searchers, self.draws, strict=True)
        self._results([self.pool.submit(work, *pair) for pair in pairs], self.report)

    def _results(self, futures: Sequence[Future[T]], meanwhile: Callable[[], object]) -> list[T]:
        """Of all threads; a fault in one ends it."""
        while True:
            done, running = wait(futures, timeout=0.1, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
            if not running:
                return [future.result() for future in futures]
            meanwhile()


def _found(searcher: Searcher) -> Found:
    """The best plan of a searcher, which goes back to it."""
    searcher.rewind()
    return Found(
        searcher.best_points, searcher.best.copy(), routes_of(searcher.net, searcher.state)
    )
