"""
The report in the terminal: what a scheduler and a controller need, in the order they ask for it.

Reads well without colour, piped to a file and 80 columns wide: nothing is said by colour alone and
no cell is cut. What needs a decision, unplanned visits and broken rules, comes before the figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import fill

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from api.pages.cost_table import CostTable, cost_table
from api.pages.formats import hours, number, percent, ratio
from api.pages.results import DemoResult
from api.pages.summary import (
    TextTable,
    continuity,
    day_cost,
    demand,
    estimated_ways,
    evenness,
    heading,
    objective_table,
    purse_table,
    standby,
    start_between,
    use_rows,
)
from api.pages.texts import Texts, texts
from api.pages.view import unassigned_views

WIDEST = 100
USE_COLUMNS = (
    *("paid_short", "care_time", "travel", "waiting", "idle_short"),
    *("breaks_short", "visits"),
)


def progress(
    elapsed_s: float, limit_s: float, objective: int, unassigned: int, lang: str = "sv"
) -> str:
    """One line on a running search: seconds so far and at most, points and visits left out."""
    return texts(lang)(
        "progress",
        elapsed=number(int(elapsed_s), lang=lang),
        limit=number(int(limit_s), lang=lang),
        points=number(objective, lang=lang),
        unassigned=number(unassigned, lang=lang),
    )


def print_report(result: DemoResult, console: Console, lang: str = "sv") -> None:
    """
    Print the whole report.

    Raises
    ------
    UnknownValue
        When `lang` is neither ``sv`` nor ``en``.
    """
    _Report(result, console, texts(lang)).print()


def print_files(paths: Sequence[Path], console: Console, lang: str = "sv") -> None:
    """
    Say where the result is: files by name, and a folder with several files once with their number.
    """
    t = texts(lang)
    folders: dict[Path, list[Path]] = {}
    for path in paths:
        folders.setdefault(path.parent, []).append(path)
    top = min(folders, key=lambda folder: len(folder.parts), default=None)
    _title(console, t("files"))
    for folder, files in folders.items():
        if folder == top:
            for path in files:
                _line(console, str(path))
        else:
            _line(console, t("files_in", folder=folder, n=len(files)))


class _Report:
    """The parts of one report on one console."""

    def __init__(self, result: DemoResult, console: Console, t: Texts) -> None:
        self.result, self.console, self.t = result, console, t

    def print(self) -> None:
        """All parts, in reading order."""
        self._heading()
        self._visits()
        self._check()
        self._use_of_time()
        self._hour_cost()
        self._table("purses", purse_table(self.result, self.t))
        self._table("objective", objective_table(self.result, self.t))
        _line(self.console, f"{self.t('lower_better')} {self.t.how_far(self.result.plan)}")

    def _heading(self) -> None:
        day, made_from = heading(self.result, self.t)
        name = self.result.municipality_name
        self.console.print()
        self.console.print(Text(f"{self.t('day_plan')} {name}, {day}", style="bold"))
        _line(self.console, made_from, indent=0)
        _line(self.console, self.t("synthetic"), indent=0)

    def _visits(self) -> None:
        t, follow_up = self.t, self.result.follow_up
        planned, left = follow_up.planned_visits, follow_up.unassigned_visits
        _title(self.console, t("visits"))
        _line(
            self.console,
            t(
                "planned_sentence",
                planned=number(planned, lang=t.lang),
                all=number(planned + left, lang=t.lang),
                left=number(left, lang=t.lang),
            ),
        )
        _line(self.console, demand(self.result, t))
        for view in unassigned_views(self.result):
            kind = t.certainty(view.unassigned)
            window = start_between(view.visit, self.result.day.date, t)
            services, minutes = ", ".join(view.services), t("n_min", n=view.visit.duration_min)
            _line(
                self.console,
                f"{view.visit.id}  {view.recipient} · {services} · {minutes} · {window}",
            )
            reason = t.reason(view.unassigned)
            # The sentence of a visit that is moved begins with just that.
            said = reason if view.unassigned.moved_to else f"{kind.capitalize()}. {reason}"
            _line(self.console, said, indent=4)
            _line(self.console, f"{t('action')}: {t.action(view.unassigned)}", indent=4)

    def _check(self) -> None:
        t, violations = self.t, self.result.violations
        _title(self.console, t("checks"))
        if not violations:
            _line(self.console, t("checked"), style="green")
            return
        _line(self.console, t("violations", n=len(violations)), style="bold red")
        for violation in violations:
            _line(self.console, f"- {t.violation(violation)}")

    def _use_of_time(self) -> None:
        t, total = self.t, self.result.follow_up.total
        _title(self.console, t("follow_up"))
        share = percent(total.care_time_share, t.lang)
        _line(self.console, f"{t('care_time')} {share} {t('of_paid')}", style="bold")
        for key, seconds in (
            ("travel", total.travel_s),
            ("waiting", total.waiting_s),
            ("idle", total.idle_s),
        ):
            share = percent(ratio(seconds, total.paid_s), t.lang)
            _line(self.console, f"{t(key)} {share}, {hours(seconds, t.lang)} {t('h')}")
        if sentence := estimated_ways(self.result.follow_up, t):
            _line(self.console, f"{sentence}.")
        _line(self.console, f"{t('breaks')} {hours(total.break_s, t.lang)} {t('h')}")
        _line(self.console, continuity(self.result, t))
        for sentence in (
            standby(self.result.follow_up, t),
            evenness(self.result.follow_up, t),
            day_cost(self.result.plan_cost, t),
        ):
            if sentence:
                _line(self.console, f"{sentence}.")
        _line(self.console, t("hours_and_share"))
        table = _table()
        table.add_column(t("zone"), overflow="fold")
        for key in (
            "paid_short",
            "care_time",
            "travel",
            "waiting",
            "idle_short",
            "breaks_short",
            "visits",
        ):
            table.add_column(t(key), justify="right", overflow="fold")
        for row in use_rows(self.result, t):
            parts = [f"{part.hours}\n{part.share}" for part in row.parts]
            style = "bold" if row.total else ""
            table.add_row(row.name, row.paid, *parts, row.breaks, row.visits, style=style)
        _print(self.console, table)

    def _hour_cost(self) -> None:
        cost = cost_table(self.result, self.t)
        if not cost.columns:
            return
        _title(self.console, self.t("hour_cost"))
        _line(self.console, cost.caption)
        _print(self.console, _cost(cost, self.t))
        for sentence in cost.verdicts:
            _line(self.console, sentence, style="bold")
        for note in cost.notes:
            _line(self.console, note)

    def _table(self, key: str, content: TextTable) -> None:
        _title(self.console, self.t(key))
        table = _table()
        for head in content.heads:
            table.add_column(head.text, justify="right" if head.num else "left", overflow="fold")
        for row in content.rows:
            last = content.sum and row is content.rows[-1]
            table.add_row(*map(Text, row), style="bold" if last else "")
        _print(self.console, table)


def _cost(cost: CostTable, t: Texts) -> Table:
    table = _table()
    table.add_column(t("line"), overflow="fold")
    for zone in cost.columns:
        table.add_column(zone, justify="right", no_wrap=True)
    last_rate = max((i for i, row in enumerate(cost.rows) if row.tone == "rate"), default=-1)
    for i, row in enumerate(cost.rows):
        cells = [Text(cell.amount) for cell in row.cells]
        table.add_row(
            Text(row.text),
            *cells,
            style="bold" if row.tone else "",
            end_section=row.tone == "sum" or i == last_rate,
        )
    return table


def _table() -> Table:
    return Table(
        box=box.SIMPLE_HEAD,
        header_style="bold",
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )


def _title(console: Console, text: str) -> None:
    console.print()
    console.print(Text(text, style="bold underline"))


def _line(console: Console, text: str, indent: int = 2, style: str = "") -> None:
    """
    A paragraph of plain text.

    Wrapped here since rich breaks a line also at a no-break space, which would part 60,1 from its
    percent sign; and printed as Text, so that brackets in data are not read as markup.
    """
    left = " " * indent
    wrapped = fill(
        text,
        min(console.width, WIDEST) - 1,
        initial_indent=left,
        subsequent_indent=left,
        break_long_words=False,
        break_on_hyphens=False,
    )
    console.print(Text(wrapped, style=style), soft_wrap=True)


def _print(console: Console, table: Table) -> None:
    console.print(Padding(table, (0, 0, 0, 1)), width=min(console.width, WIDEST))
