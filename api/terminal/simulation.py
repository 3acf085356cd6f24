"""
A simulated plan in the terminal: the key figures, then the most fragile visits and every shift.

Reads well without colour, piped to a file and 80 columns wide; in Swedish.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.pages.formats import clock_on, number, percent, signed
from scheduler.care.model import Day
from scheduler.care.units import SECONDS_PER_MINUTE
from scheduler.simulate import ShiftOutcome, Simulation, VisitOutcome

# Visits that are told; the document has all.
FRAGILE = 10


def print_simulation(found: Simulation, day: Day, screen: Console) -> None:
    """Each figure with its denominator."""
    if not found.visits:
        screen.print(Text("Planen har inga besök att simulera."))
        return
    screen.print(_measures(found))
    screen.print(_visits(found.visits[:FRAGILE], day))
    screen.print(_shifts(found.shifts))
    days = f"{number(found.days)} dagar med frö {found.seed}"
    screen.print(Text(f"Simulerat: {days}. Ingen planerar om eller tar igen försening."))


def _measures(found: Simulation) -> Table:
    days, tolerance = found.days, f"högst {found.tolerance_min} min efter planerad start"
    margin = "" if found.half_width is None else f" ± {number(found.half_width * 100, 1)}"
    rows = (
        ("Besök per dag i planen", number(len(found.visits))),
        ("  varav gjorda av den planerade", _mean(found.made, days)),
        ("  varav avbokade", _mean(found.cancelled, days)),
        ("  varav behöver vikarie", _mean(found.to_substitute, days)),
        ("Punktliga, av gjorda besök (95 % säkerhet)", percent(found.punctual_share) + margin),
        ("  inom sitt tidsfönster", percent(found.in_window_share)),
        (f"  {tolerance}", percent(found.in_tolerance_share)),
        ("Besök som måste göras, inom sitt tidsfönster", percent(found.must_in_window_share)),
        ("Dagar då alla sådana var det, av alla dagar", percent(found.must_days_share)),
        ("Försening, min per dag", _minutes(Decimal(found.lateness_s) / days, 0)),
        ("Övertid, min per dag", _minutes(Decimal(found.overtime_s) / days, 0)),
    )
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Mått", overflow="fold")
    table.add_column("", justify="right", no_wrap=True)
    for name, value in rows:
        table.add_row(name, value)
    return table


def _visits(visits: Sequence[VisitOutcome], day: Day) -> Table:
    """Delays in minutes: no more on half of the days, and on 95 of 100."""
    table = _table("Skörast besök", ("Planerat", "Punktligt", "Sent, median", "95 av 100"))
    for visit in visits:
        table.add_row(
            visit.visit_id,
            clock_on(visit.planned, day.date),
            percent(visit.punctual_share),
            _delay(visit.median_delay_s),
            _delay(visit.p95_delay_s),
        )
    return table


def _shifts(shifts: Sequence[ShiftOutcome]) -> Table:
    """The least punctual first."""
    table = _table("Pass", ("Besök", "Punktliga", "Övertid, dagar", "min per dag"))
    for shift in sorted(shifts, key=lambda s: (s.punctual_share or Decimal(0), s.shift_id)):
        mean_s = shift.mean_overtime_s
        table.add_row(
            f"{shift.shift_id} ({shift.carer_id})",
            number(shift.visits),
            percent(shift.punctual_share),
            percent(shift.overtime_share),
            "–" if mean_s is None else _minutes(mean_s, 1),
        )
    return table


def _table(title: str, columns: Sequence[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(title, overflow="fold")
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _delay(seconds: int | None) -> str:
    return "–" if seconds is None else f"{signed(Decimal(seconds) / SECONDS_PER_MINUTE)} min"


def _minutes(seconds: Decimal, decimals: int) -> str:
    return number(seconds / SECONDS_PER_MINUTE, decimals)


def _mean(count: int, days: int) -> str:
    return number(Decimal(count) / days, 1)
