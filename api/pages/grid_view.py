"""
Geometry of the day grid: every block as minutes from the left edge and minutes of width.

Minutes that pass are drawn, not clock minutes, so the night when the clock is changed gets its true
23 or 25 hours and the labels of the axis jump instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from api.pages.formats import clock_on
from api.pages.view import ShiftView, StopView
from scheduler.care.units import STOCKHOLM
from scheduler.time_order import elapsed_s

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Block:
    """
    One rectangle of a row.

    Parameters
    ----------
    kind
        ``visit``, ``break``, ``travel`` or ``wait``.
    left, width
        Minutes from the left edge of the grid, and minutes of width; to a tenth.
    stop
        What a visit or break shows; None for travel and waiting.
    """

    kind: str
    left: str
    width: str
    stop: StopView | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One shift: where it starts and ends, and its blocks in order of time."""

    view: ShiftView
    left: str
    width: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A whole hour on the axis."""

    left: str
    label: str


@dataclass(frozen=True, slots=True)
class GridView:
    """All rows, and the axis in whole hours from the first start to the last end."""

    hours: int
    ticks: tuple[Tick, ...]
    rows: tuple[Row, ...]


def grid_view(shifts: Sequence[ShiftView], day: date, lang: str) -> GridView:
    """The day grid of the given rows, in their order."""
    if not shifts:
        return GridView(0, (), ())
    first = min(view.shift.start for view in shifts).astimezone(STOCKHOLM)
    left = first.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    last = max(max(view.shift.end, view.back) for view in shifts)
    hours = -(-elapsed_s(left, last) // 3600)
    ticks = tuple(
        Tick(_minutes(hour * 3600), clock_on(left + hour * HOUR, day, lang))
        for hour in range(hours + 1)
    )
    return GridView(hours, ticks, tuple(_row(view, left) for view in shifts))


def _row(view: ShiftView, left: datetime) -> Row:
    def block(kind: str, start: datetime, seconds: int, stop: StopView | None = None) -> Block:
        return Block(kind, _minutes(elapsed_s(left, start)), _minutes(seconds), stop)

    def blocks() -> Iterator[Block]:
        for stop in view.stops:
            if stop.travel_s:
                departure = stop.arrival - timedelta(seconds=stop.travel_s)
                yield block("travel", departure, stop.travel_s)
            if stop.wait_s > 0:
                yield block("wait", stop.arrival, stop.wait_s)
            kind = "break" if stop.visit is None else "visit"
            yield block(kind, stop.start, stop.duration_s, stop)
        if view.return_travel_s:
            departure = view.back - timedelta(seconds=view.return_travel_s)
            yield block("travel", departure, view.return_travel_s)

    return Row(
        view,
        _minutes(elapsed_s(left, view.shift.start)),
        _minutes(elapsed_s(view.shift.start, view.shift.end)),
        tuple(blocks()),
    )


def _minutes(seconds: int) -> str:
    """Minutes to a tenth, as short as CSS takes it."""
    return f"{seconds / 60:.1f}".removesuffix(".0")
