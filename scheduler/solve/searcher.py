"""
One thread of the search: its plan, its random numbers, and annealing in short chunks.

By time, the temperature follows the clock; by iterations, it follows the count and the result
depends on nothing but the seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from threading import Event
from time import perf_counter

import numpy as np

from scheduler.problem import Int
from scheduler.solve.anneal import anneal, sample_worsenings
from scheduler.solve.chance import Seed, seed_of
from scheduler.solve.construct import construct, refill
from scheduler.solve.given import Stops, heads_by_start, seat_plan
from scheduler.solve.net import TRAVEL, WAITING, Net, Records, State, empty_state
from scheduler.solve.params import Moves, SolveParams
from scheduler.solve.pressure import Pressure
from scheduler.solve.whole import load

# Wall time of one uninterruptible chunk: short enough to stop and cool by, long enough to be free.
CHUNK_SECONDS = 0.04
CHUNK_STEPS = 50_000
SAMPLE_STEPS = 20_000
# Part of an annealing during which there is pressure to plan what is left out, and how often ruins
# come then.
PRESSED_UNTIL = 0.5
PRESSED_RUIN = 10
# Points of a best plan that is still to be found.
NONE_YET = 1 << 62


@dataclass(frozen=True, slots=True)
class Cycle:
    """
    One annealing from hot to cold.

    Parameters
    ----------
    share
        Part of the whole time or iterations, in (0, 1].
    heat
        Start temperature as a part of the measured one, in (0, 1].
    """

    share: float
    heat: float


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

    def __init__(
        self,
        net: Net,
        seed: int,
        moves: Moves,
        start: Stops | None = None,
        stop: Event | None = None,
    ) -> None:
        self.table = moves.table()
        ruin = min(moves.ruin, PRESSED_RUIN)
        self.pressed_table = replace(moves, ruin=ruin).table()
        self.pressure: Pressure | None = None
        self.net = net
        self.state: State = empty_state(net)
        self.seed: Seed = seed_of(seed)
        if start is None:
            self.points = construct(net, self.state, self.seed, stop)
        else:
            points = seat_plan(net, self.state, start)
            self.points = refill(net, self.state, self.seed, points, stop)
        self.best_points = self.points
        self.best = self.state.stop.copy()
        self.order = heads_by_start(net, self.best)
        # A start that is chosen later than it could be pays only where waiting or a wish counts.
        self.holds = bool(net.weight[WAITING] > 0 or len(net.more) or net.wishes or net.spans)
        self.fees = bool(
            net.fee.any() or net.route["fixed_points"].any() or len(net.bond) or net.spans
        )
        self.moves = 0
        # A first guess; each chunk measures it anew.
        self.seconds_per_step = 1e-6

    @property
    def unassigned(self) -> int:
        """Visits that the best plan leaves out."""
        return int((self.best["route"][: self.net.visits] < 0).sum())

    def adopt(self, points: int, stop: Records) -> None:
        """Go on from a plan (STOP) of so many points."""
        self.best_points = points
        self.best[:] = stop
        self.rewind()

    def begin_from(self, stops: Stops) -> None:
        """Go on from a plan by route; what it leaves out is planned first."""
        self.state = empty_state(self.net)
        self.points = refill(
            self.net, self.state, self.seed, seat_plan(self.net, self.state, stops)
        )
        self.best_points = self.points
        self.best[:] = self.state.stop

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

    def pace(self, params: SolveParams) -> float:
        """Seconds that a move takes, tried on some at the start temperature."""
        hot, cold = self.temperatures(params)
        # The first call also loads the kernel.
        for steps in (1, SAMPLE_STEPS):
            self.run(hot, cold, iter([Chunk(steps, 0.0, 0.0)]))
        return self.seconds_per_step

    def run(self, hot: float, cold: float, chunks: Iterator[Chunk]) -> None:
        """One annealing cycle."""
        pressure = self.pressure = self.pressure or Pressure(self.net, hot)
        ratio = cold / hot
        for chunk in chunks:
            began = perf_counter()
            start, end = hot * ratio**chunk.before, hot * ratio**chunk.after
            if chunk.after <= PRESSED_UNTIL and pressure.left_out(self.state):
                self._press(pressure, start, end, chunk.steps)
            else:
                self.points, self.best_points = anneal(
                    self.net, self.state, self.seed, self.order, self.points, chunk.steps,
                    start, end, self.table, self.holds, self.fees, self.best, self.best_points,
                )  # fmt: skip
            self.seconds_per_step = (perf_counter() - began) / chunk.steps
            self.moves += chunk.steps

    def _press(self, pressure: Pressure, hot: float, cold: float, steps: int) -> None:
        """A stretch by the weights of `pressure`; the best plan is kept by the true points."""
        points = pressure.load(self.state)
        anneal(
            pressure.net, self.state, self.seed, self.order, points, steps, hot, cold,
            self.pressed_table, self.holds, self.fees, self.state.stop.copy(), points,
        )  # fmt: skip
        pressure.grow(self.state)
        self.points = int(load(self.net, self.state, self.state.stop.copy()))
        if self.points < self.best_points:
            self.best_points = self.points
            self.best[:] = self.state.stop


def run_cycle(
    searcher: Searcher, cycle: Cycle, params: SolveParams, ends_at: float, stop: Event
) -> None:
    """One annealing of one thread until the clock passes `ends_at`, or by count."""
    if stop.is_set():
        return
    hot, cold = searcher.temperatures(params)
    hot = max(hot * cycle.heat, cold)
    if params.iterations is None:
        chunks = _chunks_by_time(searcher, ends_at, stop)
    else:
        chunks = _chunks_by_count(int(params.iterations * cycle.share), stop)
    searcher.run(hot, cold, chunks)


def run_moves(
    searcher: Searcher,
    heat: float,
    params: SolveParams,
    moves: int,
    ends_at: float | None,
    stop: Event,
) -> None:
    """An annealing of so many moves, less when the clock passes `ends_at`."""
    hot, cold = searcher.temperatures(params)
    chunks = _chunks_by_count(moves, stop, ends_at)
    searcher.run(max(hot * heat, cold), cold, chunks)


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


def _chunks_by_count(total: int, stop: Event, ends_at: float | None = None) -> Iterator[Chunk]:
    """Chunks of CHUNK_STEPS until `total` steps are done, or the clock passes `ends_at`."""
    for done in range(0, total, CHUNK_STEPS):
        if stop.is_set() or (ends_at is not None and perf_counter() >= ends_at):
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
