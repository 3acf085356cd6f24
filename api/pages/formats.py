"""
Numbers, shares, times and days as people read them: sv-SE first, English second.

Swedish: decimal comma, no-break space between thousands, 24 h clock, ISO weeks. English: decimal
point and comma. Rounding is half up, as in the price lists. Clock times are Swedish local time,
also on the two nights when the clock is changed.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from scheduler.care.units import STOCKHOLM, round_half_up

NBSP = "\u00a0"
MINUS = "\u2212"
LANGUAGES = ("sv", "en")
SECONDS_PER_HOUR = 3600

_SWEDISH_NUMBER = re.compile(rf"\d+(?:{NBSP}\d{{3}})*(?:,\d+)?")
_FORMULA_WORDS = {
    "angivet belopp": "stated amount",
    "avrundas": "is rounded",
    "Avrundning till": "Rounded to",
    "enligt ": "as in ",
}
_WEEKDAYS = {
    "sv": ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "sv": (
        *("januari", "februari", "mars", "april", "maj", "juni"),
        *("juli", "augusti", "september", "oktober", "november", "december"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
# The Swedish alphabet ends with å ä ö; code point order would give ä å ö.
_ALPHABET = str.maketrans({"å": "{1", "ä": "{2", "æ": "{2", "ö": "{3", "ø": "{3", "é": "e"})


def number(value: Decimal | int, decimals: int = 0, lang: str = "sv") -> str:
    """`value` rounded half up to `decimals` places, with the separators of `lang`."""
    rounded = round_half_up(Decimal(value), Decimal(1).scaleb(-decimals))
    text = f"{abs(rounded):,.{decimals}f}"
    if lang == "sv":
        text = text.replace(",", NBSP).replace(".", ",")
    return f"{MINUS}{text}" if rounded < 0 else text


def signed(value: Decimal | int, decimals: int = 0, lang: str = "sv") -> str:
    """As :func:`number`, with a plus sign on what is above zero."""
    text = number(value, decimals, lang)
    return text if text.startswith(MINUS) or Decimal(value) == 0 else f"+{text}"


def formula(text: str, lang: str = "sv") -> str:
    """A calculation as pricing writes it, which is Swedish, with the separators of `lang`."""
    if lang == "sv":
        return text
    text = _SWEDISH_NUMBER.sub(lambda found: _to_english(found[0]), text)
    for swedish, english in _FORMULA_WORDS.items():
        text = text.replace(swedish, english)
    return text.replace(f"{NBSP}%", "%")


def _to_english(figures: str) -> str:
    return figures.replace(",", ".").replace(NBSP, ",")


def percent(share: Decimal | None, lang: str = "sv", decimals: int = 1) -> str:
    """A share in [0, 1] as percent; None, a share of nothing, as a dash."""
    if share is None:
        return "–"
    text = number(share * 100, decimals, lang)
    return f"{text}{NBSP}%" if lang == "sv" else f"{text}%"


def ratio(part: int, whole: int) -> Decimal | None:
    """`part` of `whole`, unrounded; None when there is no whole."""
    return Decimal(part) / Decimal(whole) if whole else None


def hours(seconds: int, lang: str = "sv", decimals: int = 1) -> str:
    """Seconds as hours with decimals, without a unit."""
    return number(Decimal(seconds) / SECONDS_PER_HOUR, decimals, lang)


def minutes(seconds: int, lang: str = "sv") -> str:
    """Seconds as whole minutes, without a unit; what is less than half a minute shows as 0."""
    return number(Decimal(seconds) / 60, 0, lang)


def clock(moment: datetime) -> str:
    """Swedish local time as HH:MM, cut to the minute as a clock shows it."""
    return f"{moment.astimezone(STOCKHOLM):%H:%M}"


def clock_on(moment: datetime, day: date, lang: str = "sv") -> str:
    """As :func:`clock`, with the short weekday added when it is not on `day`."""
    local = moment.astimezone(STOCKHOLM)
    if local.date() == day:
        return clock(moment)
    return f"{clock(moment)} {weekday(local.date(), lang)[:3]}"


def weekday(day: date, lang: str = "sv") -> str:
    """Name of the weekday, in Swedish with a small letter."""
    return _WEEKDAYS[lang][day.weekday()]


def long_day(day: date, lang: str = "sv") -> str:
    """E.g. ``onsdag 4 mars 2026, vecka 10`` (ISO week)."""
    month = _MONTHS[lang][day.month - 1]
    week = "vecka" if lang == "sv" else "week"
    return f"{weekday(day, lang)} {day.day} {month} {day.year}, {week} {day.isocalendar().week}"


def alphabetical(name: str) -> tuple[str, str]:
    """Sort key by the Swedish alphabet; the name itself breaks ties."""
    return name.casefold().translate(_ALPHABET), name
