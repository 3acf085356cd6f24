"""
The command ``hemplan followup``: its options.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli_options import Answer, AsJson, Granted, Lang, Language, Rates, day_of


def followup(
    decisions: Granted,
    book: Rates,
    month: Annotated[
        list[str] | None, typer.Option(metavar="ÅÅÅÅ-MM", help="Månad; kan anges flera gånger.")
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="ÅÅÅÅ-MM-DD", help="Första dag.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="ÅÅÅÅ-MM-DD", help="Sista dag.")
    ] = None,
    plans: Annotated[
        Path | None, typer.Option(metavar="MAPP", help="Dagsplaner och deras underlag.")
    ] = None,
    performed: Annotated[
        Path | None, typer.Option(metavar="PERFORMED", help="Utförda besök, CSV eller JSON.")
    ] = None,
    settlement: Annotated[
        list[Path] | None,
        typer.Option(metavar="SETTLEMENT.json", help="Avräkning; en per månad."),
    ] = None,
    worked: Annotated[
        Path | None, typer.Option(metavar="TIME.csv", help="Arbetad tid per medarbetare och dag.")
    ] = None,
    prices: Annotated[
        Path | None, typer.Option(metavar="PARAMETERS.toml", help="Prislista för timkostnaden.")
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(metavar="INSATS", help="Räknas inte i kontinuiteten, såsom larm."),
    ] = None,
    excel: Annotated[
        Path | None, typer.Option(metavar="FIL.xlsx", help="Arbetsbok med alla tabeller.")
    ] = None,
    charts: Annotated[
        Path | None, typer.Option(metavar="MAPP", help="Mapp för diagram som PNG och SVG.")
    ] = None,
    out: Answer = None,
    as_json: AsJson = False,
    lang: Lang = Language.SV,
) -> None:
    """Följ upp: beviljat, planerat, utfört och betalt, var tiden läcker och varför."""
    from api.terminal import followup as terminal
    from api.terminal.output import Output

    days = terminal.period(
        month or (),
        None if first is None else day_of(first),
        None if last is None else day_of(last),
    )
    files = terminal.Files(decisions, book, plans, performed, settlement or (), worked, prices)
    further = terminal.Further(excel, charts)
    output = Output(as_json, lang.value, out)
    terminal.followup(files, days, without or (), further, output)
