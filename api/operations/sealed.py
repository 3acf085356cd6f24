"""
Files that tell every change of themselves: gzip, closed by the hash of all that stands before it.

The hash lies in the extra field of an empty last member, as gzip allows, so ``zcat`` shows the
content without any program of ours. gzip's own checksum does not cover its headers and the unused
bits of its blocks; the seal covers every bit, and a file that was cut has none.

Source: RFC 1952, GZIP file format specification 4.3.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import Protocol

GZIP_MAGIC = b"\x1f\x8b"
# Of zlib: a gzip member with the largest window.
_GZIP = 31
_LEVEL = 6
_CHUNK = 1024 * 1024
# Identifier and length of our field within the extra field.
_FIELD = b"HS" + struct.pack("<H", hashlib.sha256().digest_size)


class Broken(Exception):
    """The file is not as it was written: changed, cut, or another one altogether."""


class Output(Protocol):
    """What bytes are written to, and told when they are all."""

    def write(self, data: bytes, /) -> object:
        """Take the next bytes."""

    def close(self) -> None:
        """There are no more."""


def seal(digest: bytes) -> bytes:
    """The last member: empty, with `digest` (32 bytes) of all bytes before it."""
    extra = _FIELD + digest
    # Deflate, with an extra field, no time, unknown system; then nothing, its checksum and size.
    head = GZIP_MAGIC + b"\x08\x04" + bytes(4) + b"\x00\xff"
    return head + struct.pack("<H", len(extra)) + extra + b"\x03\x00" + bytes(8)


SEAL_BYTES = len(seal(bytes(32)))


class SealedWriter:
    """Compresses what is written to it into `output`; `close` seals it."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._gzip = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> None:
        """Add `data`."""
        self._put(self._gzip.compress(data))

    def close(self) -> None:
        """Write what is left and the seal, and close the output."""
        self._put(self._gzip.flush())
        self._output.write(seal(self._hash.digest()))
        self._output.close()

    def _put(self, packed: bytes) -> None:
        self._hash.update(packed)
        self._output.write(packed)


def unsealed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """
    The content of a sealed file, given as `chunks`.

    What is yielded may be used only once the end has come without an error.

    Raises
    ------
    Broken
        At the end, when the seal is missing or belongs to other bytes; earlier, when what was
        changed can no longer be unpacked.
    """
    digest, rest, gzip = hashlib.sha256(), b"", zlib.decompressobj(_GZIP)
    for chunk in chunks:
        rest += chunk
        packed, rest = rest[:-SEAL_BYTES], rest[-SEAL_BYTES:]
        digest.update(packed)
        yield from _unpacked(gzip, packed)
    # The limit of each call may have left something inside.
    while not gzip.eof and (content := gzip.decompress(b"", _CHUNK)):
        yield content
    if rest != seal(digest.digest()) or not gzip.eof:
        raise Broken


def _unpacked(gzip: zlib._Decompress, packed: bytes) -> Iterator[bytes]:
    try:
        while packed:
            if gzip.eof:
                raise Broken  # something between content and seal
            yield gzip.decompress(packed, _CHUNK)
            packed = gzip.unconsumed_tail or gzip.unused_data
    except zlib.error:
        raise Broken from None
