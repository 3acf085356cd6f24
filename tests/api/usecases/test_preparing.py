"""A unit's day from decisions and staff: every granted visit once, and only where it belongs."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from api import demo, flow
from api.documents.cases import Case
from api.documents.decisions import document_of
from api.documents.planning import PlanningDocument, Run
from api.refusals import Stale
from api.store.engine import Store
from api.store.records import Municipality, PlanKey, Unit
from api.usecases import planning
from api.usecases.deciding import change, decision, interrupt
from api.usecases.performing import approve_delivery, deliver
from api.usecases.preparing import day_to_plan, roster, set_roster, units_with_roster
from api.usecases.registering import register
from api.usecases.setting_up import set_up
from api.usecases.visit_changes import Sent
from fixtures.municipality import Size, day_of, generate
from pricing.budget.model import Interruption
from scheduler.care.errors import InvalidInput, NotFound
from scheduler.care.model import Provider, ProviderKind
from scheduler.moved import MARK
from scheduler.plan import Plan
from tests.api.store.money_samples import CHIEF, SENDER
from tests.api.store.samples import ACT

DAY = date(2026, 3, 4)
KEY = PlanKey("centrum", DAY)
TERMS = flow.load_terms()
OFFICE = [56.03, 14.15]


def staff(day: date = DAY, *carers: str, **more: Any) -> bytes:
    """Carers from 07:00 to 11:00, who drive."""
    shifts = [
        {
            "id": carer,
            "skills": ["läkemedel", "undersköterska"],
            "shifts": [
                {
                    "id": f"s-{carer}-{day.isoformat()}",
                    "minStartTime": f"{day.isoformat()}T07:00:00+01:00",
                    "maxEndTime": f"{day.isoformat()}T11:00:00+01:00",
                    "startLocation": OFFICE,
                    "endLocation": OFFICE,
                    "transportMode": "CAR",
                }
            ],
        }
        for carer in carers or ("c-1", "c-2")
    ]
    return json.dumps({"caregivers": shifts, **more}).encode()


def granted(name: str, **changes: Any) -> dict[str, Any]:
    """A morning visit every day, by the municipality's own staff."""
    return {
        "id": name,
        "recipientId": f"r-{name}",
        "recipient": {"location": [56.035, 14.16], "zone": "town"},
        "decidedOn": "2026-02-20",
        "validFrom": "2026-03-01",
        "provider": {"id": "own", "kind": "OWN"},
        "unit": "centrum",
        "lines": [
            {"id": "l-1", "service": "morning", "bands": ["MORNING"],
             "frequency": {"times": 1, "period": "DAY"}}
        ],
        **changes,
    }  # fmt: skip


@pytest.fixture
def ready(store: Store) -> Store:
    units = (Unit("centrum", "Centrum"), Unit("norr", "Norr"))
    providers = (Provider("own", ProviderKind.OWN), Provider("p-1", ProviderKind.PRIVATE))
    set_up(store, ACT, Municipality("m-1", "Provköping", units, providers))
    return store


def registered(store: Store, *decisions: dict[str, Any]) -> None:
    register(store, ACT, "key", json.dumps({"decisions": decisions}).encode())


def prepared(store: Store, key: PlanKey = KEY) -> PlanningDocument:
    return day_to_plan(store, "m-1", key, TERMS)


def made_for(store: Store, key: PlanKey = KEY) -> set[str]:
    return {visit.recipient_id for visit in prepared(store, key).day.visits}


def published(store: Store, key: PlanKey, document: PlanningDocument) -> Plan:
    plan = flow.plan(document.day, Run(1.0, 1, 1))
    step = planning.save(store, ACT, key.unit, 0, document.day, plan)
    step = planning.approve(store, ACT, key, step.number, step.version)
    planning.publish(store, ACT, key, step.number, step.version)
    return plan


def test_each_decision_is_in_the_day_of_the_unit_that_carries_it_out(ready: Store) -> None:
    registered(
        ready,
        granted("a"),
        granted("other-unit", unit="norr"),
        granted("private", provider={"id": "p-1", "kind": "PRIVATE"}),
        granted("later", validFrom="2026-03-05"),
        granted("over", validTo="2026-03-03"),
        granted("comes", unit="norr", moves=[{"firstDay": "2026-03-04", "unit": "centrum"}]),
        granted("leaves", moves=[{"firstDay": "2026-03-04", "unit": "norr"}]),
        granted("chose", moves=[{"firstDay": "2026-03-03",
                                 "provider": {"id": "p-1", "kind": "PRIVATE"}}]),
        granted("away", interruptions=[{"firstDay": "2026-03-02"}]),
        granted("back", interruptions=[{"firstDay": "2026-03-01", "lastDay": "2026-03-03"}]),
        granted("weekly", lines=[{"id": "l-1", "service": "shower", "bands": ["MORNING"],
                                  "frequency": {"times": 1, "period": "WEEK", "weekdays": [1]}}]),
    )  # fmt: skip
    norr = PlanKey("norr", DAY)
    set_roster(ready, ACT, KEY, 0, staff())
    set_roster(ready, ACT, norr, 0, staff(DAY, "c-3"))
    assert made_for(ready) == {"r-a", "r-comes", "r-back"}
    assert made_for(ready, norr) == {"r-other-unit", "r-leaves"}
    # The staff of a provider carries out what is placed with it.
    set_roster(ready, ACT, KEY, 1, staff(provider="p-1"))
    assert made_for(ready) == {"r-private", "r-chose"}
    assert units_with_roster(ready, "m-1", DAY) == ("centrum", "norr")


def test_what_holds_now_is_planned(ready: Store) -> None:
    registered(ready, granted("a"), granted("b"))
    set_roster(ready, ACT, KEY, 0, staff())
    interrupt(ready, ACT, "a", 1, Interruption(DAY, DAY))
    held = decision(ready, "m-1", "b").case
    moved = replace(held.home, zone="rural")
    placements = tuple(replace(p, zone="rural") for p in held.granted.placements)
    change(ready, ACT, 1, Case(replace(held.granted, placements=placements), moved))
    (visit,) = prepared(ready).day.visits
    assert (visit.recipient_id, visit.zone) == ("r-b", "rural")


def test_a_generated_municipality_is_prepared_as_it_is_generated(ready: Store) -> None:
    """The visits over the store are those that the decisions grant without it."""
    made = generate(Size.S, 1, DAY)
    _, _, registrations = demo.generated("S", 1, DAY)
    documents = [
        {**document_of(each).model_dump(mode="json", exclude_none=True), "unit": "centrum"}
        for each in registrations
    ]
    kinds = {each.provider.id: each.provider for each in registrations}
    set_up(
        ready,
        ACT,
        Municipality("m-1", "Provköping", (Unit("centrum", "Centrum"),), tuple(kinds.values())),
    )
    registered(ready, *documents)
    own = [r for r in registrations if r.provider.kind is ProviderKind.OWN]
    wanted = flow.visits_of(own, DAY, TERMS)
    assert len(wanted) > 40
    roster_of_day = {
        "caregivers": [
            {"id": c.id, "skills": sorted({*c.skills, *(d.skill for d in c.delegations)}),
             "shifts": []}
            for c in day_of(made).carers
        ]
    }  # fmt: skip
    set_roster(ready, ACT, KEY, 0, json.dumps(roster_of_day).encode())
    found = prepared(ready).day.visits
    key = lambda v: (v.id, v.recipient_id, v.earliest, v.latest, v.duration_min)  # noqa: E731
    assert Counter(map(key, found)) == Counter(map(key, wanted))


def test_who_came_lately_is_told_and_older_days_are_forgotten(ready: Store) -> None:
    registered(ready, granted("a"))
    for days in (1, 2):
        key = PlanKey("centrum", DAY - timedelta(days=days))
        set_roster(ready, ACT, key, 0, staff(key.day, f"c-{days}"))
        published(ready, key, prepared(ready, key))
    set_roster(ready, ACT, KEY, 0, staff())
    (known,) = prepared(ready).day.continuity
    assert (known.recipient_id, known.recent) == ("r-a", frozenset({"c-1", "c-2"}))
    late = PlanKey("centrum", DAY + timedelta(days=12))
    set_roster(ready, ACT, late, 0, staff(late.day))
    (known,) = prepared(ready, late).day.continuity
    assert known.recent == frozenset({"c-1"})


def test_a_visit_that_was_moved_is_offered_until_a_plan_makes_it(ready: Store) -> None:
    shower = {
        "id": "l-1", "service": "shower", "bands": ["MORNING"], "flexible": True,
        "frequency": {"times": 1, "period": "WEEK", "weekdays": [1, 2, 3, 4]},
    }  # fmt: skip
    registered(ready, *(granted(name, lines=[shower]) for name in "abcdefgh"))
    nobody = json.dumps({"caregivers": [{"id": "c-1", "shifts": []}]}).encode()
    monday, tuesday, wednesday = (PlanKey("centrum", date(2026, 3, day)) for day in (2, 3, 4))
    set_roster(ready, ACT, monday, 0, nobody)
    left = {each.visit_id for each in published(ready, monday, prepared(ready, monday)).unassigned}
    assert left
    moved = {f"{name}{MARK}2026-03-02" for name in left}
    set_roster(ready, ACT, tuesday, 0, staff(tuesday.day, *(f"c-{n}" for n in range(9))))
    document = prepared(ready, tuesday)
    offered = {visit.id for visit in document.day.visits}
    assert moved <= offered
    set_roster(ready, ACT, wednesday, 0, staff(wednesday.day))
    # Tuesday has no plan in force yet.
    assert moved <= {visit.id for visit in prepared(ready, wednesday).day.visits}
    assert not published(ready, tuesday, document).unassigned
    assert not moved & {visit.id for visit in prepared(ready, wednesday).day.visits}


def test_the_last_occasion_is_that_of_the_latest_published_plan(ready: Store) -> None:
    """Also a fortnight ago, which is as long as the rule may be; what is not published is none."""
    line = {"id": "l-1", "service": "morning", "bands": ["MORNING"], "leastHoursApart": 336,
            "frequency": {"times": 1, "period": "DAY"}}  # fmt: skip
    registered(ready, granted("a", lines=[line]), granted("b"))
    began = {}
    for day in (DAY, DAY + timedelta(days=1)):
        key = PlanKey("centrum", day)
        set_roster(ready, ACT, key, 0, staff(day))
        plan = published(ready, key, replaced(prepared(ready, key)))
        began[day] = {
            s.visit_id[0]: s.start for r in plan.routes for s in r.stops if s.visit_id is not None
        }["a"]
    for ahead, last in ((2, DAY + timedelta(days=1)), (15, DAY + timedelta(days=1)), (16, None)):
        key = PlanKey("centrum", DAY + timedelta(days=ahead))
        set_roster(ready, ACT, key, 0, staff(key.day))
        known = {v.recipient_id: v.apart for v in prepared(ready, key).day.visits}
        assert known["r-b"] == ()
        (apart,) = known["r-a"]
        assert (apart.least_h, apart.line_id) == (336, "l-1")
        assert apart.last_occasion == (None if last is None else began[last])


def test_what_is_reported_of_a_planned_visit_is_its_last_occasion(ready: Store) -> None:
    """When it was made; that it was not; withdrawn again, and corrected."""
    line = {"id": "l-1", "service": "morning", "bands": ["MORNING"], "leastHoursApart": 24,
            "frequency": {"times": 1, "period": "DAY"}}  # fmt: skip
    registered(ready, granted("a", lines=[line]))
    set_roster(ready, ACT, KEY, 0, staff(DAY))
    plan = published(ready, KEY, prepared(ready))
    (planned,) = (s for r in plan.routes for s in r.stops if s.visit_id is not None)
    after = PlanKey("centrum", DAY + timedelta(days=1))
    set_roster(ready, ACT, after, 0, staff(after.day))
    made = planned.start.replace(second=0) + timedelta(minutes=47)

    def last(number: int, status: str, start: datetime) -> datetime | None:
        row = {"id": "u-1", "provider": "own", "provider_kind": "OWN", "recipient": "r-a",
               "service": "morning", "zone": "town", "start": start.isoformat(), "status": status,
               "performed_min": "15" if status == "PERFORMED" else "0",
               "planned_visit": planned.visit_id}  # fmt: skip
        content = "\n".join((",".join(row), ",".join(row.values()))).encode()
        deliver(ready, SENDER, Sent("", f"{number}", f"{number}.csv", content, corrects=True))
        approve_delivery(ready, CHIEF, "", f"{number}", 1)
        (visit,) = prepared(ready, after).day.visits
        return visit.apart[0].last_occasion

    assert last(1, "PERFORMED", made) == made
    assert last(2, "DECLINED", planned.start) is None
    assert last(3, "WITHDRAWN", planned.start) == planned.start
    assert last(4, "PERFORMED", made + timedelta(minutes=5)) == made + timedelta(minutes=5)


def replaced(document: PlanningDocument) -> PlanningDocument:
    """Without what is known of last occasions, so that every day can be planned."""
    visits = tuple(replace(visit, apart=()) for visit in document.day.visits)
    return replace(document, day=replace(document.day, visits=visits))


def test_a_faulty_roster_is_refused_when_it_comes_in(ready: Store) -> None:
    with pytest.raises(InvalidInput) as refused:
        set_roster(ready, ACT, KEY, 0, staff(date(2026, 3, 6)))
    assert {each.code for each in refused.value.findings} == {"OUTSIDE_PLANNED_DAY"}
    with pytest.raises(NotFound):
        roster(ready, "m-1", KEY)
    with pytest.raises(NotFound):
        set_roster(ready, ACT, PlanKey("nowhere", DAY), 0, staff())


def test_of_two_who_set_the_same_roster_the_second_reads_again(ready: Store) -> None:
    assert set_roster(ready, ACT, KEY, 0, staff()) == 1
    with pytest.raises(Stale):
        set_roster(ready, ACT, KEY, 0, staff(DAY, "c-9"))
    assert set_roster(ready, ACT, KEY, 1, staff(DAY, "c-9")) == 2
    number, words = roster(ready, "m-1", KEY)
    assert (number, [each["id"] for each in words["caregivers"]]) == (2, ["c-9"])


def test_a_day_without_staff_or_with_an_unknown_skill_says_so(ready: Store) -> None:
    home = {"location": [56.035, 14.16], "zone": "town", "requiredSkills": ["sondmatning"]}
    registered(ready, granted("a", recipient=home))
    with pytest.raises(NotFound) as missing:
        prepared(ready)
    assert missing.value.findings[0].code == "NO_ROSTER"
    set_roster(ready, ACT, KEY, 0, staff())
    with pytest.raises(InvalidInput) as refused:
        prepared(ready)
    assert [each.code for each in refused.value.findings] == ["UNKNOWN_SKILL"]
