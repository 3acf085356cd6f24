"""The table of what each component adds."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.ablation import FAMILIES, WHOLE, Job, components, main, problem_of, row
from scheduler.solve import SolveParams


def test_every_other_engine_lacks_something() -> None:
    engines = components()
    whole = engines.pop(WHOLE)
    assert len(set(map(repr, engines.values()))) == len(engines) > 10
    assert all(engine != whole for engine in engines.values())


def test_a_row_says_by_how_much_the_points_grow() -> None:
    jobs = [Job(family, family, None, SolveParams(seed=s)) for family in FAMILIES for s in (1, 2)]
    whole = dict.fromkeys(FAMILIES, 200.0)
    points = [200, 220, 198, 202, 400, 400, 200, 200]
    text = row("without it", jobs, points, whole)
    assert text.startswith("| without it | +5.00 | +0.00 | +100.00 | +0.00 |")


def test_an_unknown_component_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["without luck"]) == 2
    assert "no component without luck; there are the whole engine" in capsys.readouterr().err


def test_missing_instances_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path)]) == 2
    assert "no instances" in capsys.readouterr().err


def test_a_generated_day_needs_no_file() -> None:
    assert problem_of(Job("home care", "S", None, SolveParams())).visits > 20
