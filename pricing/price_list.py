"""
A municipality's price list: dated parameters with unit and source, and the recipe that uses them.

One format for every municipality, described in docs/pricing.md. Whatever differs between them is
data; nothing here knows any of them. :mod:`pricing.price_file` reads and checks the format.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product

from pricing.figure import Figure, Operation, Origin
from pricing.quantities import (
    DAYS_PER_YEAR,
    HOURS_PER_YEAR,
    KR_PER_HOUR_BY_BAND,
    KR_PER_MONTH,
    SHARE,
    SHARE_BY_BAND,
    TIME_BAND,
    Dimensions,
    Quantity,
    exact,
    pick,
)
from pricing.recipe import Recipe
from pricing.staff_cost import WageTerms
from scheduler.care.dated import Dated, Parameters
from scheduler.care.errors import Finding, UnknownValue
from scheduler.care.model import ProviderKind

# The terms of employment that a WORKED_HOUR step reads: each field of WageTerms is a parameter.
WAGE_QUANTITY: Mapping[str, Quantity] = {
    "monthly_wage": KR_PER_MONTH,
    "gross_hours": HOURS_PER_YEAR,
    "vacation_hours": HOURS_PER_YEAR,
    "sick_hours": HOURS_PER_YEAR,
    "other_absence_hours": HOURS_PER_YEAR,
    "sick_saved_share": SHARE,
    "vacation_supplement_share": SHARE,
    "vacation_days": DAYS_PER_YEAR,
    "unsocial_share": SHARE_BY_BAND,
    "unsocial_rate": KR_PER_HOUR_BY_BAND,
    "on_cost_share": SHARE,
}


NO_RANGES = Parameters({})


@dataclass(frozen=True, slots=True)
class PriceParameters:
    """
    A price list as its file states it.

    Parameters
    ----------
    title
        Its name, in Swedish.
    zones, services
        What prices differ by; at least one each.
    bands
        Time bands that prices differ by, such as day, evening and night; empty for none. No name is
        in two of zones, services and bands.
    providers
        Kinds of provider that it has rates for.
    recipe
        :class:`pricing.recipe.Recipe` by its first day.
    parameters
        Dated values; each a number, or a table by zone, service, band or several of them.
    ranges
        Dated ranges that the values may lie in, told apart likewise; see :mod:`pricing.ranges`.
    """

    title: str
    zones: tuple[str, ...]
    services: tuple[str, ...]
    providers: tuple[ProviderKind, ...]
    recipe: Dated
    parameters: Parameters
    bands: tuple[str, ...] = ()
    ranges: Parameters = NO_RANGES

    @property
    def dimensions(self) -> Dimensions:
        """What values may be told apart by, with all members."""
        by_place = {"zone": self.zones, "service": self.services}
        return by_place | {TIME_BAND: self.bands} if self.bands else by_place

    def cells(self) -> Iterator[tuple[str, str, str]]:
        """Every zone, service and time band (empty without bands) that has a price of its own."""
        return product(self.zones, self.services, self.bands or ("",))

    def terms(
        self, day: date, zone: str, service: str | None = None, band: str | None = None
    ) -> Terms:
        """
        What holds on `day` for one zone, service and time band.

        Parameters
        ----------
        service, band
            May be None when the price list has one only; `band` also when it has none.

        Raises
        ------
        UnknownValue
            When the price list lacks the zone, service or band; all at once.
        NotInForce
            On a day without a recipe.
        """
        if service is None and len(self.services) == 1:
            service = self.services[0]
        if band is None and len(self.bands) <= 1:
            band = self.bands[0] if self.bands else ""
        findings = []
        if zone not in self.zones:
            findings.append(_unknown("zone", zone, self.zones, "Välj en zon i prislistan."))
        if service not in self.services:
            findings.append(
                _unknown("service", str(service), self.services, "Välj en tjänst i prislistan.")
            )
        if band not in (self.bands or ("",)):
            known = self.bands or ("none",)
            findings.append(_unknown("band", str(band), known, "Välj en tid i prislistan."))
        if findings or service is None or band is None:
            raise UnknownValue(findings)
        return Terms(self, day, zone, service, self.recipe.on(day), band)

    def first_days(self) -> tuple[date, ...]:
        """Every day on which a value or the formula changes, in order."""
        dated = (self.recipe, *self.parameters.items.values(), *self.ranges.items.values())
        return tuple(sorted({day for each in dated for day, _ in each.values}))


@dataclass(frozen=True, slots=True)
class Terms:
    """What a price list says for one day, zone, service and time band (empty for none)."""

    price_list: PriceParameters
    day: date
    zone: str
    service: str
    recipe: Recipe
    band: str = ""

    def figure(self, name: str) -> Figure:
        """The number of parameter `name`; raises NotInForce before its first day."""
        number = exact(self._pick(name))
        if number is None:
            raise TypeError(f"{name} was not checked when its price list was read.")
        return self._input(name, number)

    def by_band(self, name: str) -> dict[str, Figure]:
        """The numbers of parameter `name` by band of unsocial hours."""
        table = self._pick(name, by_band=True)
        if not isinstance(table, Mapping):
            raise TypeError(f"{name} was not checked when its price list was read.")
        return {band: self._input(name, Decimal(value), band) for band, value in table.items()}

    def wage_terms(self) -> WageTerms:
        """The terms of employment."""
        return WageTerms(
            monthly_wage=self.figure("monthly_wage"),
            gross_hours=self.figure("gross_hours"),
            vacation_hours=self.figure("vacation_hours"),
            sick_hours=self.figure("sick_hours"),
            other_absence_hours=self.figure("other_absence_hours"),
            sick_saved_share=self.figure("sick_saved_share"),
            vacation_supplement_share=self.figure("vacation_supplement_share"),
            vacation_days=self.figure("vacation_days"),
            unsocial_share=self.by_band("unsocial_share"),
            unsocial_rate=self.by_band("unsocial_rate"),
            on_cost_share=self.figure("on_cost_share"),
        )

    def dated(self, name: str) -> Dated:
        """Parameter `name` with its text and source."""
        return self.price_list.parameters.get(name)

    def _input(self, name: str, value: Decimal, band: str | None = None) -> Figure:
        dated = self.dated(name)
        first_day = max(day for day, _ in dated.values if day <= self.day)
        return Figure(
            value,
            Operation.INPUT,
            name=name if band is None else f"{name}.{band}",
            text=dated.text if band is None else f"{dated.text}, {band}",
            unit=dated.unit.removesuffix(" by band"),
            origin=Origin(dated.source, first_day),
        )

    def range_of(self, name: str, *, by_band: bool) -> object:
        """The range of parameter `name` as its file has it; raises NotInForce without one."""
        return self._part(self.price_list.ranges.get(name), by_band=by_band)

    def _pick(self, name: str, *, by_band: bool = False) -> object:
        return self._part(self.dated(name), by_band=by_band)

    def _part(self, dated: Dated, *, by_band: bool) -> object:
        return pick(
            dated.on(self.day),
            self.price_list.dimensions,
            {"zone": self.zone, "service": self.service, TIME_BAND: self.band},
            by_band=by_band,
        )


def _unknown(what: str, found: str, known: tuple[str, ...], action: str) -> Finding:
    return Finding(f"UNKNOWN_{what.upper()}", what, f"one of {', '.join(known)}", found, action)
