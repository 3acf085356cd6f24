"""A month with every kind of rule in one book, worked out by hand, and priced anew by its index."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from book_cases import book_of, rule
from pay_cases import WAYS, Way, visit

from pricing.book.model import RateBook, Status
from pricing.pay.columns import columns_of
from pricing.pay.reconcile import reconcile
from pricing.pay.settlement import settle
from pricing.pay.visits import Performed

D = "{ 2026-01-01 = %s }"
HEAD = """
title = "En bok med allt"
municipality = "Provköping"
source = "test"
[services]
care = "Omvårdnad"
cleaning = "Städ"
meal = "Matleverans"
alarm = "Trygghetslarm"
hospice = "Vård i livets slut, per dygn"
[zones]
town = "Tätort"
rural = "Landsbygd"
[providers]
OWN = "Egen regi"
PRIVATE = "Privat utförare"
SERVICE_ONLY = "Momspliktigt serviceföretag"
[[calendar]]
first_day = 2026-01-01
default = "day"
by_minute = false
bands = [{ band = "evening", days = "any", from = "18:00", to = "22:00" }]
"""
INDEX = "{ provisional = 0.02, final = 0.03, known_from = 2026-05-20 }"
STEPS = (
    "[{ from_day = 1, share = 0.75 }, { from_day = 2, share = 0.25 }, { from_day = 6, share = 0 }]"
)
DEATH = "[{ from_day = 1, share = 1 }, { from_day = 2, share = 0 }]"
PER_HOUR = {"unit": '"hour"', "basis": '"performed"'}
BOOK = HEAD + "".join(
    (
        rule("rate", "care", D % 500, service='"care"', round_kr="1", **PER_HOUR),
        rule("rate", "nursing", D % 60, service='"care"', delegated="true",
             component='"nursing"', **PER_HOUR),
        rule("rate", "cleaning", D % 400, service='"cleaning"', unit='"hour"', basis='"standard"'),
        rule("rate", "meal", D % "52.50", service='"meal"', unit='"delivery"'),
        rule("rate", "alarm", D % 210, service='"alarm"', unit='"month"'),
        rule("rate", "hospice", D % 900, service='"hospice"', unit='"day"'),
        rule("rate", "km", D % "18.50", service='"care"', zone='"rural"', unit='"km"',
             component='"travel"'),
        rule("adjustment", "index", D % INDEX, kind='"share"', rate='"care"'),
        rule("adjustment", "efficiency", D % "-0.01", kind='"share"', rate='"care"'),
        rule("adjustment", "evening", D % 40, kind='"amount"', rate='"care"', band='"evening"'),
        rule("adjustment", "net", D % "1.25", kind='"divisor"', provider='"SERVICE_ONLY"'),
        rule("vat", "vat", D % "0.25", provider='"SERVICE_ONLY"'),
        rule("standard_time", "cleaning", D % 90, service='"cleaning"'),
        rule("staffing", "second", D % "0.5", service='"care"'),
        rule("minimum_amount", "small", D % 100, service='"care"'),
        rule("start_up", "new", D % 4, service='"care"'),
        rule("cap", "granted", D % "1.1", service='"care"', provider='"PRIVATE"',
             per='"recipient_month"', unit='"share of granted"'),
        rule("cap", "ceiling", D % 2, provider='"OWN"', per='"provider_month"', unit='"hours"'),
        rule("not_performed", "declined", D % "0.5", status='"DECLINED"'),
        rule("not_performed", "planned", D % 0, status='"PLANNED_ABSENCE"'),
        rule("not_performed", "unplanned", D % STEPS, status='"UNPLANNED_ABSENCE"'),
        rule("not_performed", "deceased", D % DEATH, status='"DECEASED"'),
    )
)  # fmt: skip
DAY = date(2026, 3, 9)
AWAY = {"status": Status.UNPLANNED_ABSENCE, "absent_from": DAY, "performed_min": 0}
DEAD = {"status": Status.DECEASED, "absent_from": DAY, "performed_min": 0}
OWN = {"provider": "p-own", "provider_kind": "OWN"}
SERVICE_ONLY = {"provider": "p-clean", "provider_kind": "SERVICE_ONLY", "service": "cleaning"}
# A row, its kronor by the provisional index, and by the final one. An hour of care is
# 500 x 1.02 x 0.99 = 504.90, so 505; then 500 x 1.03 x 0.99 = 509.85, so 510.
HOUR = {"performed_min": 60, "granted_min": 60}
ROWS: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("an hour of care", HOUR, "505", "510"),
    ("half an hour by two carers, the second at half", {"staff": 2}, "378.75", "382.50"),
    ("five minutes, at least 100 kronor", {"performed_min": 5}, "100", "100"),
    ("an evening hour, 40 kronor more before rounding", HOUR | {"clock": "18:00"}, "545", "550"),
    ("half an hour with delegated nursing", {"delegated": True}, "282.50", "285"),
    ("declined", {"status": Status.DECLINED, "granted_min": 60}, "252.50", "255"),
    ("away without notice, day 1", AWAY | {"granted_min": 60}, "378.75", "382.50"),
    ("day 2", AWAY | {"granted_min": 60, "day": date(2026, 3, 10)}, "126.25", "127.50"),
    ("day 6", AWAY | {"granted_min": 60, "day": date(2026, 3, 14)}, "0", "0"),
    ("away as planned", AWAY | {"status": Status.PLANNED_ABSENCE}, "0", "0"),
    ("died, day 1", DEAD | {"granted_min": 60, "recipient": "r-2"}, "505", "510"),
    ("day 2 of it", DEAD | {"recipient": "r-2", "day": date(2026, 3, 10)}, "0", "0"),
    ("four hours for a new client", {"status": Status.START_UP}, "2020", "2040"),
    ("two meals", {"service": "meal", "quantity": Decimal(2)}, "105", "105"),
    ("half an hour and 12.4 km", {"zone": "rural", "quantity": Decimal("12.4")}, "481.90",
     "484.40"),
    ("an alarm for the month", {"service": "alarm", "status": Status.PERIOD,
                                "quantity": Decimal(31), "day": date(2026, 3, 1)}, "210", "210"),
    ("an alarm for ten days", {"service": "alarm", "status": Status.PERIOD,
                               "quantity": Decimal(10)}, "67.74", "67.74"),
    ("three days and nights", {"service": "hospice", "status": Status.PERIOD,
                               "quantity": Decimal(3)}, "2700", "2700"),
    ("90 minutes for 60 granted: 66 are paid", {"performed_min": 90, "granted_min": 60,
                                                "recipient": "r-9"}, "555.50", "561"),
    ("first hour below a ceiling of two", HOUR | OWN, "505", "510"),
    ("second", HOUR | OWN | {"clock": "10:00"}, "505", "510"),
    ("third, above it", HOUR | OWN | {"clock": "11:00"}, "0", "0"),
    ("cleaning, 90 min at 400 less VAT", SERVICE_ONLY | {"performed_min": 40}, "480", "480"),
)  # fmt: skip


def rows() -> list[Performed]:
    return [visit(number, **{"day": DAY, **row[1]}) for number, row in enumerate(ROWS)]


@pytest.fixture(scope="module")
def book() -> RateBook:
    return book_of(BOOK, head="")


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize(("known_on", "column"), [(date(2026, 4, 30), 2), (None, 3)])
def test_each_row_is_paid_as_by_hand(
    book: RateBook, known_on: date | None, column: int, way: Way
) -> None:
    paid = {each.id: Decimal(0) for each in rows()}
    for line in way(book, rows(), known_on):
        paid[line.visit] += Decimal(line.amount_ore) / 100
    expected = [(row[0], Decimal(row[column])) for row in ROWS]
    assert list(zip([row[0] for row in ROWS], paid.values(), strict=True)) == expected


def test_the_final_index_pays_the_difference_and_nothing_twice(book: RateBook) -> None:
    """March by what was known in April; in June the whole month again, by the final index."""
    visits = columns_of(rows())
    march = settle(book, visits, "2026-03", (), date(2026, 4, 30))
    assert {each.provider: each.amount_ore for each in march.sums} == {
        "p-1": 921_389, "p-own": 101_000, "p-clean": 48_000,
    }  # fmt: skip
    assert sum(each.vat_ore for each in march.sums) == 12_000
    june = settle(book, visits, "2026-06", (march,))
    differences = [Decimal(row[3]) - Decimal(row[2]) for row in ROWS]
    assert june.amount_ore == sum(differences) * 100
    assert all(line.corrects for line in june.lines)
    assert len(settle(book, visits, "2026-07", (march, june)).lines) == 0
    assert reconcile(book, visits, [march, june]) == []
