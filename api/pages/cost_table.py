"""
The hour cost as a build-up table, one column per zone, and its verdict in words.

The lines come from the price list as they are; a line that a zone lacks shows a dash. The verdict
compares the care-time share of the plan with the break-even share at the rate that is paid: below
it the rate does not cover the cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from api.pages.formats import formula, number, percent
from api.pages.results import DemoResult
from api.pages.texts import Texts
from pricing.hour_cost import HourCost, ShareSource
from pricing.lines import Line
from scheduler.care.model import ProviderKind


@dataclass(frozen=True, slots=True)
class Cell:
    """An amount and, when the price list shows it, how it was worked out."""

    amount: str
    formula: str = ""


@dataclass(frozen=True, slots=True)
class CostRow:
    """
    One line of the table.

    Parameters
    ----------
    source
        Number of its source in :attr:`CostTable.sources`, or empty.
    tone
        ``sum``, ``rate`` or empty.
    """

    text: str
    cells: tuple[Cell, ...]
    source: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class CostTable:
    """
    Columns are zones.

    Parameters
    ----------
    sources
        Where the figures come from, each once; rows refer to them by number from 1.
    verdicts, notes
        Sentences on the plan against the rates, and warnings of the price list.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[CostRow, ...]
    sources: tuple[str, ...]
    verdicts: tuple[str, ...]
    notes: tuple[str, ...]


def cost_table(result: DemoResult, t: Texts) -> CostTable:
    """The build-up of every zone, side by side."""
    zones = t.zones(result.hour_costs)
    costs = [result.hour_costs[zone] for zone in zones]

    def row(text: str, cell: Callable[[HourCost], str], tone: str = "") -> CostRow:
        return CostRow(text, tuple(Cell(cell(cost)) for cost in costs), tone=tone)

    rows = list(_line_rows([cost.lines for cost in costs], t))
    rows.append(row(t("sum"), lambda cost: number(cost.total, 2, t.lang), tone="sum"))
    for kind in _kinds(costs):
        rows += _line_rows([cost.rate_lines.get(kind, ()) for cost in costs], t, t.kind(kind))
        rates = tuple(Cell(_amount(cost.rates.get(kind), 0, t)) for cost in costs)
        rows.append(CostRow(rate_text(result, kind, t), rates, tone="rate"))
    rows.append(row(t("per_worked"), lambda cost: _amount(cost.cost_per_worked_hour, 2, t)))
    rows.append(
        row(
            t("share_measured" if _measured(result) else "share_stated"),
            lambda cost: percent(cost.care_time_share, t.lang),
        )
    )
    paid = [result.list_costs.get(cost.zone, cost) for cost in costs]
    for kind in _kinds(paid):
        name = t.kind(kind)
        if result.list_costs:
            cells = tuple(Cell(_amount(cost.rates.get(kind), 0, t)) for cost in paid)
            rows.append(CostRow(t("list_rate", kind=name), cells))
        cells = tuple(Cell(percent(cost.break_even_share.get(kind), t.lang)) for cost in paid)
        rows.append(CostRow(t("break_even", kind=name), cells))
    sources = list(dict.fromkeys(row.source for row in rows if row.source))
    return CostTable(
        t("per_care_hour"),
        tuple(t.zone(zone) for zone in zones),
        tuple(
            replace(row, source=str(sources.index(row.source) + 1)) if row.source else row
            for row in rows
        ),
        tuple(sources),
        tuple(
            verdict
            for cost, at in zip(costs, paid, strict=True)
            for verdict in _verdicts(cost.care_time_share, at, t)
        ),
        tuple(dict.fromkeys(note.action for cost in costs for note in cost.notes)),
    )


def rate_text(result: DemoResult, kind: ProviderKind, t: Texts) -> str:
    """What the rates of `result.hour_costs` are called."""
    return t("plan_rate" if _measured(result) else "rate", kind=t.kind(kind))


def _measured(result: DemoResult) -> bool:
    return any(cost.share_source is ShareSource.MEASURED for cost in result.hour_costs.values())


def _amount(value: Decimal | None, decimals: int, t: Texts) -> str:
    return "–" if value is None else number(value, decimals, t.lang)


def _kinds(costs: Iterable[HourCost]) -> tuple[ProviderKind, ...]:
    present = {kind for cost in costs for kind in cost.rates}
    return tuple(kind for kind in ProviderKind if kind in present)


def _line_rows(columns: list[tuple[Line, ...]], t: Texts, belongs_to: str = "") -> list[CostRow]:
    """One row per code, in the order in which the codes first appear."""
    first = {line.code: line for line in reversed([line for lines in columns for line in lines])}
    order = dict.fromkeys(line.code for lines in columns for line in lines)
    by_code = [{line.code: line for line in lines} for lines in columns]
    return [
        CostRow(
            t.line(first[code].code, first[code].text) + (f", {belongs_to}" if belongs_to else ""),
            tuple(
                Cell(number(lines[code].amount, 2, t.lang), formula(lines[code].formula, t.lang))
                if code in lines
                else Cell("–")
                for lines in by_code
            ),
            first[code].source,
        )
        for code in order
    ]


def _verdicts(share: Decimal | None, paid: HourCost, t: Texts) -> list[str]:
    """The care-time share `share` against what the rates of `paid` demand."""
    sentences = []
    for kind in _kinds([paid]):
        break_even = paid.break_even_share.get(kind)
        if share is None or break_even is None:
            continue
        gap = share - break_even
        sentences.append(
            t(
                "verdict_over" if gap >= 0 else "verdict_under",
                zone=t.zone(paid.zone),
                kind=t.kind(kind),
                rate=number(paid.rates[kind], lang=t.lang),
                gap=number(abs(gap * 100), 1, t.lang),
                break_even=percent(break_even, t.lang),
            )
        )
    return sentences
