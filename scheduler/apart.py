"""
Rule APART over days: a visit begins so many hours after the last occasion of the same service.

The rule narrows the visit's windows. Hours are elapsed time, so both daylight-saving nights keep
their real length.
"""

from __future__ import annotations

from datetime import datetime

from scheduler.care.model import Apart, Visit, Window
from scheduler.care.units import MINUTES_PER_HOUR, SECONDS_PER_MINUTE, STOCKHOLM


def binding(visit: Visit) -> tuple[datetime, Apart] | None:
    """First start that every known last occasion allows, and which decides it; None without any."""
    known = [(until, each) for each in visit.apart if (until := _until(each)) is not None]
    return max(known, key=lambda one: one[0].timestamp(), default=None)


def open_windows(visit: Visit) -> tuple[Window, ...]:
    """What the rule leaves of the visit's windows; nothing when the last occasion is too near."""
    bound = binding(visit)
    if bound is None:
        return visit.windows
    first, _ = bound
    return tuple(
        Window(max(window.earliest, first, key=datetime.timestamp), window.latest)
        for window in visit.windows
        if first.timestamp() <= window.latest.timestamp()
    )


def _until(each: Apart) -> datetime | None:
    if each.last_occasion is None:
        return None
    apart_s = each.least_h * MINUTES_PER_HOUR * SECONDS_PER_MINUTE
    return datetime.fromtimestamp(each.last_occasion.timestamp() + apart_s, STOCKHOLM)
