"""Which registration is which planned visit, and how a visit is divided between its services."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pricing.followup.matching import Part, Slot, matched, split


def part(visit: str, start: int) -> Part:
    return Part(visit, start, 30)


def test_the_nearest_start_decides() -> None:
    """A morning that was never registered must not take the evening's registration."""
    parts = [part("a", 480), part("b", 1020)]
    assert matched(parts, [Slot(0, 1040, "")]) == [(1, 0)]


def test_the_id_that_was_sent_goes_before_the_nearest_start() -> None:
    """Two visits changed places; without ids each would seem to have been in time."""
    parts = [part("a", 480), part("b", 540)]
    assert sorted(matched(parts, [Slot(0, 545, "a"), Slot(1, 485, "b")])) == [(0, 0), (1, 1)]


def test_an_unknown_id_falls_back_on_the_start() -> None:
    assert matched([part("a", 480)], [Slot(0, 490, "gone")]) == [(0, 0)]


def test_no_planned_visit_is_made_twice() -> None:
    assert len(matched([part("a", 480)], [Slot(0, 480, "a"), Slot(1, 480, "a")])) == 1


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 60)), max_size=6),
    st.lists(st.tuples(st.sampled_from(["", "a", "b", "d"]), st.integers(0, 60)), max_size=6),
)
def test_as_many_as_can_are_matched_and_each_once(
    planned: list[tuple[str, int]], sent: list[tuple[str, int]]
) -> None:
    parts = [part(*each) for each in planned]
    slots = [Slot(row, start, visit) for row, (visit, start) in enumerate(sent)]
    pairs = matched(parts, slots)
    assert len(pairs) == min(len(parts), len(slots))
    assert len({p for p, _ in pairs}) == len({s for _, s in pairs}) == len(pairs)


@given(st.integers(0, 10_000), st.lists(st.integers(0, 90), min_size=1).filter(any))
def test_the_parts_of_a_visit_add_up(whole: int, weights: list[int]) -> None:
    parts = split(whole, weights)
    assert sum(parts) == whole
    for each, weight in zip(parts, weights, strict=True):
        assert abs(each - whole * weight / sum(weights)) <= 1
        assert each >= 0
