"""
Advice on two visits that cannot both be planned (:mod:`scheduler.proven.together`).
"""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.care.model import Day
from scheduler.datacheck.advice import Advice, Code, Kind, counted
from scheduler.proven.reach import Reach
from scheduler.proven.together import not_both


def advice_on(day: Day, reach: Reach, without: set[int]) -> Iterator[Advice]:
    """At most one piece of advice for gaps and one for overlaps."""
    by_gap, by_overlap = not_both(reach, without)
    if by_gap:
        ids = _ids(day, by_gap)
        yield Advice(
            Code.GAP_IMPOSSIBLE,
            Kind.VISITS,
            ids,
            f"{counted(len(ids), Kind.VISITS)} har ett tidsavstånd till ett annat som aldrig går "
            "att hålla, vem som än gör dem. Ett av varje par blir oplanerat.",
            "Ändra avståndet eller något av besökens tidsfönster, eller förläng ett pass.",
        )
    if by_overlap:
        ids = _ids(day, by_overlap)
        yield Advice(
            Code.VISITS_OVERLAP,
            Kind.VISITS,
            ids,
            f"{counted(len(ids), Kind.VISITS)} krockar med ett annat besök hos samma person. "
            "Ett av varje par blir oplanerat.",
            "Är det dubbelbemanning, lägg besöken i en grupp. Flytta annars ett tidsfönster, "
            "eller ta bort dubbletten.",
        )


def _ids(day: Day, pairs: list[tuple[int, int]]) -> tuple[str, ...]:
    """Pair after pair, each visit once."""
    return tuple(dict.fromkeys(day.visits[visit].id for pair in pairs for visit in pair))
