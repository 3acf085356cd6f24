"""
Two prices side by side, line by line, and which input explains which part of the difference.

Two days of one price list, two municipalities, two scenarios: whatever gives two chains. Amounts
are those shown, to öre, so the lines' differences add up to the difference of what they build; and
so do the inputs' parts, each shown as the difference of two rounded subtotals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from pricing.attribution import Cause, attribution
from pricing.chain import Chain
from pricing.figure import Figure
from pricing.lines import UNIT, Line, shown
from scheduler.care.model import ProviderKind
from scheduler.care.units import round_half_up

ROUNDING = "rounding"


@dataclass(frozen=True, slots=True)
class LineDifference:
    """
    One line of both prices; an amount is None where that price has no such line.

    Parameters
    ----------
    provider
        Whose rate the line leads to; None in the full cost.
    causes
        What explains the line's exact difference, unrounded.
    """

    provider: ProviderKind | None
    code: str
    text: str
    before: Decimal | None
    after: Decimal | None
    causes: tuple[Cause, ...] = ()

    @property
    def difference(self) -> Decimal:
        """Kronor; a line that a price lacks counts as 0."""
        return (self.after or Decimal(0)) - (self.before or Decimal(0))


@dataclass(frozen=True, slots=True)
class ResultDifference:
    """
    The full cost (provider None) or one kind of provider's rate in both prices.

    Parameters
    ----------
    causes
        To öre; their amounts add up to ``after - before``.
    """

    provider: ProviderKind | None
    before: Decimal
    after: Decimal
    causes: tuple[Cause, ...]

    @property
    def difference(self) -> Decimal:
        """Kronor per care hour."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    Two prices.

    Parameters
    ----------
    lines
        Of the full cost, then of each rate that both have: ``sum of the differences`` of those
        without provider is that of the full cost, and with a provider's own that of its rate.
    results
        The full cost, then each rate that both have.
    """

    before: Chain
    after: Chain
    lines: tuple[LineDifference, ...]
    results: tuple[ResultDifference, ...]


def compare(before: Chain, after: Chain) -> Comparison:
    """Every line and result of two chains, with what explains the differences."""
    kinds = [kind for kind in before.rates if kind in after.rates]
    lines = list(_lines(None, before, after))
    results = [_full_cost(before, after)]
    for kind in kinds:
        lines += _lines(kind, before, after)
        results.append(_rate(kind, before, after))
    return Comparison(before, after, tuple(lines), tuple(results))


def _full_cost(before: Chain, after: Chain) -> ResultDifference:
    one, other = before.cost.total, after.cost.total
    first, last = round_half_up(one.value), round_half_up(other.value)
    return ResultDifference(None, first, last, _to_ore(attribution(one, other), last - first))


def _rate(kind: ProviderKind, before: Chain, after: Chain) -> ResultDifference:
    one, other = before.rates[kind], after.rates[kind]
    causes = attribution(one.unrounded, other.unrounded)
    kept, gained = (each.rate.value - each.unrounded.value for each in (one, other))
    if gained != kept:
        line = other.lines[-1]
        causes += (Cause(ROUNDING, line.text, line.unit, kept, gained, gained - kept),)
    first, last = one.rate.value, other.rate.value
    return ResultDifference(kind, first, last, _to_ore(causes, last - first))


def _to_ore(causes: tuple[Cause, ...], difference: Decimal) -> tuple[Cause, ...]:
    """Amounts to öre that add up to `difference`, which is in öre itself."""
    if not causes and difference:
        causes = (Cause(ROUNDING, "Avrundning till öre", UNIT, None, None, difference),)
    told: list[Cause] = []
    exact = printed = Decimal(0)
    for position, cause in enumerate(causes):
        exact += cause.amount
        # The last one takes what the rounding of both prices leaves: less than two öre.
        following = difference if position == len(causes) - 1 else round_half_up(exact)
        told.append(replace(cause, amount=following - printed))
        printed = following
    return tuple(told)


def _lines(kind: ProviderKind | None, before: Chain, after: Chain) -> Iterator[LineDifference]:
    left, right = _by_code(kind, before), _by_code(kind, after)
    for code in dict.fromkeys([*right, *left]):
        one, other = left.get(code), right.get(code)
        figures = (None if each is None else each.figure for each in (one, other))
        yield LineDifference(
            provider=kind,
            code=code,
            text=next(each.line.text for each in (other, one) if each is not None),
            before=None if one is None else one.line.amount,
            after=None if other is None else other.line.amount,
            causes=() if _is_rounding(kind, code, before, after) else attribution(*figures),
        )


@dataclass(frozen=True, slots=True)
class _Shown:
    line: Line
    figure: Figure


def _by_code(kind: ProviderKind | None, made: Chain) -> dict[str, _Shown]:
    """Code -> the line as shown and what it was made from."""
    if kind is None:
        lines, figures = shown(made.cost.lines), made.cost.figures
    else:
        rate = made.rates[kind]
        lines, figures = shown(rate.lines, made.cost.total.value), rate.figures
    return {line.code: _Shown(line, each) for line, each in zip(lines, figures, strict=True)}


def _is_rounding(kind: ProviderKind | None, code: str, *chains: Chain) -> bool:
    """Whether it is the last step to a rate, which no input explains alone."""
    return kind is not None and code in {made.terms.recipe.rate[-1].parameter for made in chains}
