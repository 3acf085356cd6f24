"""
A million texts without a Python object each: as codes of a few names, or as rows of octets.

Both are sequences like any other; whoever asks for a text gets one. Sorting, telling doubles and
writing go by compiled code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TypeAlias, overload

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Octets: TypeAlias = npt.NDArray[np.uint8]
Words: TypeAlias = npt.NDArray[np.uint64]

WORD = 8
# A word of which the first octets are kept, 0 to 8 of them.
KEPT = np.array([b"\xff" * kept for kept in range(WORD + 1)], dtype="S8").view("<u8")
NEWLINE, BLANK, ZERO, DELETE = b"\n 0\x7f"
# Rows that are written at once: what fits a processor's cache.
CHUNK = 65_536


class _Column(Sequence[str]):
    """What both have in common; equal to any sequence of the same texts."""

    __hash__ = None  # type: ignore[assignment]

    def text(self, position: int) -> str:
        """One of them."""
        raise NotImplementedError

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...

    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        return list(self)[place] if isinstance(place, slice) else self.text(place)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    def __repr__(self) -> str:
        return repr(list(self))


class Named(_Column):
    """
    Texts of which there are few different ones, or that lie elsewhere in another order.

    Parameters
    ----------
    names
        What the texts are taken from.
    codes
        (n,) int64, place of each text in `names`.
    """

    def __init__(self, names: Sequence[str], codes: Ints) -> None:
        self.names, self.codes = names, codes

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[str]:
        return map(self.names.__getitem__, self.codes.tolist())

    def text(self, position: int) -> str:
        return self.names[int(self.codes[position])]


class Texts(_Column):
    """
    Texts that are mostly different.

    Parameters
    ----------
    octets
        (n, w) uint8, each row a text in UTF-8, filled up with zeros; w a multiple of 8. No text
        has a zero or a newline.
    """

    def __init__(self, octets: Octets) -> None:
        self.octets = octets

    def __len__(self) -> int:
        return len(self.octets)

    def __iter__(self) -> Iterator[str]:
        width = self.octets.shape[1]
        if not width:
            return iter([""] * len(self))
        rows = self.octets.view(f"S{width}").ravel()
        if self.octets.max(initial=0) <= DELETE:
            return iter(rows.astype(f"U{width}").tolist())
        return map(bytes.decode, rows.tolist())

    def text(self, position: int) -> str:
        text: str = self.octets[position].tobytes().rstrip(b"\0").decode()
        return text

    @property
    def are_distinct(self) -> bool:
        """Whether no two are equal."""
        return self._sorted[1]

    def ranks(self) -> Ints:
        """(n,) int64, place of each in alphabetical order; of equal ones the first goes first."""
        return inverse(self._sorted[0])

    def lengths_of_visible(self) -> tuple[int, int] | None:
        """Least and largest length where all characters are of ASCII and visible; else None."""
        filled = self.octets != 0
        if not (filled == ((self.octets > BLANK) & (self.octets < DELETE))).all():
            return None
        lengths = np.count_nonzero(filled, axis=1)
        return (int(lengths.min()), int(lengths.max())) if len(lengths) else None

    @cached_property
    def _sorted(self) -> tuple[Ints, bool]:
        """Positions in alphabetical order, and whether no two texts are equal."""
        words = self._words()
        if not words.shape[1]:
            return np.arange(len(self), dtype=np.int64), len(self) <= 1
        order = np.argsort(words[:, 0], kind="stable")
        first = words[order, 0]
        same = np.append(False, first[1:] == first[:-1])
        tied = same | np.append(same[1:], False)
        some = order[tied]
        order[tied] = some[np.lexsort(words[some].T[::-1])]
        in_order = words[order[tied]]
        doubles = (in_order[1:] == in_order[:-1]).all(axis=1)
        return order, not doubles.any()

    def _words(self) -> Words:
        """
        (n, w) numbers that sort as the texts do, the first of them first.

        Octets in UTF-8 sort as their texts; what is the same in every text decides nothing.
        """
        kept = self.octets[:, (self.octets != self.octets[:1]).any(axis=0)]
        width = -(-kept.shape[1] // WORD) * WORD
        filled = np.zeros((len(kept), width), dtype=np.uint8)
        filled[:, : kept.shape[1]] = kept
        return filled.view(">u8").astype(np.uint64)


def named(texts: Sequence[str]) -> Named:
    """Any texts as codes of their different names, in the order in which they come first."""
    place: dict[str, int] = {}
    if isinstance(texts, Named):
        of_name = np.array([place.setdefault(name, len(place)) for name in texts.names])
        return Named(list(place), of_name.astype(np.int64)[texts.codes])
    codes = [place.setdefault(text, len(place)) for text in texts]
    return Named(list(place), np.array(codes, dtype=np.int64))


def numbered(prefix: str, number: int) -> Texts:
    """``prefix1``, ``prefix2`` and so on, as many as `number`."""
    start = np.frombuffer(prefix.encode(), dtype=np.uint8)
    width = -(-(len(start) + len(str(number))) // WORD) * WORD
    octets = np.zeros((number, width), dtype=np.uint8)
    octets[:, : len(start)] = start
    for figures in range(1, len(str(number)) + 1):
        first, last = 10 ** (figures - 1), min(10**figures - 1, number)
        values = np.arange(first, last + 1)
        for place in range(figures):
            column = len(start) + figures - 1 - place
            octets[first - 1 : last, column] = values // 10**place % 10 + ZERO
    return Texts(octets)


def ranks(texts: Sequence[str]) -> Ints:
    """(n,) int64, place of each text in alphabetical order."""
    if isinstance(texts, Texts):
        return texts.ranks()
    octets = octets_of(texts)
    if octets is not None:
        return Texts(octets).ranks()
    order = sorted(range(len(texts)), key=texts.__getitem__)
    return inverse(np.array(order, dtype=np.int64))


def are_distinct(texts: Sequence[str]) -> bool:
    """Whether no two are equal."""
    return texts.are_distinct if isinstance(texts, Texts) else len(set(texts)) == len(texts)


def are_empty(texts: Sequence[str]) -> bool:
    """Whether none has a character."""
    return not (texts.octets.any() if isinstance(texts, Texts) else any(texts))


def chosen(texts: Sequence[str], positions: Ints) -> Sequence[str]:
    """Some texts, in the order of `positions`."""
    return Texts(texts.octets[positions]) if isinstance(texts, Texts) else Named(texts, positions)


def in_lines(texts: Sequence[str]) -> bytes | None:
    """All texts in UTF-8, a newline between two; None where one has a newline itself."""
    of_names = octets_of(texts.names) if isinstance(texts, Named) else None
    if isinstance(texts, Named) and of_names is not None:
        return _in_lines(of_names, texts.codes)
    if isinstance(texts, Texts):
        return _in_lines(texts.octets, None)
    joined = "\n".join(texts)
    return joined.encode() if joined.count("\n") < len(texts) else None


def inverse(order: Ints) -> Ints:
    """Place of each position in `order`."""
    found = np.empty(len(order), dtype=np.int64)
    found[order] = np.arange(len(order))
    return found


# ---------------------------------------------------------------- octets


def octets_of(texts: Sequence[str]) -> Octets | None:
    """Rows as in :class:`Texts`; None when some text has a zero or a newline."""
    joined = "\n".join([*texts, ""]).encode()
    ends = np.flatnonzero(np.frombuffer(joined, dtype=np.uint8) == NEWLINE)
    if len(ends) != len(texts) or b"\0" in joined:
        return None
    length = np.diff(ends, prepend=-1) - 1
    filled = joined + bytes(int(length.max(initial=0)) + WORD)
    return rows_of(words_of(filled, ends - length, length), len(texts))


def words_of(content: bytes, begin: Ints, length: Ints) -> list[Words]:
    """
    Parts of the content as words of eight octets, the last one filled up with zeros.

    The list has the first word of each part, the second one of each, as many as the longest has.

    Parameters
    ----------
    content
        Goes on, where the last part begins, for as long as the longest part and 8 octets.
    begin, length
        (n,) int64, octets.
    """
    # Every position is the beginning of a word, wherever it lies.
    words = np.ndarray((len(content) - WORD + 1,), dtype="<u8", buffer=content, strides=(1,))
    return [
        words[begin + offset] & KEPT[np.clip(length - offset, 0, WORD)]
        for offset in range(0, int(length.max(initial=0)), WORD)
    ]


def rows_of(words: Sequence[Words], rows: int) -> Octets:
    """(rows, 8 x words) octets of what :func:`words_of` gives."""
    found = np.empty((rows, len(words)), dtype="<u8")
    for place, each in enumerate(words):
        found[:, place] = each
    return found.view(np.uint8).reshape(rows, len(words) * WORD)


def _in_lines(rows: Octets, codes: Ints | None) -> bytes:
    """Rows, or those of codes, each with a newline, the last one without."""
    number = len(rows) if codes is None else len(codes)
    ended = np.column_stack((rows, np.full(len(rows), NEWLINE, dtype=np.uint8)))
    parts = []
    for begin in range(0, number, CHUNK):
        end = begin + CHUNK
        flat = (ended[begin:end] if codes is None else ended[codes[begin:end]]).ravel()
        parts.append(flat[flat != 0].tobytes())
    return b"".join(parts)[:-1]
