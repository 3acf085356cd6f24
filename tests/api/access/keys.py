"""An identity provider's keys and tokens, real ones, and a provider that needs no network."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from api.access.caller import Role
from api.access.fetching import unreachable
from api.access.issuer import DISCOVERY, Issuer
from api.access.settings import AccessSettings

ISSUER = "https://id.example.se"
AUDIENCE = "hemplan-api"
CLIENT = "hemplan-web"
JWKS = f"{ISSUER}/jwks"
# Far from any day on which the tests run: tokens are judged by the machine's clock.
PAST, LONG_AGO, FUTURE, FAR = 1_600_000_000, 1_500_000_000, 4_000_000_000, 4_100_000_000

SETTINGS = AccessSettings(oidc_issuer=ISSUER, oidc_audience=AUDIENCE)


@cache
def rsa_key(name: str = "one", bits: int = 2048) -> rsa.RSAPrivateKey:
    """A key that stays the same for a name."""
    return rsa.generate_private_key(65537, bits)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def ed_key() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


def public(key: Any, kid: str, **more: str) -> dict[str, Any]:
    """The public half of `key` as a JWKS lists it."""
    kind = {
        rsa.RSAPrivateKey: RSAAlgorithm,
        ec.EllipticCurvePrivateKey: ECAlgorithm,
        ed25519.Ed25519PrivateKey: OKPAlgorithm,
    }
    algorithm = next(kind[each] for each in kind if isinstance(key, each))
    return {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig", **more}


def claims(**changed: Any) -> dict[str, Any]:
    """The claims of a genuine token; None removes one."""
    told = {
        "iss": ISSUER, "aud": AUDIENCE, "sub": "u-1", "iat": PAST, "exp": FUTURE,
        "municipality": "m-1", "roles": ["scheduler"], "units": ["north"], **changed,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value is not None}


def token(
    key: Any = None, algorithm: str = "RS256", kid: str | None = "one", **changed: Any
) -> str:
    """A token with :func:`claims`, signed by `key`."""
    headers = {} if kid is None else {"kid": kid}
    return jwt.encode(claims(**changed), key or rsa_key(), algorithm, headers=headers)


def token_of(role: Role, **changed: Any) -> str:
    """The token of somebody with `role` in municipality m-1."""
    return token(sub=f"u-{role}", roles=[role.value], **changed)


class Provider:
    """
    A provider's documents; counts how often they are fetched, and can fall silent.

    ``seconds`` is its clock.
    """

    def __init__(self, *keys: Mapping[str, Any]) -> None:
        self.keys = list(keys) or [public(rsa_key(), "one")]
        self.fetched = 0
        self.silent = False
        self.seconds = 0.0
        self.discovery = {
            "issuer": ISSUER,
            "jwks_uri": JWKS,
            "authorization_endpoint": f"{ISSUER}/auth",
            "token_endpoint": f"{ISSUER}/token",
        }

    def __call__(self, url: str) -> Mapping[str, Any]:
        if self.silent:
            self.fetched += 1
            raise unreachable("an answer")
        if url == JWKS:
            self.fetched += 1
            return {"keys": self.keys}
        assert url == ISSUER + DISCOVERY
        return self.discovery

    def issuer(self) -> Issuer:
        """As the service knows it."""
        return Issuer(ISSUER, self, lambda: self.seconds)
