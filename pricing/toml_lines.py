"""
Where each key of a TOML document stands, so that a fault can be told by its line.

The standard reader gives values without places, and no library among our dependencies keeps them.
This one reads nothing but keys and brackets, of a document that :mod:`tomllib` has already taken:
it judges nothing. One pass, linear in the text. (tomlkit, which only the build needs, keeps the
text of each item but not its line.)
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

Path = tuple[str | int, ...]

_TOKEN = re.compile(
    r"""
    (?P<newline>\n)
  | (?P<skip>[ \t\r]+ | \#[^\n]*)
  | (?P<string>\"{3}(?:[^\\]|\\.)*?\"{3,5} | '{3}.*?'{3,5} | "(?:[^"\\]|\\.)*" | '[^']*')
  | (?P<sign>[\[\]{},=.])
  | (?P<bare>[^\s\[\]{},=.\#"']+)
    """,
    re.VERBOSE | re.DOTALL,
)


def key_lines(text: str) -> dict[Path, int]:
    """
    The line of every key and list item of a TOML document.

    Parameters
    ----------
    text
        A document that :func:`tomllib.loads` accepts.

    Returns
    -------
    dict
        Path, such as ``("rate", 2, "unit")``, to its line, counted from 1.
    """
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._kind, self._text, self._line = "newline", "\n", 1
        self._lines: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}

    def read(self) -> dict[Path, int]:
        table: Path = ()
        self._next()
        while self._kind != "end":
            if self._kind == "newline":
                self._next()
            elif self._text == "[":
                table = self._header()
            else:
                self._pair(table)
        return self._lines

    def _next(self) -> None:
        self._kind, self._text, self._line = next(self._tokens)

    def _header(self) -> Path:
        line = self._line
        self._next()
        repeated = self._text == "[" and self._kind == "sign"
        if repeated:
            self._next()
        path: Path = ()
        keys = self._keys()
        for depth, key in enumerate(keys, 1):
            path = (*path, key)
            self._lines.setdefault(path, line)
            if repeated and depth == len(keys):
                self._counts[path] = self._counts.get(path, 0) + 1
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
                self._lines.setdefault(path, line)
        while self._kind not in ("newline", "end"):
            self._next()
        return path

    def _keys(self) -> list[str]:
        """The parts of a key, up to what follows it."""
        parts = []
        while self._kind in ("bare", "string") or self._text == ".":
            if self._kind == "string":
                parts.append(str(tomllib.loads(f"k = {self._text}")["k"]))
            elif self._kind == "bare":
                parts.append(self._text)
            self._next()
        return parts

    def _pair(self, table: Path) -> None:
        line, path = self._line, table
        for key in self._keys():
            path = (*path, key)
            self._lines.setdefault(path, line)
        self._next()  # the equals sign
        self._value(path)

    def _value(self, path: Path) -> None:
        opening = self._text if self._kind == "sign" else ""
        if opening not in ("[", "{"):
            while self._kind in ("bare", "string") or self._text == ".":
                self._next()
            return
        self._next()
        position = 0
        while not (self._kind == "sign" and self._text in ("]", "}")):
            if self._kind == "newline" or self._text == ",":
                self._next()
            elif opening == "{":
                self._pair(path)
            else:
                item = (*path, position)
                self._lines[item] = self._line
                self._value(item)
                position += 1
        self._next()


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    line = 1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind != "skip":
            yield kind, match.group(), line
        line += match.group().count("\n")
    while True:
        yield "end", "", line
