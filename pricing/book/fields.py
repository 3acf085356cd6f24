"""
Reading the fields of a rate book: each value checked where it stands, every fault collected.

A reader of a field returns None (or an empty value) when it has told a fault; the book is built
only when nothing was told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from pricing.quantities import LARGEST, MOST_DECIMALS, exact
from pricing.toml_lines import Path
from scheduler.care.dated import ENDED
from scheduler.care.errors import Finding

Choice = TypeVar("Choice", bound=StrEnum)
Table = Mapping[str, Any]
MOST_NAMES_SHOWN = 12
MOST_SHOWN = 60


class Faults:
    """
    Findings of one document, each with file, line and path.

    Parameters
    ----------
    name
        Of the document.
    lines
        Path -> line; empty for a document without lines, such as JSON.
    """

    def __init__(self, name: str, lines: Mapping[Path, int]) -> None:
        self.name = name
        self.found: list[Finding] = []
        self._lines = lines

    def where(self, path: Path) -> str:
        """``book.toml:41: rate[2].unit``; the line of the nearest key that is there."""
        line = next(
            (
                self._lines[path[:length]]
                for length in range(len(path), 0, -1)
                if path[:length] in self._lines
            ),
            None,
        )
        place = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")
        return f"{self.name}{f':{line}' if line else ''}: {place}"

    def add(self, path: Path, code: str, expected: str, found: object, action: str) -> None:
        """One more finding."""
        text = found if isinstance(found, str) else repr(found)
        self.found.append(Finding(code, self.where(path), expected, text[:MOST_SHOWN], action))


def listed(names: Collection[str]) -> str:
    """Names for a finding; long lists are cut."""
    shown = sorted(names)[:MOST_NAMES_SHOWN]
    return ", ".join(shown) + (" …" if len(names) > len(shown) else "")


def tables(faults: Faults, document: Table, key: str) -> list[tuple[Path, Table]]:
    """The tables of ``[[key]]`` with their paths."""
    raw = document.get(key, [])
    if not isinstance(raw, list):
        faults.add(
            (key,), "WRONG_FIELD", "a list of tables", type(raw).__name__, f"Skriv [[{key}]]."
        )
        return []
    found: list[tuple[Path, Table]] = []
    for position, table in enumerate(raw):
        if isinstance(table, Mapping):
            found.append(((key, position), table))
        else:
            faults.add(
                (key, position), "WRONG_FIELD", "a table", type(table).__name__, f"Skriv [[{key}]]."
            )
    return found


def known_keys(faults: Faults, path: Path, table: Table, known: Collection[str]) -> None:
    """Tell every key that is not known; a misspelt one would else be ignored."""
    for key in table:
        if key not in known:
            faults.add(
                (*path, key),
                "UNKNOWN_FIELD",
                f"one of {listed(known)}",
                str(key),
                "Rätta stavningen eller ta bort fältet.",
            )


def text(faults: Faults, path: Path, table: Table, key: str) -> str:
    """A text that is not empty."""
    raw = table.get(key)
    if isinstance(raw, str) and raw.strip():
        return raw
    _missing_or_wrong(faults, (*path, key), raw, "a text", f"Ange {key}.")
    return ""


def texts_by_code(
    faults: Faults, document: Table, key: str, *, optional: bool = False
) -> dict[str, str]:
    """A table of codes and their Swedish texts; at least one, unless it may be left out."""
    raw = document.get(key)
    if optional and raw is None:
        return {}
    if not isinstance(raw, Mapping) or not raw:
        _missing_or_wrong(faults, (key,), raw, "a table of codes and texts", f"Skriv [{key}].")
        return {}
    return {code: text(faults, (key,), raw, code) for code in raw}


def names(
    faults: Faults, path: Path, table: Table, key: str, known: Collection[str]
) -> frozenset[str] | None:
    """A name or a list of them, all known; None when the key is not there."""
    if key not in table:
        return None
    raw = table[key]
    given = raw if isinstance(raw, list) else [raw]
    if not given:
        faults.add((*path, key), "WRONG_FIELD", "at least one name", "none", f"Ange {key}.")
    for position, name in enumerate(given):
        if not isinstance(name, str) or name not in known:
            place = (*path, key, position) if isinstance(raw, list) else (*path, key)
            expected = f"one of {listed(known)}" if known else "no such criterion: none is defined"
            faults.add(place, "UNKNOWN_NAME", expected, name, "Rätta namnet eller definiera det.")
    return frozenset(str(name) for name in given)


def choice(
    faults: Faults,
    path: Path,
    table: Table,
    key: str,
    kinds: type[Choice],
    default: Choice | None = None,
) -> Choice | None:
    """One of an enumeration; `default` when the key is not there, a fault without one."""
    raw = table.get(key, default)
    if isinstance(raw, str) and raw in list(kinds):
        return kinds(raw)
    expected = f"one of {', '.join(kinds)}"
    _missing_or_wrong(faults, (*path, key), raw, expected, "Välj ett av värdena.")
    return None


def flag(faults: Faults, path: Path, table: Table, key: str) -> bool | None:
    """True or false; None when the key is not there."""
    raw = table.get(key)
    if raw is None or isinstance(raw, bool):
        return raw
    faults.add((*path, key), "WRONG_FIELD", "true or false", raw, "Skriv true eller false.")
    return None


def number(
    faults: Faults,
    path: Path,
    raw: object,
    least: Decimal | int = 0,
    most: Decimal | int = LARGEST,
    *,
    whole: bool = False,
) -> Decimal | None:
    """An exact number within its bounds, both included, with at most six decimals."""
    value = exact(raw)
    kind = "a whole number" if whole else f"an exact number with at most {MOST_DECIMALS} decimals"
    expected = f"{kind}, {least} to {most}"
    if value is None:
        _missing_or_wrong(faults, path, raw, expected, "Ange ett tal.")
        return None
    fits = least <= value <= most
    if not fits or round(value, 0 if whole else MOST_DECIMALS) != value:
        faults.add(path, "OUT_OF_RANGE", expected, str(value), "Rätta värdet.")
        return None
    return value


def step_of_kronor(faults: Faults, path: Path, table: Table, key: str) -> Decimal | None:
    """1, 0.1 or 0.01 kronor; None when the key is not there."""
    raw = table.get(key)
    if raw is None:
        return None
    value = exact(raw)
    if value in (Decimal(1), Decimal("0.1"), Decimal("0.01")):
        return value
    faults.add((*path, key), "OUT_OF_RANGE", "1, 0.1 or 0.01 (kr)", str(raw), "Rätta avrundningen.")
    return None


def day(faults: Faults, path: Path, raw: object) -> date | None:
    """A day, as TOML writes it or as ISO text."""
    if type(raw) is date:
        return raw
    try:
        if isinstance(raw, str):
            return date.fromisoformat(raw)
    except ValueError:
        pass
    faults.add(path, "NOT_A_DAY", "a day as YYYY-MM-DD", raw, "Skriv dagen som ÅÅÅÅ-MM-DD.")
    return None


def dated_values(
    faults: Faults, path: Path, table: Table, read: Callable[[Path, Any], Any]
) -> tuple[tuple[date, Any], ...]:
    """
    The values by first day, in rising order; ``"ended"`` becomes None.

    Parameters
    ----------
    read
        Reads one value at its path; None when it told a fault.
    """
    raw = table.get("values")
    place = (*path, "values")
    if not isinstance(raw, Mapping) or not raw:
        _missing_or_wrong(
            faults, place, raw, "values by first day", "Skriv values = { ÅÅÅÅ-MM-DD = … }."
        )
        return ()
    found: dict[date, Any] = {}
    ended = set()
    for key, value in raw.items():
        first_day = day(faults, (*place, key), key)
        read_value = None if value == ENDED else read((*place, key), value)
        if first_day is None:
            continue
        if first_day in found:
            faults.add((*place, key), "DAY_TWICE", "each day once", str(key), "Ta bort den ena.")
        found[first_day] = read_value
        if value == ENDED:
            ended.add(first_day)
    if found and min(found) in ended:
        faults.add(place, "ENDED_FIRST", "a value before it ends", ENDED, "Ta bort regeln.")
    return tuple(sorted(found.items()))


def _missing_or_wrong(faults: Faults, path: Path, raw: object, expected: str, action: str) -> None:
    if raw is None:
        faults.add(path, "MISSING_FIELD", expected, "none", action)
    else:
        faults.add(path, "WRONG_FIELD", expected, raw, action)
