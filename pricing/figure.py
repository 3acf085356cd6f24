"""
A number that knows how it was worked out: the chain as a graph of figures.

The formulas of the chain are written once, as ordinary arithmetic on figures. A figure has its
exact value at once, and keeps the operation and the figures it was made from. So the same formula
gives the price, tells where an öre comes from, and can be worked out again with other numbers::

    worked = gross - vacation - sick          Figure, exact
    evaluate(worked, {"sick_hours": other})   the same formula with another number

Figures that were not made from others are inputs, with unit, first day and source, or constants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from scheduler.care.units import round_half_up


class Operation(StrEnum):
    """How a figure comes from its parts."""

    INPUT = "input"
    CONSTANT = "constant"
    SUM = "sum"
    PRODUCT = "product"
    QUOTIENT = "quotient"
    AT_LEAST_ZERO = "at_least_zero"
    ROUND = "round"


@dataclass(frozen=True, slots=True)
class Origin:
    """
    Where an input comes from.

    Parameters
    ----------
    source
        Publication, or what measured it.
    first_day
        From which the value is in force; None for what was measured.
    """

    source: str
    first_day: date | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """
    One number of the chain; two figures are the same only when they are one object.

    Parameters
    ----------
    value
        Exact, unrounded unless the operation is ROUND.
    parts
        What it was made from, in the order of the formula; for ROUND the number and the step.
    signs
        For SUM, 1 or -1 per part.
    name
        Stable code; for an input the name of its parameter. Empty for a step without a name.
    text
        What it is, in Swedish.
    unit
        As its parameter writes it.
    origin
        Of an input.
    """

    value: Decimal
    operation: Operation = Operation.CONSTANT
    parts: tuple[Figure, ...] = ()
    signs: tuple[int, ...] = ()
    name: str = ""
    text: str = ""
    unit: str = ""
    origin: Origin | None = None

    def called(self, name: str, text: str, unit: str) -> Figure:
        """The figure under a name of its own; a name that it has stays, inside the new one."""
        if self.name:
            return Figure(self.value, Operation.SUM, (self,), (1,), name, text, unit)
        return replace(self, name=name, text=text, unit=unit)

    def __add__(self, other: Figure | Decimal | int) -> Figure:
        return self._plus(other, 1)

    def __radd__(self, other: Decimal | int) -> Figure:
        return constant(other)._plus(self, 1)

    def __sub__(self, other: Figure | Decimal | int) -> Figure:
        return self._plus(other, -1)

    def __rsub__(self, other: Decimal | int) -> Figure:
        return constant(other)._plus(self, -1)

    def __neg__(self) -> Figure:
        return Figure(-self.value, Operation.SUM, (self,), (-1,))

    def __mul__(self, other: Figure | Decimal | int) -> Figure:
        factor = _figure(other)
        flat = self.operation is Operation.PRODUCT and not self.name
        parts = (*self.parts, factor) if flat else (self, factor)
        return Figure(self.value * factor.value, Operation.PRODUCT, parts)

    def __rmul__(self, other: Decimal | int) -> Figure:
        return constant(other) * self

    def __truediv__(self, other: Figure | Decimal | int) -> Figure:
        divisor = _figure(other)
        return Figure(self.value / divisor.value, Operation.QUOTIENT, (self, divisor))

    def at_least_zero(self) -> Figure:
        """The figure, or 0 where it is negative."""
        return Figure(max(Decimal(0), self.value), Operation.AT_LEAST_ZERO, (self,))

    def rounded(self, step: Figure) -> Figure:
        """The figure rounded half up to a multiple of `step`, a power of ten."""
        return Figure(round_half_up(self.value, step.value), Operation.ROUND, (self, step))

    def _plus(self, other: Figure | Decimal | int, sign: int) -> Figure:
        added = _figure(other)
        flat = self.operation is Operation.SUM and not self.name
        parts, signs = (self.parts, self.signs) if flat else ((self,), (1,))
        value = self.value + sign * added.value
        return Figure(value, Operation.SUM, (*parts, added), (*signs, sign))


def constant(value: Decimal | int) -> Figure:
    """A number of the formula itself, such as 12 months a year."""
    return Figure(Decimal(value))


def total(figures: Iterable[Figure]) -> Figure:
    """Sum of the figures in order; no figures are 0."""
    parts = tuple(figures)
    value = sum((part.value for part in parts), Decimal(0))
    return Figure(value, Operation.SUM, parts, (1,) * len(parts))


def walk(figures: Iterable[Figure]) -> Iterator[Figure]:
    """Every figure that `figures` are made from, each once and after its parts."""
    seen: set[Figure] = set()

    def visit(figure: Figure) -> Iterator[Figure]:
        if figure in seen:
            return
        seen.add(figure)
        for part in figure.parts:
            yield from visit(part)
        yield figure

    for figure in figures:
        yield from visit(figure)


def inputs(figures: Iterable[Figure]) -> dict[str, Figure]:
    """Name -> input, of every input that `figures` depend on, in the order of the formulas."""
    found = (each for each in walk(figures) if each.operation is Operation.INPUT)
    return {each.name: each for each in found}


# ---------------------------------------------------------------- with other numbers


@dataclass(frozen=True, slots=True)
class Numbers:
    """
    What numbers other than exact ones must be able to do beside ``+ - * /``.

    Parameters
    ----------
    of
        A number from its exact value.
    at_least_zero, rounded
        As the methods of :class:`Figure`; `rounded` takes the step as its exact value.
    """

    of: Callable[[Decimal], Any]
    at_least_zero: Callable[[Any], Any]
    rounded: Callable[[Any, Decimal], Any]


EXACT = Numbers(lambda value: value, lambda value: max(Decimal(0), value), round_half_up)


def evaluate(
    figures: Iterable[Figure], given: Mapping[str, Any], numbers: Numbers = EXACT
) -> list[Any]:
    """
    The figures worked out again, with other values for some inputs.

    Parameters
    ----------
    given
        Name of an input -> its value; the others keep theirs.
    numbers
        The kind of numbers; with arrays, every draw is worked out at once.
    """
    asked = tuple(figures)
    values: dict[Figure, Any] = {}
    for figure in walk(asked):
        values[figure] = _evaluated(figure, [values[part] for part in figure.parts], given, numbers)
    return [values[figure] for figure in asked]


def _evaluated(figure: Figure, parts: list[Any], given: Mapping[str, Any], numbers: Numbers) -> Any:
    match figure.operation:
        case Operation.INPUT:
            return given[figure.name] if figure.name in given else numbers.of(figure.value)
        case Operation.SUM:
            value = numbers.of(Decimal(0))
            for part, sign in zip(parts, figure.signs, strict=True):
                value = value + part if sign > 0 else value - part
            return value
        case Operation.PRODUCT:
            value = parts[0]
            for part in parts[1:]:
                value = value * part
            return value
        case Operation.QUOTIENT:
            return parts[0] / parts[1]
        case Operation.AT_LEAST_ZERO:
            return numbers.at_least_zero(parts[0])
        case Operation.ROUND:
            return numbers.rounded(parts[0], figure.parts[1].value)
        case Operation.CONSTANT:
            return numbers.of(figure.value)


def _figure(value: Figure | Decimal | int) -> Figure:
    return value if isinstance(value, Figure) else constant(value)
