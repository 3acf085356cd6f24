"""The gate over HTTP: tokens, sessions, rates, and what every answer tells the browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient

from api.access.caller import Caller, Role
from api.access.gate import SESSION_COOKIE
from api.access.headers import HEADERS
from api.access.issuer import PAUSE_S, Issuer
from api.access.settings import AccessSettings
from api.server.routes.auth import LOGIN_COOKIE
from api.store.engine import Store
from api.usecases.sessions import Lifetime, open_session
from tests.api.access.keys import (
    CLIENT,
    LONG_AGO,
    PAST,
    SETTINGS,
    Provider,
    public,
    rsa_key,
    token,
    token_of,
)
from tests.api.access.oidc_provider import SECRET, SERVICE, log_in, system_token
from tests.api.access.service import caller, serving, store_in
from tests.api.server import NOW, problem, running

BROWSER = replace(
    SETTINGS,
    oidc_client_id=CLIENT,
    oidc_client_secret=SECRET,
    public_url=SERVICE,
    session_secret="s" * 32,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = store_in(tmp_path)
    yield made
    made.close()


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    with serving(store.address) as made:
        yield made


# ---------------------------------------------------------------- tokens


def test_a_caller_is_who_the_token_says(client: TestClient) -> None:
    told = client.get("/auth/session", headers=caller(Role.PROVIDER)).json()
    assert told == {
        "user": "u-provider", "municipality": "m-1", "roles": ["provider"], "provider": "p-1",
        "units": ["north"], "carer": None, "csrfToken": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Authorization": f"Bearer {token(exp=PAST, iat=LONG_AGO)}"}, "TOKEN_EXPIRED"),
        ({"Authorization": f"Bearer {token(rsa_key('forger'))}"}, "TOKEN"),
        ({"Authorization": f"Bearer {token(municipality=None)}"}, "CALLER"),
        ({"Authorization": "Basic dTpw"}, "LOGIN"),
        ({"Authorization": "Bearer"}, "LOGIN"),
        ({"Authorization": "Bearer  "}, "LOGIN"),
        ({"Cookie": f"{SESSION_COOKIE}=invented"}, "LOGIN"),
        ({"X-User": "u-1", "X-Municipality": "m-1", "X-Forwarded-User": "u-1"}, "LOGIN"),
    ],
)
def test_what_does_not_hold_is_refused(
    client: TestClient, headers: dict[str, str], code: str
) -> None:
    answer = client.get("/v1/municipality", headers=headers)
    assert problem(answer, 401) == [code]
    told = answer.headers["WWW-Authenticate"]
    assert told == ("Bearer" if code == "LOGIN" else 'Bearer error="invalid_token"')


def test_two_tokens_are_none(client: TestClient) -> None:
    """Whoever reads the first one and whoever reads the last one would see two callers."""
    genuine = caller(Role.ADMIN)["Authorization"]
    answer = client.get(
        "/v1/municipality", headers=[("Authorization", genuine), ("Authorization", genuine)]
    )
    assert problem(answer, 401) == ["LOGIN"]


def test_no_parameter_changes_the_caller(client: TestClient) -> None:
    """The municipality is the token's, whatever else a request says."""
    answer = client.get(
        "/v1/municipality?municipality=m-2&municipality_id=m-2",
        headers={**caller(Role.ADMIN), "X-Municipality": "m-2"},
    )
    assert answer.json()["id"] == "m-1"


def test_a_provider_that_is_down_is_told_as_such(store: Store) -> None:
    provider = Provider()
    provider.silent = True
    with serving(store.address, issuer=provider.issuer()) as client:
        answer = client.get("/v1/municipality", headers=caller(Role.ADMIN))
        assert problem(answer, 503) == ["IDENTITY_PROVIDER"]
        assert answer.headers["Retry-After"]
        provider.silent, provider.seconds = False, PAUSE_S
        assert client.get("/v1/municipality", headers=caller(Role.ADMIN)).status_code == 200
        # Keys are rotated while the service runs.
        provider.keys, provider.seconds = [public(rsa_key("new"), "new")], 10_000.0
        headers = {"Authorization": f"Bearer {token(rsa_key('new'), kid='new')}"}
        assert client.get("/v1/municipality", headers=headers).status_code == 200
        assert client.get("/v1/municipality", headers=caller(Role.ADMIN)).status_code == 401


def test_who_may_do_nothing_is_told_so(client: TestClient) -> None:
    headers = {"Authorization": f"Bearer {token(roles=['superuser'])}"}
    assert problem(client.get("/v1/municipality", headers=headers), 403) == ["NOT_ALLOWED"]


def test_an_unknown_municipality_is_set_up_by_its_admin(client: TestClient) -> None:
    headers = {"Authorization": f"Bearer {token_of(Role.ADMIN, municipality='m-3')}"}
    assert client.get("/v1/municipality", headers=headers).status_code == 404
    body = {"name": "Tre", "units": [{"id": "u", "name": "U"}], "providers": []}
    assert client.put("/v1/municipality", json=body, headers=headers).json()["id"] == "m-3"


# ---------------------------------------------------------------- sessions


def session_of(store: Store, role: Role = Role.ADMIN) -> tuple[str, str]:
    """The cookie and the token of a session that began just now."""
    lifetime = Lifetime(timedelta(minutes=30), timedelta(hours=10))
    made = open_session(store, Caller("u-9", "m-1", frozenset({role})), NOW, lifetime)
    return f"{SESSION_COOKIE}={made.id}", made.csrf_token


def test_a_session_reads_without_more(store: Store) -> None:
    cookie, csrf = session_of(store)
    with serving(store.address, BROWSER) as client:
        told = client.get("/auth/session", headers={"Cookie": cookie}).json()
        assert (told["user"], told["csrfToken"]) == ("u-9", csrf)


@pytest.mark.parametrize("token", [None, "", "x", "ogiltig-å"])
def test_a_session_changes_nothing_without_its_token(store: Store, token: str | None) -> None:
    """Another site can make the browser send the cookie, not the token."""
    cookie, csrf = session_of(store)
    _, others = session_of(store)
    body = {"name": "Namn", "units": [], "providers": []}
    with serving(store.address, BROWSER) as client:
        for wrong in (token, others):
            headers = {"Cookie": cookie} | (
                {} if wrong is None else {"X-CSRF-Token": wrong.encode()}
            )
            answer = client.put("/v1/municipality", json=body, headers=headers)
            assert problem(answer, 403) == ["CSRF"]
        right = {"Cookie": cookie, "X-CSRF-Token": csrf}
        assert client.put("/v1/municipality", json=body, headers=right).status_code == 200


def test_a_token_counts_before_a_session(store: Store) -> None:
    cookie, _ = session_of(store)
    with serving(store.address, BROWSER) as client:
        told = client.get("/auth/session", headers={"Cookie": cookie, **caller(Role.CARER)}).json()
        assert told["user"] == "u-carer"
        wrong = {"Cookie": cookie, "Authorization": "Bearer a.b.c"}
        assert client.get("/auth/session", headers=wrong).status_code == 401


def test_who_has_logged_out_is_out(store: Store) -> None:
    cookie, csrf = session_of(store)
    headers = {"Cookie": cookie, "X-CSRF-Token": csrf}
    with serving(store.address, BROWSER) as client:
        assert problem(client.post("/auth/logout", headers={"Cookie": cookie}), 403) == ["CSRF"]
        answer = client.post("/auth/logout", headers=headers)
        assert answer.json() == {"goodbye": None}
        assert f"{SESSION_COOKIE}=" in answer.headers["set-cookie"]
        assert problem(client.get("/auth/session", headers=headers), 401) == ["LOGIN"]


# ---------------------------------------------------------------- the whole way


def test_a_person_logs_in_works_and_logs_out(store: Store, oidc: str) -> None:
    """With a real OpenID Connect provider."""
    access = replace(BROWSER, oidc_issuer=oidc)
    with serving(store.address, access, Issuer(oidc)) as client:
        started = client.get("/auth/login?path=/plans", follow_redirects=False)
        assert started.status_code == 303
        assert_kept(started.headers["set-cookie"], LOGIN_COOKIE)
        back = urlsplit(log_in(started.headers["location"], "u-scheduler"))
        ended = client.get(f"{back.path}?{back.query}", follow_redirects=False)
        assert (ended.status_code, ended.headers["location"]) == (303, "/plans")
        cookies = ended.headers.get_list("set-cookie")
        assert_kept(next(each for each in cookies if each.startswith(f"{SESSION_COOKIE}=")))
        # The browser's jar takes the cookies as they were set: from here on it is known.
        told = client.get("/auth/session").json()
        assert (told["user"], told["units"]) == ("u-scheduler", ["north"])
        assert client.get("/v1/decisions").status_code == 200
        first = client.cookies[SESSION_COOKIE]
        csrf = {"X-CSRF-Token": told["csrfToken"]}
        goodbye = client.post("/auth/logout", headers=csrf).json()["goodbye"]
        assert goodbye.startswith(f"{oidc}/session/end?")
        answer = client.get("/auth/session", headers={"Cookie": f"{SESSION_COOKIE}={first}"})
        assert answer.status_code == 401


def assert_kept(cookie: str, name: str = SESSION_COOKIE) -> None:
    """A cookie that no script reads, that goes by https, and that other sites cannot set."""
    assert cookie.startswith(f"{name}=")
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= parts
    assert not any(part.startswith("domain") for part in parts)


def test_a_new_login_ends_the_browsers_earlier_session(store: Store, oidc: str) -> None:
    """Also one that somebody else has put there."""
    earlier, _ = session_of(store)
    with serving(store.address, replace(BROWSER, oidc_issuer=oidc), Issuer(oidc)) as client:
        started = client.get("/auth/login", follow_redirects=False)
        back = urlsplit(log_in(started.headers["location"], "u-scheduler"))
        kept = f"{LOGIN_COOKIE}={client.cookies[LOGIN_COOKIE]}"
        ended = client.get(
            f"{back.path}?{back.query}", headers={"Cookie": f"{kept}; {earlier}"},
            follow_redirects=False,
        )  # fmt: skip
        assert ended.status_code == 303
        client.cookies.clear()
        assert client.get("/auth/session", headers={"Cookie": earlier}).status_code == 401


def test_a_system_works_with_a_token_of_a_real_provider(store: Store, oidc: str) -> None:
    with serving(store.address, replace(SETTINGS, oidc_issuer=oidc), Issuer(oidc)) as client:
        headers = {"Authorization": f"Bearer {system_token(oidc)}"}
        told = client.get("/v1/decisions", headers=headers).json()
        assert [each["decision"]["id"] for each in told["decisions"]] == ["b-1", "b-2"]
        assert client.put("/v1/municipality", headers=headers, json={}).status_code == 403


def test_an_answer_that_belongs_to_no_login_is_refused(store: Store) -> None:
    with serving(store.address, BROWSER) as client:
        answer = client.get("/auth/callback?code=c&state=s")
        assert problem(answer, 401) == ["LOGIN_STATE"]
        assert "set-cookie" not in answer.headers


def test_a_service_for_systems_only_has_no_login(client: TestClient) -> None:
    assert client.get("/auth/login").status_code == 404
    assert client.get("/auth/callback?code=c&state=s").status_code == 404


# ---------------------------------------------------------------- development mode


def test_without_settings_the_own_machine_may_everything(tmp_path: Path) -> None:
    with running(tmp_path) as client:
        told = client.get("/auth/session").json()
        assert (told["user"], told["municipality"]) == ("local", "kommunen")
        assert told["roles"] == sorted(Role)
        answer = client.get("/v1/municipality", headers={"Host": "evil.example"})
        assert problem(answer, 401) == ["NOT_LOCAL"]
        # A token or a session is nothing that it could judge.
        assert client.get("/v1/municipality", headers=caller(Role.ADMIN)).status_code == 200


def test_without_settings_another_machine_is_refused(tmp_path: Path) -> None:
    with running(tmp_path) as local:
        client = TestClient(local.app, "http://localhost", client=("192.0.2.7", 50_000))
        assert problem(client.get("/v1/municipality"), 401) == ["NOT_LOCAL"]
        assert client.get("/health").status_code == 200


# ---------------------------------------------------------------- rates and headers


def limited(rate: int, burst: int) -> AccessSettings:
    return replace(SETTINGS, rate_per_s=rate, rate_burst=burst)


def test_a_caller_has_a_rate(store: Store) -> None:
    with serving(store.address, limited(1, 3)) as client:
        for _ in range(3):
            assert client.get("/v1/municipality", headers=caller(Role.ADMIN)).status_code == 200
        answer = client.get("/v1/municipality", headers=caller(Role.ADMIN))
        assert problem(answer, 429) == ["TOO_MANY_REQUESTS"]
        assert answer.headers["Retry-After"] == "1"
        assert client.get("/v1/municipality", headers=caller(Role.FINANCE)).status_code == 200


def test_an_address_has_a_rate_before_anything_is_read(store: Store) -> None:
    with serving(store.address, limited(1, 1)) as client:
        answers = [client.get("/health") for _ in range(6)]
        assert [each.status_code for each in answers] == [200] * 4 + [429] * 2
        assert problem(answers[-1], 429) == ["TOO_MANY_REQUESTS"]
        assert answers[-1].headers["X-Content-Type-Options"] == "nosniff"
        # Not even a body that is too large is looked at.
        assert client.post("/v1/check", content=b"x" * 100).status_code == 429


def test_guessing_costs_more_than_asking(store: Store) -> None:
    with serving(store.address, limited(1, 30)) as client:
        wrong = [
            client.get("/auth/session", headers={"Authorization": "Bearer x"}) for _ in range(8)
        ]
        assert [each.status_code for each in wrong] == [401] * 6 + [429] * 2


@pytest.mark.parametrize("path", ["/health", "/v1/municipality", "/nowhere", "/openapi.json"])
def test_every_answer_has_the_security_headers(client: TestClient, path: str) -> None:
    answer = client.get(path)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "Strict-Transport-Security" not in answer.headers


def test_a_service_by_https_stays_there(store: Store) -> None:
    with serving(store.address, BROWSER) as client:
        assert client.get("/health").headers["Strict-Transport-Security"] == "max-age=31536000"
