"""A sound purse document: the published case, in the words of a decision."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

SERVICES = {
    "morning": "PT15M", "evening": "PT15M", "supervision": "PT15M", "shower": "PT40M",
    "shopping": "PT45M", "cleaning": "PT1H10M", "laundry": "PT20M",
}  # fmt: skip
PERIODS = ("DAY", "DAY", "DAY", "WEEK", "WEEK", "TWO_WEEKS", "TWO_WEEKS")
DOCUMENT: dict[str, Any] = {
    "basis": "MEAN_MONTH",
    "services": [
        {"service": service, "firstDay": "2017-05-01", "paidAs": "care_and_service",
         "duration": duration}
        for service, duration in SERVICES.items()
    ],
    "decisions": [
        {
            "id": "b-1",
            "recipientId": "r-1",
            "recipient": {"location": [56.035, 14.16], "zone": "town"},
            "decidedOn": "2017-04-20",
            "validFrom": "2017-05-01",
            "provider": {"id": "p-1", "kind": "PRIVATE"},
            "unit": "north",
            "lines": [
                {"id": f"l-{number}", "service": service,
                 "frequency": {"times": 1, "period": period}, "bands": ["MORNING"]}
                for number, (service, period) in enumerate(zip(SERVICES, PERIODS, strict=True))
            ],
        }
    ],
}  # fmt: skip


def document() -> dict[str, Any]:
    """A copy, free to be changed."""
    return deepcopy(DOCUMENT)
