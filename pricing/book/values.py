"""
The values of a rate book: what each section accepts for one day, and how it is told otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from pricing.book.fields import Faults, day, known_keys, number, text
from pricing.book.stated import Derived, FromPriceList, Indexed, Level, Step
from pricing.price_list import PriceParameters
from pricing.quantities import exact
from pricing.toml_lines import Path
from scheduler.care.errors import CareError

# Finds a price list by the name that a book gives it; raises CareError when it cannot.
OpenPriceList = Callable[[str], PriceParameters]

LARGEST_RATE = Decimal(1_000_000)
LARGEST_MEASURE = 10_000
LEAST_DIVISOR = Decimal("0.01")
MOST_FACTOR = Decimal(100)
MOST_MINUTES = 14_400
MOST_FACTORS = 10


def rate_value(faults: Faults, path: Path, raw: object, open_list: OpenPriceList) -> Any:
    """Kronor, or a table: derived from another rate, or from a price list."""
    if not isinstance(raw, Mapping):
        return number(faults, path, raw, 0, LARGEST_RATE)
    if "price_list" in raw:
        return _from_price_list(faults, path, raw, open_list)
    before = len(faults.found)
    known_keys(faults, path, raw, {"from", "times", "divided_by", "plus"})
    source = text(faults, path, raw, "from")
    times = _factors(faults, (*path, "times"), raw.get("times", []), Decimal(0))
    divided_by = _factors(faults, (*path, "divided_by"), raw.get("divided_by", []), LEAST_DIVISOR)
    plus = number(faults, (*path, "plus"), raw.get("plus", 0), -LARGEST_RATE, LARGEST_RATE)
    if len(faults.found) > before or plus is None:
        return None
    return Derived(source, times, divided_by, plus)


def _from_price_list(
    faults: Faults, path: Path, raw: Mapping[str, Any], open_list: OpenPriceList
) -> FromPriceList | None:
    known_keys(faults, path, raw, {"price_list", "zone", "service", "provider"})
    file = text(faults, path, raw, "price_list")
    chosen = {
        key: text(faults, path, raw, key) if key in raw else None
        for key in ("zone", "service", "provider")
    }
    if not file:
        return None
    try:
        prices = open_list(file)
    except CareError as error:
        for each in error.findings:
            faults.add(
                (*path, "price_list"),
                "UNUSABLE_PRICE_LIST",
                f"{each.where}: {each.expected}",
                each.found,
                each.action,
            )
        return None
    return FromPriceList(file, prices, **chosen)


def _factors(faults: Faults, path: Path, raw: object, least: Decimal) -> tuple[Decimal, ...]:
    if not isinstance(raw, list) or len(raw) > MOST_FACTORS:
        expected = f"a list of at most {MOST_FACTORS} numbers"
        faults.add(path, "WRONG_FIELD", expected, raw, "Skriv till exempel [0.985].")
        return ()
    found = [
        number(faults, (*path, position), value, least, MOST_FACTOR)
        for position, value in enumerate(raw)
    ]
    return tuple(value for value in found if value is not None)


def indexed(
    faults: Faults, path: Path, raw: object, least: Decimal, most: Decimal
) -> Decimal | Indexed | None:
    """A number, or provisional and final with the day from which the final one is known."""
    if not isinstance(raw, Mapping):
        return number(faults, path, raw, least, most)
    known_keys(faults, path, raw, {"provisional", "final", "known_from"})
    provisional = number(faults, (*path, "provisional"), raw.get("provisional"), least, most)
    final = known_from = None
    if "final" in raw or "known_from" in raw:
        final = number(faults, (*path, "final"), raw.get("final"), least, most)
        known_from = day(faults, (*path, "known_from"), raw.get("known_from"))
    return None if provisional is None else Indexed(provisional, final, known_from)


def levels(faults: Faults, path: Path, raw: object, most: Decimal) -> tuple[Level, ...] | None:
    """What is deducted below, or above, each level: the nearest first, then ever further off."""
    if not isinstance(raw, list) or not raw:
        expected = "a list of { below, value } or { above, value }"
        faults.add(path, "WRONG_FIELD", expected, raw, "Ange avdraget för varje nivå.")
        return None
    found = [_level(faults, (*path, position), each, most) for position, each in enumerate(raw)]
    whole = tuple(level for level in found if level is not None)
    if len(whole) == len(found):
        below = [each.below for each in whole if each.below is not None]
        above = [each.above for each in whole if each.above is not None]
        falling, rising = sorted(set(below), reverse=True), sorted(set(above))
        if (below and above) or below != falling or above != rising:
            faults.add(
                path,
                "WRONG_LEVELS",
                "only below, each lower than the one before, or only above, each higher",
                ", ".join(map(str, [*below, *above])),
                "Ordna nivåerna från den närmaste till den som missas mest.",
            )
    return whole


def _level(faults: Faults, path: Path, raw: object, most: Decimal) -> Level | None:
    if not isinstance(raw, Mapping) or ("below" in raw) == ("above" in raw):
        expected = "{ below, value } or { above, value }"
        faults.add(path, "WRONG_FIELD", expected, raw, "Skriv nivån som en tabell.")
        return None
    side = "below" if "below" in raw else "above"
    known_keys(faults, path, raw, {side, "value"})
    limit = number(faults, (*path, side), raw[side], 0, LARGEST_MEASURE)
    value = number(faults, (*path, "value"), raw.get("value"), 0, most)
    if limit is None or value is None:
        return None
    return Level(limit if side == "below" else None, limit if side == "above" else None, value)


def steps(faults: Faults, path: Path, raw: object) -> tuple[Step, ...] | None:
    """Shares by the number of the day: a number for every day, or tables with ``from_day``."""
    if exact(raw) is not None:
        share = number(faults, path, raw, 0, 1)
        return None if share is None else (Step(1, share),)
    if not isinstance(raw, list) or not raw:
        expected = "a share, or a list of { from_day, share }"
        faults.add(path, "WRONG_FIELD", expected, raw, "Ange andelen per frånvarodag.")
        return None
    found = [_step(faults, (*path, position), each) for position, each in enumerate(raw)]
    whole = tuple(step for step in found if step is not None)
    days = [step.from_day for step in whole]
    if len(whole) == len(found) and (days[0] != 1 or days != sorted(set(days))):
        faults.add(
            path,
            "WRONG_STEPS",
            "from_day 1 first, then rising",
            ", ".join(map(str, days)),
            "Ordna stegen efter dag och börja med dag 1.",
        )
    return whole


def _step(faults: Faults, path: Path, raw: object) -> Step | None:
    if not isinstance(raw, Mapping):
        faults.add(path, "WRONG_FIELD", "{ from_day, share }", raw, "Skriv steget som en tabell.")
        return None
    known_keys(faults, path, raw, {"from_day", "share", "minutes", "at_most_min"})
    from_day = whole_number(faults, (*path, "from_day"), raw.get("from_day"), 1, 10_000)
    share = number(faults, (*path, "share"), raw.get("share"), 0, 1)
    limits = [
        whole_number(faults, (*path, key), raw[key], 0, MOST_MINUTES) if key in raw else None
        for key in ("minutes", "at_most_min")
    ]
    if from_day is None or share is None:
        return None
    return Step(from_day, share, *limits)


def whole_number(
    faults: Faults, path: Path, raw: object, least: int = 0, most: int = MOST_MINUTES
) -> int | None:
    """A whole number within its bounds."""
    value = number(faults, path, raw, least, most, whole=True)
    return None if value is None else int(value)
