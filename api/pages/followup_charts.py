"""
The follow-up as charts, each as PNG and SVG: readable in print and without colour.

Every bar has its number, groups differ by hatching, and what is missing is written, not drawn as
zero. The same follow-up gives the same SVG.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from api.pages.followup_words import value_word, word
from api.pages.formats import number, percent
from pricing.followup.chain import shown_places, step_of
from pricing.followup.model import Figures
from pricing.followup.report import FollowUp, Group, share
from pricing.followup.worked import Worked
from pricing.performed_time import CLASSES
from scheduler.care.units import MINUTES_PER_HOUR

WIDTH_IN, ROW_IN, ROOM_IN, DPI = 9.0, 0.36, 1.6, 150
INK = "#1a1a1a"
# Per cent; a narrower part has no room for its number, which the table has.
LEAST_NUMBERED = 4
# Light fills with a dark edge: printed in grey they stay apart by their hatching.
LEAK: dict[str, Any] = {"facecolor": "#ffffff", "hatch": "////"}
STYLES: dict[str, dict[str, Any]] = {
    "GRANTED": {"facecolor": "#d9d9d9", "hatch": ""},
    "PLANNED": LEAK,
    "PERFORMED": {"facecolor": "#ffffff", "hatch": "\\\\\\\\"},
    "PAID": {"facecolor": "#ffffff", "hatch": "xxxx"},
    "UNKNOWN": {"facecolor": "#ffffff", "hatch": "||||"},
    "DONE": {"facecolor": "#595959", "hatch": ""},
}
SERIES: tuple[dict[str, Any], ...] = (
    {"facecolor": "#a6a6a6", "hatch": ""},
    {"facecolor": "#ffffff", "hatch": "////"},
    {"facecolor": "#e6e6e6", "hatch": "----"},
    {"facecolor": "#ffffff", "hatch": "xxxx"},
    {"facecolor": "#e6e6e6", "hatch": "\\\\\\\\"},
    {"facecolor": "#ffffff", "hatch": ""},
)
SETTINGS: Any = {
    "hatch.linewidth": 0.6,
    "font.size": 10,
    # Text as text: sharp at any size, searchable, and read aloud.
    "svg.fonttype": "none",
    # Ids of clips and hatches are drawn at random otherwise.
    "svg.hashsalt": "hemplan",
}
Draw = Callable[[Axes], None]


def charts(made: FollowUp, lang: str) -> dict[str, bytes]:
    """File name -> content: ``chain``, ``providers`` and, with worked time, ``worked``."""
    drawn = {"chain": _chain(made, lang), "providers": _providers(made, lang)}
    worked = _worked(made, lang)
    if worked is not None:
        drawn["worked"] = worked
    found = {}
    with mpl.rc_context(SETTINGS):
        for name, chart in drawn.items():
            figure = chart.figure()
            for suffix in ("png", "svg"):
                content = BytesIO()
                # The day of drawing would make equal charts different.
                metadata = {"Date": None, "Title": chart.title} if suffix == "svg" else {}
                figure.savefig(content, format=suffix, dpi=DPI, metadata=metadata)
                found[f"{name}.{suffix}"] = content.getvalue()
    return found


@dataclass(frozen=True, slots=True)
class _Chart:
    title: str
    rows: int
    draw: Draw

    def figure(self) -> Figure:
        """The chart, high enough for its rows."""
        figure = Figure(figsize=(WIDTH_IN, ROOM_IN + ROW_IN * self.rows), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        self.draw(axes)
        axes.set_title(self.title, loc="left", fontsize="large", color=INK)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        return figure


# ---------------------------------------------------------------- granted to paid


def _chain(made: FollowUp, lang: str) -> _Chart:
    """A stair: what leaks hangs where it leaves the granted time; at its foot is what is paid."""
    sums = made.total.sums
    bars = [("GRANTED", "GRANTED", Decimal(0), _hours(sums.granted_min))]
    left = _hours(sums.granted_min)
    done = []
    for place in shown_places(sums):
        hours = _hours(sums.places.get(place, Figures()).within_min)
        if step_of(place) == "DONE":
            done.append((place.value, "DONE", Decimal(0), hours))
            continue
        left -= hours
        bars.append((place.value, step_of(place), left, hours))
    bars += done

    def draw(axes: Axes) -> None:
        most = float(bars[0][3]) or 1.0
        for row, (_, step, begin, hours) in enumerate(bars):
            if hours:
                label = word(f"step_{step}", lang) or None
                told = axes.get_legend_handles_labels()[1]
                axes.barh(
                    row, float(hours), left=float(begin), edgecolor=INK,
                    label=None if label in told else label, **STYLES[step],
                )  # fmt: skip
            of_granted = hours / bars[0][3] if bars[0][3] else None
            text = f"{number(hours, 1, lang)} h  ({percent(of_granted, lang)})"
            axes.text(float(begin + hours) + most * 0.01, row, text, va="center", color=INK)
        axes.set_yticks(range(len(bars)), [word(place, lang) for place, *_ in bars])
        axes.invert_yaxis()
        axes.set_xlim(0, most * 1.25)
        axes.set_xlabel(word("hours", lang).lower())
        if axes.get_legend_handles_labels()[1]:
            axes.legend(loc="center left", bbox_to_anchor=(0.02, 0.4), frameon=False)

    return _Chart(word("chart_chain", lang), len(bars), draw)


# ---------------------------------------------------------------- providers


MEASURES: tuple[tuple[str, Callable[[Group], Decimal | None]], ...] = (
    ("planned_share", lambda group: group.planned_share),
    ("performed_of_planned", lambda group: group.performed_of_planned),
    ("execution_share", lambda group: group.execution_share),
    ("care_time_share", lambda group: group.care_time_share),
    ("punctual_share", lambda group: group.punctual_share),
)


def _providers(made: FollowUp, lang: str) -> _Chart:
    groups = [*made.groups["total"], *made.groups["provider"]]
    names = [_name(group, lang) for group in groups]
    rows = len(groups) * (len(MEASURES) + 1)

    def draw(axes: Axes) -> None:
        for series, (key, measure) in enumerate(MEASURES):
            at = [position * (len(MEASURES) + 1) + series for position in range(len(groups))]
            shares = [measure(group) for group in groups]
            widths = [float(known * 100) if known is not None else 0.0 for known in shares]
            style = SERIES[series]
            axes.barh(at, widths, height=0.85, edgecolor=INK, label=word(key, lang), **style)
            for row, width, known in zip(at, widths, shares, strict=True):
                text = word("missing", lang) if known is None else percent(known, lang)
                axes.text(width + 1, row, text, va="center", fontsize="small", color=INK)
        middle = (len(MEASURES) - 1) / 2
        axes.set_yticks(
            [position * (len(MEASURES) + 1) + middle for position in range(len(groups))], names
        )
        axes.invert_yaxis()
        axes.set_xlim(0, max(115.0, axes.get_xlim()[1] * 1.1))
        axes.set_xlabel("%")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=3, frameon=False)

    return _Chart(word("chart_providers", lang), rows, draw)


def _name(group: Group, lang: str) -> str:
    if not group.names:
        return word("total", lang)
    kind, provider = group.names
    return f"{value_word('provider', provider, lang)}\n({value_word('kind', kind, lang)})"


# ---------------------------------------------------------------- worked time


def _worked(made: FollowUp, lang: str) -> _Chart | None:
    """A bar of each provider and zone; without a price list a bar of each provider."""
    bars = [
        (f"{each.provider}\n{each.zone} {each.month}", each.worked, each.break_even_share)
        for each in made.care_hours
    ] or [
        (_name(group, lang), group.worked, None)
        for group in made.groups["provider"]
        if group.worked is not None
    ]
    if not bars:
        return None

    def draw(axes: Axes) -> None:
        left = [0.0] * len(bars)
        for series, name in enumerate(("care", *(each.value for each in CLASSES), "rest")):
            shares = [_share(worked, name) for _, worked, _ in bars]
            style = SERIES[series]
            label = word(f"{name}_share", lang)
            widths = [float(known or 0) * 100 for known in shares]
            axes.barh(range(len(bars)), widths, left=left, edgecolor=INK, label=label, **style)
            for row, (width, known) in enumerate(zip(widths, shares, strict=True)):
                if known is not None and width >= LEAST_NUMBERED:
                    _inside(axes, left[row] + width / 2, row, number(known * 100, 0, lang))
            left = [a + b for a, b in zip(left, widths, strict=True)]
        _break_even(axes, [point for _, _, point in bars], lang)
        axes.set_yticks(range(len(bars)), [name for name, _, _ in bars])
        axes.invert_yaxis()
        axes.set_ylim(len(bars) - 0.4, -0.9)
        axes.set_xlim(0, 105)
        axes.set_xlabel("%")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=6, frameon=False)

    return _Chart(word("chart_worked", lang), 2 * len(bars) + 3, draw)


def _inside(axes: Axes, x: float, row: int, text: str) -> None:
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1.2}
    axes.text(x, row, text, ha="center", va="center", fontsize="small", color=INK, bbox=box)


def _break_even(axes: Axes, points: Sequence[Decimal | None], lang: str) -> None:
    for row, point in enumerate(points):
        if point is not None and point <= 1:
            x = float(point * 100)
            axes.plot([x, x], [row - 0.46, row + 0.4], color=INK, linewidth=3)
            text = f"{word('chart_break_even', lang)} {percent(point, lang)}"
            axes.text(x, row - 0.48, text, ha="center", va="bottom", fontsize="small", color=INK)


def _share(worked: Worked | None, name: str) -> Decimal | None:
    if worked is None:
        return None
    if name == "care":
        return worked.share(worked.care_min)
    if name == "rest":
        return worked.share(worked.rest_min)
    return worked.share(worked.minutes(next(each for each in CLASSES if each.value == name)))


def _hours(minutes: Fraction) -> Decimal:
    return share(minutes, MINUTES_PER_HOUR) or Decimal(0)
