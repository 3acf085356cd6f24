"""
What a granted service costs: by a rate book, or by a price list.

Both answer the same questions of one day: the paid parts of an occasion, its standard time, its
prices, and the days on which any of that may change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Protocol

from pricing.book.calendar import EVERY_TIME, by_minute, epoch_minute, timeline
from pricing.book.model import PERIOD_UNITS, Cell, RateBook, Unit
from pricing.book.terms import one, price_of, rate_of
from pricing.budget.model import Placement
from pricing.price import hour_cost
from pricing.price_list import PriceParameters
from scheduler.care.errors import Finding, InvalidInput, UnknownValue
from scheduler.care.units import STOCKHOLM

# Paid by what no decision grants: what was driven or laid out is known afterwards.
NOT_GRANTED = frozenset({Unit.KM, Unit.EXPENSE})


@dataclass(frozen=True, slots=True)
class Price:
    """
    One price of a granted service.

    Parameters
    ----------
    kronor
        Per unit and first carer, exact.
    further_carers
        What each further carer is paid as a share of the first.
    whole_month
        A month rate that is paid in full for a part of a month.
    """

    component: str
    rate: str
    unit: Unit
    kronor: Fraction
    further_carers: Fraction = Fraction(1)
    whole_month: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """The minutes of an occasion that lie within one band of time."""

    band: str
    minutes: int


class Tariff(Protocol):
    """What purses ask of a rate book or a price list."""

    def change_days(self) -> frozenset[date]:
        """Days from which a price, a standard time or a calendar is another."""

    def by_clock(self) -> bool:
        """Whether prices differ by the time of day or the kind of day."""

    def standard_minutes(self, service: str, placement: Placement, day: date) -> int | None:
        """Minutes per occasion; None when it states none."""

    def parts(self, day: date, clock: time | None, minutes: int) -> tuple[Part, ...]:
        """An occasion that begins at `clock`, divided as it is paid."""

    def prices(
        self, service: str, placement: Placement, part: Part, minutes: int, day: date
    ) -> tuple[Price, ...]:
        """
        Every price of the service; `minutes` are those of the whole occasion.

        Raises
        ------
        CareError
            When there is none on `day`.
        """


@dataclass(frozen=True)
class BookTariff:
    """
    The rates of a rate book; the placement's kind is the book's provider.

    Parameters
    ----------
    known_on
        A final index known later than this day is not used; None knows all.
    """

    book: RateBook
    known_on: date | None = None
    _found: dict[object, tuple[Price, ...]] = field(default_factory=dict, compare=False, repr=False)
    _known: dict[Price, Price] = field(default_factory=dict, compare=False, repr=False)

    def change_days(self) -> frozenset[date]:
        return self._change_days

    @cached_property
    def _change_days(self) -> frozenset[date]:
        dated = [rule.values for rule in self.book.rules()]
        dated += [] if self.book.calendars is None else [self.book.calendars]
        return frozenset(day for each in dated for day, _ in each.values)

    def by_clock(self) -> bool:
        return self.book.calendars is not None

    def standard_minutes(self, service: str, placement: Placement, day: date) -> int | None:
        cell = Cell(service, placement.zone, placement.kind.value, EVERY_TIME)
        rule = one(self.book.standard_times, cell, day)
        return None if rule is None else int(rule.values.on(day))

    def parts(self, day: date, clock: time | None, minutes: int) -> tuple[Part, ...]:
        if self.book.calendars is None or clock is None:
            return (Part(EVERY_TIME, minutes),)
        start = epoch_minute(datetime.combine(day, clock, STOCKHOLM))
        # Bands of the day after, for what begins before midnight.
        bands = timeline(self.book, day, date.fromordinal(day.toordinal() + 1))
        if not minutes or not by_minute(self.book, day):
            return (Part(bands.band_at(start), minutes),)
        found: dict[str, int] = {}
        for minute in range(start, start + minutes):
            band = bands.band_at(minute)
            found[band] = found.get(band, 0) + 1
        return tuple(Part(*each) for each in found.items())

    def prices(
        self, service: str, placement: Placement, part: Part, minutes: int, day: date
    ) -> tuple[Price, ...]:
        cell = Cell(service, placement.zone, placement.kind.value, part.band, minutes=minutes)
        key = (cell, day)
        if key not in self._found:
            # Equal prices of several days are one object, which is quick to compare.
            equal = (self._known.setdefault(price, price) for price in self._prices(cell, day))
            self._found[key] = tuple(equal)
        return self._found[key]

    def _prices(self, cell: Cell, day: date) -> tuple[Price, ...]:
        self._require_known(cell)
        staffing = one(self.book.staffing, cell, day)
        further = Fraction(1) if staffing is None else Fraction(staffing.values.on(day))
        found = []
        for component in sorted({rate.component for rate in self.book.rates}):
            for period in (False, True):
                rate = rate_of(self.book, component, cell, day, period=period)
                if rate is None or rate.unit in NOT_GRANTED:
                    continue
                amount = price_of(self.book, rate, cell, day, self.known_on).amount
                # A day, a month and a delivery are the same however many carers come.
                each = further if rate.unit in (Unit.HOUR, Unit.OCCASION) else Fraction(0)
                found.append(Price(component, rate.code, rate.unit, amount, each, rate.whole_month))
        if not found:
            raise UnknownValue(_no_rate(self.book.name, cell.service, cell.zone, cell.provider))
        # The first one tells the granted time; a day or month rate tells none.
        return tuple(sorted(found, key=lambda price: (price.unit in PERIOD_UNITS, price.component)))

    def _require_known(self, cell: Cell) -> None:
        named = (
            ("service", cell.service, self.book.services),
            ("zone", cell.zone, self.book.zones),
            ("provider", cell.provider, self.book.providers),
        )
        unknown = [(what, name, known) for what, name, known in named if name not in known]
        if unknown:
            raise UnknownValue([_unknown(self.book.name, *each) for each in unknown])


@dataclass(frozen=True)
class ListTariff:
    """
    The hour rates of a price list with stated shares.

    A list with one service has it for all decisions; a list with several time bands has no price of
    a decision, since it does not say when they are.
    """

    name: str
    prices_of: PriceParameters
    _found: dict[object, tuple[Price, ...]] = field(default_factory=dict, compare=False, repr=False)

    def change_days(self) -> frozenset[date]:
        return self._change_days

    @cached_property
    def _change_days(self) -> frozenset[date]:
        return frozenset(self.prices_of.first_days())

    def by_clock(self) -> bool:
        return False

    def standard_minutes(self, service: str, placement: Placement, day: date) -> int | None:  # noqa: ARG002
        return None

    def parts(self, day: date, clock: time | None, minutes: int) -> tuple[Part, ...]:  # noqa: ARG002
        return (Part(EVERY_TIME, minutes),)

    def prices(
        self,
        service: str,
        placement: Placement,
        part: Part,  # noqa: ARG002
        minutes: int,  # noqa: ARG002
        day: date,
    ) -> tuple[Price, ...]:
        key = (service, placement.zone, placement.kind, day)
        if key not in self._found:
            alone = len(self.prices_of.services) == 1
            cost = hour_cost(
                self.prices_of, day, placement.zone, service=None if alone else service
            )
            if placement.kind not in cost.rates:
                raise UnknownValue(
                    _no_rate(self.name, service, placement.zone, placement.kind.value)
                )
            kronor = Fraction(cost.rates[placement.kind])
            self._found[key] = (Price("visit", "hour", Unit.HOUR, kronor),)
        return self._found[key]


def require_one_band(prices: PriceParameters, name: str) -> None:
    """Raises InvalidInput when a price list cannot give the price of a decision."""
    if len(prices.bands) > 1:
        raise InvalidInput(
            Finding(
                "BANDS_WITHOUT_CLOCK",
                f"{name}: bands",
                "a price list with at most one time band",
                ", ".join(prices.bands),
                "Skriv en ersättningsbok med kalender som hämtar ersättningen ur prislistan.",
            )
        )


def amount_of(price: Price, quantity: Fraction, staff: int) -> Fraction:
    """Kronor for `quantity` units with `staff` carers at the same time, exact."""
    return price.kronor * quantity * (1 + (staff - 1) * price.further_carers)


def shown(value: Fraction) -> Decimal:
    """An exact value as a Decimal of 28 digits, for people."""
    return Decimal(value.numerator) / Decimal(value.denominator)


def _unknown(name: str, what: str, found: str, known: Mapping[str, str]) -> Finding:
    return Finding(
        f"UNKNOWN_{what.upper()}",
        f"{name}: {what}",
        f"one of {', '.join(sorted(known))}",
        found,
        "Rätta beslutet, eller säg med services vilken tjänst insatsen betalas som.",
    )


def _no_rate(name: str, service: str, zone: str, provider: str) -> Finding:
    return Finding(
        "NO_RATE",
        name,
        "a rate that fits",
        f"none for {service} / {zone} / {provider}",
        "Lägg till en ersättning för tjänsten, zonen och utförarformen.",
    )
