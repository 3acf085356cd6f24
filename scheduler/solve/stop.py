"""When a search is to end before its time."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event


class Stop(Event):
    """
    Set when the search is to end, and then for good.

    As a context it is set by a fault, so that no thread works on for nobody.

    Parameters
    ----------
    wish
        Whether the caller wants the end; never asked again once he did.
    """

    def __init__(self, wish: Callable[[], bool] | None = None) -> None:
        super().__init__()
        self.wish = wish
        self.wished = False

    def ask(self) -> bool:
        """Ask the caller, who expects that from the thread that called; whether he wants it."""
        if not self.wished and self.wish is not None and self.wish():
            self.wished = True
            self.set()
        return self.wished

    def __enter__(self) -> Stop:
        return self

    def __exit__(self, *fault: object) -> None:
        if fault[0] is not None:
            self.set()
