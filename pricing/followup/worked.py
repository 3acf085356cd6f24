"""
Worked time by class, and what the care hour cost against its rate.

Gothenburg's four classes are direct (care), indirect, staff-related and transport time; waiting is
told beside them where it is registered. A class that is not registered on every carer day of a
group is missing there. Every share has worked time as its denominator.

The hour cost is the chain of :mod:`pricing.price` with the shares as performed; the rate and the
break-even share are those of the price list as it stands, which is what the provider is paid by.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from pricing.followup.granted import month_of_day
from pricing.followup.model import Dims, Sums, grouped
from pricing.performed_time import CLASSES, CarerDay, performed_time
from pricing.price import PriceParameters, hour_cost
from pricing.recipe import TimeClass
from scheduler.care.errors import CareError, Finding, InvalidInput
from scheduler.care.model import ProviderKind
from scheduler.care.units import MINUTES_PER_HOUR, ORE_PER_KRONA, round_half_up


@dataclass(slots=True)
class Worked:
    """
    Worked minutes of some carer days.

    Parameters
    ----------
    classes_min
        Class -> minutes on the days on which it was registered.
    registered
        Class -> number of those days.
    """

    carer_days: int = 0
    worked_min: int = 0
    care_min: int = 0
    classes_min: dict[TimeClass, int] = field(default_factory=dict)
    registered: dict[TimeClass, int] = field(default_factory=dict)

    def add(self, day: CarerDay) -> None:
        """Add a carer day."""
        self.carer_days += 1
        self.worked_min += day.worked_min
        self.care_min += day.care_min
        for each, minutes in day.classes_min.items():
            self.classes_min[each] = self.classes_min.get(each, 0) + minutes
            self.registered[each] = self.registered.get(each, 0) + 1

    def minutes(self, time_class: TimeClass) -> int | None:
        """Minutes of a class; None when some day lacks it."""
        whole = self.registered.get(time_class, 0) == self.carer_days
        return self.classes_min.get(time_class, 0) if whole else None

    @property
    def rest_min(self) -> int:
        """Worked time that is neither care nor of a class that is known."""
        known = (self.minutes(each) for each in CLASSES)
        return self.worked_min - self.care_min - sum(each or 0 for each in known)

    def share(self, minutes: int | None) -> Decimal | None:
        """Minutes / worked minutes, unrounded; None without either."""
        if minutes is None or not self.worked_min:
            return None
        return Decimal(minutes) / self.worked_min


def worked_by(
    days: Iterable[CarerDay], kinds: Mapping[str, str], by: tuple[str, ...]
) -> dict[tuple[str, ...], Worked]:
    """
    Worked time by some of the dimensions; no dimension gives one of all.

    Parameters
    ----------
    kinds
        Provider -> its kind.
    by
        Fields of :class:`pricing.followup.model.Dims` but the service.
    """
    found: defaultdict[tuple[str, ...], Worked] = defaultdict(Worked)
    for each in days:
        dims = dims_of_day(each, kinds)
        found[tuple(getattr(dims, name) for name in by)].add(each)
    return dict(sorted(found.items()))


def dims_of_day(day: CarerDay, kinds: Mapping[str, str]) -> Dims:
    """Whose a carer day is."""
    kind = kinds.get(day.provider, "")
    return Dims(month_of_day(day.day), day.provider, kind, day.zone, day.unit, "")


@dataclass(frozen=True, slots=True)
class CareHour:
    """
    The care hour of one provider in one zone and month, kronor.

    Parameters
    ----------
    cost
        Per care hour with the shares as performed, to öre.
    rate
        Of the price list for its kind of provider; None when the kind is not known.
    care_time_share, break_even_share
        Care / worked time as performed, and the share at which the rate just covers the cost; None
        when the price list does not state the cost of staff by itself, or no share is enough.
    paid
        What settlements paid for each performed hour, to öre; None without them.
    """

    month: str
    provider: str
    kind: str
    zone: str
    worked: Worked
    cost: Decimal
    rate: Decimal | None
    care_time_share: Decimal | None
    break_even_share: Decimal | None
    paid: Decimal | None


def care_hours(
    prices: PriceParameters,
    days: Iterable[CarerDay],
    kinds: Mapping[str, str],
    cells: list[tuple[Dims, Sums]],
    last: date,
) -> list[CareHour]:
    """
    The hour cost of every provider, zone and month with worked time.

    Parameters
    ----------
    last
        Last day of the follow-up; each month is priced on its last day until then.

    Raises
    ------
    InvalidInput
        With every zone, class and day that the price list cannot price.
    """
    groups: dict[tuple[str, str, str], list[CarerDay]] = {}
    for each in days:
        groups.setdefault((month_of_day(each.day), each.provider, each.zone), []).append(each)
    sums = grouped(cells, ("month", "provider", "zone"))
    findings: dict[Finding, None] = {}
    found = []
    for key, own in sorted(groups.items()):
        kind, paid = kinds.get(key[1], ""), _paid_per_hour(sums.get(key))
        try:
            found.append(_care_hour(prices, key, kind, own, last, paid))
        except CareError as error:
            findings.update(dict.fromkeys(error.findings))
    if findings:
        raise InvalidInput(list(findings))
    return found


def _care_hour(
    prices: PriceParameters,
    key: tuple[str, str, str],
    kind: str,
    own: list[CarerDay],
    last: date,
    paid: Decimal | None,
) -> CareHour:
    month, provider, zone = key
    worked = Worked()
    for each in own:
        worked.add(each)
    day = min(last, max(each.day for each in own))
    as_performed = hour_cost(prices, day, zone, performed_time(own).by_zone[zone])
    stated = hour_cost(prices, day, zone)
    of_kind = ProviderKind(kind) if kind in set(ProviderKind) else None
    splits = stated.cost_per_worked_hour is not None
    return CareHour(
        month,
        provider,
        kind,
        zone,
        worked,
        as_performed.total,
        None if of_kind is None else stated.rates.get(of_kind),
        worked.share(worked.care_min) if splits else None,
        None if of_kind is None else stated.break_even_share.get(of_kind),
        paid,
    )


def _paid_per_hour(sums: Sums | None) -> Decimal | None:
    """Öre paid by time for each hour that was performed, as kronor; None without either."""
    if sums is None or not sums.known["payment"] or not sums.performed_min:
        return None
    ore = sum(figures.paid_ore for figures in sums.places.values())
    return round_half_up(Decimal(ore) * MINUTES_PER_HOUR / sums.performed_min / ORE_PER_KRONA)
