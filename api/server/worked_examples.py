"""One example per operation about worked time."""

from __future__ import annotations

from typing import Any

LINE: dict[str, Any] = {
    "provider": "p-1",
    "unit": "north",
    "day": "2026-03-04",
    "carer": "carer-17",
    "zone": "town",
    "worked_min": 480,
    "care_min": 300,
    "transport_min": 100,
    "indirect_min": 50,
    "staff_related_min": 30,
}
LINES: dict[str, Any] = {"days": [LINE]}
FILE: str = (
    "day;carer;zone;worked_min;care_min;transport_min;indirect_min;staff_related_min;provider;unit"
    "\n2026-03-04;carer-17;town;480;300;100;50;30;p-1;north\n"
)
DELIVERY: dict[str, Any] = {
    "sender": "",
    "key": "time-march",
    "sha256": "5f0c…",
    "corrects": False,
    "added": 1,
    "corrected": 0,
    "unchanged": 0,
    "receivedAt": "2026-04-01T08:00:00+02:00",
    "receivedBy": "user-7",
}
DAYS: dict[str, Any] = {
    "days": [
        {
            "provider": "p-1",
            "unit": "north",
            "day": "2026-03-04",
            "carer": "carer-17",
            "zone": "town",
            "workedMin": 480,
            "careMin": 300,
            "transportMin": 100,
            "indirectMin": 50,
            "staffRelatedMin": 30,
            "number": 1,
            "delivery": "time-march",
        }
    ]
}
