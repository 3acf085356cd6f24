"""
Which performed visit is which planned one: by the id that was sent, else by the nearest start.

Only visits of one recipient, service and day are compared. Each planned carer's visit gets at most
one registered carer, so nothing is counted twice; a row with two carers stands for two.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Part(NamedTuple):
    """
    What a planned visit has of one service, for one carer.

    Attributes
    ----------
    visit
        Its id in the day plan.
    start
        Minutes since 1970 UTC.
    """

    visit: str
    start: int
    minutes: int


class Slot(NamedTuple):
    """One carer of a registered row; `row` is its position, `planned` the id that was sent."""

    row: int
    start: int
    planned: str


def matched(parts: Sequence[Part], slots: Sequence[Slot]) -> list[tuple[int, int]]:
    """
    Pairs of positions in `parts` and `slots`, all of one key; each position at most once.

    The order of either does not matter beyond ties between what is alike.
    """
    if len(parts) <= 1 and len(slots) <= 1:
        # By id or as the nearest: it is the only one.
        return [(0, 0)] if parts and slots else []
    pairs: list[tuple[int, int]] = []
    free_parts, free_slots = dict.fromkeys(range(len(parts))), dict.fromkeys(range(len(slots)))
    if any(slot.planned for slot in slots):
        of_visit: dict[str, list[int]] = {}
        for position, part in enumerate(parts):
            of_visit.setdefault(part.visit, []).append(position)
        for position, slot in enumerate(slots):
            if slot.planned and of_visit.get(slot.planned):
                part_at = of_visit[slot.planned].pop(0)
                pairs.append((part_at, position))
                del free_parts[part_at], free_slots[position]
    distances = sorted(
        (abs(parts[p].start - slots[s].start), parts[p].start, slots[s].start, p, s)
        for p in free_parts
        for s in free_slots
    )
    for _, _, _, p, s in distances:
        if p in free_parts and s in free_slots:
            pairs.append((p, s))
            del free_parts[p], free_slots[s]
    return pairs


def split(whole: int, weights: Sequence[int]) -> list[int]:
    """
    `whole` in proportion to `weights`, all >= 0 and one at least > 0; the parts add up to it.

    Cumulative sums are cut down to whole numbers, so no part is a whole unit from its exact share.
    """
    total, so_far, given, parts = sum(weights), 0, 0, []
    for weight in weights:
        so_far += weight
        until = whole * so_far // total
        parts.append(until - given)
        given = until
    return parts
