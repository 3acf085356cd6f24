"""
Settling a month and reconciling settlements in the terminal.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.documents.strict_json import read_file, write_json
from api.pages.formats import number
from api.terminal.console import console, progress, require_writable, write_output
from api.terminal.output import Output, answer
from pricing.book.model import RateBook
from pricing.book.reading import load_rate_book
from pricing.pay.columns import VisitColumns
from pricing.pay.export import read_settlement, settlement_dict, write_settlement
from pricing.pay.reading import read_performed
from pricing.pay.reconcile import reconcile as broken
from pricing.pay.settlement import Settlement
from pricing.pay.settlement import settle as settled
from scheduler.care.errors import CareError, Finding, InvalidInput
from scheduler.care.units import MINUTES_PER_HOUR, from_ore

MAX_BYTES = 1_000_000_000
TEXTS = {
    "sv": {
        "title": "Avräkning {month} · {book}",
        "provider": "Utförare",
        "lines": "Rader",
        "hours": "Timmar",
        "amount": "Belopp, kr",
        "vat": "Moms, kr",
        "sum": "Summa",
        "nothing": "Inget att betala: inga nya rader och inga skillnader.",
        "fine": "Allt stämmer: {lines} rader i {months} avräkningar, {amount} kr.",
        "broken": "Det här stämmer inte ({n})",
        "expected": "Väntat",
        "found": "Funnet",
        "working": "Räknar …",
    },
    "en": {
        "title": "Settlement {month} · {book}",
        "provider": "Provider",
        "lines": "Lines",
        "hours": "Hours",
        "amount": "Amount, kr",
        "vat": "VAT, kr",
        "sum": "Sum",
        "nothing": "Nothing to pay: no new lines and no differences.",
        "fine": "Everything agrees: {lines} lines in {months} settlements, {amount} kr.",
        "broken": "This does not agree ({n})",
        "expected": "Expected",
        "found": "Found",
        "working": "Working …",
    },
}


def settle(
    book: Path,
    performed: Path,
    *,
    month: str,
    earlier: list[Path],
    known_on: date | None,
    out: Path | None,
    json: bool,
    lang: str,
) -> None:
    """
    Settle the month, show its sums and write its lines.

    Raises
    ------
    InvalidInput
        With the faults of every file, or of every visit that cannot be paid; nothing is written.
        Also when `out` holds another settlement: what is settled is never written over.
    """
    with progress(TEXTS[lang]["working"]) as step:
        step(0, 3)
        rate_book, visits, before = _read(book, performed, earlier)
        if out is not None:
            require_writable(out)
        step(1, 3)
        made = settled(rate_book, visits, month, before, known_on)
        step(2, 3)
        if out is not None:
            _write_once(out, write_settlement(made))
        step(3, 3)
    if json:
        sys.stdout.write(write_json(settlement_dict(made, lines=out is None)))
    else:
        _print(made, lang)


def reconcile(book: Path, performed: Path, settlements: list[Path], output: Output) -> bool:
    """Every broken invariant between visits and settlements; True when there is none."""
    texts = TEXTS[output.lang]
    with progress(texts["working"]) as step:
        step(0, 2)
        rate_book, visits, before = _read(book, performed, settlements)
        step(1, 2)
        found = broken(rate_book, visits, before)
        step(2, 2)

    def tell(screen: Console) -> None:
        if not found:
            screen.print(Text(_fine(before, output.lang)))
            return
        screen.print(Text(texts["broken"].format(n=len(found)), style="bold"))
        for each in found:
            screen.print(Text(f"{each.code} · {each.where}"))
            screen.print(Text(f"  {texts['expected']}: {each.expected}"))
            screen.print(Text(f"  {texts['found']}: {each.found}"))
            screen.print(Text(f"  {each.action}"))

    answer(output, lambda: [_finding(each) for each in found], tell)
    return not found


def _fine(settlements: list[Settlement], lang: str) -> str:
    return TEXTS[lang]["fine"].format(
        lines=sum(len(each.lines) for each in settlements),
        months=len(settlements),
        amount=number(from_ore(sum(each.amount_ore for each in settlements)), 2, lang),
    )


def _read(
    book: Path, performed: Path, settlements: list[Path]
) -> tuple[RateBook, VisitColumns, list[Settlement]]:
    """All files; the faults of all are told at once."""
    findings: list[Finding] = []
    rate_book: RateBook | None = None
    visits: VisitColumns | None = None
    before: list[Settlement] = []
    try:
        rate_book = load_rate_book(book)
    except CareError as error:
        findings += error.findings
    try:
        content = read_file(performed, max_bytes=MAX_BYTES)
        visits = read_performed(content, performed.name)
    except CareError as error:
        findings += error.findings
    for path in settlements:
        try:
            before.append(read_settlement(read_file(path, max_bytes=MAX_BYTES), path.name))
        except CareError as error:
            findings += [replace(each, where=path.name) for each in error.findings]
    if findings or rate_book is None or visits is None:
        raise InvalidInput(findings)
    return rate_book, visits, sorted(before, key=lambda each: each.month)


def _write_once(out: Path, text: str) -> None:
    if out.exists() and out.read_bytes() != text.encode():
        raise InvalidInput(
            Finding(
                "SETTLED_BEFORE",
                out.name,
                "a new file, or the same settlement again",
                "another settlement",
                "Ange en annan fil; rättelser tas i en senare månad med --earlier.",
            )
        )
    write_output(out, text)


def _print(made: Settlement, lang: str) -> None:
    texts, screen = TEXTS[lang], console()
    heading = texts["title"].format(month=made.month, book=made.book)
    screen.print(Text(heading, style="bold underline"))
    if not len(made.lines):
        screen.print(Text(texts["nothing"]))
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_footer=True)
    columns = (
        ("lines", [each.lines for each in made.sums], 0),
        ("hours", [Decimal(each.minutes) / MINUTES_PER_HOUR for each in made.sums], 2),
        ("amount", [from_ore(each.amount_ore) for each in made.sums], 2),
        ("vat", [from_ore(each.vat_ore) for each in made.sums], 2),
    )
    table.add_column(texts["provider"], texts["sum"], overflow="fold")
    for key, values, decimals in columns:
        total = sum(values, Decimal(0))
        table.add_column(texts[key], number(total, decimals, lang), justify="right", no_wrap=True)
    for row, each in enumerate(made.sums):
        figures = [number(values[row], decimals, lang) for _, values, decimals in columns]
        table.add_row(Text(each.provider), *figures)
    screen.print(table)


def _finding(each: Finding) -> dict[str, Any]:
    return {
        "code": each.code,
        "where": each.where,
        "expected": each.expected,
        "found": each.found,
        "action": each.action,
    }
