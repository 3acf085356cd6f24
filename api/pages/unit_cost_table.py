"""
A unit cost for the terminal: its build-up, the internal invoices, and what nobody covers.
"""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.pages.formats import formula, number
from api.pages.price_words import PriceWords
from pricing.unit_cost import UnitCost
from scheduler.care.units import from_ore


def print_unit_cost(found: UnitCost, screen: Console, words: PriceWords) -> None:
    """The lines per unit, then who owes what for the year."""
    screen.print()
    heading = f"{found.title} · {found.day.isoformat()}"
    screen.print(Text(heading, style="bold underline"))
    screen.print(_lines(found, words))
    screen.print(_invoices(found, words))
    if found.pass_through:
        screen.print(_pass_through(found, words))


def _lines(found: UnitCost, words: PriceWords) -> Table:
    table = _table(words("line"), words("per_unit", unit=found.unit))
    table.add_column(words("calculation"), overflow="fold")
    for line in found.lines:
        amount = number(line.amount, 2, words.lang)
        table.add_row(Text(line.text), amount, Text(formula(line.formula, words.lang)))
    total = number(found.per_unit, 2, words.lang)
    table.add_row(words("unit_cost", unit=found.unit), total, "", style="bold")
    return table


def _invoices(found: UnitCost, words: PriceWords) -> Table:
    columns = (words("volume"), words("by_use"), words("by_budget"), words("gap"))
    table = _table(words("used_by"), *columns)
    for each in found.invoices:
        table.add_row(
            Text(each.text),
            number(each.volume, 0, words.lang),
            _kronor(each.amount_ore, words),
            _kronor(each.charged_ore, words),
            _kronor(each.gap_ore, words),
        )
    if found.unused_ore:
        table.add_row(words("unused"), "", _kronor(found.unused_ore, words), "", "")
    gaps = [each.gap_ore for each in found.invoices]
    gap = None if None in gaps else sum(filter(None, gaps))
    table.add_row(
        words("sum"), "", _kronor(found.cost_ore, words), "", _kronor(gap, words), style="bold"
    )
    return table


def _pass_through(found: UnitCost, words: PriceWords) -> Table:
    table = _table(words("commission"), words("actual_cost"), words("reimbursed"), words("gap"))
    for each in found.pass_through:
        amounts = (each.amount_ore, each.reimbursed_ore, each.gap_ore)
        table.add_row(Text(each.text), *(_kronor(ore, words) for ore in amounts))
    return table


def _table(first: str, *columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(first, overflow="fold")
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _kronor(ore: int | None, words: PriceWords) -> str:
    """Missing is a dash, never zero."""
    return "–" if ore is None else number(from_ore(ore), 2, words.lang)
