"""From book to export over HTTP: two persons, one effect per request, a provider its own only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event, exc

from api.server import finance_examples as examples
from api.server import store_examples
from api.server.deps import _act
from api.server.scopes import provider_scope
from api.store.audit import Act
from api.store.check import check
from api.store.person_records import View
from tests.api import solvers
from tests.api.server import problem, rows, running
from tests.api.store.money_samples import SETUP

FIRST_DAY = {"firstDay": "2026-01-01"}
AT = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
MARCH = "/v1/settlements/p-2/2026-03"
DECISION = {
    **store_examples.DECISION,
    "provider": {"id": "p-2", "kind": "PRIVATE"},
}


class Person:
    """Who sends the requests of a client: an actor, and a provider's scope or none."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.actor, self.scope = "user-7", None

    @contextmanager
    def acting(self, actor: str, scope: str | None = None) -> Iterator[None]:
        """Another person for a while."""
        before = (self.actor, self.scope)
        self.actor, self.scope = actor, scope  # type: ignore[assignment]
        yield
        self.actor, self.scope = before


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with running(tmp_path, solvers.wait) as made:
        app = made.app
        assert isinstance(app, FastAPI)
        made.put("/v1/municipality", json=store_examples.MUNICIPALITY_REQUEST)
        answer = made.post("/v1/decisions", json={"decisions": [DECISION]})
        assert answer.status_code == 201, answer.text
        yield made


@pytest.fixture
def person(client: TestClient) -> Person:
    made = Person(client)
    app = client.app
    assert isinstance(app, FastAPI)
    app.dependency_overrides[_act] = lambda: Act("kommunen", made.actor, AT)
    app.dependency_overrides[provider_scope] = lambda: made.scope
    return made


def version(number: int) -> dict[str, str]:
    return {"If-Match": f'"{number}"'}


def upload(client: TestClient, kind: str, text: str, **query: str) -> Any:
    asked = {"name": "file.toml", **FIRST_DAY, **query}
    return client.post(f"/v1/rate-documents/{kind}", params=asked, content=text.encode())


def rated(person: Person) -> None:
    """A book and a setup, uploaded by one and approved by another."""
    setup = SETUP.replace('id = "p-1"', 'id = "p-2"')
    for kind, text in (("books", examples.BOOK), ("export-setups", setup)):
        assert upload(person.client, kind, text).status_code == 201
        with person.acting("user-8"):
            path = f"/v1/rate-documents/{kind}/1/approve"
            assert person.client.post(path, headers=version(1)).status_code == 200


def delivered(person: Person, text: str = examples.VISITS_FILE, key: str = "march") -> Any:
    answer = person.client.post(
        "/v1/performed-visits", params={"name": "march.csv"}, content=text.encode(),
        headers={"Idempotency-Key": key},
    )  # fmt: skip
    if answer.status_code == 201:
        with person.acting("user-8"):
            person.client.post(f"/v1/visit-deliveries/{key}/approve", headers=version(1))
    return answer


def closed(person: Person) -> Any:
    rated(person)
    delivered(person)
    made = person.client.post("/v1/settlements", json=examples.SETTLEMENT_REQUEST)
    return person.client.post(f"{MARCH}/close", headers={"If-Match": made.headers["etag"]})


def shaped(value: Any) -> Any:
    """What an answer consists of, without its contents."""
    if isinstance(value, dict):
        return {name: shaped(each) for name, each in value.items()}
    return [shaped(each) for each in value[:1]] if isinstance(value, list) else type(value)


def test_a_month_goes_from_book_to_file(person: Person) -> None:
    client = person.client
    answer = closed(person)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert answer.json()["amountOre"] == 25_000
    assert shaped(answer.json()) == shaped(examples.CLOSED)
    made = client.post(f"{MARCH}/exports", json=examples.EXPORT_REQUEST)
    assert shaped(made.json()) == shaped(examples.EXPORTS)
    (file,) = made.json()["files"]
    found = client.get(f"{MARCH}/exports/SIE/{file['name']}")
    assert hashlib.sha256(found.content).hexdigest() == file["sha256"]
    assert found.headers["etag"] == f'"{file["sha256"]}"'
    assert b"250.00" in found.content
    again = client.post(f"{MARCH}/exports", json={"format": "SIE"})
    assert again.content == made.content
    assert client.get("/v1/reconciliation").json() == examples.RECONCILIATION
    app = client.app
    assert isinstance(app, FastAPI)
    assert check(app.state.services.store) == []


def test_the_examples_are_what_is_answered(person: Person) -> None:
    client = person.client
    made = upload(client, "books", examples.BOOK)
    assert shaped(made.json()) == shaped(examples.RATE_DOCUMENT)
    with person.acting("user-8"):
        path = "/v1/rate-documents/books/1/approve"
        approved = client.post(path, headers=version(1))
    assert shaped(approved.json()) == shaped(examples.APPROVED_DOCUMENT)
    assert shaped(client.get("/v1/rate-documents/books").json()) == shaped(examples.RATE_DOCUMENTS)
    assert shaped(delivered(person).json()) == shaped(examples.DELIVERY)
    found = client.get("/v1/visit-deliveries/march").json()
    assert shaped(found) == shaped(examples.APPROVED_DELIVERY)
    settled = client.post("/v1/settlements", json=examples.SETTLEMENT_REQUEST).json()
    assert shaped(settled) == shaped(examples.SETTLEMENT)
    assert shaped(client.get("/v1/settlements").json()) == shaped(examples.SETTLEMENTS)
    visit = "/v1/performed-visits/p-2/v-1"
    corrected = client.put(visit, json=examples.VISIT_REQUEST, headers=version(1))
    assert shaped(corrected.json()) == shaped(examples.VISIT)


def test_a_book_comes_back_as_it_was_sent_and_holds_from_its_day(person: Person) -> None:
    client = person.client
    upload(client, "books", examples.BOOK)
    found = client.get("/v1/rate-documents/books/1")
    assert (found.headers["etag"], found.json()["firstDay"]) == ('"1"', "2026-01-01")
    text = client.get("/v1/rate-documents/books/1/content")
    assert text.content == examples.BOOK.encode()
    asked = "/v1/rate-documents/books/in-force?day="
    assert problem(client.get(f"{asked}2026-03-04"), 404) == ["NOT_FOUND"]
    with person.acting("user-8"):
        client.post("/v1/rate-documents/books/1/approve", headers=version(1))
    assert client.get(f"{asked}2026-03-04").json()["number"] == 1
    assert problem(client.get(f"{asked}2025-12-31"), 404) == ["NOT_FOUND"]


def test_nobody_approves_alone(person: Person, tmp_path: Path) -> None:
    client = person.client
    upload(client, "books", examples.BOOK)
    person.client.post("/v1/performed-visits", content=examples.VISITS_FILE.encode(),
                       headers={"Idempotency-Key": "k"})  # fmt: skip
    before = rows(tmp_path)
    for path in ("/v1/rate-documents/books/1/approve", "/v1/visit-deliveries/k/approve"):
        assert problem(client.post(path, headers=version(1)), 409) == ["SAME_PERSON"]
    assert rows(tmp_path) == before


def test_every_change_names_its_version(person: Person) -> None:
    client = person.client
    rated(person)
    delivered(person)
    client.post("/v1/settlements", json=examples.SETTLEMENT_REQUEST)
    changes = [
        ("POST", "/v1/rate-documents/books/1/approve", None),
        ("POST", "/v1/visit-deliveries/march/approve", None),
        ("PUT", "/v1/performed-visits/p-2/v-1", examples.VISIT_REQUEST),
        ("POST", f"{MARCH}/close", None),
    ]
    for method, path, body in changes:
        assert problem(client.request(method, path, json=body), 428) == ["VERSION_MISSING"]
        stale = client.request(method, path, json=body, headers=version(9))
        assert problem(stale, 412) == ["STALE_VERSION"], path


def test_what_is_sent_again_is_answered_as_the_first_time(person: Person, tmp_path: Path) -> None:
    client = person.client
    rated(person)
    first = delivered(person)
    settled = client.post("/v1/settlements", json=examples.SETTLEMENT_REQUEST)
    corrections = [
        client.put(
            "/v1/performed-visits/p-2/v-1", json=examples.VISIT_REQUEST,
            headers={**version(1), "Idempotency-Key": "fix"},
        )
        for _ in range(2)
    ]  # fmt: skip
    assert corrections[0].status_code == 200
    assert corrections[0].content == corrections[1].content
    before = rows(tmp_path)
    assert upload(client, "books", examples.BOOK).json()["number"] == 1
    assert delivered(person).content == first.content
    again = client.post("/v1/settlements", json=examples.SETTLEMENT_REQUEST)
    # The correction waits for its approval.
    assert again.content == settled.content
    assert rows(tmp_path) == before
    other = delivered(person, examples.VISITS_FILE.replace(",30", ",31"))
    assert problem(other, 409) == ["KEY_USED"]


def test_a_faulty_file_is_refused_whole_with_every_line(person: Person, tmp_path: Path) -> None:
    before = rows(tmp_path)
    line = examples.VISITS_FILE.splitlines()[1]
    text = examples.VISITS_FILE + line.replace("v-1", "v-2").replace("p-2", "p-9") + "\n"
    text += line.replace("v-1", "v-3").replace("r-1", "r-9").replace("T09", "T10") + "\n"
    found = problem(delivered(person, text), 422)
    assert found == ["UNKNOWN_PROVIDER", "UNKNOWN_RECIPIENT"]
    wrong = problem(delivered(person, text.replace(",30", ",x")), 422)
    assert wrong == ["WRONG_VALUE"] * 3
    broken = examples.BOOK.replace('"hour"', '"fortnight"').replace('basis = "performed"', "")
    assert len(problem(upload(person.client, "books", broken), 422)) >= 1
    assert rows(tmp_path) == before


@contextmanager
def lost(client: TestClient, after_commits: int) -> Iterator[None]:
    """A database that answers nothing once so many transactions are committed."""
    app = client.app
    assert isinstance(app, FastAPI)
    engine = app.state.services.store.engine
    commits = 0

    def count(_connection: Any) -> None:
        nonlocal commits
        commits += 1

    def refuse(*_: Any) -> None:
        if commits >= after_commits:
            raise exc.OperationalError(None, None, Exception())

    event.listen(engine, "commit", count)
    event.listen(engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(engine, "commit", count)
        event.remove(engine, "before_cursor_execute", refuse)


@pytest.mark.parametrize(
    ("after_commits", "code", "version"), [(0, "DATABASE_AWAY", 1), (1, "OUTCOME_UNKNOWN", 2)]
)
def test_nothing_was_saved_is_said_only_where_it_is_so(
    person: Person, after_commits: int, code: str, version: int
) -> None:
    """A closing is shown once it is stored, and the database may be lost in between."""
    app = person.client.app
    assert isinstance(app, FastAPI)
    rated(person)
    delivered(person)
    made = person.client.post("/v1/settlements", json=examples.SETTLEMENT_REQUEST)
    # Somebody from whom persons may be hidden: what is shown is looked up.
    viewing = Act("kommunen", "user-7", AT, View(frozenset(), "north", "a request"))
    app.dependency_overrides[_act] = lambda: viewing
    with lost(person.client, after_commits):
        answer = person.client.post(f"{MARCH}/close", headers={"If-Match": made.headers["etag"]})
    assert problem(answer, 503) == [code]
    assert ("Ingenting har sparats." in answer.json()["detail"]) is (code == "DATABASE_AWAY")
    assert person.client.get(MARCH).headers["etag"] == f'"{version}"'
    # What only reads has stored nothing, whatever went before it.
    with lost(person.client, 0):
        assert problem(person.client.get(MARCH), 503) == ["DATABASE_AWAY"]


def test_a_correction_of_a_closed_month_is_a_line_of_the_next(person: Person) -> None:
    client = person.client
    closed(person)
    held = client.get(MARCH).content
    client.put("/v1/performed-visits/p-2/v-1", json=examples.VISIT_REQUEST,
               headers={**version(1), "Idempotency-Key": "fix"})  # fmt: skip
    with person.acting("user-8"):
        client.post("/v1/visit-deliveries/fix/approve", headers=version(1))
    april = client.post("/v1/settlements", json={"provider": "p-2", "month": "2026-04"}).json()
    (line,) = april["paymentLines"]
    assert (line["corrects"], line["minutes"], line["amountOre"]) == ("2026-03-1", -5, -4_167)
    assert client.get(MARCH).content == held
    history = client.get("/v1/performed-visits/p-2/v-1")
    assert [each["performedMin"] for each in history.json()["visits"]] == [30, 25]
    assert history.headers["etag"] == '"2"'


def test_a_provider_sees_and_sends_its_own(person: Person, tmp_path: Path) -> None:
    client = person.client
    closed(person)
    client.post(f"{MARCH}/exports", json={"format": "HTML"})
    own = ["/v1/performed-visits/p-2?month=2026-03", "/v1/performed-visits/p-2/v-1", MARCH,
           f"{MARCH}/exports/HTML/p-2-2026-03.html"]  # fmt: skip
    with person.acting("provider-1", "p-1"):
        before = rows(tmp_path)
        for path in own:
            nobody = path.replace("p-2", "p-9")
            assert client.get(path).status_code == 404
            told, absent = client.get(path).json(), client.get(nobody).json()
            assert str(told).replace("p-2", "p-9") == str(absent)
        assert client.get("/v1/settlements").json() == {"settlements": []}
        assert client.get("/v1/settlements?provider=p-2").json() == {"settlements": []}
        assert client.get("/v1/visit-deliveries").json() == {"deliveries": []}
        assert client.get("/v1/visit-deliveries/march").status_code == 404
        sent = client.post("/v1/performed-visits", content=examples.VISITS_FILE.encode())
        assert problem(sent, 422) == ["OTHER_PROVIDER"]
        put = client.put(own[1], json=examples.VISIT_REQUEST, headers=version(1))
        assert problem(put, 404) == ["NOT_FOUND"]
        for method, path, body in (
            ("POST", "/v1/settlements", examples.SETTLEMENT_REQUEST),
            ("POST", f"{MARCH}/close", None),
            ("POST", f"{MARCH}/exports", examples.EXPORT_REQUEST),
            ("GET", "/v1/reconciliation", None),
            ("GET", "/v1/rate-documents/books", None),
            ("POST", "/v1/visit-deliveries/march/approve", None),
        ):
            answer = client.request(method, path, json=body, headers=version(1))
            assert problem(answer, 404) == ["NOT_FOUND"], path
        assert rows(tmp_path) == before
    with person.acting("provider-2", "p-2"):
        for path in own:
            assert client.get(path).status_code == 200, path
        assert [each["month"] for each in client.get("/v1/settlements").json()["settlements"]] == [
            "2026-03"
        ]
        text = examples.VISITS_FILE.replace("v-1", "v-2").replace("T09", "T10")
        sent = client.post("/v1/performed-visits", content=text.encode(),
                           headers={"Idempotency-Key": "own"})  # fmt: skip
        assert sent.json()["sender"] == "p-2"
        approve = "/v1/visit-deliveries/own/approve?sender=p-2"
        assert problem(client.post(approve, headers=version(1)), 404) == ["NOT_FOUND"]
    with person.acting("user-8"):
        assert client.post(approve, headers=version(1)).status_code == 200


def test_a_provider_finds_its_statements_and_no_vouchers(person: Person) -> None:
    """The ledger's accounts are the municipality's; what is paid to the provider is its own."""
    client = person.client
    closed(person)
    for form in ("SIE", "HTML", "EXCEL"):
        client.post(f"{MARCH}/exports", json={"format": form})
    every = client.get(f"{MARCH}/exports").json()
    assert shaped(every) == shaped(examples.EXPORTS)
    sie = next(each["name"] for each in every["files"] if each["format"] == "SIE")
    with person.acting("provider-2", "p-2"):
        own = client.get(f"{MARCH}/exports").json()["files"]
        assert [each["format"] for each in own] == ["EXCEL", "HTML"]
        for each in own:
            found = client.get(f"{MARCH}/exports/{each['format']}/{each['name']}")
            assert hashlib.sha256(found.content).hexdigest() == each["sha256"]
        hidden = client.get(f"{MARCH}/exports/SIE/{sie}")
        missing = client.get(f"{MARCH}/exports/SIE/x.si")
        assert hidden.status_code == 404
        assert hidden.text.replace(sie, "…") == missing.text.replace("x.si", "…")
    assert client.get(f"{MARCH}/exports/SIE/{sie}").status_code == 200
    for scope, path in (("p-1", MARCH), ("p-2", "/v1/settlements/p-2/2026-04")):
        with person.acting("provider", scope):
            assert problem(client.get(f"{path}/exports"), 404) == ["NOT_FOUND"]


def test_an_open_months_files_are_not_asked_for_by_its_provider(person: Person) -> None:
    rated(person)
    delivered(person)
    person.client.post("/v1/settlements", json=examples.SETTLEMENT_REQUEST)
    assert person.client.get(f"{MARCH}/exports").json() == {"files": []}
    with person.acting("provider-2", "p-2"):
        assert problem(person.client.get(f"{MARCH}/exports"), 404) == ["NOT_FOUND"]


DEVIATIONS = {
    "declined": {"status": "DECLINED", "deviation": "DECLINED"},
    "hospital": {"status": "UNPLANNED_ABSENCE", "deviation": "HOSPITAL",
                 "absentFrom": "2026-03-02"},
    "nobody-home": {"status": "UNPLANNED_ABSENCE", "deviation": "AWAY",
                    "absentFrom": "2026-03-04"},
    "too-short": {"performedMin": 10, "deviation": "TOO_SHORT"},
    "as-granted": {"performedMin": 30},
}  # fmt: skip


def test_a_provider_reports_visits_and_deviations_one_by_one(
    person: Person, tmp_path: Path
) -> None:
    client, path = person.client, "/v1/performed-visits/p-2"
    new = {name: examples.VISIT_REQUEST[name] for name in ("providerKind", "recipient", "service",
                                                           "zone")}  # fmt: skip
    with person.acting("provider-2", "p-2"):
        for hour, (name, told) in enumerate(DEVIATIONS.items()):
            body = {**new, "start": f"2026-03-04T{9 + hour:02d}:00:00+01:00", "grantedMin": 30,
                    **told}  # fmt: skip
            made = client.put(f"{path}/{name}", json=body, headers=version(0))
            assert (made.status_code, made.headers["etag"]) == (200, '"1"'), made.text
            assert not made.json()["approved"]
        listed = client.get(path, params={"month": "2026-03", "deviating": True}).json()["visits"]
        assert [each["id"] for each in listed] == sorted(set(DEVIATIONS) - {"as-granted"})
        assert len(client.get(f"{path}?month=2026-03").json()["visits"]) == len(DEVIATIONS)
        # Only its own persons', and each visit is new once.
        before = rows(tmp_path)
        body = {**new, "start": "2026-03-05T09:00:00+01:00", "performedMin": 30}
        again = client.put(f"{path}/declined", json=body, headers=version(0))
        assert problem(again, 412) == ["STALE_VERSION"]
        unread = client.put(f"{path}/other", json=body, headers=version(1))
        assert problem(unread, 404) == ["NOT_FOUND"]
        stranger = client.put(f"{path}/o", json={**body, "recipient": "r-9"}, headers=version(0))
        assert problem(stranger, 422) == ["UNKNOWN_RECIPIENT"]
        # It registers no decisions, so it is told whom to ask.
        assert "biståndshandläggaren" in stranger.json()["findings"][0]["action"]
        anothers = client.put("/v1/performed-visits/p-1/o", json=body, headers=version(0))
        assert problem(anothers, 404) == ["NOT_FOUND"]
        assert rows(tmp_path) == before


@pytest.mark.parametrize(
    "path",
    ["/v1/settlements/%00/2026-03", "/v1/performed-visits/%00/v-1", "/v1/visit-deliveries/%00",
     "/v1/performed-visits/p-2/%00", f"{MARCH}/exports/SIE/x", "/v1/rate-documents/books/9"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(person: Person, path: str) -> None:
    assert problem(person.client.get(path), 404) == ["NOT_FOUND"]


@pytest.mark.parametrize("month", ["2026-13", "2026-3", "x", "0000-01"])
def test_a_month_is_a_month(person: Person, month: str) -> None:
    assert person.client.get(f"/v1/settlements/p-2/{month}").status_code == 422
    sent = {"provider": "p-2", "month": month}
    assert person.client.post("/v1/settlements", json=sent).status_code == 422
