"""
Options that several commands of the command line share.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

# Exit code of a command that found something wrong.
VIOLATIONS = 1


class Language(StrEnum):
    """Languages of what people read."""

    SV = "sv"
    EN = "en"


def day_of(text: str) -> date:
    """The day that an option names; a usage error when it names none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("skriv dagen som 2026-03-04") from None


Lang = Annotated[Language, typer.Option("--lang", help="Språk.")]
AsJson = Annotated[bool, typer.Option("--json", help="Skriv JSON.")]
Answer = Annotated[Path | None, typer.Option("--out", metavar="FIL", help="Fil för svaret.")]
Granted = Annotated[
    Path, typer.Argument(metavar="DECISIONS.json", help="Beslut med byten och avbrott.")
]
Rates = Annotated[
    Path, typer.Argument(metavar="BOOK.toml", help="Ersättningsboken eller prislistan.")
]
Seed = Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Frö för slumpen.")]
