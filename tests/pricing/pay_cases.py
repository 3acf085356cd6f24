"""Rows and ways of paying, shared by the tests of payment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from book_cases import at

from pricing.book.model import RateBook, Status
from pricing.pay.columns import columns_of
from pricing.pay.engine import pay
from pricing.pay.reference import pay_plainly
from pricing.pay.visits import PaymentLine, Performed


def visit(
    number: int = 1, day: date = date(2026, 3, 4), clock: str = "09:00", **fields: Any
) -> Performed:
    """A visit of half an hour's care in town by a private provider."""
    given: dict[str, Any] = {
        "provider": "p-1",
        "provider_kind": "PRIVATE",
        "recipient": "r-1",
        "service": "care",
        "zone": "town",
        "performed_min": 30,
        "granted_min": 30,
    }
    return Performed(id=f"v-{number}", start=at(day, clock), **(given | fields))


def rows_of(case: Mapping[str, Any]) -> list[Performed]:
    """The rows of a case in ``payments.toml``."""
    found = []
    for number, row in enumerate(case["rows"]):
        moment: datetime = case["start"] + timedelta(days=row.get("after_days", 0))
        moment += timedelta(minutes=row.get("after_min", 0))
        found.append(
            visit(
                number,
                moment.date(),
                moment.strftime("%H:%M"),
                provider_kind=case["provider_kind"],
                zone=row.get("zone", case["zone"]),
                service=row["service"],
                status=Status(row.get("status", "PERFORMED")),
                performed_min=row.get("performed_min", 0),
                granted_min=row.get("granted_min", 0),
                quantity=Decimal(row.get("quantity", 1)),
                absent_from=row.get("absent_from"),
            )
        )
    return found


def by_columns(
    book: RateBook, visits: Iterable[Performed], known_on: date | None = None
) -> list[PaymentLine]:
    """Payment by columns, as records."""
    return pay(book, columns_of(list(visits)), known_on).records()


Way = Callable[..., list[PaymentLine]]
WAYS: dict[str, Way] = {"plain": pay_plainly, "columns": by_columns}
