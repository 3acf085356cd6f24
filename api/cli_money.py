"""
The commands of price, purse, payment and payroll; part of :mod:`api.cli`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli_followup import followup
from api.cli_options import VIOLATIONS, Answer, AsJson, Granted, Lang, Language, Rates, Seed, day_of


class ExportKind(StrEnum):
    """What a settlement is exported as."""

    SIE = "sie"
    PEPPOL = "peppol"
    HTML = "html"
    EXCEL = "excel"


class PayCode(StrEnum):
    """What worked time is to payroll."""

    SCHEDULED = "TID"
    HOURLY = "ARB"


Book = Annotated[Path, typer.Argument(metavar="BOOK.toml", help="Ersättningsboken.")]
Sent = Annotated[
    Path, typer.Argument(metavar="PERFORMED", help="Utförda besök: CSV, JSON eller Excel.")
]


def price(
    parameters: Annotated[Path, typer.Argument(metavar="PARAMETERS.toml", help="Prislistan.")],
    plan: Annotated[
        Path | None, typer.Option(metavar="PLAN.json", help="Plan som kringtiden mäts i.")
    ] = None,
    document: Annotated[
        Path | None,
        typer.Option("--input", metavar="INPUT.json", help="Planens underlag: mät om planen."),
    ] = None,
    performed: Annotated[
        Path | None,
        typer.Option(metavar="TIME.csv", help="Utförd tid som kringtiden mäts i, i stället."),
    ] = None,
    day: Annotated[
        str | None,
        typer.Option(
            metavar="ÅÅÅÅ-MM-DD", help="Prisets dag; annars planens, annars prislistans senaste."
        ),
    ] = None,
    zone: Annotated[str | None, typer.Option(help="Bara denna zon.")] = None,
    service: Annotated[str | None, typer.Option(help="Bara denna tjänst.")] = None,
    band: Annotated[str | None, typer.Option(help="Bara denna tid på dygnet.")] = None,
    explain: Annotated[
        str | None,
        typer.Option(
            metavar="RAD", help="Följ en rad, total, rate eller en uppgift till dess källor."
        ),
    ] = None,
    sensitivity: Annotated[
        bool, typer.Option("--sensitivity", help="Vad varje uppgift ändrar, störst först.")
    ] = False,
    chart: Annotated[
        Path | None,
        typer.Option(metavar="FIL.svg", help="Rita känsligheten för det första priset."),
    ] = None,
    interval: Annotated[
        bool, typer.Option("--interval", help="Hur säkert priset är, av prislistans intervall.")
    ] = False,
    draws: Annotated[int, typer.Option(min=1, max=5_000_000, help="Dragningar.")] = 100_000,
    seed: Seed = 1,
    compare: Annotated[
        Path | None, typer.Option(metavar="OTHER.toml", help="Jämför med en annan prislista.")
    ] = None,
    compare_day: Annotated[
        str | None, typer.Option(metavar="ÅÅÅÅ-MM-DD", help="Jämför med en annan dag.")
    ] = None,
    compare_zone: Annotated[str | None, typer.Option(help="Jämför med en annan zon.")] = None,
    compare_service: Annotated[str | None, typer.Option(help="Jämför med en annan tjänst.")] = None,
    compare_band: Annotated[
        str | None, typer.Option(help="Jämför med en annan tid på dygnet.")
    ] = None,
    values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="UPPGIFT=TAL", help="Jämför med ett antaget värde."),
    ] = None,
    lang: Annotated[Language, typer.Option(help="Språk.")] = Language.SV,
    out: Annotated[Path | None, typer.Option(metavar="FIL", help="Fil för svaret.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Skriv JSON.")] = False,
) -> None:
    """Räkna fram kostnad per brukartimme och ersättning; förklara, jämför och pröva den."""
    if document is not None and plan is None:
        raise typer.BadParameter("--input kräver --plan")
    if performed is not None and plan is not None:
        raise typer.BadParameter("välj --plan eller --performed")

    from api.terminal.output import Output
    from api.terminal.pricing import Cells, Measurement, Other, Pricing

    compared_on = None if compare_day is None else day_of(compare_day)
    other = Other(
        compare, compared_on, Cells(compare_zone, compare_service, compare_band), values or ()
    )
    sensitivity = sensitivity or chart is not None
    if sum((explain is not None, sensitivity, interval, bool(other))) > 1:
        raise typer.BadParameter("välj ett av --explain, --sensitivity, --interval och jämförelse")
    prices = Pricing(
        parameters,
        None if day is None else day_of(day),
        Measurement(plan, document, performed),
        Cells(zone, service, band),
        Output(as_json, lang.value, out),
    )
    if explain is not None:
        prices.explain(explain)
    elif sensitivity:
        prices.sensitivity(chart)
    elif interval:
        prices.interval(draws, seed)
    elif other:
        prices.compare(other)
    else:
        prices.show()


def unit_cost(
    service: Annotated[Path, typer.Argument(metavar="SERVICE.toml", help="Tjänstens kostnader.")],
    day: Annotated[
        str | None, typer.Option(metavar="ÅÅÅÅ-MM-DD", help="Dag; annars den senaste ändringens.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Följ kostnaden till dess källor.")
    ] = False,
    lang: Annotated[Language, typer.Option(help="Språk.")] = Language.SV,
    out: Annotated[Path | None, typer.Option(metavar="FIL", help="Fil för svaret.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Skriv JSON.")] = False,
) -> None:
    """Räkna fram vad en enhet av en intern tjänst kostar, och vad varje förbrukare ska betala."""
    from api.terminal import unit_cost as command
    from api.terminal.output import Output

    asked = None if day is None else day_of(day)
    command.unit_cost(service, asked, Output(as_json, lang.value, out), explain=explain)


def rates(
    book: Book,
    day: Annotated[
        str | None, typer.Option(metavar="ÅÅÅÅ-MM-DD", help="Dag; annars senaste ändringens.")
    ] = None,
    out: Answer = None,
    as_json: AsJson = False,
    lang: Lang = Language.SV,
) -> None:
    """Kontrollera en ersättningsbok och visa alla dess regler en viss dag."""
    from api.terminal import rates as terminal
    from api.terminal.output import Output

    shown = None if day is None else day_of(day)
    terminal.rates(book, Output(as_json, lang.value, out), day=shown)


def purse(
    decisions: Granted,
    book: Rates,
    month: Annotated[str, typer.Option(metavar="ÅÅÅÅ-MM", help="Månaden.")],
    rows: Annotated[
        Path | None,
        typer.Option(metavar="BEVILJAD.csv", help="Fil för beviljad tid som rader att avräkna."),
    ] = None,
    out: Answer = None,
    as_json: AsJson = False,
    lang: Lang = Language.SV,
) -> None:
    """Räkna påse pengar: vad varje beslut är värt en månad, till dagen och öret."""
    from api.terminal import purse as terminal
    from api.terminal.output import Output

    terminal.purse(decisions, book, month, Output(as_json, lang.value, out), rows=rows)


def budget(
    decisions: Granted,
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN.json", help="Årets budget, utfall och uppdrag.")
    ],
    book: Rates,
    out: Answer = None,
    as_json: AsJson = False,
    lang: Lang = Language.SV,
) -> None:
    """Budget och prognos för året per enhet och utförare, och vad som saknar finansiering."""
    from api.terminal import budget as terminal
    from api.terminal.output import Output

    if not terminal.budget(decisions, plan, book, Output(as_json, lang.value, out)):
        raise typer.Exit(VIOLATIONS)


def settle(
    book: Book,
    performed: Sent,
    month: Annotated[str, typer.Option(metavar="ÅÅÅÅ-MM", help="Månaden som avräknas.")],
    earlier: Annotated[
        list[Path] | None,
        typer.Option(metavar="SETTLEMENT.json", help="Tidigare avräkning; en per månad."),
    ] = None,
    known_on: Annotated[
        str | None,
        typer.Option(metavar="ÅÅÅÅ-MM-DD", help="Index som blev kända senare används inte."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="SETTLEMENT.json", help="Fil för avräkningens rader.")
    ] = None,
    as_json: AsJson = False,
    lang: Lang = Language.SV,
) -> None:
    """Avräkna en månad: utförda besök och ersättningsbok till belopp per utförare, i öre."""
    from api.terminal import settlement

    settlement.settle(
        book,
        performed,
        month=month,
        earlier=earlier or [],
        known_on=None if known_on is None else day_of(known_on),
        out=out,
        json=as_json,
        lang=lang.value,
    )


def reconcile(
    book: Book,
    performed: Sent,
    settlements: Annotated[
        list[Path], typer.Argument(metavar="SETTLEMENT.json", help="Alla månaders avräkningar.")
    ],
    out: Answer = None,
    as_json: AsJson = False,
    lang: Lang = Language.SV,
) -> None:
    """Stäm av besök mot avräkningar: varje öre och minut som inte stämmer."""
    from api.terminal import settlement
    from api.terminal.output import Output

    output = Output(as_json, lang.value, out)
    if not settlement.reconcile(book, performed, settlements, output):
        raise typer.Exit(VIOLATIONS)


def export(
    settlement: Annotated[
        Path, typer.Argument(metavar="SETTLEMENT.json", help="Månadens avräkning.")
    ],
    kind: Annotated[ExportKind, typer.Option("--format", help="Vad som skrivs.")],
    setup: Annotated[
        Path, typer.Option(metavar="EXPORT.toml", help="Konton, objekt, parter och moms.")
    ],
    out: Annotated[Path, typer.Option(metavar="MAPP", help="Mapp för filerna.")],
    day: Annotated[
        str | None,
        typer.Option(metavar="ÅÅÅÅ-MM-DD", help="Filernas datum; annars månadens sista dag."),
    ] = None,
) -> None:
    """Skriv en avräkning som bokföring (SIE 4I), självfakturor (Peppol), utskrift eller Excel."""
    from api.terminal import export as terminal

    dated = None if day is None else day_of(day)
    terminal.export(settlement, setup, kind=kind.value, day=dated, out=out)


def payroll(
    document: Annotated[Path, typer.Argument(metavar="INPUT.json", help="Dagens underlag.")],
    plan: Annotated[Path, typer.Argument(metavar="PLAN.json", help="Dagens plan.")],
    out: Annotated[Path, typer.Option(metavar="FIL.xml", help="Fil för lönesystemet.")],
    performed: Annotated[
        Path | None,
        typer.Option(metavar="TIME.csv", help="Utförd tid per medarbetare och dag."),
    ] = None,
    code: Annotated[
        PayCode, typer.Option(help="Tidkod: TID inom schema, ARB för timavlönade.")
    ] = PayCode.SCHEDULED,
    employer: Annotated[str, typer.Option(help="Arbetsgivarens namn.")] = "",
    organisation: Annotated[str, typer.Option(help="Arbetsgivarens organisationsnummer.")] = "",
) -> None:
    """Skriv planens schema och utförd tid som löneunderlag (PAXml)."""
    from api.documents.payroll import Employer
    from api.terminal import payroll as terminal

    whose = Employer(organisation, employer)
    terminal.payroll(document, plan, performed=performed, code=code.value, employer=whose, out=out)


# In the order of the help.
MONEY: tuple[Callable[..., Any], ...] = (
    price,
    unit_cost,
    rates,
    purse,
    budget,
    settle,
    reconcile,
    export,
    followup,
    payroll,
)
