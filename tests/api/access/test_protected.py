"""
A protected person over HTTP: every operation of the OpenAPI description, by every role.

Whoever has no grant finds nothing of the person in any answer, nor does the log of the service; who
has one does, and then the log of readings has a line. An operation that is neither found to show
the person to the granted nor said to show nobody fails here.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from api.access.caller import Role
from api.access.operations import POLICY
from api.store.audit import Act
from api.store.check import check
from api.store.engine import Store
from api.store.person_records import AccessKind, ProtectionKind, View
from api.store.records import PlanKey
from api.store.tables import AccessRow
from api.usecases import protecting, showing
from api.usecases.registering import register
from tests.api.access.keys import SETTINGS
from tests.api.access.protected_world import (
    ADMIN,
    CASE,
    CASES,
    CONTENT,
    GRANTED,
    HOME,
    IDS,
    MARKED,
    NAME,
    NUMBER,
    WHO,
    decision,
    granted,
    marked_store,
)
from tests.api.access.service import ABSENT, OWN, caller, serving
from tests.api.access.test_matrix import described as described
from tests.api.access.test_matrix import named, send, without
from tests.api.server import NOW
from tests.api.store.person_samples import KEYS
from tests.api.store.samples import ACT, DAY, encoded

# What tells of no person that the service keeps: of nobody, of counts and sums, or of what the
# request itself has sent.
SHOWS_NOBODY = {
    "health.health", "health.live", "health.ready",
    "auth.login", "auth.callback", "auth.session", "auth.logout",
    "municipalities.municipality", "municipalities.set_up",
    "decisions.register", "amendments.amend",
    "day_plans.demo_data", "day_plans.submit", "day_plans.check", "day_plans.evaluate",
    "day_plans.recommendations", "day_plans.replan", "day_plans.simulations",
    "day_plans.metadata", "day_plans.diff", "day_plans.stop",
    "day_plan_views.events", "day_plan_views.score_analysis", "day_plan_views.from_patch",
    "plan_revisions.revisions", "plan_revisions.save", "plan_revisions.save_run",
    "plan_revisions.approve", "plan_revisions.publish",
    "unit_days.roster", "unit_days.set_roster", "unit_days.solve", "unit_days.solve_municipality",
    "unit_days.municipality_plan", "unit_days.stop_municipality",
    "quotes.quote", "orders.choices", "orders.expire", "orders.queue", "orders.capacities",
    "orders.set_capacity", "orders.set_rule",
    "rate_documents.upload", "rate_documents.documents", "rate_documents.in_force",
    "rate_documents.document", "rate_documents.content_of", "rate_documents.approve",
    "performed_visits.deliver", "performed_visits.deliveries", "performed_visits.delivery",
    "performed_visits.approve",
    # Sums, files by name, and a closed month that is not closed again.
    "settlements.settlements", "settlements.close", "settlements.hand_out",
    "settlements.exports", "settlements.reconcile",
    "purses.purses", "purses.unit_costs", "hour_costs.hour_costs",
}  # fmt: skip
# Figures of a period; their notes are of visits and lines of whoever may be told of.
SHOWS_NOBODY |= {
    "follow_ups.follow_up", "follow_ups.workbook", "follow_ups.chart", "budgets.budget",
    # Carers' days: no recipient.
    "worked_time.report", "worked_time.days",
}  # fmt: skip
# Of the erased nothing is told but how much it was; tests/api/usecases/test_erasing.py.
SHOWS_NOBODY |= {"persons.erase", "persons.retain", "readings.verify", "acts.verify"}
# Who marks, grants and reviews sees opaque ids of everybody, and nothing else.
TELLS_IDS = {
    "persons.protect", "persons.unprotect", "persons.protections", "persons.grant",
    "persons.revoke", "persons.grants", "readings.review", "readings.emergencies",
    "acts.acts",
}  # fmt: skip
# Not the calendar: who is protected is in nobody's.
SHOWS_NOBODY |= {"published.calendar"}
# The carer who goes there is shown where; :func:`test_the_carer_is_shown_where_to_go`.
GOES_THERE = ("published.carer_day", Role.CARER)
NAMES = {
    "orders.accept": {"number": "1"},
    "orders.refuse": {"number": "1", "decision_id": CASES[1]},
    "orders.cancel": {"number": "1", "decision_id": CASES[2]},
    "orders.choose": {"decision_id": CASES[2]},
    "own_orders.order": {"number": "1"},
    "own_orders.accept": {"number": "1", "decision_id": CASES[3]},
    "own_orders.refuse": {"number": "1", "decision_id": CASES[4]},
}
REASON = {"X-Reason": "Test"}
# Parameters of a path that name a person, or what is theirs alone.
ABOUT = {"decision_id", "recipient", "visit"}
BODIES: dict[str, Any] = {
    "orders.choose": {
        "providers": [{"provider": "p-1", "unit": "north"}], "firstDay": "2026-06-01",
        "answerDays": 14,
    },
    "persons.find": {"number": NUMBER},
    "persons.record": {"name": NAME, "number": NUMBER},
    "decisions.change": decision(),
    "settlements.settle": {"provider": "p-1", "month": "2026-05"},
    "performed_visits.correct": {
        "providerKind": "PRIVATE", "recipient": WHO, "service": "care", "zone": "town",
        "start": "2026-05-04T13:00:00+02:00", "performedMin": 31,
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = marked_store(tmp_path_factory.mktemp("marked"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    fast = replace(SETTINGS, rate_per_s=10**6, rate_burst=10**6)
    with serving(store.address, fast, keys=KEYS) as made:
        yield made


def asked(
    client: TestClient,
    name: str,
    how: tuple[str, str, dict[str, Any]],
    headers: dict[str, str],
    reason: str = "Test",
) -> Any:
    """The answer about the protected person, with a body that is about them too."""
    names = {**MARKED, **NAMES.get(name, {})}
    method, path, operation = how
    if name in BODIES:
        content = {**operation["requestBody"]["content"]["application/json"]}
        content["example"] = BODIES[name]
        body = {"content": {"application/json": content}}
        how = (method, path, {**operation, "requestBody": body})
    return send(client, how, {"X-Reason": reason, **headers}, names)


def found(answer: Any, markers: tuple[str, ...]) -> list[str]:
    """Which markers stand in an answer, its headers included; also as JSON escapes them."""
    text = answer.text + str(dict(answer.headers))
    text += answer.content.decode("unicode_escape", errors="replace")
    return [marker for marker in markers if marker in text]


def test_nobody_is_told_without_a_grant(
    client: TestClient, described: dict[str, Any], caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Neither who asks for them by id, nor who asks for lists and days in which they are."""
    caplog.set_level(logging.DEBUG)
    for name, how in described.items():
        # Whoever may not do it at all is told nothing, whatever is asked (test_matrix).
        for role in POLICY[name].scopes:
            if (name, role) == GOES_THERE:
                continue
            direct = asked(client, name, how, caller(role))
            # An error repeats the id that was asked for.
            by_id = named(how[1]) & ABOUT or name in BODIES
            markers = CONTENT if by_id or name in TELLS_IDS else CONTENT + IDS
            assert found(direct, markers) == [], (name, role, direct.text)
            names = {**OWN, "number": MARKED["number"]}
            around = send(client, how, {**REASON, **caller(role)}, names)
            markers = CONTENT if name in TELLS_IDS else CONTENT + IDS
            assert found(around, markers) == [], (name, role, around.text)
    printed = capfd.readouterr()
    logged = "\n".join(each.getMessage() for each in caplog.records if each.name != "httpx")
    for marker in CONTENT:
        assert marker not in logged + printed.out + printed.err


def test_asked_for_by_id_they_are_as_nobody(client: TestClient, described: dict[str, Any]) -> None:
    """The same bytes and headers as for an id that nobody has."""
    absent = {**ABSENT, "visit": "xan-0"}
    tried = set()
    for name, how in described.items():
        about = named(how[1]) & ABOUT
        for role in POLICY[name].scopes:
            if not about or name in TELLS_IDS:
                continue
            tried.add(name)
            of_person = {each: MARKED[each] for each in about}
            of_nobody = {each: absent[each] for each in about}
            headers = {**REASON, **caller(role)}
            hidden = send(client, how, headers, {**OWN, **of_person})
            missing = send(client, how, headers, {**OWN, **of_nobody})
            assert hidden.status_code == missing.status_code, (name, role, hidden.text)
            assert without(hidden.text, of_person) == without(missing.text, of_nobody), name
            assert hidden.headers.keys() == missing.headers.keys()
    assert len(tried) == 22


def test_every_operation_shows_them_to_the_granted_or_shows_nobody(
    store: Store, client: TestClient, described: dict[str, Any]
) -> None:
    """A new operation is proven here to hide what it could show, or is said to show nobody."""
    shown = set()
    # Readings first: what is written ends the decision.
    order = sorted(
        described, key=lambda each: (described[each][0] != "GET", each == "decisions.end", each)
    )
    for name in order:
        for role in POLICY[name].scopes:
            headers = granted(role)
            if name.startswith(("decisions.", "amendments.review")):
                held = client.get(f"/v1/decisions/{CASE}", headers=granted(Role.ASSESSOR))
                headers["If-Match"] = held.headers["ETag"]
            answer = asked(client, name, described[name], headers, "Test of protection")
            # An error repeats the id that was asked for.
            if answer.status_code < 400 and found(answer, CONTENT + IDS):
                shown.add(name)
    # Where the queue has room they tell the granted advice on the day's visits, by their ids.
    shown -= {"unit_days.solve", "unit_days.solve_municipality"}
    assert shown | SHOWS_NOBODY | TELLS_IDS == set(described)
    assert shown & SHOWS_NOBODY == set()
    with store.reading() as session:
        rows = session.exec(select(AccessRow).where(AccessRow.recipient_id == WHO)).all()
    by_granted = {row.reason for row in rows if row.actor == GRANTED}
    # Of persons themselves the log has the reason that was given.
    own_words = ("persons.", "readings.", "own_orders.")
    assert {name for name in shown - TELLS_IDS if not name.startswith(own_words)} <= by_granted
    assert "Test of protection" in by_granted
    assert all(row.protected for row in rows)
    in_vain = {row.reason for row in rows if row.kind == AccessKind.REFUSED}
    assert {"decisions.decision", "decisions.end", "published.recipient_day"} <= in_vain
    assert check(store) == []


def lists(client: TestClient, described: dict[str, Any]) -> dict[tuple[str, Role], bytes]:
    """The answers to every reading operation, by whoever may."""
    return {
        (name, role): send(client, how, caller(role), OWN).content
        for name, how in described.items()
        for role in POLICY[name].scopes
        if how[0] == "GET"
    }


def test_a_protected_person_more_changes_no_byte_of_a_list(
    store: Store, client: TestClient, described: dict[str, Any]
) -> None:
    """South's, of whom nobody here plans a day: lists, counts, pages, queues and deadlines."""
    before = lists(client, described)
    made = {**decision("b-secret", "r-secret"), "unit": "south", "moves": []}
    register(store, ACT, "secret", encoded({"decisions": [made]}))
    protecting.protect(store, ADMIN, "r-secret", ProtectionKind.MARKED_CONFIDENTIAL, DAY)
    assert lists(client, described) == before


def test_the_carer_is_shown_where_to_go(client: TestClient) -> None:
    """The plan in force is Anna's leave, on the day and the one before and after it."""
    path = f"/v1/units/north/plans/{DAY.isoformat()}/published/carers/anna"
    stops = client.get(path, headers=caller(Role.CARER)).json()["shifts"][0]["stops"]
    assert [each.get("location") for each in stops][1] == [HOME.lat, HOME.lon]
    (first, taken) = client.get(path, headers=caller(Role.SCHEDULER)).json()["shifts"][0]["stops"]
    assert first["visitId"] == "v-1"
    assert taken == {
        "kind": "TAKEN", "startTime": first["endTime"], "endTime": taken["endTime"],
        "travelTime": "PT0S", "services": [], "togetherWith": [],
    }  # fmt: skip
    text = client.get(f"{path}/calendar", headers=caller(Role.CARER)).text
    assert "SUMMARY:Upptagen" in text
    assert WHO not in text


@pytest.mark.parametrize(
    ("days", "who", "sees"), [(-2, "anna", False), (-1, "anna", True), (1, "anna", True),
                              (2, "anna", False), (0, "bo", False)],
)  # fmt: skip
def test_a_carer_sees_the_own_days_only(store: Store, days: int, who: str, sees: bool) -> None:
    """A plan of next week is not yet a reason to know where somebody hides."""
    at = NOW.replace(day=DAY.day) + timedelta(days=days)
    act = Act("m-1", f"u-{who}", at, View(frozenset({"carer"}), "north", "test", carer=who))
    made = showing.shown_round(store, act, PlanKey("north", DAY), "anna")
    assert (WHO not in made.hidden) is sees
