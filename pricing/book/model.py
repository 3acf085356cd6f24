"""
A rate book: rules with a scope and dated values, and nothing of any one municipality.

Every section of the file is a list of rules of one shape: what it is called, where it was
published, which visits it fits (`Scope`), and its values by first day. What a section's values mean
is said here, what is no plain number in :mod:`pricing.book.stated`; :mod:`pricing.book.reading`
reads them, :mod:`pricing.book.terms` applies them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from pricing.book.bands import DAYS_PER_WEEK, days_of_week_in_month
from scheduler.care.dated import Dated
from scheduler.care.units import MINUTES_PER_HOUR

ORE_PER_KRONA = 100


class Unit(StrEnum):
    """What a rate is paid for."""

    HOUR = "hour"
    OCCASION = "occasion"
    DELIVERY = "delivery"
    KM = "km"
    EXPENSE = "expense"
    DAY = "day"
    MONTH = "month"


PERIOD_UNITS = frozenset({Unit.DAY, Unit.MONTH})


class Basis(StrEnum):
    """Which minutes an hour rate pays (ersättningsgrund)."""

    PERFORMED = "performed"
    GRANTED = "granted"
    STANDARD = "standard"


class Status(StrEnum):
    """What became of a granted visit, or what else is paid."""

    PERFORMED = "PERFORMED"
    DECLINED = "DECLINED"
    PLANNED_ABSENCE = "PLANNED_ABSENCE"
    UNPLANNED_ABSENCE = "UNPLANNED_ABSENCE"
    DECEASED = "DECEASED"
    START_UP = "START_UP"
    PERIOD = "PERIOD"
    GRANTED = "GRANTED"
    WITHDRAWN = "WITHDRAWN"


NOT_PERFORMED = (
    Status.DECLINED,
    Status.PLANNED_ABSENCE,
    Status.UNPLANNED_ABSENCE,
    Status.DECEASED,
)
# Paid whole in the band of their start: they stand for no one stretch of time.
UNDIVIDED = frozenset({Status.START_UP, Status.GRANTED})
BY_DAY_NUMBER = frozenset(NOT_PERFORMED) - {Status.DECLINED}


@dataclass(frozen=True, slots=True)
class Cell:
    """
    What decides which rules fit: one visit, or the part of it within one band.

    Parameters
    ----------
    minutes
        Paid minutes of the whole visit, for rates that differ by its length.
    circumstance
        Code of what else its row tells; empty when it tells nothing.
    """

    service: str
    zone: str
    provider: str
    band: str
    delegated: bool = False
    minutes: int = 0
    circumstance: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """
    Which cells a rule fits; None is all of them.

    Parameters
    ----------
    from_min, below_min
        Paid minutes of the visit: at least, and less than.
    circumstances
        The empty one is that of rows which tell none.
    """

    services: frozenset[str] | None = None
    zones: frozenset[str] | None = None
    providers: frozenset[str] | None = None
    bands: frozenset[str] | None = None
    delegated: bool | None = None
    from_min: int = 0
    below_min: int | None = None
    circumstances: frozenset[str] | None = None

    def fits(self, cell: Cell) -> bool:
        """Whether every criterion holds for `cell`."""
        return (
            (self.services is None or cell.service in self.services)
            and (self.zones is None or cell.zone in self.zones)
            and (self.providers is None or cell.provider in self.providers)
            and (self.bands is None or cell.band in self.bands)
            and (self.circumstances is None or cell.circumstance in self.circumstances)
            and (self.delegated is None or cell.delegated == self.delegated)
            and cell.minutes >= self.from_min
            and (self.below_min is None or cell.minutes < self.below_min)
        )

    def overlaps(self, other: Scope) -> bool:
        """Whether some cell fits both."""
        pairs = (
            (self.services, other.services),
            (self.zones, other.zones),
            (self.providers, other.providers),
            (self.bands, other.bands),
            (self.circumstances, other.circumstances),
        )
        return (
            all(a is None or b is None or a & b for a, b in pairs)
            and (
                self.delegated is None
                or other.delegated is None
                or self.delegated == other.delegated
            )
            and (other.below_min is None or self.from_min < other.below_min)
            and (self.below_min is None or other.from_min < self.below_min)
        )


# ---------------------------------------------------------------- rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    What every rule has.

    Parameters
    ----------
    code
        Unique within its section; code of the payment lines it makes.
    where
        File, line and path, for findings.
    values
        By first day; see the section.
    """

    code: str
    where: str
    scope: Scope
    values: Dated

    def in_force(self, day: date) -> bool:
        """Whether it has a value on `day`."""
        current = None
        for first_day, value in self.values.values:
            if first_day > day:
                break
            current = value
        return current is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate(Rule):
    """
    Kronor per unit: Decimal, `Derived` or `FromPriceList`.

    Parameters
    ----------
    component
        What it pays for; a visit gets at most one rate of each component.
    basis
        Of an hour rate.
    least_performed_share
        With granted or standard time: performed time is paid instead when it is less than this
        share of it; None never looks.
    whole_month
        A month rate is paid in full for a part of a month, and not by its days.
    round_kr
        Rate rounded half up to this, after all adjustments; None leaves it exact.
    """

    unit: Unit
    component: str = "visit"
    basis: Basis = Basis.PERFORMED
    least_performed_share: Decimal | None = None
    whole_month: bool = False
    round_kr: Decimal | None = None


class AdjustmentKind(StrEnum):
    """``share``: x (1 + value). ``amount``: + value kronor. ``divisor``: / value."""

    SHARE = "share"
    AMOUNT = "amount"
    DIVISOR = "divisor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment(Rule):
    """
    A step from base to rate, in the order of the file: Decimal or `Indexed`.

    Parameters
    ----------
    rates
        Codes of the rates that it changes; None is all that its scope fits.
    units
        Units of the rates that it changes; None is all.
    """

    kind: AdjustmentKind
    rates: frozenset[str] | None = None
    units: frozenset[Unit] | None = None
    round_kr: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardTime(Rule):
    """Minutes per occasion (schablontid): int."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotPerformed(Rule):
    """What is paid when the visit did not take place: tuple of `Step`."""

    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class StartUp(Rule):
    """Hours paid for a new client: Decimal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing(Rule):
    """What each further carer is paid as a share of the first: Decimal. Without a rule: 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimumMinutes(Rule):
    """Least minutes paid for a performed visit: int."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimumAmount(Rule):
    """Least kronor paid for a performed visit and component: Decimal."""

    component: str = "visit"


class Direction(StrEnum):
    """Which way minutes are rounded; ``nearest`` takes the half up."""

    UP = "up"
    DOWN = "down"
    NEAREST = "nearest"


@dataclass(frozen=True, slots=True, kw_only=True)
class MinuteRounding(Rule):
    """Performed minutes are rounded to a multiple of this: int."""

    direction: Direction


class CapPer(StrEnum):
    """What a cap is counted over; a month is that of the visits' start, a week lies within one."""

    VISIT = "visit"
    RECIPIENT_WEEK = "recipient_week"
    RECIPIENT_MONTH = "recipient_month"
    PROVIDER_MONTH = "provider_month"


class CapUnit(StrEnum):
    """Of granted minutes, so much beyond them, or hours as stated."""

    GRANTED_SHARE = "share of granted"
    ABOVE_GRANTED = "hours above granted"
    HOURS = "hours"


class WeekParts(StrEnum):
    """
    What each part of a week that lies in two months may have of the week's hours.

    A month that is closed is never edited, so no part looks at the other. ``by_days``: a seventh
    for each of its days. ``whole``: all of them.
    """

    BY_DAYS = "by_days"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap(Rule):
    """
    Most minutes that are paid: Decimal, by `unit`.

    What asks for granted time holds where performed time is paid; hours hold for every hour rate.

    Parameters
    ----------
    week_parts
        With `per` recipient_week.
    """

    per: CapPer
    unit: CapUnit
    week_parts: WeekParts = WeekParts.WHOLE

    @property
    def asks_granted_rows(self) -> bool:
        """Whether granted time of a month, without its visits, is counted."""
        return self.unit is not CapUnit.HOURS and self.per is not CapPer.RECIPIENT_WEEK

    def concerns(self, rate: Rate, status: Status) -> bool:
        """Whether minutes that `rate` pays fill it; absences and start-ups are beside it."""
        counted = status is Status.PERFORMED or (
            status is Status.GRANTED and self.per in {CapPer.RECIPIENT_MONTH, CapPer.PROVIDER_MONTH}
        )
        every = self.unit is CapUnit.HOURS
        return counted and rate.unit is Unit.HOUR and (every or rate.basis is Basis.PERFORMED)

    def limit_min(self, day: date, granted_min: int) -> int:
        """Most whole minutes, by the value of `day`."""
        value = Fraction(self.values.on(day))
        if self.unit is CapUnit.GRANTED_SHARE:
            return int(value * granted_min)
        if self.per is CapPer.RECIPIENT_WEEK and self.week_parts is WeekParts.BY_DAYS:
            value *= Fraction(days_of_week_in_month(day), DAYS_PER_WEEK)
        hours = int(value * MINUTES_PER_HOUR)
        return hours if self.unit is CapUnit.HOURS else granted_min + hours


class DeductionKind(StrEnum):
    """Kronor, or a share of the provider's month."""

    AMOUNT = "amount"
    SHARE = "share"


class DeductionPer(StrEnum):
    """What a row tells: how many times it happened, or what was measured."""

    OCCURRENCE = "occurrence"
    LEVEL = "level"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduction(Rule):
    """
    Taken from what a provider is paid for a month (vite, avdrag): Decimal, or tuple of `Level`.

    Its services are those of the rows that tell a deviation; no rate pays them.

    Parameters
    ----------
    of
        Services whose sum in the month a share is of; None is all that rates pay.
    at_most_share
        Of that sum: most that the rule takes from a provider in a month; None is no limit.
    """

    kind: DeductionKind
    per: DeductionPer
    of: frozenset[str] | None = None
    at_most_share: Decimal | None = None

    @property
    def asks_month(self) -> bool:
        """Whether it depends on what else the month's rows are paid."""
        return self.kind is DeductionKind.SHARE or self.at_most_share is not None

    def ore(self, day: date, quantity: Fraction, sum_ore: int) -> Fraction:
        """
        Öre of one row before the limit of its month, >= 0.

        Parameters
        ----------
        quantity
            Times, or the measured value.
        sum_ore
            What the month's services come to.
        """
        value = self.values.on(day)
        if self.per is DeductionPer.LEVEL:
            missed = [each.value for each in value if each.is_missed(quantity)]
            # Levels are in the order of the file, each further off than the one before.
            value, quantity = missed[-1] if missed else Decimal(0), Fraction(1)
        whole = sum_ore if self.kind is DeductionKind.SHARE else ORE_PER_KRONA
        return Fraction(value) * quantity * whole

    def limit_ore(self, sum_ore: int) -> int | None:
        """Most whole öre that it takes in a month; None without a limit."""
        return None if self.at_most_share is None else int(Fraction(self.at_most_share) * sum_ore)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vat(Rule):
    """Output VAT on the amount, as a share: Decimal. Without a rule: none."""


# ---------------------------------------------------------------- the book


@dataclass(frozen=True, slots=True)
class RateBook:
    """
    One municipality's rules of payment.

    Parameters
    ----------
    name
        Of its file.
    services, zones, providers, circumstances
        Code -> Swedish text.
    calendars
        By first day; empty when nothing differs by time.
    """

    name: str
    title: str
    municipality: str
    source: str
    services: Mapping[str, str]
    zones: Mapping[str, str]
    providers: Mapping[str, str]
    calendars: Dated | None
    rates: tuple[Rate, ...]
    adjustments: tuple[Adjustment, ...] = ()
    standard_times: tuple[StandardTime, ...] = ()
    not_performed: tuple[NotPerformed, ...] = ()
    start_ups: tuple[StartUp, ...] = ()
    staffing: tuple[Staffing, ...] = ()
    minimum_minutes: tuple[MinimumMinutes, ...] = ()
    minimum_amounts: tuple[MinimumAmount, ...] = ()
    minute_rounding: tuple[MinuteRounding, ...] = ()
    caps: tuple[Cap, ...] = ()
    deductions: tuple[Deduction, ...] = ()
    vat: tuple[Vat, ...] = ()
    circumstances: Mapping[str, str] = field(default_factory=dict)

    @property
    def deducted(self) -> frozenset[str]:
        """Services of the rows that tell deviations; no rate pays them."""
        return frozenset(name for rule in self.deductions for name in rule.scope.services or ())

    @property
    def paid_services(self) -> frozenset[str]:
        """Services that rates may pay."""
        return frozenset(self.services) - self.deducted

    @property
    def asks_months(self) -> bool:
        """Whether what a row is paid may depend on all rows of its month."""
        return any(cap.per is not CapPer.VISIT for cap in self.caps) or any(
            rule.asks_month for rule in self.deductions
        )

    def rules(self) -> tuple[Rule, ...]:
        """Every rule of every section."""
        return (
            *self.rates,
            *self.adjustments,
            *self.standard_times,
            *self.not_performed,
            *self.start_ups,
            *self.staffing,
            *self.minimum_minutes,
            *self.minimum_amounts,
            *self.minute_rounding,
            *self.caps,
            *self.deductions,
            *self.vat,
        )
