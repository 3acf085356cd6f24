"""
Reading a rate book: one TOML file, judged as a whole.

A book is refused with every fault at once, each with file, line, path, expected, found and what to
do.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pricing.book.calendar import EVERY_TIME
from pricing.book.calendar_fields import read_calendars
from pricing.book.checks import check
from pricing.book.fields import Faults, Table, known_keys, tables, text, texts_by_code
from pricing.book.model import (
    Adjustment,
    Cap,
    Deduction,
    MinimumAmount,
    MinimumMinutes,
    MinuteRounding,
    NotPerformed,
    Rate,
    RateBook,
    Rule,
    Staffing,
    StandardTime,
    StartUp,
    Vat,
)
from pricing.book.sections import NO_CIRCUMSTANCE, SECTIONS, Names, Reader
from pricing.book.values import OpenPriceList
from pricing.price import load_price_parameters
from pricing.price_list import PriceParameters
from pricing.toml_file import parse_toml, read_bytes
from pricing.toml_lines import Path as Place
from scheduler.care.dated import Dated
from scheduler.care.errors import Finding, InvalidInput

MOST_RULES = 2_000
HEAD = (
    "title", "municipality", "source", "services", "zones", "providers", "circumstances",
    "calendar",
)  # fmt: skip

Kind = TypeVar("Kind", bound=Rule)


def load_rate_book(path: Path) -> RateBook:
    """
    The rate book of one TOML file; price lists that it names lie in the same folder.

    Raises
    ------
    InvalidInput
        With every fault of the file.
    """

    def open_list(name: str) -> PriceParameters:
        if Path(name).name != name:
            raise InvalidInput(
                Finding(
                    "WRONG_FIELD",
                    "price_list",
                    "a file in the folder of the book",
                    name,
                    "Lägg prislistan bredvid boken och ange bara filnamnet.",
                )
            )
        return load_price_parameters(path.parent / name)

    return parse_rate_book(read_bytes(path), path.name, open_list)


def parse_rate_book(content: bytes, name: str, open_list: OpenPriceList) -> RateBook:
    """
    As :func:`load_rate_book`, from the bytes of a document.

    Parameters
    ----------
    open_list
        Finds a price list by the name that the book gives it.
    """
    document, lines = parse_toml(content, name)
    return read_rate_book(document, name, lines, open_list)


def read_rate_book(
    document: Table, name: str, lines: Mapping[Place, int], open_list: OpenPriceList
) -> RateBook:
    """
    As :func:`load_rate_book`, from a document already read.

    Parameters
    ----------
    document
        Numbers int or Decimal.
    lines
        Path -> line; may be empty.
    """
    faults = Faults(name, lines)
    known_keys(faults, (), document, (*HEAD, *SECTIONS))
    head = {key: text(faults, (), document, key) for key in ("title", "municipality", "source")}
    services, zones, providers = (
        texts_by_code(faults, document, key) for key in ("services", "zones", "providers")
    )
    circumstances = texts_by_code(faults, document, "circumstances", optional=True)
    if NO_CIRCUMSTANCE in circumstances:
        expected, action = f"another code: {NO_CIRCUMSTANCE} is of rows with none", "Byt kod."
        place = ("circumstances", NO_CIRCUMSTANCE)
        faults.add(place, "RESERVED_NAME", expected, NO_CIRCUMSTANCE, action)
    calendars = read_calendars(faults, document)
    reader = Reader(
        faults,
        Names(
            frozenset(services),
            frozenset(zones),
            frozenset(providers),
            bands_of(calendars),
            frozenset({*circumstances, NO_CIRCUMSTANCE}) if circumstances else frozenset(),
        ),
        open_list,
    )
    rules = _rules(reader, document)
    book = RateBook(
        name=name,
        **head,
        services=services,
        zones=zones,
        providers=providers,
        circumstances=circumstances,
        calendars=calendars,
        rates=_of(Rate, rules),
        adjustments=_of(Adjustment, rules),
        standard_times=_of(StandardTime, rules),
        not_performed=_of(NotPerformed, rules),
        start_ups=_of(StartUp, rules),
        staffing=_of(Staffing, rules),
        minimum_minutes=_of(MinimumMinutes, rules),
        minimum_amounts=_of(MinimumAmount, rules),
        minute_rounding=_of(MinuteRounding, rules),
        caps=_of(Cap, rules),
        deductions=_of(Deduction, rules),
        vat=_of(Vat, rules),
    )
    if not document.get("rate"):
        faults.add(("rate",), "MISSING_FIELD", "at least one rate", "none", "Skriv [[rate]].")
    # What a rule with a fault would have been is unknown, so only a whole book is tried out.
    findings = [*faults.found, *check(book, whole=not faults.found)]
    if findings:
        raise InvalidInput(findings)
    return book


def bands_of(calendars: Dated | None) -> frozenset[str]:
    """Every band that some calendar gives."""
    if calendars is None:
        return frozenset({EVERY_TIME})
    return frozenset(band for _, each in calendars.values for band in each.bands)


def _rules(reader: Reader, document: Mapping[str, Any]) -> list[Rule]:
    found = []
    for section in SECTIONS:
        for position, (path, table) in enumerate(tables(reader.faults, document, section)):
            if position == MOST_RULES:
                reader.faults.add(
                    path, "TOO_MANY_RULES", f"at most {MOST_RULES}", "more", "Dela boken."
                )
                break
            rule = reader.rule(section, path, table)
            if rule is not None:
                found.append(rule)
    return found


def _of(kind: type[Kind], rules: list[Rule]) -> tuple[Kind, ...]:
    return tuple(rule for rule in rules if isinstance(rule, kind))
