"""Shared fixtures: travel settings of a fixed day, and the public instances where they lie."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from scheduler.travel import TravelSettings, load_travel_settings

ROOT = Path(__file__).parents[1]
BENCHMARKS = Path(os.environ.get("HEMPLAN_BENCHMARKS", ROOT.parent / "shared" / "benchmarks"))

# No example fails for having been slow: two tests run at a time, on machines of any kind.
settings.register_profile(
    "tests", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("tests")


@pytest.fixture(scope="session")
def travel() -> TravelSettings:
    return load_travel_settings(date(2026, 3, 4))


@pytest.fixture(scope="session")
def benchmarks() -> Path:
    """Folder of the public instances; without it the test is skipped, but never in CI."""
    if not BENCHMARKS.is_dir():
        message = f"public instances not found in {BENCHMARKS.name}/ beside the clone"
        if os.environ.get("CI"):
            pytest.fail(message + "; CI must have them")
        pytest.skip(message + "; see bench/README.md")
    return BENCHMARKS
