"""
Dated parameters: a value with unit and source, by its first day in force.

A parameter is read from TOML::

    [monthly_wage]
    text = "Månadslön, undersköterska"
    unit = "kr/month"
    source = "where the figure was published"
    values = { 2026-01-01 = 30907, 2027-01-01 = "ended" }

The value of a day is the one with the latest first day that is not after it. A day before the
first value, and a day from which the value is "ended", raise :class:`NotInForce`: no default is
ever filled in. Numbers become Decimal; a value may also be text or a table, as its reader demands.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from scheduler.care.errors import Finding, InvalidInput, NotInForce, UnknownValue

ENDED = "ended"
# Files whose parameters are kept: all that there are, with those of a few municipalities.
FILES_KEPT = 64


@dataclass(frozen=True, slots=True)
class Dated:
    """
    One parameter over time.

    Parameters
    ----------
    name
        Key in its file, e.g. ``monthly_wage``.
    text
        What it is, in Swedish.
    unit
        E.g. ``kr/month``, ``share``, ``min``.
    source
        Where the figures come from, with year.
    values
        ``(first day, value)`` in rising order; a value of ``None`` means ended.
    """

    name: str
    text: str
    unit: str
    source: str
    values: tuple[tuple[date, Any], ...]

    def on(self, day: date) -> Any:
        """
        The value in force on `day`.

        Raises
        ------
        NotInForce
            On a day before the first value, or from the day it ended.
        """
        current: tuple[date, Any] | None = None
        for first_day, value in self.values:
            if first_day > day:
                break
            current = (first_day, value)
        if current is None:
            first = self.values[0][0].isoformat()
            raise NotInForce(
                Finding(
                    "BEFORE_FIRST_VALUE",
                    self.name,
                    f"a day from {first}",
                    day.isoformat(),
                    f"Ange ett värde för {self.name} som gäller från {day.isoformat()} "
                    "eller tidigare.",
                )
            )
        if current[1] is None:
            raise NotInForce(
                Finding(
                    "VALUE_ENDED",
                    self.name,
                    f"a day before {current[0].isoformat()}",
                    day.isoformat(),
                    f"{self.name} upphörde {current[0].isoformat()}; ange ett nytt värde.",
                )
            )
        return current[1]


def read_toml(path: Path) -> dict[str, Any]:
    """
    A TOML file with every number as int or Decimal.

    Raises
    ------
    InvalidInput
        When the file cannot be read or is not TOML; names the file and, if known, the line.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, UnicodeDecodeError) as error:
        found = getattr(error, "strerror", None) or type(error).__name__
        expected = "a readable UTF-8 file"
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        found, expected = str(error)[:200], "valid TOML"
    raise InvalidInput(
        Finding("UNREADABLE_FILE", path.name, expected, found, "Rätta filen och försök igen.")
    )


def parse_dated(name: str, table: Mapping[str, Any]) -> tuple[Dated | None, list[Finding]]:
    """
    One parameter from its TOML table; every fault of the table is returned, none raised.

    Returns
    -------
    (Dated or None, findings)
        None exactly when there are findings.
    """
    findings = [
        Finding(
            "MISSING_FIELD",
            f"{name}.{key}",
            "a text",
            repr(table.get(key)),
            f"Ange {key} för {name}.",
        )
        for key in ("text", "unit", "source")
        if not isinstance(table.get(key), str) or not table[key].strip()
    ]
    raw = table.get("values")
    values: list[tuple[date, Any]] = []
    if not isinstance(raw, Mapping) or not raw:
        findings.append(
            Finding(
                "MISSING_FIELD",
                f"{name}.values",
                "at least one value by its first day",
                "none",
                f"Ange värden för {name} med första dag.",
            )
        )
    else:
        for key, value in raw.items():
            try:
                first_day = date.fromisoformat(key)
            except ValueError:
                findings.append(
                    Finding(
                        "NOT_A_DAY",
                        f"{name}.values.{key}",
                        "a day as YYYY-MM-DD",
                        key,
                        "Skriv dagen som ÅÅÅÅ-MM-DD.",
                    )
                )
                continue
            if isinstance(value, bool) or (isinstance(value, Decimal) and not value.is_finite()):
                findings.append(
                    Finding(
                        "NOT_A_VALUE",
                        f"{name}.values.{key}",
                        "a finite number, a text or a table",
                        str(value),
                        "Ange ett tal.",
                    )
                )
                continue
            if isinstance(value, int):
                value = Decimal(value)
            values.append((first_day, None if value == ENDED else value))
    if findings:
        return None, findings
    values.sort(key=lambda item: item[0])
    return Dated(name, table["text"], table["unit"], table["source"], tuple(values)), []


@dataclass(frozen=True, slots=True)
class Parameters:
    """A named set of dated parameters, as one file or folder holds them."""

    items: Mapping[str, Dated]

    def __contains__(self, name: str) -> bool:
        return name in self.items

    def get(self, name: str) -> Dated:
        """
        The parameter called `name`.

        Raises
        ------
        UnknownValue
            When nothing defines it.
        """
        if name not in self.items:
            raise UnknownValue(
                Finding(
                    "UNKNOWN_PARAMETER",
                    name,
                    "a parameter that the file defines",
                    "none of that name",
                    f"Lägg till {name} i parameterfilen.",
                )
            )
        return self.items[name]

    def on(self, name: str, day: date) -> Any:
        """The value of `name` on `day`; raises as :meth:`get` and :meth:`Dated.on`."""
        return self.get(name).on(day)


def read_parameters(path: Path) -> Parameters:
    """
    All parameters of one TOML file; it is read again only when it has changed.

    Raises
    ------
    InvalidInput
        With every fault of the file.
    """
    try:
        found = path.stat()
    except OSError:
        # Told by who tries to read it.
        return _parameters(path)
    return _parameters_as_of(path, (found.st_ino, found.st_mtime_ns, found.st_size))


@lru_cache(maxsize=FILES_KEPT)
def _parameters_as_of(path: Path, _state: tuple[int, int, int]) -> Parameters:
    return _parameters(path)


def _parameters(path: Path) -> Parameters:
    items: dict[str, Dated] = {}
    findings: list[Finding] = []
    for name, table in read_toml(path).items():
        if not isinstance(table, Mapping):
            findings.append(
                Finding(
                    "NOT_A_TABLE",
                    f"{path.name}: {name}",
                    "a table with text, unit, source and values",
                    type(table).__name__,
                    f"Skriv [{name}] som en tabell.",
                )
            )
            continue
        dated, faults = parse_dated(name, table)
        findings.extend(faults)
        if dated is not None:
            items[name] = dated
    if findings:
        raise InvalidInput(findings)
    return Parameters(items)
