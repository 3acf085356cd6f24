"""A search ends soon after it is told to, whatever it is doing then."""

from __future__ import annotations

from time import perf_counter, sleep

import numpy as np
import pytest

from bench.growth import areas_problem
from scheduler.problem import Problem
from scheduler.solve import Progress, SolveParams, solve
from scheduler.solve.proof import Proof, worth_a_proof
from scheduler.solve.stop import Stop
from tests.judge import judge
from tests.random_problems import random_problem

# A fifth of a second is promised; the rest is for slow machines.
SOON_S = 0.2 + 0.3


def test_the_caller_is_not_asked_again_once_he_wished() -> None:
    answers = [True, False, False]
    stop = Stop(lambda: answers.pop())
    assert [stop.ask() for _ in range(5)] == [False, False, True, True, True]
    assert stop.is_set()


def test_an_end_for_another_reason_is_no_wish() -> None:
    """Else what is left out of a proven plan would not be explained."""
    stop = Stop(lambda: False)
    stop.set()
    assert not stop.ask()


@pytest.mark.parametrize("after_s", [0.0, 0.2, 0.5, 1.0, 2.0])
def test_a_wish_is_met_while_a_large_plan_is_being_prepared(after_s: float) -> None:
    problem = areas_problem(150, 20, 1)
    wish = Wish(after_s)
    solution = solve(problem, SolveParams(seconds=60), should_stop=wish)
    assert perf_counter() - wish.uttered_at < SOON_S
    assert judge(problem, solution.stops).violations == ()


@pytest.mark.parametrize("after_s", [0.0, 0.01, 0.03, 0.1, 0.3, 1.0])
def test_a_proof_ends_soon_whenever_it_is_told(after_s: float) -> None:
    """Also between the building of its model and the start of the solver."""
    problem = random_problem(np.random.default_rng(1), 40, 6)
    assert worth_a_proof(problem)
    with Proof(problem, 60):
        sleep(after_s)
        told = perf_counter()
    assert perf_counter() - told < SOON_S


def test_visits_left_out_are_not_pondered_over_once_the_end_is_wished() -> None:
    """Nobody can do anything: explaining it all would take longer than was asked for."""
    problem = areas_problem(20, 20, 1)
    nobody = problem.replace(close_s=problem.open_s + 3600)
    wish = Wish(0.5)
    solution = solve(nobody, SolveParams(seconds=60), should_stop=wish)
    assert perf_counter() - wish.uttered_at < SOON_S
    left_out = set(range(problem.visits)) - {v for r in solution.stops for v, _ in r}
    assert {e.visit for e in solution.unassigned} == left_out
    assert len(left_out) > 100


@pytest.mark.parametrize("problem", [areas_problem(3, 10, 1), areas_problem(60, 20, 1)])
def test_a_fault_in_the_callback_ends_all_threads(problem: Problem) -> None:
    failed_at: list[float] = []

    def fail(progress: Progress) -> None:
        if progress.elapsed_s > 1.0:
            failed_at.append(perf_counter())
            raise RuntimeError("the reader is gone")

    with pytest.raises(RuntimeError, match="the reader is gone"):
        solve(problem, SolveParams(seconds=60), on_progress=fail)
    assert perf_counter() - failed_at[0] < SOON_S


class Wish:
    """Wishes the end after so many seconds, and remembers when that was first asked for."""

    def __init__(self, after_s: float) -> None:
        self.after_s = after_s
        self.began = perf_counter()
        self.uttered_at = 0.0

    def __call__(self) -> bool:
        wished = perf_counter() - self.began >= self.after_s
        if wished and not self.uttered_at:
            self.uttered_at = perf_counter()
        return wished
