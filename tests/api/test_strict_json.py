"""JSON is read strictly: what the usual reader lets pass unseen would change a plan in silence."""

from __future__ import annotations

import time
from contextlib import suppress
from math import inf, isnan
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.documents.strict_json import MAX_BYTES, parse_json, printable_key, read_file, write_json
from api.refusals import TooLarge
from scheduler.care.errors import InvalidInput


def codes(content: bytes) -> list[str]:
    """Codes of what is said against `content`."""
    try:
        return [finding.code for finding in parse_json(content)[1]]
    except InvalidInput as error:
        return [finding.code for finding in error.findings]


def test_sound_json_is_read_as_it_stands() -> None:
    assert parse_json('{"å": [1, 2.5, null, true]}'.encode()) == ({"å": [1, 2.5, None, True]}, [])


def test_byte_order_mark_of_a_windows_editor_is_no_fault() -> None:
    assert parse_json(b"\xef\xbb\xbf{}") == ({}, [])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "BROKEN_JSON"),
        (b"{", "BROKEN_JSON"),
        (b'{"a": 1,}', "BROKEN_JSON"),
        (b"{'a': 1}", "BROKEN_JSON"),
        (b"\x00" * 100, "BROKEN_JSON"),
        (b'{"a": "\xe5"}', "NOT_UTF8"),
        ('{"a": 1}'.encode("utf-16"), "NOT_UTF8"),
        (b"[" * 65 + b"]" * 65, "NESTED_TOO_DEEP"),
        (b"[" * 200_000, "NESTED_TOO_DEEP"),
        (b'{"a":' * 200_000, "NESTED_TOO_DEEP"),
        (b"[" + b"1," * 10_000 + b"1]", "TOO_MANY_ITEMS"),
        (b"[" + b"[[[],[],[],[],[],[],[],[]]]," * 60_000 + b"1]", "TOO_MANY_ITEMS"),
        (b'{"a": 1, "a": 2}', "DUPLICATE_KEY"),
    ],
)
def test_each_fault_of_the_text_has_its_code(content: bytes, code: str) -> None:
    assert codes(content) == [code]


def test_sixty_four_levels_are_accepted() -> None:
    assert codes(b"[" * 64 + b"]" * 64) == []


def test_broken_json_is_located_by_line_and_column() -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_json(b'{"a": 1,\n "b" 2}')
    assert refused.value.findings[0].where == "line 2, column 6"


def test_every_doubled_key_is_told_with_its_path() -> None:
    _, findings = parse_json(b'{"a": [{"id": 1, "id": 2}], "b": {"c": {"d": 1, "d": 1, "d": 2}}}')
    assert [(each.where, each.found) for each in findings] == [
        ("a[0]", "id more than once"),
        ("b.c", "d more than once"),
    ]


def test_a_key_that_may_be_a_name_is_not_repeated() -> None:
    """Keys reach the findings, and findings hold no personal data."""
    _, findings = parse_json(b'{"Anna Svensson": 1, "Anna Svensson": 2}')
    assert "Anna" not in str(findings[0])
    assert printable_key("serviceDuration") == "serviceDuration"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "9" * 19, "-" + "9" * 5000])
def test_numbers_that_json_cannot_hold_become_non_finite(number: str) -> None:
    """The schemas refuse a non-finite number at its place; a huge one would overflow later."""
    value, _ = parse_json(f"[{number}]".encode())
    assert isnan(value[0]) or abs(value[0]) == inf


def test_size_is_judged_before_anything_is_parsed() -> None:
    with pytest.raises(TooLarge) as refused:
        parse_json(b"{" * 101, max_bytes=100)
    assert refused.value.findings[0].found == "101 bytes"


@pytest.mark.alone
def test_fifty_megabytes_of_garbage_are_refused_within_a_second(tmp_path: Path) -> None:
    path = tmp_path / "garbage.json"
    path.write_bytes(b"\x8f{[garbage" * (5 * 1024 * 1024))
    started = time.perf_counter()
    with pytest.raises(TooLarge) as refused:
        read_file(path)
    assert time.perf_counter() - started < 1
    assert refused.value.findings[0].expected == f"at most {MAX_BYTES} bytes"


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_a_path_that_cannot_be_read_is_a_finding(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_file(tmp_path / name)
    assert refused.value.findings[0].code == "UNREADABLE_FILE"


# NUL and halves of characters are refused wherever they are.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=10,
)


@given(json_values)
@settings(max_examples=100, deadline=None)
def test_what_is_written_is_read_back(value: object) -> None:
    assert parse_json(write_json(value).encode()) == (value, [])


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_bytes_crash_the_reader(content: bytes) -> None:
    # Anything but a refusal is a crash.
    with suppress(InvalidInput):
        parse_json(content)


@pytest.mark.parametrize("escape", ["\\u0000", "\\ud800", "\\uDFFF", "\\udc00\\ud800"])
def test_a_text_that_no_database_keeps_is_refused_at_its_place(escape: str) -> None:
    for document, where in (
        (f'{{"a": [1, "b{escape}"]}}', "a[1]"), (f'{{"a": {{"b{escape}": 1}}}}', "a"),
        (f'"{escape}"', "document"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            parse_json(document.encode())
        assert [(each.code, each.where) for each in refused.value.findings] == [
            ("UNREADABLE_TEXT", where)
        ]


def test_a_character_in_two_halves_is_read_whole() -> None:
    assert parse_json(b'["\\ud83e\\uddd3", "\\\\u0000"]') == (["\U0001f9d3", "\\u0000"], [])
