"""
The summary tables: which instances belong to a set, and what stands in a row.

The instances are made up here; one test at the end runs a real one.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from bench import table
from bench.instances import Instance, RunFailed, data_folder, load_instances
from bench.table import Run, choose, main, means, read_trace, row

HEAD = ("set", "instance", "size", "objective", "best_known")
ROWS = [
    ("mankowska", "InstanzCPLEX_HCSRP_10_1", 10, "hhcrsp_cost", "200"),
    ("mankowska", "InstanzVNS_HCSRP_100_1", 100, "hhcrsp_cost", "1000"),
    ("kummer", "HHCRSP_10_3_11_0.4_R_C", 10, "hhcrsp_cost", ""),
    ("gehring_homberger", "C1_2_1", 200, "vrptw_distance_dimacs", "2698.6"),
    ("gehring_homberger", "C1_2_1", 200, "vrptw_vehicles_then_distance_double", "20 / 2704.5678"),
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with (tmp_path / "best_known.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEAD, *ROWS])
    for folder, name, *_ in ROWS:
        (tmp_path / folder).mkdir(exist_ok=True)
        suffix = ".txt" if folder == "gehring_homberger" else ".json"
        (tmp_path / folder / f"{name}{suffix}").write_text("", encoding="utf-8")
    return tmp_path


def made_up(name: str, folder: str = "mankowska", best_known: float | None = 100.0) -> Instance:
    return Instance(Path(name), name, folder, 10, best_known)


def runs_of(name: str, *costs: float | None, folder: str = "mankowska") -> list[Run]:
    instance = made_up(name, folder)
    return [
        Run(instance, seed, cost, "" if cost else "refused", ())
        for seed, cost in enumerate(costs, 1)
    ]


def test_an_instance_with_two_objectives_is_read_once_by_the_one_we_plan(data: Path) -> None:
    found = {instance.name: instance for instance in load_instances(data)}
    assert len(load_instances(data)) == 4
    assert found["C1_2_1"].best_known == 2698.6
    assert found["HHCRSP_10_3_11_0.4_R_C"].best_known is None


def test_an_instance_whose_file_is_missing_is_not_listed(data: Path) -> None:
    (data / "mankowska" / "InstanzVNS_HCSRP_100_1.json").unlink()
    assert "InstanzVNS_HCSRP_100_1" not in {i.name for i in load_instances(data)}


def test_a_set_and_a_name_narrow_the_instances(data: Path) -> None:
    instances = load_instances(data)
    assert [i.name for i in choose(instances, "mankowska-efg", [])] == ["InstanzVNS_HCSRP_100_1"]
    assert [i.name for i in choose(instances, "all", ["C1_2"])] == ["C1_2_1"]
    assert choose(instances, "uhhc", []) == []


def test_a_folder_without_the_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunFailed, match="no instances"):
        data_folder(tmp_path)


def test_a_row_shows_each_gap_their_mean_and_their_spread() -> None:
    assert row(runs_of("a", 101.0, 99.0, 103.0)) == (
        "| a | 10 | 100.00 | 101.00 | +1.00 / -1.00 / +3.00 | +1.00 | 4.00 |"
    )


def test_a_failed_seed_shows_and_keeps_its_instance_out_of_the_mean() -> None:
    failed = runs_of("b", 101.0, None)
    assert "seed 2: refused" in row(failed)
    assert means([runs_of("a", 102.0, 104.0), failed]) == [
        "| **mankowska, mean of 1** | | | | | **+3.00** | **2.00** |"
    ]


def test_each_folder_has_its_mean_and_all_have_one() -> None:
    rows = means([runs_of("a", 102.0), runs_of("b", 104.0, folder="kummer")])
    assert [line.split("**")[1] for line in rows] == [
        "mankowska, mean of 1", "kummer, mean of 1", "all, mean of 2",
    ]  # fmt: skip
    assert "+3.00" in rows[-1]


def test_a_run_that_fails_is_told_and_the_next_goes_on(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(instance: Instance, *_: object) -> None:
        raise RunFailed(f"{instance.name} broke")

    monkeypatch.setattr(table, "run_ours", fail)
    assert main(["mankowska", "--data", str(data), "--seeds", "1"]) == 1
    printed = capsys.readouterr().out
    assert "InstanzCPLEX_HCSRP_10_1 broke" in printed
    assert "InstanzVNS_HCSRP_100_1 broke" in printed


def test_instances_without_a_best_known_cost_are_named_not_run(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(table, "run_ours", lambda *_: None)
    monkeypatch.setattr(table, "cost_of", lambda *_: 200.0)
    assert main(["all", "HCSRP_10_", "HHCRSP_10_", "--data", str(data), "--seeds", "2"]) == 0
    printed = capsys.readouterr().out
    assert "| InstanzCPLEX_HCSRP_10_1 | 10 | 200.00 | 200.00 | +0.00 / +0.00 |" in printed
    assert "Skipped, no best known cost is published: HHCRSP_10_3_11_0.4_R_C." in printed
    assert main(["kummer", "--data", str(data)]) == 2


def test_a_trace_is_read_and_its_gap_holds_until_the_next_row(tmp_path: Path) -> None:
    charts = pytest.importorskip("bench.charts", reason="needs make peers")
    path = tmp_path / "trace.csv"
    path.write_text("elapsed_s,objective,moves\n1.0,120,10\n2.0,110,20\n", encoding="utf-8")
    trace = read_trace(path)
    assert trace == ((1.0, 120.0, 10), (2.0, 110.0, 20))
    gaps = charts.gap_at(trace, 100.0, np.array([0.5, 1.0, 1.9, 2.5]))
    np.testing.assert_allclose(gaps, [np.nan, 20, 20, 10])


def test_the_charts_are_files_with_pictures(tmp_path: Path) -> None:
    charts = pytest.importorskip("bench.charts", reason="needs make peers")
    runs = [Run(made_up("a"), 1, 110.0, "", ((0.5, 120.0, 10), (1.0, 110.0, 20)))]
    drawn = charts.draw(runs, 1.0, tmp_path)
    assert [path.name for path in drawn] == [
        "gap_over_time.png", "moves_by_size.png", "cost_by_size.png",
    ]  # fmt: skip
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)
    untraced = [Run(made_up("a"), 1, 110.0, "", ())]
    assert [p.name for p in charts.draw(untraced, 1.0, tmp_path)] == ["cost_by_size.png"]


@pytest.mark.alone
@pytest.mark.shared
def test_a_real_instance_gets_its_row(benchmarks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["mankowska-ab", "InstanzCPLEX_HCSRP_10_1.", "--seconds", "4", "--seeds", "1"]
    assert main([*argv, "--data", str(benchmarks)]) == 0
    assert "| InstanzCPLEX_HCSRP_10_1 | 10 | 218.20 | 218.20 |" in capsys.readouterr().out
