"""
Encrypting a file by a key of the environment: AES-256-GCM, in chunks that know their places.

Each file has a key of its own, derived from the operator's and a random salt, so that no nonce
comes twice. A nonce is the chunk's number and whether it is the last one: chunks that are changed,
moved, doubled, left out or cut off at the end are refused, and none is given out before it is
known to be whole.

Source: Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance, 2015 (the STREAM construction); RFC 5869 (HKDF); NIST SP 800-38D (GCM).
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Iterator, Mapping
from hmac import compare_digest
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from api.operations.sealed import Broken, Output
from scheduler.care.errors import Finding, InvalidInput

VARIABLE = "HEMPLAN_BACKUP_KEY"
MAGIC = b"HEMPLAN-ENCRYPTED-1\n"
KEY_BYTES = 32
_SALT_BYTES = 32
# Tells another key from changed bytes; of a derived key, so it tells nothing of the operator's.
_CHECK_BYTES = 16
_CHUNK = 64 * 1024
_TAG_BYTES = 16
_HEAD_BYTES = len(MAGIC) + _SALT_BYTES + _CHECK_BYTES


class WrongKey(Broken):
    """The file was encrypted by another key, or its head is changed."""


def key_of(environment: Mapping[str, str]) -> bytes | None:
    """
    The operator's key, 32 bytes; None when there is none.

    Raises
    ------
    InvalidInput
        When the variable is not 32 bytes in base64; the finding does not tell its content.
    """
    text = environment.get(VARIABLE)
    if not text:
        return None
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise InvalidInput(
            Finding(
                "BACKUP_KEY",
                VARIABLE,
                f"{KEY_BYTES} bytes in base64",
                f"a text of {len(text)} characters",
                "Gör en nyckel med: openssl rand -base64 32",
            )
        )
    return key


class EncryptedWriter:
    """Encrypts what is written to it into `output`."""

    def __init__(self, output: Output, key: bytes) -> None:
        salt = os.urandom(_SALT_BYTES)
        self._output = output
        self._cipher, check = _derived(key, salt)
        self._head = MAGIC + salt + check
        self._waiting = bytearray()
        self._number = 0
        output.write(self._head)

    def write(self, data: bytes) -> None:
        """Add `data`."""
        self._waiting += data
        # One chunk stays: the last one is marked as such.
        while len(self._waiting) > _CHUNK:
            self._put(bytes(self._waiting[:_CHUNK]), last=False)
            del self._waiting[:_CHUNK]

    def close(self) -> None:
        """Write the last chunk and close the output."""
        self._put(bytes(self._waiting), last=True)
        self._output.close()

    def _put(self, chunk: bytes, *, last: bool) -> None:
        nonce = _nonce(self._number, last=last)
        self._output.write(self._cipher.encrypt(nonce, chunk, self._head))
        self._number += 1


def decrypted(file: BinaryIO, key: bytes) -> Iterator[bytes]:
    """
    The content of an encrypted file, read from its beginning.

    Raises
    ------
    WrongKey
        When it was encrypted by another key.
    Broken
        When a chunk is not the one that was written there, or the end is missing.
    """
    head = file.read(_HEAD_BYTES)
    if len(head) < _HEAD_BYTES or not head.startswith(MAGIC):
        raise Broken
    cipher, check = _derived(key, head[len(MAGIC) : -_CHECK_BYTES])
    if not compare_digest(check, head[-_CHECK_BYTES:]):
        raise WrongKey
    number, chunk = 0, file.read(_CHUNK + _TAG_BYTES)
    while True:
        following = file.read(_CHUNK + _TAG_BYTES)
        try:
            yield cipher.decrypt(_nonce(number, last=not following), chunk, head)
        except InvalidTag:
            raise Broken from None
        if not following:
            return
        number, chunk = number + 1, following


def _derived(key: bytes, salt: bytes) -> tuple[AESGCM, bytes]:
    """The cipher of one file, and what its head tells the key by."""
    made = HKDF(SHA256(), KEY_BYTES + _CHECK_BYTES, salt, b"hemplan backup 1").derive(key)
    return AESGCM(made[:KEY_BYTES]), made[KEY_BYTES:]


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
