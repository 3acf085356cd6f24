"""What a row tells beside its status decides what it is paid, where the book says so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from book_cases import HEAD, book_of, rule
from pay_cases import WAYS, Way, visit

from pricing.book.model import Status
from pricing.pay.reading import read_performed
from scheduler.care.errors import InvalidInput

D = "{ 2026-01-01 = %s }"
TOLD = """
[circumstances]
manual = "Registrerat för hand"
late = "Avbokat senare än 24 timmar före"
hospital = "Sjukhus"
"""
HOUR = rule("rate", "hour", D % 500, unit='"hour"', basis='"performed"')
MANUAL = rule("adjustment", "manual", D % "-0.1", kind='"share"', circumstance='"manual"')
DECLINED = rule("not_performed", "late", D % 1, status='"DECLINED"', circumstance='"late"') + rule(
    "not_performed", "early", D % 0, status='"DECLINED"', circumstance='"none"'
)
AWAY = rule(
    "not_performed",
    "hospital",
    D % "[{ from_day = 1, share = 1 }, { from_day = 4, share = 0 }]",
    status='"UNPLANNED_ABSENCE"',
    circumstance='["hospital"]',
) + rule(
    "not_performed",
    "else",
    D % "0.25",
    status='"UNPLANNED_ABSENCE"',
    circumstance='["none", "late"]',
)
FIRST = date(2026, 3, 1)


def ore(way: Way, text: str, *rows: dict[str, object]) -> list[int]:
    """Öre of each row."""
    visits = [visit(number, **{"day": FIRST, **row}) for number, row in enumerate(rows)]  # type: ignore[arg-type]
    paid = dict.fromkeys((each.id for each in visits), 0)
    for line in way(book_of(TOLD + text), visits):
        paid[line.visit] += line.amount_ore
    return list(paid.values())


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_time_registered_by_hand_is_paid_less(way: Way) -> None:
    assert ore(way, HOUR + MANUAL, {"circumstance": "manual"}, {}, {"circumstance": "late"}) == [
        22_500,
        25_000,
        25_000,
    ]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_visit_declined_too_late_is_paid(way: Way) -> None:
    """Half an hour was granted: all of it, or nothing where it was declined in time."""
    declined = {"status": Status.DECLINED}
    rows = (declined | {"circumstance": "late"}, declined)
    assert ore(way, HOUR + DECLINED, *rows) == [25_000, 0]
    with pytest.raises(InvalidInput) as refused:
        ore(way, HOUR + DECLINED, declined | {"circumstance": "manual"})
    assert [each.code for each in refused.value.findings] == ["NO_RULE"]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_an_absence_in_hospital_is_paid_otherwise(way: Way) -> None:
    away = {"status": Status.UNPLANNED_ABSENCE, "absent_from": FIRST}
    rows = [
        away | {"circumstance": told, "day": date(2026, 3, day)}
        for told in ("hospital", "")
        for day in (3, 4)
    ]
    assert ore(way, HOUR + AWAY, *rows) == [25_000, 0, 6_250, 6_250]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_rate_of_a_circumstance_is_no_other_visit_s(way: Way) -> None:
    rate = rule("rate", "manual", D % 400, unit='"hour"', basis='"performed"',
                circumstance='"manual"')  # fmt: skip
    assert ore(way, rate, {"circumstance": "manual"}) == [20_000]
    with pytest.raises(InvalidInput) as refused:
        ore(way, rate, {})
    assert [each.code for each in refused.value.findings] == ["NO_RATE"]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("head", [TOLD, ""])
def test_what_the_book_does_not_know_is_refused(head: str, way: Way) -> None:
    """A misspelt circumstance would else be paid as none at all."""
    with pytest.raises(InvalidInput) as refused:
        way(book_of(head + HOUR), [visit(circumstance="manuel")])
    (found,) = refused.value.findings
    assert (found.code, found.found) == ("UNKNOWN_CIRCUMSTANCE", "manuel")


LATE = rule("rate", "b", D % 1, unit='"occasion"', circumstance='"late"')
MISSPELT = rule("vat", "vat", D % 0, circumstance='"lat"')
NONE = rule("vat", "vat", D % 0, circumstance='"none"')


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (HEAD + TOLD + HOUR + LATE, "AMBIGUOUS"),
        (HEAD + TOLD + HOUR + MISSPELT, "UNKNOWN_NAME"),
        (HEAD + HOUR + NONE, "UNKNOWN_NAME"),
        (HEAD + TOLD + 'none = "Inget"\n' + HOUR, "RESERVED_NAME"),
        ("circumstances = 1\n" + HEAD + HOUR, "WRONG_FIELD"),
    ],
)
def test_a_broken_book_is_refused(text: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        book_of(text, head="")
    assert [each.code for each in refused.value.findings] == [code]


def test_a_file_tells_it_in_a_column_of_its_own() -> None:
    header = "id,provider,provider_kind,recipient,service,zone,start,circumstance\n"
    row = "v-{},p-1,PRIVATE,r-1,care,town,2026-03-04T09:00:00+01:00,{}\n"
    read = read_performed((header + row.format(1, "manual") + row.format(2, "")).encode(), "v.csv")
    assert [read.row(number).circumstance for number in (0, 1)] == ["manual", ""]
    with pytest.raises(InvalidInput) as refused:
        read_performed((header + row.format(1, "x" * 101)).encode(), "v.csv")
    assert refused.value.findings[0].where == "v.csv:2: circumstance"


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_supplement_for_short_visits(way: Way) -> None:
    """Ten per cent more below fifteen minutes, by what was performed."""
    short = rule("adjustment", "short", D % "0.1", kind='"share"', below_min="15")
    rows = ({"performed_min": 12}, {"performed_min": 15})
    assert ore(way, HOUR + short, *rows) == [11_000, 12_500]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_an_expense_is_paid_as_it_was(way: Way) -> None:
    """A ferry of 123.45 kronor in full, and two thirds of it elsewhere."""
    boat = rule("rate", "boat", D % 1, unit='"expense"', zone='"rural"')
    part = rule("rate", "part", D % "0.666667", unit='"expense"', zone='"town"')
    rows = [{"zone": zone, "quantity": Decimal("123.45")} for zone in ("rural", "town")]
    assert ore(way, boat + part, *rows) == [12_345, 8_230]


def test_a_deduction_for_long_visits_that_leaves_less_than_nothing_is_found() -> None:
    """The trial of the whole book tries each length that the adjustments tell apart."""
    with pytest.raises(InvalidInput) as refused:
        book_of(HOUR + rule("adjustment", "long", D % -600, kind='"amount"', from_min="240"))
    assert [each.code for each in refused.value.findings] == ["NEGATIVE_RATE"]
