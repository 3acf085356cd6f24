"""
A rate book in the terminal: what is paid on a day, and how each rate came about.
"""

from __future__ import annotations

import sys
from collections.abc import Hashable, Mapping
from datetime import date
from decimal import Decimal
from math import prod
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.documents.strict_json import write_json
from api.pages.formats import number
from api.terminal.console import console
from pricing.book.checks import cells
from pricing.book.model import Cell, RateBook, Unit
from pricing.book.reading import load_rate_book
from pricing.book.terms import RatePrice, price_of
from scheduler.care.errors import Finding, InvalidInput, NotInForce

TEXTS = {
    "sv": {
        "rate": "Ersättning",
        "for": "Gäller",
        "amount": "kr",
        "unit": "per",
        "how": "Så räknat",
        "on": "gäller {day}",
        "fine": "Boken är felfri: {rules} regler, {rates} ersättningar.",
        "provisional": "preliminärt index",
    },
    "en": {
        "rate": "Rate",
        "for": "Applies to",
        "amount": "kr",
        "unit": "per",
        "how": "Calculation",
        "on": "in force {day}",
        "fine": "No faults in the book: {rules} rules, {rates} rates.",
        "provisional": "provisional index",
    },
}
UNITS = {
    "sv": {
        Unit.HOUR: "timme",
        Unit.OCCASION: "tillfälle",
        Unit.DELIVERY: "leverans",
        Unit.KM: "km",
        Unit.EXPENSE: "krona",
        Unit.DAY: "dygn",
        Unit.MONTH: "månad",
    },
    "en": {unit: unit.value for unit in Unit},
}


def rates(path: Path, *, day: date | None, json: bool, lang: str) -> None:
    """
    Check the rate book in `path` and show its rates on `day`, else on that of its latest change.

    Raises
    ------
    InvalidInput
        With every fault of the book, or when no rate is in force on the day.
    """
    book = load_rate_book(path)
    shown_day = day or max(first for rate in book.rates for first, _ in rate.values.values)
    found = _prices(book, shown_day)
    if not found:
        raise InvalidInput(
            Finding(
                "NO_RATE",
                path.name,
                "a day on which some rate is in force",
                shown_day.isoformat(),
                "Ange en annan dag med --day.",
            )
        )
    if json:
        sys.stdout.write(write_json([_document(alike, price) for alike, price in found]))
    else:
        _print(book, shown_day, found, console(), lang)


def _prices(book: RateBook, day: date) -> list[tuple[list[Cell], RatePrice]]:
    """Each rate in force with the visits that get the same amount in the same way."""
    found: list[tuple[list[Cell], RatePrice]] = []
    for rate in book.rates:
        groups: dict[Hashable, tuple[list[Cell], RatePrice]] = {}
        for cell in cells(book, rate, every=True):
            try:
                price = price_of(book, rate, cell, day)
            except NotInForce:
                continue
            key = (price.amount, price.provisional, price.lines)
            groups.setdefault(key, ([], price))[0].append(cell)
        found += groups.values()
    return found


def _document(alike: list[Cell], price: RatePrice) -> dict[str, Any]:
    rate = price.rate
    return {
        "code": rate.code,
        "text": rate.values.text,
        "component": rate.component,
        "unit": rate.unit.value,
        "basis": rate.basis.value if rate.unit is Unit.HOUR else None,
        "services": sorted(rate.scope.services) if rate.scope.services else None,
        "cells": [
            {"zone": zone, "provider": provider, "band": band}
            for zone, provider, band in _places(alike)
        ],
        "amount": str(_shown(price)),
        "exact": f"{price.amount.numerator}/{price.amount.denominator}",
        "provisional": price.provisional,
        "lines": [
            {
                "code": line.code,
                "text": line.text,
                "amount": str(line.amount),
                "formula": line.formula,
                "source": line.source,
            }
            for line in price.lines
        ],
    }


def _shown(price: RatePrice) -> Decimal:
    return sum((line.amount for line in price.lines), Decimal(0))


def _places(alike: list[Cell]) -> list[tuple[str, str, str]]:
    return sorted({(cell.zone, cell.provider, cell.band) for cell in alike})


def _print(
    book: RateBook,
    day: date,
    found: list[tuple[list[Cell], RatePrice]],
    screen: Console,
    lang: str,
) -> None:
    texts = TEXTS[lang]
    heading = f"{book.title} · {texts['on'].format(day=day.isoformat())}"
    screen.print(Text(heading, style="bold underline"))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(texts["rate"], overflow="fold")
    table.add_column(texts["for"], overflow="fold")
    table.add_column(texts["amount"], justify="right", no_wrap=True)
    table.add_column(texts["unit"], no_wrap=True)
    table.add_column(texts["how"], overflow="fold")
    for alike, price in found:
        how = [f"{line.text} {line.formula}".strip() for line in price.lines[1:]]
        first = price.lines[0].formula
        how = ([first] if first else []) + how
        if price.provisional:
            how.append(texts["provisional"])
        table.add_row(
            Text(price.rate.values.text),
            Text(_applies_to(book, price, alike)),
            number(_shown(price), 2, lang),
            UNITS[lang][price.rate.unit],
            Text("; ".join(how)),
        )
    screen.print(table)
    rules = len(book.rules())
    screen.print(Text(texts["fine"].format(rules=rules, rates=len(book.rates))))


def _applies_to(book: RateBook, price: RatePrice, alike: list[Cell]) -> str:
    """Zones, providers and bands, each left out where the amount is the same for all of them."""
    places = _places(alike)
    dimensions = [sorted(set(names)) for names in zip(*places, strict=True)]
    every = [
        sorted(set(names)) for names in zip(*_places(list(cells(book, price.rate, every=True))),
                                            strict=True)
    ]  # fmt: skip
    labels: tuple[Mapping[str, str], ...] = (book.zones, book.providers, {})
    if len(places) == prod(map(len, dimensions)):
        return "; ".join(
            ", ".join(texts.get(name, name) for name in names)
            for names, all_names, texts in zip(dimensions, every, labels, strict=True)
            if names != all_names or (len(texts) > 1 and len(names) < len(texts))
        )
    return "; ".join(
        ", ".join(texts.get(name, name) for name, texts in zip(place, labels, strict=True))
        for place in places
    )
