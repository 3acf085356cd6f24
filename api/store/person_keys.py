"""
The keys of the persons' identities, from the environment only.

    HEMPLAN_PERSON_KEYS        2026b:BASE64,2026a:BASE64    encrypt; the first is the newest
    HEMPLAN_PERSON_INDEX_KEYS  2026a:BASE64                 search; the first is the newest

Each key is 32 random bytes in Base64 under a name of its own. Older keys stay in the list until
``hemplan person rotate-keys`` has brought every row to the newest one.

Promises: no key is ever shown, neither printed nor in a finding.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from scheduler.care.errors import Finding, InvalidInput

SEALING, INDEXING = "HEMPLAN_PERSON_KEYS", "HEMPLAN_PERSON_INDEX_KEYS"
KEY_BYTES = 32
_NAME = re.compile(r"[A-Za-z0-9._-]{1,20}")


@dataclass(frozen=True, slots=True)
class KeyRing:
    """
    Named keys of one use, the newest first.

    Parameters
    ----------
    keys
        Name -> 32 bytes; at least one. Hidden when printed.
    """

    keys: Mapping[str, bytes] = field(repr=False)

    @property
    def newest(self) -> str:
        """The name of the key that everything new is made with."""
        return next(iter(self.keys))


@dataclass(frozen=True, slots=True)
class PersonKeys:
    """Keys that encrypt identities, and keys of their own that make numbers searchable."""

    sealing: KeyRing
    indexing: KeyRing


def new_key() -> str:
    """A new random key as the variables take it, without its name."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def person_keys(environment: Mapping[str, str]) -> PersonKeys:
    """
    The keys that `environment` holds.

    Raises
    ------
    InvalidInput
        With every fault: PERSON_KEYS_MISSING, PERSON_KEY_FORM (not NAME:BASE64 of 32 bytes),
        PERSON_KEY_TWICE (a name or a key that stands twice, in both variables together for keys).
    """
    findings: list[Finding] = []
    rings = {name: _ring(name, environment.get(name, ""), findings) for name in (SEALING, INDEXING)}
    shared = set(rings[SEALING].values()) & set(rings[INDEXING].values())
    if shared:
        # Whoever learns the search key must not be able to read.
        findings.append(_twice(INDEXING, "a key that encrypts as well"))
    if findings:
        raise InvalidInput(findings)
    return PersonKeys(KeyRing(rings[SEALING]), KeyRing(rings[INDEXING]))


def _ring(variable: str, text: str, findings: list[Finding]) -> dict[str, bytes]:
    made: dict[str, bytes] = {}
    if not text.strip():
        findings.append(
            Finding(
                "PERSON_KEYS_MISSING",
                variable,
                "NAME:BASE64 of 32 random bytes, the newest first",
                "nothing",
                "Skapa en nyckel med hemplan person new-key och sätt miljövariabeln.",
            )
        )
        return made
    for number, part in enumerate(text.split(","), start=1):
        where = f"{variable} key {number}"
        name, _, words = part.strip().partition(":")
        key = _decoded(words)
        if not _NAME.fullmatch(name) or key is None:
            findings.append(
                Finding(
                    "PERSON_KEY_FORM",
                    where,
                    "NAME:BASE64 of 32 bytes; a name of 1-20 letters, digits, . _ -",
                    "something else",
                    "Rätta nyckeln; den skrivs NAMN:BASE64 med 32 byte.",
                )
            )
        elif name in made or key in made.values():
            findings.append(_twice(where, "a name or a key that stands before it"))
        else:
            made[name] = key
    return made


def _decoded(words: str) -> bytes | None:
    try:
        key = base64.b64decode(words, validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None


def _twice(where: str, found: str) -> Finding:
    return Finding(
        "PERSON_KEY_TWICE",
        where,
        "each name and each key once",
        found,
        "Ge varje nyckel ett eget namn, och använd ingen nyckel två gånger.",
    )
