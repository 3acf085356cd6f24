"""The driver of the programs for public instances: files, arguments, trace and exit status."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import scheduler.solve
from bench import vrptw
from bench.drive import BadInstance, Trace, ceil_ticks, find_instance, floor_ticks, run
from tests.bench.test_vrptw import SMALL


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with one instance, tiny."""
    (tmp_path / "solomon").mkdir()
    (tmp_path / "solomon" / "tiny.txt").write_text(SMALL, encoding="utf-8")
    return tmp_path


@pytest.fixture
def solved(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Replaces the engine by one plan; the list receives what the engine was called with."""
    calls: list[Any] = []

    def solve(problem: Any, params: Any, on_progress: Callable[[Any], None] | None = None) -> Any:
        calls.append(params)
        if on_progress:
            for elapsed_s, objective in ((0.1, 500), (0.2, 500), (0.3, 400)):
                on_progress(SimpleNamespace(elapsed_s=elapsed_s, objective=objective, moves=7))
        return SimpleNamespace(stops=(((1, 14), (0, 200)), ()), points=100, moves=9)

    monkeypatch.setattr(scheduler.solve, "solve", solve)
    return calls


def test_an_instance_is_found_by_path_by_name_or_by_folder(folder: Path) -> None:
    file = folder / "solomon" / "tiny.txt"
    for name in (str(file), "tiny", "tiny.txt", "solomon/tiny"):
        assert find_instance(name, folder, vrptw.FAMILY) == file


def test_an_unknown_name_says_where_it_was_sought(folder: Path) -> None:
    with pytest.raises(BadInstance, match="solomon/, gehring_homberger/"):
        find_instance("large", folder, vrptw.FAMILY)


def test_a_run_writes_the_plan_and_the_trace(folder: Path, solved: list[Any]) -> None:
    out, trace = folder / "o.sol", folder / "t.csv"
    named = ["tiny", "--data", str(folder), "--out", str(out), "--trace", str(trace)]
    assert run(vrptw.FAMILY, [*named, "--iterations", "5", "--threads", "3", "--seed", "0"]) == 0
    assert out.read_text(encoding="utf-8") == "Route #1: 2 1\nCost 10.0\n"
    assert [(p.iterations, p.threads, p.seed) for p in solved] == [(5, 3, 0)]
    rows = list(csv.DictReader(io.StringIO(trace.read_text(encoding="utf-8"))))
    told = [(float(row["objective"]), int(row["moves"])) for row in rows]
    assert told == [(50.0, 7), (40.0, 7), (10.0, 9)]


def test_a_visit_left_out_is_status_1_and_still_written(
    folder: Path, solved: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    three = SMALL + "    3          9      9           1       0          90           5\n"
    (folder / "three.txt").write_text(three, encoding="utf-8")
    out = folder / "o.sol"
    assert run(vrptw.FAMILY, [str(folder / "three.txt"), "--out", str(out)]) == 1
    assert out.read_text(encoding="utf-8").startswith("Route #1: 2 1\n")
    assert "unassigned 1" in capsys.readouterr().out


@pytest.mark.parametrize("out", ["missing/o.sol", "solomon"])
def test_a_file_that_cannot_be_written_is_told_before_the_search(
    out: str, folder: Path, solved: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    named = ["tiny", "--data", str(folder), "--out", str(folder / out)]
    assert run(vrptw.FAMILY, named) == 2
    assert capsys.readouterr().err.startswith(f"{Path(out).name}: ")
    assert not solved


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"", SMALL.replace("3      4", "a b").encode()]
)
def test_a_bad_file_is_refused(
    content: bytes, folder: Path, solved: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    bad = folder / "bad.txt"
    bad.write_bytes(content)
    assert run(vrptw.FAMILY, [str(bad), "--out", str(folder / "o")]) == 2
    assert capsys.readouterr().err.startswith("bad.txt: ")
    assert not (folder / "o").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        ["--seconds", "0"], ["--seconds", "nan"], ["--seconds", "inf"], ["--seconds", "soon"],
        ["--threads", "0"], ["--iterations", "0"], ["--seed", "-1"], ["--convention", "metric"],
    ],
)  # fmt: skip
def test_a_wrong_argument_is_refused(
    wrong: list[str], folder: Path, solved: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(vrptw.FAMILY, ["tiny", "--data", str(folder), "--out", str(folder / "o"), *wrong])
    assert stopped.value.code == 2
    assert f"argument {wrong[0]}" in capsys.readouterr().err
    assert not solved


def test_the_trace_keeps_improvements_only() -> None:
    file = io.StringIO()
    trace = Trace(file, scale=10)
    for points in (30, 30, 40, 20):
        trace.improved(SimpleNamespace(elapsed_s=1.0, objective=points, moves=1))  # type: ignore[arg-type]
    assert [row["objective"] for row in csv.DictReader(io.StringIO(file.getvalue()))] == [
        "3.0000", "2.0000",
    ]  # fmt: skip


def test_ticks_round_to_the_safe_side_but_forgive_decimals() -> None:
    assert ceil_ticks([1.0001, 0.1 + 0.2, 2], 10).tolist() == [11, 3, 20]
    assert floor_ticks([1.0999, 0.3 - 1e-12, 2], 10).tolist() == [10, 3, 20]
