"""Persons over HTTP: recorded, found, protected, granted, erased; and who has read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.access.caller import Role
from api.store.address import database_address
from api.store.engine import Store
from api.usecases.deciding import end
from tests.api.access.keys import token
from tests.api.access.service import caller, fill, serving
from tests.api.server import problem
from tests.api.store.samples import ACT, DAY
from tests.api.store.tampering import past_guards

R1 = "/v1/persons/r-1"
BODY = {"name": "Åsa Östlund", "number": "19380517-2388"}
MARKING = {"kind": "PROTECTED_REGISTRATION", "validFrom": "2026-03-01"}
NORTH = f"/v1/units/north/plans/{DAY.isoformat()}/published"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The municipalities as a SQLite file."""
    path = tmp_path_factory.mktemp("persons") / "template.db"
    made = Store(database_address({"DATABASE_URL": f"sqlite:///{path}"}))
    fill(made)
    made.close()
    return path.read_bytes()


@pytest.fixture
def store(template: bytes, tmp_path: Path) -> Iterator[Store]:
    path = tmp_path / "store.db"
    path.write_bytes(template)
    made = Store(database_address({"DATABASE_URL": f"sqlite:///{path}"}))
    yield made
    made.close()


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    with serving(store.address) as made:
        yield made


def by(role: Role, reason: str = "Utredning av hemtjänst", **more: Any) -> dict[str, str]:
    """The headers of somebody with `role`, and why they ask."""
    return {**caller(role), "X-Reason": quote(reason), **more}


def recorded(client: TestClient) -> None:
    answer = client.put(R1, json=BODY, headers=by(Role.ASSESSOR, **{"If-Match": '"0"'}))
    assert answer.status_code == 200, answer.text


def lines(client: TestClient, recipient: str = "r-1") -> list[dict[str, Any]]:
    """The log of readings of a person, the latest first, before this question."""
    answer = client.get(f"/v1/persons/{recipient}/readings", headers=by(Role.AUDITOR))
    assert answer.status_code == 200, answer.text
    read: list[dict[str, Any]] = answer.json()["readings"]
    return read


def test_a_person_is_recorded_corrected_and_found(client: TestClient) -> None:
    recorded(client)
    answer = client.get(R1, headers=by(Role.ASSESSOR, **{"X-Case": "b-1"}))
    assert answer.json() == {
        "recipient": "r-1", "name": "Åsa Östlund", "number": "193805172388", "version": 1,
        "protected": [],
    }  # fmt: skip
    assert answer.headers["ETag"] == '"1"'
    headers = by(Role.ASSESSOR, **{"If-Match": '"1"'})
    assert client.put(R1, json={"name": "Åsa Ek"}, headers=headers).headers["ETag"] == '"2"'
    assert problem(client.put(R1, json=BODY, headers=headers), 412) == ["STALE_VERSION"]
    assert problem(client.put(R1, json=BODY, headers=by(Role.ASSESSOR)), 428)
    headers = by(Role.ASSESSOR, **{"If-Match": '"2"'})
    client.put(R1, json=BODY, headers=headers)
    search = client.post("/v1/person-searches", json={"number": "380517-2388"},
                         headers=by(Role.ASSESSOR))  # fmt: skip
    assert search.json()["recipient"] == "r-1"
    page = client.get("/v1/persons?name=östl", headers=by(Role.ASSESSOR)).json()
    assert (page["total"], page["persons"][0]["version"]) == (1, 3)
    found = [(each["kind"], each["reason"], each.get("case")) for each in lines(client)]
    reason = "Utredning av hemtjänst"
    assert found == [
        ("LISTED", reason, None), ("FOUND", reason, None), ("READ", reason, "b-1"),
    ]  # fmt: skip


def test_nothing_is_read_without_a_reason(client: TestClient) -> None:
    recorded(client)
    for reason in ({}, {"X-Reason": ""}, {"X-Reason": quote("en\nrad")}):
        answer = client.get(R1, headers={**caller(Role.ASSESSOR), **reason})
        assert problem(answer, 422) == ["NO_REASON"]
    assert lines(client) == []


def test_every_fault_is_told_and_no_number_repeated(client: TestClient) -> None:
    headers = by(Role.ASSESSOR, **{"If-Match": '"0"'})
    answer = client.put(R1, json={"name": " ", "number": "19380517-2389"}, headers=headers)
    assert problem(answer, 422) == ["NOT_A_NAME", "NOT_AN_IDENTITY_NUMBER"]
    assert "2389" not in answer.text


def test_who_is_protected_is_for_the_granted(client: TestClient) -> None:
    """By name of the role and its unit, until it is revoked; then nobody is there."""
    recorded(client)
    day = f"{NORTH}/recipients/r-1"
    assert len(client.get(day, headers=caller(Role.SCHEDULER)).json()["visits"]) == 1
    made = client.post(f"{R1}/protections", json=MARKING, headers=by(Role.ADMIN))
    assert made.status_code == 201, made.text
    again = client.post(f"{R1}/protections", json=MARKING, headers=by(Role.ADMIN))
    assert problem(again, 409) == ["ALREADY_PROTECTED"]
    assert problem(client.get(R1, headers=by(Role.ASSESSOR)), 404)
    assert client.get(day, headers=caller(Role.SCHEDULER)).json()["visits"] == []
    body = {"granteeKind": "ROLE", "grantee": "scheduler:north", "endsAt": "2026-03-10T00:00:00Z"}
    made = client.post(f"{R1}/grants", json=body, headers=by(Role.ADMIN))
    assert made.status_code == 201, made.text
    assert len(client.get(day, headers=caller(Role.SCHEDULER)).json()["visits"]) == 1
    south = {"Authorization": f"Bearer {token(roles=['scheduler'], units=['south'])}"}
    other = client.get(day.replace("north", "south"), headers=south)
    assert other.json()["visits"] == []
    assert len(client.get("/v1/grants", headers=by(Role.ADMIN)).json()["grants"]) == 1
    revoked = client.post(f"{R1}/grants/1/revoke", headers=by(Role.ADMIN))
    assert revoked.json()["revokedBy"] == "u-admin"
    assert client.get(day, headers=caller(Role.SCHEDULER)).json()["visits"] == []
    ended = client.post(f"{R1}/protections/end", json={"kind": MARKING["kind"]},
                        headers=by(Role.ADMIN))  # fmt: skip
    assert ended.json()["endedBy"] == "u-admin"
    assert client.get(R1, headers=by(Role.ASSESSOR)).status_code == 200
    found = client.get("/v1/protections", headers=by(Role.ADMIN)).json()["protections"]
    assert [each["recipient"] for each in found] == ["r-1"]
    kinds = {(each["kind"], each["reason"], each["protected"]) for each in lines(client)}
    assert ("REFUSED", "published.recipient_day", True) in kinds


def test_the_glass_is_broken_in_an_emergency_and_told(client: TestClient) -> None:
    client.post(f"{R1}/protections", json=MARKING, headers=by(Role.ADMIN))
    short = client.post(f"{R1}/emergency", headers=by(Role.SCHEDULER, "Larm"))
    assert problem(short, 422) == ["NO_REASON"]
    made = client.post(f"{R1}/emergency", headers=by(Role.SCHEDULER, "Larm, ambulans på väg"))
    assert made.json()["emergency"] is True
    seen = client.get(f"{NORTH}/recipients/r-1", headers=caller(Role.SCHEDULER))
    assert len(seen.json()["visits"]) == 1
    told = client.get(
        "/v1/readings/emergencies", params={"since": "2026-03-01T00:00:00Z"},
        headers=by(Role.AUDITOR),
    )  # fmt: skip
    assert [each["grantee"] for each in told.json()["grants"]] == ["u-scheduler"]
    period = {"since": "2026-03-01T00:00:00Z", "until": "2026-04-01T00:00:00Z", "sample": 1}
    made = client.post("/v1/readings/reviews", json=period, headers=by(Role.AUDITOR))
    remarks = {each["remark"] for each in made.json()["remarkable"]}
    assert remarks == {"EMERGENCY"}
    assert len(made.json()["sample"]) == 1


def test_a_list_leaves_one_line_a_day_and_a_protected_person_each_time(
    client: TestClient,
) -> None:
    """Somebody who looks at the list all day long has seen each person once."""
    for _ in range(3):
        client.get("/v1/decisions", headers=caller(Role.ASSESSOR))
    assert [each["reason"] for each in lines(client)] == ["decisions.decisions"]
    client.get("/v1/decisions/b-1", headers=caller(Role.ASSESSOR))
    client.get("/v1/decisions/b-1", headers=caller(Role.ASSESSOR))
    of_case = [each for each in lines(client) if each["reason"] == "decisions.decision"]
    assert [(each["kind"], each["case"], each["unit"]) for each in of_case] == [
        ("READ", "b-1", "north"), ("READ", "b-1", "north"),
    ]  # fmt: skip
    client.post(f"{R1}/protections", json=MARKING, headers=by(Role.ADMIN))
    body = {"granteeKind": "ROLE", "grantee": "assessor", "endsAt": "2026-03-10T00:00:00Z"}
    client.post(f"{R1}/grants", json=body, headers=by(Role.ADMIN))
    client.post(f"{R1}/grants", json={**body, "grantee": "auditor"}, headers=by(Role.ADMIN))
    for _ in range(3):
        client.get("/v1/decisions", headers=caller(Role.ASSESSOR))
    listed = [each for each in lines(client) if each["reason"] == "decisions.decisions"]
    assert [each["protected"] for each in listed] == [True, True, True, False]


def test_a_day_that_leaves_somebody_out_is_not_saved_or_solved(client: TestClient) -> None:
    """What it does not show would be lost without a word."""
    client.post(f"{R1}/protections", json=MARKING, headers=by(Role.ADMIN))
    path = f"/v1/units/north/plans/{DAY.isoformat()}/revisions"
    shown = client.get(f"{path}/1", headers=caller(Role.SCHEDULER)).json()
    assert shown["modelInput"]["withheldVisits"] == 1
    both = {name: shown[name] for name in ("modelInput", "modelOutput")}
    saved = client.post(path, json=both, headers={**caller(Role.SCHEDULER), "If-Match": '"6"'})
    assert problem(saved, 422) == ["WITHHELD_VISITS"]
    sent = client.post("/v1/day-plans", json={"modelInput": shown["modelInput"]},
                       headers=caller(Role.SCHEDULER))  # fmt: skip
    assert problem(sent, 422) == ["WITHHELD_VISITS"]


def test_an_erasure_is_shown_first(client: TestClient, store: Store) -> None:
    recorded(client)
    erasure = f"{R1}/erasure"
    in_force = client.post(erasure, json={"dryRun": False}, headers=by(Role.ADMIN))
    assert set(problem(in_force, 409)) == {"DECISION_IN_FORCE"}
    for case in ("b-1", "b-2"):
        end(store, ACT, case, 1, ACT.at.date())
    would = client.post(erasure, json={}, headers=by(Role.ADMIN)).json()
    assert (would["identity"], would["again"]) == (True, False)
    assert client.get(R1, headers=by(Role.ASSESSOR)).status_code == 200
    done = client.post(erasure, json={"dryRun": False}, headers=by(Role.ADMIN)).json()
    assert done == would
    assert problem(client.get(R1, headers=by(Role.ASSESSOR)), 404)


def test_retention_is_shown_first(client: TestClient) -> None:
    rules = {"identityYears": 0, "readingsYears": 5}
    short = client.post("/v1/retention", json={**rules, "readingsYears": 4},
                        headers=by(Role.ADMIN))  # fmt: skip
    assert short.status_code == 422
    due = client.post("/v1/retention", json=rules, headers=by(Role.ADMIN))
    assert (due.status_code, due.json()["erased"]) == (200, [])


def test_a_changed_log_is_told(client: TestClient, store: Store) -> None:
    client.get("/v1/decisions/b-1", headers=caller(Role.ASSESSOR))
    whole = client.get("/v1/readings/chain", headers=by(Role.AUDITOR)).json()
    assert (whole["agrees"], whole["number"], whole["findings"]) == (True, 1, [])
    anchor = f"{whole['number']}:{whole['hash']}"
    with past_guards(store) as connection:
        connection.execute(text("UPDATE access_log SET actor = 'somebody'"))
    told = client.get("/v1/readings/chain", params={"anchor": anchor}, headers=by(Role.AUDITOR))
    assert told.json()["agrees"] is False
    assert {each["code"] for each in told.json()["findings"]} == {"ACCESS_HASH"}


def test_without_keys_nobody_has_a_name(store: Store) -> None:
    with serving(store.address, keys=None) as client:
        assert problem(client.get(R1, headers=by(Role.ASSESSOR)), 404) == ["NOT_FOUND"]
        # Who is protected is hidden all the same.
        client.post(f"{R1}/protections", json=MARKING, headers=by(Role.ADMIN))
        assert problem(client.get("/v1/decisions/b-1", headers=caller(Role.ASSESSOR)), 404)
