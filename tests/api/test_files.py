"""Result files are whole and have names that every file system takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.files import safe_names, write_atomically


def test_a_file_is_replaced_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    """A reader must never meet half a plan."""
    path = tmp_path / "new" / "plan.html"
    write_atomically(path, "första")
    assert write_atomically(path, "andra\n") == path
    assert path.read_bytes() == b"andra\n"
    assert [entry.name for entry in path.parent.iterdir()] == ["plan.html"]


def test_a_write_that_fails_keeps_the_old_file(tmp_path: Path) -> None:
    """The disk may be full or the text unfit for UTF-8; the last good plan stays."""
    path = tmp_path / "plan.html"
    write_atomically(path, "gammal")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "ny \ud800")
    assert path.read_text(encoding="utf-8") == "gammal"
    assert [entry.name for entry in tmp_path.iterdir()] == ["plan.html"]


def test_ids_become_readable_names_and_never_collide() -> None:
    """Two shifts must not share one list, also where upper and lower case are the same."""
    names = safe_names(["pass/åäö 1", "../../etc/passwd", "P-1", "p-1", "p 1", "", "???"])
    assert names == {
        "pass/åäö 1": "pass-aao-1",
        "../../etc/passwd": "etc-passwd",
        "P-1": "P-1",
        "p-1": "p-1-2",
        "p 1": "p-1-3",
        "": "unnamed",
        "???": "unnamed-2",
    }


@given(st.lists(st.text(max_size=120), unique=True, max_size=20))
@settings(max_examples=100, deadline=None)
def test_any_ids_give_as_many_safe_names(ids: list[str]) -> None:
    """Ids come from other systems and may hold anything."""
    names = safe_names(ids)
    assert list(names) == ids
    assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]*", name) for name in names.values())
    assert all(len(name) < 100 for name in names.values())
    assert len({name.casefold() for name in names.values()}) == len(ids)
