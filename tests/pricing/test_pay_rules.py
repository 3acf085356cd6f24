"""Each rule of a rate book where it holds and where it does not, by hand, both ways of paying."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from book_cases import HEAD, HOUR, at, book_of, rule
from pay_cases import WAYS, Way, visit

from pricing.book.model import Status
from pricing.pay.visits import Performed
from scheduler.care.errors import InvalidInput

DAY = date(2026, 3, 4)
D = "{ 2026-01-01 = %s }"
EVENING = """
[[calendar]]
first_day = 2026-01-01
default = "day"
by_minute = %s
bands = [{ band = "evening", days = "any", from = "18:00", to = "22:00" }]
"""
BY_BAND = rule("adjustment", "evening", D % 100, kind='"amount"', band='"evening"')
ABSENCE = rule(
    "not_performed",
    "away",
    D % "[{ from_day = 1, share = 0.75 }, { from_day = 2, share = 0.25, at_most_min = 20 }, "
    "{ from_day = 3, share = 1, minutes = 15 }]",
    status='"PLANNED_ABSENCE"',
)


def hour(**fields: str) -> str:
    given = {"unit": '"hour"', "basis": '"performed"'} | fields
    return rule("rate", "hour", D % 500, **given)


def away(number: int, day: int) -> Performed:
    return visit(
        number,
        date(2026, 3, day),
        status=Status.PLANNED_ABSENCE,
        absent_from=DAY,
        performed_min=0,
        granted_min=30,
    )


def granted(number: int, minutes: int, clock: str = "00:00", **fields: object) -> Performed:
    """Granted time of March, from its first day."""
    given = {"performed_min": 0, "quantity": Decimal(31)} | fields
    return visit(
        number, date(2026, 3, 1), clock, status=Status.GRANTED, granted_min=minutes, **given
    )


CASES: dict[str, tuple[str, list[Performed], list[int]]] = {
    "performed minutes": (hour(), [visit(performed_min=25)], [20_833]),
    "half an öre goes up": (
        rule("rate", "hour", D % "464.10", unit='"hour"', basis='"performed"'),
        [visit(performed_min=3)],
        [2_321],
    ),
    "six decimals are exact": (
        rule("rate", "hour", D % "0.000001", unit='"hour"', basis='"performed"'),
        [visit(performed_min=14_400, staff=9)],
        [0],
    ),
    "granted minutes": (hour(basis='"granted"'), [visit(performed_min=25)], [25_000]),
    "granted unless too little was performed": (
        hour(basis='"granted"', least_performed_share="0.8"),
        [visit(1, performed_min=24), visit(2, performed_min=23)],
        [25_000, 19_167],
    ),
    "granted time of a month without its visits": (
        hour(basis='"granted"'),
        [granted(1, 1935), granted(2, 60, staff=2), visit(3, recipient="r-2")],
        [1_612_500, 100_000, 25_000],
    ),
    "granted time is paid whole in the band of its start": (
        EVENING % "true" + hour(basis='"granted"') + BY_BAND,
        [granted(1, 1935, clock="17:00"), granted(2, 600, clock="19:00")],
        [1_612_500, 600_000],
    ),
    "granted time of a month of which too little was performed": (
        hour(basis='"granted"', least_performed_share="0.8"),
        [granted(1, 600, performed_min=480), granted(2, 600, performed_min=479)],
        [500_000, 399_167],
    ),
    "granted time, and the days of an absence by their number": (
        hour(basis='"granted"') + ABSENCE,
        [granted(1, 840, quantity=Decimal(28)), away(2, 4), away(3, 5), away(4, 6)],
        [700_000, 18_750, 4_167, 12_500],
    ),
    "granted time of the month caps what its visits performed": (
        hour() + rule("cap", "cap", D % "1.1", per='"recipient_month"', unit='"share of granted"'),
        [
            granted(1, 50),
            visit(2, performed_min=40, granted_min=0),
            visit(3, clock="10:00", performed_min=40, granted_min=0),
            visit(4, performed_min=40, granted_min=0, recipient="r-2"),
        ],
        [0, 33_333, 12_500, 0],
    ),
    "two carers": (hour(), [visit(staff=2)], [50_000]),
    "the second carer at half": (
        hour() + rule("staffing", "double", D % 0.5, service='"care"'),
        [visit(1, staff=2), visit(2, staff=2, service="service"), visit(3)],
        [37_500, 50_000, 25_000],
    ),
    "rounded up to five minutes": (
        hour() + rule("minute_rounding", "up", D % 5, direction='"up"'),
        [visit(1, performed_min=31), visit(2, performed_min=30)],
        [29_167, 25_000],
    ),
    "rounded down to five minutes": (
        hour() + rule("minute_rounding", "down", D % 5, direction='"down"'),
        [visit(performed_min=34)],
        [25_000],
    ),
    "rounded to the nearest two, the half up": (
        hour() + rule("minute_rounding", "near", D % 2, direction='"nearest"'),
        [visit(1, performed_min=29), visit(2, performed_min=28)],
        [25_000, 23_333],
    ),
    "at least fifteen minutes, but not of nothing": (
        hour() + rule("minimum_minutes", "least", D % 15),
        [visit(1, performed_min=1), visit(2, performed_min=16), visit(3, performed_min=0)],
        [12_500, 13_333, 0],
    ),
    "at least 200 kronor": (
        hour() + rule("minimum_amount", "least", D % 200),
        [visit(1, performed_min=10), visit(2, performed_min=30)],
        [20_000, 25_000],
    ),
    "at least 200 kronor, but not of nothing": (
        hour()
        + rule("minimum_amount", "least", D % 200)
        + rule("cap", "ceiling", D % "0.5", per='"provider_month"', unit='"hours"'),
        [visit(1, performed_min=0), visit(2), visit(3, clock="10:00")],
        [0, 25_000, 0],
    ),
    "short visits have their own price": (
        rule("rate", "short", D % 150, unit='"occasion"', below_min="15") + hour(from_min="15"),
        [visit(1, performed_min=14), visit(2, performed_min=15)],
        [15_000, 12_500],
    ),
    "delegated nursing beside the visit": (
        hour()
        + rule(
            "rate",
            "nursing",
            D % 60,
            unit='"hour"',
            basis='"performed"',
            delegated="true",
            component='"delegated"',
        ),
        [visit(1, delegated=True), visit(2)],
        [28_000, 25_000],
    ),
    "a supplement by zone": (
        hour() + rule("adjustment", "rural", D % 40, kind='"amount"', zone='"rural"'),
        [visit(1, zone="rural"), visit(2)],
        [27_000, 25_000],
    ),
    "adjustments in the order of the file, then whole kronor": (
        hour(round_kr="1", provider='"PRIVATE"')
        + rule("adjustment", "index", D % "0.027", kind='"share"')
        + rule("adjustment", "efficiency", D % "-0.01", kind='"share"')
        + rule("adjustment", "vat", D % "0.015", kind='"share"'),
        [visit(performed_min=60)],
        [51_600],  # 500 x 1.027 x 0.99 x 1.015 = 515.99…
    ),
    "without VAT, and VAT beside it": (
        hour()
        + rule("adjustment", "net", D % "1.25", kind='"divisor"')
        + rule("vat", "vat", D % "0.25"),
        [visit()],
        [20_000],
    ),
    "evening minutes by the minute": (
        EVENING % "true" + hour() + BY_BAND,
        [visit(clock="17:45")],
        [27_500],
    ),
    "evening by the start": (
        EVENING % "false" + hour() + BY_BAND,
        [visit(1, clock="17:45"), visit(2, clock="18:00")],
        [25_000, 30_000],
    ),
    "away by day number, at most and fixed minutes": (
        hour() + ABSENCE,
        [away(1, 4), away(2, 5), away(3, 6), away(4, 20)],
        [18_750, 4_167, 12_500, 12_500],
    ),
    "a new client": (
        hour() + rule("start_up", "new", D % "2.5"),
        [visit(status=Status.START_UP, staff=2)],
        [125_000],
    ),
    "a new client whose first visit ends in the evening": (
        EVENING % "true" + hour() + BY_BAND + rule("start_up", "new", D % 4),
        [visit(clock="17:00", status=Status.START_UP)],
        [200_000],
    ),
    "the second carer cheaper in the evening only": (
        EVENING % "true" + hour() + rule("staffing", "double", D % 0, band='"evening"'),
        [visit(clock="17:45", staff=2)],
        [37_500],
    ),
    "per kilometre beside the hour": (
        hour() + rule("rate", "km", D % "18.5", unit='"km"', component='"travel"', zone='"rural"'),
        [visit(1, zone="rural", quantity=Decimal("3.2")), visit(2)],
        [30_920, 25_000],
    ),
    "per day": (
        rule("rate", "day", D % 900, unit='"day"'),
        [visit(status=Status.PERIOD, quantity=Decimal(3))],
        [270_000],
    ),
    "per month by its days": (
        rule("rate", "month", D % 310, unit='"month"'),
        [visit(status=Status.PERIOD, quantity=Decimal(10))],
        [10_000],
    ),
    "per month by the days of each, in one file": (
        rule("rate", "month", D % 310, unit='"month"'),
        [
            visit(1, status=Status.PERIOD, quantity=Decimal(10)),
            visit(2, date(2026, 2, 4), status=Status.PERIOD, quantity=Decimal(10)),
            visit(3, date(2028, 2, 4), status=Status.PERIOD, quantity=Decimal(10)),
        ],
        [10_000, 11_071, 10_690],  # 310 x 10 / 31, / 28 and / 29
    ),
    "per whole month": (
        rule("rate", "month", D % 310, unit='"month"', whole_month="true"),
        [visit(status=Status.PERIOD, quantity=Decimal(10))],
        [31_000],
    ),
    "days of an absence from what is paid by the day": (
        rule("rate", "day", D % 900, unit='"day"') + ABSENCE,
        [
            visit(1, date(2026, 3, 1), status=Status.PERIOD, quantity=Decimal(3)),
            away(2, 4),
            away(3, 5),
            away(4, 6),
        ],
        [270_000, 67_500, 22_500, 90_000],
    ),
    "a day of an absence from what is paid by the month's days": (
        rule("rate", "month", D % 310, unit='"month"') + ABSENCE,
        [away(1, 4), away(2, 5)],
        [750, 250],  # 310 / 31 x 0.75 and x 0.25
    ),
    "an absence from visits leaves a month rate beside them alone": (
        hour() + rule("rate", "base", D % 310, unit='"month"', component='"base"') + ABSENCE,
        [visit(1, status=Status.PERIOD, quantity=Decimal(31)), away(2, 4)],
        [31_000, 18_750],
    ),
    "at most what was granted, visit by visit": (
        hour() + rule("cap", "cap", D % "1.1", per='"visit"', unit='"share of granted"'),
        [visit(1, performed_min=40), visit(2, performed_min=32)],
        [27_500, 26_667],
    ),
    "at most what was granted in the month, in the order of the visits": (
        hour() + rule("cap", "cap", D % 1, per='"recipient_month"', unit='"share of granted"'),
        [
            visit(1, performed_min=40),
            visit(2, clock="08:00", performed_min=25),
            visit(3, clock="07:00", performed_min=40, recipient="r-2"),
        ],
        [29_167, 20_833, 25_000],
    ),
    "at most an hour a month and provider": (
        hour() + rule("cap", "cap", D % 1, per='"provider_month"', unit='"hours"'),
        [
            visit(1),
            visit(2, clock="10:00"),
            visit(3, clock="11:00"),
            visit(4, date(2026, 4, 1)),
            visit(5, date(2027, 3, 4)),
        ],
        [25_000, 25_000, 0, 25_000, 25_000],
    ),
    "a capacity ceiling counts granted and standard time too": (
        hour(basis='"granted"', service='"care"')
        + rule("rate", "clean", D % 500, unit='"hour"', basis='"standard"', service='"service"')
        + rule("standard_time", "time", D % 40)
        + rule("cap", "ceiling", D % 2, per='"provider_month"', unit='"hours"'),
        [
            visit(1, granted_min=60),
            visit(2, clock="10:00", service="service", performed_min=5),
            visit(3, clock="11:00", granted_min=60),
            visit(4, clock="12:00", granted_min=60),
            visit(5, date(2026, 4, 1), granted_min=60),
        ],
        [50_000, 33_333, 16_667, 0, 50_000],  # 60 + 40 + the 20 minutes that are left
    ),
    "a capacity ceiling counts granted time of a month, one per visit does not": (
        hour(basis='"granted"')
        + rule("cap", "ceiling", D % 30, per='"provider_month"', unit='"hours"')
        + rule("cap", "visit", D % 1, per='"visit"', unit='"hours"'),
        [granted(1, 1500), granted(2, 600, recipient="r-2"), visit(3, recipient="r-3")],
        [1_250_000, 250_000, 0],
    ),
    "a capacity ceiling leaves absences and new clients alone": (
        hour()
        + ABSENCE
        + rule("start_up", "new", D % 1)
        + rule("cap", "ceiling", D % "0.5", per='"provider_month"', unit='"hours"'),
        [away(1, 4), visit(2, status=Status.START_UP), visit(3), visit(4, clock="10:00")],
        [18_750, 50_000, 25_000, 0],
    ),
    "at most a quarter of an hour above what was granted": (
        hour() + rule("cap", "cap", D % "0.25", per='"visit"', unit='"hours above granted"'),
        [visit(1, performed_min=45), visit(2, performed_min=46), visit(3, granted_min=0)],
        [37_500, 37_500, 12_500],
    ),
    "a rule from its first day": (
        hour() + rule("minimum_minutes", "least", "{ 2026-03-05 = 60 }"),
        [visit(1), visit(2, date(2026, 3, 5))],
        [25_000, 50_000],
    ),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_is_paid_is_what_the_hand_finds(
    case: tuple[str, list[Performed], list[int]], way: Way
) -> None:
    text, visits, expected = case
    paid = dict.fromkeys((each.id for each in visits), 0)
    for line in way(book_of(text), visits):
        paid[line.visit] += line.amount_ore
    assert list(paid.values()) == expected


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_vat_is_told_line_by_line(way: Way) -> None:
    """A provider of service alone carries 25 % VAT and gets the rate without it."""
    book = book_of(hour() + rule("vat", "vat", D % "0.25", service='"service"'))
    lines = way(book, [visit(1, service="service"), visit(2)])
    assert [line.vat_ore for line in lines] == [6_250, 0]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_minutes_are_divided_between_bands_and_none_lost(way: Way) -> None:
    """From 17:45 to 22:35: day, evening and day again, one line for each band."""
    book = book_of(EVENING % "true" + hour() + BY_BAND)
    lines = way(book, [visit(clock="17:45", performed_min=290)])
    assert {line.band: line.minutes for line in lines} == {"day": 50, "evening": 240}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_visit_that_ends_as_a_band_begins_is_one_line(way: Way) -> None:
    """Half past five to six holds no minute of the evening, not even none."""
    book = book_of(EVENING % "true" + hour() + BY_BAND)
    lines = way(book, [visit(clock="17:30")])
    assert [(line.band, line.minutes) for line in lines] == [("day", 30)]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_provisional_index_becomes_final(way: Way) -> None:
    """What was known then is paid by then; the final index re-prices the same month."""
    index = "{ 2026-01-01 = { provisional = 0.02, final = 0.03, known_from = 2026-05-20 } }"
    book = book_of(hour() + rule("adjustment", "opi", index, kind='"share"'))
    visits = [visit(performed_min=60)]
    paid = [
        way(book, visits, known)[0].amount_ore
        for known in (date(2026, 4, 1), date(2026, 5, 19), date(2026, 5, 20), None)
    ]
    assert paid == [51_000, 51_000, 51_500, 51_500]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"day": date(2025, 12, 31)}, "BEFORE_FIRST_VALUE"),
        ({"service": "service"}, "NO_RATE"),
        ({"service": "cookery"}, "UNKNOWN_SERVICE"),
        ({"zone": "Town"}, "UNKNOWN_ZONE"),
        ({"provider_kind": "COOPERATIVE"}, "UNKNOWN_PROVIDER_KIND"),
        ({"status": Status.DECLINED}, "NO_RULE"),
        ({"status": Status.START_UP}, "NO_RULE"),
        ({"status": Status.PERIOD}, "NO_RATE"),
        ({"status": Status.GRANTED}, "NO_RULE"),
    ],
)
def test_what_the_book_does_not_say_is_refused(
    change: dict[str, object], code: str, way: Way
) -> None:
    """Every such visit gets its own finding, and nothing is paid of the others."""
    fields = {"number": 7, **change}
    book = book_of(hour(service='"care"'))
    with pytest.raises(InvalidInput) as refused:
        way(book, [visit(1), visit(**fields), visit(**fields | {"number": 8})])  # type: ignore[arg-type]
    found = [(each.where, each.code) for each in refused.value.findings]
    assert sorted(found) == [("visit v-7", code), ("visit v-8", code)]


def test_a_whole_month_holds_its_absences() -> None:
    """Each day away would else be paid as a month of its own."""
    book = book_of(rule("rate", "month", D % 310, unit='"month"', whole_month="true") + ABSENCE)
    for way in WAYS.values():
        with pytest.raises(InvalidInput) as refused:
            way(book, [away(1, 4)])
        assert [each.code for each in refused.value.findings] == ["NO_RULE"]


def test_a_withdrawn_visit_is_not_paid() -> None:
    for way in WAYS.values():
        assert way(book_of(hour()), [visit(status=Status.WITHDRAWN)]) == []
        assert way(book_of(hour()), []) == []


def test_amounts_beyond_int64_are_exact() -> None:
    """A rate with six decimals times the most minutes would run over in int64."""
    text = (
        rule("rate", "hour", D % "999999.999999", unit='"hour"', basis='"performed"')
        + rule("adjustment", "a", D % "0.123457", kind='"share"')
        + rule("adjustment", "b", D % "7.123457", kind='"divisor"')
    )
    visits = [visit(performed_min=14_399, staff=9)]
    amounts = {way(book_of(text), visits)[0].amount_ore for way in WAYS.values()}
    exact = Decimal("999999.999999") * Decimal("1.123457") / Decimal("7.123457") * 14_399 * 9
    assert amounts == {int((exact / 60 * 100).quantize(Decimal(1)))}


def test_start_times_are_minutes() -> None:
    """The helper of these tests, against a figure from elsewhere: 2026-03-04 08:00 UTC."""
    assert at(DAY) * 60 == 1_772_611_200
    assert HEAD.count("[") == 3
    assert "performed" in HOUR
