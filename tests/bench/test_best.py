"""What is kept as a new best solution, and that the checkers still accept what is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import best
from bench.best import keep, read, solution_file
from bench.instances import Instance

INSTANCE = Instance(Path("i.json"), "i", "mankowska", 10, 100.0)


@pytest.fixture
def solution(tmp_path: Path) -> Path:
    path = tmp_path / "solution"
    path.write_text("first", encoding="utf-8")
    return path


def test_only_what_beats_the_published_cost_and_the_kept_one_is_kept(
    tmp_path: Path, solution: Path
) -> None:
    folder = tmp_path / "best"
    assert not keep(folder, INSTANCE, solution, 100.0, "a")
    assert not read(folder)
    assert keep(folder, INSTANCE, solution, 99.0, "b")
    solution.write_text("second", encoding="utf-8")
    assert not keep(folder, INSTANCE, solution, 99.5, "c")
    assert solution_file(folder, INSTANCE).read_text(encoding="utf-8") == "first"
    assert keep(folder, INSTANCE, solution, 98.0, "d")
    assert solution_file(folder, INSTANCE).read_text(encoding="utf-8") == "second"
    kept = read(folder)["mankowska/i"]
    assert (kept.cost, kept.published, kept.command) == (98.0, 100.0, "d")


def test_without_a_published_cost_nothing_is_a_new_best(tmp_path: Path, solution: Path) -> None:
    unknown = Instance(Path("i.json"), "i", "kummer", 10, None)
    assert not keep(tmp_path / "best", unknown, solution, 1.0, "a")


@pytest.mark.shared
def test_the_checkers_accept_all_that_is_kept(
    benchmarks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert best.main(["--data", str(benchmarks)]) == 0
    assert "refused" not in capsys.readouterr().out
