"""Any rate book and any visits: what the properties of payment and settlement are held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from book_cases import HEAD, book_of, rule
from hypothesis import strategies as st
from pay_cases import visit

from pricing.book.calendar import day_start
from pricing.book.model import NOT_PERFORMED, RateBook, Status
from pricing.pay.visits import Performed
from scheduler.care.errors import InvalidInput

# Both changes of the clock, a leap day, a new year, an eve and a change of rate lie among them.
DAYS = (
    date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 30), date(2026, 10, 24), date(2026, 10, 25),
    date(2028, 2, 28), date(2028, 2, 29), date(2026, 12, 31), date(2027, 1, 1), date(2026, 6, 19),
)  # fmt: skip
CALENDAR = """
[[calendar]]
first_day = 2026-01-01
default = "day"
by_minute = {by_minute}
bands = [
    {{ band = "holiday", days = ["public_holiday", "eve"], from = "00:00", to = "24:00" }},
    {{ band = "night", days = "any", from = "22:00", to = "06:30" }},
    {{ band = "evening", days = "weekday", from = "18:00", to = "22:00" }},
]
"""
# Minutes of the day; some visits start together, some as a day or a band begins.
STARTS = st.integers(0, 1439) | st.sampled_from([0, 390, 1080, 1320])
V = "{{ 2026-01-01 = {} }}"
# Granted time without visits is refused by most books; test_pay_granted.py compares that.
VISITED = tuple(status for status in Status if status is not Status.GRANTED)


def _money(draw: Any) -> str:
    return f"{Decimal(draw(st.integers(0, 10**6))) / 10 ** draw(st.integers(0, 6)):f}"


@st.composite
def books(draw: Any, *, monthly_caps: bool = True) -> str:
    """A book with a random selection of rules and random figures."""

    def maybe(section: str, code: str, values: str, **fields: str) -> str:
        return rule(section, code, values, **fields) if draw(st.booleans()) else ""

    basis = draw(st.sampled_from(['"performed"', '"granted"', '"standard"']))
    fields = {"unit": '"hour"', "basis": basis}
    if basis != '"performed"' and draw(st.booleans()):
        fields["least_performed_share"] = "0.8"
    by_minute = draw(st.sampled_from(["true", "false"]))
    changed = f"{{ 2026-01-01 = {_money(draw)}, 2027-01-01 = {_money(draw)} }}"
    small = str(Decimal(draw(st.integers(-500_000, 500_000))) / 10**6)
    return "".join(
        (
            HEAD,
            '[circumstances]\nmanual = "Registrerat för hand"\n',
            CALENDAR.format(by_minute=by_minute),
            rule("rate", "care", changed, service='"care"', **fields),
            rule("rate", "service", V.format(_money(draw)), service='"service"',
                 unit=draw(st.sampled_from(['"occasion"', '"delivery"', '"km"'])))
            if by_minute == "false" or draw(st.booleans()) else
            rule("rate", "service", V.format(_money(draw)), service='"service"', **fields),
            rule("rate", "period", V.format(_money(draw)),
                 unit=draw(st.sampled_from(['"day"', '"month"']))),
            rule("standard_time", "time", V.format(draw(st.integers(0, 200)))),
            maybe("rate", "nursing", V.format(_money(draw)), component='"nursing"',
                  delegated="true", unit='"hour"', basis='"performed"'),
            maybe("adjustment", "index", V.format(small), kind='"share"'),
            maybe("adjustment", "opi", V.format(
                f"{{ provisional = {small}, final = 0.03, known_from = 2026-05-20 }}"
            ), kind='"share"'),
            maybe("adjustment", "evening", V.format(_money(draw)), kind='"amount"',
                  band='["evening", "holiday"]'),
            maybe("adjustment", "manual", V.format(small), kind='"share"', circumstance='"manual"'),
            maybe("adjustment", "short", V.format(_money(draw)), kind='"amount"', below_min="30"),
            maybe("adjustment", "net", V.format("1.25"), kind='"divisor"'),
            maybe("staffing", "double", V.format(draw(st.sampled_from(["0", "0.5", "0.8"]))),
                  band='["day", "evening"]'),
            maybe("staffing", "night", V.format("0.3"), band='"night"', service='"service"'),
            maybe("minute_rounding", "round", V.format(draw(st.integers(1, 30))),
                  direction=draw(st.sampled_from(['"up"', '"down"', '"nearest"']))),
            maybe("minimum_minutes", "least", V.format(draw(st.integers(0, 45))), zone='"town"'),
            maybe("minimum_amount", "least_kr", V.format(_money(draw))),
            maybe("vat", "vat", V.format("0.25"), provider='"PRIVATE"'),
            maybe("cap", "visit", V.format("1.1"), per='"visit"',
                  unit=draw(st.sampled_from(['"share of granted"', '"hours above granted"']))),
            *(
                (
                    maybe("cap", "month", V.format("0.9"), per='"recipient_month"',
                          unit='"share of granted"'),
                    maybe("cap", "hours", V.format("20"), per='"provider_month"', unit='"hours"'),
                )
                if monthly_caps
                else ()
            ),
            rule("start_up", "new", V.format("4")),
            *(
                rule("not_performed", status.lower(),
                     V.format("[{ from_day = 1, share = 0.75 }, { from_day = 2, share = 0.25, "
                              "at_most_min = 60 }, { from_day = 4, share = 1, minutes = 10 }]"),
                     status=f'"{status}"')
                for status in NOT_PERFORMED
            ),
        )
    )  # fmt: skip


@st.composite
def visits(draw: Any, days: Sequence[date] = DAYS) -> list[Performed]:
    """Up to a dozen rows on days where something changes."""
    found = []
    for number in range(draw(st.integers(0, 12))):
        status = draw(st.sampled_from((*[Status.PERFORMED] * 8, *VISITED)))
        day = draw(st.sampled_from(days))
        away = draw(st.integers(0, 5))
        found.append(
            replace(
                visit(
                    number,
                    provider=draw(st.sampled_from(["p-1", "p-2"])),
                    provider_kind=draw(st.sampled_from(["OWN", "PRIVATE"])),
                    recipient=draw(st.sampled_from(["r-1", "r-2"])),
                    service="care"
                    if status is Status.START_UP
                    else draw(st.sampled_from(["care", "care", "service"])),
                    zone=draw(st.sampled_from(["town", "rural"])),
                    status=status,
                    performed_min=draw(st.sampled_from([0, 1, 14, 15, 29, 30, 61, 300, 1500])),
                    granted_min=draw(st.sampled_from([0, 15, 30, 60, 400])),
                    staff=draw(st.sampled_from([1, 1, 2, 3])),
                    delegated=draw(st.booleans()),
                    circumstance=draw(st.sampled_from(["", "", "manual"])),
                    quantity=Decimal(draw(st.integers(0, 5_000))) / 1000
                    if status is not Status.PERIOD
                    else Decimal(draw(st.integers(0, 28))),
                    absent_from=day - timedelta(days=away - 1),
                ),
                start=day_start(day) + draw(STARTS),
            )
        )
    return found


def read(text: str) -> RateBook | None:
    """The book; None when it divides visits by the minute between unlike units."""
    try:
        return book_of(text, head="")
    except InvalidInput as error:
        codes = {each.code for each in error.findings}
    assert codes == {"MIXED_UNITS"}
    return None
