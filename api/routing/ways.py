"""
What a router is asked, and the ways it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from scheduler.care.model import Location, Mode

# Seconds from each place to each; None where the map has no way.
Seconds = list[list[int | None]]


@dataclass(frozen=True, slots=True)
class Routed:
    """
    Ways between places.

    Parameters
    ----------
    seconds
        By row and column in the order of the places asked for.
    off_the_map
        Positions of the places that have no road nearby; their rows and columns mean nothing.
    """

    seconds: Seconds
    off_the_map: frozenset[int]


class Router(Protocol):
    """Something that knows a road network."""

    @property
    def name(self) -> str:
        """What routes, and on which map: another name, other ways."""

    def route(self, places: Sequence[Location], mode: Mode) -> Routed:
        """The ways between all of `places`."""
