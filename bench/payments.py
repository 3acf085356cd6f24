"""A month of performed visits for the benchmarks of payment: any number, the same for a seed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np

from pricing.book.calendar import day_start
from pricing.book.model import Status
from pricing.pay.columns import STATUSES, VisitColumns
from pricing.pay.reading import FIELDS
from scheduler.care.units import STOCKHOLM

MONTH = date(2026, 3, 1)
# What a provider tells of a visit that was not made; one in twenty was not planned.
TOLD = {Status.DECLINED: "DECLINED", Status.UNPLANNED_ABSENCE: "HOSPITAL"}
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
    carers = draw.integers(0, max(number // 100, 1), number)
    unplanned = draw.integers(0, 20, number) == 0
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
        circumstances=("",),
        provider=recipient % 12,
        kind=(recipient % 12 > 3).astype(np.int64),
        recipient=recipient,
        service=codes[draw.integers(0, len(codes), number)],
        zone=(recipient % 5 == 0).astype(np.int64),
        circumstance=np.zeros(number, dtype=np.int64),
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
        carers=[f"c-{carer}" for carer in carers.tolist()],
        planned_visits=["" if rare else f"w-{n}" for n, rare in enumerate(unplanned.tolist())],
        deviations=[TOLD.get(STATUSES[code], "") for code in status.tolist()],
    )


def performed_csv(visits: VisitColumns) -> bytes:
    """The visits as the CSV file that `hemplan settle` reads, with semicolons and CR LF."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    start = {
        minute: (epoch + timedelta(minutes=minute)).astimezone(STOCKHOLM).isoformat()
        for minute in set(visits.start.tolist())
    }
    days = {0: ""} | {
        day: date.fromordinal(day).isoformat() for day in set(visits.absent_from.tolist()) - {0}
    }
    columns = {
        "id": visits.ids,
        "provider": [visits.providers[code] for code in visits.provider.tolist()],
        "provider_kind": [visits.kinds[code] for code in visits.kind.tolist()],
        "recipient": [visits.recipients[code] for code in visits.recipient.tolist()],
        "service": [visits.services[code] for code in visits.service.tolist()],
        "zone": [visits.zones[code] for code in visits.zone.tolist()],
        "start": [start[minute] for minute in visits.start.tolist()],
        "status": [STATUSES[code].value for code in visits.status.tolist()],
        "performed_min": map(str, visits.performed_min.tolist()),
        "granted_min": map(str, visits.granted_min.tolist()),
        "staff": map(str, visits.staff.tolist()),
        "delegated": [("false", "true")[flag] for flag in visits.delegated.tolist()],
        "quantity": [f"{number / 1000:g}" for number in visits.quantity.tolist()],
        "absent_from": [days[day] for day in visits.absent_from.tolist()],
        "circumstance": [visits.circumstances[code] for code in visits.circumstance.tolist()],
        "carer": visits.carers,
        "planned_visit": visits.planned_visits,
        "deviation": visits.deviations,
    }
    rows = map(";".join, zip(*(columns[field] for field in FIELDS), strict=True))
    return "\r\n".join([";".join(FIELDS), *rows, ""]).encode()
