"""Routes that forget whom they serve: the database still answers for the caller alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.access.caller import Role
from api.server.deps import _act
from api.server.scopes import provider_scope
from api.store.audit import Act
from tests.api.access.service import caller, fill, serving
from tests.api.store.samples import AT, DAY
from tests.api.store.trio import Trio


@pytest.fixture(scope="module")
def client(migrated_trio: Trio) -> Iterator[TestClient]:
    fill(migrated_trio.root)
    with serving(migrated_trio.service.address) as made:
        yield made


@pytest.fixture
def app(client: TestClient) -> Iterator[Any]:
    made: Any = client.app
    yield made
    made.dependency_overrides.clear()


def test_a_route_that_takes_a_provider_for_the_municipality_shows_its_own(
    client: TestClient, app: Any
) -> None:
    """As if nobody had asked the policy for which provider the request acts."""
    app.dependency_overrides[provider_scope] = lambda: None
    told = client.get("/v1/settlements", headers=caller(Role.PROVIDER)).json()["settlements"]
    assert {each["provider"] for each in told} == {"p-1"}
    told = client.get("/v1/settlements", headers=caller(Role.FINANCE)).json()["settlements"]
    assert {each["provider"] for each in told} == {"p-1", "own"}


def test_a_route_that_acts_for_another_municipality_finds_nothing(
    client: TestClient, app: Any, migrated_trio: Trio
) -> None:
    """As if the municipality were taken from where a caller can write it; m-2 has this too."""
    path, headers = f"/v1/units/north/plans/{DAY}/revisions/1", caller(Role.SCHEDULER)
    assert client.get(path, headers=headers).status_code == 200
    app.dependency_overrides[_act] = theirs
    assert client.get(path, headers=headers).status_code == 404
    # What it would be without the policies.
    with serving(migrated_trio.root.address) as unlocked:
        other: Any = unlocked.app
        other.dependency_overrides[_act] = theirs
        assert unlocked.get(path, headers=headers).status_code == 200


def theirs() -> Act:
    return Act("m-2", "u-scheduler", AT)
