"""
A slice of ``make faults``: each part in small numbers, and that each would tell a fault.

The whole takes more than an hour; what it has found is in bench/results.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import positions
from tests.faults.clock import nights, steps
from tests.faults.cuts import cuts
from tests.faults.disk import disk
from tests.faults.edits import duplicates, edits
from tests.faults.kills import kills
from tests.faults.load import load
from tests.faults.service import shared_database
from tests.faults.table import Row, percentile, spread, table

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module", autouse=True)
def database() -> Iterator[None]:
    with shared_database():
        yield


def unmet(rows: list[Row]) -> list[str]:
    return [str(row) for row in rows if not row.met]


@pytest.mark.slow
def test_kills_lose_nothing_and_double_nothing() -> None:
    """Each process once on PostgreSQL, then on a file; and a job that kills its worker."""
    told: list[str] = []
    rows = kills(6, 1, told.append, epoch_of=4)
    assert unmet(rows) == [], told
    assert sum(row.number for row in rows if row.fault.startswith("SIGKILL")) == 6
    assert {row.fault.split(" (")[0] for row in rows} >= {
        "SIGKILL: API", "SIGKILL: worker", "SIGKILL: solver child",
        "SIGKILL: PostgreSQL, every process", "a job that takes its worker down",
    }  # fmt: skip


@pytest.mark.slow
def test_a_cut_connection_loses_nothing_and_doubles_nothing() -> None:
    """One of each kind, so one between COMMIT and its answer."""
    told: list[str] = []
    assert unmet(cuts(4, 1, told.append)) == [], told


@pytest.mark.slow
def test_copies_have_one_effect_and_edits_are_not_lost() -> None:
    told: list[str] = []
    assert unmet([*duplicates(1, told.append), *edits(40, 1, told.append)]) == [], told


def test_a_full_disk_is_told_and_nothing_is_stored() -> None:
    told: list[str] = []
    (row,) = disk(1, told.append)
    assert unmet([row]) == [], told
    assert row.number == 10
    assert row.took == "10 refused"


def test_every_hour_of_the_short_and_the_long_night_is_paid_as_long_as_it_was() -> None:
    """Also the hour that comes twice; a clock that is set while one solves takes nothing over."""
    told: list[str] = []
    rows = [*nights(45, told.append), *steps(2, 1, told.append)]
    assert unmet(rows) == [], told


@pytest.mark.slow
def test_reads_and_writes_beside_a_solve_are_answered_without_errors() -> None:
    """A fifth of it, and no limits of time: other tests may run on the same machine."""
    told: list[str] = []
    rows = load(0.05, told.append, share=0.2, warm_s=1)
    assert [row.lost for row in rows[:2]] == [0, 0], told
    assert all(row.number > 0 for row in rows[:2])


# ---------------------------------------------------------------- would they tell


def test_a_slice_takes_other_positions_of_each_use_case_and_always_the_same() -> None:
    names = [f"use case {number}" for number in range(40)]
    taken = [positions.chosen(name, 12, 3) for name in names]
    assert taken == [positions.chosen(name, 12, 3) for name in names]
    assert {each for one in taken for each in one} == set(range(1, 13))
    assert all(len(one) == 4 for one in taken)
    assert positions.chosen("short", 1, 24) == [1]


def test_the_whole_takes_every_position(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(positions.WHOLE, str(tmp_path / "counts"))
    assert positions.chosen("any", 5, 3) == [1, 2, 3, 4, 5]
    positions.note("killed", 5)
    assert (tmp_path / "counts").read_text() == "killed 5\n"


def test_the_table_tells_what_was_not_met() -> None:
    met = Row("kill", 1000, "0 lost", met=True, lost=0, doubled=0, took=spread([0.5, 2.0, 1.0]))
    missed = Row("load", 10, "p95 < 100 ms", met=False)
    told = table([met, missed]).splitlines()[2:]
    assert told == [
        "| kill | 1,000 | 0 | 0 | median 1.00 s, worst 2.00 s | 0 lost | yes |",
        "| load | 10 | – | – | – | p95 < 100 ms | **no** |",
    ]


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.95, 95), (1, 100), (0, 1)])
def test_a_percentile_is_a_value_that_was_measured(share: float, expected: int) -> None:
    assert percentile([float(each) for each in range(100, 0, -1)], share) == expected
    assert percentile([], share) == 0
