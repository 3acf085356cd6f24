"""
The follow-up in the terminal: the chain, the leaks, the key figures, what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.pages.followup_words import Format, format_of, value_word, word
from api.pages.formats import number, percent
from pricing.followup.meetings import DAYS
from pricing.followup.report import DIMENSIONS, FollowUp
from pricing.followup.tables import (
    care_hour_table,
    chain_table,
    left_out_table,
    stage_table,
    worked_table,
)
from scheduler.care.units import from_ore

MISSING = "–"
# Of a column, on both sides together; see rich's SIMPLE_HEAD.
PADDING = 3
DECIMALS = {
    Format.HOURS: 1,
    Format.KRONOR: 2,
    Format.WHOLE_KRONOR: 0,
    Format.COUNT: 0,
    Format.MEAN: 1,
}
STAGES = (
    "granted_h", "in_force_h", "planned_h", "performed_h", "paid_h", "granted_kr", "paid_kr",
)  # fmt: skip
QUALITY = (
    "planned_share", "performed_of_planned", "execution_share", "care_time_share", "continuity",
    "continuity_recipients", "punctual_share", "punctual_visits",
)  # fmt: skip
# Rows of the chain that are no leak.
WHOLE = ("GRANTED", "DONE")
WORKED = (
    "worked_h", "care_share", "indirect_share", "staff_related_share", "transport_share",
    "waiting_share", "rest_share",
)  # fmt: skip
# What a column shows only a part of when the share beside it is below one.
PARTIAL = {
    "planned_h": ("plan_known",),
    "planned_share": ("plan_known",),
    "performed_of_planned": ("plan_known", "visits_known"),
    "performed_h": ("visits_known",),
    "execution_share": ("visits_known",),
    "paid_h": ("payment_known",),
    "paid_kr": ("payment_known",),
}
# Groups shown one under the other in one table.
SHOWN = (("kind", "provider"), ("zone",), ("unit",), ("month",))


def print_follow_up(made: FollowUp, screen: Console, lang: str) -> None:
    """The whole follow-up; rows and columns without any data are left out."""
    title = word("title", lang, first=made.first.isoformat(), last=made.last.isoformat())
    screen.print(Text(title, style="bold underline"))
    _stages(made, screen, lang)
    _heading("heading_chain", screen, lang)
    screen.print(_chain(made, lang, screen.width))
    _say("kronor_mean", screen, lang)
    for text in _beside(made, lang):
        screen.print(Text(text))
    reasons = left_out_table(made)
    if len(reasons):
        _heading("heading_left_out", screen, lang)
        screen.print(_table(reasons, lang, screen.width))
    _quality(made, screen, lang)
    _worked(made, screen, lang)
    if made.care_hours:
        _heading("heading_care_hour", screen, lang)
        hours = care_hour_table(made).drop(columns=["worked_h", "care_h"])
        screen.print(_table(hours, lang, screen.width))
        _say("care_hour_mean", screen, lang)
    _notes(made, screen, lang)


def _beside(made: FollowUp, lang: str) -> Iterator[str]:
    """Kronor that no minute carries."""
    sums = made.total.sums
    if sums.untimed_ore:
        yield word("untimed_purse", lang, amount=number(from_ore(sums.untimed_ore), 2, lang))
    for kind, ore in sorted(sums.beside_ore.items()):
        if ore:
            text = word(kind.value, lang).lower()
            yield word("beside", lang, text=text, amount=number(from_ore(ore), 2, lang))


def _stages(made: FollowUp, screen: Console, lang: str) -> None:
    _heading("heading_stages", screen, lang)
    partial = missing = False
    for frame in _frames(made, lang):
        screen.print(_table(frame[["group", *STAGES]], lang, screen.width, marks=frame))
        partial |= any(
            bool(((frame[known] < 1) & frame[column].notna()).any())
            for column, shares in PARTIAL.items()
            for known in shares
        )
        missing |= bool(frame[list(STAGES)].isna().any().any())
    if partial:
        _say("partial", screen, lang)
    if missing:
        _say("dash", screen, lang)


def _quality(made: FollowUp, screen: Console, lang: str) -> None:
    _heading("heading_quality", screen, lang)
    frames = _frames(made, lang)
    whole = pd.concat(frames, ignore_index=True)
    screen.print(_table(whole[["group", *QUALITY]], lang, screen.width, marks=whole))
    _say("shares_mean", screen, lang)
    source = made.total.continuity_source
    if made.fortnights:
        days = ", ".join(
            f"{first.isoformat()}–{(first + timedelta(days=DAYS - 1)).isoformat()}"
            for first in made.fortnights
        )
        text = word(source.value, lang) if source else MISSING
        screen.print(Text(word("continuity_mean", lang, days=days, source=text)))
    else:
        _say("no_fortnight", screen, lang)
    _say("punctual_mean", screen, lang)


def _worked(made: FollowUp, screen: Console, lang: str) -> None:
    if made.total.worked is None:
        return
    _heading("heading_worked", screen, lang)
    frames = []
    for dimension in ("total", "kind", "provider", "zone"):
        frame = worked_table(made, dimension)
        frames.append(_with_group(frame, dimension, lang))
    whole = pd.concat(frames, ignore_index=True)
    screen.print(_table(whole[["group", *WORKED]], lang, screen.width))
    _say("worked_mean", screen, lang)


def _notes(made: FollowUp, screen: Console, lang: str) -> None:
    if not made.notes:
        return
    _heading("heading_notes", screen, lang)
    for each in made.notes:
        screen.print(Text(f"{each.code} · {each.where}", style="bold"))
        screen.print(Text(f"  {each.expected}; {each.found}. {each.action}"))


def _frames(made: FollowUp, lang: str) -> list[pd.DataFrame]:
    """One frame of all, kinds and providers; then one for each other dimension with a choice."""
    whole = _with_group(stage_table(made, "total"), "total", lang)
    found: list[pd.DataFrame] = []
    for dimensions in SHOWN:
        own = [
            _with_group(stage_table(made, each), each, lang)
            for each in dimensions
            if len(made.groups[each]) > 1
        ]
        frames = own if found else [whole, *own]
        if frames:
            found.append(pd.concat(frames, ignore_index=True))
    return found


def _with_group(frame: pd.DataFrame, dimension: str, lang: str) -> pd.DataFrame:
    """The dimension's own columns as one text in front."""
    names = list(DIMENSIONS[dimension])
    texts = [_group(row, names, lang) for _, row in frame.iterrows()]
    made = frame.drop(columns=names)
    made.insert(0, "group", texts)
    return made


def _group(row: pd.Series, names: Sequence[str], lang: str) -> str:
    texts = [value_word(name, str(row[name]), lang) for name in reversed(names)]
    if not texts:
        return word("total", lang)
    return f"{texts[0]} ({texts[1]})" if texts[1:] else texts[0]


def _table(
    frame: pd.DataFrame, lang: str, width: int, *, marks: pd.DataFrame | None = None
) -> Table:
    """A table whose figures are never broken; long headings are, between words."""
    rows = [
        [
            _cell(column, row[column], lang) + _mark(column, row, marks, position)
            for column in frame.columns
        ]
        for position, (_, row) in enumerate(frame.iterrows())
    ]
    table = _empty(list(frame.columns), rows, lang, width)
    for cells in rows:
        table.add_row(*map(Text, cells))
    return table


def _empty(columns: Sequence[str], rows: Sequence[Sequence[str]], lang: str, width: int) -> Table:
    """
    A table with room for each whole figure and the longest word of each heading.

    Where the screen is narrower than that everything may be broken, but nothing is cut off.
    """
    least = []
    for position, column in enumerate(columns):
        widest = max((len(cells[position]) for cells in rows), default=0)
        words = max(map(len, word(column, lang).split()))
        least.append(max(widest, words))
    fits = sum(least) + PADDING * len(columns) <= width
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column, chars in zip(columns, least, strict=True):
        table.add_column(
            word(column, lang),
            justify="left" if format_of(column) is Format.TEXT else "right",
            overflow="fold",
            vertical="bottom",
            width=chars if fits else None,
        )
    return table


def _chain(made: FollowUp, lang: str, width: int) -> Table:
    """The leaks under the step where they arise."""
    frame = chain_table(made.total.sums)
    columns = [column for column in frame.columns if column != "step"]
    rows = [[_cell(column, row[column], lang) for column in columns] for _, row in frame.iterrows()]
    for cells, own in zip(rows, frame["step"], strict=True):
        cells[0] = cells[0] if own in WHOLE else f"  {cells[0]}"
    table = _empty(columns, rows, lang, width)
    step = ""
    for cells, own in zip(rows, frame["step"], strict=True):
        if own != step and word(f"step_{own}", lang):
            table.add_row(Text(word(f"step_{own}", lang), style="italic"))
        step = own
        table.add_row(*map(Text, cells), style="bold" if own in WHOLE else None)
    return table


def _mark(column: str, row: pd.Series, marks: pd.DataFrame | None, position: int) -> str:
    if marks is None or column not in PARTIAL or pd.isna(row[column]):
        return ""
    return "*" if any(marks.iloc[position][known] < 1 for known in PARTIAL[column]) else ""


def _cell(column: str, value: Any, lang: str) -> str:
    shown = format_of(column)
    if shown is Format.TEXT:
        return value_word(column, str(value), lang)
    if pd.isna(value):
        return MISSING
    exact = Decimal(repr(float(value)))
    if shown is Format.SHARE:
        return percent(exact, lang)
    return number(exact, DECIMALS[shown], lang)


def _heading(key: str, screen: Console, lang: str) -> None:
    screen.print()
    screen.print(Text(word(key, lang), style="bold"))


def _say(key: str, screen: Console, lang: str) -> None:
    screen.print(Text(word(key, lang)))
