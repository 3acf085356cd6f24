"""
``hemplan budget``: the year of each unit and provider, and what has no money.
"""

from __future__ import annotations

from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.documents.budgets import read_budget
from api.documents.strict_json import read_file
from api.pages.formats import number
from api.terminal.output import Output, answer
from api.terminal.purse import read_both
from api.terminal.reading import in_file, max_bytes
from pricing.budget.counting import Terms
from pricing.budget.export import budget_dict
from pricing.budget.forecast import ShareSource
from pricing.budget.funding import Claim
from pricing.budget.tariff import shown
from pricing.budget.year import BudgetPlan, YearBudget, year_budget
from scheduler.care.errors import CareError, Finding, InvalidInput
from scheduler.care.units import from_ore

TEXTS = {
    "sv": {
        "title": "Budget och prognos {year}, kronor",
        "unit": "Enhet",
        "provider": "Utförare",
        "granted": "Beviljat",
        "executed": "Utfört",
        "expected": "Väntat",
        "forecast": "Prognos",
        "share": "Utförandegrad",
        "budget": "Budget",
        "left": "Kvar",
        "ends": "Pengarna slut",
        "commissions": "Uppdrag",
        "decisions": "Nya beslut",
        "from": "Från",
        "month": "Per månad, högst",
        "cost": "I år",
        "money": "Finansierat",
        "gap": "Saknas",
        "fine": "Allt är finansierat.",
        ShareSource.MEASURED: "mätt",
        ShareSource.STATED: "angiven",
    },
    "en": {
        "title": "Budget and forecast {year}, kronor",
        "unit": "Unit",
        "provider": "Provider",
        "granted": "Granted",
        "executed": "Executed",
        "expected": "Expected",
        "forecast": "Forecast",
        "share": "Execution rate",
        "budget": "Budget",
        "left": "Left",
        "ends": "Money ends",
        "commissions": "Commissions",
        "decisions": "New decisions",
        "from": "From",
        "month": "A month, at most",
        "cost": "This year",
        "money": "Funded",
        "gap": "Lacking",
        "fine": "Everything is funded.",
        ShareSource.MEASURED: "measured",
        ShareSource.STATED: "stated",
    },
}


def budget(decisions: Path, plan: Path, book: Path, output: Output) -> bool:
    """
    Show the year; True when everything is funded.

    Raises
    ------
    InvalidInput
        With every fault of the three files, or of what they say together.
    """
    findings: list[Finding] = []
    asked: BudgetPlan | None = None
    limit = max_bytes()
    try:
        asked = read_budget(read_file(plan, max_bytes=limit), max_bytes=limit)
    except CareError as error:
        findings += in_file(plan, error)
    try:
        document, tariff = read_both(decisions, book)
    except CareError as error:
        raise InvalidInput([*findings, *error.findings]) from None
    if asked is None:
        raise InvalidInput(findings)
    terms = Terms(tariff, document.basis, document.services, document.clock)
    made = year_budget(terms, document.granted, asked)
    answer(output, lambda: budget_dict(made), lambda screen: _print(made, screen, output.lang))
    return not made.findings


def _print(made: YearBudget, screen: Console, lang: str) -> None:
    texts = TEXTS[lang]
    screen.print(Text(texts["title"].format(year=made.year), style="bold underline"))
    screen.print(_providers(made, lang))
    screen.print(_units(made, lang))
    for key, claims in (("commissions", made.commissions), ("decisions", made.decisions)):
        if claims:
            screen.print(_claims(texts[key], claims, lang))
    if not made.findings:
        screen.print(Text(texts["fine"]))
    for each in made.findings:
        screen.print(Text(f"{each.code} · {each.where}", style="bold"))
        screen.print(Text(f"  {each.expected}; {each.found}. {each.action}"))


def _providers(made: YearBudget, lang: str) -> Table:
    texts = TEXTS[lang]
    table = _table(
        [texts["unit"], texts["provider"]],
        [texts[key] for key in ("granted", "executed", "expected", "forecast", "share")],
    )
    for each in made.forecasts:
        share = ""
        if each.share is not None and each.source is not None:
            share = f"{number(shown(each.share) * 100, 1, lang)} %, {texts[each.source]}"
        amounts = (each.granted_ore, each.executed_ore, each.expected_ore, each.amount_ore)
        table.add_row(
            Text(each.unit), Text(each.provider), *(_kr(ore, lang) for ore in amounts), share
        )
    return table


def _units(made: YearBudget, lang: str) -> Table:
    texts = TEXTS[lang]
    table = _table([texts["unit"]], [texts[key] for key in ("budget", "forecast", "left", "ends")])
    for each in made.units:
        amounts = (each.budget_ore, each.forecast_ore, each.left_ore)
        ends = "" if each.money_ends is None else each.money_ends.isoformat()
        table.add_row(Text(each.unit), *(_kr(ore, lang) for ore in amounts), ends)
    return table


def _claims(title: str, claims: tuple[Claim, ...], lang: str) -> Table:
    texts = TEXTS[lang]
    table = _table(
        [title, texts["from"]], [texts[key] for key in ("month", "cost", "money", "gap", "ends")]
    )
    for each in claims:
        most = max((ore for _, ore in each.months), default=0)
        amounts = (most, each.cost_ore, each.money_ore, each.gap_ore)
        table.add_row(
            Text(f"{each.id} {each.text}".strip()),
            each.first_day.isoformat(),
            *(_kr(ore, lang) for ore in amounts),
            "" if each.money_ends is None else each.money_ends.isoformat(),
        )
    return table


def _table(words: list[str], figures: list[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for word in words:
        table.add_column(word, overflow="fold")
    for figure in figures:
        table.add_column(figure, justify="right", overflow="fold")
    return table


def _kr(ore: int | None, lang: str) -> str:
    return "–" if ore is None else number(from_ore(ore), 2, lang)
