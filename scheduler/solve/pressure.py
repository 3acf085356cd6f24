"""
Pressure to plan what is left out: other weights for it during the hot half of an annealing.

By the points, leaving out one long visit is as good as leaving out one short one, and better than
two short ones, so the search keeps the long one out for which no room can be made. Under pressure a
left-out visit weighs by its duration, and more with every stretch that it stays out; then the long
one pushes short ones out, which find a place elsewhere. Visits of about the same points share their
sum: however long optional ones stay out, what must be done loses nothing of its own. Source of
weights that grow with every
failure: P. Morris (1993), the breakout method for escaping from local minima, AAAI-93.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scheduler.problem import MUST_POINTS
from scheduler.solve.net import Net, State
from scheduler.solve.whole import load

# Weights change only for visits that cost so many times the start temperature to leave out; for
# what is cheaper, leaving out is a choice like any other.
PRESSED_ABOVE = 10.0
# By how much a left-out visit weighs more after each stretch.
GROWTH = 1.2
# Least duration that counts, as a part of the mean.
LEAST_DURATION = 0.1
# What is always planned keeps this part of its first weight, however long others stay out.
LEAST_WEIGHT = 0.01


class Pressure:
    """The weights of one thread; each band of points keeps its sum, so no plan overflows."""

    def __init__(self, net: Net, hot: float) -> None:
        drop = net.node["drop"][: net.visits]
        self.visits = np.flatnonzero((drop > PRESSED_ABOVE * hot) & (drop < MUST_POINTS))
        drop = drop[self.visits].astype(np.float64)
        duration = net.node["duration"][self.visits].astype(np.float64)
        mean = max(float(duration.mean()), 1.0) if len(duration) else 1.0
        self.weight = drop * np.maximum(duration / mean, LEAST_DURATION)
        self.least = LEAST_WEIGHT * self.weight
        # Points are counted as about the same between two powers of two.
        band = np.frexp(drop)[1]
        self.bands = [np.flatnonzero(band == each) for each in np.unique(band)]
        self.sums = [float(drop[each].sum()) for each in self.bands]
        self.net = net._replace(node=net.node.copy())

    def left_out(self, state: State) -> bool:
        """Whether there is anything to press for."""
        return bool((state.stop["route"][self.visits] < 0).any())

    def load(self, state: State) -> int:
        """Points of the state's plan by the present weights; timed from nothing."""
        self.net.node["drop"][self.visits] = self._scaled().astype(np.int64)
        return int(load(self.net, state, state.stop.copy()))

    def grow(self, state: State) -> None:
        """What the state leaves out weighs more from now on."""
        self.weight[state.stop["route"][self.visits] < 0] *= GROWTH
        # Brought back to their sum each time, or they would overflow in some minutes.
        self.weight = np.maximum(self._scaled(), self.least)

    def _scaled(self) -> NDArray[np.float64]:
        """The weights, each band of them brought to its sum."""
        weight = self.weight.copy()
        for each, total in zip(self.bands, self.sums, strict=True):
            weight[each] *= total / weight[each].sum()
        return weight
