"""The problem refuses what no solver should ever see, all faults at once, and cannot be changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from scheduler.care.errors import InvalidInput
from scheduler.objective import Weights
from scheduler.problem import Problem


def arrays(**changes: Any) -> dict[str, Any]:
    """Two visits of one group, one gap-free route each, three places in a row 60 s apart."""
    line = [[[0, 60, 120], [60, 0, 60], [120, 60, 0]]]
    base: dict[str, Any] = {
        "early_s": [0, 0], "late_s": [900, 900], "due_s": [900, 900], "duration_s": [300, 300],
        "place": [1, 2], "drop_points": [1000, 1000], "recipient": [-1, -1], "group": [-1, -1],
        "offset_min_s": [0, 0], "offset_max_s": [0, 0], "allowed": [[True, True], [True, True]],
        "gap_first": [], "gap_second": [], "gap_min_s": [], "gap_max_s": [],
        "carer": [0, 1], "open_s": [0, 0], "close_s": [3600, 3600], "start_place": [0, 0],
        "end_place": [0, 0], "mode": [0, 0], "break_early_s": [0, 0], "break_late_s": [0, 0],
        "break_s": [0, 0], "travel_s": line, "weights": Weights(1),
    }  # fmt: skip
    return base | changes


def test_arrays_become_read_only_copies() -> None:
    """A solver thread that could write into the problem would spoil every other thread's."""
    early = np.array([0, 0])
    problem = Problem(**arrays(early_s=early))
    early[0] = 7
    assert problem.early_s.tolist() == [0, 0]
    with pytest.raises(ValueError, match="read-only"):
        problem.early_s[0] = 1


def test_replace_checks_anew() -> None:
    problem = Problem(**arrays())
    assert problem.replace(late_s=[10, 10], due_s=[10, 10]).late_s.tolist() == [10, 10]
    with pytest.raises(InvalidInput, match="late_s"):
        problem.replace(late_s=[-1, 10])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("late_s", [-1, 900]),
        ("due_s", [-1, 900]),
        ("duration_s", [-300, 300]),
        ("place", [3, 0]),
        ("place", [-1, 0]),
        ("drop_points", [-1, 0]),
        ("group", [2, -1]),
        ("group", [-2, -1]),
        ("recipient", [-2, 0]),
        ("offset_min_s", [0, 1]),
        ("carer", [0]),
        ("allowed", [[True], [True]]),
        ("close_s", [-1, 3600]),
        ("start_place", [9, 0]),
        ("end_place", [0, -1]),
        ("mode", [1, 0]),
        ("break_s", [-1, 0]),
        ("travel_s", [[[0, 1], [1, 0]]]),
        ("travel_s", [[[0, 1, 1], [1, 5, 1], [1, 1, 0]]]),
        ("travel_s", [[[0, -1, 1], [1, 0, 1], [1, 1, 0]]]),
    ],
)
def test_a_broken_array_is_named(field: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        Problem(**arrays(**{field: value}))
    named = {f.where.split("[")[0] for f in caught.value.findings}
    assert field in named or (field == "travel_s" and "place" in named)


@pytest.mark.parametrize(
    "gap",
    [
        {"gap_first": [0], "gap_second": [0], "gap_min_s": [0], "gap_max_s": [1]},
        {"gap_first": [0], "gap_second": [2], "gap_min_s": [0], "gap_max_s": [1]},
        {"gap_first": [0], "gap_second": [1], "gap_min_s": [2], "gap_max_s": [1]},
        {"gap_first": [0], "gap_second": [1], "gap_min_s": [-2], "gap_max_s": [1]},
        {"gap_first": [0], "gap_second": [1], "gap_min_s": [0]},
        {"group": [0, 0], "gap_first": [0], "gap_second": [1], "gap_min_s": [0], "gap_max_s": [1]},
    ],
)
def test_a_broken_gap_is_refused(gap: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        Problem(**arrays(**({"gap_max_s": []} | gap)))


def test_all_broken_arrays_are_named_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        Problem(**arrays(duration_s=[-1, 1], mode=[5, 0], break_s=[-1, 0]))
    assert {f.where for f in caught.value.findings} == {"duration_s[0]", "mode[0]", "break_s[0]"}
