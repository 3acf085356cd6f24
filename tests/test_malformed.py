"""
Malformed input: every faulty file is refused with findings, and nothing is half done.

Some hundreds here; ``python -m tests.malformed`` takes 10,000.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from api.cli import main
from scheduler.care.errors import Finding
from tests.malformed import BOOKS, KINDS, Outcome, complaint, generated, outcome, right_visits
from tests.malformed.made import MONTH, PRIVATE_MARK, Made

SLICE = 900
BY_COMMAND = 12


@pytest.fixture(scope="module")
def files() -> list[Made]:
    return list(generated(SLICE))


def test_every_faulty_file_is_refused_at_the_place_of_its_fault(files: list[Made]) -> None:
    """No traceback, no settlement, no recipient in a finding, and something to do in each."""
    complaints = [(each.what, complaint(each, outcome(each))) for each in files]
    assert [(what, why) for what, why in complaints if why] == []


def test_files_without_a_fault_are_settled() -> None:
    """Otherwise everything would be refused for one and the same reason."""
    for kind in KINDS[1:]:
        came = outcome(Made(kind, "", f"visits.{kind}", right_visits(kind), ""))
        assert came.settlement is not None
        assert came.settlement.amount_ore > 0
    came = outcome(Made("book", "", BOOKS[0].name, BOOKS[0].read_bytes(), ""))
    assert came.settlement is not None


def test_the_files_are_many_and_unlike_and_always_the_same(files: list[Made]) -> None:
    assert len({each.content for each in files}) == SLICE
    assert [each.content for each in generated(60)] == [each.content for each in files[:60]]
    kinds = Counter(each.kind for each in files)
    assert set(kinds) == set(KINDS)
    assert min(kinds.values()) > SLICE / 5
    codes = {f.code for each in files for f in outcome(each).findings}
    assert len(codes) >= 18


def test_the_judge_tells_what_is_wrong_with_an_outcome() -> None:
    made = Made("csv", "", "visits.csv", b"", "visits.csv:3: zone")
    right = Finding("WRONG_VALUE", "visits.csv:3: zone", "a zone", "none", "Rätta.")
    assert complaint(made, Outcome((right,))) == ""
    assert "traceback" in complaint(made, Outcome(crash="KeyError: 'zone'"))
    assert "without a finding" in complaint(made, Outcome())
    for other, told in (
        (replace(right, where="visits.csv:4: zone"), "no finding at"),
        (replace(right, found=f"{PRIVATE_MARK}-1"), "recipient"),
        (replace(right, action=""), "to do"),
    ):
        assert told in complaint(made, Outcome((other,)))
    settled = outcome(Made("csv", "", "visits.csv", right_visits("csv"), ""))
    assert "settled" in complaint(made, settled)


def test_the_command_leaves_no_half_made_settlement(
    files: list[Made], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, findings on the terminal, and nothing in the folder, not even a part."""
    for name in ("rate_book.toml", "prices.toml"):
        (tmp_path / name).write_bytes((BOOKS[0].parent / name).read_bytes())
    out = tmp_path / "out"
    out.mkdir()
    visits = [each for each in files if each.kind != "book"][:BY_COMMAND]
    for number, made in enumerate(visits):
        path = tmp_path / f"{number}-{made.name}"
        path.write_bytes(made.content)
        command = ["settle", str(tmp_path / "rate_book.toml"), str(path), "--month", MONTH]
        with pytest.raises(SystemExit) as left:
            main([*command, "--out", str(out / "s.json")])
        told = capsys.readouterr()
        assert left.value.code == 2, made.what
        assert "Traceback" not in told.err + told.out
        assert PRIVATE_MARK not in told.err + told.out
        assert list(out.iterdir()) == []
