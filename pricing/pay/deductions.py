"""
Deductions from a provider's month: rows that tell a deviation, and what is taken for them.

A row of a service that a ``[[deduction]]`` names is paid by no rate. What it costs its provider may
depend on what all other rows of the month are paid, so it is worked out after them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np

from pricing.book.model import Cell, Deduction, RateBook, Status
from pricing.book.terms import half_up, one
from pricing.pay.cell_terms import no_rule
from pricing.pay.columns import Ints, VisitColumns, grouped, ints
from pricing.pay.visits import Performed
from scheduler.care.errors import Finding, InvalidInput

# Component of the lines.
DEDUCTION = "deduction"
LATEST_MONTH = 12 * 10_000


@dataclass(frozen=True, slots=True)
class DeductionTerms:
    """What a row is deducted by."""

    rule: Deduction
    vat_share: Fraction


def deduction_terms(
    book: RateBook, visit: Performed, cell: Cell, day: date
) -> DeductionTerms | None:
    """
    By which rule a row is deducted; None for a row that rates pay.

    Raises
    ------
    UnknownValue
        When no deduction fits the row on its day.
    InvalidInput
        When the row is one of time: a deviation has its quantity only.
    """
    if visit.service not in book.deducted:
        return None
    if visit.status is not Status.PERFORMED or visit.performed_min or visit.granted_min:
        raise InvalidInput(
            Finding(
                "NOT_A_DEVIATION",
                visit.service,
                "a row with status PERFORMED, without minutes: its quantity tells the deviation",
                f"{visit.status}, {visit.performed_min} and {visit.granted_min} min",
                "Ange antal eller uppmätt värde i quantity, och inga minuter.",
            )
        )
    rule = one(book.deductions, cell, day)
    if rule is None:
        raise no_rule("a [[deduction]]", cell, day)
    vat = one(book.vat, cell, day)
    return DeductionTerms(rule, Fraction(0) if vat is None else Fraction(vat.values.on(day)))


def deduction_columns(
    book: RateBook,
    visits: VisitColumns,
    terms: dict[int, DeductionTerms],
    paid: tuple[Ints, Ints],
) -> list[tuple[int, str, int, int, int]]:
    """
    What is taken for each row: its position, code, thousandths of a quantity, öre, öre of VAT.

    Parameters
    ----------
    terms
        By position in `visits`.
    paid
        (m,) int64 each: position of the visit and öre of every line that rates make.
    """
    sums = _month_sums(visits, *paid)
    left: dict[tuple[str, int, int], int | None] = {}
    found = []
    for row in sorted(terms, key=lambda each: int(visits.places[each])):
        rule, day = terms[row].rule, date.fromordinal(int(visits.days[row]))
        month, provider = _month(day), int(visits.provider[row])
        of_services = sums[provider, month]
        services = book.paid_services if rule.of is None else rule.of
        sum_ore = sum(of_services.get(service, 0) for service in services)
        quantity = int(visits.quantity[row])
        taken = half_up(rule.ore(day, Fraction(quantity, 1000), sum_ore))
        key = (rule.code, provider, month)
        limit = left.setdefault(key, rule.limit_ore(sum_ore))
        if limit is not None:
            taken = min(taken, limit)
            left[key] = limit - taken
        vat = half_up(taken * terms[row].vat_share)
        found.append((row, rule.code, quantity, -taken, -vat))
    return found


def _month_sums(
    visits: VisitColumns, visit: Ints, amount: Ints
) -> defaultdict[tuple[int, int], dict[str, int]]:
    """Provider and month -> service -> öre."""
    found: defaultdict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    if not len(visit):
        return found
    days = visits.days
    first = int(days.min())
    calendar = range(first, int(days.max()) + 1)
    months = ints([_month(date.fromordinal(day)) for day in calendar])[days[visit] - first]
    group, example = grouped(
        (visits.provider[visit], len(visits.providers)),
        (months, LATEST_MONTH),
        (visits.service[visit], len(visits.services)),
    )
    total = np.zeros(len(example), dtype=np.int64)
    np.add.at(total, group, amount)
    for position, ore in zip(example.tolist(), total.tolist(), strict=True):
        row = int(visit[position])
        service = visits.services[visits.service[row]]
        found[int(visits.provider[row]), int(months[position])][service] = ore
    return found


def plain_deductions(
    rows: Sequence[tuple[Performed, date, DeductionTerms]],
    paid: Sequence[tuple[str, str, date, int]],
) -> list[tuple[Performed, date, str, int, int]]:
    """
    As :func:`deduction_columns`, one after the other: row, day, code, öre, öre of VAT.

    Parameters
    ----------
    rows
        By start and id.
    paid
        Provider, service, day and öre of every line that rates make.
    """
    sums: defaultdict[tuple[str, int, int], dict[str, int]] = defaultdict(dict)
    for provider, service, paid_on, ore in paid:
        of_month = sums[provider, paid_on.year, paid_on.month]
        of_month[service] = of_month.get(service, 0) + ore
    taken_before: dict[tuple[str, str, int, int], int] = {}
    found = []
    for visit, day, terms in rows:
        rule = terms.rule
        of_services = sums[visit.provider, day.year, day.month]
        sum_ore = sum(
            ore for service, ore in of_services.items() if rule.of is None or service in rule.of
        )
        taken = half_up(rule.ore(day, Fraction(visit.quantity), sum_ore))
        if rule.at_most_share is not None:
            key = (rule.code, visit.provider, day.year, day.month)
            most = int(Fraction(rule.at_most_share) * sum_ore) - taken_before.get(key, 0)
            taken = min(taken, most)
            taken_before[key] = taken_before.get(key, 0) + taken
        found.append((visit, day, rule.code, -taken, -half_up(taken * terms.vat_share)))
    return found


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1
