"""
The difference of two plans in the terminal: who must be told, then what it is worth.

Reads well without colour, piped to a file and 80 columns wide; in Swedish.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.documents.plan_diff import ChangeSchema, KpiChangeSchema, PlacementSchema, PlanDiffSchema
from api.pages.formats import clock_on, hours, long_day, number, percent, signed
from scheduler.care.units import SECONDS_PER_MINUTE
from scheduler.changes import ChangeKind
from scheduler.time_order import elapsed_s

KINDS = {
    ChangeKind.TIME: "ny tid",
    ChangeKind.CARER: "ny medarbetare",
    ChangeKind.CARER_AND_TIME: "ny medarbetare och tid",
    ChangeKind.PLANNED: "nu planerat",
    ChangeKind.UNASSIGNED: "nu oplanerat",
    ChangeKind.ADDED: "nytt besök",
    ChangeKind.REMOVED: "borttaget besök",
}
KPIS = {
    "plannedVisits": "Planerade besök",
    "unassignedVisits": "Oplanerade besök",
    "careTimeShare": "Brukartid av betald tid",
    "paidTime": "Betald tid, tim",
    "careTime": "Brukartid, tim",
    "travelTime": "Restid, tim",
    "movedVisits": "  varav flyttade till en annan dag",
    "waitingTime": "Väntan, tim",
    "idleTime": "Obokad tid, tim",
    "overtime": "Övertid",
    "maxDistinctCaregivers": "Olika medarbetare per person, högst",
    "meanDistinctCaregiversIn14Days": "Olika medarbetare per person på 14 dagar",
    "busyShareDeviation": "Belastning: medelavstånd mellan medarbetare",
    "mostDoubleStaffedVisits": "Dubbelbemannade besök per medarbetare, högst",
    "costOfStaff": "Personalkostnad, kr",
    "objective": "Poäng (lägre är bättre)",
}


def print_diff(diff: PlanDiffSchema, screen: Console) -> None:
    """A sentence, a row for each visit that is not as it was, and the key figures."""
    screen.print(Text(f"Dagsplan {long_day(diff.date)}", style="bold underline"))
    screen.print(Text(_sentence(diff)), soft_wrap=True)
    if diff.changes:
        screen.print(_changes(diff))
    if diff.kpis:
        screen.print(_kpis(diff.kpis))


def _sentence(diff: PlanDiffSchema) -> str:
    said = f"{number(diff.unchanged_visits)} besök som förut, {number(len(diff.changes))} ändrade"
    count = Counter(change.kind for change in diff.changes)
    parts = [f"{number(count[kind])} {KINDS[kind]}" for kind in ChangeKind if count[kind]]
    said += f": {', '.join(parts)}." if parts else "."
    if diff.still_unassigned_visits:
        said += f" {number(diff.still_unassigned_visits)} är oplanerade i båda."
    return said


def _changes(diff: PlanDiffSchema) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("Besök", "Person", "Förut", "Nu", "Ändring"):
        table.add_column(name, overflow="fold")
    for change in diff.changes:
        cells = (
            change.visit_id,
            change.recipient_id or "",
            where(change.before, diff.date),
            where(change.after, diff.date),
            what(change),
        )
        table.add_row(*map(Text, cells))
    return table


def where(placement: PlacementSchema | None, day: date) -> str:
    """When and who, on the planned `day`; a dash where it is not planned."""
    if placement is None:
        return "–"
    return f"{clock_on(placement.start_service_time, day)} {placement.caregiver_id}"


def what(change: ChangeSchema) -> str:
    """The kind of the change, and by how many minutes it moves."""
    if not (change.before and change.after):
        return KINDS[change.kind]
    moved_s = elapsed_s(change.before.start_service_time, change.after.start_service_time)
    if change.kind is not ChangeKind.TIME and 2 * abs(moved_s) < SECONDS_PER_MINUTE:
        return KINDS[ChangeKind.CARER]
    return f"{KINDS[change.kind]}, {signed(Decimal(moved_s) / SECONDS_PER_MINUTE)}\u00a0min"


def _kpis(kpis: list[KpiChangeSchema]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Mått", overflow="fold")
    for name in ("Förut", "Nu", "Skillnad"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in kpis:
        before, after = _figure(each, each.before), _figure(each, each.after)
        table.add_row(KPIS[each.kpi], before, after, _difference(each))
    return table


def _figure(kpi: KpiChangeSchema, value: int | float) -> str:
    if kpi.unit == "s":
        return hours(int(value))
    if kpi.unit == "of paid time":
        return percent(Decimal(str(value)))
    return number(Decimal(str(value)))


def _difference(kpi: KpiChangeSchema) -> str:
    exact = Decimal(str(kpi.difference))
    if kpi.unit == "s":
        return signed(exact / 3600, 1)
    if kpi.unit == "of paid time":
        return f"{signed(exact * 100, 1)} p.e."
    return signed(exact)
