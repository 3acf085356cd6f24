"""
Identities encrypted at rest, and numbers that can be found without being read.

* AES-256-GCM with a random nonce of 12 bytes. What is bound to each text: its use, municipality,
  recipient, version and the key's name. So a row that somebody copies to another recipient, another
  municipality or a later version does not open.
* HMAC-SHA256 with a key of its own over municipality and normalised number. There are some ten
  thousand numbers per day of birth, so a hash without a key would be as good as the number.

Source: NIST SP 800-38D (at most 2^32 texts per key with random nonces; a municipality has 10^5).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api.store.person_keys import INDEXING, SEALING, KeyRing, PersonKeys
from scheduler.care.errors import CareError, Finding

NONCE_BYTES = 12


class Sealed(CareError):
    """A stored identity that the given keys do not open."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed text stands; it opens nowhere else."""

    municipality: str
    recipient: str
    version: int

    def bound(self, key_id: str) -> bytes:
        """What is authenticated beside the text, unambiguously."""
        words = ["hemplan person", 1, self.municipality, self.recipient, self.version, key_id]
        return json.dumps(words).encode()


def seal(keys: PersonKeys, place: Place, words: bytes) -> tuple[str, bytes]:
    """The newest key's name, and nonce with encrypted `words`."""
    key_id = keys.sealing.newest
    nonce = secrets.token_bytes(NONCE_BYTES)
    made = AESGCM(keys.sealing.keys[key_id]).encrypt(nonce, words, place.bound(key_id))
    return key_id, nonce + made


def unseal(keys: PersonKeys, place: Place, key_id: str, sealed: bytes) -> bytes:
    """
    What :func:`seal` was given.

    Raises
    ------
    Sealed
        PERSON_KEY_UNKNOWN when no key has that name; PERSON_SEAL when the text was changed, moved
        or made with another key of that name.
    """
    key = keys.sealing.keys.get(key_id)
    if key is None:
        raise Sealed(
            Finding(
                "PERSON_KEY_UNKNOWN",
                f"person ({place.recipient})",
                f"the key {key_id} in {SEALING}",
                "no such key",
                "Lägg tillbaka den äldre nyckeln sist i miljövariabeln.",
            )
        )
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.bound(key_id))
    except (InvalidTag, ValueError):
        raise Sealed(
            Finding(
                "PERSON_SEAL",
                f"person ({place.recipient})",
                f"a text that was encrypted here with the key {key_id}",
                "one that was changed or moved, or another key",
                "Kontrollera nycklarna; stämmer de är raden ändrad utanför Hemplan.",
            )
        ) from None


def number_hash(keys: PersonKeys, index_key_id: str, municipality: str, digits: str) -> str:
    """
    What a number is found by.

    Raises
    ------
    Sealed
        PERSON_KEY_UNKNOWN when no search key has that name.
    """
    key = keys.indexing.keys.get(index_key_id)
    if key is None:
        raise Sealed(
            Finding(
                "PERSON_KEY_UNKNOWN",
                "persons",
                f"the key {index_key_id} in {INDEXING}",
                "no such key",
                "Lägg tillbaka den äldre nyckeln sist i miljövariabeln.",
            )
        )
    return hmac.new(key, json.dumps([municipality, digits]).encode(), hashlib.sha256).hexdigest()


def every_hash(keys: PersonKeys, municipality: str, digits: str) -> list[str]:
    """What a number is found by under each search key, as rows of an older one may still stand."""
    ring: KeyRing = keys.indexing
    return [number_hash(keys, name, municipality, digits) for name in ring.keys]


def digest(sealed: bytes) -> str:
    """
    SHA-256 of a sealed text, which the log keeps.

    Of the encrypted text, not of the identity: when the row is erased, nobody can try numbers
    against what is left in the log, not even with the keys.
    """
    return hashlib.sha256(sealed).hexdigest()
