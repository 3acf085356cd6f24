"""
The search: a first plan, then annealing in several threads that share their best plan.

Each cycle starts every thread from the best plan of all. By time, the temperature follows the
clock; by iterations, it follows the count and the result depends on nothing but the seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event
from time import perf_counter

import numpy as np

from scheduler.problem import Int
from scheduler.solve.anneal import anneal, sample_worsenings
from scheduler.solve.construct import construct
from scheduler.solve.moves import Seed
from scheduler.solve.net import Net, State, empty_state
from scheduler.solve.params import Cycle, SolveParams
from scheduler.solve.rebuild import rebuild
from scheduler.solve.timing import INFEASIBLE, evaluate

# Wall time of one uninterruptible chunk: short enough to stop and cool by, long enough to be free.
CHUNK_SECONDS = 0.04
CHUNK_STEPS = 10_000
SAMPLE_STEPS = 20_000
# While something is left out: part of the time that rebuilding gets, and rebuilds a chunk by count.
REBUILD_SHARE = 0.2
REBUILDS = 8


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
    """

    elapsed_s: float
    objective: int
    unassigned: int
    moves: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """
    A stretch of annealing and the rebuilding after it.

    Parameters
    ----------
    steps
        Moves.
    before, after
        The cycle's progress in [0, 1] at its ends.
    rebuilds, rebuild_s
        Rebuilds by count and by time; both run out before the next chunk.
    """

    steps: int
    before: float
    after: float
    rebuilds: int = 0
    rebuild_s: float = 0.0


class Searcher:
    """One thread's state, its random numbers and its best plan."""

    def __init__(self, net: Net, seed: int) -> None:
        self.net = net
        self.state: State = empty_state(net)
        # xorshift needs a state other than 0; the multiplier spreads small seeds.
        self.seed: Seed = np.array([(seed + 1) * 0x9E3779B97F4A7C15 % (1 << 64)], dtype=np.uint64)
        self.points = int(construct(net, self.state, self.seed))
        self.best_points = self.points
        self.best_order: Int = self.state.order.copy()
        self.best_route: Int = self.state.route.copy()
        self.spare = self.state.order.copy(), self.state.route.copy()
        self.moves = 0
        # A first guess; each chunk measures it anew.
        self.seconds_per_step = 1e-5

    @property
    def unassigned(self) -> int:
        """Visits that the best plan leaves out."""
        return int((self.best_route < 0).sum())

    def adopt(self, other: Searcher) -> None:
        """Go on from the best plan of `other`."""
        self.best_points = other.best_points
        self.best_order[:] = other.best_order
        self.best_route[:] = other.best_route
        self.rewind()

    def rewind(self) -> None:
        """Go on from the own best plan."""
        self._load_best(self.state)
        self.points = int(evaluate(self.net, self.state, INFEASIBLE - 1))

    def copy_of_best(self) -> State:
        """The best plan as a state of its own, not yet timed."""
        state = empty_state(self.net)
        self._load_best(state)
        return state

    def _load_best(self, state: State) -> None:
        state.order[:] = self.best_order
        state.position[state.order] = np.arange(len(state.order))
        state.route[:] = self.best_route
        first = self.net.member[self.net.unit_at[:-1]]
        state.dropped[0] = self.net.drop[state.route[first] < 0].sum()

    def temperatures(self, params: SolveParams) -> tuple[float, float]:
        """
        Start and end temperature in points, measured on this instance.

        The larger of two: what accepts a part of the random worsenings, and some mean legs of the
        plan. Where hard windows leave only trifling moves feasible, the first says nothing.
        """
        largest = max(int(self.net.travel.max(initial=1)) * int(self.net.weight.max()) * 20, 1)
        sample = sample_worsenings(
            self.net, self.state, self.seed, self.points, SAMPLE_STEPS, largest
        )
        evaluate(self.net, self.state, INFEASIBLE - 1)
        legs = max(int((self.state.route >= 0).sum()), 1)
        leg = float(self.net.weight[0] * self.state.terms[0]) / legs
        hot, cold = (
            max(_temperature(sample, acceptance) if len(sample) else 0.0, mean_legs * leg, floor)
            for acceptance, mean_legs, floor in (
                (params.hot_acceptance, params.hot_legs, 1.0),
                (params.cold_acceptance, params.cold_legs, 0.1),
            )
        )
        return hot, cold

    def run(self, hot: float, cold: float, chunks: Iterator[Chunk]) -> None:
        """One annealing cycle; after each chunk some rebuilds while something is left out."""
        for chunk in chunks:
            ratio = cold / hot
            began = perf_counter()
            self.points, self.best_points = anneal(
                self.net, self.state, self.seed, self.points, chunk.steps,
                hot * ratio**chunk.before, hot * ratio**chunk.after,
                self.best_order, self.best_route, self.best_points,
            )  # fmt: skip
            self.seconds_per_step = (perf_counter() - began) / chunk.steps
            self.moves += chunk.steps
            rebuild_until = perf_counter() + chunk.rebuild_s
            rebuilds = 0
            while self.state.dropped[0] and (
                rebuilds < chunk.rebuilds or perf_counter() < rebuild_until
            ):
                rebuilds += 1
                self._rebuild()

    def _rebuild(self) -> None:
        self.points = int(rebuild(self.net, self.state, self.seed, self.points, *self.spare))
        if self.points < self.best_points:
            self.best_points = self.points
            self.best_order[:] = self.state.order
            self.best_route[:] = self.state.route


def search(
    net: Net,
    params: SolveParams,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Searcher:
    """
    The searcher with the best plan found within `params`; stops within 0.2 s of `should_stop`.
    """
    began = perf_counter()
    stop = Event()
    with ThreadPoolExecutor(params.threads) as pool:
        seeds = [params.seed * 1_000_003 + thread for thread in range(params.threads)]
        searchers = list(pool.map(lambda seed: Searcher(net, seed), seeds))

        def report() -> None:
            leader = min(searchers, key=lambda s: s.best_points)
            if on_progress is not None:
                on_progress(
                    Progress(
                        perf_counter() - began,
                        leader.best_points,
                        leader.unassigned,
                        sum(s.moves for s in searchers),
                    )
                )
            if should_stop is not None and should_stop():
                stop.set()

        report()
        ends_at = began
        for cycle in params.cycles if len(net.unit) else ():
            if stop.is_set():
                break
            leader = min(searchers, key=lambda s: s.best_points)
            for searcher in searchers:
                searcher.adopt(leader)
            ends_at += cycle.share * params.seconds
            futures = [
                pool.submit(_run_cycle, searcher, cycle, params, ends_at, stop)
                for searcher in searchers
            ]
            _watch(futures, report, stop)
        report()
    return min(searchers, key=lambda s: s.best_points)


def _run_cycle(
    searcher: Searcher, cycle: Cycle, params: SolveParams, ends_at: float, stop: Event
) -> None:
    hot, cold = searcher.temperatures(params)
    hot = max(hot * cycle.heat, cold)
    if params.iterations is None:
        chunks = _chunks_by_time(searcher, ends_at, stop)
    else:
        chunks = _chunks_by_count(int(params.iterations * cycle.share), stop)
    searcher.run(hot, cold, chunks)


def _watch(futures: list[Future[None]], report: Callable[[], None], stop: Event) -> None:
    """Report while the threads run; a fault in one, or an interrupt here, stops all."""
    try:
        while True:
            done, running = wait(futures, timeout=0.1, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
            if not running:
                return
            report()
    except BaseException:
        stop.set()
        raise


def _chunks_by_time(searcher: Searcher, ends_at: float, stop: Event) -> Iterator[Chunk]:
    """Chunks of about CHUNK_SECONDS until the clock passes `ends_at`."""
    began = now = perf_counter()
    length = max(ends_at - began, 1e-6)
    while now < ends_at and not stop.is_set():
        wanted = min(CHUNK_SECONDS, ends_at - now)
        rebuild_s = REBUILD_SHARE * wanted if searcher.state.dropped[0] else 0.0
        steps = int((wanted - rebuild_s) / searcher.seconds_per_step)
        before = (now - began) / length
        after = min(1.0, before + wanted / length)
        yield Chunk(min(max(steps, 100), 10 * CHUNK_STEPS), before, after, rebuild_s=rebuild_s)
        now = perf_counter()


def _chunks_by_count(total: int, stop: Event) -> Iterator[Chunk]:
    """Chunks of CHUNK_STEPS until `total` steps are done."""
    for done in range(0, total, CHUNK_STEPS):
        if stop.is_set():
            return
        steps = min(CHUNK_STEPS, total - done)
        yield Chunk(steps, done / total, (done + steps) / total, rebuilds=REBUILDS)


def _temperature(sample: Int, acceptance: float) -> float:
    """Temperature at which the mean of exp(-worsening / temperature) is `acceptance`."""
    low, high = 1e-6, float(sample.max()) * 1e3
    for _ in range(100):
        middle = (low * high) ** 0.5
        if float(np.exp(-sample / middle).mean()) < acceptance:
            low = middle
        else:
            high = middle
    return high
