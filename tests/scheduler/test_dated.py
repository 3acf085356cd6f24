"""Files of dated parameters, which are read over and over while requests are answered."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from scheduler.care import dated
from scheduler.care.dated import read_parameters
from scheduler.care.errors import InvalidInput

DAY = date(2026, 3, 4)


def written(file: Path, wage: int) -> Path:
    """A file of one parameter."""
    table = f'text = "Lön"\nunit = "kr/month"\nsource = "s"\nvalues = {{ 2026-01-01 = {wage} }}'
    file.write_text(f"[wage]\n{table}\n", encoding="utf-8")
    return file


def test_a_file_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    file = written(tmp_path / "p.toml", 30_000)
    assert read_parameters(file).on("wage", DAY) == 30_000
    assert read_parameters(written(file, 131_000)).on("wage", DAY) == 131_000
    file.unlink()
    with pytest.raises(InvalidInput):
        read_parameters(file)


def test_a_file_is_not_read_again_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To read them took more than a question's own work."""
    file = written(tmp_path / "p.toml", 30_000)
    read_parameters(file)
    monkeypatch.setattr(dated, "read_toml", None)
    assert read_parameters(file).on("wage", DAY) == 30_000
