"""
The routing peer is a fair opponent: its plan keeps every rule, and is counted as ours is.
"""

from __future__ import annotations

import pytest

from bench.routing_peer import DAY, Verdict, compare
from fixtures.municipality import Size, day_of, generate
from scheduler.objective import load_objective
from scheduler.travel import load_travel_settings


@pytest.fixture(scope="module")
def verdicts() -> dict[str, Verdict | None]:
    day = day_of(generate(Size.S, 1, DAY))
    return compare(day, load_travel_settings(DAY), load_objective(DAY), 2.0, threads=1, seed=1)


def test_every_plan_passes_the_checker(verdicts: dict[str, Verdict | None]) -> None:
    # A peer that breaks rules would look better than it is.
    for name, verdict in verdicts.items():
        assert verdict is not None, name
        assert verdict.violations == [], name


def test_the_peer_plans_most_of_the_day(verdicts: dict[str, Verdict | None]) -> None:
    # An empty plan breaks no rule either; a peer that plans nothing would be a straw man.
    for name, verdict in verdicts.items():
        assert verdict is not None, name
        assert sum(verdict.left_out.values()) <= 85 // 4, name


def test_points_from_clock_times_are_the_points_of_the_search(
    verdicts: dict[str, Verdict | None],
) -> None:
    # One formula for both: on our own plan it must give what our search says.
    ours = verdicts["Hemplan, 1 thread"]
    assert ours is not None
    assert ours.points == ours.plan.objective
