"""
JSON in and out, strictly: what the standard reader lets pass unseen is refused here.

Promises: the size is judged before anything is parsed; a fault in the text is given by line and
column; an object with the same key twice is refused; text that is nested beyond reason is a finding
and never a crash. Numbers that JSON cannot hold (NaN, Infinity, 1e999, integers beyond 18 digits)
become non-finite floats, which every schema refuses at their place.

Source: RFC 8259 leaves duplicate names and number ranges open; this module closes both.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from api.refusals import too_large
from scheduler.care.errors import Finding, InvalidInput

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 64
MAX_ITEMS = 10_000
MAX_CONTAINERS = 500_000
MAX_DIGITS = 18
# Escapes that may stand for what no text has: NUL, or one half of a character. Written out, both
# are refused by UTF-8 and JSON.
_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_NO_TEXT = re.compile("[\0\ud800-\udfff]")


class _DoubledKeys(dict[str, Any]):
    """An object in which the keys of `doubled` came more than once; the last value stands."""

    doubled: tuple[str, ...]


def parse_json(content: bytes, *, max_bytes: int = MAX_BYTES) -> tuple[Any, list[Finding]]:
    """
    A JSON document as Python values, and the faults that did not stop the reading.

    Parameters
    ----------
    content
        The document in UTF-8, with or without a byte order mark.
    max_bytes
        Largest accepted size in bytes.

    Returns
    -------
    (value, findings)
        One finding per key that an object holds twice.

    Raises
    ------
    TooLarge
        When the content is larger than `max_bytes`.
    InvalidInput
        When it is not UTF-8, not JSON, nested deeper than 64 levels, when a list or an object
        holds more than 10,000 items, or there are more than 500,000 of them, or when a text or a
        key has NUL or half a character, which no database keeps.
    """
    if len(content) > max_bytes:
        raise too_large(len(content), max_bytes)
    # Before parsing: millions of empty lists take little room in a file and much in memory.
    if content.count(b"[") + content.count(b"{") > MAX_CONTAINERS:
        _refuse("TOO_MANY_ITEMS", "document", f"at most {MAX_CONTAINERS} lists and objects", "more")
    try:
        value = json.loads(
            content.decode("utf-8-sig"), object_pairs_hook=_object, parse_int=_integer
        )
    except UnicodeDecodeError as error:
        _refuse("NOT_UTF8", f"byte {error.start}", "text in UTF-8", "bytes that are not UTF-8")
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        _refuse("BROKEN_JSON", where, "valid JSON", error.msg)
    except RecursionError:
        _refuse_depth()
    _check_shape(value)
    if _SUSPECT.search(content):
        _check_texts(value)
    return value, [
        _doubled_key(where, key) for where, item in _doubled_objects(value) for key in item.doubled
    ]


def read_file(path: Path, *, max_bytes: int = MAX_BYTES) -> bytes:
    """
    The bytes of a file.

    Raises
    ------
    TooLarge
        When there are more than `max_bytes`; no more than that is read.
    InvalidInput
        When the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            content = file.read(max_bytes + 1)
            if len(content) > max_bytes:
                raise too_large(max(path.stat().st_size, len(content)), max_bytes)
    except OSError as error:
        raise InvalidInput(
            Finding(
                "UNREADABLE_FILE",
                path.name,
                "a readable file",
                error.strerror or type(error).__name__,
                "Kontrollera sökvägen och behörigheten.",
            )
        ) from None
    return content


def write_json(value: Any) -> str:
    """`value` as indented JSON in readable characters; the same value gives the same text."""
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    marked = _DoubledKeys(value)
    counts = Counter(key for key, _ in pairs)
    marked.doubled = tuple(key for key, count in counts.items() if count > 1)
    return marked


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits.lstrip("-")) <= MAX_DIGITS else float("inf")


def _check_shape(value: Any) -> None:
    """Refuse depth and width beyond reason, level by level and without recursion."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(MAX_DEPTH):
        if any(len(item) > MAX_ITEMS for item in level):
            _refuse("TOO_MANY_ITEMS", "document", f"at most {MAX_ITEMS} in a list", "more")
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, dict | list)
        ]
    if level:
        _refuse_depth()


def _check_texts(value: Any) -> None:
    """Refuse NUL and half characters wherever they are."""
    stack: list[tuple[str, Any]] = [("", value)]
    while stack:
        where, item = stack.pop()
        if isinstance(item, str) and _NO_TEXT.search(item):
            _refuse("UNREADABLE_TEXT", where or "document", "characters", "NUL or half a character")
        elif isinstance(item, dict):
            stack += [(where, key) for key in item]
            stack += [(join_path(where, key), child) for key, child in item.items()]
        elif isinstance(item, list):
            stack += [(join_path(where, index), child) for index, child in enumerate(item)]


def _doubled_objects(value: Any) -> Iterator[tuple[str, _DoubledKeys]]:
    """The objects with a doubled key, and their paths."""
    stack: list[tuple[str, Any]] = [("", value)]
    while stack:
        where, item = stack.pop()
        if isinstance(item, _DoubledKeys):
            yield where or "document", item
        if isinstance(item, dict):
            children = [(join_path(where, key), child) for key, child in item.items()]
        elif isinstance(item, list):
            children = [(join_path(where, index), child) for index, child in enumerate(item)]
        else:
            continue
        stack.extend(reversed(children))


def join_path(where: str, step: str | int) -> str:
    """`where` and one more step: ``visits[3]`` for a position, ``visits[3].id`` for a key."""
    if isinstance(step, int):
        return f"{where}[{step}]"
    key = printable_key(step)
    return f"{where}.{key}" if where else key


def _doubled_key(where: str, key: str) -> Finding:
    return Finding(
        "DUPLICATE_KEY",
        where,
        "each key once in an object",
        f"{printable_key(key)} more than once",
        "Ta bort dubbletten.",
    )


def printable_key(key: str) -> str:
    """A key fit for a finding: as written when it looks like a field name, else only its length."""
    looks_like_a_field = key.isascii() and key.isidentifier() and len(key) <= 40
    return key if looks_like_a_field else f"a key of {len(key)} characters"


def _refuse(code: str, where: str, expected: str, found: str) -> NoReturn:
    raise InvalidInput(
        Finding(code, where, expected, found, "Rätta dokumentet och skicka det igen.")
    ) from None


def _refuse_depth() -> NoReturn:
    _refuse("NESTED_TOO_DEEP", "document", f"at most {MAX_DEPTH} levels", "more levels")
