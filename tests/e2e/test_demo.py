"""The whole chain as a stranger runs it: one command from decisions to prices and printed lists."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from api import demo
from api.documents.plan_reading import read_plan
from api.documents.planning import read_document, write_document
from api.documents.strict_json import write_json
from api.judgement import judge, refuse_broken
from fixtures.municipality import Size

pytestmark = pytest.mark.alone

MAIN = [sys.executable, "-c", "import sys; from api.cli import main; main(sys.argv[1:])"]


def hemplan(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line as a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [*MAIN, *(str(each) for each in arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=folder, env=environment, check=False
    )


@pytest.mark.parametrize(("lang", "word"), [("sv", "Brukartid"), ("en", "Care time")])
def test_demo_plans_prices_and_writes(lang: str, word: str, tmp_path: Path) -> None:
    ran = hemplan(
        "demo", "--size", "S", "--seconds", 1, "--threads", 1, "--lang", lang, folder=tmp_path
    )
    assert ran.returncode == 0, ran.stderr
    assert word in ran.stdout
    out = tmp_path / "out"
    page = (out / "plan.html").read_text(encoding="utf-8")
    assert f'<html lang="{lang}"' in page
    plan = read_plan((out / "plan.json").read_bytes())
    lists = list((out / "day-lists").glob("*.html"))
    assert lists
    assert len(lists) <= len(plan.plan.routes)

    # The same day, made again from the same seed, is what the written plan plans.
    day, _ = demo.document(Size.S, 1, plan.plan.date)
    assert refuse_broken(judge(day, plan.plan)).by_zone == plan.zones

    document = tmp_path / "day.json"
    document.write_text(write_json(write_document(day)), encoding="utf-8")
    checked = hemplan("evaluate", document, out / "plan.json", folder=tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_demo_before_the_first_parameter_value_is_refused(tmp_path: Path) -> None:
    ran = hemplan("demo", "--size", "S", "--day", "1999-03-04", folder=tmp_path)
    assert ran.returncode == 2
    assert "BEFORE_FIRST_VALUE" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_generated_day_survives_its_document() -> None:
    day, run = demo.document(Size.M, 2, date(2026, 3, 4))
    back = read_document(json.dumps(write_document(day, run)).encode())
    assert back.run == run
    assert back.day.visits == day.visits
    assert sorted(back.day.shifts, key=lambda shift: shift.id) == sorted(
        day.shifts, key=lambda shift: shift.id
    )
