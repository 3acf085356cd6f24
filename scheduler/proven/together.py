"""
Two visits that cannot both be planned, whoever does them: by their gap, or by one person's overlap.

Proof by the starts that each of them could have in any plan (:mod:`scheduler.proven.reach`).
Only pairs are judged; three visits that are possible two by two are not.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from scheduler.problem import FOREVER_S
from scheduler.proven.never import groups_of, starts_together
from scheduler.proven.reach import Reach, Span

# Persons with more visits a day are data of another kind; the pairs would be too many.
MOST_VISITS = 50


def not_both(
    reach: Reach, without: set[int]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """
    Pairs of visits of which every plan leaves one out.

    Parameters
    ----------
    without
        Visits that are in no plan anyhow.

    Returns
    -------
    (by gap, by overlap)
        Pairs in order of time and of number. Of a group every visit is named.
    """
    p = reach.problem
    starts: dict[int, list[Span]] = {}
    members = {visit: group for group in groups_of(reach) for visit in group}

    def starts_of(visit: int) -> list[Span]:
        first = members[visit][0]
        if first not in starts:
            starts[first] = starts_together(reach, members[visit])
        return starts[first]

    gaps = zip(
        *(a.tolist() for a in (p.gap_first, p.gap_second, p.gap_min_s, p.gap_max_s)), strict=True
    )
    length, person = p.duration_s.tolist(), p.recipient.tolist()
    by_gap = []
    for first, second, least, most in gaps:
        if first in without or second in without:
            continue
        # One person's visits never overlap either.
        least = max(least, length[first]) if person[first] == person[second] >= 0 else least
        if not _within(starts_of(first), starts_of(second), least, most):
            by_gap.append((first, second))
    tied = set(by_gap)
    by_overlap = [
        (a, b)
        for a, b in _pairs(reach, without)
        if (a, b) not in tied
        and (b, a) not in tied
        and not _within(starts_of(a), starts_of(b), length[a], FOREVER_S)
        and not _within(starts_of(b), starts_of(a), length[b], FOREVER_S)
    ]
    return by_gap, by_overlap


def _within(one: list[Span], other: list[Span], least: int, most: int) -> bool:
    """Whether the other can start `least` to `most` seconds after the one."""
    return any(d - a >= least and c - b <= most for a, b in one for c, d in other)


def _pairs(reach: Reach, without: set[int]) -> Iterator[tuple[int, int]]:
    """Visits of one person that are not of one group."""
    p = reach.problem
    visits: dict[int, list[int]] = {}
    for visit, person in enumerate(p.recipient.tolist()):
        if person >= 0 and visit not in without:
            visits.setdefault(person, []).append(visit)
    for own in visits.values():
        for a, b in combinations(own[:MOST_VISITS], 2):
            if p.group[a] < 0 or p.group[a] != p.group[b]:
                yield a, b
