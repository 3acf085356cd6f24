"""
The commands ``hemplan database backup``, ``restore`` and ``verify``; part of :mod:`api.cli`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Target = Annotated[
    Path, typer.Argument(metavar="FIL", help="Ny fil; med --keep en mapp med kopior.")
]
Source = Annotated[Path, typer.Argument(metavar="FIL", help="Säkerhetskopian.")]


def backup(
    target: Target,
    keep: Annotated[
        int | None,
        typer.Option(min=1, max=10_000, metavar="N", help="Namnge efter tiden, och behåll N."),
    ] = None,
) -> None:
    """Säkerhetskopiera databasen medan den används; krypterad när HEMPLAN_BACKUP_KEY är satt."""
    from api.terminal import backups

    backups.backup(target, keep)


def restore(source: Source) -> None:
    """Läs in en säkerhetskopia i en tom databas (DATABASE_URL), helt eller inte alls."""
    from api.terminal import backups

    if not backups.restore(source):
        raise typer.Exit(1)


def verify(
    source: Annotated[
        Path, typer.Argument(metavar="FIL", help="Säkerhetskopian, eller mappen med kopior.")
    ],
    max_age: Annotated[
        float | None,
        typer.Option("--max-age", min=0, metavar="TIMMAR", help="Högsta ålder på den senaste."),
    ] = None,
) -> None:
    """Läs hela säkerhetskopian och berätta vad den innehåller; slutar med 1 om den inte håller."""
    from api.terminal import backups

    if not backups.verify(source, max_age):
        raise typer.Exit(1)


COMMANDS = (backup, restore, verify)
