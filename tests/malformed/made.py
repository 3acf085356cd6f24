"""A faulty file, and what all its makers need."""

from __future__ import annotations

from dataclasses import dataclass

MONTH = "2026-03"
# Part of every recipient's id, which no finding may repeat.
PRIVATE_MARK = "hemlig"


@dataclass(frozen=True, slots=True)
class Made:
    """
    One faulty file.

    Parameters
    ----------
    kind
        ``book``, or the format of a file of visits.
    what
        Its faults, for people.
    place
        What the place of some finding must contain; empty where several faults hide each other.
    """

    kind: str
    what: str
    name: str
    content: bytes
    place: str
