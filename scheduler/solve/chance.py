"""Random numbers of the kernels: xorshift64*, its state an argument and never global."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scheduler.solve.kernel import inlined

Seed = npt.NDArray[np.uint64]


def seed_of(number: int) -> Seed:
    """State for a small seed; the multiplier spreads it, and it is never 0."""
    return np.array([(number + 1) * 0x9E3779B97F4A7C15 % (1 << 64) or 1], dtype=np.uint64)


@inlined
def below(seed: Seed, bound: int) -> int:
    """Uniform integer in [0, bound)."""
    x = seed[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    seed[0] = x
    high = (x * np.uint64(2685821657736338717)) >> np.uint64(33)
    return np.int64((high * np.uint64(bound)) >> np.uint64(31))  # type: ignore[return-value]


@inlined
def unit(seed: Seed) -> float:
    """Uniform float in (0, 1]."""
    return (below(seed, 1 << 30) + 1.0) / (1 << 30)
