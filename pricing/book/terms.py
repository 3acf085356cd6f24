"""
What a rate book says of one cell on one day: which rules fit, and what the rate is.

Rates are exact fractions of kronor until the book rounds them. A supplementary rule (adjustment,
minimum, cap, VAT …) applies from its first day; a visit without a rate on its day is refused, and
nothing is filled in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from pricing.book.model import (
    PERIOD_UNITS,
    Adjustment,
    AdjustmentKind,
    Cell,
    Rate,
    RateBook,
    Rule,
    Scope,
)
from pricing.book.stated import Derived, FromPriceList, Indexed
from pricing.lines import Line, shown
from pricing.price import hour_cost
from pricing.swedish import number, percent
from scheduler.care.errors import Finding, InvalidInput, NotInForce, UnknownValue
from scheduler.care.model import ProviderKind

UNITS = {
    "hour": "kr/timme",
    "occasion": "kr/tillfälle",
    "delivery": "kr/leverans",
    "km": "kr/km",
    "expense": "kr/krona",
    "day": "kr/dygn",
    "month": "kr/månad",
}
AnyRule = TypeVar("AnyRule", bound=Rule)


@dataclass(frozen=True, slots=True)
class RatePrice:
    """
    A rate of a day and how it came about.

    Parameters
    ----------
    amount
        Kronor per unit, exact.
    lines
        Base and adjustments, to öre; their sum is `amount` to öre.
    provisional
        Whether an index in it may still become another.
    """

    rate: Rate
    amount: Fraction
    lines: tuple[Line, ...]
    provisional: bool


def half_up(amount: Fraction, step: Fraction = Fraction(1)) -> int:
    """`amount` as a whole number of steps, halves away from zero."""
    steps = abs(amount) / step
    whole = (2 * steps.numerator + steps.denominator) // (2 * steps.denominator)
    return whole if amount >= 0 else -whole


def one(rules: Iterable[AnyRule], cell: Cell, day: date) -> AnyRule | None:
    """The rule that fits and is in force; a book that was read never has two."""
    return next((rule for rule in rules if rule.scope.fits(cell) and rule.in_force(day)), None)


def rate_of(
    book: RateBook, component: str, cell: Cell, day: date, *, period: bool = False
) -> Rate | None:
    """
    The rate of a component; None when the component has none for the cell.

    Parameters
    ----------
    period
        Whether it is paid by day or month rather than by visit.

    Raises
    ------
    NotInForce
        When a rate fits the cell, but only on other days.
    """
    fitting = [
        rate
        for rate in book.rates
        if rate.component == component
        and (rate.unit in PERIOD_UNITS) == period
        and rate.scope.fits(cell)
    ]
    in_force = next((rate for rate in fitting if rate.in_force(day)), None)
    if in_force is None and fitting:
        raise _not_in_force(fitting, day)
    return in_force


def price_of(
    book: RateBook, rate: Rate, cell: Cell, day: date, known_on: date | None = None
) -> RatePrice:
    """
    The rate in kronor per unit.

    Parameters
    ----------
    known_on
        A final index known later than this day counts as its provisional one; None knows all.

    Raises
    ------
    NotInForce
        Before the rate's first value, or from when it ended.
    UnknownValue, InvalidInput
        When the price list that it names gives no price, or the adjustments leave less than 0.
    """
    amount, line, provisional = _base(book, rate, cell, day, known_on)
    lines = [line]
    for adjustment in book.adjustments:
        if not _adjusts(adjustment, rate, cell, day):
            continue
        value = adjustment.values.on(day)
        if isinstance(value, Indexed):
            known = value.on(known_on)
            provisional |= value.final is None or known != value.final
            value = known
        after, formula = _adjusted(amount, adjustment, Fraction(value))
        lines.append(_line(adjustment, rate, after - amount, formula))
        amount = after
    if rate.round_kr is not None:
        rounded = _rounded(amount, rate.round_kr)
        if rounded != amount:
            text = "Avrundning"
            made = _line(rate, rate, rounded - amount, f"till {number(rate.round_kr)} kr")
            lines.append(replace(made, code="rounding", text=text))
        amount = rounded
    if amount < 0:
        raise InvalidInput(
            Finding("NEGATIVE_RATE", rate.where, ">= 0 kr", str(amount), "Sänk avdragen.")
        )
    return RatePrice(rate, amount, shown(lines), provisional)


def _base(
    book: RateBook, rate: Rate, cell: Cell, day: date, known_on: date | None
) -> tuple[Fraction, Line, bool]:
    value = rate.values.on(day)
    if isinstance(value, FromPriceList):
        amount = _from_list(value, rate, cell, day)
        return amount, _line(rate, rate, amount, f"enligt {value.file}"), False
    if not isinstance(value, Derived):
        return Fraction(value), _line(rate, rate, Fraction(value), ""), False
    source = next(each for each in book.rates if each.code == value.rate)
    other = price_of(book, source, _within(source.scope, cell), day, known_on)
    amount = other.amount
    formula = f"{value.rate} {number(_decimal(amount))}"
    for factor in value.divided_by:
        amount /= Fraction(factor)
        formula += f" / {number(factor, Decimal('0.0001'))}"
    for factor in value.times:
        amount *= Fraction(factor)
        formula += f" × {number(factor, Decimal('0.0001'))}"
    if value.plus:
        amount += Fraction(value.plus)
        formula += f" + {number(value.plus)}"
    return amount, _line(rate, rate, amount, formula), other.provisional


def _from_list(value: FromPriceList, rate: Rate, cell: Cell, day: date) -> Fraction:
    provider = value.provider or cell.provider
    zone = value.zone or cell.zone
    cost = hour_cost(value.prices, day, zone, service=value.service or _service(value, cell))
    if provider not in list(ProviderKind) or ProviderKind(provider) not in cost.rates:
        raise UnknownValue(
            Finding(
                "NO_RATE",
                rate.where,
                f"one of {', '.join(sorted(cost.rates))}",
                provider,
                "Ange provider i prislistan.",
            )
        )
    return Fraction(cost.rates[ProviderKind(provider)])


def _service(value: FromPriceList, cell: Cell) -> str | None:
    return None if len(value.prices.services) == 1 else cell.service


def _within(scope: Scope, cell: Cell) -> Cell:
    """`cell` moved into `scope` where that names one value only: own follows from private."""
    own = {
        "service": (cell.service, scope.services),
        "zone": (cell.zone, scope.zones),
        "provider": (cell.provider, scope.providers),
        "band": (cell.band, scope.bands),
        "circumstance": (cell.circumstance, scope.circumstances),
    }
    names = {
        key: next(iter(allowed)) if allowed is not None and len(allowed) == 1 else name
        for key, (name, allowed) in own.items()
    }
    delegated = cell.delegated if scope.delegated is None else scope.delegated
    return Cell(**names, delegated=delegated, minutes=cell.minutes)


def _adjusts(adjustment: Adjustment, rate: Rate, cell: Cell, day: date) -> bool:
    return (
        (adjustment.rates is None or rate.code in adjustment.rates)
        and (adjustment.units is None or rate.unit in adjustment.units)
        and adjustment.scope.fits(cell)
        and adjustment.in_force(day)
    )


def _adjusted(amount: Fraction, rule: Adjustment, value: Fraction) -> tuple[Fraction, str]:
    shown_amount = number(_decimal(amount))
    if rule.kind is AdjustmentKind.SHARE:
        after, formula = amount * (1 + value), f"{shown_amount} × {percent(_decimal(value))}"
    elif rule.kind is AdjustmentKind.DIVISOR:
        after = amount / value
        formula = f"{shown_amount} / {number(_decimal(value), Decimal('0.0001'))}"
    else:
        after, formula = amount + value, ""
    return (after if rule.round_kr is None else _rounded(after, rule.round_kr)), formula


def _rounded(amount: Fraction, step: Decimal) -> Fraction:
    return half_up(amount, Fraction(step)) * Fraction(step)


def _line(rule: Rule, rate: Rate, amount: Fraction, formula: str) -> Line:
    values = rule.values
    unit = UNITS[rate.unit]
    return Line(rule.code, values.text, _decimal(amount), unit, formula, values.source)


def _decimal(amount: Fraction) -> Decimal:
    return Decimal(amount.numerator) / Decimal(amount.denominator)


def _not_in_force(rates: list[Rate], day: date) -> NotInForce:
    findings: list[Finding] = []
    for rate in rates:
        try:
            rate.values.on(day)
        except NotInForce as error:
            findings += [replace(each, where=rate.where) for each in error.findings]
    return NotInForce(findings)
