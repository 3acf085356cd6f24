"""
Granted time that would be paid twice: by its month, and by its visits.

A book that pays granted time takes either the visits, each with its granted minutes, or rows with
status GRANTED for whole months. Both for the same recipient, service and month are refused; where
performed time is paid, granted time beside the visits only counts for the caps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np

from pricing.book.calendar import EVERY_TIME
from pricing.book.model import Basis, Cell, RateBook, Status, Unit
from pricing.pay.columns import STATUSES, Ints, VisitColumns, grouped
from scheduler.care.errors import Finding

VISITS = (Status.PERFORMED, Status.DECLINED)
LATEST_MONTH = 12 * 10_000


def paid_both_ways(book: RateBook, visits: VisitColumns) -> Iterator[Finding]:
    """A finding for each visit whose granted time a row with status GRANTED pays as well."""
    granted = visits.status == STATUSES.index(Status.GRANTED)
    if not granted.any():
        return
    months = _months(visits.days)
    key, _ = grouped(
        (visits.provider, len(visits.providers)),
        (visits.recipient, len(visits.recipients)),
        (visits.service, len(visits.services)),
        (months, LATEST_MONTH),
    )
    of_visits = np.isin(visits.status, [STATUSES.index(each) for each in VISITS])
    both = np.flatnonzero(of_visits & np.isin(key, np.unique(key[granted])))
    kind, example = grouped(
        (visits.service[both], len(visits.services)),
        (visits.zone[both], len(visits.zones)),
        (visits.kind[both], len(visits.kinds)),
        (visits.delegated[both], 2),
        (months[both], LATEST_MONTH),
    )
    by_granted = np.array(
        [_pays_granted(book, visits, int(both[row])) for row in example.tolist()], dtype=bool
    )
    for row in both[by_granted[kind]].tolist() if len(both) else ():
        yield Finding(
            "GRANTED_TWICE",
            f"visit {visits.ids[row]}",
            "the granted time of a month, or its visits",
            "both, for the same recipient, service and month",
            "Ta bort besöken, eller raden med beviljad tid (GRANTED).",
        )


def _pays_granted(book: RateBook, visits: VisitColumns, row: int) -> bool:
    """Whether some rate for the visit, whatever its band and length, pays by granted time."""
    visit = visits.row(row)
    cell = Cell(visit.service, visit.zone, visit.provider_kind, EVERY_TIME, visit.delegated)
    day = date.fromordinal(int(visits.days[row]))
    return any(
        rate.unit is Unit.HOUR
        and rate.basis is Basis.GRANTED
        and rate.in_force(day)
        and replace(rate.scope, bands=None, from_min=0, below_min=None, circumstances=None).fits(
            cell
        )
        for rate in book.rates
    )


def _months(days: Ints) -> Ints:
    """Months since year 0 of the ordinals of days."""
    each, place = np.unique(days, return_inverse=True)
    dates = [date.fromordinal(day) for day in each.tolist()]
    months = np.array([day.year * 12 + day.month - 1 for day in dates], dtype=np.int64)
    found: Ints = months[place]
    return found
