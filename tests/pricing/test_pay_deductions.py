"""Penalties and deductions on a provider's month, by hand, both ways of paying and settled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from book_cases import HEAD, book_of, rule
from export_cases import SERVICE_COMPANY, setup_of
from hypothesis import given, settings
from hypothesis import strategies as st
from pay_cases import WAYS, Way, by_columns, visit

from pricing.book.model import RateBook, Status
from pricing.exports.peppol import self_billing
from pricing.exports.postings import post
from pricing.exports.sections import sections
from pricing.exports.sie import vouchers
from pricing.pay.columns import columns_of
from pricing.pay.reconcile import reconcile
from pricing.pay.reference import pay_plainly
from pricing.pay.settlement import Settlement, settle
from pricing.pay.visits import Performed
from scheduler.care.errors import InvalidInput

V = "{ 2026-01-01 = %s }"
SERVICES = """missed = "Vite, uteblivet besök"
late = "Avdrag, sena besök"
logged = "Avdrag, registrering"
"""
START = HEAD.replace("[zones]", f"{SERVICES}[zones]")
RATE = rule("rate", "hour", V % 500, unit='"hour"', basis='"performed"')
LEVELS = "[{ below = 90, value = 0.01 }, { below = 80, value = 0.025 }]"


def deduction(code: str, value: str, **fields: str) -> str:
    """A deduction of kronor for each row of the service of the same name."""
    given = {"service": f'"{code}"', "kind": '"amount"', "per": '"occurrence"'} | fields
    return rule("deduction", code, V % value, **given)


MISSED = deduction("missed", "1000")
LATE = deduction("late", "0.02", kind='"share"')
LOGGED = deduction("logged", LEVELS, kind='"share"', per='"level"')


def book(*parts: str) -> RateBook:
    return book_of(RATE, *parts, head=START)


def told(number: int, service: str, quantity: Any = 1, **fields: Any) -> Performed:
    """A row that tells a deviation."""
    given = {"performed_min": 0, "granted_min": 0} | fields
    return visit(number, service=service, quantity=Decimal(str(quantity)), **given)


def march(number: int, day: int = 4, **fields: Any) -> Performed:
    """An hour, 500 kronor."""
    return visit(number, date(2026, 3, day), **({"performed_min": 60} | fields))


CASES: dict[str, tuple[str, list[Performed], list[int]]] = {
    "kronor for each occurrence": (MISSED, [march(1), told(2, "missed", 3)], [-300_000]),
    "nothing happened": (MISSED, [march(1), told(2, "missed", 0)], [0]),
    "a share of the month for each occurrence": (
        LATE,
        # 500, 1,000 and 500 kronor; another provider, month and year are beside them.
        [
            march(1), march(2, 31, staff=2), march(3, 9, service="service"),
            march(4, provider="p-2"), visit(5, date(2026, 4, 1), performed_min=60),
            visit(8, date(2027, 3, 4), performed_min=60),
            told(6, "late"), told(7, "late", 2, clock="10:00"),
        ],
        [-4_000, -8_000],
    ),
    "a share of some services": (
        deduction("late", "0.02", kind='"share"', of='["service"]'),
        [march(1), march(2, service="service"), told(3, "late")],
        [-1_000],
    ),
    "a share of nothing": (LATE, [told(1, "late")], [0]),
    "a deduction is no part of what others are a share of": (
        MISSED + LATE, [march(1), told(2, "missed"), told(3, "late")], [-100_000, -1_000],
    ),
    "half an öre goes up": (
        deduction("late", "0.00003", kind='"share"'), [march(1), told(2, "late")], [-2],
    ),
    "a level that is kept": (LOGGED, [march(1), told(2, "logged", 90)], [0]),
    "a level that is missed": (LOGGED, [march(1), told(2, "logged", "89.999")], [-500]),
    "a level that is missed by far": (LOGGED, [march(1), told(2, "logged", "79.5")], [-1_250]),
    "a level that is exceeded": (
        deduction("late", "[{ above = 5, value = 2000 }, { above = 10, value = 5000 }]",
                  per='"level"'),
        [told(1, "late", 5), told(2, "late", "5.1"), told(3, "late", 11)],
        [0, -200_000, -500_000],
    ),
    "at most a share of the month, in the order of the rows": (
        deduction("missed", "200", at_most_share="0.5"),
        [
            march(1), told(2, "missed", clock="08:00"), told(3, "missed", clock="07:00"),
            told(4, "missed", provider="p-2"), visit(5, date(2026, 4, 1), performed_min=60),
            visit(6, date(2026, 4, 1), service="missed", performed_min=0, granted_min=0),
        ],
        [-20_000, -5_000, 0, -20_000],
    ),
    "a withdrawn row": (MISSED, [march(1), told(2, "missed", status=Status.WITHDRAWN)], []),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize(("text", "rows", "ore"), CASES.values(), ids=CASES.keys())
def test_what_is_deducted(text: str, rows: list[Performed], ore: list[int], way: Way) -> None:
    """Worked out by hand; in the order of the rows' time."""
    lines = way(book(text), list(reversed(rows)))
    start = {row.id: (row.start, row.id) for row in rows}
    found = sorted((line for line in lines if line.component == "deduction"),
                   key=lambda line: start[line.visit])  # fmt: skip
    assert [line.amount_ore for line in found] == ore
    assert all(line.minutes == 0 for line in found)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_deduction_carries_the_vat_of_its_service(way: Way) -> None:
    """A penalty is no payment and has no VAT; a lower price lowers the VAT with it."""
    vat = rule("vat", "vat", V % "0.25", service='["care", "late"]')
    lines = way(book(MISSED, LATE, vat), [march(1), told(2, "missed"), told(3, "late")])
    assert {line.rate: line.vat_ore for line in lines} == {
        "hour": 12_500,
        "missed": 0,
        "late": -250,
    }


def refused(run: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as error:
        run()
    return sorted((each.where, each.code) for each in error.value.findings)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_row_that_tells_no_deviation_is_refused(way: Way) -> None:
    """Each with its own finding, beside those of the visits."""
    rows = [
        told(1, "missed", performed_min=10),
        told(2, "missed", status=Status.DECLINED),
        told(3, "missed", provider_kind="OWN"),
        told(4, "missed", zone="sea"),
        told(5, "late"),
        visit(6, service="cookery"),
    ]
    text = deduction("missed", "1000", provider='"PRIVATE"')
    assert refused(lambda: way(book(text), rows)) == [
        ("visit v-1", "NOT_A_DEVIATION"),
        ("visit v-2", "NOT_A_DEVIATION"),
        ("visit v-3", "NO_RULE"),
        ("visit v-4", "UNKNOWN_ZONE"),
        ("visit v-6", "UNKNOWN_SERVICE"),
    ]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_columns_deduct_as_the_plain_way_does(data: st.DataObject) -> None:
    """Any rows, values and limits; the order in which they come does not matter."""
    shares = st.decimals(0, 1, places=4).map(str)
    limit = data.draw(st.none() | shares)
    extra = {} if limit is None else {"at_most_share": limit}
    of = {} if data.draw(st.booleans()) else {"of": '"care"'}
    text = (
        deduction("missed", data.draw(st.integers(0, 900).map(str)), **extra)
        + deduction("late", data.draw(shares), kind='"share"', **of, **extra)
        + LOGGED
        + rule("vat", "vat", V % "0.25", provider='"PRIVATE"')
    )
    rows = []
    for number in range(data.draw(st.integers(0, 14))):
        service = data.draw(st.sampled_from(["care", "service", "missed", "late", "logged"]))
        fields = {
            "provider": data.draw(st.sampled_from(["p-1", "p-2"])),
            "zone": data.draw(st.sampled_from(["town", "rural"])),
        }
        day = data.draw(st.sampled_from([date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)]))
        if service in {"care", "service"}:
            minutes = data.draw(st.integers(0, 300))
            rows.append(visit(number, day, service=service, performed_min=minutes, **fields))
        else:
            quantity = Decimal(data.draw(st.integers(0, 100_000))) / 1000
            rows.append(
                visit(number, day, service=service, quantity=quantity, performed_min=0,
                      granted_min=0, **fields)
            )  # fmt: skip
    own = book(text)
    plain = sorted(pay_plainly(own, rows), key=lambda line: line.key)
    assert sorted(by_columns(own, rows[::-1]), key=lambda line: line.key) == plain


# ---------------------------------------------------------------- settled


def made(
    own: RateBook, rows: list[Performed], month: str = "2026-03", *earlier: Settlement
) -> Settlement:
    return settle(own, columns_of(rows), month, earlier)


def test_a_corrected_visit_moves_the_share_by_a_line_of_the_difference() -> None:
    """The visit was two hours: 500 kronor more, and 2 % of them less; the month's rows agree."""
    own, late = book(LATE), told(2, "late")
    first = made(own, [march(1), march(3, 5), late])
    longer = [march(1, performed_min=120), march(3, 5), late]
    second = made(own, longer, "2026-04", first)
    assert [(each.visit, each.corrects, each.amount_ore) for each in second.lines] == [
        ("v-1", "2026-03-1", 50_000),
        ("v-2", "2026-03-2", -1_000),
    ]
    assert reconcile(own, columns_of(longer), [first, second]) == []
    gone = [march(1, performed_min=120), march(3, 5), told(2, "late", status=Status.WITHDRAWN)]
    third = made(own, gone, "2026-05", first, second)
    assert [each.amount_ore for each in third.lines] == [3_000]
    assert reconcile(own, columns_of(gone), [first, second, third]) == []


def test_a_late_deviation_asks_for_the_whole_month() -> None:
    """A share of some of the month's visits would be too little; kronor ask for nothing."""
    first = made(book(LATE), [march(1)])
    found = refused(lambda: made(book(LATE), [told(2, "late")], "2026-04", first))
    assert [code for _, code in found] == ["INCOMPLETE_MONTH"]
    first = made(book(MISSED), [march(1)])
    later = made(book(MISSED), [told(2, "missed")], "2026-04", first)
    assert later.amount_ore == -100_000


def test_a_deduction_is_booked_and_invoiced_for_itself() -> None:
    """Every öre of it is in the voucher, the document and the statement, with its own name."""
    setup = setup_of(
        SERVICE_COMPANY,
        services=("[services]", '[services]\nmissed = "Vite, uteblivet besök"'),
        posting=('service = ["care", "alarm"]', 'service = ["care", "alarm", "missed"]'),
    )
    settlement = made(book(MISSED), [march(1), told(2, "missed", "0.4")])
    posted = post(settlement, setup, date(2026, 3, 31))
    (document,) = self_billing(posted)
    assert not document.credit
    assert document.net_ore == settlement.amount_ore == 10_000
    own = [line for line in document.lines if "Vite" in line.text]
    assert [(line.amount_ore, line.quantity) for line in own] == [(-40_000, Decimal(-1))]
    titles = [each.title for each in sections(posted)["p-1"]]
    assert any("Vite" in title for title in titles)
    (voucher,) = vouchers(posted)
    assert -40_000 in {row.amount_ore for row in voucher.rows}
    assert sum(row.amount_ore for row in voucher.rows) == 0
