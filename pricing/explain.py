"""
Any öre of a price followed back to its inputs.

A trace is a figure with its formula in numbers, and the traces of what it was made from, down to
inputs with unit, first day and source. A figure that occurs again is told in full the first time
only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from pricing.chain import Chain
from pricing.figure import Figure, Operation, walk
from pricing.lines import Line, shown
from pricing.quantities import SHARE
from pricing.swedish import MINUS, number, percent
from scheduler.care.errors import Finding, UnknownValue
from scheduler.care.model import ProviderKind

TOTAL = "total"
RATE = "rate"
SHARE_UNITS = frozenset({SHARE.unit, "change"})
# Digits of an input: as many as it was given with.
FEWEST_DECIMALS, MOST_DECIMALS = 2, 6


@dataclass(frozen=True, slots=True)
class Trace:
    """
    One figure and where it comes from.

    Parameters
    ----------
    name, text, unit
        Of the figure.
    value
        Exact.
    formula
        The calculation with its numbers, written the Swedish way; for an input its value.
    source, first_day
        Of an input; the day is None when it was measured, the source empty for what is worked out.
    parts
        What the formula was made from, in its order; empty for an input and when `again`.
    again
        Whether it was told in full before, in the same explanation.
    """

    name: str
    text: str
    value: Decimal
    unit: str
    formula: str
    source: str = ""
    first_day: date | None = None
    parts: tuple[Trace, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """
    Why one amount of a price is what it is.

    Parameters
    ----------
    provider
        Whose rate it belongs to; None in the full cost.
    amount
        As the price shows it, to öre; None for a figure that it does not show. It may differ by an
        öre from the exact value, since lines are shown so that they add up.
    trace
        The exact value and where it comes from.
    """

    provider: ProviderKind | None
    amount: Decimal | None
    trace: Trace


def explain(made: Chain, name: str) -> tuple[Explanation, ...]:
    """
    Where the figures called `name` come from.

    Parameters
    ----------
    name
        Code of a line, ``total``, ``rate``, or the name of an input or a figure between. A step to
        the rate is explained once for each kind of provider that has it.

    Raises
    ------
    UnknownValue
        When the price has no such figure; names all that it has.
    """
    found = [each for each in _shown(made) if each[2].name == name]
    if not found:
        between = next((each for each in walk(_results(made)) if each.name == name), None)
        found = [] if between is None else [(None, None, between)]
    if not found:
        names = dict.fromkeys(each[2].name for each in _shown(made))
        names.update(dict.fromkeys(each.name for each in walk(_results(made)) if each.name))
        raise UnknownValue(
            Finding(
                "UNKNOWN_LINE",
                "--explain",
                f"one of {', '.join(names)}",
                name[:80],
                "Välj en rad eller en ingående uppgift i priset.",
            )
        )
    return tuple(Explanation(provider, amount, trace(figure)) for provider, amount, figure in found)


def _shown(made: Chain) -> Iterator[tuple[ProviderKind | None, Decimal | None, Figure]]:
    """Whose it is, its amount as shown, and the figure, of everything that a price shows."""
    cost = made.cost
    yield from _lines(None, shown(cost.lines), cost.figures)
    yield None, sum((line.amount for line in shown(cost.lines)), Decimal(0)), cost.total
    for kind, rate in made.rates.items():
        yield from _lines(kind, shown(rate.lines, cost.total.value), rate.figures)
        yield kind, rate.rate.value, rate.rate


def _lines(
    kind: ProviderKind | None, lines: tuple[Line, ...], figures: tuple[Figure, ...]
) -> Iterator[tuple[ProviderKind | None, Decimal | None, Figure]]:
    for line, figure in zip(lines, figures, strict=True):
        yield kind, line.amount, figure


def _results(made: Chain) -> list[Figure]:
    return [made.cost.total, *(rate.rate for rate in made.rates.values())]


def trace(figure: Figure) -> Trace:
    """The figure and all that it was made from."""
    return _trace(figure, set())


def _trace(figure: Figure, told: set[Figure]) -> Trace:
    figure = _stated(figure)
    found = Trace(figure.name, figure.text, figure.value, figure.unit, formula(figure))
    if figure.origin is not None:
        origin = figure.origin
        return replace(found, source=origin.source, first_day=origin.first_day)
    if figure in told:
        return replace(found, again=True)
    told.add(figure)
    return replace(found, parts=tuple(_trace(part, told) for part in dict.fromkeys(_named(figure))))


def _stated(figure: Figure) -> Figure:
    """A line that is an input and nothing else, as that input."""
    lone = figure.operation is Operation.SUM and figure.signs == (1,)
    return figure.parts[0] if lone and figure.parts[0].operation is Operation.INPUT else figure


def _named(figure: Figure) -> Iterator[Figure]:
    """The nearest figures with a name that `figure` was made from."""
    for part in figure.parts:
        if part.name:
            yield part
        else:
            yield from _named(part)


# ---------------------------------------------------------------- formulas


def formula(figure: Figure) -> str:
    """How the figure was worked out, e.g. ``336,55 × 20,00 % / 65,00 %``; an input's own value."""
    if not figure.parts:
        return amount_text(figure)
    parts = [
        _in_formula(part, figure.operation, first=position == 0)
        for position, part in enumerate(figure.parts)
    ]
    match figure.operation:
        case Operation.SUM:
            first, *others = zip(parts, figure.signs, strict=True)
            text = f"{MINUS if first[1] < 0 else ''}{first[0]}"
            return text + "".join(f" {'+' if sign > 0 else MINUS} {part}" for part, sign in others)
        case Operation.PRODUCT:
            return " × ".join(parts)
        case Operation.QUOTIENT:
            return " / ".join(parts)
        case Operation.AT_LEAST_ZERO:
            return f"{parts[0]}, minst 0"
        case Operation.ROUND:
            return f"{parts[0]} avrundat till närmaste {parts[1]}"
        case _:
            raise TypeError(f"A figure with parts cannot be {figure.operation}.")


def _in_formula(part: Figure, inside: Operation, *, first: bool) -> str:
    if part.name or not part.parts:
        return amount_text(part)
    text = formula(part)
    if inside is Operation.SUM:
        loose = first or part.operation is not Operation.SUM
    elif inside is Operation.PRODUCT:
        loose = part.operation is not Operation.SUM
    elif inside is Operation.QUOTIENT:
        loose = first and part.operation is not Operation.SUM
    else:
        loose = True
    return text if loose else f"({text})"


def amount_text(figure: Figure) -> str:
    """The value as people write it: shares in per cent, inputs with the digits they have."""
    share = figure.unit in SHARE_UNITS
    if figure.operation is Operation.CONSTANT:
        return f"{figure.value.normalize():f}".replace(".", ",")
    if figure.operation is not Operation.INPUT or figure.origin is None:
        return percent(figure.value) if share else number(figure.value)
    value = figure.value * 100 if share else figure.value
    exponent = value.normalize().as_tuple().exponent
    digits = -exponent if isinstance(exponent, int) else 0
    decimals = min(max(FEWEST_DECIMALS, digits), MOST_DECIMALS)
    text = number(value, Decimal(1).scaleb(-decimals))
    return f"{text}\u00a0%" if share else text
