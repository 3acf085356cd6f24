"""
Payment the plain way: one visit after the other, in fractions.

Made to be read and checked with a pencil. :mod:`pricing.pay.engine` does the same by columns and
must give the same lines.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from pricing.book.calendar import Timeline, by_minute, local_day, timeline
from pricing.book.model import (
    UNDIVIDED,
    Basis,
    CapPer,
    Cell,
    Direction,
    RateBook,
    Status,
    Unit,
)
from pricing.book.terms import half_up
from pricing.pay.cell_terms import (
    CellTerms,
    bracket_minutes,
    components_of,
    no_rate,
    terms_of,
    unknown_names,
)
from pricing.pay.deductions import (
    DEDUCTION,
    DeductionTerms,
    deduction_terms,
    plain_deductions,
)
from pricing.pay.visits import PaymentLine, Performed
from scheduler.care.errors import CareError, Finding, InvalidInput, UnknownValue

LONGEST = timedelta(days=11)


@dataclass(slots=True)
class _Item:
    """One visit and component while it is worked out."""

    visit: Performed
    day: date
    component: str
    cell: Cell
    terms: CellTerms
    minutes: int
    share: Fraction


def pay_plainly(
    book: RateBook, visits: Iterable[Performed], known_on: date | None = None
) -> list[PaymentLine]:
    """
    The payment lines of `visits`, by start and id, then in the order of components and bands.

    Raises
    ------
    InvalidInput
        With a finding for every visit that the book cannot pay.
    """
    ordered = sorted(visits, key=lambda visit: (visit.start, visit.id))
    if not ordered:
        return []
    days = [local_day(visit.start) for visit in ordered]
    bands = timeline(book, min(days), max(days) + LONGEST)
    findings: list[Finding] = []
    items: list[_Item] = []
    deviations: list[tuple[Performed, date, DeductionTerms]] = []
    for visit, day in zip(ordered, days, strict=True):
        try:
            terms = _deduction(book, visit, day, bands)
            if terms is not None:
                deviations.append((visit, day, terms))
            elif visit.status is not Status.WITHDRAWN:
                items += _items(book, visit, day, bands, known_on)
        except CareError as error:
            findings += [replace(each, where=f"visit {visit.id}") for each in error.findings]
    if findings:
        raise InvalidInput(findings)
    for per in CapPer:
        _cap(items, per)
    lines = [line for item in items for line in _lines(book, item, bands, known_on)]
    paid = [(line.provider, line.service, line.day, line.amount_ore) for line in lines]
    for visit, day, code, amount, vat in plain_deductions(deviations, paid):
        lines.append(
            PaymentLine(
                visit=visit.id,
                component=DEDUCTION,
                rate=code,
                band="",
                provider=visit.provider,
                service=visit.service,
                zone=visit.zone,
                day=day,
                minutes=0,
                quantity=int(visit.quantity * 1000),
                amount_ore=amount,
                vat_ore=vat,
            )
        )
    return lines


def _deduction(
    book: RateBook, visit: Performed, day: date, bands: Timeline
) -> DeductionTerms | None:
    """What a row that tells a deviation is deducted by; None for any other."""
    if visit.status is Status.WITHDRAWN:
        return None
    cell = _cell_of(book, visit, bands)
    return deduction_terms(book, visit, cell, day)


def _cell_of(book: RateBook, visit: Performed, bands: Timeline) -> Cell:
    minutes = bracket_minutes(visit.status, visit.performed_min, visit.granted_min)
    cell = Cell(
        visit.service, visit.zone, visit.provider_kind, bands.band_at(visit.start),
        visit.delegated, minutes, visit.circumstance,
    )  # fmt: skip
    if unknown := unknown_names(book, cell):
        raise UnknownValue(unknown)
    return cell


def _items(
    book: RateBook, visit: Performed, day: date, bands: Timeline, known_on: date | None
) -> list[_Item]:
    cell = _cell_of(book, visit, bands)
    found = []
    for component in components_of(book):
        terms = terms_of(book, component, cell, day, visit.status, known_on)
        if terms is not None:
            paid, share = _paid(visit, terms, day)
            found.append(_Item(visit, day, component, cell, terms, paid, share))
    if not found:
        raise no_rate(cell, day)
    return found


# ---------------------------------------------------------------- minutes


def _paid(visit: Performed, terms: CellTerms, day: date) -> tuple[int, Fraction]:
    """Paid minutes before caps, and the share that is paid of the amount."""
    stated = {
        Basis.PERFORMED: visit.granted_min,
        Basis.GRANTED: visit.granted_min,
        Basis.STANDARD: terms.standard_min,
    }[terms.rate.basis]
    if terms.start_up_min is not None:
        return terms.start_up_min, Fraction(1)
    if terms.steps is not None:
        number = 1 if visit.absent_from is None else (day - visit.absent_from).days + 1
        step = terms.steps[terms.step_on(number)]
        minutes = stated if step.minutes is None else step.minutes
        if step.at_most_min is not None:
            minutes = min(minutes, step.at_most_min)
        return minutes, Fraction(step.share)
    if visit.status is Status.GRANTED and terms.rate.basis is Basis.PERFORMED:
        return 0, Fraction(1)  # the visits are paid; this only counts for their caps
    least = terms.rate.least_performed_share
    by_performed = terms.rate.basis is Basis.PERFORMED or (
        least is not None and visit.performed_min < Fraction(least) * stated
    )
    return (_performed(visit.performed_min, terms) if by_performed else stated), Fraction(1)


def _performed(minutes: int, terms: CellTerms) -> int:
    rounded = minutes
    if terms.rounding is not None:
        step, direction = terms.rounding
        if direction is Direction.UP:
            rounded = -(-minutes // step) * step
        elif direction is Direction.DOWN:
            rounded = minutes // step * step
        else:
            rounded = (2 * minutes + step) // (2 * step) * step
    return max(rounded, terms.minimum_min) if minutes else 0


def _cap(items: list[_Item], per: CapPer) -> None:
    """Cut minutes above the caps of one kind, in the order of the visits."""
    groups: dict[tuple[str, str, Hashable], list[_Item]] = defaultdict(list)
    for item in items:
        for cap in item.terms.caps:
            if cap.per is per:
                groups[cap.code, item.component, _counted_over(item, per)].append(item)
    for (code, _, _), group in groups.items():
        cap = next(c for c in group[0].terms.caps if c.code == code)
        granted = sum(
            item.visit.granted_min
            for item in group
            if per is not CapPer.RECIPIENT_WEEK or item.visit.status is not Status.GRANTED
        )
        left = cap.limit_min(group[0].day, granted)
        for item in group:
            if cap.concerns(item.terms.rate, item.visit.status):
                item.minutes = min(item.minutes, left)
                left -= item.minutes


def _counted_over(item: _Item, per: CapPer) -> Hashable:
    visit, month = item.visit, (item.day.year, item.day.month)
    if per is CapPer.VISIT:
        return visit.id
    if per is CapPer.RECIPIENT_MONTH:
        return visit.provider, visit.recipient, month
    if per is CapPer.RECIPIENT_WEEK:
        return visit.provider, visit.recipient, month, item.day.isocalendar()[:2]
    return visit.provider, month


# ---------------------------------------------------------------- amounts


def _lines(
    book: RateBook, item: _Item, bands: Timeline, known_on: date | None
) -> list[PaymentLine]:
    visit, terms = item.visit, item.terms
    if terms.rate.unit is not Unit.HOUR:
        quantity = int(visit.quantity * 1000)
        counted = Fraction(quantity, 1000) * item.share
        if terms.rate.unit is Unit.OCCASION:
            counted *= _carers(visit, terms)
        if terms.rate.unit is Unit.MONTH:
            counted = _months(terms, item.day, counted)
        lines = [_line(item, item.cell.band, terms, 0, quantity, terms.ore * counted)]
    else:
        lines = []
        for band, minutes in _by_band(book, item, bands).items():
            own = _terms_in(book, item, band, known_on)
            amount = own.ore / 60 * minutes * _carers(visit, own) * item.share
            lines.append(_line(item, band, own, minutes, 0, amount))
    paid = sum(line.amount_ore for line in lines)
    missing = terms.minimum_ore - paid
    if paid > 0 and missing > 0:
        lines.append(_line(item, "", terms, 0, 0, Fraction(missing), terms.minimum_code))
    return lines


def _carers(visit: Performed, terms: CellTerms) -> Fraction:
    if visit.status is Status.START_UP:
        return Fraction(1)
    return 1 + (visit.staff - 1) * terms.further_carers


def _terms_in(book: RateBook, item: _Item, band: str, known_on: date | None) -> CellTerms:
    """The terms of the part of a visit that lies within `band`."""
    if band == item.cell.band:
        return item.terms
    cell = replace(item.cell, band=band)
    try:
        found = terms_of(book, item.component, cell, item.day, item.visit.status, known_on)
        if found is None:
            raise no_rate(cell, item.day)
    except CareError as error:
        where = f"visit {item.visit.id}"
        raise InvalidInput([replace(each, where=where) for each in error.findings]) from None
    return found


def _months(terms: CellTerms, day: date, days: Fraction) -> Fraction:
    if terms.rate.whole_month:
        return Fraction(int(days > 0))
    return days / monthrange(day.year, day.month)[1]


def _by_band(book: RateBook, item: _Item, bands: Timeline) -> dict[str, int]:
    """Band -> paid minutes; the paid time runs from the visit's start without a gap."""
    undivided = item.minutes == 0 or item.visit.status in UNDIVIDED
    if undivided or not by_minute(book, item.day):
        return {item.cell.band: item.minutes}
    found: dict[str, int] = {}
    for minute in range(item.visit.start, item.visit.start + item.minutes):
        band = bands.band_at(minute)
        found[band] = found.get(band, 0) + 1
    return found


def _line(
    item: _Item,
    band: str,
    terms: CellTerms,
    minutes: int,
    quantity: int,
    ore: Fraction,
    code: str | None = None,
) -> PaymentLine:
    visit, amount = item.visit, half_up(ore)
    return PaymentLine(
        visit=visit.id,
        component=item.component,
        rate=terms.rate.code if code is None else code,
        band=band,
        provider=visit.provider,
        service=visit.service,
        zone=visit.zone,
        day=item.day,
        minutes=minutes,
        quantity=quantity,
        amount_ore=amount,
        vat_ore=half_up(amount * terms.vat_share),
    )
