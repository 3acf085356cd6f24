"""A price file is read whole or not at all; what no database keeps is refused with the rest."""

from __future__ import annotations

import pytest

from pricing.toml_file import parse_toml
from scheduler.care.errors import InvalidInput


@pytest.mark.parametrize(
    "text",
    [
        'a = "b\\u0000"',
        'a = ["b", "\\U00000000"]',
        '["a\\u0000"]\nb = 1',
        'a = [{ b = "\\u0000" }]',
    ],
)
def test_a_text_with_nul_is_refused(text: str) -> None:
    """TOML allows the escape; stored, it would stop a settlement on PostgreSQL."""
    with pytest.raises(InvalidInput) as refused:
        parse_toml(text.encode(), "book.toml")
    assert [each.code for each in refused.value.findings] == ["UNREADABLE_FILE"]


def test_what_only_looks_like_nul_is_read() -> None:
    document, _ = parse_toml(b"a = 'C:\\u0000'\nb = [1, \"\\u00e5\"]", "book.toml")
    assert document == {"a": "C:\\u0000", "b": [1, "å"]}
