"""Documents for tests: a small sound day, and days with planted faults."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from api.server import examples
from scheduler.care.model import Day

TWO_VISITS: dict[str, Any] = deepcopy(examples.DAY_PLAN)
TWO_VISITS["modelInput"]["visits"].append(
    {
        "id": "v-2",
        "recipientId": "r-1",
        "zone": "town",
        "location": [56.035, 14.16],
        "timeWindows": [
            {
                "minStartTime": "2026-03-04T11:00:00+01:00",
                "maxStartTime": "2026-03-04T13:00:00+01:00",
            }
        ],
        "serviceDuration": "PT20M",
        "visitDependencies": [{"precedingVisit": "v-1", "minDelay": "PT2H", "maxDelay": "PT6H"}],
    }
)


def changed(change: Callable[[dict[str, Any], list[Any], list[Any]], None]) -> dict[str, Any]:
    """The sound day after ``change(document, caregivers, visits)``."""
    document = deepcopy(TWO_VISITS)
    change(document, document["modelInput"]["caregivers"], document["modelInput"]["visits"])
    return document


def encoded(value: Any) -> bytes:
    """`value` as a request body."""
    return json.dumps(value).encode()


def plain(day: Day) -> Day:
    """`day` as documents keep it: shifts by carer, names by id, delegations and lists unchanged."""
    order = {carer.id: position for position, carer in enumerate(day.carers)}
    known = {carer.id for carer in day.carers} | {visit.recipient_id for visit in day.visits}
    names = {key: name for key, name in day.names.items() if key in known and name}
    for carer in day.carers:
        if carer.name:
            names.setdefault(carer.id, carer.name)
    return replace(
        day,
        carers=tuple(replace(carer, name=names.get(carer.id, "")) for carer in day.carers),
        shifts=tuple(sorted(day.shifts, key=lambda shift: order[shift.carer_id])),
        names=names,
    )
