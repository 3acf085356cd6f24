"""
Whether the times of a plan can be added up: each second within its shift, and in one place only.

Follow-up measures only plans without such faults. Whether a plan also keeps the rules is for
:mod:`scheduler.checker` to say.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from scheduler.care.errors import Finding
from scheduler.care.model import Day, Shift
from scheduler.care.units import STOCKHOLM
from scheduler.plan import Plan, Route, Stop


def elapsed_s(start: datetime, end: datetime) -> int:
    """
    Whole seconds that pass from `start` to `end`, negative when `end` comes first.

    Two times of the same zone subtract by the clock on the wall, which is an hour wrong over a
    night when the clocks change; hence UTC.
    """
    return (end.astimezone(UTC) - start.astimezone(UTC)) // timedelta(seconds=1)


def later(moment: datetime, seconds: int) -> datetime:
    """`moment` and so many seconds of elapsed time, also across a change of the clock."""
    return datetime.fromtimestamp(moment.timestamp() + seconds, STOCKHOLM)


def time_findings(day: Day, plan: Plan) -> list[Finding]:
    """Every reason why the time of `plan`, a plan of `day`, cannot be added up."""
    visits = {visit.id for visit in day.visits}
    shifts = {shift.id: shift for shift in day.shifts}
    findings: list[Finding] = []
    routes = Counter(route.shift_id for route in plan.routes)
    findings.extend(
        Finding(
            "DUPLICATE_ROUTE",
            f"route {shift_id}",
            "one route per shift",
            str(count),
            "Behåll en rutt för passet.",
        )
        for shift_id, count in routes.items()
        if count > 1
    )
    for route in plan.routes:
        shift = shifts.get(route.shift_id)
        if shift is None:
            findings.append(
                Finding(
                    "UNKNOWN_SHIFT",
                    f"route {route.shift_id}",
                    "a shift of the day",
                    route.shift_id,
                    "Ta med passet i dagens indata eller ta bort rutten ur planen.",
                )
            )
        else:
            findings.extend(_route_findings(shift, route))
        findings.extend(
            Finding(
                "UNKNOWN_VISIT",
                f"route {route.shift_id}",
                "a visit of the day",
                stop.visit_id,
                "Ta med besöket i dagens indata eller ta bort det ur planen.",
            )
            for stop in route.stops
            if stop.visit_id is not None and stop.visit_id not in visits
        )
    return findings


def _route_findings(shift: Shift, route: Route) -> list[Finding]:
    """Times that overlap or leave the shift; without any, every second has one use."""
    findings: list[Finding] = []
    free_from = shift.start
    for position, stop in enumerate(route.stops):
        if not _in_order(free_from, stop):
            findings.append(
                Finding(
                    "OVERLAPPING_TIMES",
                    f"route {shift.id}, stop {position}",
                    f"arrival from {free_from.isoformat()} + {stop.travel_s} s travel, "
                    "then start, then end",
                    f"{stop.arrival.isoformat()}, {stop.start.isoformat()}, {stop.end.isoformat()}",
                    "Kontrollera planen: tiderna överlappar varandra.",
                )
            )
        free_from = stop.end
    left_s = elapsed_s(free_from, shift.closes) - route.return_travel_s
    if left_s < 0 or route.return_travel_s < 0:
        findings.append(
            Finding(
                "ROUTE_EXCEEDS_SHIFT",
                f"route {shift.id}",
                f"back at the latest {shift.closes.isoformat()}",
                f"{free_from.isoformat()} + {route.return_travel_s} s travel",
                "Kontrollera planen: rutten ryms inte i passet.",
            )
        )
    return findings


def _in_order(free_from: datetime, stop: Stop) -> bool:
    return (
        0 <= stop.travel_s <= elapsed_s(free_from, stop.arrival)
        and elapsed_s(stop.arrival, stop.start) >= 0
        and elapsed_s(stop.start, stop.end) >= 0
    )
