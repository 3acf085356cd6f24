"""
The commands ``hemplan database``; part of :mod:`api.cli`.
"""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli_backup import COMMANDS
from api.cli_options import VIOLATIONS

app = typer.Typer(
    name="database",
    help="Kommunens databas: DATABASE_URL, annars SQLite-filen hemplan.db.",
    no_args_is_help=True,
)


@app.command()
def upgrade() -> None:
    """Uppdatera databasen till programmets version; en ny skapas. Säkerhetskopiera först."""
    from api.terminal import database

    database.upgrade()


@app.command()
def check(
    anchor: Annotated[
        list[str] | None,
        typer.Option(metavar="KOMMUN:NR:HASH", help="Loggpost som sparats på annan plats."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Skriv JSON.")] = False,
) -> None:
    """Kontrollera allt som ska gälla: revisioner, planer, bokningar och loggens kedja."""
    from api.terminal import database

    if not database.check(anchor or [], json=as_json):
        raise typer.Exit(VIOLATIONS)


for command in COMMANDS:
    app.command()(command)
