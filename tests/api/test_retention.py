"""Rules of retention: the example is read, and a log is never kept for less than five years."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.documents.retention import Retention, read_retention
from scheduler.care.errors import InvalidInput
from tests.conftest import ROOT

EXAMPLE = ROOT / "fixtures" / "demo" / "retention.toml"


def test_the_example_is_read() -> None:
    assert read_retention(EXAMPLE) == Retention(5, frozenset({5, 15, 25}), 5)


def test_every_fault_of_a_file_at_once(tmp_path: Path) -> None:
    words = EXAMPLE.read_text(encoding="utf-8")
    path = tmp_path / "rules.toml"
    wrong = words.replace("keep_years = 5", "keep_years = 4").replace("25]", "32]")
    path.write_text(wrong, encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        read_retention(path)
    # Four years are a municipality's own matter for the file, and too few for the log.
    assert [each.where for each in refused.value.findings] == [
        "identity.keep_born_on[2]", "readings.keep_years",
    ]  # fmt: skip


@pytest.mark.parametrize("missing", ["source = ", "[readings]"])
def test_a_rule_without_its_source_or_a_part_is_refused(missing: str, tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(missing)]
    path.write_text("\n".join(kept), encoding="utf-8")
    with pytest.raises(InvalidInput):
        read_retention(path)
