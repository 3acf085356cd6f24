"""Time per full timing, per move, per ruin and per construction on the mid-sized municipality."""

from __future__ import annotations

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from scheduler.problem import Problem
from scheduler.solve.anneal import anneal, sample_worsenings
from scheduler.solve.net import build_net, empty_state
from scheduler.solve.params import Moves
from scheduler.solve.searcher import Searcher
from scheduler.solve.timing import retime_all
from scheduler.solve.whole import load

MOVES = 10_000


@pytest.fixture
def searcher(problem: Problem) -> Searcher:
    return Searcher(build_net(problem), 1, Moves(ruin=0))


def test_one_full_timing(benchmark: BenchmarkFixture, searcher: Searcher) -> None:
    points = benchmark(retime_all, searcher.net, searcher.state)
    assert points == searcher.points


def test_one_plan_copied_and_counted_anew(benchmark: BenchmarkFixture, searcher: Searcher) -> None:
    points = benchmark(load, searcher.net, empty_state(searcher.net), searcher.best)
    assert points == searcher.best_points


def test_ten_thousand_moves_taken_back(benchmark: BenchmarkFixture, searcher: Searcher) -> None:
    s = searcher
    found = np.zeros(MOVES, dtype=np.int64)
    count = benchmark(
        sample_worsenings, s.net, s.state, s.seed, s.points, s.table, s.holds, s.fees, 100_000,
        found,
    )  # fmt: skip
    assert count > 0


def test_ten_thousand_moves_at_a_low_temperature(
    benchmark: BenchmarkFixture, searcher: Searcher
) -> None:
    s = searcher
    state = empty_state(s.net)

    def run() -> int:
        points = load(s.net, state, s.best)
        return anneal(  # type: ignore[no-any-return]
            s.net, state, s.seed.copy(), s.order.copy(), points, MOVES, 100.0, 10.0, s.table,
            s.holds, s.fees, s.best.copy(), points,
        )[1]  # fmt: skip

    assert benchmark(run) < searcher.best_points


def test_a_thousand_ruins(benchmark: BenchmarkFixture, searcher: Searcher) -> None:
    s = searcher
    state = empty_state(s.net)

    def run() -> int:
        points = load(s.net, state, s.best)
        return anneal(  # type: ignore[no-any-return]
            s.net, state, s.seed.copy(), s.order.copy(), points, 1000, 100.0, 10.0,
            Moves(ruin=1).table(), s.holds, s.fees, s.best.copy(), points,
        )[1]  # fmt: skip

    assert benchmark.pedantic(run, rounds=5) <= searcher.best_points


def test_the_first_plan(benchmark: BenchmarkFixture, problem: Problem) -> None:
    made = benchmark.pedantic(lambda: Searcher(build_net(problem), 1, Moves(ruin=0)), rounds=5)
    assert made.unassigned < problem.visits
