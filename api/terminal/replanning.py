"""
A day planned anew in the terminal: what is left out, who must be told and why, what stays.

Reads well without colour, piped to a file and 80 columns wide; in Swedish.
"""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.documents.evaluation import BrokenRuleSchema
from api.documents.plan_schemas import UnassignedVisitSchema
from api.documents.replanning import CausedChangeSchema, ReplanSchema
from api.pages.formats import number, percent, ratio
from api.terminal.changes import what, where
from scheduler.care.units import SECONDS_PER_MINUTE
from scheduler.changes import ChangeKind
from scheduler.time_order import elapsed_s


def print_replan(found: ReplanSchema, within_min: int, screen: Console) -> None:
    """
    What breaks a rule and what is left out first, then each change that somebody must be told.

    Parameters
    ----------
    within_min
        Visits moved by no more are only counted.
    """
    _broken(found.violations, screen)
    _left_out(found.model_output.unassigned_visits, screen)
    told = [change for change in found.changes if not _slight(change, within_min)]
    if told:
        screen.print(_table(told, found))
    else:
        screen.print(Text("Ingen behöver meddelas."))
    slight = len(found.changes) - len(told)
    if slight:
        text = f"{number(slight)} besök börjar några minuter tidigare eller senare, högst"
        screen.print(Text(f"{text} {within_min} min."), soft_wrap=True)
    if found.untouched_visits:
        share = percent(ratio(found.kept_visits, found.untouched_visits))
        text = f"Av {number(found.untouched_visits)} besök som inte berörs behåller"
        text += f" {number(found.kept_visits)} ({share}) medarbetare och tid."
        screen.print(Text(text), soft_wrap=True)


def _slight(change: CausedChangeSchema, within_min: int) -> bool:
    if change.kind is not ChangeKind.TIME or not (change.before and change.after):
        return False
    moved_s = elapsed_s(change.before.start_service_time, change.after.start_service_time)
    return abs(moved_s) <= within_min * SECONDS_PER_MINUTE


def _broken(violations: list[BrokenRuleSchema], screen: Console) -> None:
    if not violations:
        return
    screen.print(Text(f"Går inte att hålla ({number(len(violations))})", style="bold"))
    for each in violations:
        names = ", ".join((*each.visits, *each.shifts))
        screen.print(Text(f"- {names}: {each.text}"), soft_wrap=True)
    screen.print()


def _left_out(left: list[UnassignedVisitSchema], screen: Console) -> None:
    if not left:
        return
    screen.print(Text(f"Oplanerade ({number(len(left))})", style="bold"))
    for each in left:
        screen.print(Text(f"- {each.id}: {each.text} {each.action}"), soft_wrap=True)
    screen.print()


def _table(changes: list[CausedChangeSchema], found: ReplanSchema) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("Besök", "Person", "Förut", "Nu", "Ändring", "Varför"):
        table.add_column(name, overflow="fold")
    day = found.model_output.date
    for change in changes:
        cells = (
            change.visit_id,
            change.recipient_id or "",
            where(change.before, day),
            where(change.after, day),
            what(change),
            change.text,
        )
        table.add_row(*map(Text, cells))
    return table
