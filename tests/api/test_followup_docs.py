"""docs/followup.md: its commands run as they stand there, and print what it shows."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from api.cli import main
from fixtures.followup import files
from tests.conftest import ROOT

DOCUMENT = (ROOT / "docs" / "followup.md").read_text(encoding="utf-8")
EXAMPLE = DOCUMENT.partition("## 2.")[2].partition("## 3.")[0]
COMMANDS = [line[4:] for line in EXAMPLE.splitlines() if line.startswith("    hemplan ")]
SAMPLE = EXAMPLE.split("```")[1].strip("\n").splitlines()


def test_the_example_is_what_its_generator_writes() -> None:
    folder = ROOT / "fixtures" / "followup"
    stored = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert stored == files()


def test_the_commands_print_what_the_document_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each line shown is a line printed, in its order."""
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    monkeypatch.chdir(tmp_path)
    assert len(COMMANDS) == 2
    for command in COMMANDS:
        with pytest.raises(SystemExit) as ended:
            main(shlex.split(command)[1:])
        assert ended.value.code == 0, capsys.readouterr().err
    printed = iter([line.rstrip() for line in capsys.readouterr().out.splitlines()])
    for line in SAMPLE:
        assert line == "..." or line.rstrip() in printed, line
    names = {path.name for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert {"march.json", "followup.xlsx", "chain.png", "chain.svg", "worked.svg"} <= names
