"""
Digests of what somebody could guess: keyed by random bytes that stand beside what they are of.

Who has the digest alone can try nothing; who has the salt too can, so the salt is removed with the
content it guards.

Source: RFC 2104 (HMAC), with SHA-256.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

SALT_BYTES = 32


def new_salt() -> str:
    """32 random bytes as 64 hexadecimal figures."""
    return secrets.token_hex(SALT_BYTES)


def salted(salt: str, content: bytes) -> str:
    """The digest of `content` under `salt`, 64 hexadecimal figures."""
    return hmac.new(bytes.fromhex(salt), content, hashlib.sha256).hexdigest()
