"""Parameters of a solve; every number that shapes the search is here and checks itself."""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np

from scheduler.problem import Int


@dataclass(frozen=True, slots=True)
class Moves:
    """
    How often each kind of move is tried; `bench.ablation` shows what each adds.

    Parameters
    ----------
    hold, carer, drop, shift, insertion, segment, swap, tails
        Shares of the steps that begin at a planned visit: start it later, give it to another
        carer, leave it out, shift it on its route, put it beside a near visit, move two or three
        in a row, swap two, swap the ends of two routes. Integers >= 0, at least one above 0.
    left_out, tardy
        Percent of the steps that begin at a left-out visit while there is one, at a tardy one.
    ruin
        One step in so many is a ruin and recreate; 0 for none.
    """

    hold: int = 6
    carer: int = 2
    drop: int = 1
    shift: int = 7
    insertion: int = 40
    segment: int = 12
    swap: int = 22
    tails: int = 10
    left_out: int = 5
    tardy: int = 10
    ruin: int = 120

    def __post_init__(self) -> None:
        values = astuple(self)
        if min(values) < 0 or not sum(values[:8]) or max(self.left_out, self.tardy) > 100:
            raise ValueError("Expected shares >= 0, not all 0, and percentages up to 100.")

    def table(self) -> Int:
        """(11,) int64: the shares added up, then the rest as above; order of the kernels."""
        values = np.array(astuple(self), dtype=np.int64)
        values[:8] = np.cumsum(values[:8])
        return values


@dataclass(frozen=True, slots=True)
class SolveParams:
    """
    Parameters
    ----------
    seconds
        Wall time of the whole solve, > 0; ignored when `iterations` is given.
    iterations
        Moves per thread; makes the result depend on nothing but the seed. None = by time.
    threads
        Searches side by side, >= 1.
    seed
        Any integer >= 0.
    hot_acceptance, cold_acceptance
        Mean probability of accepting a worsening move at the start and the end of a full cycle,
        0 < cold < hot < 1.
    hot_legs, cold_legs
        Least start and end temperature in mean legs of the plan (points of travel per stop),
        0 < cold < hot.
    moves
        How often each kind of move is tried.
    prove
        Whether a small problem is also given to CP-SAT, which ends the search when it has proven
        the plan the best; not used by iterations, whose result must not depend on the clock.
    explain
        Whether to say why each visit is left out; a proof may take two seconds.
    anneals
        How many from hot, >= 1; None: as many as there is time for.
    children
        Part of the whole time, in [0, 1), for children of two plans where there are several
        anneals.

    Raises
    ------
    ValueError
        When a number is outside its range.
    """

    seconds: float = 30.0
    iterations: int | None = None
    threads: int = 2
    seed: int = 1
    hot_acceptance: float = 0.05
    cold_acceptance: float = 0.002
    hot_legs: float = 1.5
    cold_legs: float = 0.03
    moves: Moves = Moves()
    prove: bool = True
    explain: bool = True
    anneals: int | None = None
    children: float = 0.5

    def __post_init__(self) -> None:
        if not self.seconds > 0 or self.threads < 1 or self.seed < 0:
            raise ValueError("Expected seconds > 0, threads >= 1 and seed >= 0.")
        if self.iterations is not None and self.iterations < 0:
            raise ValueError("Expected iterations >= 0.")
        if not 0 < self.cold_acceptance < self.hot_acceptance < 1:
            raise ValueError("Expected 0 < cold_acceptance < hot_acceptance < 1.")
        if not 0 < self.cold_legs < self.hot_legs:
            raise ValueError("Expected 0 < cold_legs < hot_legs.")
        if self.anneals is not None and self.anneals < 1:
            raise ValueError("Expected anneals >= 1, or None.")
        if not 0 <= self.children < 1:
            raise ValueError("Expected children in [0, 1).")
