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
from scheduler.solve.chance import Seed, seed_of
from scheduler.solve.construct import construct, refill
from scheduler.solve.given import Stops, seat_plan
from scheduler.solve.net import TRAVEL, WAITING, Net, State, empty_state
from scheduler.solve.params import Cycle, Moves, SolveParams
from scheduler.solve.whole import load

# Wall time of one uninterruptible chunk: short enough to stop and cool by, long enough to be free.
CHUNK_SECONDS = 0.04
CHUNK_STEPS = 50_000
SAMPLE_STEPS = 20_000


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
class Chunk:
    """
    A stretch of annealing.

    Parameters
    ----------
    steps
        Moves.
    before, after
        The cycle's progress in [0, 1] at its ends.
    """

    steps: int
    before: float
    after: float


class Searcher:
    """One thread's state, its random numbers and its best plan."""

    def __init__(self, net: Net, seed: int, moves: Moves, start: Stops | None = None) -> None:
        self.table = moves.table()
        self.net = net
        self.state: State = empty_state(net)
        self.seed: Seed = seed_of(seed)
        if start is None:
            self.points = construct(net, self.state, self.seed)
        else:
            self.points = refill(net, self.state, self.seed, seat_plan(net, self.state, start))
        self.best_points = self.points
        self.best = self.state.stop.copy()
        heads = np.flatnonzero(net.node["head"][: net.movable] == np.arange(net.movable))
        self.order = heads[np.argsort(self.best["start"][heads], kind="stable")].astype(np.int32)
        # A start that is chosen later than it could be pays only where waiting costs points.
        self.holds = bool(net.weight[WAITING] > 0 or len(net.more))
        self.fees = bool(net.fee.any() or net.route["fixed_points"].any())
        self.moves = 0
        # A first guess; each chunk measures it anew.
        self.seconds_per_step = 1e-6

    @property
    def unassigned(self) -> int:
        """Visits that the best plan leaves out."""
        return int((self.best["route"][: self.net.visits] < 0).sum())

    def adopt(self, other: Searcher) -> None:
        """Go on from the best plan of `other`."""
        self.best_points = other.best_points
        self.best[:] = other.best
        self.rewind()

    def rewind(self) -> None:
        """Go on from the own best plan."""
        self.points = int(load(self.net, self.state, self.best))

    def temperatures(self, params: SolveParams) -> tuple[float, float]:
        """
        Start and end temperature in points, measured on this instance.

        The larger of two: what accepts a part of the random worsenings, and some mean legs of the
        plan. Where hard windows leave only trifling moves feasible, the first says nothing.
        """
        net = self.net
        largest = max(int(net.travel.max(initial=1)) * int(net.weight.max()) * 20, 1)
        found = np.zeros(SAMPLE_STEPS, dtype=np.int64)
        count = sample_worsenings(
            net, self.state, self.seed, self.points, self.table, self.holds, self.fees, largest,
            found,
        )  # fmt: skip
        sample = found[:count]
        legs = max(int((self.state.stop["route"][: net.visits] >= 0).sum()), 1)
        leg = float(net.weight[TRAVEL] * self.state.sums[TRAVEL]) / legs
        hot, cold = (
            max(_temperature(sample, acceptance) if len(sample) else 0.0, mean_legs * leg, floor)
            for acceptance, mean_legs, floor in (
                (params.hot_acceptance, params.hot_legs, 1.0),
                (params.cold_acceptance, params.cold_legs, 0.1),
            )
        )
        return hot, cold

    def run(self, hot: float, cold: float, chunks: Iterator[Chunk]) -> None:
        """One annealing cycle."""
        for chunk in chunks:
            ratio = cold / hot
            began = perf_counter()
            self.points, self.best_points = anneal(
                self.net, self.state, self.seed, self.order, self.points, chunk.steps,
                hot * ratio**chunk.before, hot * ratio**chunk.after, self.table,
                self.holds, self.fees, self.best, self.best_points,
            )  # fmt: skip
            self.seconds_per_step = (perf_counter() - began) / chunk.steps
            self.moves += chunk.steps


def search(
    net: Net,
    params: SolveParams,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    start: Stops | None = None,
) -> Searcher:
    """
    The searcher with the best plan found within `params`; stops within 0.2 s of `should_stop`.

    From `start` where it is given, else from a plan of its own.
    """
    began = perf_counter()
    stop = Event()
    with ThreadPoolExecutor(params.threads) as pool:
        seeds = [params.seed * 1_000_003 + thread for thread in range(params.threads)]
        searchers = list(pool.map(lambda seed: Searcher(net, seed, params.moves, start), seeds))

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
        for cycle in params.cycles if net.visits else ():
            if stop.is_set():
                break
            leader = min(searchers, key=lambda s: s.best_points)
            for searcher in searchers:
                searcher.adopt(leader)
            ends_at += cycle.share * params.seconds
            futures = [
                pool.submit(run_cycle, searcher, cycle, params, ends_at, stop)
                for searcher in searchers
            ]
            _watch(futures, report, stop)
        report()
    best = min(searchers, key=lambda s: s.best_points)
    best.moves = sum(s.moves for s in searchers)
    return best


def run_cycle(
    searcher: Searcher, cycle: Cycle, params: SolveParams, ends_at: float, stop: Event
) -> None:
    """One annealing of one thread until the clock passes `ends_at`, or by count."""
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
        steps = int(wanted / searcher.seconds_per_step)
        before = (now - began) / length
        after = min(1.0, before + wanted / length)
        yield Chunk(min(max(steps, 100), 10 * CHUNK_STEPS), before, after)
        now = perf_counter()


def _chunks_by_count(total: int, stop: Event) -> Iterator[Chunk]:
    """Chunks of CHUNK_STEPS until `total` steps are done."""
    for done in range(0, total, CHUNK_STEPS):
        if stop.is_set():
            return
        steps = min(CHUNK_STEPS, total - done)
        yield Chunk(steps, done / total, (done + steps) / total)


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
