"""Rate books to try out, and times by the clock in Sweden."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache

from price_cases import PUBLISHED

from pricing.book.calendar import epoch_minute
from pricing.book.model import RateBook
from pricing.book.reading import load_rate_book, parse_rate_book
from pricing.price_list import PriceParameters
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.units import STOCKHOLM

HEAD = """
title = "Provbok"
municipality = "Provköping"
source = "test"
[services]
care = "Omvårdnad"
service = "Service"
[zones]
town = "Tätort"
rural = "Landsbygd"
[providers]
OWN = "Egen regi"
PRIVATE = "Privat utförare"
"""
HOUR = """
[[rate]]
code = "hour"
text = "Timme"
source = "test"
unit = "hour"
basis = "performed"
values = { 2026-01-01 = 500 }
"""


@cache
def published_book(file: str) -> RateBook:
    """A published rate book."""
    return load_rate_book(PUBLISHED / file)


def no_list(name: str) -> PriceParameters:
    """A book of the tests names no price list."""
    raise InvalidInput(Finding("UNREADABLE_FILE", name, "a price list", "none", "Lägg till den."))


def book_of(*parts: str, head: str = HEAD) -> RateBook:
    """A book from pieces of TOML."""
    return parse_rate_book((head + "".join(parts)).encode(), "test.toml", no_list)


def rule(section: str, code: str, values: str, **fields: str) -> str:
    """One rule as TOML; `values` and fields as they are written in the file."""
    own = "".join(f"{key} = {value}\n" for key, value in fields.items())
    return (
        f'\n[[{section}]]\ncode = "{code}"\ntext = "{code}"\nsource = "test"\n'
        f"values = {values}\n{own}"
    )


def at(day: date, clock: str = "09:00") -> int:
    """Minutes since 1970 when the clocks in Sweden show `clock`."""
    hour, minute = map(int, clock.split(":"))
    moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=STOCKHOLM)
    return epoch_minute(moment)
