"""
Hour costs as tables for the terminal: each line of the build-up, then each step to the rates.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.pages.formats import number, percent
from pricing.hour_cost import HourCost, ShareSource
from pricing.lines import Line
from scheduler.care.model import ProviderKind

KINDS = {ProviderKind.OWN: "egen regi", ProviderKind.PRIVATE: "privat utförare"}
SOURCES = {ShareSource.MEASURED: "uppmätt i planen", ShareSource.STATED: "angiven i prislistan"}


def print_hour_costs(costs: Sequence[HourCost], screen: Console) -> None:
    """One table per zone and service, in Swedish."""
    for cost in costs:
        screen.print()
        heading = f"{cost.title} · {cost.service} · {cost.zone} · {cost.day.isoformat()}"
        screen.print(Text(heading, style="bold underline"))
        screen.print(_table(cost))
        for verdict in _verdicts(cost):
            screen.print(Text(verdict))
        for note in cost.notes:
            screen.print(Text(f"Obs: {note.action}"))


def _table(cost: HourCost) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Rad", overflow="fold")
    table.add_column("kr per brukartimme", justify="right", no_wrap=True)
    table.add_column("Så räknat", overflow="fold")
    _add(table, cost.lines)
    table.add_row("Full kostnad", _kronor(cost.total), "", style="bold")
    for kind, lines in cost.rate_lines.items():
        _add(table, lines)
        rate = f"Ersättning, {KINDS[kind]}"
        table.add_row(rate, _kronor(cost.rates[kind]), "", style="bold")
    return table


def _add(table: Table, lines: Sequence[Line]) -> None:
    for line in lines:
        table.add_row(Text(line.text), _kronor(line.amount), Text(line.formula))


def _verdicts(cost: HourCost) -> list[str]:
    if cost.care_time_share is None:
        return []
    share = percent(cost.care_time_share)
    said = [f"Brukartidsandel {share} av arbetad tid, {SOURCES[cost.share_source]}."]
    said += [
        f"Lägsta brukartidsandel som ersättningen täcker, {KINDS[kind]}: {percent(least)}."
        for kind, least in cost.break_even_share.items()
    ]
    return said


def _kronor(amount: Decimal) -> str:
    return number(amount, 2)
