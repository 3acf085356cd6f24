"""The generated municipality that the speed benchmarks run on; fixed day and seed."""

from __future__ import annotations

from datetime import date

import pytest

from fixtures.municipality import Size, day_of, generate
from scheduler.build import build_problem
from scheduler.objective import load_objective
from scheduler.problem import Problem
from scheduler.travel import load_travel_settings

DAY = date(2026, 3, 4)


@pytest.fixture(scope="session")
def problem() -> Problem:
    day = day_of(generate(Size.M, 1, DAY))
    return build_problem(day, load_travel_settings(DAY), load_objective(DAY))
