"""Texts without an object each are those that they were made of, and sort and write as they do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pricing.pay.texts import (
    Named,
    Texts,
    are_distinct,
    are_empty,
    chosen,
    in_lines,
    named,
    numbered,
    octets_of,
    ranks,
)

# Short ones that begin alike, one of them longer than a word, and every plane of characters.
TEXT = st.one_of(
    st.text("ab", max_size=3),
    st.sampled_from(["", "v-12345678", "v-12345679", "é", "ж", "\U0001f600", "\uffff"]),
    st.text(st.characters(exclude_characters="\0\n", exclude_categories=["Cs"]), max_size=20),
)
LISTS = st.lists(TEXT, max_size=12)


def packed(texts: list[str]) -> Texts:
    octets = octets_of(texts)
    assert octets is not None
    return Texts(octets)


@given(LISTS)
@example([])
@example(["", ""])
def test_rows_of_octets_are_the_texts(texts: list[str]) -> None:
    """One by one, together, and in another order."""
    found = packed(texts)
    assert (found, len(found)) == (texts, len(texts))
    assert [found[place] for place in range(len(texts))] == texts
    assert found[1:] == texts[1:]
    backwards = np.arange(len(texts))[::-1]
    assert chosen(found, backwards) == chosen(texts, backwards) == texts[::-1]


@given(LISTS)
def test_they_sort_as_texts_do(texts: list[str]) -> None:
    """A settlement has one order of lines, however its visits came in; equal ones stay in order."""
    in_order = sorted(range(len(texts)), key=texts.__getitem__)
    for each in (texts, packed(texts), Named(texts, np.arange(len(texts)))):
        assert np.argsort(ranks(each)).tolist() == in_order


@given(LISTS)
def test_doubles_are_seen(texts: list[str]) -> None:
    """What is not told as a double would be paid twice."""
    assert are_distinct(packed(texts)) == are_distinct(texts) == (len(set(texts)) == len(texts))
    assert are_empty(packed(texts)) == are_empty(texts) == (not "".join(texts))


@given(LISTS.filter(bool))
def test_they_are_written_as_one(texts: list[str]) -> None:
    """The digest of a settlement is over these octets, whatever holds its texts."""
    expected = "\n".join(texts).encode()
    assert [in_lines(each) for each in (texts, packed(texts), named(texts))] == [expected] * 3


def test_a_text_with_a_newline_is_not_written_among_others() -> None:
    """Else ("a", "b") and ("a\\nb",) would have one digest."""
    assert in_lines(["a", "b\n"]) is None
    assert in_lines(named(["a", "b\n"])) is None


@pytest.mark.parametrize("text", ["a\0", "\n", "a\nb"])
def test_what_rows_cannot_hold_is_sorted_all_the_same(text: str) -> None:
    assert octets_of([text, "a"]) is None
    texts = ["b", text, "a"]
    assert [texts[place] for place in np.argsort(ranks(texts))] == sorted(texts)


@pytest.mark.parametrize("number", [0, 1, 9, 10, 1_234])
def test_numbers_are_written_as_people_write_them(number: int) -> None:
    assert numbered("2026-03-", number) == [f"2026-03-{each}" for each in range(1, number + 1)]


def test_names_are_told_once() -> None:
    """A sum per provider must not fall apart because a name came twice."""
    found = named(Named(["b", "a", "b"], np.array([0, 1, 2, 0])))
    assert (list(found.names), found) == (["b", "a"], ["b", "a", "b", "b"])


def test_only_visible_ascii_is_measured_by_octets() -> None:
    """Elsewhere a character has several; there they are counted one by one."""
    assert packed(["v-1", "v-12"]).lengths_of_visible() == (3, 4)
    assert packed(["v-1", ""]).lengths_of_visible() == (0, 3)
    for other in ("é", "a b", "\x7f", "\x01"):
        assert packed(["v-1", other]).lengths_of_visible() is None
