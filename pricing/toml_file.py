"""Reading a TOML file of prices or payments: numbers exact, every key with its line."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from pricing.toml_lines import Path as KeyPath
from pricing.toml_lines import key_lines
from scheduler.care.errors import Finding, InvalidInput

MAX_BYTES = 2_000_000


def read_bytes(path: Path) -> bytes:
    """What the file holds, no more than a byte beyond MAX_BYTES; raises UNREADABLE_FILE."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _unreadable(path.name, "a readable file", error.strerror or "") from None


def parse_toml(content: bytes, name: str) -> tuple[dict[str, Any], dict[KeyPath, int]]:
    """
    A document, whose numbers are int or Decimal, and the line of each of its keys.

    Raises
    ------
    InvalidInput
        UNREADABLE_FILE: too large, not UTF-8, no TOML, or with NUL in a text, which TOML allows
        and no database keeps.
    """
    if len(content) > MAX_BYTES:
        raise _unreadable(name, f"at most {MAX_BYTES} bytes", "more")
    try:
        # As the standard reader of files does; a lone carriage return stays a fault.
        written = content.decode("utf-8-sig").replace("\r\n", "\n")
        document = tomllib.loads(written, parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise _unreadable(name, "text in UTF-8", f"byte {error.start}") from None
    except (tomllib.TOMLDecodeError, RecursionError, ValueError, ArithmeticError) as error:
        raise _unreadable(name, "valid TOML", str(error)[:200]) from None
    if _has_nul(document):
        raise _unreadable(name, "texts of characters", "NUL in a text")
    return document, key_lines(written)


def _has_nul(value: object) -> bool:
    """Whether a text or a key anywhere in `value` has NUL."""
    left = [value]
    while left:
        match left.pop():
            case str(text) if "\0" in text:
                return True
            case dict(table):
                left += [*table, *table.values()]
            case list(items):
                left += items
    return False


def _unreadable(name: str, expected: str, found: str) -> InvalidInput:
    return InvalidInput(
        Finding("UNREADABLE_FILE", name, expected, found, "Rätta filen och försök igen.")
    )
