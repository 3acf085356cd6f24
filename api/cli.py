"""
The command line ``hemplan``: options, exit codes, and nothing heavy at start-up.

Exit codes: 0 fine; 1 a plan that breaks a rule, data that blocks a plan, settlements that do not
agree with the visits, or a budget that lacks money; 2 unreadable or refused input.
Each command loads what it needs when it runs, so that ``hemplan --help`` answers at once.
"""

from __future__ import annotations

import sys
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import typer

from api import cli_database, cli_persons
from api.cli_money import MONEY
from api.cli_needs import deadlines
from api.cli_options import VIOLATIONS, Language, Seed, day_of
from scheduler.care.errors import CareError

REFUSED = 2
INTERRUPTED = 130
DEMO_DAY = "2026-03-04"

app = typer.Typer(
    name="hemplan",
    help="Dagsplaner och timpriser för hemtjänst, i en kedja från beslut till ersättning.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(cli_database.app)
app.add_typer(cli_persons.app)
app.add_typer(cli_persons.log)


class Size(StrEnum):
    """Sizes of the generated municipality that are shown."""

    S = "S"
    M = "M"
    L = "L"


class AnySize(StrEnum):
    """All sizes of the generated municipality."""

    S = "S"
    M = "M"
    L = "L"
    XL = "XL"
    STRESS = "STRESS"


class Document(StrEnum):
    """What :data:`api.documents.json_schema.DOCUMENTS` has a schema of."""

    INPUT = "input"
    PLAN = "plan"
    DECISION = "decision"
    PURSES = "purses"
    BUDGET = "budget"


Seconds = Annotated[float, typer.Option(min=0.1, max=86_400, help="Tidsgräns för sökningen, s.")]
Threads = Annotated[int, typer.Option(min=1, max=64, help="Antal trådar.")]
DayOption = Annotated[
    str, typer.Option("--day", metavar="ÅÅÅÅ-MM-DD", callback=lambda text: str(day_of(text)))
]


@app.command()
def demo(
    size: Annotated[Size, typer.Option(help="Kommunens storlek.")] = Size.M,
    seed: Seed = 1,
    day: DayOption = DEMO_DAY,
    seconds: Seconds = 20.0,
    threads: Threads = 2,
    lang: Annotated[Language, typer.Option(help="Språk.")] = Language.SV,
    out: Annotated[Path, typer.Option(help="Mapp för resultatet.")] = Path("out"),
) -> None:
    """Kör hela kedjan på en påhittad kommun: beslut, besök, plan, uppföljning och pris."""
    from api.terminal import commands

    commands.demo(
        size.value, seed, day_of(day), seconds=seconds, threads=threads, lang=lang.value, out=out
    )


@app.command()
def generate(
    size: Annotated[AnySize, typer.Option(help="Kommunens storlek.")] = AnySize.M,
    seed: Seed = 1,
    day: DayOption = DEMO_DAY,
    out: Annotated[Path, typer.Option(help="Mapp för filerna.")] = Path("out"),
) -> None:
    """Skriv en påhittad kommuns dag och beslut som filer: input.json och decisions.json."""
    from api.terminal import commands

    commands.generate(size.value, seed, day_of(day), out)


@app.command()
def schema(
    document: Annotated[Document, typer.Argument(help="Vilket dokument.")],
) -> None:
    """Skriv ut ett dokuments JSON Schema."""
    from api.terminal import commands

    commands.schema(document.value)


@app.command()
def check(
    document: Annotated[Path, typer.Argument(metavar="INPUT.json", help="Dagens underlag.")],
    as_json: Annotated[bool, typer.Option("--json", help="Skriv JSON.")] = False,
) -> None:
    """Kontrollera underlaget före första planen: vad hindrar en plan, vad gör den bättre?"""
    from api.terminal import commands

    if not commands.check(document, json=as_json):
        raise typer.Exit(VIOLATIONS)


@app.command()
def plan(
    document: Annotated[Path, typer.Argument(metavar="INPUT.json", help="Dagens underlag.")],
    seconds: Annotated[
        float | None, typer.Option(min=0.1, max=86_400, help="Tidsgräns, s; annars underlagets.")
    ] = None,
    threads: Annotated[int | None, typer.Option(min=1, max=64, help="Antal trådar.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2**31 - 1, help="Frö.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="PLAN.json", help="Fil för planen; annars skrivs den ut.")
    ] = None,
) -> None:
    """Planera en dag. Ctrl-C avbryter sökningen och behåller den bästa planen så långt."""
    from api.terminal import commands

    commands.plan(document, seconds=seconds, threads=threads, seed=seed, out=out)


@app.command()
def evaluate(
    document: Annotated[Path, typer.Argument(metavar="INPUT.json", help="Dagens underlag.")],
    plan: Annotated[Path, typer.Argument(metavar="PLAN.json", help="Planen.")],
    prices: Annotated[
        Path | None,
        typer.Option(metavar="PARAMETERS.toml", help="Prislista: visa vad planen kostar."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Skriv JSON.")] = False,
) -> None:
    """Bedöm en plan, vem som än gjort den: varje avvikelse, poängen per regel och måtten."""
    from api.terminal import commands

    if not commands.evaluate(document, plan, prices=prices, json=as_json):
        raise typer.Exit(VIOLATIONS)


@app.command()
def recommend(
    document: Annotated[Path, typer.Argument(metavar="INPUT.json", help="Dagens underlag.")],
    plan: Annotated[Path, typer.Argument(metavar="PLAN.json", help="Planen som den är.")],
    visits: Annotated[
        list[str] | None,
        typer.Option("--visit", metavar="ID", help="Oplanerat besök; annars alla oplanerade."),
    ] = None,
    carers: Annotated[
        list[str] | None,
        typer.Option("--without", metavar="ID", help="Medarbetare som inte kommer."),
    ] = None,
    most: Annotated[int, typer.Option(min=1, max=100, help="Förslag per besök.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Skriv JSON.")] = False,
) -> None:
    """Föreslå var oplanerade besök ryms, eller vilka som kan ta över, och varför andra inte kan."""
    from api.terminal import commands

    commands.recommend(
        document, plan, visits=visits or [], carers=carers or [], most=most, json=as_json
    )


@app.command()
def replan(
    document: Annotated[Path, typer.Argument(metavar="INPUT.json", help="Dagens underlag.")],
    plan: Annotated[Path, typer.Argument(metavar="PLAN.json", help="Planen som den är.")],
    now: Annotated[str, typer.Option(metavar="TT:MM", help="Klockan nu; det som börjat ligger.")],
    sick: Annotated[
        list[str] | None, typer.Option("--sick", metavar="ID", help="Medarbetare som blivit sjuk.")
    ] = None,
    cancelled: Annotated[
        list[str] | None, typer.Option("--cancel", metavar="ID", help="Avbokat besök.")
    ] = None,
    added: Annotated[
        Path | None, typer.Option("--add", metavar="VISITS.json", help="Fler besök.")
    ] = None,
    alarms: Annotated[
        list[str] | None, typer.Option("--alarm", metavar="ID", help="Person som larmat.")
    ] = None,
    late: Annotated[
        list[str] | None, typer.Option("--late", metavar="ID=MIN", help="Medarbetare som är sen.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=0.1, max=600, help="Tidsgräns, s.")] = 3.0,
    threads: Threads = 2,
    seed: Seed = 1,
    out: Annotated[
        Path | None, typer.Option(metavar="PLAN.json", help="Fil för den nya planen.")
    ] = None,
    day_out: Annotated[
        Path | None,
        typer.Option("--input-out", metavar="INPUT.json", help="Fil för underlaget efteråt."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Skriv JSON.")] = False,
) -> None:
    """Planera om resten av dagen efter sjukdom, avbokning, akut besök, larm eller försening."""
    from api.documents.planning import Run
    from api.terminal import commands

    commands.replan(
        document,
        plan,
        now=now,
        sick=sick or [],
        cancelled=cancelled or [],
        added=added,
        alarms=alarms or [],
        late=late or [],
        run=Run(seconds, threads, seed),
        out=out,
        day_out=day_out,
        json=as_json,
    )


@app.command()
def move(
    document: Annotated[Path, typer.Argument(metavar="INPUT.json", help="Dagens underlag.")],
    plan: Annotated[Path, typer.Argument(metavar="PLAN.json", help="Planen för den dagen.")],
    later: Annotated[Path, typer.Argument(metavar="LATER.json", help="En senare dags underlag.")],
    out: Annotated[
        Path | None,
        typer.Option(metavar="INPUT.json", help="Fil för underlaget; annars skrivs det ut."),
    ] = None,
) -> None:
    """Lägg flexibla besök som planen flyttat till underlaget för en senare dag."""
    from api.terminal import commands

    commands.move(document, plan, later, out=out)


@app.command()
def travel(
    document: Annotated[Path, typer.Argument(metavar="INPUT.json", help="Dagens underlag.")],
    valhalla: Annotated[
        Path,
        typer.Option(metavar="VALHALLA.json", help="Valhallas inställningar, byggd karta."),
    ],
    cache: Annotated[
        Path | None, typer.Option(metavar="FIL", help="SQLite-fil med redan beräknade vägar.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="INPUT.json", help="Fil för underlaget; annars skrivs det ut."),
    ] = None,
) -> None:
    """Lägg restider från egen karta (Valhalla) i underlaget."""
    from api.terminal import travel as commands

    commands.travel(document, valhalla, cache, out)


@app.command()
def simulate(
    document: Annotated[Path, typer.Argument(metavar="INPUT.json", help="Dagens underlag.")],
    plan: Annotated[Path, typer.Argument(metavar="PLAN.json", help="Planen som prövas.")],
    days: Annotated[int, typer.Option(min=2, max=5_000, help="Antal slumpade dagar.")] = 1_000,
    seed: Seed = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Skriv JSON.")] = False,
) -> None:
    """Pröva planen mot slumpade dagar: punktlighet, övertid och vilka besök som är skörast."""
    from api.terminal import commands

    commands.simulate(document, plan, days=days, seed=seed, json=as_json)


@app.command()
def diff(
    before: Annotated[Path, typer.Argument(metavar="BEFORE.json", help="Planen som den var.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER.json", help="Planen som den blev.")],
    as_json: Annotated[bool, typer.Option("--json", help="Skriv JSON.")] = False,
) -> None:
    """Jämför två planer för samma dag: varje ändrat besök och varje mått."""
    from api.terminal import commands

    commands.diff(before, after, json=as_json)


for command in (*MONEY, deadlines):
    app.command()(command)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Adress att lyssna på.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port.")] = 8000,
    database: Annotated[
        Path | None, typer.Option(help="SQLite-fil; annars DATABASE_URL, eller hemplan.db.")
    ] = None,
) -> None:
    """Starta webbtjänsten."""
    from api.terminal import commands

    commands.serve(host, port, database)


@app.command()
def worker() -> None:
    """Planera dagar som webbtjänsten tar emot; hur många som helst mot samma DATABASE_URL."""
    from api.terminal import commands

    commands.worker()


REFUSALS = {
    Language.SV: "Underlaget används inte. Ingenting har sparats.",
    Language.EN: "The input is not used. Nothing has been saved.",
}


def _asked_language(arguments: list[str]) -> Language:
    """The language of ``--lang``; a refusal is told outside the command that read it."""
    words = [word for each in arguments for word in each.split("=", 1)]
    asked = {value for name, value in pairwise(words) if name == "--lang"}
    return Language.EN if Language.EN.value in asked else Language.SV


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; every refusal ends with exit code 2 and all its findings."""
    try:
        app(args=arguments, prog_name="hemplan")
    except CareError as error:
        from api.terminal.console import print_findings

        lang = _asked_language(sys.argv[1:] if arguments is None else arguments)
        print_findings(error.findings, REFUSALS[lang], lang)
        sys.exit(REFUSED)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
