"""
A lower bound beside the search, by CP-SAT; on small problems it ends in a proof of the optimum.

Beyond some thirty visits the exact model does not come near the search's plans within minutes, so
larger problems have none.
"""

from __future__ import annotations

import math
from concurrent.futures import Future, ThreadPoolExecutor, wait

from scheduler.problem import Problem
from scheduler.solve.model import ExactModel

# Most legs (pairs of visits, per route) of a problem that is worth a proof.
MOST_LEGS = 10_000


class _Told(Exception):
    """It is to end, and its model is not built yet."""


class Proof:
    """
    A thread that raises a lower bound for `problem` until it ends or is told to.

    Use as a context; it takes a processor's time of its own.
    """

    def __init__(self, problem: Problem, seconds: float) -> None:
        self.bound: int | None = None
        self.problem = problem
        self.seconds = seconds
        self.model: ExactModel | None = None
        self.over = False
        self.thread = ThreadPoolExecutor(1)

    def __enter__(self) -> Proof:
        self.future: Future[None] = self.thread.submit(self._run)
        return self

    def __exit__(self, *fault: object) -> None:
        self.over = True
        # A solver that has not begun yet does not hear that it is to end.
        while not self.future.done():
            if self.model is not None:
                self.model.cancel()
            wait([self.future], timeout=0.02)
        self.thread.shutdown()
        if fault[0] is None:
            self.future.result()

    def _run(self) -> None:
        problem = self.problem
        try:
            self.model = ExactModel(
                problem, range(problem.visits), range(problem.routes), on_step=self._go_on
            )
        except _Told:
            return
        if self.over:
            return
        try:
            exact = self.model.solve(self.seconds, on_bound=self._raise)
        except ValueError:
            # Sums beyond what the exact solver can count: no bound.
            return
        if exact.feasible:
            self._raise(exact.bound)

    def _go_on(self) -> None:
        """End the building once told to: it takes half a second on a slow machine."""
        if self.over:
            raise _Told

    def _raise(self, bound: float) -> None:
        """A bound found on the way; the solver's are floats of whole numbers."""
        found = math.ceil(bound - 1e-3)
        self.bound = found if self.bound is None else max(self.bound, found)


def worth_a_proof(problem: Problem) -> bool:
    """Whether the exact model of `problem` is small enough to say something in time."""
    return problem.visits > 0 and problem.visits**2 * problem.routes <= MOST_LEGS
