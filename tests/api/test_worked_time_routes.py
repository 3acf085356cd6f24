"""Worked time over HTTP: reported in every form, read by whose it is, and in the follow-up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.access.caller import Role
from api.server import worked_examples as examples
from api.store.address import database_address
from api.store.engine import Store
from api.store.migrate import prepare
from tests.api.access.keys import token
from tests.api.access.service import caller, serving
from tests.api.server import problem
from tests.api.store.followup_samples import followed, priced
from tests.api.store.worked_samples import HEADER, MARCH

TIME = "/v1/worked-time"
MONTH = {"month": "2026-03"}
FINANCE, PROVIDER = caller(Role.FINANCE), caller(Role.PROVIDER)
SCHEDULER = caller(Role.SCHEDULER)
OTHER_UNIT = {"Authorization": f"Bearer {token(roles=['scheduler'], units=['south'])}"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    path = tmp_path_factory.mktemp("worked") / "test.db"
    store = Store(database_address({"DATABASE_URL": f"sqlite:///{path}"}))
    prepare(store)
    followed(store)
    priced(store)
    with serving(store.address) as made:
        yield made
    store.close()


def send(client: TestClient, content: Any, headers: dict[str, str], **query: str) -> Any:
    if isinstance(content, dict):
        return client.post(TIME, json=content, params=query, headers=headers)
    return client.post(TIME, content=content, params=query, headers=headers)


def carers(client: TestClient, headers: dict[str, str], **query: str) -> list[str]:
    answer = client.get(TIME, params={**MONTH, **query}, headers=headers)
    assert answer.status_code == 200, answer.text
    return [each["carer"] for each in answer.json()["days"]]


def test_time_is_reported_read_and_followed_up(client: TestClient) -> None:
    """In the order in which it happens, on one store."""
    key = {"Idempotency-Key": "time-march"}
    made = send(client, examples.LINES, {**FINANCE, **key})
    assert made.status_code == 201, made.text
    told = {**made.json(), "sha256": "5f0c…", "receivedAt": "2026-04-01T08:00:00+02:00"}
    assert told == {**examples.DELIVERY, "receivedBy": "u-finance"}
    assert client.get(TIME, params=MONTH, headers=FINANCE).json() == examples.DAYS
    again = send(client, examples.LINES, {**FINANCE, **key})
    assert (again.status_code, again.json()) == (201, made.json())
    assert problem(send(client, HEADER + MARCH, {**FINANCE, **key}), 409) == ["KEY_USED"]

    # The example's day is carer-17's; Kim's and Robin's beside it, by file.
    assert send(client, HEADER + MARCH, FINANCE, name="march.csv").json()["added"] == 3
    assert carers(client, FINANCE) == ["robin", "carer-17", "kim", "kim"]
    assert carers(client, PROVIDER) == ["carer-17", "kim", "kim"]
    assert carers(client, SCHEDULER) == ["robin"]
    assert carers(client, OTHER_UNIT) == []
    assert carers(client, FINANCE, provider="own") == ["robin"]

    other = HEADER + MARCH.splitlines()[2].replace("-04", "-08")
    assert problem(send(client, other, PROVIDER), 422) == ["OTHER_PROVIDER"]
    assert send(client, other, SCHEDULER).json()["added"] == 1

    fix = other.replace(",60,30,", ",60,25,")
    assert problem(send(client, fix, SCHEDULER), 422) == ["DAY_DIFFERS"]
    assert send(client, fix, SCHEDULER, corrects="true").json()["corrected"] == 1
    reports = client.get(TIME, params={**MONTH, "history": "true"}, headers=SCHEDULER).json()
    assert [(each["number"], each["careMin"]) for each in reports["days"]] == [
        (1, 30), (1, 30), (2, 25),
    ]  # fmt: skip

    _followed_up(client)


def _followed_up(client: TestClient) -> None:
    body = {"months": ["2026-03"], "basis": "CALENDAR_DAYS"}
    found = client.post("/v1/follow-ups", json=body, headers=FINANCE).json()
    worked = {each["provider"]: each["worked"] for each in found["groups"]["provider"]}
    # 300 + 300 + 180 of 480 + 480 + 360, and 30 + 25 of 60 + 60.
    assert (worked["p-1"]["careMin"], worked["p-1"]["workedMin"]) == (780, 1320)
    assert worked["p-1"]["careTimeShare"] == "0.590909"
    assert worked["own"]["careTimeShare"] == "0.458333"
    assert [each["provider"] for each in found["careHours"]] == ["own", "p-1"]
    assert all(float(each["cost"]) > 0 for each in found["careHours"])
    own = client.post("/v1/follow-ups", json=body, headers=PROVIDER).json()
    assert own["careHours"] == found["careHours"][1:]
    drawn = client.post("/v1/follow-ups/charts/worked/svg", json=body, headers=FINANCE)
    assert drawn.content.startswith(b"<?xml")


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        ({"days": [{**examples.LINE, "unit": "west"}, {**examples.LINE, "provider": "p-9"}]},
         ["UNKNOWN_UNIT", "UNKNOWN_PROVIDER"]),
        ({"days": [{**examples.LINE, "care_min": 481}]}, ["WRONG_PERFORMED_TIME"]),
        ({"days": 7}, ["UNREADABLE_FILE"]),
        ("day;carer\n", ["WRONG_PERFORMED_TIME"]),
    ],
)  # fmt: skip
def test_faults_are_told_with_what_to_do(
    client: TestClient, content: Any, codes: list[str]
) -> None:
    assert problem(send(client, content, FINANCE), 422) == codes


def test_another_providers_time_is_as_nobodys(client: TestClient) -> None:
    def asked(name: str) -> Any:
        return client.get(TIME, params={**MONTH, "provider": name}, headers=PROVIDER)

    assert problem(asked("own"), 404) == ["NOT_FOUND"]
    assert asked("own").text.replace("own", "…") == asked("p-9").text.replace("p-9", "…")


def test_who_has_neither_is_refused(client: TestClient) -> None:
    for role in (Role.CARER, Role.ASSESSOR, Role.AUDITOR, Role.ADMIN):
        assert client.get(TIME, params=MONTH, headers=caller(role)).status_code == 403
