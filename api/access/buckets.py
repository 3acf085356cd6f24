"""
Token buckets: how many requests a caller or an address may make.

In process and of bounded memory. Two processes each give the whole rate; a limit over all of them
belongs to the proxy in front. Not for several threads: the server asks from its event loop only.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from time import monotonic

from api.access.refusals import TooMany


class Buckets:
    """
    A bucket of `burst` tokens per key, filled by `rate` a second.

    Parameters
    ----------
    rate, burst
        Tokens a second, and most tokens that a bucket holds; both > 0.
    most_keys
        Buckets kept. The one that was used longest ago gives way: whoever takes many addresses
        gets new buckets anyhow, and memory must not grow with them.
    clock
        Seconds that never go back.

    Raises
    ------
    ValueError
        When a number is not > 0.
    """

    def __init__(
        self,
        rate: float,
        burst: float,
        *,
        most_keys: int = 10_000,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        if min(rate, burst, most_keys) <= 0:
            raise ValueError(f"Expected numbers > 0; found {rate}, {burst}, {most_keys}.")
        self._rate, self._burst, self._most_keys, self._clock = rate, burst, most_keys, clock
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> None:
        """
        Take a token out of the bucket of `key`.

        Raises
        ------
        TooMany
            When there is no whole token; nothing is taken then.
        """
        left, now = self._left(key)
        if left < 1:
            raise TooMany(max(1, ceil((1 - left) / self._rate)))
        self._keep(key, left - 1, now)

    def charge(self, key: str, tokens: float) -> None:
        """Take `tokens`, or all that is left: for what has already happened."""
        left, now = self._left(key)
        self._keep(key, max(0.0, left - tokens), now)

    def __len__(self) -> int:
        return len(self._held)

    def _left(self, key: str) -> tuple[float, float]:
        now = self._clock()
        left, at = self._held.get(key, (self._burst, now))
        return min(self._burst, left + (now - at) * self._rate), now

    def _keep(self, key: str, left: float, now: float) -> None:
        self._held[key] = (left, now)
        self._held.move_to_end(key)
        if len(self._held) > self._most_keys:
            self._held.popitem(last=False)
