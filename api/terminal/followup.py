"""
``hemplan followup``: where the granted time went, from decision to payment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from rich.text import Text

from api.documents.planned_days import read_planned_days
from api.documents.purses import PurseDocument, month_days
from api.documents.strict_json import read_file
from api.files import write_bytes_atomically
from api.pages.followup_report import print_follow_up
from api.pages.followup_words import word
from api.terminal.console import Step, console, progress, unwritable
from api.terminal.output import Output, answer
from api.terminal.purse import read_both
from api.terminal.reading import in_file, max_bytes
from pricing.budget.counting import Terms
from pricing.budget.tariff import Tariff
from pricing.followup.export import follow_up_dict
from pricing.followup.model import PlannedVisit
from pricing.followup.report import FollowUp, follow_up
from pricing.followup.sources import Sources
from pricing.pay.columns import VisitColumns
from pricing.pay.export import read_settlement
from pricing.pay.reading import read_performed
from pricing.pay.settlement import Settlement
from pricing.performed_time import CarerDay, read_carer_days
from pricing.price import load_price_parameters
from pricing.price_list import PriceParameters
from scheduler.care.errors import CareError, Finding, InvalidInput

# A month of visits and its settlement are larger than what one request may send.
MAX_BYTES = 1_000_000_000
Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class Files:
    """What the follow-up is made from; what is None or empty is missing and shown as that."""

    decisions: Path
    book: Path
    plans: Path | None = None
    performed: Path | None = None
    settlements: Sequence[Path] = ()
    worked: Path | None = None
    prices: Path | None = None


@dataclass(frozen=True, slots=True)
class Further:
    """
    What else is written.

    Parameters
    ----------
    excel
        Workbook with every table.
    charts
        Folder for the charts, each as PNG and SVG.
    """

    excel: Path | None = None
    charts: Path | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    document: PurseDocument
    tariff: Tariff
    planned: tuple[PlannedVisit, ...]
    performed: VisitColumns | None
    settlements: list[Settlement]
    worked: tuple[CarerDay, ...] | None
    prices: PriceParameters | None


def period(month: Sequence[str], first: date | None, last: date | None) -> tuple[date, date]:
    """
    First and last day that are asked for: whole months in a row, or days.

    Raises
    ------
    InvalidInput
        When neither, both or only one end is given, a month is none or missing between others, or
        the days are reversed.
    """
    if bool(month) == (first is not None or last is not None) or (first is None) != (last is None):
        raise InvalidInput(
            Finding("NO_PERIOD", "--month, --from, --to", "months, or a first and a last day",
                    "both, neither or one end", "Ange --month, eller --from och --to.")
        )  # fmt: skip
    if first is not None and last is not None:
        if last < first:
            raise InvalidInput(
                Finding("ENDS_BEFORE_START", "--to", f"a day from {first.isoformat()}",
                        last.isoformat(), "Rätta dagarna; båda ingår.")
            )  # fmt: skip
        return first, last
    bounds = sorted({month_days(each) for each in month})
    for before, after in pairwise(bounds):
        if (after[0] - before[1]).days != 1:
            raise InvalidInput(
                Finding("MONTHS_APART", "--month", f"the month after {before[0].isoformat()[:7]}",
                        after[0].isoformat()[:7], "Ange månader i följd.")
            )  # fmt: skip
    return bounds[0][0], bounds[-1][1]


def followup(
    files: Files,
    days: tuple[date, date],
    without: Sequence[str],
    further: Further,
    output: Output,
) -> None:
    """
    Show the follow-up, and write workbook and charts where they are asked for.

    Parameters
    ----------
    without
        Services that do not count for continuity.

    Raises
    ------
    InvalidInput
        With every fault of all files, or of what they say together; nothing is written.
    """
    with progress(word("reading", output.lang)) as step:
        read = _read(files, step)
    terms = Terms(read.tariff, read.document.basis, read.document.services, read.document.clock)
    sources = Sources(
        terms, read.document.granted, *days, read.planned, read.performed, read.settlements
    )
    with progress(word("working", output.lang)) as step:
        made = follow_up(sources, read.worked, read.prices, without, step)
    written = _write(made, further, output.lang)
    answer(
        output,
        lambda: follow_up_dict(made),
        lambda screen: print_follow_up(made, screen, output.lang),
    )
    screen = console(stderr=True)
    for path in written:
        screen.print(Text(word("written", output.lang, path=str(path))))


def _read(files: Files, step: Step) -> _Read:
    """All files; the faults of all are told at once."""
    findings: list[Finding] = []
    limit = max_bytes()

    both = None
    try:
        both = read_both(files.decisions, files.book)
    except CareError as error:
        findings += error.findings
    planned = _attempt(
        files.plans, lambda path: read_planned_days(path, max_bytes=limit, progress=step), findings
    )
    performed = _attempt(files.performed, _performed, findings)
    settlements = [_attempt(path, _settlement, findings) for path in files.settlements]
    worked = _attempt(files.worked, _worked, findings)
    prices = _attempt(files.prices, load_price_parameters, findings)
    findings += _not_together(files, settlements)
    if findings or both is None:
        raise InvalidInput(findings)
    in_order = sorted((each for each in settlements if each), key=lambda each: each.month)
    return _Read(*both, planned or (), performed, in_order, worked, prices)


def _attempt(
    path: Path | None, read: Callable[[Path], Content], findings: list[Finding]
) -> Content | None:
    """What a file holds; None without one, or with its faults told."""
    if path is None:
        return None
    try:
        return read(path)
    except CareError as error:
        named = any(path.name in each.where for each in error.findings)
        findings += list(error.findings) if named else in_file(path, error)
    return None


def _not_together(files: Files, settlements: Sequence[Settlement | None]) -> Iterator[Finding]:
    if settlements and files.performed is None:
        yield Finding(
            "SETTLEMENT_WITHOUT_VISITS", "--performed", "the visits that were settled", "none",
            "Ange även de utförda besöken; annars går betalningen inte att följa.",
        )  # fmt: skip
    if files.prices is not None and files.worked is None:
        yield Finding(
            "PRICES_WITHOUT_WORKED_TIME", "--worked", "worked time to price", "none",
            "Ange arbetad tid, eller låt bli --prices.",
        )  # fmt: skip
    seen: dict[str, str] = {}
    for path, each in zip(files.settlements, settlements, strict=True):
        if each is not None and seen.setdefault(each.month, path.name) != path.name:
            yield Finding(
                "MONTH_TWICE", path.name, "each month settled once", each.month,
                "Ange varje månads avräkning en gång.",
            )  # fmt: skip


def _performed(path: Path) -> VisitColumns:
    return read_performed(read_file(path, max_bytes=MAX_BYTES), path.name)


def _settlement(path: Path) -> Settlement:
    return read_settlement(read_file(path, max_bytes=MAX_BYTES), path.name)


def _worked(path: Path) -> tuple[CarerDay, ...]:
    content = read_file(path, max_bytes=max_bytes())
    try:
        return read_carer_days(content.decode("utf-8-sig"), path.name)
    except UnicodeDecodeError:
        raise InvalidInput(
            Finding("UNREADABLE_FILE", path.name, "a UTF-8 file", "another encoding",
                    "Spara filen som CSV UTF-8.")
        ) from None  # fmt: skip


# ---------------------------------------------------------------- files


def _write(made: FollowUp, further: Further, lang: str) -> list[Path]:
    """Workbook and charts, all of them made before any is written."""
    contents: dict[Path, bytes] = {}
    if further.excel is not None:
        from api.pages.followup_workbook import workbook

        contents[further.excel] = workbook(made, lang)
    if further.charts is not None:
        from api.pages.followup_charts import charts

        for name, content in charts(made, lang).items():
            contents[further.charts / name] = content
    for path, content in contents.items():
        try:
            write_bytes_atomically(path, content)
        except OSError as error:
            raise InvalidInput(unwritable(path, error)) from None
    return list(contents)
