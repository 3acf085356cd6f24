"""
A ranked bar chart as one SVG file: readable in print, without colour, and by a screen reader.

Drawn with the template engine that the pages use already. A plotting library would bring megabytes
of dependencies and a font of its own for a dozen rectangles; browsers, Word and Excel read SVG.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from api.pages.formats import signed
from api.pages.price_words import PriceWords
from api.pages.render import environment
from pricing.sensitivity import Effect, Target

MOST_BARS = 15
LABEL_WIDTH, BAR_WIDTH, VALUE_WIDTH = 320, 420, 90
ROW_HEIGHT, TOP, BOTTOM = 26, 64, 34


@dataclass(frozen=True, slots=True)
class Bar:
    """One row, in pixels; `solid` when it makes dearer, else hatched."""

    label: str
    value: str
    y: int
    x: int
    width: int
    value_x: int
    solid: bool


def sensitivity_chart(
    effects: Sequence[Effect], target: Target, about: str, words: PriceWords
) -> str:
    """
    What one per cent of each input moves in `target`, the strongest first, as SVG.

    Parameters
    ----------
    effects
        Of one price; those that move nothing are left out, and the weakest beyond fifteen.
    about
        Which price it is.
    """
    moving = [each for each in effects if each.percent_ore[target]]
    moving.sort(key=lambda each: (-abs(each.percent_ore[target]), each.name))
    shown = [(each.text, each.percent_ore[target]) for each in moving[:MOST_BARS]]
    bars = _bars(shown, words.lang)
    width = LABEL_WIDTH + BAR_WIDTH + VALUE_WIDTH
    return environment().get_template("bar_chart.svg.j2").render(
        lang=words.lang,
        title=words("chart_title"),
        about=f"{about} · {words.target(target)}",
        legend=words("chart_legend"),
        bars=bars,
        width=width,
        height=TOP + ROW_HEIGHT * len(bars) + BOTTOM,
        label_x=LABEL_WIDTH - 10,
        axis_x=_axis(shown),
        axis_bottom=TOP + ROW_HEIGHT * len(bars),
        top=TOP,
    )  # fmt: skip


def _bars(shown: Sequence[tuple[str, Decimal]], lang: str) -> list[Bar]:
    axis, scale = _axis(shown), _scale(shown)
    bars = []
    for position, (label, ore) in enumerate(shown):
        width = max(1, round(abs(ore) * scale))
        left = axis if ore > 0 else axis - width
        end = axis + width if ore > 0 else axis
        y = TOP + ROW_HEIGHT * position
        bars.append(Bar(label, signed(ore, 1, lang), y, left, width, end + 6, ore > 0))
    return bars


def _span(shown: Sequence[tuple[str, Decimal]]) -> tuple[Decimal, Decimal]:
    amounts = [ore for _, ore in shown]
    return min([Decimal(0), *amounts]), max([Decimal(0), *amounts])


def _scale(shown: Sequence[tuple[str, Decimal]]) -> Decimal:
    least, most = _span(shown)
    return BAR_WIDTH / (most - least) if most > least else Decimal(0)


def _axis(shown: Sequence[tuple[str, Decimal]]) -> int:
    return LABEL_WIDTH + round(-_span(shown)[0] * _scale(shown))
