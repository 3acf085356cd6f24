"""Tokens: only genuine ones count, whatever a forger can do without the issuer's private key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api.access.issuer import Issuer
from api.access.refusals import NotSignedIn
from api.access.tokens import MAX_CHARACTERS, Verifier
from tests.api.access.keys import (
    AUDIENCE,
    CLIENT,
    FAR,
    FUTURE,
    ISSUER,
    LONG_AGO,
    PAST,
    Provider,
    claims,
    ec_key,
    ed_key,
    public,
    rsa_key,
    token,
)


@pytest.fixture
def issuer() -> Issuer:
    return Provider(
        public(rsa_key(), "one"), public(ec_key(), "two"), public(ed_key(), "three")
    ).issuer()


def refusal(issuer: Issuer, presented: str) -> str:
    with pytest.raises(NotSignedIn) as refused:
        Verifier(issuer, AUDIENCE).read(presented)
    (finding,) = refused.value.findings
    # No part of a token may reach a log or an answer.
    assert len(presented) < 5 or presented not in str(refused.value)
    return finding.code


def part(value: Any) -> str:
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("key", "algorithm", "kid"),
    [(rsa_key, "RS256", "one"), (ec_key, "ES256", "two"), (ed_key, "EdDSA", "three")],
)
def test_a_genuine_token_counts(issuer: Issuer, key: Any, algorithm: str, kid: str) -> None:
    read = Verifier(issuer, AUDIENCE).read(token(key(), algorithm, kid))
    assert (read.claims, read.algorithm) == (claims(), algorithm)


def test_one_of_several_audiences_is_enough(issuer: Issuer) -> None:
    assert Verifier(issuer, AUDIENCE).read(token(aud=["other", AUDIENCE])).claims["sub"] == "u-1"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"exp": PAST, "iat": LONG_AGO}, "TOKEN_EXPIRED"),
        ({"nbf": FUTURE, "exp": FAR}, "TOKEN_NOT_YET_VALID"),
        ({"iat": FUTURE, "exp": FAR}, "TOKEN_NOT_YET_VALID"),
        ({"aud": "another-service"}, "TOKEN_AUDIENCE"),
        ({"aud": CLIENT}, "TOKEN_AUDIENCE"),
        ({"aud": []}, "TOKEN_CLAIMS"),
        ({"iss": ISSUER + "/"}, "TOKEN_ISSUER"),
        ({"iss": "https://id.example.org"}, "TOKEN_ISSUER"),
        *[({name: None}, "TOKEN_CLAIMS") for name in ("exp", "iat", "iss", "aud", "sub")],
        ({"exp": "soon"}, "TOKEN"),
        ({"exp": float("inf")}, "TOKEN"),
        ({"nbf": float("nan")}, "TOKEN"),
    ],
)
def test_a_genuine_token_for_something_else_is_refused(
    issuer: Issuer, changed: dict[str, Any], code: str
) -> None:
    assert refusal(issuer, token(**changed)) == code


def test_a_token_signed_with_another_key_is_refused(issuer: Issuer) -> None:
    assert refusal(issuer, token(rsa_key("forger"))) == "TOKEN"


def test_a_changed_token_is_refused(issuer: Issuer) -> None:
    """The signature of one token does not make another one's words true."""
    header, _, signature = token().split(".")
    changed = part(claims(roles=["admin"]))
    assert refusal(issuer, f"{header}.{changed}.{signature}") == "TOKEN"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", ""])
def test_a_token_without_a_signature_is_refused(issuer: Issuer, algorithm: str) -> None:
    header = part({"alg": algorithm, "kid": "one"})
    assert refusal(issuer, f"{header}.{part(claims())}.") == "TOKEN"


@pytest.mark.parametrize(
    ("encoding", "form"),
    [
        (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        (Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        (Encoding.PEM, PublicFormat.PKCS1),
    ],
)
def test_the_public_key_as_a_shared_secret_is_refused(
    issuer: Issuer, encoding: Encoding, form: PublicFormat
) -> None:
    """CVE-2022-29217, CVE-2024-33663: everybody has the public key, so everybody could sign."""
    secret = rsa_key().public_key().public_bytes(encoding, form)
    signed = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'one'})}.{part(claims())}"
    signature = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    assert refusal(issuer, f"{signed}.{part(signature)}") == "TOKEN"


def test_a_key_is_used_with_its_own_algorithm_only(issuer: Issuer) -> None:
    """Also a real signature of that key, by an algorithm that its kind knows."""
    for algorithm in ("RS384", "RS512", "PS256"):
        assert refusal(issuer, token(rsa_key(), algorithm)) == "TOKEN"
    assert refusal(issuer, token(rsa_key(), "RS256", kid="two")) == "TOKEN"


def test_a_token_of_an_unknown_key_is_refused(issuer: Issuer) -> None:
    assert refusal(issuer, token(kid="four")) == "TOKEN_KEY"
    assert refusal(issuer, token(kid=None)) == "TOKEN_KEY"


def test_a_token_does_not_bring_its_own_key(issuer: Issuer) -> None:
    """RFC 8725, 3.10: what the header says about keys is the sender's word."""
    forger = public(rsa_key("forger"), "mine")
    for header in ({"jwk": forger}, {"jku": "https://evil.example/jwks"}):
        signed = token(rsa_key("forger"), kid="mine")
        _, body, signature = signed.split(".")
        assert refusal(issuer, f"{part({'alg': 'RS256', **header})}.{body}.{signature}") == (
            "TOKEN_KEY"
        )


@pytest.mark.parametrize(
    "presented",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c",
        "a.b.c.d.e",
        "å.ä.ö",
        "\0",
        part([1]) + "." + part({}) + ".",
        part({"alg": "RS256", "kid": ["one"]}) + "." + part({}) + ".",
        part(b"\xff\xfe") + ".." ,
        "[" * 5000,
        part(b'{"alg":' + b"[" * 3000) + ".e30.e30",
    ],
)  # fmt: skip
def test_what_is_not_a_token_is_refused(issuer: Issuer, presented: str) -> None:
    assert refusal(issuer, presented or " ") in ("TOKEN", "TOKEN_KEY")


def test_a_long_text_is_refused_unread(issuer: Issuer) -> None:
    assert refusal(issuer, token(padding="x" * MAX_CHARACTERS)) == "TOKEN"
