"""What is paid is rounded from the exact figure, however many decimals its factors have."""

from __future__ import annotations

from book_cases import HEAD, HOUR, book_of, rule
from pay_cases import by_columns, visit

from pricing.pay.reference import pay_plainly

# By minute a numerator above 2 ** 63 and a denominator below it.
INDEX = "".join(
    rule("adjustment", f"index-{number}", f"{{ 2026-01-01 = 0.{number}23457 }}", kind='"share"')
    for number in range(1, 4)
)


def test_no_minutes_by_a_factor_of_many_decimals_are_paid_nothing() -> None:
    book = book_of(HOUR.replace("500", "10007") + INDEX, head=HEAD)
    nothing, something = visit(performed_min=0), visit(2, clock="11:00", performed_min=30)
    for visits in ([nothing], [something], [nothing, something]):
        assert by_columns(book, visits) == pay_plainly(book, visits)
