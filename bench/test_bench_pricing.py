"""
Speed of the price chain: reading a price list, pricing an hour for each zone of a plan, asking what
moves that price, how sure it is and what makes two prices differ; and reading, paying, settling
and following up a month of visits.

Run: ``python -m pytest bench/test_bench_pricing.py --benchmark-only``. No seed and no limit: the
work is fixed by the demonstration's price list and the day, the visits by seed 1.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bench.followed import sources_of
from bench.payments import month_of_visits, performed_csv
from pricing.book.reading import load_rate_book
from pricing.chain import chain
from pricing.compare import compare
from pricing.followup.report import follow_up
from pricing.pay.engine import pay
from pricing.pay.reading import read_performed
from pricing.pay.settlement import settle
from pricing.price import (
    hour_cost,
    load_price_parameters,
    measured_shares,
    parse_price_parameters,
)
from pricing.sensitivity import sensitivity
from pricing.simulation import DRAWS, simulate
from scheduler.care.dated import read_toml

PRICES = Path(__file__).parents[1] / "fixtures" / "demo" / "prices.toml"
BOOK = PRICES.parent / "rate_book.toml"
DAY = date(2026, 3, 4)
LOW, HIGH = Decimal("0.9"), Decimal("1.1")
MEASURED = measured_shares(paid_s=28_800, travel_s=5_000, waiting_s=600, idle_s=3_200)


def test_read_a_price_list(benchmark: BenchmarkFixture) -> None:
    """Reads, checks, and prices every zone once."""
    assert benchmark(load_price_parameters, PRICES).zones == ("town", "rural")


def test_price_an_hour_by_a_measured_plan(benchmark: BenchmarkFixture) -> None:
    """The whole chain for one zone."""
    prices = load_price_parameters(PRICES)
    assert benchmark(hour_cost, prices, DAY, "town", MEASURED).zone == "town"


def test_rank_what_moves_a_price(benchmark: BenchmarkFixture) -> None:
    """Every input by one per cent and by one unit, exactly."""
    made = chain(load_price_parameters(PRICES), DAY, "town")
    assert benchmark(sensitivity, made)[0].name == "gross_hours"


@pytest.mark.parametrize("draws", [10_000, DRAWS, 1_000_000])
def test_simulate_a_price(benchmark: BenchmarkFixture, draws: int) -> None:
    """Draws of five uncertain inputs, one core; seed 1. The command takes 100,000."""
    document = read_toml(PRICES)
    for name in ("monthly_wage", "sick_hours", "other", "supervision", "vacation_hours"):
        value = document["parameters"][name]["values"]["2026-01-01"]
        wide = {"least": value * LOW, "most": value * HIGH}
        document["parameters"][name]["ranges"] = {"2026-01-01": wide}
    made = chain(parse_price_parameters(document, "bench"), DAY, "town")
    found = benchmark.pedantic(simulate, (made, draws), rounds=3, warmup_rounds=1)
    assert found.draws == draws


def test_compare_two_prices(benchmark: BenchmarkFixture) -> None:
    """Line by line, with what explains each difference."""
    prices = load_price_parameters(PRICES)
    town, rural = (chain(prices, DAY, zone) for zone in prices.zones)
    assert benchmark(compare, town, rural).results[0].difference > 0


def test_read_a_rate_book(benchmark: BenchmarkFixture) -> None:
    """Reads, checks, and works out every rate on each day of change."""
    assert len(benchmark(load_rate_book, BOOK).rates) == 5


@pytest.mark.parametrize("number", [10_000, 100_000, 1_000_000])
def test_read_a_month(benchmark: BenchmarkFixture, number: int) -> None:
    """A CSV file with every field: read, checked row by row, and as columns."""
    content = performed_csv(month_of_visits(number))
    visits = benchmark.pedantic(read_performed, (content, "march.csv"), rounds=3, warmup_rounds=1)
    assert len(visits) == number


@pytest.mark.parametrize("number", [10_000, 100_000, 1_000_000])
def test_pay_a_month(benchmark: BenchmarkFixture, number: int) -> None:
    """From visits in columns to payment lines: divided between bands, capped by the month."""
    book, visits = load_rate_book(BOOK), month_of_visits(number)
    lines = benchmark.pedantic(pay, (book, visits), rounds=3, warmup_rounds=1)
    assert len(lines) > number


@pytest.mark.parametrize("number", [10_000, 100_000, 1_000_000])
def test_settle_a_month(benchmark: BenchmarkFixture, number: int) -> None:
    """As above, with every line numbered and ordered, the sums per provider and the digest."""
    book, visits = load_rate_book(BOOK), month_of_visits(number)
    made = benchmark.pedantic(settle, (book, visits, "2026-03"), rounds=3, warmup_rounds=1)
    assert len(made.sums) == 12


@pytest.mark.parametrize("number", [10_000, 100_000])
def test_follow_up_a_month(benchmark: BenchmarkFixture, number: int) -> None:
    """Granted, planned, performed and paid visits to the account; bench.month does a million."""
    sources = sources_of(number, load_rate_book(BOOK))
    made = benchmark.pedantic(follow_up, (sources,), rounds=3, warmup_rounds=1)
    assert made.total.met > number / 2
