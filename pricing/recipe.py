"""
The recipe of a price: which steps, in which order, from staff cost to rate.

A price list holds one recipe for each day from which its formula changed, so a month keeps the
formula it was priced by. Steps only name parameters; :mod:`pricing.rules` holds their formulas.

    cost : worked hour -> ancillary time -> amounts and shares    the same for every provider
    rate : efficiency, exemptions, compensation, index -> round   per kind of provider
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from pricing.quantities import (
    CHANGE,
    KR_PER_CARE_HOUR,
    KR_PER_WORKED_HOUR,
    KR_STEP,
    SHARE,
    Quantity,
)
from scheduler.care.errors import Finding
from scheduler.care.model import ProviderKind


class StepKind(StrEnum):
    """What a step does to the subtotal; see docs/pricing.md."""

    WORKED_HOUR = "worked_hour"
    WORKED_HOUR_AMOUNT = "worked_hour_amount"
    ANCILLARY_SHARE = "ancillary_share"
    ANCILLARY_AMOUNT = "ancillary_amount"
    AMOUNT = "amount"
    SHARE = "share"
    EFFICIENCY_SHARE = "efficiency_share"
    EXEMPT_AMOUNT = "exempt_amount"
    EXEMPT_SHARE = "exempt_share"
    COMPENSATION_SHARE = "compensation_share"
    INDEX_SHARE = "index_share"
    ROUND = "round"


class TimeClass(StrEnum):
    """What worked time is used for beside care; how a measured share finds its step."""

    TRANSPORT = "transport"
    WAITING = "waiting"
    INDIRECT = "indirect"
    STAFF_RELATED = "staff_related"
    UNBOOKED = "unbooked"


# What a step measures when it does not say: the shares that every plan measures.
DEFAULT_CLASS: Mapping[str, TimeClass] = {
    "transport_share": TimeClass.TRANSPORT,
    "waiting_share": TimeClass.WAITING,
    "unbooked_share": TimeClass.UNBOOKED,
}

# What the parameter of a step must be; WORKED_HOUR reads the terms of employment instead.
QUANTITY: Mapping[StepKind, Quantity] = {
    StepKind.WORKED_HOUR_AMOUNT: KR_PER_WORKED_HOUR,
    StepKind.ANCILLARY_SHARE: SHARE,
    StepKind.ANCILLARY_AMOUNT: KR_PER_CARE_HOUR,
    StepKind.AMOUNT: KR_PER_CARE_HOUR,
    StepKind.SHARE: SHARE,
    StepKind.EFFICIENCY_SHARE: SHARE,
    StepKind.EXEMPT_AMOUNT: KR_PER_CARE_HOUR,
    StepKind.EXEMPT_SHARE: SHARE,
    StepKind.COMPENSATION_SHARE: SHARE,
    StepKind.INDEX_SHARE: CHANGE,
    StepKind.ROUND: KR_STEP,
}

# Place of a kind within its list; places never fall along the list. Staff cost comes first, so that
# what follows it is the non-time cost; rounding comes last, so that nothing is rounded twice.
COST_PLACE: Mapping[StepKind, int] = {
    StepKind.WORKED_HOUR: 0,
    StepKind.WORKED_HOUR_AMOUNT: 0,
    StepKind.ANCILLARY_SHARE: 1,
    StepKind.ANCILLARY_AMOUNT: 1,
    StepKind.AMOUNT: 2,
    StepKind.SHARE: 2,
}
RATE_PLACE: Mapping[StepKind, int] = {
    StepKind.EFFICIENCY_SHARE: 0,
    StepKind.EXEMPT_AMOUNT: 0,
    StepKind.EXEMPT_SHARE: 0,
    StepKind.COMPENSATION_SHARE: 0,
    StepKind.INDEX_SHARE: 0,
    StepKind.ROUND: 1,
}
WORKED_HOUR_KINDS = frozenset({StepKind.WORKED_HOUR, StepKind.WORKED_HOUR_AMOUNT})
ANCILLARY_KINDS = frozenset({StepKind.ANCILLARY_SHARE, StepKind.ANCILLARY_AMOUNT})
STAFF_KINDS = WORKED_HOUR_KINDS | ANCILLARY_KINDS


@dataclass(frozen=True, slots=True)
class Step:
    """
    One step of a recipe.

    Parameters
    ----------
    kind
        What it does.
    parameter
        Name of its parameter, and code of its line; for WORKED_HOUR, which has none, the kind.
    provider
        The only kind of provider it holds for; None for all.
    time_class
        What an ANCILLARY_SHARE step is measured as; None for one that is always stated.
    """

    kind: StepKind
    parameter: str
    provider: ProviderKind | None = None
    time_class: TimeClass | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """Steps to the full cost, and from it to the rate."""

    cost: tuple[Step, ...]
    rate: tuple[Step, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps in order."""
        return self.cost + self.rate

    def cost_kinds(self) -> frozenset[StepKind]:
        """Kinds that the cost list uses."""
        return frozenset(step.kind for step in self.cost)


def parse_recipe(where: str, table: object) -> tuple[tuple[date, Recipe] | None, list[Finding]]:
    """
    One dated recipe from its table; every fault is returned, none raised.

    Parameters
    ----------
    where
        Its place in the file, e.g. ``recipe[0]``.
    table
        ``first_day``, ``cost`` and ``rate``.

    Returns
    -------
    ((first day, Recipe) or None, findings)
        None exactly when there are findings.
    """
    if not isinstance(table, Mapping):
        return None, [_finding(where, "a table", type(table).__name__, "Skriv [[recipe]].")]
    findings = _unknown_keys(where, table, {"first_day", "cost", "rate"})
    first_day = _day(table.get("first_day"))
    if first_day is None:
        findings.append(
            Finding(
                "NOT_A_DAY",
                f"{where}.first_day",
                "a day as YYYY-MM-DD",
                repr(table.get("first_day")),
                "Ange första dag som ÅÅÅÅ-MM-DD.",
            )
        )
    cost = _steps(f"{where}.cost", table.get("cost"), COST_PLACE, findings)
    rate = _steps(f"{where}.rate", table.get("rate"), RATE_PLACE, findings)
    if findings or first_day is None:
        return None, findings
    findings.extend(_structure_findings(where, cost, rate))
    return (None, findings) if findings else ((first_day, Recipe(cost, rate)), [])


def _steps(
    where: str, raw: object, places: Mapping[StepKind, int], findings: list[Finding]
) -> tuple[Step, ...]:
    if not isinstance(raw, list) or not raw:
        findings.append(_finding(where, "a list of steps", "none", "Ange minst ett steg."))
        return ()
    steps = []
    for position, item in enumerate(raw):
        step = _step(f"{where}[{position}]", item, places, findings)
        if step is not None:
            steps.append(step)
    return tuple(steps)


def _step(
    where: str, item: object, places: Mapping[StepKind, int], findings: list[Finding]
) -> Step | None:
    if not isinstance(item, Mapping):
        findings.append(_finding(where, "a table", type(item).__name__, "Skriv { kind = … }."))
        return None
    before = len(findings)
    findings.extend(_unknown_keys(where, item, {"kind", "parameter", "provider", "time_class"}))
    kinds = {kind.value: kind for kind in places}
    kind = kinds.get(str(item.get("kind")))
    if kind is None:
        expected = f"one of {', '.join(kinds)}"
        findings.append(
            _finding(f"{where}.kind", expected, repr(item.get("kind")), "Välj ett av stegen.")
        )
        return None
    provider = item.get("provider")
    allowed = places is RATE_PLACE and kind is not StepKind.ROUND
    if provider is not None and (not allowed or provider not in ProviderKind.__members__):
        expected = f"one of {', '.join(ProviderKind)}" if allowed else "no provider"
        findings.append(
            _finding(f"{where}.provider", expected, repr(provider), "Rätta utförarformen.")
        )
    parameter = item.get("parameter")
    if kind not in QUANTITY:
        if parameter is not None:
            findings.append(
                _finding(f"{where}.parameter", "none", repr(parameter), "Ta bort parametern.")
            )
        parameter = kind.value
    elif not isinstance(parameter, str) or not parameter:
        findings.append(
            _finding(
                f"{where}.parameter", "a parameter's name", repr(parameter), "Ange parametern."
            )
        )
    time_class = item.get("time_class")
    measurable = kind is StepKind.ANCILLARY_SHARE
    known = {each.value: each for each in TimeClass} if measurable else {}
    if time_class is not None and time_class not in known:
        expected = f"one of {', '.join(known)}" if measurable else "no time class"
        findings.append(
            _finding(f"{where}.time_class", expected, repr(time_class)[:80], "Rätta tidsslaget.")
        )
    if len(findings) > before:
        return None
    return Step(
        kind,
        str(parameter),
        None if provider is None else ProviderKind(provider),
        known.get(str(time_class), DEFAULT_CLASS.get(str(parameter)) if measurable else None),
    )


def _structure_findings(
    where: str, cost: tuple[Step, ...], rate: tuple[Step, ...]
) -> list[Finding]:
    findings: list[Finding] = []

    def fault(part: str, expected: str, found: str, action: str) -> None:
        findings.append(Finding("WRONG_RECIPE", f"{where}.{part}", expected, found, action))

    for part, steps, places in (("cost", cost, COST_PLACE), ("rate", rate, RATE_PLACE)):
        order = [places[step.kind] for step in steps]
        if order != sorted(order):
            fault(
                part,
                "worked hour, ancillary time, amounts and shares; rounding last",
                ", ".join(step.kind for step in steps),
                "Lägg stegen i den ordningen.",
            )
        names = [(step.parameter, step.provider) for step in steps]
        if len(names) != len(set(names)):
            fault(part, "each parameter once", "one twice", "Ta bort dubbletten.")
    worked_hours = sum(step.kind in WORKED_HOUR_KINDS for step in cost)
    ancillary = {step.kind for step in cost} & ANCILLARY_KINDS
    if worked_hours > 1 or (ancillary and worked_hours == 0):
        fault(
            "cost",
            "one worked-hour step, needed by ancillary time",
            f"{worked_hours} of them",
            "Ange kostnaden per arbetad timme en gång.",
        )
    if len(ancillary) > 1:
        fault(
            "cost",
            "ancillary time as shares or as amounts",
            "both",
            "Ange kringtiden på ett av sätten.",
        )
    classes = [step.time_class for step in cost if step.time_class is not None]
    if len(classes) != len(set(classes)):
        fault(
            "cost",
            "each time class once",
            ", ".join(classes),
            "Slå ihop stegen eller ange tidsslaget för ett av dem.",
        )
    rounds = sum(step.kind is StepKind.ROUND for step in rate)
    if rounds != 1:
        fault("rate", "one round step", str(rounds), "Avsluta med ett avrundningssteg.")
    return findings


def _unknown_keys(where: str, table: Mapping[str, Any], known: set[str]) -> list[Finding]:
    return [
        _finding(f"{where}.{key}", f"one of {', '.join(sorted(known))}", key, "Ta bort fältet.")
        for key in table
        if key not in known
    ]


def _day(value: object) -> date | None:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _finding(where: str, expected: str, found: str, action: str) -> Finding:
    return Finding("WRONG_FIELD", where, expected, found, action)
