"""The issuer's keys: rotated at once, withdrawn soon, fetched seldom."""

from __future__ import annotations

from typing import Any

import pytest
from jwt.algorithms import OKPAlgorithm

from api.access.issuer import FRESH_S, PAUSE_S, STALE_S, Issuer, usable_keys
from api.refusals import Busy
from tests.api.access.keys import Provider, ec_key, ed_key, public, rsa_key

NEW = public(rsa_key("new"), "new")


def test_keys_are_fetched_once_for_many_tokens() -> None:
    provider = Provider()
    issuer = provider.issuer()
    assert all(issuer.key("one") is not None for _ in range(5))
    assert provider.fetched == 1


def test_a_new_key_works_at_once() -> None:
    provider = Provider()
    issuer = provider.issuer()
    issuer.key("one")
    provider.keys.append(NEW)
    provider.seconds += PAUSE_S
    assert issuer.key("new") is not None


def test_unknown_keys_do_not_make_the_service_ask_all_the_time() -> None:
    """Anybody can invent key ids; the provider must not be asked for each."""
    provider = Provider()
    issuer = provider.issuer()
    for second in range(120):
        provider.seconds = float(second)
        assert issuer.key(f"invented-{second}") is None
    assert provider.fetched == 120 / PAUSE_S


def test_a_withdrawn_key_stops_working() -> None:
    provider = Provider()
    issuer = provider.issuer()
    assert issuer.key("one") is not None
    provider.keys = [NEW]
    provider.seconds = FRESH_S
    assert issuer.key("one") is None


def test_a_silent_provider_is_outlived_for_a_while() -> None:
    provider = Provider()
    issuer = provider.issuer()
    issuer.key("one")
    provider.silent = True
    provider.seconds = STALE_S - 1
    assert issuer.key("one") is not None
    provider.seconds = STALE_S
    with pytest.raises(Busy, match="IDENTITY_PROVIDER"):
        issuer.key("one")
    provider.silent = False
    provider.seconds += PAUSE_S
    assert issuer.key("one") is not None


def test_a_silent_provider_is_not_asked_for_every_request() -> None:
    provider = Provider()
    provider.silent = True
    issuer = provider.issuer()
    for _ in range(5):
        with pytest.raises(Busy):
            issuer.key("one")
    assert provider.fetched == 1


def test_while_one_request_fetches_the_others_use_what_they_have() -> None:
    """A slow provider must not stop everybody every ten minutes."""
    provider = Provider()
    seen: list[Any] = []
    issuer: Issuer

    def slow(url: str) -> Any:
        if provider.fetched:
            seen.append(issuer.key("one"))
        return provider(url)

    issuer = Issuer(provider.issuer().url, slow, lambda: provider.seconds)
    issuer.key("one")
    provider.seconds = FRESH_S
    assert issuer.key("one") is not None
    assert seen
    assert None not in seen


@pytest.mark.parametrize(
    "change",
    [{"issuer": "https://id.example.org"}, {"jwks_uri": "http://id.example.se/jwks"},
     {"jwks_uri": 5}, {"jwks_uri": "file:///etc/passwd"}],
)  # fmt: skip
def test_a_wrong_discovery_document_is_not_followed(change: dict[str, Any]) -> None:
    provider = Provider()
    provider.discovery |= change
    with pytest.raises(Busy):
        provider.issuer().addresses()


def test_addresses_come_from_the_discovery_document() -> None:
    provider = Provider()
    found = provider.issuer().addresses()
    assert found.token == "https://id.example.se/token"  # noqa: S105
    assert found.end_session is None


@pytest.mark.parametrize(
    "unusable",
    [
        public(rsa_key(), "k", use="enc"),
        public(rsa_key(), "k", alg="RS512"),
        public(rsa_key(), "k", alg="HS256"),
        {**public(rsa_key(), "k"), "kid": 7},
        {name: value for name, value in public(rsa_key(), "k").items() if name != "kid"},
        {**OKPAlgorithm.to_jwk(ed_key(), as_dict=True), "kid": "k"},  # the private key itself
        {"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA", "kid": "k"},
        {**public(ec_key(), "k"), "x": "AAAA"},
        {**public(ec_key(), "k"), "crv": "P-384"},
        {"kty": ["RSA"], "kid": "k"},
        {"kty": "RSA", "kid": "k"},
        {"kty": "RSA", "kid": "k", "n": 5, "e": None},
        "a text",
        None,
        public(rsa_key("short", 1024), "k"),
    ],
)  # fmt: skip
def test_keys_that_must_not_check_a_signature_are_left_out(unusable: Any) -> None:
    assert set(usable_keys({"keys": [unusable, public(ec_key(), "good")]})) == {"good"}


def test_of_two_keys_with_one_id_neither_counts() -> None:
    keys = [public(rsa_key(), "k"), public(ec_key(), "k"), public(ec_key(), "good")]
    assert set(usable_keys({"keys": keys})) == {"good"}


@pytest.mark.parametrize("document", [{}, {"keys": 5}, {"keys": None}])
def test_a_document_without_keys_has_none(document: Any) -> None:
    assert usable_keys(document) == {}
