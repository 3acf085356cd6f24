"""
Payment by columns: a million visits in seconds, exact to the öre.

The rules are picked once for each kind of visit that occurs (:mod:`pricing.pay.cell_terms`), as
exact fractions; then every amount is ``(2 x minutes x numerator + denominator) // (2 x
denominator)`` in int64, which is half up. What could exceed int64 is worked out in whole numbers
without a limit.
:mod:`pricing.pay.reference` does the same one by one; tests compare both.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import numpy as np

from pricing.book.calendar import Timeline, by_minute, timeline
from pricing.book.model import UNDIVIDED, Cell, RateBook, Status, Unit
from pricing.book.stated import FromPriceList
from pricing.pay.cell_terms import (
    CellTerms,
    bracket_minutes,
    components_of,
    no_rate,
    terms_of,
    unknown_names,
)
from pricing.pay.columns import STATUSES, Ints, LineColumns, Mask, VisitColumns, grouped, ints
from pricing.pay.deductions import (
    DEDUCTION,
    DeductionTerms,
    deduction_columns,
    deduction_terms,
)
from pricing.pay.minutes import Paid, paid_minutes
from scheduler.care.errors import CareError, Finding, InvalidInput

MOST_FINDINGS = 1_000
LARGEST = 2**62
LONGEST = timedelta(days=11)
UNITS = tuple(Unit)


def pay(book: RateBook, visits: VisitColumns, known_on: date | None = None) -> LineColumns:
    """
    The payment lines of `visits`.

    Parameters
    ----------
    known_on
        A final index known later than this day counts as its provisional one; None knows all.

    Raises
    ------
    InvalidInput
        With a finding for every visit that the book cannot pay, at most 1,000 of them.
    """
    return _Payment(book, visits, known_on).lines()


class _Payment:
    def __init__(self, book: RateBook, visits: VisitColumns, known_on: date | None) -> None:
        self.book, self.visits, self.known_on = book, visits, known_on
        self.days = visits.days
        self.bands: list[str] = []
        self.rates: list[str] = []
        self.band = np.zeros(len(visits), dtype=np.int64)
        if len(visits):
            self._find_bands()

    def _find_bands(self) -> None:
        first = date.fromordinal(int(self.days.min()))
        last = date.fromordinal(int(self.days.max())) + LONGEST
        self.timeline: Timeline = timeline(self.book, first, last)
        self.bands = sorted(set(self.timeline.bands))
        self.steps = ints(self.timeline.starts)
        self.step_band = ints([self.bands.index(band) for band in self.timeline.bands])
        self.band = self.step_band[np.searchsorted(self.steps, self.visits.start, "right") - 1]

    def lines(self) -> LineColumns:
        visits = self.visits
        paid_for = np.zeros(len(visits), dtype=bool)
        here = visits.status != STATUSES.index(Status.WITHDRAWN)
        deducted = self._is_deducted()
        taken, told = self._deductions(np.flatnonzero(here & deducted))
        alive = np.flatnonzero(here & ~deducted).astype(np.int64)
        group, first = self._cells(alive)
        components = components_of(self.book)
        parts: list[tuple[Ints, ...]] = []
        findings = self._unknown_names(alive[first])
        for number, component in enumerate(components):
            terms = self._terms(component, alive[first], findings)
            has = ints([each is not None for each in terms]).astype(bool)
            rows = np.flatnonzero(has[group])
            paid_for[alive[rows]] = True
            if not findings and len(rows):
                parts += self._component(number, alive[rows], group[rows], terms)
        for cell in np.unique(group[~paid_for[alive]]).tolist():
            row = int(alive[first[cell]])
            error = no_rate(self._cell(row), date.fromordinal(int(self.days[row])))
            findings.setdefault(cell, error.findings)
        self._refuse(alive, group, findings, told)
        columns = _joined(parts)
        if taken:
            columns = _joined([tuple(columns), self._taken(taken, len(components), columns)])
        visit, component_code = columns[0], columns[1]
        order = np.argsort(visit * (len(components) + 1) + component_code, kind="stable")
        bands = [*self.bands, ""]
        named = (*components, DEDUCTION)
        return LineColumns(visits, named, self.rates, bands, *(column[order] for column in columns))

    # ------------------------------------------------------------ deductions

    def _is_deducted(self) -> Mask:
        """(n,) whether a row tells a deviation."""
        names = self.visits.services
        codes = [code for code, name in enumerate(names) if name in self.book.deducted]
        return np.isin(self.visits.service, codes)

    def _deductions(self, rows: Ints) -> tuple[dict[int, DeductionTerms], list[Finding]]:
        """By position, what each such row is deducted by; and what is refused."""
        found: dict[int, DeductionTerms] = {}
        told: list[Finding] = []
        for row in rows.tolist():
            cell, day = self._cell(row), date.fromordinal(int(self.days[row]))
            findings: Sequence[Finding] = unknown_names(self.book, cell)
            try:
                terms = deduction_terms(self.book, self.visits.row(row), cell, day)
            except CareError as error:
                terms, findings = None, findings or error.findings
            if terms is not None:
                found[row] = terms
            told += [replace(each, where=f"visit {self.visits.ids[row]}") for each in findings]
        return found, told

    def _taken(
        self, terms: dict[int, DeductionTerms], component: int, columns: Sequence[Ints]
    ) -> tuple[Ints, ...]:
        """Columns of the lines of the deductions."""
        found = deduction_columns(self.book, self.visits, terms, (columns[0], columns[6]))
        rows, codes, quantity, amount, vat = zip(*found, strict=True)
        none = np.zeros(len(found), dtype=np.int64)
        return (
            ints(rows),
            none + component,
            ints([self._code(code) for code in codes]),
            none + len(self.bands),
            none,
            ints(quantity),
            ints(amount),
            ints(vat),
        )

    def _unknown_names(self, examples: Ints) -> dict[int, Sequence[Finding]]:
        told = [unknown_names(self.book, self._cell(row)) for row in examples.tolist()]
        return {group: each for group, each in enumerate(told) if each}

    def _refuse(
        self,
        alive: Ints,
        group: Ints,
        findings: dict[int, Sequence[Finding]],
        told: list[Finding],
    ) -> None:
        if not findings and not told:
            return
        for cell, each in findings.items():
            for row in alive[group == cell][: MOST_FINDINGS - len(told)].tolist():
                told += [replace(one, where=f"visit {self.visits.ids[row]}") for one in each]
        raise InvalidInput(told[:MOST_FINDINGS])

    # ------------------------------------------------------------ kinds of visit

    def _cells(self, rows: Ints) -> tuple[Ints, Ints]:
        """Group of each row that the book cannot tell apart, and a row of each group."""
        visits = self.visits
        lengths = sorted(
            {rule.scope.from_min for rule in self.book.rules()}
            | {r.scope.below_min for r in self.book.rules() if r.scope.below_min is not None}
        )
        performed = visits.status == STATUSES.index(Status.PERFORMED)
        minutes = np.where(performed, visits.performed_min, visits.granted_min)
        bracket = np.searchsorted(ints(lengths), minutes, side="right")
        changes = ints(sorted(day.toordinal() for day in _changes(self.book)))
        epoch = np.searchsorted(changes, self.days, side="right")
        return grouped(
            (visits.service[rows], len(visits.services)),
            (visits.zone[rows], len(visits.zones)),
            (visits.circumstance[rows], len(visits.circumstances)),
            (visits.kind[rows], len(visits.kinds)),
            (visits.delegated[rows], 2),
            (visits.status[rows], len(STATUSES)),
            (self.band[rows], len(self.bands)),
            (bracket[rows], len(lengths) + 1),
            (epoch[rows], len(changes) + 1),
        )

    def _cell(self, row: int, band: int | None = None) -> Cell:
        visit = self.visits.row(row)
        minutes = bracket_minutes(visit.status, visit.performed_min, visit.granted_min)
        name = self.bands[self.band[row] if band is None else band]
        return Cell(
            visit.service, visit.zone, visit.provider_kind, name, visit.delegated, minutes,
            visit.circumstance,
        )  # fmt: skip

    def _terms_of(self, component: str, row: int, band: int | None = None) -> CellTerms | None:
        day = date.fromordinal(int(self.days[row]))
        status = STATUSES[self.visits.status[row]]
        cell = self._cell(row, band)
        return terms_of(self.book, component, cell, day, status, self.known_on)

    def _terms(
        self, component: str, examples: Ints, findings: dict[int, Sequence[Finding]]
    ) -> list[CellTerms | None]:
        found: list[CellTerms | None] = []
        for number, row in enumerate(examples.tolist()):
            terms = None
            try:
                terms = self._terms_of(component, row)
            except CareError as error:
                findings.setdefault(number, error.findings)
            found.append(terms)
        return found

    # ------------------------------------------------------------ one component

    def _component(
        self, number: int, rows: Ints, group: Ints, terms: Sequence[CellTerms | None]
    ) -> list[tuple[Ints, ...]]:
        """Columns of the lines of one component."""
        paid = paid_minutes(self.visits, self.days, rows, group, terms)
        part, minutes, band = self._by_band(rows, group, paid.minutes, terms)
        visit = rows[part]
        units = [None if t is None else t.rate.unit for t in terms]
        hourly = ints([unit is Unit.HOUR for unit in units]).astype(bool)[group[part]]
        factor, example, own = self._factors(number, rows, group, part, band, paid, terms)
        quantity = np.where(hourly, 0, self.visits.quantity[visit])
        whole = ints([t is not None and t.rate.whole_month for t in terms]).astype(bool)
        counted = np.where(whole[group[part]] & (quantity > 0), 1000, quantity)
        counted = np.where(hourly, minutes, counted)
        fractions = [self._ore(int(visit[e]), own[i], paid, part[e]) for i, e in enumerate(example)]
        amount = _half_up(counted, factor, fractions)
        vat = _half_up(amount, factor, [each.vat_share for each in own])
        codes = ints([self._code(each.rate.code) for each in own])
        component = np.full(len(part), number, dtype=np.int64)
        lines: list[tuple[Ints, ...]] = [
            (visit, component, codes[factor], band, minutes * hourly, quantity, amount, vat)
        ]
        minimum = ints([0 if t is None else t.minimum_ore for t in terms])
        if minimum.any():
            lines.append(self._topped_up(number, rows, group, part, amount, minimum, terms))
        return lines

    def _by_band(
        self, rows: Ints, group: Ints, minutes: Ints, terms: Sequence[CellTerms | None]
    ) -> tuple[Ints, Ints, Ints]:
        """Parts of the visits within one band: position in `rows`, minutes, band."""
        every = np.arange(len(rows), dtype=np.int64)
        lead = self.band[rows]
        days = np.unique(self.days[rows])
        split_days = ints([by_minute(self.book, date.fromordinal(day)) for day in days.tolist()])
        hourly = ints([t is not None and t.rate.unit is Unit.HOUR for t in terms]).astype(bool)
        split = split_days.astype(bool)[np.searchsorted(days, self.days[rows])]
        split &= hourly[group] & (minutes > 0)
        undivided = [STATUSES.index(each) for each in UNDIVIDED]
        split &= ~np.isin(self.visits.status[rows], undivided)
        if not split.any():
            return every, minutes, lead
        start = self.visits.start[rows]
        end = start + np.maximum(minutes, 1)
        first = np.searchsorted(self.steps, start, side="right") - 1
        last = np.searchsorted(self.steps, end - 1, side="right") - 1
        count = np.where(split, last - first + 1, 1)
        part = np.repeat(every, count)
        nth = np.arange(len(part)) - np.repeat(np.cumsum(count) - count, count)
        step = first[part] + nth
        following = np.append(self.steps[1:], np.iinfo(np.int64).max)
        begin = np.maximum(start[part], self.steps[step])
        until = np.minimum(end[part], following[step])
        within = np.where(split[part], until - begin, minutes[part])
        band = np.where(split[part], self.step_band[step], lead[part])
        if count.max() < 3:
            return part, within, band
        # Only a visit of three parts can come back to a band that it has left.
        key, place = np.unique(part * len(self.bands) + band, return_inverse=True)
        total = np.zeros(len(key), dtype=np.int64)
        np.add.at(total, place, within)
        return key // len(self.bands), total, key % len(self.bands)

    def _factors(
        self,
        number: int,
        rows: Ints,
        group: Ints,
        part: Ints,
        band: Ints,
        paid: Paid,
        terms: Sequence[CellTerms | None],
    ) -> tuple[Ints, Ints, list[CellTerms]]:
        """Group of each part that has one factor, a part of each group, and its terms."""
        visit = rows[part]
        first = int(self.days.min())
        months = ints(
            [
                monthrange(*year_and_month(day))[1] - 28
                for day in range(first, int(self.days.max()) + 1)
            ]
        )
        factor, example = grouped(
            (group[part], len(terms)),
            (band, len(self.bands)),
            (self.visits.staff[visit], int(self.visits.staff.max()) + 1),
            (paid.share[part], len(paid.shares)),
            (months[self.days[visit] - first], 4),
        )
        own: list[CellTerms] = []
        findings: list[Finding] = []
        for position in example.tolist():
            row, own_band = int(visit[position]), int(band[position])
            found = terms[group[part[position]]]
            if own_band != int(self.band[row]):
                found = self._band_terms(number, row, own_band, findings)
            if found is not None:
                own.append(found)
        if findings:
            raise InvalidInput(findings)
        return factor, example, own

    def _band_terms(
        self, number: int, row: int, band: int, findings: list[Finding]
    ) -> CellTerms | None:
        component = components_of(self.book)[number]
        where = f"visit {self.visits.ids[row]}"
        try:
            found = self._terms_of(component, row, band)
            if found is None:
                raise no_rate(self._cell(row, band), date.fromordinal(int(self.days[row])))
        except CareError as error:
            findings += [replace(each, where=where) for each in error.findings]
            return None
        return found

    def _ore(self, row: int, terms: CellTerms, paid: Paid, position: int) -> Fraction:
        """Öre per minute, or per thousandth of a quantity."""
        share: Fraction = paid.shares[int(paid.share[position])]
        status = STATUSES[self.visits.status[row]]
        further: Fraction = (int(self.visits.staff[row]) - 1) * terms.further_carers
        carers = Fraction(1) if status is Status.START_UP else 1 + further
        unit = terms.rate.unit
        if unit is Unit.HOUR:
            return terms.ore / 60 * carers * share
        ore = terms.ore / 1000 * share
        if unit is Unit.OCCASION:
            return ore * carers
        if unit is Unit.MONTH and not terms.rate.whole_month:
            return ore / monthrange(*year_and_month(int(self.days[row])))[1]
        return ore

    def _topped_up(
        self,
        number: int,
        rows: Ints,
        group: Ints,
        part: Ints,
        amount: Ints,
        minimum: Ints,
        terms: Sequence[CellTerms | None],
    ) -> tuple[Ints, ...]:
        """Lines of what is missing to the least amount, but not of nothing."""
        total = np.zeros(len(rows), dtype=np.int64)
        np.add.at(total, part, amount)
        missing = minimum[group] - total
        at = np.flatnonzero((total > 0) & (missing > 0))
        codes = ints([-1 if t is None else self._code(t.minimum_code) for t in terms])
        shares = [Fraction(0) if t is None else t.vat_share for t in terms]
        none = np.zeros(len(at), dtype=np.int64)
        return (
            rows[at],
            none + number,
            codes[group[at]],
            none + len(self.bands),
            none,
            none,
            missing[at],
            _half_up(missing[at], group[at], shares),
        )

    def _code(self, name: str) -> int:
        if name not in self.rates:
            self.rates.append(name)
        return self.rates.index(name)


def _joined(parts: Sequence[tuple[Ints, ...]]) -> list[Ints]:
    """Columns of lines, one part after the other."""
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return columns or [np.zeros(0, dtype=np.int64)] * 8


def year_and_month(ordinal: int) -> tuple[int, int]:
    """Year and month of a day's ordinal."""
    day = date.fromordinal(ordinal)
    return day.year, day.month


def _changes(book: RateBook) -> set[date]:
    """Every day on which some rule, calendar or price list may say something else."""
    days = {day for rule in book.rules() for day, _ in rule.values.values}
    if book.calendars is not None:
        days |= {day for day, _ in book.calendars.values}
    for rate in book.rates:
        for _, value in rate.values.values:
            if isinstance(value, FromPriceList):
                days |= set(value.prices.first_days())
    return days


def _half_up(count: Ints, group: Ints, factors: Sequence[Fraction]) -> Ints:
    """``count x factor`` of each row's group, rounded half up; all numbers are >= 0."""
    if not len(count):
        return np.zeros(0, dtype=np.int64)
    # Of nothing, too, a factor must fit.
    most = max(int(count.max()), 1)
    fits = [2 * most * f.numerator + f.denominator < LARGEST for f in factors]
    small = [f if ok else Fraction(0) for f, ok in zip(factors, fits, strict=True)]
    numerator = ints([2 * f.numerator for f in small])[group]
    denominator = ints([f.denominator for f in small])[group]
    found: Ints = (count * numerator + denominator) // (2 * denominator)
    if not all(fits):
        large: Mask = ~np.array(fits)[group]
        for row in np.flatnonzero(large).tolist():
            exact = int(count[row]) * factors[group[row]]
            found[row] = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    return found
