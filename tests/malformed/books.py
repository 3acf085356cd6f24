"""Rate books with faults: each function spoils a document in one way and tells the place."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from copy import deepcopy
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from pricing.book.sections import SECTIONS
from tests.malformed.made import Made
from tests.malformed.toml import Raw, toml_text

Document = dict[str, Any]
# Spoils a document; the place of its fault, or None where the document has nothing of the kind.
Spoil = Callable[[Random, Document], str | None]

NO_NUMBER = (Raw("nan"), Raw("inf"), True, "x", [], Decimal("0.0000001"))
NO_TEXT = ("", "  ", 5, [], True, {}, Raw("2026-01-01"))
NO_DAY = ("2026-02-30", "2026-13-01", "2026-1-1", "01/02/2026", "from the start", "0000-01-01", "")
NO_CLOCK = ("24:01", "7:00", "07.00", "0700", "", 7, Raw("07:00:00"), "07:60", "٠٧:00")
SHARE_BROKEN = 0.1
CHOICES = ("unit", "basis", "kind", "status", "direction", "per")
SCOPES = ("service", "zone", "provider", "band")
# What a value of each section must not be.
BOUNDS: dict[str, tuple[Any, ...]] = {
    "rate": (-1, 1_000_001, Decimal("-0.01"), {}, {"price_list": "none.toml"}, {"from": "nothing"},
             {"from": 5}, {"from": "care", "tims": [1]}, {"price_list": "../prices.toml"}),
    "standard_time": (-1, 14_401, Decimal("1.5"), {}),
    "not_performed": (-1, Decimal("1.01"), {}, [{}], [{"from_day": 2, "share": 1}],
                      [{"from_day": 1, "share": 2}], [{"from_day": 0, "share": 1}], [5],
                      [{"from_day": 1, "share": 1}, {"from_day": 1, "share": 0}],
                      [{"from_day": 1, "share": 1, "minutes": -1}],
                      [{"from_day": 1, "share": 1, "hours": 2}]),
    "start_up": (-1, 201, {}),
    "staffing": (Decimal("-0.1"), Decimal("2.1"), {}),
    "minimum_minutes": (-1, 14_401, Decimal("7.5"), {}),
    "minimum_amount": (-1, 1_000_001, {}),
    "minute_rounding": (0, 61, Decimal("2.5"), -5, {}),
    "deduction": (-1, 1_000_001, {}, [5]),
    "cap": (Decimal("-0.1"), 100_001, {}),
    "vat": (Decimal("-0.1"), Decimal("1.1"), 25, {}),
    "adjustment": (-1_000_001, 1_000_001, {}, {"provisional": "x"}, {"final": 1},
                   {"provisional": 1, "final": 1}, {"provisional": 1, "known_from": "soon"}),
}  # fmt: skip


def spoilt_book(draw: Random, books: Sequence[Path]) -> Made:
    """A published book, or the demonstration's, with one to three faults."""
    document = deepcopy(_document(draw.choice(books)))
    told: list[tuple[str, str]] = []
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        place = None
        while place is None:
            spoil = draw.choice(SPOILS)
            place = spoil(draw, document)
        told.append((spoil.__name__.strip("_"), place))
    content = toml_text(document).encode()
    if draw.random() < SHARE_BROKEN:
        name, content = draw.choice(BREAKS)(draw, content)
        told.append((name, "book.toml"))
    what = ", ".join(f"{name} at {place}" for name, place in told)
    return Made("book", what, "book.toml", content, told[0][1] if len(told) == 1 else "")


@cache
def _document(path: Path) -> Document:
    return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


# ---------------------------------------------------------------- the head


def _head_missing(draw: Random, document: Document) -> str | None:
    key = draw.choice(("title", "municipality", "source", "services", "zones", "providers", "rate"))
    return key if document.pop(key, None) is not None else None


def _head_wrong(draw: Random, document: Document) -> str | None:
    key = draw.choice(("title", "municipality", "source", "services", "zones", "providers", "rate"))
    wrong: tuple[Any, ...] = ("x", 5, [], True)
    document[key] = draw.choice(NO_TEXT if key in ("title", "municipality", "source") else wrong)
    return key


def _section_unknown(draw: Random, document: Document) -> str | None:
    key = draw.choice(("rates", "vats", "Rate", "calender", "rate_", "version"))
    document[key] = draw.choice((1, "x", [{"code": "x"}], {"a": "b"}))
    return key


def _section_no_list(draw: Random, document: Document) -> str | None:
    key = draw.choice([*SECTIONS, "calendar"])
    document[key] = draw.choice(({"a": 1}, 5, "x", [5], [[]]))
    return key


def _text_of_code(draw: Random, document: Document) -> str | None:
    key = draw.choice(("services", "zones", "providers"))
    if not isinstance(document.get(key), dict) or not document[key]:
        return None
    code = draw.choice(sorted(document[key]))
    document[key][code] = draw.choice(NO_TEXT)
    return f"{key}.{code}"


# ---------------------------------------------------------------- any rule


def _rule(draw: Random, document: Document, *sections: str) -> tuple[str, str, Document] | None:
    """Section, place and table of a rule."""
    found = [
        (section, f"{section}[{position}]", table)
        for section in sections or tuple(SECTIONS)
        if isinstance(document.get(section), list)
        for position, table in enumerate(document[section])
        if isinstance(table, dict)
    ]
    return draw.choice(found) if found else None


def _field_missing(draw: Random, document: Document) -> str | None:
    if (chosen := _rule(draw, document)) is None:
        return None
    section, place, table = chosen
    own = {"rate": ("unit", "basis"), "adjustment": ("kind",), "not_performed": ("status",),
           "minute_rounding": ("direction",), "cap": ("per", "unit")}.get(section, ())  # fmt: skip
    key = draw.choice(("code", "text", "source", "values", *own))
    return f"{place}.{key}" if table.pop(key, None) is not None else None


def _field_misspelt(draw: Random, document: Document) -> str | None:
    if (chosen := _rule(draw, document)) is None or not chosen[2]:
        return None
    _, place, table = chosen
    key = draw.choice(sorted(table))
    wrong = draw.choice((f"{key}s", key.upper(), f"{key}_", key[:-1] or "x", f"x{key}"))
    table[wrong] = table.pop(key)
    return f"{place}.{wrong}"


def _text_wrong(draw: Random, document: Document) -> str | None:
    if (chosen := _rule(draw, document)) is None:
        return None
    key = draw.choice(("code", "text", "source"))
    chosen[2][key] = draw.choice(NO_TEXT)
    return f"{chosen[1]}.{key}"


def _choice_wrong(draw: Random, document: Document) -> str | None:
    if (chosen := _rule(draw, document)) is None:
        return None
    keys = [key for key in CHOICES if isinstance(chosen[2].get(key), str)]
    if not keys:
        return None
    key = draw.choice(keys)
    chosen[2][key] = draw.choice(
        ("", "timme", chosen[2][key].title() + "x", 5, [], True, "WITHDRAWN")
    )
    return f"{chosen[1]}.{key}"


def _scope_unknown(draw: Random, document: Document) -> str | None:
    if (chosen := _rule(draw, document)) is None:
        return None
    key = draw.choice(SCOPES)
    chosen[2][key] = draw.choice(("nowhere", ["nowhere"], [], 5, [5], "", True, {"a": 1}))
    return f"{chosen[1]}.{key}"


def _flag_wrong(draw: Random, document: Document) -> str | None:
    if (chosen := _rule(draw, document)) is None:
        return None
    chosen[2]["delegated"] = draw.choice((0, 1, "true", "ja", []))
    return f"{chosen[1]}.delegated"


def _rule_twice(draw: Random, document: Document) -> str | None:
    if (chosen := _rule(draw, document)) is None:
        return None
    document[chosen[0]].append(deepcopy(chosen[2]))
    return f"{chosen[0]}[{len(document[chosen[0]]) - 1}]"


def _rule_ambiguous(draw: Random, document: Document) -> str | None:
    sections = [section for section in SECTIONS if section != "adjustment"]
    if (chosen := _rule(draw, document, *sections)) is None:
        return None
    document[chosen[0]].append(deepcopy(chosen[2]) | {"code": f"copy-{draw.randrange(10_000)}"})
    return f"{chosen[0]}[{len(document[chosen[0]]) - 1}]"


# ---------------------------------------------------------------- values


def _value_wrong(draw: Random, document: Document) -> str | None:
    if (chosen := _rule(draw, document)) is None or not isinstance(chosen[2].get("values"), dict):
        return None
    section, place, table = chosen
    day = draw.choice(sorted(table["values"]) or ["2026-01-01"])
    table["values"][day] = deepcopy(draw.choice((*BOUNDS[section], *NO_NUMBER)))
    # A rate that nothing gives is told of the rate, since it may follow from several.
    return place if section == "rate" else f"{place}.values"


def _values_wrong(draw: Random, document: Document) -> str | None:
    if (chosen := _rule(draw, document)) is None:
        return None
    wrong = draw.choice(({}, 5, "500", [], {"2026-01-01": "ended"}, True))
    chosen[2]["values"] = wrong
    return f"{chosen[1]}.values"


def _day_wrong(draw: Random, document: Document) -> str | None:
    if (chosen := _rule(draw, document)) is None:
        return None
    values = chosen[2].get("values")
    if not isinstance(values, dict) or not values:
        return None
    values[draw.choice(NO_DAY)] = deepcopy(values[draw.choice(sorted(values))])
    return f"{chosen[1]}.values"


def _day_twice(draw: Random, document: Document) -> str | None:
    if (chosen := _rule(draw, document)) is None:
        return None
    values = chosen[2].get("values")
    days = [key for key in values if len(key) == 10] if isinstance(values, dict) else []
    if not days:
        return None
    day = draw.choice(days)
    values[day.replace("-", "")] = deepcopy(values[day])
    return f"{chosen[1]}.values"


def _circle(draw: Random, document: Document) -> str | None:
    chosen = _rule(draw, document, "rate")
    if (
        chosen is None
        or not isinstance(chosen[2].get("code"), str)
        or not chosen[2]["code"].strip()
    ):
        return None
    factor = Decimal(draw.randrange(1, 100)) / 10
    chosen[2]["values"] = {"2026-01-01": {"from": chosen[2]["code"], "times": [factor]}}
    return chosen[1]


# ---------------------------------------------------------------- fields of some sections


def _rate_field(draw: Random, document: Document) -> str | None:
    chosen = _rule(draw, document, "rate")
    if chosen is None or chosen[2].get("unit") not in ("hour", "delivery", "occasion", "day",
                                                       "month", "km"):  # fmt: skip
        return None
    _, place, table = chosen
    hourly, period = table["unit"] == "hour", table["unit"] in ("day", "month")
    wrong: list[tuple[str, Any]] = [
        ("round_kr", draw.choice((5, Decimal("0.5"), "1", 0, True))),
        ("component", draw.choice(NO_TEXT)),
        ("from_min", draw.choice((-1, 14_401, "x", Decimal("1.5")))),
        ("whole_month", draw.choice((1, "ja", []))),
    ]
    wrong += [] if hourly else [("basis", "performed"), ("least_performed_share", Decimal("0.8"))]
    wrong += [("below_min", 15)] if period else [("below_min", 0)]
    wrong += [("whole_month", True)] if table["unit"] != "month" else []
    key, value = draw.choice(wrong)
    table[key] = value
    return f"{place}.{key}"


def _adjusted_rate_unknown(draw: Random, document: Document) -> str | None:
    if (chosen := _rule(draw, document, "adjustment")) is None:
        return None
    chosen[2]["rate"] = draw.choice(("nothing", ["nothing"], 5, [True], ""))
    return chosen[1]


def _calendar(draw: Random, document: Document) -> str | None:
    calendars = document.get("calendar")
    if not isinstance(calendars, list) or not isinstance(calendars[0], dict):
        return None
    at = draw.randrange(len(calendars))
    table, place = calendars[at], f"calendar[{at}]"
    key = draw.choice(("first_day", "default", "bands", "days", "by_minute", "misspelt", "twice"))
    if key == "twice":
        calendars.append(deepcopy(table))
        return f"calendar[{len(calendars) - 1}]"
    wrong: dict[str, tuple[Any, ...]] = {
        "first_day": (*NO_DAY, 5, True),
        "default": NO_TEXT,
        "bands": ({}, 5, "x", [5], [{}]),
        "days": (5, [], "x", {"2026-02-30": "fair"}, {"2026-03-01": 5}, {"2026-03-01": ""}),
        "by_minute": (1, "ja", []),
        "misspelt": (1, "x"),
    }
    table[key] = draw.choice(wrong[key])
    return f"{place}.{key}"


def _band(draw: Random, document: Document) -> str | None:
    calendars = document.get("calendar")
    if not isinstance(calendars, list) or not isinstance(calendars[0], dict):
        return None
    bands = calendars[0].get("bands")
    if not isinstance(bands, list) or not bands:
        return None
    at = draw.randrange(len(bands))
    if not isinstance(bands[at], dict):
        return None
    key = draw.choice(("from", "to", "days", "band", "until"))
    wrong: dict[str, tuple[Any, ...]] = {
        "days": ("mumday", ["mumday"], [], 5, ""),
        "band": NO_TEXT,
        "until": ("22:00",),
    }
    bands[at][key] = draw.choice(wrong.get(key, NO_CLOCK))
    return f"calendar[0].bands[{at}].{key}"


SPOILS: tuple[Spoil, ...] = (
    _head_missing, _head_wrong, _section_unknown, _section_no_list, _text_of_code,
    *(_field_missing, _field_misspelt, _text_wrong, _choice_wrong, _scope_unknown) * 2,
    *(_value_wrong,) * 4,
    _flag_wrong, _rule_twice, _rule_ambiguous, _values_wrong, _day_wrong, _day_twice, _circle,
    _rate_field, _adjusted_rate_unknown, _calendar, _band,
)  # fmt: skip


# ---------------------------------------------------------------- what is no TOML any more


def _cut_off(draw: Random, content: bytes) -> tuple[str, bytes]:
    end = draw.choice((b"\n[[rate", b"\nx =", b'\nx = "', b"\nx = [1,", b"\nx = { a = 1"))
    return "cut off", content + end


def _control(draw: Random, content: bytes) -> tuple[str, bytes]:
    at = draw.randrange(len(content))
    while content[at] >= 0x80:  # not within a letter of several bytes
        at -= 1
    return "no text", content[:at] + draw.choice((b"\x00", b"\x01", b"\xff", b"\x7f")) + content[
        at:
    ]


def _no_quote(draw: Random, content: bytes) -> tuple[str, bytes]:
    lines = content.split(b"\n")
    at = draw.choice([number for number, line in enumerate(lines) if b'"' in line])
    cut = lines[at].rindex(b'"')
    lines[at] = lines[at][:cut] + lines[at][cut + 1 :]
    return "a quote short", b"\n".join(lines)


def _same_key(draw: Random, content: bytes) -> tuple[str, bytes]:
    lines = content.split(b"\n")
    at = draw.choice([number for number, line in enumerate(lines) if b" = " in line])
    lines.insert(at, lines[at])
    return "a key twice", b"\n".join(lines)


def _stray(draw: Random, content: bytes) -> tuple[str, bytes]:
    lines = content.split(b"\n")
    lines.insert(draw.randrange(len(lines)), draw.choice((b"Se bilaga 2", b"= 5", b"]", b"a.b")))
    return "a stray line", b"\n".join(lines)


BREAKS = (_cut_off, _control, _no_quote, _same_key, _stray)
