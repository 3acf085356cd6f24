"""
Unit cost of anything: the costs of a service, line by line, divided by what it delivered.

A meal portion, a cleaned square metre, a transport: the same chain of lines as an hour of care, per
unit. What consumers used, at that cost, is what they are invoiced; what they were charged by budget
instead leaves a gap, which somebody else pays. A commission that is reimbursed is passed through at
its actual cost and is no part of the unit cost. No öre is lost: the invoices and the cost of what
nobody used add up to the cost of the year.

Source of the case: a municipal kitchen that serves schools and pre-schools, whose charge by budget
left 1.5 and 1.9 million kronor uncovered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pricing.figure import Figure, Operation, Origin, total
from pricing.lines import Line, shown
from pricing.quantities import exact
from pricing.service_file import Consumer, CostKind, ServiceCosts
from pricing.swedish import number, percent
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.units import to_ore


@dataclass(frozen=True, slots=True)
class Invoice:
    """
    What one consumer owes for a year.

    Parameters
    ----------
    volume, weighted_volume
        What it used, in its own units and in whole units.
    amount_ore
        Whole öre, by actual consumption.
    charged_ore
        By budget; None when it was not charged so.
    """

    code: str
    text: str
    volume: Decimal
    weighted_volume: Decimal
    amount_ore: int
    charged_ore: int | None

    @property
    def gap_ore(self) -> int | None:
        """What the charge by budget does not cover; negative when it covers too much."""
        return None if self.charged_ore is None else self.amount_ore - self.charged_ore


@dataclass(frozen=True, slots=True)
class PassThrough:
    """
    A commission at its actual cost, whole öre a year.

    Parameters
    ----------
    reimbursed_ore
        None when nothing is known to be reimbursed.
    """

    code: str
    text: str
    amount_ore: int
    reimbursed_ore: int | None

    @property
    def gap_ore(self) -> int | None:
        """What the reimbursement does not cover."""
        return None if self.reimbursed_ore is None else self.amount_ore - self.reimbursed_ore


@dataclass(frozen=True, slots=True)
class UnitCost:
    """
    The cost of one unit of a service on one day, and who pays for the year.

    Parameters
    ----------
    lines
        Build-up, kronor per unit to öre; their sum is `per_unit`.
    cost_ore
        Of the year, whole öre: the sum of the invoices and `unused_ore`.
    volume
        Whole units delivered a year.
    unused_ore
        Cost of what was delivered and that no consumer used.
    figure
        The unrounded cost per unit, with what it was made from.
    """

    title: str
    unit: str
    day: date
    lines: tuple[Line, ...]
    cost_ore: int
    volume: Decimal
    invoices: tuple[Invoice, ...]
    unused_ore: int
    pass_through: tuple[PassThrough, ...]
    figure: Figure

    @property
    def per_unit(self) -> Decimal:
        """Kronor per unit: the sum of the lines shown."""
        return sum((line.amount for line in self.lines), Decimal(0))


def unit_cost(service: ServiceCosts, day: date) -> UnitCost:
    """
    The unit cost of a service by the values in force on `day`.

    Raises
    ------
    NotInForce
        On a day for which a value is missing.
    InvalidInput
        When nothing was delivered, or the consumers used more than was.
    """
    used = {each.code: _used(service, each, day) for each in service.consumers}
    used_in_all = total(used.values()).called("used", "Förbrukat", service.unit)
    volume = used_in_all if service.volume is None else _amount(service, service.volume, day)
    _require_volume(volume.value, used_in_all.value)
    yearly, lines = _lines(service, day, volume)
    cost = total(yearly).called("cost", "Årets kostnad", "kr/year")
    per_unit = cost / volume
    weighted = {code: figure.value for code, figure in used.items()}
    invoiced = _in_ore(cost.value, weighted, volume.value)
    return UnitCost(
        title=service.title,
        unit=service.unit,
        day=day,
        lines=shown(lines),
        cost_ore=to_ore(cost.value),
        volume=volume.value,
        invoices=tuple(
            Invoice(
                each.code,
                each.text,
                _amount(service, each.volume, day).value,
                weighted[each.code],
                invoiced[each.code],
                _ore(service, each.charged, day),
            )
            for each in service.consumers
        ),
        unused_ore=to_ore(cost.value) - sum(invoiced.values()),
        pass_through=tuple(
            PassThrough(
                each.code,
                each.text,
                to_ore(_amount(service, each.cost, day).value),
                _ore(service, each.reimbursed, day),
            )
            for each in service.commissions
        ),
        figure=per_unit.called("unit_cost", "Kostnad per enhet", f"kr/{service.unit}"),
    )


def _lines(service: ServiceCosts, day: date, volume: Figure) -> tuple[list[Figure], list[Line]]:
    """Kronor a year, and unrounded lines per unit, of each step."""
    yearly: list[Figure] = []
    lines = []
    for step in service.cost:
        stated = _amount(service, step.parameter, day)
        if step.kind is CostKind.SHARE:
            subtotal = total(yearly).called("subtotal", "Delsumma", "kr/year")
            amount = subtotal * stated
            formula = f"{percent(stated.value)} × {number(subtotal.value)}"
        else:
            amount, formula = stated, number(stated.value)
        dated = service.parameters.get(step.parameter)
        yearly.append(amount.called(step.parameter, dated.text, "kr/year"))
        lines.append(
            Line(
                step.parameter,
                dated.text,
                (amount / volume).value,
                f"kr/{service.unit}",
                f"{formula} / {number(volume.value)}",
                dated.source,
            )
        )
    return yearly, lines


def _in_ore(cost: Decimal, weighted: Mapping[str, Decimal], volume: Decimal) -> dict[str, int]:
    """
    Whole öre of `cost` for each part of `volume`, in an order that the file does not decide.

    Each is the difference of two rounded subtotals, and the whole volume has the whole cost.
    """
    found = {}
    used, told = Decimal(0), 0
    for code in sorted(weighted):
        used += weighted[code]
        subtotal = to_ore(cost if used == volume else cost * used / volume)
        found[code] = subtotal - told
        told = subtotal
    return found


def _amount(service: ServiceCosts, name: str, day: date) -> Figure:
    dated = service.parameters.get(name)
    value = exact(dated.on(day))
    if value is None:
        raise TypeError(f"{name} was not checked when its file was read.")
    first_day = max(each for each, _ in dated.values if each <= day)
    return Figure(
        value,
        Operation.INPUT,
        name=name,
        text=dated.text,
        unit=dated.unit,
        origin=Origin(dated.source, first_day),
    )


def _used(service: ServiceCosts, consumer: Consumer, day: date) -> Figure:
    """Whole units a year."""
    volume = _amount(service, consumer.volume, day)
    return volume if consumer.weight is None else volume * _amount(service, consumer.weight, day)


def _ore(service: ServiceCosts, name: str | None, day: date) -> int | None:
    return None if name is None else to_ore(_amount(service, name, day).value)


def _require_volume(volume: Decimal, used: Decimal) -> None:
    if volume <= 0:
        expected, found = "more than 0 units", str(volume)
    elif used > volume:
        expected, found = f"consumers that use at most {volume} units", str(used)
    else:
        return
    raise InvalidInput(
        Finding(
            "IMPOSSIBLE_VOLUME", "volume", expected, found, "Rätta volymerna: de går inte ihop."
        )
    )
