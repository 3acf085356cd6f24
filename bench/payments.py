"""A month of performed visits for the benchmarks of payment: any number, the same for a seed."""

from __future__ import annotations

from datetime import date

import numpy as np

from pricing.book.calendar import day_start
from pricing.book.model import Status
from pricing.pay.columns import STATUSES, VisitColumns

MONTH = date(2026, 3, 1)
SERVICES = ("care", "care", "care", "care", "cleaning", "shopping", "meal")


def month_of_visits(number: int, seed: int = 1) -> VisitColumns:
    """Visits of March 2026, about 120 for each recipient, for the book of the demonstration."""
    draw = np.random.default_rng(seed)
    services = tuple(dict.fromkeys(SERVICES))
    codes = np.array([services.index(name) for name in SERVICES], dtype=np.int64)
    recipients = max(number // 120, 1)
    recipient = draw.integers(0, recipients, number)
    performed = [STATUSES.index(Status.PERFORMED)] * 94
    declined = [STATUSES.index(Status.DECLINED)] * 3
    absent = [STATUSES.index(Status.UNPLANNED_ABSENCE)] * 3
    status = draw.choice(np.array(performed + declined + absent, dtype=np.int64), number)
    first = MONTH.toordinal()
    day = draw.integers(0, 31, number)
    midnights = np.array([day_start(date.fromordinal(first + d)) for d in range(31)])
    return VisitColumns(
        ids=[f"v-{seed}-{n}" for n in range(number)],
        providers=[f"p-{n}" for n in range(12)],
        kinds=("OWN", "PRIVATE"),
        recipients=[f"r-{n}" for n in range(recipients)],
        services=services,
        zones=("town", "rural"),
        provider=recipient % 12,
        kind=(recipient % 12 > 3).astype(np.int64),
        recipient=recipient,
        service=codes[draw.integers(0, len(codes), number)],
        zone=(recipient % 5 == 0).astype(np.int64),
        status=status,
        start=midnights[day] + draw.integers(420, 1380, number),
        performed_min=draw.integers(5, 91, number),
        granted_min=draw.integers(1, 19, number) * 5,
        staff=(draw.integers(0, 25, number) == 0).astype(np.int64) + 1,
        delegated=(draw.integers(0, 4, number) == 0).astype(np.int64),
        quantity=np.full(number, 1000, dtype=np.int64),
        absent_from=np.where(
            status == STATUSES.index(Status.UNPLANNED_ABSENCE),
            first + np.maximum(day - draw.integers(0, 8, number), 0),
            0,
        ),
    )
