"""A search ends soon after it is told to, whatever it is doing then."""

from __future__ import annotations

from threading import Event
from time import perf_counter, sleep
from typing import Any

import numpy as np
import pytest

from bench.growth import areas_problem
from scheduler.problem import Problem
from scheduler.solve import Progress, SolveParams, solve
from scheduler.solve.model import Exact, ExactModel
from scheduler.solve.proof import Proof, worth_a_proof
from scheduler.solve.stop import Stop
from tests.judge import judge
from tests.random_problems import line_problem, random_problem

pytestmark = pytest.mark.alone

# A fifth of a second is promised; the rest is for slow machines.
SOON_S = 0.2 + 0.3


@pytest.fixture(scope="module", autouse=True)
def loaded_kernels() -> None:
    """A process loads the compiled kernels once, with its first plan; a server has done so."""
    solve(areas_problem(60, 20, 1), SolveParams(seconds=0.5, explain=False))


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
    """While its model is built, or later."""
    problem = random_problem(np.random.default_rng(1), 40, 6)
    assert worth_a_proof(problem)
    with Proof(problem, 60):
        sleep(after_s)
        told = perf_counter()
    assert perf_counter() - told < SOON_S


def test_a_proof_ends_soon_when_told_just_before_its_solver_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The solver forgets what it is told before it has begun."""
    problem = random_problem(np.random.default_rng(1), 40, 6)
    begin = ExactModel.solve
    ready = Event()

    def late(model: ExactModel, *given: Any, **named: Any) -> Exact:
        ready.set()
        sleep(0.1)
        return begin(model, *given, **named)

    monkeypatch.setattr(ExactModel, "solve", late)
    with Proof(problem, 60):
        assert ready.wait(30)
        told = perf_counter()
    assert perf_counter() - told < SOON_S


def test_no_wider_window_is_sought_once_the_end_is_wished() -> None:
    """Two visits at one moment and one carer: a quarter of an hour would let the other in."""
    problem = line_problem(
        visits=2, routes=1, place=[1, 1], early_s=[600, 600], late_s=[600, 600]
    )  # fmt: skip
    few = SolveParams(iterations=1000, threads=1)
    seen: list[Progress] = []
    patient = solve(problem, few)
    hasty = solve(problem, few, seen.append, should_stop=lambda: bool(seen))
    assert [e.wider_s for e in patient.unassigned] == [15 * 60]
    assert [e.wider_s for e in hasty.unassigned] == [None]
    assert judge(problem, hasty.stops).violations == ()


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
