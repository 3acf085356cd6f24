"""Purses and unit costs over HTTP: as the library and the command line give them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.server import finance_examples, purse_examples
from api.server.scopes import provider_scope
from api.store.audit import Act
from api.store.money_records import RateKind
from api.usecases.rating import approve, upload
from tests.api import solvers
from tests.api.server import NOW, problem, rows, running
from tests.api.store.money_samples import JANUARY
from tests.conftest import ROOT

PURSES = "/v1/purses?month=2026-03"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """A server with a book of 500 kronor an hour in force."""
    with running(tmp_path, solvers.wait) as made:
        app = made.app
        assert isinstance(app, FastAPI)
        store, book = app.state.services.store, finance_examples.BOOK.encode()
        upload(store, Act("kommunen", "a", NOW), "k", RateKind.BOOK, "b.toml", JANUARY, book)
        approve(store, Act("kommunen", "b", NOW), RateKind.BOOK, 1, 1)
        yield made


def test_a_purse_is_priced_by_the_book_in_force_and_nothing_is_stored(
    client: TestClient, tmp_path: Path
) -> None:
    """A quarter of an hour a day in March: 7.75 hours at 500 kronor."""
    before = rows(tmp_path)
    found = client.post(PURSES, json=purse_examples.PURSE_REQUEST)
    assert found.json() == purse_examples.PURSES
    assert found.json()["amountOre"] == 387_500
    assert rows(tmp_path) == before


def test_a_month_without_a_book_and_a_faulty_document_are_refused(client: TestClient) -> None:
    body = purse_examples.PURSE_REQUEST
    early = client.post("/v1/purses?month=2025-12", json=body)
    assert problem(early, 404) == ["NOT_FOUND"]
    assert client.post("/v1/purses?month=2026-13", json=body).status_code == 422
    assert problem(client.post(PURSES, json={**body, "basis": "YEARS"}), 422) == ["UNKNOWN_CODE"]


def test_a_unit_cost_is_as_on_the_command_line(client: TestClient) -> None:
    found = client.post("/v1/unit-costs", content=purse_examples.SERVICE.encode())
    assert found.json() == purse_examples.UNIT_COST
    meals = (ROOT / "fixtures" / "demo" / "meals.toml").read_bytes()
    assert client.post("/v1/unit-costs", content=meals).json()["perUnit"] == "46.80"
    early = client.post("/v1/unit-costs?day=2020-01-01", content=meals)
    assert early.status_code == 422
    for content in (b"", b"\xff", b"a = [", b"title = 1"):
        assert client.post("/v1/unit-costs", content=content).status_code == 422


def test_both_are_the_municipalitys(client: TestClient) -> None:
    app = client.app
    assert isinstance(app, FastAPI)
    app.dependency_overrides[provider_scope] = lambda: "p-2"
    answer = client.post(PURSES, json=purse_examples.PURSE_REQUEST)
    assert problem(answer, 404) == ["NOT_FOUND"]
