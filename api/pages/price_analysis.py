"""
What explains, compares and doubts a price, for the terminal: trees and tables without colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from api.pages.formats import formula, number, percent, signed
from api.pages.price_words import PriceWords
from pricing.chain import Chain
from pricing.compare import Comparison, ResultDifference
from pricing.explain import Explanation, Trace
from pricing.sensitivity import Effect
from pricing.simulation import Interval, Simulation
from scheduler.care.units import round_half_up

# Below it, long Swedish words are cut in the middle.
FIRST_WIDTH = 24


def print_heading(made: Chain, screen: Console, words: PriceWords) -> None:
    """Which price the following is about."""
    screen.print()
    screen.print(Text(words.heading(made), style="bold underline"))


def print_explanations(found: Sequence[Explanation], screen: Console, words: PriceWords) -> None:
    """One tree per explanation, down to inputs with first day and source."""
    for each in found:
        text = _traced(each.trace, words)
        if each.provider is not None:
            text = f"{words.kind(each.provider)}: {text}"
        if each.amount is not None and each.amount != round_half_up(each.trace.value):
            text += f" ({words('shown_as', amount=number(each.amount, 2, words.lang))})"
        tree = Tree(Text(text))
        _grow(tree, each.trace, words)
        screen.print(tree)


def _grow(tree: Tree, trace: Trace, words: PriceWords) -> None:
    for part in trace.parts:
        _grow(tree.add(Text(_traced(part, words))), part, words)


def _traced(trace: Trace, words: PriceWords) -> str:
    if trace.source:
        days = [words("from", day=trace.first_day.isoformat())] if trace.first_day else []
        value = f"{formula(trace.formula, words.lang)} {words.unit(trace.unit)}".strip()
        return f"{trace.text}: {', '.join([value, *days, trace.source])}"
    amount = words.value(trace.value, trace.unit)
    text = f"{trace.text}: {amount} = {formula(trace.formula, words.lang)}"
    return f"{text} {words('again')}" if trace.again else text


def print_trace(trace: Trace, screen: Console, words: PriceWords) -> None:
    """One figure as a tree, down to inputs with first day and source."""
    tree = Tree(Text(_traced(trace, words)))
    _grow(tree, trace, words)
    screen.print(tree)


def print_sensitivity(found: Sequence[Effect], screen: Console, words: PriceWords) -> None:
    """Öre per care hour, the strongest first."""
    targets = list(found[0].percent_ore) if found else []
    for key in ("plus_percent", "plus_unit"):
        screen.print(Text(words(key), style="bold"))
        names = [words.target(target) for target in targets]
        table = _table(words("input"), words("value"), *names)
        for each in found:
            moved = each.percent_ore if key == "plus_percent" else each.unit_ore
            table.add_row(
                Text(each.text),
                words.value(each.value, each.unit),
                *(
                    "–" if moved is None else signed(moved[target], 2, words.lang)
                    for target in targets
                ),
            )
        screen.print(table)
    screen.print(Text(words("one_unit")))


def print_comparison(found: Comparison, screen: Console, words: PriceWords) -> None:
    """Line by line, then what explains the difference of each result."""
    for key, made in (("before", found.before), ("after", found.after)):
        screen.print(Text(f"{words(key)}: {words.heading(made)}"))
    table = _table(words("line"), words("before"), words("after"), words("difference"))
    for result in found.results:
        for line in found.lines:
            if line.provider is result.provider:
                sides = (_kronor(line.before, words), _kronor(line.after, words))
                table.add_row(Text(line.text), *sides, signed(line.difference, 2, words.lang))
        table.add_row(
            words.target(result.provider),
            _kronor(result.before, words),
            _kronor(result.after, words),
            signed(result.difference, 2, words.lang),
            style="bold",
        )
    screen.print(table)
    for result in found.results:
        _print_causes(result, screen, words)


def _print_causes(result: ResultDifference, screen: Console, words: PriceWords) -> None:
    title = words("explained_by", what=words.target(result.provider))
    screen.print(Text(title, style="bold"))
    if not result.causes:
        screen.print(Text(words("same")))
        return
    table = _table(words("input"), words("before"), words("after"), words("per_care_hour"))
    for cause in result.causes:
        table.add_row(
            Text(cause.text),
            words.value(cause.before, cause.unit),
            words.value(cause.after, cause.unit),
            signed(cause.amount, 2, words.lang),
        )
    amount = signed(result.difference, 2, words.lang)
    table.add_row(words("sum"), "", "", amount, style="bold")
    screen.print(table)


def print_simulation(found: Simulation, screen: Console, words: PriceWords) -> None:
    """The interval of the cost, and how likely each rate covers it."""
    table = _table(words("per_care_hour"), "P5", "P50", "P95", "")
    table.add_row(words("total"), *_interval(found.full_cost, words), "")
    for kind, each in found.providers.items():
        rate = number(each.rate, 2, words.lang)
        covered = f"{words('covered', rate=rate)}: {percent(each.covered_share, words.lang)}"
        name = words("cost", kind=words.kind(kind))
        table.add_row(name, *_interval(each.cost, words), covered)
    screen.print(table)
    draws = number(found.draws, 0, words.lang)
    inputs = ", ".join(found.ranges)
    screen.print(Text(words("draws", draws=draws, seed=found.seed, inputs=inputs)))


def _interval(interval: Interval, words: PriceWords) -> tuple[str, ...]:
    values = (interval.p5, interval.p50, interval.p95)
    return tuple(number(each, 2, words.lang) for each in values)


def _table(first: str, *columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(first, overflow="fold", min_width=FIRST_WIDTH)
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _kronor(amount: Decimal | None, words: PriceWords) -> str:
    return "–" if amount is None else number(amount, 2, words.lang)
