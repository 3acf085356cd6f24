"""
A small municipality with two units, and days that a person can check on paper.

Every home is the office, so nobody travels. A day has one carer on a short shift with two visits.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from api.documents.cases import Case, read_cases
from api.store.audit import Act
from api.store.engine import Store
from api.store.records import Municipality, PlanKey, Unit
from api.store.tables import SessionRow
from api.usecases import planning
from api.usecases.deciding import interrupt
from api.usecases.registering import register
from api.usecases.setting_up import set_up
from pricing.budget.model import Interruption
from scheduler.care.model import (
    Carer,
    Day,
    Location,
    Mode,
    Provider,
    ProviderKind,
    Shift,
    Visit,
)
from scheduler.care.units import STOCKHOLM
from scheduler.plan import Plan, Route, Stop

AT = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)
ACT = Act("m-1", "user-7", AT)
MUNICIPALITY = Municipality(
    "m-1",
    "Provköping",
    (Unit("north", "Norra"), Unit("south", "Södra")),
    (Provider("own", ProviderKind.OWN), Provider("p-1", ProviderKind.PRIVATE)),
)
DOCUMENT: dict[str, Any] = {
    "decisions": [
        {
            "id": "b-1",
            "recipientId": "r-1",
            "recipient": {
                "location": [56.0351, 14.1607], "zone": "town", "requiredSkills": ["läkemedel"],
                "prohibitedCaregivers": ["c-9"], "preferredLanguages": ["finska", "arabiska"],
                "preferredGender": "WOMAN",
            },
            "decidedOn": "2026-02-20",
            "validFrom": "2026-03-01",
            "validTo": "2026-12-31",
            "reviewOn": "2026-11-01",
            "provider": {"id": "p-1", "kind": "PRIVATE"},
            "unit": "north",
            "moves": [{"firstDay": "2026-06-01", "zone": "rural", "unit": "south",
                       "provider": {"id": "own", "kind": "OWN"}}],
            "interruptions": [
                {"firstDay": "2026-04-02", "lastDay": "2026-04-09", "reason": "Bortrest"},
                {"firstDay": "2026-08-01"},
            ],
            "lines": [
                {"id": "l-1", "service": "morning", "bands": ["MORNING", "EVENING"],
                 "frequency": {"times": 2, "period": "DAY"}, "minDelay": "PT4H",
                 "maxDelay": "PT12H"},
                {"id": "l-2", "service": "shower", "bands": ["FORENOON"], "staff": 2,
                 "frequency": {"times": 1, "period": "WEEK", "weekdays": [2, 4]},
                 "ownDuration": "PT35M"},
            ],
        },
        {
            "id": "b-2",
            "recipientId": "r-1",
            "recipient": {"location": [56.0351, 14.1607], "zone": "town"},
            "decidedOn": "2026-02-21",
            "validFrom": "2026-03-02",
            "provider": {"id": "own", "kind": "OWN"},
            "unit": "south",
            "lines": [
                {"id": "l-1", "service": "cleaning", "bands": ["DAYTIME"],
                 "frequency": {"times": 1, "period": "TWO_WEEKS"}},
            ],
        },
    ]
}  # fmt: skip


def document() -> dict[str, Any]:
    """A copy of the sound document, free to be changed."""
    return deepcopy(DOCUMENT)


def encoded(value: Any) -> bytes:
    """The document as it is sent."""
    return json.dumps(value, ensure_ascii=False).encode()


def cases() -> tuple[Case, ...]:
    """The decisions of the sound document."""
    made, findings = read_cases(encoded(DOCUMENT))
    assert findings == []
    return made


DAY = date(2026, 3, 4)
NORTH = PlanKey("north", DAY)
OFFICE = Location(56.03, 14.15)


def day_and_plan(
    carer: str = "anna", clock: str = "08:00", day: date = DAY, minutes: int = 20
) -> tuple[Day, Plan]:
    """`carer` works four hours from `clock` on and makes two visits on end, after an hour."""
    hour, minute = map(int, clock.split(":"))
    start = datetime(day.year, day.month, day.day, hour, minute, tzinfo=STOCKHOLM)

    def after(elapsed_min: int) -> datetime:
        """By elapsed time, as the plan counts it: the clock may change in between."""
        return (start.astimezone(UTC) + timedelta(minutes=elapsed_min)).astimezone(STOCKHOLM)

    first, second, end = after(60), after(60 + minutes), after(60 + 2 * minutes)
    visits = tuple(
        Visit(f"v-{number}", f"r-{number}", OFFICE, "town", begins, begins, minutes)
        for number, begins in enumerate((first, second), start=1)
    )
    shift = Shift(f"s-{carer}", carer, start, after(240), OFFICE, OFFICE, Mode.FOOT)
    stops = (Stop("v-1", first, first, second, 0), Stop("v-2", second, second, end, 0))
    return (
        Day(day, (Carer(carer, frozenset()),), (shift,), visits),
        Plan(day, (Route(shift.id, carer, stops, 0, end),), ()),
    )


def prepare(store: Store) -> None:
    """Set the municipality up and register its two decisions."""
    set_up(store, ACT, MUNICIPALITY)
    register(store, ACT, "file-1", encoded(DOCUMENT))


def published(store: Store, unit: str = "north", **day: Any) -> PlanKey:
    """Save, approve and publish the first plan of a unit's day."""
    made, plan = day_and_plan(**day)
    key = PlanKey(unit, made.date)
    version = planning.save(store, ACT, unit, 0, made, plan).version
    version = planning.approve(store, ACT, key, 1, version).version
    planning.publish(store, ACT, key, 1, version)
    return key


def fill(store: Store) -> None:
    """
    Two decisions, one of them interrupted since; a superseded, a published and a draft plan.

    The draft is Bo's, the others Anna's; the published one has her 09:00-10:00.
    """
    prepare(store)
    interrupt(store, ACT, "b-1", 1, Interruption(DAY, None))
    published(store)
    planning.save(store, ACT, "north", 3, *day_and_plan(minutes=30))
    planning.approve(store, ACT, NORTH, 2, 4)
    planning.publish(store, ACT, NORTH, 2, 5)
    planning.save(store, ACT, "north", 6, *day_and_plan(carer="bo"))


def session_row(session_id: str) -> SessionRow:
    """A session of the same person, who logged in when the sample's acts were made."""
    return SessionRow(
        id_sha256=sha256(session_id.encode()).hexdigest(),
        municipality_id=ACT.municipality,
        user_id=ACT.actor,
        caller_json='{"roles": ["admin"], "provider": null, "units": [], "carer": null}',
        csrf_token="t",  # noqa: S106
        started_at=AT,
        used_at=AT,
        ends_at=AT + timedelta(hours=10),
    )


def later(hours: int) -> Act:
    """The same person's act, some hours later."""
    return replace(ACT, at=AT + timedelta(hours=hours))
