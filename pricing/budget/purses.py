"""
Purses (påse pengar): what decisions are worth, month by month, to the day and to the öre.

Promises: quantities are exact; an amount is rounded once, in the line; what a line shows of its
services and of its days adds up to the line, and the lines to the month; the exact quantities of
any days add up to those of the days together; the order of decisions and of their services does not
matter.

A line is everything of one decision that is paid at one price in one month. A new price, another
provider or zone, or another band of time gives a line of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from pricing.book.terms import half_up
from pricing.budget.counting import ONE_DAY, Paid, Run, Terms, counted
from pricing.budget.granted_time import month_of
from pricing.budget.model import Granted, Placement
from pricing.budget.tariff import Price, amount_of
from scheduler.care.errors import CareError, Finding, InvalidInput
from scheduler.care.units import MINUTES_PER_HOUR, ORE_PER_KRONA


@dataclass(frozen=True, slots=True)
class PursePart:
    """
    One granted service within a purse line.

    Parameters
    ----------
    service
        As the rate book names it.
    staff
        Carers at the same time.
    runs
        The days it is for, in order.
    amount
        Kronor, exact.
    amount_ore
        Its part of the line: the difference of two rounded subtotals, so that the parts add up.
    """

    line_id: str
    service: str
    staff: int
    runs: tuple[Run, ...]
    amount: Fraction
    amount_ore: int

    @property
    def quantity(self) -> Fraction:
        """Units paid of one carer: hours, occasions, days or months."""
        return total((run.quantity, run.days) for run in self.runs)

    @property
    def minutes(self) -> Fraction:
        """Granted minutes, each carer counted; told by one line only of what several pay."""
        return total((run.minutes, run.days) for run in self.runs)


@dataclass(frozen=True, slots=True)
class PurseLine:
    """
    What one decision is worth at one price in one month.

    Parameters
    ----------
    band
        Of time, as the book names it.
    parts
        By the id of the granted line.
    amount
        Kronor, exact.
    amount_ore
        The same, rounded half up; the sum of the parts.
    """

    decision_id: str
    placement: Placement
    band: str
    price: Price
    parts: tuple[PursePart, ...]
    amount: Fraction
    amount_ore: int

    @property
    def first_day(self) -> date:
        """The first day it is for."""
        return min(part.runs[0].first_day for part in self.parts)

    @property
    def last_day(self) -> date:
        """The last day it is for."""
        return max(part.runs[-1].last_day for part in self.parts)

    @property
    def month(self) -> date:
        """First day of its month."""
        return self.first_day.replace(day=1)

    @property
    def quantity(self) -> Fraction:
        """Units paid of one carer."""
        return sum((part.quantity for part in self.parts), Fraction(0))

    @property
    def minutes(self) -> Fraction:
        """
        Granted minutes, each carer counted.

        0 in the further lines of what is paid in several ways, so that the sum of all lines is the
        granted time.
        """
        return sum((part.minutes for part in self.parts), Fraction(0))

    def exact_by_day(self) -> dict[date, Fraction]:
        """Day -> kronor, exact, in order of days."""
        found: dict[date, Fraction] = defaultdict(Fraction)
        for part in self.parts:
            for run in part.runs:
                each = amount_of(self.price, run.quantity, part.staff)
                for number in range(run.days):
                    found[run.first_day + number * ONE_DAY] += each
        return dict(sorted(found.items()))

    def by_day(self) -> dict[date, int]:
        """Day -> öre; the sum is the line's, and no day is a whole öre from its exact amount."""
        found, so_far, given = {}, Fraction(0), 0
        for day, amount in self.exact_by_day().items():
            so_far += amount * ORE_PER_KRONA
            found[day] = half_up(so_far) - given
            given += found[day]
        return found


def purse_lines(
    terms: Terms, granted: Iterable[Granted], first: date, last: date
) -> tuple[PurseLine, ...]:
    """
    The lines of all decisions from `first` to `last`, both included.

    Raises
    ------
    InvalidInput
        With every granted line whose time or price is not known, once for each reason.
    """
    findings: dict[Finding, None] = {}
    found: list[PurseLine] = []
    for each in granted:
        for begin, end in _months(first, last):
            found += _lines_of_month(terms, each, begin, end, findings)
    if findings:
        raise InvalidInput(list(findings))
    return tuple(sorted(found, key=_order))


def total(values: Iterable[tuple[Fraction, int]]) -> Fraction:
    """Each value as many times as its number; whole numbers are added where denominators agree."""
    numerators: dict[int, int] = {}
    for value, number in values:
        denominator = value.denominator
        numerators[denominator] = numerators.get(denominator, 0) + value.numerator * number
    parts = (Fraction(each, denominator) for denominator, each in numerators.items())
    return sum(parts, Fraction(0))


def total_ore(lines: Iterable[PurseLine]) -> int:
    """The sum of the lines shown."""
    return sum(line.amount_ore for line in lines)


def total_hours(lines: Iterable[PurseLine]) -> Fraction:
    """Granted hours, each carer counted, exact."""
    return sum((line.minutes for line in lines), Fraction(0)) / MINUTES_PER_HOUR


Key = tuple[Placement, str, Price]


def _lines_of_month(
    terms: Terms, granted: Granted, first: date, last: date, findings: dict[Finding, None]
) -> list[PurseLine]:
    lines: dict[Key, list[tuple[str, str, int, list[Run]]]] = defaultdict(list)
    paid: Paid = set()
    for line in sorted(granted.decision.lines, key=lambda line: line.id):
        runs: dict[tuple[Key, str], list[Run]] = defaultdict(list)
        # The same by identity: most days have the same placement and price, slow to compare.
        same: dict[tuple[int, str, int, str], list[Run]] = {}
        try:
            for each in counted(terms, granted, line, first, last, paid):
                identity = id(each.placement), each.band, id(each.price), each.service
                own = same.get(identity)
                if own is None:
                    key = (each.placement, each.band, each.price), each.service
                    own = same[identity] = runs[key]
                own.append(each.run)
        except CareError as error:
            where = f"decision {granted.decision.id}, line {line.id}"
            for fault in error.findings:
                findings[replace(fault, where=f"{where}: {fault.where}")] = None
            continue
        for (of_line, service), of_key in runs.items():
            lines[of_line].append((line.id, service, line.staff, of_key))
    return [_line(granted.decision.id, key, parts) for key, parts in lines.items()]


def _line(decision_id: str, key: Key, services: list[tuple[str, str, int, list[Run]]]) -> PurseLine:
    placement, band, price = key
    parts, so_far, given = [], Fraction(0), 0
    for line_id, service, staff, runs in services:
        in_order = tuple(sorted(runs, key=lambda run: run.first_day))
        quantity = total((run.quantity, run.days) for run in in_order)
        amount = amount_of(price, quantity, staff)
        so_far += amount
        ore = half_up(so_far * ORE_PER_KRONA) - given
        given += ore
        parts.append(PursePart(line_id, service, staff, in_order, amount, ore))
    return PurseLine(decision_id, placement, band, price, tuple(parts), so_far, given)


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    while first <= last:
        end = min(month_of(first)[1], last)
        yield first, end
        first = end + ONE_DAY


def _order(line: PurseLine) -> tuple[str, date, date, str, str, str, str, str, Fraction]:
    price, placement = line.price, line.placement
    return (
        line.decision_id,
        line.month,
        line.first_day,
        placement.provider,
        placement.zone,
        line.band,
        price.component,
        price.rate,
        price.kronor,
    )
