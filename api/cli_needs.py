"""
The commands of needs assessment; part of :mod:`api.cli`.
"""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli_options import AsJson, day_of


def deadlines(
    municipality: Annotated[str, typer.Option(help="Kommunens id i databasen.")] = "kommunen",
    today: Annotated[
        str, typer.Option("--today", metavar="ÅÅÅÅ-MM-DD", help="Dagen som räknas från.")
    ] = "",
    ahead: Annotated[int, typer.Option(min=0, max=366, help="Dagar framåt som visas.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Visa det biståndet ska bevaka: ej verkställt, uppföljning, avbrott, beställningar, kö."""
    from api.terminal import deadlines as showing

    showing.deadlines(municipality, day_of(today) if today else None, ahead, json=as_json)
