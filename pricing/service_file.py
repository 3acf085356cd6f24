"""
Reading the costs of an internal service: one TOML file, checked as a whole.

Its parameters are dated like those of a price list, with unit and source; the format is described
in docs/pricing.md. A document is refused with all its faults at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from pricing.price_file import in_file
from pricing.quantities import SHARE, Quantity, value_findings
from scheduler.care.dated import Dated, Parameters, parse_dated, read_toml
from scheduler.care.errors import Finding, InvalidInput

# Above any municipality's whole budget.
KR_PER_YEAR = Quantity("kr/year", most=Decimal(10) ** 12)
UNITS_PER_YEAR = Quantity("units/year", most=Decimal(10) ** 9)
WEIGHT = Quantity("weight", least=Decimal("0.000001"), most=Decimal(1000))
KEYS = ("title", "unit", "volume", "cost", "consumers", "commissions", "parameters")


class CostKind(StrEnum):
    """What a cost step adds: kronor a year, or a share of the subtotal so far."""

    AMOUNT = "amount"
    SHARE = "share"


COST_QUANTITY = {CostKind.AMOUNT: KR_PER_YEAR, CostKind.SHARE: SHARE}


@dataclass(frozen=True, slots=True)
class CostStep:
    """One line of the cost, named after its parameter."""

    kind: CostKind
    parameter: str


@dataclass(frozen=True, slots=True)
class Consumer:
    """
    Somebody who uses the service; what it uses and pays are names of parameters.

    Parameters
    ----------
    code, text
        Stable name, and who it is, in Swedish.
    volume
        What it used, units a year.
    weight
        What one of its units is worth in whole units; None for 1.
    charged
        What it was charged by budget, kronor a year; None when it was not.
    """

    code: str
    text: str
    volume: str
    weight: str | None = None
    charged: str | None = None


@dataclass(frozen=True, slots=True)
class Commission:
    """
    A commission outside the unit cost, passed through at its actual cost.

    Parameters
    ----------
    cost, reimbursed
        Names of parameters, kronor a year; nothing reimbursed yet is None.
    """

    code: str
    text: str
    cost: str
    reimbursed: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceCosts:
    """
    The costs of a service as its file states them.

    Parameters
    ----------
    unit
        What is delivered, in Swedish and singular: ``portion``.
    volume
        Parameter of all that was delivered, in whole units a year; None when the consumers used
        all of it.
    """

    title: str
    unit: str
    volume: str | None
    cost: tuple[CostStep, ...]
    consumers: tuple[Consumer, ...]
    commissions: tuple[Commission, ...]
    parameters: Parameters

    def last_change(self) -> date:
        """The latest day on which a value changes."""
        return max(day for each in self.parameters.items.values() for day, _ in each.values)


def load_service_costs(path: Path) -> ServiceCosts:
    """The service of one TOML file; InvalidInput with every fault of the file."""
    return parse_service_costs(read_toml(path), path.name)


def parse_service_costs(document: Mapping[str, Any], name: str) -> ServiceCosts:
    """As :func:`load_service_costs`, from a document already read and its name."""
    findings = [
        _fault(key, f"one of {', '.join(KEYS)}", key) for key in document if key not in KEYS
    ]
    findings += [
        _fault(key, "a text", repr(document.get(key))[:80])
        for key in ("title", "unit")
        if not _is_text(document.get(key))
    ]
    volume = document.get("volume")
    if volume is not None and not _is_text(volume):
        findings.append(_fault("volume", "a parameter's name", repr(volume)[:80]))
    cost = tuple(_steps(document.get("cost"), findings))
    consumers = [
        Consumer(**row)
        for row in _rows(document, "consumers", ("volume",), ("weight", "charged"), findings)
    ]
    commissions = [
        Commission(**row)
        for row in _rows(document, "commissions", ("cost",), ("reimbursed",), findings)
    ]
    if not consumers and not findings:
        findings.append(_fault("consumers", "at least one", "none"))
    codes = [each.code for each in consumers] + [each.code for each in commissions]
    if len(codes) != len(set(codes)):
        findings.append(_fault("consumers, commissions", "different codes", "one twice"))
    uses = dict(_uses(volume, cost, consumers, commissions))
    parameters = _parameters(
        document.get("parameters"), uses, whole=not findings, findings=findings
    )
    if findings:
        raise InvalidInput(in_file(name, findings))
    return ServiceCosts(
        str(document["title"]),
        str(document["unit"]),
        volume,
        cost,
        tuple(consumers),
        tuple(commissions),
        Parameters(parameters),
    )


def _steps(raw: object, findings: list[Finding]) -> Iterator[CostStep]:
    if not isinstance(raw, list) or not raw:
        findings.append(_fault("cost", "a list of steps", repr(raw)[:80]))
        return
    seen = set()
    for position, step in enumerate(raw):
        where = f"cost[{position}]"
        if not isinstance(step, Mapping) or step.keys() != {"kind", "parameter"}:
            findings.append(_fault(where, "{ kind = …, parameter = … }", repr(step)[:80]))
        elif step["kind"] not in set(CostKind) or not _is_text(step["parameter"]):
            expected = f"kind one of {', '.join(CostKind)}, and a parameter's name"
            findings.append(_fault(where, expected, repr(dict(step))[:80]))
        elif step["parameter"] in seen:
            findings.append(_fault(where, "each parameter once", str(step["parameter"])))
        else:
            seen.add(step["parameter"])
            yield CostStep(CostKind(step["kind"]), step["parameter"])


def _rows(
    document: Mapping[str, Any],
    key: str,
    needed: tuple[str, ...],
    optional: tuple[str, ...],
    findings: list[Finding],
) -> Iterator[dict[str, str]]:
    raw = document.get(key, [])
    if not isinstance(raw, list):
        findings.append(_fault(key, f"[[{key}]]", repr(raw)[:80]))
        return
    needed = ("code", "text", *needed)
    for position, row in enumerate(raw):
        where = f"{key}[{position}]"
        wrong = not isinstance(row, Mapping) or not set(needed) <= row.keys() <= {
            *needed,
            *optional,
        }
        if wrong or not all(map(_is_text, row.values())):
            expected = f"texts {', '.join(needed)}, and perhaps {', '.join(optional)}"
            findings.append(_fault(where, expected, repr(row)[:80]))
        else:
            yield dict(row)


def _uses(
    volume: object,
    cost: tuple[CostStep, ...],
    consumers: list[Consumer],
    commissions: list[Commission],
) -> Iterator[tuple[str, Quantity]]:
    """Each parameter that is named, and what it must be."""
    if isinstance(volume, str):
        yield volume, UNITS_PER_YEAR
    for step in cost:
        yield step.parameter, COST_QUANTITY[step.kind]
    for each in consumers:
        yield each.volume, UNITS_PER_YEAR
        if each.weight is not None:
            yield each.weight, WEIGHT
        if each.charged is not None:
            yield each.charged, KR_PER_YEAR
    for commission in commissions:
        yield commission.cost, KR_PER_YEAR
        if commission.reimbursed is not None:
            yield commission.reimbursed, KR_PER_YEAR


def _parameters(
    raw: object, uses: Mapping[str, Quantity], *, whole: bool, findings: list[Finding]
) -> dict[str, Dated]:
    """The parameters; one that nothing uses is told only when all that could use it was read."""
    if not isinstance(raw, Mapping):
        findings.append(_fault("parameters", "tables", repr(raw)[:80]))
        return {}
    parameters = {}
    for name, table in raw.items():
        dated, faults = parse_dated(name, table if isinstance(table, Mapping) else {})
        findings.extend(faults)
        if dated is not None:
            parameters[name] = dated
        if name in uses and dated is not None:
            findings.extend(value_findings(dated, uses[name], {}))
        if whole and name not in uses:
            findings.append(_fault(f"parameters.{name}", "a parameter that is used", name))
    findings.extend(
        _fault(f"parameters.{name}", "a parameter, since it is used", "none of that name")
        for name in uses
        if name not in raw
    )
    return parameters


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _fault(where: str, expected: str, found: str) -> Finding:
    return Finding("WRONG_FIELD", where, expected, found, "Rätta fältet enligt formatet.")
