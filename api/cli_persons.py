"""
The commands ``hemplan person`` and ``hemplan log``; part of :mod:`api.cli`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli_options import VIOLATIONS, day_of

app = typer.Typer(
    name="person",
    help="Personer i kommunens databas: nycklar, gallring. Nycklarna läses ur miljön.",
    no_args_is_help=True,
)
log = typer.Typer(name="log", help="Loggen över vem som läst vems uppgifter.", no_args_is_help=True)

Municipality = Annotated[str, typer.Option(metavar="ID", help="Kommunen.")]
By = Annotated[str, typer.Option(metavar="ID", help="Vem som gör det; skrivs i loggen.")]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="Varför; skrivs i loggen.")]
Recipient = Annotated[str, typer.Argument(metavar="PERSON", help="Personens id, inte numret.")]
Yes = Annotated[bool, typer.Option("--yes", help="Gör det; annars visas bara vad som skulle ske.")]
Day = Annotated[
    str, typer.Option(metavar="ÅÅÅÅ-MM-DD", callback=lambda text: str(day_of(text)))
]  # fmt: skip


@app.command("new-key")
def new_key() -> None:
    """Skriv ut en ny slumpad nyckel till HEMPLAN_PERSON_KEYS eller HEMPLAN_PERSON_INDEX_KEYS."""
    from api.terminal import persons

    persons.new_key()


@app.command("rotate-keys")
def rotate_keys(municipality: Municipality, by: By) -> None:
    """Kryptera om alla personer med de nyaste nycklarna; kan avbrytas och köras igen."""
    from api.terminal import persons

    if not persons.rotate(municipality, by):
        raise typer.Exit(VIOLATIONS)


@app.command()
def erase(
    recipient: Recipient, municipality: Municipality, by: By, reason: Reason, yes: Yes = False
) -> None:
    """Gallra en person ur alla revisioner, eller visa vad det skulle omfatta."""
    from api.terminal import persons

    persons.erase(recipient, municipality, by, reason, yes=yes)


@app.command()
def erased(municipality: Municipality, by: By, reason: Reason) -> None:
    """Skriv ut id för alla gallrade, att spara utanför säkerhetskopiorna."""
    from api.terminal import persons

    persons.erased(municipality, by, reason)


@app.command("erase-again")
def erase_again(
    source: Annotated[Path, typer.Argument(metavar="FIL", help="Ett id per rad.")],
    municipality: Municipality,
    by: By,
    reason: Reason,
) -> None:
    """Gallra åter dem som var gallrade när en äldre säkerhetskopia har lästs in."""
    from api.terminal import persons

    persons.erase_again(source, municipality, by, reason)


@app.command()
def due(
    rules: Annotated[Path, typer.Argument(metavar="RULES.toml", help="Gallringsreglerna.")],
    municipality: Municipality,
    by: By,
    reason: Reason,
    yes: Yes = False,
) -> None:
    """Visa vad som ska gallras i dag enligt reglerna, och gallra det med --yes."""
    from api.terminal import persons

    persons.due(rules, municipality, by, reason, yes=yes)


@log.command()
def review(
    municipality: Municipality,
    by: By,
    since: Day,
    until: Annotated[
        str,
        typer.Option(
            metavar="ÅÅÅÅ-MM-DD", help="Sista dagen.", callback=lambda text: str(day_of(text))
        ),
    ],
    reason: Reason = "Systematisk loggkontroll",
    sample: Annotated[int, typer.Option(min=0, max=1000, help="Rader att granska för hand.")] = 20,
    seed: Annotated[int, typer.Option(min=0, help="Frö för stickprovet.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Skriv JSON.")] = False,
) -> None:
    """Gå igenom läsningarna: vad som är anmärkningsvärt, och ett stickprov. Loggas självt."""
    from api.terminal import readings

    calm = readings.review(
        municipality, by, reason, day_of(since), day_of(until),
        sample=sample, seed=seed, json=as_json,
    )  # fmt: skip
    if not calm:
        raise typer.Exit(VIOLATIONS)


@log.command()
def who(recipient: Recipient, municipality: Municipality, by: By, reason: Reason) -> None:
    """Visa vem som har läst en persons uppgifter, när och varför."""
    from api.terminal import readings

    readings.who(recipient, municipality, by, reason)
