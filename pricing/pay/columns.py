"""
Visits and payment lines as columns of int64, for a month of a whole municipality.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from pricing.book.calendar import day_start, local_day
from pricing.book.model import Status
from pricing.pay.texts import inverse, ranks
from pricing.pay.visits import PaymentLine, Performed

Ints: TypeAlias = npt.NDArray[np.int64]
Mask: TypeAlias = npt.NDArray[np.bool_]

STATUSES = tuple(Status)
# Fields of a visit that hold one of a few names.
NAMES = ("provider", "provider_kind", "recipient", "service", "zone", "circumstance")
# Fields that nothing is paid by and that may be empty.
TEXTS = ("carer", "planned_visit", "deviation")
LARGEST_TABLE = 4_000_000


@dataclass(frozen=True)
class VisitColumns:
    """
    Performed visits as columns.

    Parameters
    ----------
    ids
        One each, all different.
    providers, kinds, recipients, services, zones, circumstances
        Names behind the codes.
    provider, kind, recipient, service, zone, circumstance, status
        (n,) int64, codes; status counts :data:`STATUSES`.
    start
        (n,) int64, minutes since 1970-01-01 00:00 UTC.
    performed_min, granted_min, staff
        (n,) int64.
    delegated
        (n,) int64, 0 or 1.
    quantity
        (n,) int64, thousandths.
    absent_from
        (n,) int64, ordinal of the day; 0 is none.
    carers, planned_visits, deviations
        One text each as in :class:`pricing.pay.visits.Performed`; () when no visit has any.
    """

    ids: Sequence[str]
    providers: Sequence[str]
    kinds: Sequence[str]
    recipients: Sequence[str]
    services: Sequence[str]
    zones: Sequence[str]
    circumstances: Sequence[str]
    provider: Ints
    kind: Ints
    recipient: Ints
    service: Ints
    zone: Ints
    circumstance: Ints
    status: Ints
    start: Ints
    performed_min: Ints
    granted_min: Ints
    staff: Ints
    delegated: Ints
    quantity: Ints
    absent_from: Ints
    carers: Sequence[str] = ()
    planned_visits: Sequence[str] = ()
    deviations: Sequence[str] = ()

    def __len__(self) -> int:
        return len(self.ids)

    def row(self, position: int) -> Performed:
        """One visit as a record."""
        absent = int(self.absent_from[position])
        return Performed(
            id=self.ids[position],
            provider=self.providers[self.provider[position]],
            provider_kind=self.kinds[self.kind[position]],
            recipient=self.recipients[self.recipient[position]],
            service=self.services[self.service[position]],
            zone=self.zones[self.zone[position]],
            start=int(self.start[position]),
            status=STATUSES[self.status[position]],
            performed_min=int(self.performed_min[position]),
            granted_min=int(self.granted_min[position]),
            staff=int(self.staff[position]),
            delegated=bool(self.delegated[position]),
            quantity=Decimal(int(self.quantity[position])) / 1000,
            absent_from=date.fromordinal(absent) if absent else None,
            carer=self.carers[position] if self.carers else "",
            planned_visit=self.planned_visits[position] if self.planned_visits else "",
            deviation=self.deviations[position] if self.deviations else "",
            circumstance=self.circumstances[self.circumstance[position]],
        )

    @cached_property
    def days(self) -> Ints:
        """(n,) int64, ordinal of the day in Sweden on which each visit starts."""
        return days_of(self.start)

    @cached_property
    def places(self) -> Ints:
        """(n,) int64, place of each visit in the order of start, then of id."""
        return inverse(np.lexsort((ranks(self.ids), self.start)))


@dataclass(frozen=True, slots=True)
class LineColumns:
    """
    Payment lines as columns, in the order of the visits, then of the components.

    Parameters
    ----------
    visit
        (m,) int64, position in `visits`.
    components, rates, bands
        Names behind the codes.
    component, rate, band
        (m,) int64, codes.
    minutes, quantity, amount_ore, vat_ore
        (m,) int64, as in :class:`pricing.pay.visits.PaymentLine`.
    """

    visits: VisitColumns
    components: Sequence[str]
    rates: Sequence[str]
    bands: Sequence[str]
    visit: Ints
    component: Ints
    rate: Ints
    band: Ints
    minutes: Ints
    quantity: Ints
    amount_ore: Ints
    vat_ore: Ints

    def __len__(self) -> int:
        return len(self.visit)

    def records(self) -> list[PaymentLine]:
        """Every line as a record."""
        visits, days = self.visits, self.visits.days
        dates = {int(day): date.fromordinal(int(day)) for day in np.unique(days)}
        columns = (
            self.visit, self.component, self.rate, self.band, self.minutes, self.quantity,
            self.amount_ore, self.vat_ore,
        )  # fmt: skip
        provider, service, zone = (
            each.tolist() for each in (visits.provider, visits.service, visits.zone)
        )
        of_visit = [dates[day] for day in days.tolist()]
        return [
            PaymentLine(
                visits.ids[v],
                self.components[c],
                self.rates[r],
                self.bands[b],
                visits.providers[provider[v]],
                visits.services[service[v]],
                visits.zones[zone[v]],
                of_visit[v],
                minutes,
                quantity,
                amount,
                vat,
            )
            for v, c, r, b, minutes, quantity, amount, vat in zip(
                *(column.tolist() for column in columns), strict=True
            )
        ]


def columns_of(visits: Sequence[Performed]) -> VisitColumns:
    """Records as columns, in their order."""
    names = {name: [getattr(visit, name) for visit in visits] for name in NAMES}
    numbers = {
        name: ints([getattr(visit, name) for visit in visits])
        for name in ("start", "performed_min", "granted_min", "staff", "delegated")
    }
    numbers["status"] = ints([STATUSES.index(visit.status) for visit in visits])
    numbers["quantity"] = ints([int(visit.quantity * 1000) for visit in visits])
    numbers["absent_from"] = ints(
        [0 if v.absent_from is None else v.absent_from.toordinal() for v in visits]
    )
    texts = {name: [getattr(visit, name) for visit in visits] for name in TEXTS}
    return columns_from([visit.id for visit in visits], names | texts, numbers)


def columns_from(
    ids: list[str], names: Mapping[str, Sequence[str]], numbers: Mapping[str, Ints]
) -> VisitColumns:
    """
    Columns of visits from their values.

    Parameters
    ----------
    names
        Each of NAMES and TEXTS -> its value by visit.
    numbers
        The other fields of :class:`VisitColumns`.
    """
    coded = {name: _coded(names[name]) for name in NAMES}
    return VisitColumns(
        ids=ids,
        providers=coded["provider"][1],
        kinds=coded["provider_kind"][1],
        recipients=coded["recipient"][1],
        services=coded["service"][1],
        zones=coded["zone"][1],
        circumstances=coded["circumstance"][1],
        provider=coded["provider"][0],
        kind=coded["provider_kind"][0],
        recipient=coded["recipient"][0],
        service=coded["service"][0],
        zone=coded["zone"][0],
        circumstance=coded["circumstance"][0],
        carers=names["carer"] if any(names["carer"]) else (),
        planned_visits=names["planned_visit"] if any(names["planned_visit"]) else (),
        deviations=names["deviation"] if any(names["deviation"]) else (),
        **numbers,
    )


def ints(values: Sequence[int]) -> Ints:
    """A column of whole numbers."""
    return np.array(values, dtype=np.int64)


def days_of(start: Ints) -> Ints:
    """Ordinal of the day in Sweden of each minute since 1970."""
    if not len(start):
        return np.zeros(0, dtype=np.int64)
    first = local_day(int(start.min())).toordinal()
    last = local_day(int(start.max())).toordinal()
    midnights = ints([day_start(date.fromordinal(day)) for day in range(first, last + 1)])
    return first + np.searchsorted(midnights, start, side="right").astype(np.int64) - 1


def grouped(*columns: tuple[Ints, int]) -> tuple[Ints, Ints]:
    """
    Rows that are equal in all columns.

    Parameters
    ----------
    columns
        Codes with their number, each code in 0 .. number - 1.

    Returns
    -------
    (group, first)
        (n,) int64 group of each row, and the position of the first row of each group.
    """
    code = np.zeros(len(columns[0][0]), dtype=np.int64)
    size = 1
    for column, number in columns:
        code = code * number + column
        size *= number
    if size > LARGEST_TABLE or size > 64 * (len(code) + 1024):
        _, first, group = np.unique(code, return_index=True, return_inverse=True)
        return group.astype(np.int64), first.astype(np.int64)
    example = np.full(size, -1, dtype=np.int64)
    example[code[::-1]] = np.arange(len(code) - 1, -1, -1, dtype=np.int64)
    present = np.flatnonzero(example >= 0)
    number_of = np.zeros(size, dtype=np.int64)
    number_of[present] = np.arange(len(present), dtype=np.int64)
    return number_of[code], example[present]


def _coded(values: Sequence[str]) -> tuple[Ints, list[str]]:
    codes: dict[str, int] = {}
    column = ints([codes.setdefault(value, len(codes)) for value in values])
    return column, list(codes)
