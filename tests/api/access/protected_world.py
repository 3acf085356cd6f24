"""
The two municipalities of :mod:`tests.api.access.service`, and in m-1 a protected person with
unmistakable words: whose name, number, home, wishes, decision and visits nobody is to see who has
no grant.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from api.access.caller import Role
from api.documents.plan_schemas import MetadataSchema, Status
from api.documents.plan_writing import plan_document
from api.documents.planning import PlanningDocument, Run
from api.store.address import database_address
from api.store.audit import Act
from api.store.engine import Store
from api.store.money_records import ExportFormat
from api.store.order_records import At
from api.store.person_records import Grantee, ProtectionKind
from api.store.records import Origin, PlanKey, RunKey
from api.usecases import choosing, persons, planning, protecting, running
from api.usecases.handing_out import hand_out
from api.usecases.performing import approve_delivery, deliver
from api.usecases.registering import register
from scheduler.care.model import Day, Decision, Location, Mode
from scheduler.given_travel import travel_of
from scheduler.plan import Plan, Stop
from tests.api.access.keys import token
from tests.api.access.service import OWN, fill
from tests.api.server import NOW
from tests.api.store.money_samples import CHIEF, SENDER, sent, settle
from tests.api.store.person_samples import KEYS, number_of, reader
from tests.api.store.samples import ACT, AT, DAY, OFFICE, day_and_plan, document, encoded

WHO, CASE = "person-markör", "beslut-markör"
NAME, NUMBER = "Xantippa Markörsdotter", number_of(date(1931, 7, 9))
# Some eighty metres from the office, where the round begins and ends.
HOME = Location(56.03071234, 14.15059876)
# As they stand in an answer; the ids too, wherever the question did not name them.
CONTENT = (
    "Xantippa", "rsdotter", NUMBER, f"{NUMBER[2:8]}-{NUMBER[8:]}", "56.03071", "14.15059",
    "volapük", "Sjukhus X",
)  # fmt: skip
IDS = (WHO, CASE, "person-mark", "beslut-mark", "xan-1")
# One for each operation that leaves nothing to be done by the next one.
CASES = (CASE, *(f"{CASE}-{number}" for number in range(2, 6)))
MARKED = {
    **OWN, "decision_id": CASE, "plan_id": "run-marked", "other_id": "run-marked",
    "recipient": WHO, "number": "4", "visit": "xan-1", "key": "marked", "month": "2026-05",
    "format": "HTML", "name": "p-1-2026-05.html",
}  # fmt: skip
ADMIN = reader("admin-1", at=NOW - timedelta(hours=1))
GRANTED = "u-granted"
CHOSEN = At("p-1", "north")


def marked_store(folder: Path) -> Store:
    """A SQLite store with everything that the service keeps of the protected person."""
    store = Store(database_address({"DATABASE_URL": f"sqlite:///{folder / 'marked.db'}"}))
    fill(store)
    register(store, ACT, "marked", encoded({"decisions": [decision(each) for each in CASES]}))
    persons.record(store, ADMIN, KEYS, WHO, 0, name=NAME, number=NUMBER)
    for each in CASES:
        choosing.choose(store, ACT, each, 0, [CHOSEN], date(2026, 6, 1), 14, _weekly)
    _plans(store)
    line = f"xan-1,p-1,PRIVATE,{WHO},care,town,2026-05-04T13:00+02:00,PERFORMED,30,\n"
    deliver(store, ACT, sent(line, "marked", sender="p-1"))
    _paid(store)
    protecting.protect(store, ADMIN, WHO, ProtectionKind.ASSUMED_IDENTITY, date(2026, 1, 1))
    until = NOW + timedelta(days=30)
    protecting.grant(store, ADMIN, WHO, Grantee.USER, GRANTED, until)
    return store


def decision(name: str = CASE, recipient: str = WHO) -> dict[str, object]:
    """The sample's first decision, of the protected person: in north, by p-1."""
    made = deepcopy(document()["decisions"][0])
    made["id"], made["recipientId"] = name, recipient
    made["recipient"]["location"] = [HOME.lat, HOME.lon]
    made["recipient"]["preferredLanguages"] = ["volapük"]
    # By the unit's own staff on the day that is planned, then by the provider.
    made["recipient"]["requiredSkills"] = []
    made["provider"] = {"id": "own", "kind": "OWN"}
    made["moves"] = [
        {
            "firstDay": "2026-04-01",
            "zone": "town",
            "unit": "north",
            "provider": {"id": "p-1", "kind": "PRIVATE"},
        }
    ]
    made["interruptions"] = [{"firstDay": "2026-08-01", "reason": "Sjukhus X"}]
    return made


def marked_day() -> tuple[Day, Plan]:
    """Anna's day: the second of her two visits is to the protected person."""
    day, plan = day_and_plan(minutes=30)
    first, second = day.visits
    way_s = travel_of(day).seconds(OFFICE, HOME, Mode.FOOT)
    begins = second.earliest + timedelta(minutes=20)
    visit = replace(
        second, id=f"{CASE}-morning-1", recipient_id=WHO, location=HOME, decision_id=CASE,
        earliest=begins, latest=begins,
    )  # fmt: skip
    (route,) = plan.routes
    there = route.stops[0].end + timedelta(seconds=way_s)
    end = begins + timedelta(minutes=30)
    stops = (route.stops[0], Stop(visit.id, there, begins, end, way_s))
    back = end + timedelta(seconds=way_s)
    named = replace(day, visits=(first, visit), names={WHO: NAME})
    made = replace(route, stops=stops, return_travel_s=way_s, back=back)
    return named, replace(plan, routes=(made,))


def granted(role: Role) -> dict[str, str]:
    """The headers of somebody with `role` who may see the protected person."""
    more = {Role.PROVIDER: {"provider": "p-1"}, Role.CARER: {"carer": "anna"}}.get(role, {})
    made = token(sub=GRANTED, roles=[role.value], **more)
    return {"Authorization": f"Bearer {made}"}


def _weekly(_decision: Decision, _day: date) -> Decimal:
    return Decimal(600)


def _paid(store: Store) -> None:
    """May is closed with the person's visit in it, and handed out."""
    approve_delivery(store, CHIEF, "p-1", "marked", 1)
    settle(store, "2026-05")
    for kind in (ExportFormat.HTML, ExportFormat.EXCEL):
        hand_out(store, SENDER, "p-1", "2026-05", kind)


def _plans(store: Store) -> None:
    """In north a revision with the person is in force, and a run has planned the day."""
    day, plan = marked_day()
    key = PlanKey("north", DAY)
    version = planning.plan_revisions(store, "m-1", key).version
    number = planning.save(store, ACT, "north", version, day, plan).number
    version = planning.approve(store, ACT, key, number, version + 1).version
    planning.publish(store, ACT, key, number, version)
    assert number == int(MARKED["number"])
    by = Act("m-1", "u-scheduler", AT)
    for name, origin in (("run-marked", Origin(unit="north")), ("batch-marked", Origin(
        unit="north", batch="batch-both"))):  # fmt: skip
        run = RunKey("m-1", name)
        running.submit(store, by, name, PlanningDocument(day, Run()), origin)
        attempt = running.begin(store, run, "w", AT)
        assert attempt is not None
        metadata = MetadataSchema(id=name, status=Status.SOLVING_ACTIVE)
        running.keep(store, run, attempt, AT, plan_document(plan, metadata, day))
        running.end(store, run, attempt, AT, None, running.TRIED_TOO_OFTEN)
