"""Time per full timing, per move and per construction on the mid-sized municipality."""

from __future__ import annotations

from pytest_benchmark.fixture import BenchmarkFixture

from scheduler.problem import Problem
from scheduler.solve.anneal import sample_worsenings
from scheduler.solve.net import build_net
from scheduler.solve.search import Searcher
from scheduler.solve.timing import INFEASIBLE, evaluate


def test_one_full_timing(benchmark: BenchmarkFixture, searcher: Searcher) -> None:
    points = benchmark(evaluate, searcher.net, searcher.state, INFEASIBLE - 1)
    assert points == searcher.points


def test_ten_thousand_moves(benchmark: BenchmarkFixture, searcher: Searcher) -> None:
    s = searcher
    found = benchmark(sample_worsenings, s.net, s.state, s.seed, s.points, 10_000, 100_000)
    assert len(found) > 0


def test_the_first_plan(benchmark: BenchmarkFixture, problem: Problem) -> None:
    made = benchmark.pedantic(lambda: Searcher(build_net(problem), 1), rounds=5)
    assert made.unassigned < problem.visits
