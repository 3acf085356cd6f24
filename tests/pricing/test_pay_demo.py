"""The demonstration's book pays by its price list: cost chain and book are one system."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pay_cases import WAYS, visit
from price_cases import DEMO

from bench.payments import month_of_visits
from pricing.book.reading import load_rate_book
from pricing.pay.engine import pay
from pricing.pay.reference import pay_plainly
from pricing.price import hour_cost, load_price_parameters
from scheduler.care.model import ProviderKind

BOOK = DEMO.parent / "rate_book.toml"
DAY = date(2026, 3, 4)


def test_the_rate_paid_is_the_one_that_the_price_list_works_out() -> None:
    book, prices = load_rate_book(BOOK), load_price_parameters(DEMO)
    for zone in prices.zones:
        rate = hour_cost(prices, DAY, zone).rates[ProviderKind.PRIVATE]
        for way in WAYS.values():
            lines = way(book, [visit(zone=zone, performed_min=60, granted_min=60)])
            assert [line.amount_ore for line in lines] == [rate * 100]


def test_a_higher_wage_in_the_price_list_is_paid_by_the_book(tmp_path: Path) -> None:
    """Nothing is copied by hand from the one file to the other."""
    text = DEMO.read_text(encoding="utf-8")
    assert "30907" in text
    (tmp_path / DEMO.name).write_text(text.replace("30907", "33907"), encoding="utf-8")
    (tmp_path / BOOK.name).write_text(BOOK.read_text(encoding="utf-8"), encoding="utf-8")
    higher, now = (
        pay_plainly(load_rate_book(path), [visit(performed_min=30)])[0].amount_ore
        for path in (tmp_path / BOOK.name, BOOK)
    )
    assert higher > now


def test_a_generated_month_is_paid_alike_both_ways() -> None:
    """Every kind of visit of the benchmarks, with caps by the month over many recipients."""
    book, visits = load_rate_book(BOOK), month_of_visits(3_000)
    one_by_one = pay_plainly(book, [visits.row(n) for n in range(len(visits))])
    key = lambda line: line.key  # noqa: E731
    assert sorted(pay(book, visits).records(), key=key) == sorted(one_by_one, key=key)
