"""The problem refuses what no solver should ever see, all faults at once, and cannot be changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from scheduler.care.errors import InvalidInput
from scheduler.objective import Weights
from scheduler.problem import FOREVER_S, MUST_POINTS, Problem


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


def test_overtime_from_the_end_of_the_shift_follows_it() -> None:
    problem = Problem(**arrays())
    assert problem.replace(close_s=[1800, 1800]).overtime_from_s.tolist() == [1800, 1800]
    early = problem.replace(overtime_from_s=[600, 600])
    assert early.replace(close_s=[1800, 1800]).overtime_from_s.tolist() == [600, 600]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("carer_points", np.array([[0, 1 << 32], [0, 0]])),
        ("travel_s", np.array([[[0, 1 << 33], [0, 0]]])),
        ("duration_s", [300.5, 300]),
        ("early_s", [float("nan"), 0]),
        ("drop_points", np.array([1 << 63, 0], dtype=np.uint64)),
        ("allowed", [[2, 1], [1, 1]]),
    ],
)
def test_no_number_is_cut_to_fit(field: str, value: Any) -> None:
    """2**32 seconds would otherwise become none, and half a second would be lost."""
    with pytest.raises(InvalidInput, match=field):
        Problem(**arrays(**{field: value}))


def test_replace_checks_anew() -> None:
    problem = Problem(**arrays())
    assert problem.replace(late_s=[10, 10], due_s=[10, 10]).late_s.tolist() == [10, 10]
    with pytest.raises(InvalidInput, match="late_s"):
        problem.replace(late_s=[-1, 10])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("late_s", [-1, 900]),
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
        ("offset_min_s", [0, -1]),
        ("offset_min_s", [0, -FOREVER_S]),
        ("apart", [True]),
        ("carer_points", [[0], [0]]),
        ("carer_points", [[0, 0], [0, -1]]),
        ("demand", [0, -1]),
        ("demand", [0]),
        ("capacity", [-1, 0]),
        ("capacity", [1, 1, 1]),
        ("fixed_points", [0, -1]),
        ("fixed_points", []),
        ("overtime_from_s", [-1, 3600]),
        ("overtime_from_s", [3600]),
        ("break_points", [0, -1]),
        ("break_points", [[0, 0]]),
        ("more_visit", [0]),
        ("travel_s", [[[0, 1], [1, 0]]]),
        ("travel_s", [[[0, 1, 1], [1, 5, 1], [1, 1, 0]]]),
        ("travel_s", [[[0, -1, 1], [1, 0, 1], [1, 1, 0]]]),
    ],
)
def test_a_broken_array_is_named(field: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        Problem(**arrays(**{field: value}))
    named = {f.where.split("[")[0] for f in caught.value.findings}
    beside = {"travel_s": "place", "more_visit": "more_early_s"}
    assert {field, beside.get(field)} & named


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


def windows(visit: list[int], early: list[int], late: list[int]) -> dict[str, Any]:
    return {"more_visit": visit, "more_early_s": early, "more_due_s": late, "more_late_s": late}


@pytest.mark.parametrize(
    ("given", "where"),
    [
        (windows([2], [1000], [1100]), "more_visit[0]"),
        (windows([-1], [1000], [1100]), "more_visit[0]"),
        (windows([1], [1000], [999]), "more_late_s[0]"),
        (windows([1], [0], [1100]), "more_early_s[0]"),
        (windows([0, 1, 0], [1000, 500, 1000], [1100] * 3), "more_early_s[2]"),
        (windows([0, 0], [1000, 900], [1100] * 2), "more_early_s[1]"),
    ],
)
def test_a_broken_window_is_named(given: dict[str, Any], where: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Problem(**arrays(**given))
    assert [f.where for f in caught.value.findings] == [where]


def test_windows_of_two_visits_may_be_mixed_and_overlap() -> None:
    """Each visit's own windows rise; the first of them may still be open when the next opens."""
    problem = Problem(**arrays(**windows([1, 0, 1], [500, 100, 600], [2000, 100, 700])))
    assert problem.more_visit.tolist() == [1, 0, 1]


def test_what_is_not_given_binds_nothing() -> None:
    problem = Problem(**arrays(close_s=[3600, 1800]))
    assert problem.apart.tolist() == [True, True]
    assert problem.carer_points.tolist() == [[0, 0], [0, 0]]
    assert problem.demand.tolist() == problem.fixed_points.tolist() == [0, 0]
    assert problem.capacity.tolist() == [FOREVER_S] * 2
    assert problem.overtime_from_s.tolist() == [3600, 1800]
    assert problem.break_points.tolist() == [MUST_POINTS] * 2
    assert problem.more_visit.shape == problem.more_early_s.shape == (0,)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("bond_visit", [0, 2]),
        ("bond_visit", [0, 0]),
        ("bond_label", [0, 1]),
        ("bond_points", [-1]),
        ("bond_free", [-1]),
        ("bond_known", [[True]]),
    ],
)
def test_bad_bonds_are_refused(field: str, value: object) -> None:
    bonds = {"bond_visit": [0, 1], "bond_label": [0, 0], "bond_points": [5], "bond_free": [1]}
    assert Problem(**arrays(**bonds)).bond_known.tolist() == [[False, False]]
    with pytest.raises(InvalidInput, match=field):
        Problem(**arrays(**bonds | {field: value}))


def test_what_is_given_is_kept_through_replace() -> None:
    given = {
        "apart": [False, True], "carer_points": [[1, 2], [3, 4]], "demand": [5, 6],
        "capacity": [7, 8], "fixed_points": [9, 10], "overtime_from_s": [11, 12],
        "break_points": [13, 14], **windows([1], [1000], [1100]),
    }  # fmt: skip
    problem = Problem(**arrays(**given)).replace(drop_points=[1, 1])
    assert {name: getattr(problem, name).tolist() for name in given} == given
    assert problem.apart.dtype == bool
    assert problem.carer_points.dtype == np.int32


def test_members_of_a_group_may_start_independently() -> None:
    offsets = {"offset_min_s": [0, -FOREVER_S], "offset_max_s": [0, FOREVER_S]}
    assert Problem(**arrays(group=[0, 0], **offsets)).offset_min_s.tolist() == [0, -FOREVER_S]


def test_a_due_time_may_lie_before_the_window() -> None:
    assert Problem(**arrays(due_s=[-5, 900])).due_s.tolist() == [-5, 900]


def test_overtime_may_begin_as_the_shift_opens_or_after_it_closes() -> None:
    assert Problem(**arrays(overtime_from_s=[0, 9000])).overtime_from_s.tolist() == [0, 9000]
