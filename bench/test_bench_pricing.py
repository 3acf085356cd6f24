"""
Speed of the price chain: reading a price list, and pricing an hour for each zone of a plan.

Run: ``python -m pytest bench/test_bench_pricing.py --benchmark-only``. No seed and no limit: the
work is fixed by the demonstration's price list and the day.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pytest_benchmark.fixture import BenchmarkFixture

from pricing.price import hour_cost, load_price_parameters, measured_shares

PRICES = Path(__file__).parents[1] / "fixtures" / "demo" / "prices.toml"
DAY = date(2026, 3, 4)
MEASURED = measured_shares(paid_s=28_800, travel_s=5_000, waiting_s=600, idle_s=3_200)


def test_read_a_price_list(benchmark: BenchmarkFixture) -> None:
    """Reads, checks, and prices every zone once."""
    assert benchmark(load_price_parameters, PRICES).zones == ("town", "rural")


def test_price_an_hour_by_a_measured_plan(benchmark: BenchmarkFixture) -> None:
    """The whole chain for one zone."""
    prices = load_price_parameters(PRICES)
    assert benchmark(hour_cost, prices, DAY, "town", MEASURED).zone == "town"
