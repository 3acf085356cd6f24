"""
Everything a rate book says that decides the payment of one cell: rules picked, numbers exact.

Both ways of paying, the plain one and the one by columns, start from here; the arithmetic that
follows is written twice and compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pricing.book.fields import listed
from pricing.book.model import (
    NOT_PERFORMED,
    PERIOD_UNITS,
    Basis,
    Cap,
    CapPer,
    Cell,
    Direction,
    Rate,
    RateBook,
    Status,
    Unit,
)
from pricing.book.stated import Step
from pricing.book.terms import half_up, one, price_of, rate_of
from scheduler.care.errors import Finding, NotInForce, UnknownValue

VISIT = "visit"
ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class CellTerms:
    """
    The terms of one component, cell, day and status.

    Parameters
    ----------
    ore
        Öre per unit, exact.
    standard_min
        Only with a rate by standard time.
    rounding
        Multiple and direction of performed minutes; None keeps them.
    further_carers
        What each carer beyond the first is paid, as a share of the first.
    steps
        Of a visit not performed, by day number; None for a performed one.
    start_up_min
        Of a new client; None for all else.
    caps
        On performed minutes.
    """

    rate: Rate
    ore: Fraction
    standard_min: int
    rounding: tuple[int, Direction] | None
    minimum_min: int
    minimum_ore: int
    minimum_code: str
    further_carers: Fraction
    vat_share: Fraction
    steps: tuple[Step, ...] | None
    start_up_min: int | None
    caps: tuple[Cap, ...]

    def step_on(self, day_number: int) -> int:
        """Index of the step that holds on a day of the absence; before its first day, the first."""
        steps = self.steps or ()
        return max((i for i, step in enumerate(steps) if step.from_day <= day_number), default=0)


def components_of(book: RateBook) -> tuple[str, ...]:
    """What visits may be paid for, by name."""
    return tuple(sorted({rate.component for rate in book.rates}))


def bracket_minutes(status: Status, performed_min: int, granted_min: int) -> int:
    """The minutes that choose among rates by the length of a visit."""
    return performed_min if status is Status.PERFORMED else granted_min


def terms_of(
    book: RateBook,
    component: str,
    cell: Cell,
    day: date,
    status: Status,
    known_on: date | None = None,
) -> CellTerms | None:
    """
    The terms of a component; None when it has no rate for the cell.

    Raises
    ------
    NotInForce
        When a rate or rule fits, but not on the day.
    UnknownValue
        When the book does not say what such a visit is worth.
    """
    period = _by_period(book, cell, day, status)
    rate = rate_of(book, component, cell, day, period=period)
    if rate is None or (status is Status.START_UP and component != VISIT):
        return None
    if period and rate.whole_month and status is not Status.PERIOD:
        raise no_rule(
            "a month rate by its days, since a whole month holds its absences,", cell, day
        )
    caps = caps_of(book, cell, day)
    if status is Status.GRANTED and not _takes_granted(rate, caps, cell, day):
        return None
    steps = _steps(book, cell, day, status)
    hourly = rate.unit is Unit.HOUR
    rounding = one(book.minute_rounding, cell, day)
    minimum_min = one(book.minimum_minutes, cell, day)
    amounts = [each for each in book.minimum_amounts if each.component == component]
    minimum = one(amounts, cell, day) if status is Status.PERFORMED else None
    staffing = one(book.staffing, cell, day)
    vat = one(book.vat, cell, day)
    return CellTerms(
        rate=rate,
        ore=price_of(book, rate, cell, day, known_on).amount * 100,
        standard_min=_standard_min(book, cell, day) if rate.basis is Basis.STANDARD else 0,
        rounding=None if rounding is None else (rounding.values.on(day), rounding.direction),
        minimum_min=0 if minimum_min is None else minimum_min.values.on(day),
        minimum_ore=0 if minimum is None else half_up(Fraction(minimum.values.on(day)) * 100),
        minimum_code="" if minimum is None else minimum.code,
        further_carers=ONE if staffing is None else Fraction(staffing.values.on(day)),
        vat_share=Fraction(0) if vat is None else Fraction(vat.values.on(day)),
        steps=steps,
        start_up_min=_start_up_min(book, cell, day, hourly) if status is Status.START_UP else None,
        caps=caps,
    )


def caps_of(book: RateBook, cell: Cell, day: date) -> tuple[Cap, ...]:
    """The caps that leave minutes unpaid, visit before month."""
    found = [cap for cap in book.caps if cap.scope.fits(cell) and cap.in_force(day)]
    return tuple(sorted(found, key=lambda cap: list(CapPer).index(cap.per)))


def _by_period(book: RateBook, cell: Cell, day: date, status: Status) -> bool:
    """
    Whether the row is paid by day or month.

    An absence is, where nothing of the service is paid by the visit; beside visits a day or month
    rate goes on whatever becomes of them.
    """
    if status not in NOT_PERFORMED:
        return status is Status.PERIOD
    fitting = [rate for rate in book.rates if rate.scope.fits(cell) and rate.in_force(day)]
    return bool(fitting) and all(rate.unit in PERIOD_UNITS for rate in fitting)


def _takes_granted(rate: Rate, caps: tuple[Cap, ...], cell: Cell, day: date) -> bool:
    """
    Whether granted time without its visits concerns a rate.

    An hour rate by granted time pays it; one by performed time counts it where a cap asks what was
    granted.
    """
    if rate.unit is Unit.HOUR:
        capped = any(cap.asks_granted_rows for cap in caps)
        if rate.basis is Basis.GRANTED or (rate.basis is Basis.PERFORMED and capped):
            return True
    if rate.component == VISIT:
        expected = "an hour rate by granted time, or a cap as a share of granted time,"
        raise no_rule(expected, cell, day)
    return False


def _steps(book: RateBook, cell: Cell, day: date, status: Status) -> tuple[Step, ...] | None:
    if status not in NOT_PERFORMED:
        return None
    rules = [rule for rule in book.not_performed if rule.status is status]
    rule = one(rules, cell, day)
    if rule is None:
        raise no_rule(f"a [[not_performed]] rule for {status}", cell, day)
    found: tuple[Step, ...] = rule.values.on(day)
    return found


def _standard_min(book: RateBook, cell: Cell, day: date) -> int:
    rule = one(book.standard_times, cell, day)
    if rule is None:
        raise no_rule("a [[standard_time]]", cell, day)
    return int(rule.values.on(day))


def _start_up_min(book: RateBook, cell: Cell, day: date, hourly: bool) -> int:
    rule = one(book.start_ups, cell, day) if hourly else None
    if rule is None:
        raise no_rule("a [[start_up]] rule and an hour rate", cell, day)
    return half_up(Fraction(rule.values.on(day)) * 60)


def no_rule(expected: str, cell: Cell, day: date) -> UnknownValue:
    """The refusal of a row for which the book lacks a rule."""
    return UnknownValue(
        Finding(
            "NO_RULE",
            cell.service,
            f"{expected} that fits service {cell.service}, zone {cell.zone}, {cell.provider}",
            f"none on {day.isoformat()}",
            "Lägg till regeln i ersättningsboken, eller rätta raden.",
        )
    )


def unknown_names(book: RateBook, cell: Cell) -> list[Finding]:
    """
    The service, zone, kind of provider and circumstance that the book does not have.

    A rule without a scope fits every cell, so a misspelt zone would be paid by the general rate.
    """
    named = (
        ("service", cell.service, book.services),
        ("zone", cell.zone, book.zones),
        ("provider_kind", cell.provider, book.providers),
        ("circumstance", cell.circumstance, {"": "", **book.circumstances}),
    )
    return [
        Finding(
            f"UNKNOWN_{what.upper()}",
            name,
            f"one of {listed([each for each in known if each])}" if any(known) else "none",
            name,
            "Rätta raden, eller lägg till namnet i ersättningsboken.",
        )
        for what, name, known in named
        if name not in known
    ]


def no_rate(cell: Cell, day: date) -> NotInForce:
    """The refusal of a visit that no rate fits."""
    return NotInForce(
        Finding(
            "NO_RATE",
            cell.service,
            f"a rate for {cell.service}, {cell.zone}, {cell.provider}, {cell.band}"
            f"{', delegated' if cell.delegated else ''}",
            f"none on {day.isoformat()}",
            "Lägg till en ersättning i boken, eller rätta raden.",
        )
    )
