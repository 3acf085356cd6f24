"""
Catalogue of standard times (schablontider): what a municipality grants per service and occasion.

A catalogue is one dated TOML file per municipality::

    municipality = "Kristianstad"

    [service.walk]
    text = "Promenad"
    unit = "min/occasion"
    source = "where the minutes were published"
    values = { 2017-05-01 = 45 }
    skills = []                   # every carer who does it must hold all of them
    priority = 3                  # 1 must be done, 2 should, 3 can wait
    recipient_present = true      # whether the recipient has to be at home

    [cap.walk]                    # optional: most granted minutes per week or year
    text = "Promenad, högst per vecka"
    unit = "min/week"
    source = "where the cap was published"
    values = { 2017-05-01 = 135 }

The reader promises that every value is a whole number of minutes of at least one, and raises once
with all faults of the file. Minutes that a decision states itself replace the standard time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from scheduler.care.dated import Dated, parse_dated, read_toml
from scheduler.care.errors import Finding, InvalidInput, UnknownValue
from scheduler.care.model import Period, Priority, ServiceLine

PARAMETERS = Path(__file__).parent / "parameters"
KRISTIANSTAD = PARAMETERS / "standard_times_kristianstad.toml"
SOLNA = PARAMETERS / "standard_times_solna.toml"

OCCASION_UNIT = "min/occasion"
CAP_PERIODS = {"min/week": Period.WEEK, "min/year": Period.YEAR}


@dataclass(frozen=True, slots=True)
class Service:
    """
    One service (insats) of a catalogue.

    Parameters
    ----------
    standard
        Dated whole minutes per occasion.
    skills
        Every one must be held by the carer.
    priority
        As :class:`scheduler.care.model.Priority`.
    recipient_present
        Whether the recipient has to be at home.
    cap, cap_period
        Most granted minutes per week or year, dated; None means no cap.
    """

    code: str
    text: str
    standard: Dated
    skills: frozenset[str]
    priority: int
    recipient_present: bool
    cap: Dated | None = None
    cap_period: Period = Period.WEEK


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The services of one municipality by code."""

    municipality: str
    services: Mapping[str, Service] = field(default_factory=dict)

    def service(self, code: str) -> Service:
        """
        The service called `code`.

        Raises
        ------
        UnknownValue
            When the catalogue does not have it; names the codes it has.
        """
        if code not in self.services:
            raise UnknownValue(
                Finding(
                    "UNKNOWN_SERVICE",
                    f"catalogue {self.municipality}",
                    "one of " + ", ".join(sorted(self.services)),
                    code,
                    "Välj en insats som finns i kommunens katalog eller lägg till den där.",
                )
            )
        return self.services[code]

    def minutes(self, code: str, day: date) -> int:
        """
        Standard minutes per occasion of service `code` on `day`.

        Raises
        ------
        UnknownValue
            When the catalogue does not have the service.
        NotInForce
            Before its first value, or from the day it ended.
        """
        return int(self.service(code).standard.on(day))

    def line_minutes(self, line: ServiceLine, day: date) -> int:
        """Minutes per occasion of `line`: its own if stated, else the standard on `day`."""
        return self.minutes(line.service, day) if line.own_minutes is None else line.own_minutes


def load_catalogue(path: Path = KRISTIANSTAD) -> Catalogue:
    """
    The catalogue in the TOML file `path`.

    Raises
    ------
    InvalidInput
        With every fault of the file.
    """
    content = read_toml(path)
    findings: list[Finding] = []
    municipality = content.get("municipality")
    if not isinstance(municipality, str) or not municipality.strip():
        findings.append(
            _fault("MISSING_FIELD", "municipality", "the name of the municipality", municipality)
        )
    caps = _section(content, "cap", findings)
    tables = _section(content, "service", findings)
    findings.extend(
        _fault("UNKNOWN_SERVICE", f"cap.{code}", "a service of the same file", code)
        for code in caps
        if code not in tables
    )
    services: dict[str, Service] = {}
    for code, table in tables.items():
        service, faults = _parse_service(code, table, caps.get(code))
        findings.extend(faults)
        if service is not None:
            services[code] = service
    if findings:
        raise InvalidInput(findings)
    return Catalogue(str(municipality), services)


def _section(
    content: Mapping[str, Any], name: str, findings: list[Finding]
) -> Mapping[str, Mapping[str, Any]]:
    section = content.get(name, {})
    if not isinstance(section, Mapping):
        findings.append(_fault("NOT_A_TABLE", name, "a table of tables", section))
        return {}
    tables: dict[str, Mapping[str, Any]] = {}
    for key, table in section.items():
        if isinstance(table, Mapping):
            tables[key] = table
        else:
            findings.append(_fault("NOT_A_TABLE", f"{name}.{key}", "a table", table))
    return tables


def _parse_service(
    code: str, table: Mapping[str, Any], cap_table: Mapping[str, Any] | None
) -> tuple[Service | None, list[Finding]]:
    where = f"service.{code}"
    standard, findings = _parse_minutes(where, table, (OCCASION_UNIT,))
    cap: Dated | None = None
    if cap_table is not None:
        cap, faults = _parse_minutes(f"cap.{code}", cap_table, tuple(CAP_PERIODS))
        findings.extend(faults)
    skills = table.get("skills")
    if not isinstance(skills, list) or not all(isinstance(skill, str) for skill in skills):
        findings.append(_fault("NOT_A_LIST", f"{where}.skills", "a list of skills", skills))
        skills = []
    priority = table.get("priority")
    if not isinstance(priority, int) or priority not in tuple(Priority):
        findings.append(_fault("PRIORITY_OUT_OF_RANGE", f"{where}.priority", "1, 2 or 3", priority))
    present = table.get("recipient_present")
    if not isinstance(present, bool):
        findings.append(
            _fault("MISSING_FIELD", f"{where}.recipient_present", "true or false", present)
        )
    if findings or standard is None or priority is None:
        return None, findings
    return Service(
        code=code,
        text=standard.text,
        standard=standard,
        skills=frozenset(skills),
        priority=int(priority),
        recipient_present=bool(present),
        cap=cap,
        cap_period=CAP_PERIODS[cap.unit] if cap is not None else Period.WEEK,
    ), []


def _parse_minutes(
    where: str, table: Mapping[str, Any], units: tuple[str, ...]
) -> tuple[Dated | None, list[Finding]]:
    """A dated parameter in one of `units` whose every value is whole minutes, at least one."""
    dated, findings = parse_dated(where, table)
    if dated is None:
        return None, findings
    if dated.unit not in units:
        findings.append(
            _fault("UNKNOWN_UNIT", f"{where}.unit", "one of " + ", ".join(units), dated.unit)
        )
    findings.extend(
        _fault("NOT_WHOLE_MINUTES", f"{where}.values.{day}", "whole minutes, at least 1", value)
        for day, value in dated.values
        if value is not None
        and not (isinstance(value, Decimal) and value >= 1 and value == value.to_integral_value())
    )
    return (None, findings) if findings else (dated, [])


def _fault(code: str, where: str, expected: str, found: object) -> Finding:
    shown = "nothing" if found is None else str(found)[:80]
    return Finding(code, where, expected, shown, "Rätta katalogen över schablontider.")
