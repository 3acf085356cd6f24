"""
``hemplan purse``: what each decision is worth in a month.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.documents.purses import PurseDocument, month_days, read_purses
from api.documents.strict_json import read_file
from api.pages.formats import number
from api.terminal.console import Step, progress, write_output
from api.terminal.output import Output, answer
from api.terminal.rates import UNITS
from api.terminal.reading import in_file, max_bytes
from pricing.book.calendar import EVERY_TIME
from pricing.book.reading import load_rate_book
from pricing.budget.counting import Terms
from pricing.budget.export import purses_dict
from pricing.budget.granted_rows import granted_rows, rows_as_csv
from pricing.budget.model import Granted, MonthBasis
from pricing.budget.purses import PurseLine, purse_lines, total_hours, total_ore
from pricing.budget.tariff import (
    BookTariff,
    ListTariff,
    Tariff,
    amount_of,
    require_one_band,
    shown,
)
from pricing.price import load_price_parameters
from scheduler.care.dated import read_toml
from scheduler.care.errors import CareError, Finding, InvalidInput
from scheduler.care.units import from_ore

TEXTS = {
    "sv": {
        "title": "Påse pengar {month}",
        "decision": "Beslut",
        "service": "Insats",
        "of": "Summa {decision}",
        "days": "Dagar",
        "provider": "Utförare",
        "zone": "Zon",
        "band": "Tid",
        "quantity": "Antal",
        "per": "Per",
        "rate": "kr",
        "amount": "Belopp, kr",
        "sum": "Summa",
        "hours": "{hours} beviljade timmar",
        "working": "Räknar påsar",
        "more": "… och {n} rader till. Med --out FIL skrivs alla.",
        MonthBasis.MEAN_MONTH: "en månad är 365,25 / 7 / 12 veckor",
        MonthBasis.CALENDAR_DAYS: "månadens dagar räknas",
    },
    "en": {
        "title": "Purses {month}",
        "decision": "Decision",
        "service": "Service",
        "of": "Sum {decision}",
        "days": "Days",
        "provider": "Provider",
        "zone": "Zone",
        "band": "Time",
        "quantity": "Quantity",
        "per": "Per",
        "rate": "kr",
        "amount": "Amount, kr",
        "sum": "Sum",
        "hours": "{hours} granted hours",
        "working": "Counting purses",
        "more": "… and {n} lines more. With --out FILE all are written.",
        MonthBasis.MEAN_MONTH: "a month is 365.25 / 7 / 12 weeks",
        MonthBasis.CALENDAR_DAYS: "the days of the month count",
    },
}
# Lines on a screen: more than these nobody reads there, and they take longer to set than to count.
MOST_ON_SCREEN = 1_000


def purse(
    decisions: Path, book: Path, month: str, output: Output, *, rows: Path | None = None
) -> None:
    """
    Show the purses of a month, and write their granted time to `rows` as rows to settle.

    Raises
    ------
    InvalidInput
        With every fault of both files, or of every decision that has no price; also when rows are
        asked for and nothing is paid by granted time.
    """
    first, last = month_days(month)
    with progress(TEXTS[output.lang]["working"]) as step:
        document, tariff = read_both(decisions, book)
        terms = Terms(tariff, document.basis, document.services, document.clock)
        lines = purse_lines(terms, _told(document.granted, step), first, last)
    if rows is not None:
        if not isinstance(tariff, BookTariff):
            raise InvalidInput(_no_book(book))
        made = granted_rows(terms, tariff.book, document.granted, first, last)
        write_output(rows, rows_as_csv(made))
    answer(
        output,
        lambda: {"month": month, "basis": document.basis.value} | purses_dict(lines),
        lambda screen: _print(lines, tariff, (document.basis, first), screen, output.lang),
    )


def _told(granted: Sequence[Granted], step: Step) -> Iterator[Granted]:
    """Each in turn; `step` hears how many there have been."""
    for done, each in enumerate(granted):
        step(done, len(granted))
        yield each


def _no_book(path: Path) -> Finding:
    return Finding(
        "NOT_A_RATE_BOOK",
        path.name,
        "a rate book, which says how granted time is paid",
        "a price list",
        "Ange kommunens ersättningsbok.",
    )


def read_both(decisions: Path, book: Path) -> tuple[PurseDocument, Tariff]:
    """Decisions and prices; the faults of both are told at once."""
    findings: list[Finding] = []
    document: PurseDocument | None = None
    tariff: Tariff | None = None
    limit = max_bytes()
    try:
        document = read_purses(read_file(decisions, max_bytes=limit), max_bytes=limit)
    except CareError as error:
        findings += in_file(decisions, error)
    try:
        tariff = read_tariff(book)
    except CareError as error:
        findings += error.findings
    if document is None or tariff is None:
        raise InvalidInput(findings)
    return document, tariff


def read_tariff(path: Path) -> Tariff:
    """The rate book in a file, or the price list when it has a recipe."""
    if "recipe" not in read_toml(path):
        return BookTariff(load_rate_book(path))
    prices = load_price_parameters(path)
    require_one_band(prices, path.name)
    return ListTariff(path.name, prices)


def _print(
    lines: tuple[PurseLine, ...],
    tariff: Tariff,
    of_month: tuple[MonthBasis, date],
    screen: Console,
    lang: str,
) -> None:
    texts, (basis, month) = TEXTS[lang], of_month
    services = tariff.book.services if isinstance(tariff, BookTariff) else {}
    heading = texts["title"].format(month=month.isoformat()[:7])
    screen.print(Text(f"{heading} · {texts[basis]}", style="bold underline"))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for key in ("decision", "service", "days", "provider", "zone", "band"):
        table.add_column(texts[key], overflow="fold")
    table.add_column(texts["quantity"], justify="right", no_wrap=True)
    table.add_column(texts["per"], no_wrap=True)
    table.add_column(texts["rate"], justify="right", no_wrap=True)
    table.add_column(texts["amount"], justify="right", no_wrap=True)
    most = MOST_ON_SCREEN if screen.is_terminal else len(lines)
    count = 0
    for decision, group in groupby(lines, key=lambda each: each.decision_id):
        if count >= most:
            break
        own = tuple(group)
        count += len(own)
        for line in own:
            _add(table, line, services, lang)
        if len(own) > 1:
            amount = number(from_ore(total_ore(own)), 2, lang)
            name = Text(texts["of"].format(decision=decision))
            table.add_row(name, *[""] * 8, amount, style="bold", end_section=True)
    total = number(from_ore(total_ore(lines)), 2, lang)
    table.add_row(texts["sum"], *[""] * 8, total, style="bold")
    screen.print(table)
    if count < len(lines):
        screen.print(Text(texts["more"].format(n=len(lines) - count)))
    hours = number(shown(total_hours(lines)), 2, lang)
    screen.print(Text(texts["hours"].format(hours=hours)))


def _add(table: Table, line: PurseLine, services: Mapping[str, str], lang: str) -> None:
    quantity = sum(amount_of(line.price, part.quantity, part.staff) for part in line.parts)
    units = quantity / line.price.kronor if line.price.kronor else line.quantity
    granted = dict.fromkeys(part.service for part in line.parts)
    table.add_row(
        Text(line.decision_id),
        Text(", ".join(services.get(service, service) for service in granted)),
        f"{line.first_day.day}–{line.last_day.day}",
        Text(line.placement.provider),
        Text(line.placement.zone),
        Text("" if line.band == EVERY_TIME else line.band),
        number(shown(units), 4, lang),
        UNITS[lang][line.price.unit],
        number(shown(line.price.kronor), 2, lang),
        number(from_ore(line.amount_ore), 2, lang),
    )
