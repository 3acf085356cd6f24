"""Published rate books pay what was published, from data alone, whichever way it is worked out."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from book_cases import published_book
from pay_cases import WAYS, Way, rows_of
from price_cases import PUBLISHED, cases, label

from pricing.pay.visits import PaymentLine
from scheduler.care.errors import InvalidInput
from scheduler.care.units import to_ore

CASES = cases("payments")


def by_row(lines: list[PaymentLine], number: int) -> list[int]:
    """Öre per row, in the order of the rows."""
    found = [0] * number
    for line in lines:
        found[int(line.visit.removeprefix("v-"))] += line.amount_ore
    return found


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("case", CASES, ids=label)
def test_every_row_is_paid_as_published(case: dict[str, Any], way: Way) -> None:
    """A provider checks each row against the printed book; one öre off is a dispute."""
    rows = rows_of(case)
    paid = by_row(way(published_book(case["book"]), rows), len(rows))
    assert paid == [to_ore(Decimal(kr)) for kr in case["kr"]]
    if "total_kr" in case:
        assert sum(paid) == to_ore(Decimal(case["total_kr"]))


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("file", sorted({case["book"] for case in CASES}))
def test_nothing_is_paid_on_the_day_before_a_book_begins(file: str, way: Way) -> None:
    """No rate is ever guessed backwards, not even by one day."""
    case = next(case for case in CASES if case["book"] == file)
    book = published_book(file)
    first = min(day for rate in book.rates for day, _ in rate.values.values)
    start = case["start"].replace(year=first.year, month=first.month, day=first.day)
    rows = rows_of(case | {"start": start})[:1]
    assert way(book, rows)
    with pytest.raises(InvalidInput) as refused:
        way(book, rows_of(case | {"start": start - timedelta(days=1)})[:1])
    assert refused.value.findings[0].code == "BEFORE_FIRST_VALUE"


def test_every_published_book_has_a_case() -> None:
    """A data file that no case checks is only a claim."""
    books = {p.name for p in PUBLISHED.glob("*.toml") if "[[rate]]" in p.read_text("utf-8")}
    assert books == {case["book"] for case in CASES}


def test_an_unplanned_absence_of_a_service_without_a_rule_is_refused() -> None:
    """Solna prints no such rule for cleaning: a guess would be paid or kept back in silence."""
    case = next(case for case in CASES if "five days" in case["name"])
    rows = [{**row, "service": "cleaning"} for row in case["rows"]]
    for way in WAYS.values():
        with pytest.raises(InvalidInput) as refused:
            way(published_book("solna_2024.toml"), rows_of(case | {"rows": rows}))
        assert {each.code for each in refused.value.findings} == {"NO_RULE"}
        assert len(refused.value.findings) == len(rows)
        assert date(2024, 3, 4).isoformat() in refused.value.findings[0].found
