"""`hemplan move`: a flexible visit that a plan moved is in the later day's input, once."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from api.documents.strict_json import write_json
from tests.api.cases import TWO_VISITS
from tests.api.command_line import run

MOVED = "v-1-moved-2026-03-04"


@pytest.fixture
def days(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A Wednesday on which nobody can make v-1, its plan, and the Friday's input."""
    wednesday = deepcopy(TWO_VISITS)
    first = wednesday["modelInput"]["visits"][0]
    first |= {"possibleDays": ["2026-03-04", "2026-03-06"], "prohibitedCaregivers": ["c-1"]}
    friday = json.loads(json.dumps(TWO_VISITS).replace("2026-03-04", "2026-03-06"))
    paths = tmp_path / "wednesday.json", tmp_path / "plan.json", tmp_path / "friday.json"
    paths[0].write_text(write_json(wednesday), encoding="utf-8")
    paths[2].write_text(write_json(friday), encoding="utf-8")
    assert run("plan", paths[0], "--seconds", "0.1", "--out", paths[1]) == 0
    return paths


def visits_of(path: Path) -> dict[str, Any]:
    document = json.loads(path.read_text(encoding="utf-8"))
    return {visit["id"]: visit for visit in document["modelInput"]["visits"]}


def test_the_later_day_gets_the_visit_once(
    days: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wednesday, plan, friday = days
    out, again = tmp_path / "friday-2.json", tmp_path / "friday-3.json"
    capsys.readouterr()
    assert run("move", wednesday, plan, friday, "--out", out) == 0
    assert "1 besök från 2026-03-04 har lagts till 2026-03-06." in capsys.readouterr().out
    moved = visits_of(out)
    assert set(moved) == {"v-1", "v-2", MOVED}
    was = visits_of(wednesday)["v-1"]["timeWindows"][0]["minStartTime"]
    comes = moved[MOVED]["timeWindows"][0]["minStartTime"]
    assert comes == was.replace("2026-03-04", "2026-03-06")
    assert moved[MOVED]["possibleDays"] == ["2026-03-06"]
    assert run("move", wednesday, plan, out, "--out", again) == 0
    assert "0 besök" in capsys.readouterr().out
    assert visits_of(again) == moved


def test_without_a_file_the_input_is_written_out(
    days: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run("move", *days) == 0
    document = json.loads(capsys.readouterr().out)
    assert MOVED in {visit["id"] for visit in document["modelInput"]["visits"]}


def test_all_faults_of_the_three_files_are_told_and_nothing_is_written(
    days: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wednesday, plan, _ = days
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    out = tmp_path / "out.json"
    assert run("move", wednesday, tmp_path / "none.json", broken, "--out", out) == 2
    told = capsys.readouterr().err
    assert "none.json" in told
    assert "broken.json" in told
    assert not out.exists()
    assert run("move", wednesday, plan, wednesday, "--out", out) == 2
    assert "NOT_A_LATER_DAY" in capsys.readouterr().err
    assert not out.exists()
