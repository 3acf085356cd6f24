"""
Whether a change that was asked for has been committed already, when something fails after it.

A request often reads once more what it has stored, to show it. When the database is lost just then,
"nothing was stored" would be false, and whoever believes it does the same again. So a request notes
its first commit, and what fails after that is told as not known.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class _Request:
    """One object for the loop and for the threads that work for the request."""

    committed: bool = False


_REQUEST: ContextVar[_Request | None] = ContextVar("request", default=None)


def begin() -> None:
    """From here on, what runs in this context belongs to one request that changes something."""
    _REQUEST.set(_Request())


def note() -> None:
    """A transaction that writes has been committed; outside requests it says nothing."""
    request = _REQUEST.get()
    if request is not None:
        request.committed = True


def has_committed() -> bool:
    """Whether the request has committed anything; False outside requests."""
    request = _REQUEST.get()
    return request is not None and request.committed
