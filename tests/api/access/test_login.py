"""Login with a real OpenID Connect provider: the whole way, and what a thief could try."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from api.access.caller import Caller, Role
from api.access.claims import caller_of
from api.access.issuer import Issuer
from api.access.login import Login, Returned, own_path
from api.access.refusals import NotSignedIn
from api.access.settings import AccessSettings
from api.access.tokens import Verifier
from api.refusals import Busy
from tests.api.access.keys import AUDIENCE, CLIENT, Provider
from tests.api.access.oidc_provider import SECRET, SERVICE, log_in, system_token


def settings_of(issuer: str) -> AccessSettings:
    return AccessSettings(
        oidc_issuer=issuer,
        oidc_audience=AUDIENCE,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        public_url=SERVICE,
        session_secret="s" * 32,
    )


@pytest.fixture
def login(oidc: str) -> Login:
    return Login(settings_of(oidc), Issuer(oidc))


def returned(url: str) -> Returned:
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    return Returned(query.get("code"), query.get("state"), query.get("iss"))


def code(login: Login, kept: str | None, answer: Returned) -> str:
    with pytest.raises(NotSignedIn) as refused:
        login.finish(kept, answer)
    return refused.value.findings[0].code


def test_a_person_logs_in(login: Login) -> None:
    started = login.start("/plans?day=2026-03-04")
    asked = parse_qs(urlsplit(started.url).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]
    finished = login.finish(started.kept, returned(log_in(started.url, "u-scheduler")))
    assert finished.path == "/plans?day=2026-03-04"
    assert finished.caller == Caller(
        "u-scheduler", "m-1", frozenset({Role.SCHEDULER}), None, frozenset({"north"})
    )


def test_a_code_is_good_once(login: Login) -> None:
    started = login.start("/")
    answer = returned(log_in(started.url, "u-provider"))
    assert login.finish(started.kept, answer).caller.provider == "p-1"
    assert code(login, started.kept, answer) == "LOGIN_CODE"


def test_a_code_is_good_in_the_browser_that_asked_for_it(login: Login) -> None:
    """Somebody who lures a person to their own code would have them work in another's name."""
    mine, theirs = login.start("/"), login.start("/")
    answer = returned(log_in(theirs.url, "u-scheduler"))
    assert code(login, mine.kept, answer) == "LOGIN_CODE"
    assert code(login, None, answer) == "LOGIN_STATE"


def test_a_stolen_code_is_of_no_use_without_the_verifier(login: Login) -> None:
    """PKCE: also when the thief makes the state their own."""
    mine, theirs = login.start("/"), login.start("/")
    stolen = returned(log_in(theirs.url, "u-scheduler"))
    own_state = parse_qs(urlsplit(mine.url).query)["state"][0]
    assert code(login, mine.kept, replace(stolen, state=own_state)) == "LOGIN_CODE"


def test_what_the_browser_keeps_cannot_be_changed_or_made(login: Login, oidc: str) -> None:
    started = login.start("/")
    answer = returned(log_in(started.url, "u-scheduler"))
    other = Login(replace(settings_of(oidc), session_secret="t" * 32), Issuer(oidc))
    cut, rest = started.kept[:9], started.kept[10:]
    changed = cut + ("A" if started.kept[9] != "A" else "B") + rest
    for kept in (changed, "x" + started.kept, other.start("/").kept, "", "a.b.c"):
        assert code(login, kept, answer) == "LOGIN_STATE"


def test_a_login_does_not_wait_for_ever(login: Login, monkeypatch: pytest.MonkeyPatch) -> None:
    started = login.start("/")
    monkeypatch.setattr("api.access.login.PENDING_S", -1)
    assert code(login, started.kept, Returned("c", "s")) == "LOGIN_STATE"


def test_an_answer_of_another_provider_is_refused(login: Login) -> None:
    """RFC 9207."""
    started = login.start("/")
    answer = returned(log_in(started.url, "u-scheduler"))
    assert answer.issuer is not None
    other = replace(answer, issuer="https://evil.example")
    assert code(login, started.kept, other) == "LOGIN_STATE"


def test_an_answer_without_a_code_is_refused(login: Login) -> None:
    """Such as when the person has declined."""
    started = login.start("/")
    assert code(login, started.kept, Returned(None, "s")) == "LOGIN_CODE"


def test_a_token_of_another_login_is_refused(oidc: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The nonce: a token that was made for another login does not end this one."""
    login = Login(settings_of(oidc), Issuer(oidc))
    started = login.start("/")
    answer = returned(log_in(started.url, "u-scheduler"))
    pending = login._signer.loads(started.kept)
    changed = login._signer.dumps({**pending, "nonce": "another"})
    assert code(login, changed, answer) == "LOGIN_TOKEN"


def test_a_person_of_no_municipality_is_refused(login: Login) -> None:
    started = login.start("/")
    answer = returned(log_in(started.url, "u-nowhere"))
    assert code(login, started.kept, answer) == "CALLER"


def test_a_login_below_the_required_level_is_refused(oidc: str) -> None:
    login = Login(replace(settings_of(oidc), oidc_acr="loa3"), Issuer(oidc))
    started = login.start("/")
    assert parse_qs(urlsplit(started.url).query)["acr_values"] == ["loa3"]
    answer = returned(log_in(started.url, "u-scheduler"))
    assert code(login, started.kept, answer) == "LOGIN_LEVEL"


def test_a_wrong_client_secret_lets_nobody_in(oidc: str) -> None:
    login = Login(replace(settings_of(oidc), oidc_client_secret="wrong"), Issuer(oidc))  # noqa: S106
    started = login.start("/")
    answer = returned(log_in(started.url, "u-scheduler"))
    assert code(login, started.kept, answer) == "LOGIN_CODE"


def test_a_system_has_a_token_of_its_own(oidc: str) -> None:
    settings = settings_of(oidc)
    genuine = Verifier(Issuer(oidc), AUDIENCE).read(system_token(oidc))
    assert genuine.algorithm == "ES256"
    assert caller_of(genuine.claims, settings).roles == {Role.ASSESSOR}
    with pytest.raises(NotSignedIn, match="TOKEN_AUDIENCE"):
        Verifier(Issuer(oidc), CLIENT).read(system_token(oidc))


def test_the_providers_session_can_be_ended_too(login: Login) -> None:
    url = urlsplit(login.goodbye() or "")
    assert url.path == "/session/end"
    assert parse_qs(url.query)["post_logout_redirect_uri"] == [SERVICE]


def test_a_provider_without_login_is_told(oidc: str) -> None:
    provider = Provider()
    del provider.discovery["authorization_endpoint"]
    login = Login(settings_of(provider.issuer().url), provider.issuer())
    with pytest.raises(Busy):
        login.start("/")
    assert login.goodbye() is None


@pytest.mark.parametrize(
    ("path", "taken"),
    [
        ("/plans?day=2026-03-04#a", "/plans?day=2026-03-04#a"),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
        ("/å", "/"),
    ],
)
def test_a_login_ends_at_this_service(path: str, taken: str) -> None:
    assert own_path(path) == taken
