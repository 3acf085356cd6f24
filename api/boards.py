"""
Plans that are ready to be asked, kept for the next question: to begin costs more than to ask.

Promises: at most `most` are kept, those asked last; two questions that need the same board wait for
one and the same work; what could not be made is tried anew by the next question.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date
from threading import Lock

from scheduler.recommend import Recommender

# A board of 850 visits holds some 15 MB.
MOST = 64


@dataclass(frozen=True, slots=True)
class BoardKey:
    """One revision of a day's plan; its content never changes."""

    municipality: str
    unit: str
    day: date
    revision: int


class Boards:
    """
    The owner of the boards; may be asked from any thread.

    Parameters
    ----------
    most
        How many are kept, >= 1.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = Lock()
        self._kept: OrderedDict[BoardKey, Future[Recommender]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def is_full(self) -> bool:
        """Whether another board takes the place of one that is kept."""
        return len(self._kept) >= self._most

    def board(self, key: BoardKey, make: Callable[[], Recommender]) -> Recommender:
        """The board of `key`; `make` is called when it is not kept, without holding up others."""
        with self._lock:
            held = self._kept.get(key)
            mine = held is None
            future = Future[Recommender]() if held is None else held
            if mine:
                self._kept[key] = future
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        if not mine:
            return future.result()
        try:
            future.set_result(make())
        except BaseException as error:
            with self._lock:
                if self._kept.get(key) is future:
                    del self._kept[key]
            future.set_exception(error)
            raise
        return future.result()
