"""
More minutes of visits than the carers who may do them have, in some part of the day.

The bound is a proof. Take some routes R, and the visits V that nobody but R can do. For any two
moments a < b, let W be the visits of V that in every plan lie wholly between a and b: they start
at a or later and have ended by b, on whichever route (:mod:`scheduler.proven.reach`). If all of
W are planned, their minutes are spent by R between a and b, one visit at a time for each. A route
of R has at most its time between a and b, cut to where it could be at a visit of V at all: after
the way out and before the way back. Less its break, where every allowed start lets the whole break
lie within that time. So where the minutes of W exceed the sum of these, no plan has all of W.

Travel between visits and waiting are left aside, so what passes this test may still be too much.
Overtime and optional shifts count as time. R are all routes, and each set of routes that are all
who can do some visit: those with a skill, those whom a person allows, the one a visit is pinned to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from scheduler.build import origin
from scheduler.care.model import Day
from scheduler.care.units import SECONDS_PER_MINUTE, STOCKHOLM
from scheduler.datacheck.advice import Advice, Code, Kind, counted, listed
from scheduler.problem import FOREVER_S, Bool, Int
from scheduler.proven.reach import Reach

# Sets of routes that are judged, those of most visits first; and shortages that are told.
MOST_SETS = 60
MOST_TOLD = 5
# Moments that are judged at each end; more are thinned out, and the bound stays a proof.
MOST_MOMENTS = 600


@dataclass(frozen=True, slots=True)
class Shortage:
    """
    Visits that do not all fit between two moments.

    Parameters
    ----------
    visits
        Those that can only lie between `from_s` and `to_s`, in rising order.
    needed_s, available_s
        Seconds of these visits, and at most available for them; needed_s > available_s.
    least_out
        How many of them every plan leaves out at least.
    routes
        Who may do them.
    """

    visits: tuple[int, ...]
    from_s: int
    to_s: int
    needed_s: int
    available_s: int
    least_out: int
    routes: tuple[int, ...]


def shortages(reach: Reach, without: set[int]) -> list[Shortage]:
    """
    The worst shortages, at most one for the same visits, the largest first.

    Parameters
    ----------
    without
        Visits that are in no plan anyhow.
    """
    p = reach.problem
    alive = np.ones(p.visits, dtype=np.bool_)
    alive[sorted(without)] = False
    found: dict[tuple[int, ...], Shortage] = {}
    for routes in _sets(reach, alive):
        visits = np.flatnonzero(alive & ~(reach.can & ~routes).any(axis=1))
        for short in _of(reach, visits, routes):
            held = found.get(short.visits)
            if held is None or short.available_s < held.available_s:
                found[short.visits] = short
    return sorted(found.values(), key=lambda s: (s.available_s - s.needed_s, s.from_s, s.visits))


def advice_on(day: Day, reach: Reach, without: set[int]) -> Iterator[Advice]:
    """The worst shortages, those with another skill or time apart."""
    for short in shortages(reach, without)[:MOST_TOLD]:
        visits = [day.visits[v] for v in short.visits]
        skills = sorted(frozenset.intersection(*(v.required_skills for v in visits)))
        pins = {v.pinned_carer for v in visits}
        which = f" som kräver {listed(skills)}" if skills else ""
        if len(pins) == 1 and None not in pins:
            which = f" som är låsta till {pins.pop()}"
        out = f"Minst {short.least_out} av {counted(len(visits), Kind.VISITS)}{which}"
        kept_min = short.available_s // SECONDS_PER_MINUTE
        yield Advice(
            Code.TOO_LITTLE_TIME,
            Kind.VISITS,
            tuple(visit.id for visit in visits),
            f"{out} mellan {_clock(day, short.from_s)} och {_clock(day, short.to_s)} "
            f"{'blir oplanerat' if short.least_out == 1 else 'blir oplanerade'}: de tar "
            f"{short.needed_s // SECONDS_PER_MINUTE} min, men de som får göra dem hinner högst "
            f"{kept_min} min då, även utan restid mellan besöken.",
            "Vidga tidsfönster, sätt in ett pass till eller delegera till fler som arbetar då.",
        )


def _sets(reach: Reach, alive: Bool) -> list[Bool]:
    """All routes, then those that alone may do some visit; each set once."""
    p = reach.problem
    rows = Counter(reach.can[v].tobytes() for v in np.flatnonzero(alive))
    common = [np.frombuffer(row, dtype=np.bool_) for row, _ in rows.most_common(MOST_SETS)]
    whole = np.ones(p.routes, dtype=np.bool_)
    return [whole, *(row for row in common if not row.all())]


def _of(reach: Reach, visits: Int, routes: Bool) -> Iterator[Shortage]:
    """Shortages of `visits`, which nobody but `routes` can do: the worst, then others beside it."""
    if not len(visits) or not routes.any():
        return
    p = reach.problem
    length = p.duration_s[visits]
    start, end = reach.first_s[visits].min(axis=1), reach.end_s[visits].max(axis=1)
    opens, closes = _thinned(start), _thinned(end)
    row = np.searchsorted(opens, start, side="right") - 1
    column = np.searchsorted(closes, end)
    # [i, j]: seconds of the visits that lie between opens[i] and closes[j].
    needed = np.zeros((len(opens), len(closes)), dtype=np.int64)
    np.add.at(needed, (row, column), length)
    needed = np.cumsum(np.cumsum(needed[::-1], axis=0)[::-1], axis=1)
    over = needed - _available(reach, visits, np.flatnonzero(routes), opens, closes)
    over[opens[:, None] >= closes[None, :]] = -1
    free = np.ones_like(over, dtype=np.bool_)
    while True:
        worst = int(np.where(free, over, -1).max())
        if worst <= 0:
            return
        # Of the worst ones the shortest says most.
        lengths = closes[None, :] - opens[:, None]
        i, j = np.unravel_index(
            np.where(free & (over == worst), lengths, FOREVER_S).argmin(), over.shape
        )
        inside = (row >= i) & (column <= j)
        yield Shortage(
            tuple(visits[inside].tolist()),
            int(opens[i]),
            int(closes[j]),
            int(needed[i, j]),
            int(needed[i, j]) - worst,
            _fewest(length[inside], worst),
            tuple(np.flatnonzero(routes & reach.can[visits[inside]].any(axis=0)).tolist()),
        )
        apart = (closes[None, :] <= opens[i]) | (opens[:, None] >= closes[j])
        free &= apart


def _available(reach: Reach, visits: Int, routes: Int, opens: Int, closes: Int) -> Int:
    """[i, j]: seconds that `routes` have for `visits` between opens[i] and closes[j]."""
    p = reach.problem
    able = reach.can[np.ix_(visits, routes)].any(axis=0)
    routes = routes[able]
    first = reach.first_s[np.ix_(visits, routes)].min(axis=0)
    last = reach.end_s[np.ix_(visits, routes)].max(axis=0)
    # Time of a route up to a moment; between two moments it is the difference.
    until_close = np.clip(closes[:, None], first, last).sum(axis=1)
    until_open = np.clip(opens[:, None], first, last).sum(axis=1)
    time = until_close[None, :] - until_open[:, None]
    # A break counts where every allowed start lets it lie inside, and inside that time.
    early = np.maximum(p.break_early_s[routes], p.open_s[routes])
    late = p.break_late_s[routes] + p.break_s[routes]
    inside = (p.break_s[routes] > 0) & (early >= first) & (late <= last)
    after = (early[None, :] >= opens[:, None]) & inside
    before = late[:, None] <= closes[None, :]
    pauses = (after * p.break_s[routes]).astype(np.float64) @ before.astype(np.float64)
    available: Int = time - pauses.astype(np.int64)
    return available


def _thinned(moments: Int) -> Int:
    """
    The moments in order, each once, at most MOST_MOMENTS of them.

    The first and the last are always kept. A visit is counted from the last moment kept that is
    not after its start, and to the first kept that is not before its end: never too narrowly.
    """
    found = np.unique(moments)
    if len(found) <= MOST_MOMENTS:
        return found
    kept = np.linspace(0, len(found) - 1, MOST_MOMENTS).round().astype(np.int64)
    thin: Int = found[np.unique(kept)]
    return thin


def _fewest(length: Int, over: int) -> int:
    """How many visits must go at least before `over` seconds are saved."""
    saved = np.cumsum(np.sort(length)[::-1])
    return int(np.searchsorted(saved, over)) + 1


def _clock(day: Day, second: int) -> str:
    zero = origin(day.date).timestamp()
    return f"{datetime.fromtimestamp(zero + second, STOCKHOLM):%H:%M}"
