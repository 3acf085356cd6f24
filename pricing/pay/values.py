"""
Fields of performed visits, from their text to what is kept: a number, or the name itself.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from pricing.book.calendar import epoch_minute
from pricing.book.model import Status
from pricing.pay.columns import NAMES, STATUSES, TEXTS
from pricing.pay.rows import DEFAULTS, REQUIRED
from pricing.pay.visits import (
    MOST_GRANTED_MINUTES,
    MOST_MINUTES,
    MOST_QUANTITY,
    MOST_STAFF,
    Deviation,
)

FAULTY = -1
MOST_TEXT = 100
YEARS = range(2000, 2100)


class Codes(dict[str, int]):
    """
    Code of each text of a field, worked out when it first comes: its value, or FAULTY.

    Of a field that holds names the code is the place of the name in `names`.
    """

    def __init__(self, field: str) -> None:
        super().__init__()
        self.names: dict[str, int] = {}
        self._convert, self._default = CONVERT[field], DEFAULTS.get(field, "")
        self._named = field in NAMES or field in TEXTS

    def __missing__(self, text: str) -> int:
        value = self._convert(text.strip() or self._default)
        if value is None:
            code = FAULTY
        else:
            code = self.names.setdefault(value, len(self.names)) if self._named else int(value)
        self[text] = code
        return code


def _name(text: str) -> str | None:
    return text if 0 < len(text) <= MOST_TEXT and text.isprintable() else None


def _optional_name(text: str) -> str | None:
    return text if len(text) <= MOST_TEXT and (not text or text.isprintable()) else None


def _whole(most: int, least: int = 0) -> Callable[[str], int | None]:
    def convert(text: str) -> int | None:
        if not (text.isascii() and text.isdecimal() and len(text) <= 9):
            return None
        return int(text) if least <= int(text) <= most else None

    return convert


def _start(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None or moment.year not in YEARS:
            return None
        return epoch_minute(moment)
    except (ValueError, OverflowError):
        return None


def _day(text: str) -> int | None:
    if not text:
        return 0
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day.toordinal() if day.year in YEARS else None


def _status(text: str) -> int | None:
    return STATUSES.index(Status(text)) if text in Status.__members__ else None


def _deviation(text: str) -> str | None:
    return text if not text or text in Deviation.__members__ else None


def _flag(text: str) -> int | None:
    return {"true": 1, "1": 1, "false": 0, "0": 0}.get(text.lower())


def _quantity(text: str) -> int | None:
    if not text.isascii() or "_" in text:
        return None  # Decimal would take figures of any script, and underscores
    try:
        value = Decimal(text.replace(",", ".")) * 1000
    except InvalidOperation:
        return None
    if not value.is_finite() or not 0 <= value <= MOST_QUANTITY * 1000 or value % 1:
        return None
    return int(value)


CONVERT: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("id", "provider", "provider_kind", "recipient", "service", "zone"), _name),
    "start": _start,
    "status": _status,
    "performed_min": _whole(MOST_GRANTED_MINUTES),
    "granted_min": _whole(MOST_GRANTED_MINUTES),
    "staff": _whole(MOST_STAFF, 1),
    "delegated": _flag,
    "quantity": _quantity,
    "absent_from": _day,
    "circumstance": _optional_name,
    "carer": _optional_name,
    "planned_visit": _optional_name,
    "deviation": _deviation,
}
EXPECTED = {
    **dict.fromkeys(REQUIRED, f"a text of 1 to {MOST_TEXT} characters"),
    "start": "a time with its offset, such as 2026-03-04T09:00:00+01:00",
    "status": f"one of {', '.join(Status)}",
    "performed_min": f"whole minutes, 0 to {MOST_MINUTES}",
    "granted_min": f"whole minutes, 0 to {MOST_MINUTES}, or {MOST_GRANTED_MINUTES} if GRANTED",
    "staff": f"1 to {MOST_STAFF}",
    "delegated": "true or false",
    "quantity": f"0 to {MOST_QUANTITY}, at most three decimals",
    "absent_from": "a day as YYYY-MM-DD",
    **dict.fromkeys(
        ("circumstance", "carer", "planned_visit"), f"a text of at most {MOST_TEXT} characters"
    ),
    "deviation": f"one of {', '.join(Deviation)}, or nothing",
}
