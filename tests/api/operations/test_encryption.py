"""Encrypted chunks: each in its place and the last one known, by themselves, whatever they hold."""

from __future__ import annotations

import io
from itertools import permutations

import pytest

from api.operations.encryption import KEY_BYTES, MAGIC, EncryptedWriter, WrongKey, decrypted
from api.operations.sealed import Broken

KEY = bytes(range(KEY_BYTES))
CHUNK = 64 * 1024
HEAD_BYTES = len(MAGIC) + 32 + 16


class Kept(io.BytesIO):
    """Keeps what was written after it is closed."""

    def close(self) -> None:
        """Nothing."""


def encrypted(content: bytes, key: bytes = KEY) -> bytes:
    kept = Kept()
    writer = EncryptedWriter(kept, key)
    for at in range(0, len(content), 10_000):
        writer.write(content[at : at + 10_000])
    writer.close()
    return kept.getvalue()


def read(file: bytes, key: bytes = KEY) -> bytes:
    return b"".join(decrypted(io.BytesIO(file), key))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_was_written_is_read(size: int) -> None:
    content = bytes(each % 251 for each in range(size))
    assert read(encrypted(content)) == content


def test_the_same_content_is_never_written_twice_alike() -> None:
    """Under one key and nonce two contents would tell each other."""
    first, second = encrypted(b"a" * 100), encrypted(b"a" * 100)
    assert first[len(MAGIC) :][:32] != second[len(MAGIC) :][:32]
    assert first[HEAD_BYTES:] != second[HEAD_BYTES:]


def test_chunks_keep_their_places() -> None:
    """All of the same content, so that nothing but their places tells them apart."""
    file = encrypted(b"a" * (4 * CHUNK))
    size = CHUNK + 16
    chunks = [file[at : at + size] for at in range(HEAD_BYTES, len(file), size)]
    assert len(chunks) == 4
    whole = (0, 1, 2, 3)
    orders = [
        *permutations(whole),
        *(whole[:count] for count in range(4)),
        *(whole[count:] for count in range(1, 4)),
        (0, 1, 1, 2, 3),
        (0, 1, 2, 3, 3),
    ]
    for order in orders:
        changed = file[:HEAD_BYTES] + b"".join(chunks[each] for each in order)
        if order == whole:
            assert read(changed) == b"a" * (4 * CHUNK)
            continue
        with pytest.raises(Broken):
            read(changed)


def test_a_chunk_of_another_file_does_not_fit() -> None:
    first, second = encrypted(b"a" * 100), encrypted(b"a" * 100)
    with pytest.raises(Broken):
        read(first[:HEAD_BYTES] + second[HEAD_BYTES:])


def test_another_key_is_told_as_such() -> None:
    with pytest.raises(WrongKey):
        read(encrypted(b"a"), bytes(KEY_BYTES))
