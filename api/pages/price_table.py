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

from api.pages.formats import formula, number, percent
from api.pages.price_words import PriceWords
from pricing.hour_cost import HourCost
from pricing.lines import Line


def print_hour_costs(costs: Sequence[HourCost], screen: Console, lang: str = "sv") -> None:
    """One table per zone, service and band."""
    words = PriceWords(lang)
    for cost in costs:
        screen.print()
        screen.print(Text(words.heading(cost), style="bold underline"))
        screen.print(_table(cost, words))
        for verdict in _verdicts(cost, words):
            screen.print(Text(verdict))
        for note in cost.notes:
            screen.print(Text(words("note", text=note.action)))


def _table(cost: HourCost, words: PriceWords) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(words("line"), overflow="fold")
    table.add_column(words("per_care_hour"), justify="right", no_wrap=True)
    table.add_column(words("calculation"), overflow="fold")
    _add(table, cost.lines, words)
    table.add_row(words("total"), _kronor(cost.total, words), "", style="bold")
    for kind, lines in cost.rate_lines.items():
        _add(table, lines, words)
        table.add_row(words.target(kind), _kronor(cost.rates[kind], words), "", style="bold")
    return table


def _add(table: Table, lines: Sequence[Line], words: PriceWords) -> None:
    for line in lines:
        table.add_row(
            Text(line.text), _kronor(line.amount, words), Text(formula(line.formula, words.lang))
        )


def _verdicts(cost: HourCost, words: PriceWords) -> list[str]:
    if cost.care_time_share is None:
        return []
    share = percent(cost.care_time_share, words.lang)
    said = [words("care_share", share=share, source=words.source(cost.share_source))]
    texts = {line.code: line.text for line in cost.lines}
    if len(set(cost.share_sources.values())) > 1:
        said += [
            words("share_of", line=texts[code], source=words.source(source))
            for code, source in cost.share_sources.items()
        ]
    said += [
        words("break_even", kind=words.kind(kind), share=percent(least, words.lang))
        for kind, least in cost.break_even_share.items()
    ]
    return said


def _kronor(amount: Decimal, words: PriceWords) -> str:
    return number(amount, 2, words.lang)
