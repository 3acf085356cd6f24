"""
Writing result files: whole or not at all, under names that every file system takes.
"""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from collections.abc import Iterable
from pathlib import Path

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


def write_atomically(path: Path, text: str) -> Path:
    """As :func:`write_bytes_atomically`, text as UTF-8."""
    return write_bytes_atomically(path, text.encode())


def write_bytes_atomically(path: Path, content: bytes) -> Path:
    """
    Write `content` so that a reader sees the old file or the new one, never a part.

    Raises
    ------
    OSError
        When the folder cannot be made or written; nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        # mkstemp makes the file private; results follow the user's own mask, as open() does.
        mask = os.umask(0)
        os.umask(mask)
        part.chmod(0o666 & ~mask)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return path


def safe_names(ids: Iterable[str]) -> dict[str, str]:
    """
    Id -> a file name without suffix made of ASCII letters, digits, hyphen and underscore.

    Å, ä and ö lose their marks, other signs become a hyphen, and names that would then be the same,
    also where case does not count, get a number. The ids' own order decides who keeps the name.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for identity in ids:
        plain = unicodedata.normalize("NFKD", identity).encode("ascii", "ignore").decode()
        stem = _UNSAFE.sub("-", plain).strip("-")[:80] or "unnamed"
        name, count = stem, 1
        while name.casefold() in taken:
            count += 1
            name = f"{stem}-{count}"
        taken.add(name.casefold())
        names[identity] = name
    return names
