"""
A rate book in the terminal: what is paid on a day, and how each rate came about.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from math import prod
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.pages.formats import formula, number
from api.terminal.output import Output, answer
from api.terminal.rate_rules import WORDS, kind_of, rules_on, told_scope, told_value
from pricing.book.checks import cells
from pricing.book.model import Cell, Rate, RateBook, Unit
from pricing.book.reading import load_rate_book
from pricing.book.terms import RatePrice, price_of
from scheduler.care.errors import Finding, InvalidInput, NotInForce

TEXTS = {
    "sv": {
        "rate": "Ersättning",
        "service": "Insats",
        "every": "alla",
        "rules": "Övriga regler",
        "kind": "Slag",
        "rule": "Regel",
        "value": "Värde",
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
        "service": "Service",
        "every": "all",
        "rules": "Further rules",
        "kind": "Kind",
        "rule": "Rule",
        "value": "Value",
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


# Service, zone, provider, band, delegated, from how many minutes, circumstance.
Place = tuple[str, str, str, str, bool, int, str]
# Position of the minutes in a place without its service.
LENGTH = 4


def rates(path: Path, output: Output, *, day: date | None) -> None:
    """
    Check the rate book in `path` and show its rules on `day`, else on that of its latest change.

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
    answer(
        output,
        lambda: _document(book, shown_day, found, output.lang),
        lambda screen: _print(book, shown_day, found, screen, output.lang),
    )


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


def _document(
    book: RateBook, day: date, found: list[tuple[list[Cell], RatePrice]], lang: str
) -> dict[str, Any]:
    return {
        "title": book.title,
        "day": day.isoformat(),
        "rates": [_rate(alike, price) for alike, price in found],
        "rules": [
            {
                "code": rule.code,
                "kind": kind_of(rule, lang),
                "text": rule.values.text,
                "applies": told_scope(book, rule.scope, lang),
                "value": told_value(rule, day, lang),
                "source": rule.values.source,
            }
            for rule in rules_on(book, day)
        ],
    }


def _rate(alike: list[Cell], price: RatePrice) -> dict[str, Any]:
    rate = price.rate
    return {
        "code": rate.code,
        "text": rate.values.text,
        "component": rate.component,
        "unit": rate.unit.value,
        "basis": rate.basis.value if rate.unit is Unit.HOUR else None,
        "services": sorted({cell.service for cell in alike}),
        "cells": [
            {
                "zone": cell.zone,
                "provider": cell.provider,
                "band": cell.band,
                "service": cell.service,
                "delegated": cell.delegated,
                "fromMin": cell.minutes,
                "circumstance": cell.circumstance,
            }
            for cell in sorted(alike, key=_place)
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


def _place(cell: Cell) -> Place:
    return (
        cell.service, cell.zone, cell.provider, cell.band, cell.delegated, cell.minutes,
        cell.circumstance,
    )  # fmt: skip


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
    for key in ("rate", "service", "for"):
        table.add_column(texts[key], overflow="fold")
    table.add_column(texts["amount"], justify="right", no_wrap=True)
    table.add_column(texts["unit"], overflow="fold")
    table.add_column(texts["how"], overflow="fold")
    for alike, price in found:
        how = [formula(f"{line.text} {line.formula}".strip(), lang) for line in price.lines[1:]]
        first = formula(price.lines[0].formula, lang)
        how = ([first] if first else []) + how
        if price.provisional:
            how.append(texts["provisional"])
        table.add_row(
            Text(price.rate.values.text),
            Text(_services(book, alike, texts["every"])),
            Text(_applies_to(book, price, alike, lang)),
            number(_shown(price), 2, lang),
            _unit(price.rate, lang),
            Text("; ".join(how)),
        )
    screen.print(table)
    _print_rules(book, day, screen, lang)
    rules = len(book.rules())
    screen.print(Text(texts["fine"].format(rules=rules, rates=len(book.rates))))


def _print_rules(book: RateBook, day: date, screen: Console, lang: str) -> None:
    texts, rules = TEXTS[lang], list(rules_on(book, day))
    if not rules:
        return
    screen.print(Text(texts["rules"], style="bold"))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for key in ("kind", "rule", "value", "for"):
        table.add_column(texts[key], overflow="fold")
    before = ""
    for rule in rules:
        kind = kind_of(rule, lang)
        scope = told_scope(book, rule.scope, lang) or texts["every"]
        shown = (rule.values.text, told_value(rule, day, lang), scope)
        table.add_row("" if kind == before else kind, *map(Text, shown))
        before = kind
    screen.print(table)


def _unit(rate: Rate, lang: str) -> str:
    unit = UNITS[lang][rate.unit]
    return f"{unit}, {WORDS[lang][rate.basis]}" if rate.unit is Unit.HOUR else unit


def _services(book: RateBook, alike: list[Cell], every: str) -> str:
    services = {cell.service for cell in alike}
    if services == book.paid_services and len(services) > 1:
        return every
    return ", ".join(book.services[service] for service in book.services if service in services)


def _applies_to(book: RateBook, price: RatePrice, alike: list[Cell], lang: str) -> str:
    """What else than the service tells the visits, left out where it makes no difference."""
    words = WORDS[lang]
    every = {_place(cell)[1:] for cell in cells(book, price.rate, every=True)}
    all_names = [sorted(set(names)) for names in zip(*every, strict=True)]
    labels: tuple[Mapping[Any, str], ...] = (
        book.zones,
        book.providers,
        {},
        {True: words["delegated"], False: words["own"]},
        _lengths(all_names[LENGTH], words),
        {**book.circumstances, "": words["none"]},
    )
    places = sorted({_place(cell)[1:] for cell in alike})
    own = [sorted(set(names)) for names in zip(*places, strict=True)]
    scope = price.rate.scope
    stated = (
        scope.zones is not None and len(book.zones) > len(scope.zones),
        scope.providers is not None and len(book.providers) > len(scope.providers),
        scope.bands is not None,
        scope.delegated is not None,
        bool(scope.from_min),
        scope.circumstances is not None,
    )
    whole = len(places) == prod(map(len, own))
    differs = [mine != full if whole else len(full) > 1
               for mine, full in zip(own, all_names, strict=True)]  # fmt: skip
    told = [says or each for says, each in zip(stated, differs, strict=True)]
    named = [
        [texts.get(name, str(name)) for name in names]
        for names, texts in zip(own, labels, strict=True)
    ]
    if whole:
        return "; ".join(", ".join(each) for each, shown in zip(named, told, strict=True) if shown)
    return " · ".join(
        "; ".join(
            texts.get(name, str(name))
            for name, texts, shown in zip(place, labels, told, strict=True)
            if shown
        )
        for place in places
    )


def _lengths(starts: Sequence[int], words: Mapping[Any, str]) -> dict[int, str]:
    """Each kind of length by its least minutes: ``0–19 min``, ``from 20 min``."""
    found = {begin: f"{begin}–{end - 1} min" for begin, end in pairwise(starts)}
    return {**found, starts[-1]: words["from"].format(starts[-1])}
