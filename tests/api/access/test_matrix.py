"""
Who may do what: every operation of the OpenAPI description, by every role, on every kind of object.

An operation that the policy does not name fails here, and so does one whose scope is narrower than
the municipality and that no case here tries beyond its scope.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from api.access.caller import Role
from api.access.operations import POLICY
from api.access.policy import Scope
from api.store.audit import Act
from api.store.engine import Store
from api.store.money_records import ExportFormat
from api.store.order_records import At
from api.store.records import PlanKey
from api.usecases import planning
from api.usecases.deciding import end
from api.usecases.handing_out import hand_out
from api.usecases.ordering import accept, refuse
from api.usecases.registering import register
from tests.api.access.keys import SETTINGS
from tests.api.access.service import (
    ABSENT,
    ELSEWHERE,
    OTHERS,
    OWN,
    caller,
    decisions,
    fill,
    finished_run,
    serving,
)
from tests.api.store.money_samples import HEADER, SENDER, report, settle
from tests.api.store.money_samples import OTHERS as OTHERS_VISIT
from tests.api.store.order_samples import chosen, weekly
from tests.api.store.samples import AT, DAY
from tests.api.store.trio import Trio

# Addresses that answer without a policy: the description itself tells of nobody.
UNLISTED = {"/openapi.json"}
# Operations with a narrow scope that name their objects in the body or in none: each has its test.
WITHOUT_PATH = {
    "decisions.decisions", "hour_costs.hour_costs", "unit_days.solve_municipality",
    "performed_visits.deliver", "performed_visits.deliveries", "settlements.settlements",
    "follow_ups.follow_up", "follow_ups.workbook", "follow_ups.chart",
    "worked_time.report", "worked_time.days",
}  # fmt: skip
ALLOWED = sorted(
    (operation, role) for operation, rule in POLICY.items() for role in rule.scopes
)  # fmt: skip
# The caller's own run has no plan, which is told with a 404 of its own.
WITHOUT_PLAN = {"day_plan_views.score_analysis", "hour_costs.hour_costs"}
# A file is named by what is in it; the example settles a provider of another municipality.
WITHOUT_PLAN |= {"settlements.export_file", "settlements.settle"}
# The body names its object too, and is looked at first; or an unknown unit is one of its faults.
BODY_FIRST = {"performed_visits.correct", "orders.set_capacity", "orders.set_rule"}
# To whoever sees every provider, one without visits and one that nobody knows have the same list.
EMPTY_LISTS = {"performed_visits.visits", "orders.choices", "orders.queue"}
DENIED = sorted(
    (operation, role)
    for operation, rule in POLICY.items()
    for role in Role
    if not rule.public and role not in rule.scopes
)


@pytest.fixture(scope="module")
def store(migrated_trio: Trio) -> Store:
    """The database as its administrator sees it."""
    fill(migrated_trio.root)
    return migrated_trio.root


@pytest.fixture(scope="module")
def client(store: Store, migrated_trio: Trio) -> Iterator[TestClient]:
    """
    The service as a role that row-level security holds.

    Whoever may do something must be let by the database too; a policy too narrow is told here.
    """
    # So many requests a second that none of the many here is refused for its number.
    access = replace(SETTINGS, rate_per_s=10**6, rate_burst=10**6)
    with serving(migrated_trio.service.address, access) as made:
        yield made


@pytest.fixture(scope="module")
def described(client: TestClient) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Operation id -> method, path and description."""
    schema = client.get("/openapi.json").json()
    return {
        operation["operationId"]: (method.upper(), path, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }


def send(
    client: TestClient, how: tuple[str, str, dict[str, Any]], headers: dict[str, str],
    names: dict[str, str],
) -> Any:  # fmt: skip
    """The answer to an operation with the body of its example, on the objects of `names`."""
    method, path, operation = how
    query = {
        each["name"]: names[each["name"]]
        for each in operation.get("parameters", [])
        if each["in"] == "query" and each["required"] and each["name"] in names
    }
    if "{key}" in path:
        query["sender"] = names["provider"]
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    body = content.get("example")
    if "{decision_id}" in path and body and "id" in body:
        body = {**body, "id": names["decision_id"]}
    return client.request(
        method,
        path.format_map(names),
        params=query,
        headers={"If-Match": '"1"', **headers},
        json=body,
        follow_redirects=False,
    )


def without(text: str, names: dict[str, str]) -> str:
    """`text` with the objects' own ids left out: what is left must not tell one from another."""
    for name in sorted(names.values(), key=len, reverse=True):
        text = text.replace(name, "…")
    return text


# ---------------------------------------------------------------- the policy is whole


def test_every_operation_has_a_policy(described: dict[str, Any]) -> None:
    """Also the other way round: no line is left over of an operation that is gone."""
    assert set(described) == set(POLICY)


def test_every_address_is_an_operation(client: TestClient) -> None:
    """A mounted application or a plain route would stand beside the gate."""
    app: Any = client.app
    paths = {
        path
        for route in app.routes
        if not isinstance(route, APIRoute) and (path := getattr(route, "path", None))
    }
    assert paths <= UNLISTED


def test_every_operation_is_described_with_who_may(described: dict[str, Any]) -> None:
    for name, (_, _, operation) in described.items():
        rule = POLICY[name]
        assert (operation["security"] == []) is rule.public
        assert operation.get("x-roles", {}) == dict(rule.scopes)
        assert "429" in operation["responses"]
        assert rule.public or {"401", "403"} <= operation["responses"].keys()


def test_what_everybody_may_tells_nothing_stored() -> None:
    assert {name for name, rule in POLICY.items() if rule.public} == {
        "health.health", "health.live", "health.ready", "auth.login", "auth.callback",
    }  # fmt: skip


def test_every_narrow_scope_is_tried(described: dict[str, Any]) -> None:
    narrow = {
        name
        for name, rule in POLICY.items()
        if any(scope is not Scope.MUNICIPALITY for scope in rule.scopes.values())
    }
    tried = {name for name in narrow if named(described[name][1]) & OTHERS.keys()}
    assert narrow - tried == WITHOUT_PATH


def named(path: str) -> set[str]:
    """The parameters of a path."""
    return {name for name in {*OWN, *ABSENT} if f"{{{name}}}" in path}


def test_every_parameter_of_a_path_is_known(described: dict[str, Any]) -> None:
    """A new kind of object needs own, other and absent ones here."""
    for _, path, _ in described.values():
        assert path.count("{") == len(named(path)), path


# ---------------------------------------------------------------- operation x role


@pytest.mark.parametrize("operation", sorted(name for name in POLICY if not POLICY[name].public))
def test_nobody_in_particular_is_refused(
    client: TestClient, described: dict[str, Any], operation: str
) -> None:
    answer = send(client, described[operation], {}, OWN)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    # The same whether or not there is such an object.
    absent = send(client, described[operation], {}, {**OWN, **ABSENT})
    assert absent.content == answer.content


@pytest.mark.parametrize(("operation", "role"), DENIED)
def test_a_role_without_the_right_is_refused(
    client: TestClient, described: dict[str, Any], operation: str, role: Role
) -> None:
    answer = send(client, described[operation], caller(role), OWN)
    assert answer.status_code == 403
    for names in (ELSEWHERE, OTHERS, ABSENT):
        other = send(client, described[operation], caller(role), {**OWN, **names})
        assert other.content == answer.content


@pytest.mark.parametrize(("operation", "role"), ALLOWED)
def test_a_role_with_the_right_reaches_its_own(
    client: TestClient, described: dict[str, Any], operation: str, role: Role
) -> None:
    """The body may not suit the object (409, 412, 422); it is not access that refuses it."""
    answer = send(client, described[operation], caller(role), OWN)
    hidden = {401, 403} if operation in WITHOUT_PLAN else {401, 403, 404}
    assert answer.status_code not in hidden, answer.text


@pytest.mark.parametrize(("operation", "role"), ALLOWED)
def test_what_is_beyond_is_as_if_it_were_not(
    client: TestClient, described: dict[str, Any], operation: str, role: Role
) -> None:
    """404 with the same bytes as for an id that nobody has."""
    how = described[operation]
    scope = POLICY[operation].scopes[role]
    kinds = [ELSEWHERE] if scope is Scope.MUNICIPALITY else [ELSEWHERE, OTHERS]
    for names in kinds:
        passed_over = set() if names is ELSEWHERE else unbounded(scope)
        for name in sorted((named(how[1]) & names.keys()) - passed_over):
            other, absent = {**OWN, name: names[name]}, {**OWN, name: ABSENT[name]}
            found = send(client, how, caller(role), other)
            missing = send(client, how, caller(role), absent)
            refused = {404}
            if operation in BODY_FIRST:
                refused.add(422)
            if operation in EMPTY_LISTS and scope is Scope.MUNICIPALITY:
                refused.add(200)
            assert found.status_code in refused, (name, found.text)
            assert found.status_code == missing.status_code
            assert without(found.text, other) == without(missing.text, absent)
            assert found.headers.keys() == missing.headers.keys()


def unbounded(scope: Scope) -> set[str]:
    """Parameters that do not bound a scope: a scheduler sees every carer of the own unit."""
    return {"unit"} if scope is Scope.CARER else {"carer"}


# ---------------------------------------------------------------- objects without a path


def test_a_list_holds_what_is_within_reach(client: TestClient) -> None:
    def listed(role: Role, **query: Any) -> list[str]:
        answer = client.get("/v1/decisions", params=query, headers=caller(role)).json()
        return [each["decision"]["id"] for each in answer["decisions"]]

    assert listed(Role.ASSESSOR) == ["b-1", "b-2"]
    assert listed(Role.SCHEDULER) == ["b-1"]
    # Neither does the next page tell that there is more.
    page = client.get("/v1/decisions", params={"limit": 1}, headers=caller(Role.SCHEDULER))
    assert "next" not in page.json()


@pytest.mark.parametrize("plan_id", ["run-other", "run-m-2"])
def test_a_cost_is_measured_in_a_plan_within_reach(client: TestClient, plan_id: str) -> None:
    def asked(name: str) -> Any:
        body = {"day": "2026-03-04", "dayPlanId": name}
        return client.post("/v1/hour-costs", json=body, headers=caller(Role.SCHEDULER))

    found, missing = asked(plan_id), asked("run-0")
    assert found.status_code == 404
    assert found.text.replace(plan_id, "…") == missing.text.replace("run-0", "…")


def test_a_provider_lists_and_delivers_its_own(client: TestClient) -> None:
    def listed(role: Role, path: str) -> set[str]:
        text = client.get(path, headers=caller(role)).text
        return {name for name in ("march", "p-1-file") if f'"{name}"' in text}

    assert listed(Role.FINANCE, "/v1/visit-deliveries") == {"march", "p-1-file"}
    assert listed(Role.PROVIDER, "/v1/visit-deliveries") == {"p-1-file"}
    every = client.get("/v1/settlements", headers=caller(Role.FINANCE)).text
    own = client.get("/v1/settlements", headers=caller(Role.PROVIDER)).text
    assert '"own"' in every
    assert '"p-1"' in own
    assert '"own"' not in own
    answer = client.post(
        "/v1/performed-visits?name=a.csv",
        headers={**caller(Role.PROVIDER), "Content-Type": "text/csv"},
        content=HEADER + OTHERS_VISIT,
    )
    assert answer.status_code in (404, 422), answer.text


@pytest.mark.parametrize("form", ["", "/workbook", "/charts/chain/svg"])
def test_a_provider_follows_up_itself(client: TestClient, form: str) -> None:
    """Whom it names in the body does not widen what it reaches."""

    def asked(name: str) -> Any:
        body = {"months": ["2026-03"], "provider": name}
        return client.post(f"/v1/follow-ups{form}", json=body, headers=caller(Role.PROVIDER))

    # The samples' services have no price: it is refused for its own decision only.
    assert asked("p-1").status_code == 422
    found, missing = asked("own"), asked("p-0")
    assert found.status_code == 404
    assert found.text.replace('"own"', "…") == missing.text.replace('"p-0"', "…")


def test_a_municipalitys_day_is_that_of_the_own_units(client: TestClient) -> None:
    """It was planned by somebody who reaches both."""
    batch = "/v1/municipality-plans/batch-both"
    for told in (client.get(batch, headers=caller(Role.SCHEDULER)),
                 client.delete(batch, headers=caller(Role.SCHEDULER))):  # fmt: skip
        assert [each["unit"] for each in told.json()["plans"]] == ["north"]
        assert sum(told.json()["counts"].values()) == 1


def test_a_solve_of_the_own_unit_is_within_reach_whoever_began_it(client: TestClient) -> None:
    def status(run: str) -> int:
        url = f"/v1/day-plans/{run}/metadata"
        return client.get(url, headers=caller(Role.SCHEDULER)).status_code

    assert (status("batch-both-north"), status("batch-both-south")) == (200, 404)


def test_the_days_that_are_planned_are_those_of_the_own_units(client: TestClient) -> None:
    """South has staff too that day."""
    body = {"day": DAY.isoformat()}
    answer = client.post("/v1/municipality-plans", json=body, headers=caller(Role.SCHEDULER))
    assert "north" in answer.text
    assert "south" not in answer.text


# ---------------------------------------------------------------- non-interference


def everything_told(
    client: TestClient, described: dict[str, Any], roles: list[Role]
) -> dict[tuple[str, str, str], bytes]:
    """Every answer to every reading operation, on every object that a test knows of."""
    return {
        (role, name, str(kind)): send(client, how, caller(role), {**OWN, **names}).content
        for role in roles
        for name, how in described.items()
        if how[0] == "GET" and not POLICY[name].public
        for kind, names in enumerate((OWN, ABSENT, ELSEWHERE, OTHERS))
    }


def test_another_municipality_changes_no_byte(
    store: Store, client: TestClient, described: dict[str, Any]
) -> None:
    before = everything_told(client, described, list(Role))
    act = Act("m-2", "u-scheduler", AT)
    register(store, act, "file-2", decisions({"b-2": "b-1"}, "west"))
    end(store, act, "b-9", 1, DAY)
    finished_run(store, act, "run-own")
    planning.approve(store, act, PlanKey("north", DAY), 3, 6)
    assert everything_told(client, described, list(Role)) == before


def test_another_unit_changes_no_byte_for_a_scheduler(
    store: Store, client: TestClient, described: dict[str, Any]
) -> None:
    before = everything_told(client, described, [Role.SCHEDULER])
    act = Act("m-1", "u-somebody", AT)
    register(store, act, "file-3", decisions({"b-2": "b-15"}))
    end(store, act, "b-2", 1, DAY)
    finished_run(store, act, "run-another")
    planning.approve(store, act, PlanKey("south", DAY), 3, 6)
    assert everything_told(client, described, [Role.SCHEDULER]) == before


def test_another_provider_changes_no_byte_for_a_provider(
    store: Store, client: TestClient, described: dict[str, Any]
) -> None:
    """It answers its orders, gets others, reports visits and is settled."""
    before = everything_told(client, described, [Role.PROVIDER])
    refuse(store, Act("m-1", "u-own", AT), "b-2", 1, 1, "Fullt", weekly)
    register(store, Act("m-1", "u-own", AT), "file-4", decisions({"b-2": "b-16"}))
    chosen(store, At("own", "north"), decision="b-16")
    accept(store, Act("m-1", "u-own", AT), "b-16", 1, 1, weekly)
    report(store, OTHERS_VISIT.replace("v-1", "v-77").replace("09:00", "11:00"), "own-2")
    settle(store, "2026-03", "own")
    hand_out(store, SENDER, "own", "2026-03", ExportFormat.HTML)
    assert everything_told(client, described, [Role.PROVIDER]) == before
