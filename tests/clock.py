"""
How long something takes, on a machine that may be taken for a moment.

A pause of the machine makes one run slow, a step that is too slow makes all of them slow: so what
is judged is the quickest of some runs.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

RUNS = 5


def quickest(call: Callable[[], object]) -> float:
    """Seconds that the quickest of some calls takes."""
    took = []
    for _ in range(RUNS):
        started = perf_counter()
        call()
        took.append(perf_counter() - started)
    return min(took)
