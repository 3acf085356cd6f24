"""
The identity provider: its published addresses, and its keys as they are rotated.

Keys are fetched through the provider's JWKS and held. They are fetched again when they are old, so
that a withdrawn key stops working, and when a token names one that is not held, so that a new one
works at once; but never more often than every half minute, whatever tokens come in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from api.access.fetching import Fetch, fetch_json, unreachable
from api.access.settings import is_safe_address
from api.refusals import Busy

FRESH_S: Final = 600.0  # keys are fetched again after this
STALE_S: Final = 3600.0  # and not used after this, when the provider cannot be reached
PAUSE_S: Final = 30.0  # between two fetches
LEAST_RSA_BITS: Final = 2048
DISCOVERY = "/.well-known/openid-configuration"

# Kind and curve of a key -> the one algorithm that it may be used with. The token's own word about
# its algorithm chooses nothing; symmetric keys are not in the table.
ALGORITHMS: Mapping[tuple[str, str | None], str] = {
    ("RSA", None): "RS256",
    ("EC", "P-256"): "ES256",
    ("OKP", "Ed25519"): "EdDSA",
}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where an identity provider does what (OpenID Connect Discovery 1.0); None: not at all."""

    keys: str
    authorization: str | None
    token: str | None
    end_session: str | None


@dataclass(frozen=True, slots=True)
class Key:
    """A public key, with the only algorithm that it may be used with."""

    key: Any
    algorithm: str


class Issuer:
    """
    One identity provider.

    Parameters
    ----------
    url
        Its name in tokens, and where its discovery document lies.
    fetch
        Gives the JSON object at an address, or raises Busy.
    clock
        Seconds that never go back.
    """

    def __init__(
        self, url: str, fetch: Fetch = fetch_json, clock: Callable[[], float] = monotonic
    ) -> None:
        self.url = url
        self._fetch, self._clock = fetch, clock
        self._lock = Lock()
        self._addresses: Addresses | None = None
        self._keys: Mapping[str, Key] = {}
        self._fetched_s: float | None = None
        self._tried_s: float | None = None

    def addresses(self) -> Addresses:
        """
        Where the provider does what.

        Raises
        ------
        Busy
            When its discovery document cannot be had, or is another provider's.
        """
        if self._addresses is None:
            with self._lock:
                self._addresses = self._addresses or self._discover()
        return self._addresses

    def key(self, kid: str) -> Key | None:
        """
        The key of that id; None when the provider has none.

        Raises
        ------
        Busy
            When the keys cannot be had, so that nothing can be said.
        """
        held = kid in self._keys and self._age() < STALE_S
        if held and self._age() < FRESH_S:
            return self._keys[kid]
        # While one request fetches, the others go on with the key that they hold, if they do.
        if not self._lock.acquire(blocking=not held):
            return self._keys.get(kid)
        try:
            # Somebody may have fetched them while this one waited.
            if (self._age() >= FRESH_S or kid not in self._keys) and self._may_fetch():
                self._refresh()
            if self._age() >= STALE_S:
                raise unreachable("its keys")
            return self._keys.get(kid)
        finally:
            self._lock.release()

    def _age(self) -> float:
        return float("inf") if self._fetched_s is None else self._clock() - self._fetched_s

    def _may_fetch(self) -> bool:
        return self._tried_s is None or self._clock() - self._tried_s >= PAUSE_S

    def _refresh(self) -> None:
        """Fetch the keys; without success the held ones stay until they are stale."""
        self._tried_s = self._clock()
        try:
            # Read again each time: a provider may move its keys.
            self._addresses = self._discover()
            self._keys = usable_keys(self._fetch(self._addresses.keys))
            self._fetched_s = self._clock()
        except Busy:
            return

    def _discover(self) -> Addresses:
        document = self._fetch(self.url.rstrip("/") + DISCOVERY)
        if document.get("issuer") != self.url:
            raise unreachable("the discovery document of the configured issuer")
        keys = _address(document, "jwks_uri")
        if keys is None:
            raise unreachable("jwks_uri")
        return Addresses(
            keys,
            _address(document, "authorization_endpoint"),
            _address(document, "token_endpoint"),
            _address(document, "end_session_endpoint"),
        )


def usable_keys(document: Mapping[str, Any]) -> dict[str, Key]:
    """
    The keys of a JWKS that may check a signature, by id.

    Keys of other kinds, for other uses, without an id, too short or malformed are left out; of
    two with one id neither is used.
    """
    found: dict[str, Key] = {}
    doubled: set[str] = set()
    listed = document.get("keys")
    for each in listed if isinstance(listed, list) else []:
        key = _key(each) if isinstance(each, dict) else None
        if key is None:
            continue
        kid = each["kid"]
        if kid in found:
            doubled.add(kid)
        found[kid] = key
    return {kid: key for kid, key in found.items() if kid not in doubled}


def _key(each: Mapping[str, Any]) -> Key | None:
    kind, curve, kid = each.get("kty"), each.get("crv"), each.get("kid")
    if not isinstance(kind, str) or not (curve is None or isinstance(curve, str)):
        return None
    algorithm = ALGORITHMS.get((kind, curve))
    if (
        algorithm is None
        or not isinstance(kid, str)
        or each.get("use", "sig") != "sig"
        or each.get("alg", algorithm) != algorithm
        or "d" in each  # a private key has been published: whoever read it can sign
    ):
        return None
    try:
        key = jwt.PyJWK(dict(each), algorithm).key
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    if isinstance(key, RSAPublicKey) and key.key_size < LEAST_RSA_BITS:
        return None
    return Key(key, algorithm)


def _address(document: Mapping[str, Any], name: str) -> str | None:
    url = document.get(name)
    return url if isinstance(url, str) and is_safe_address(url) else None
