"""
What every command of the terminal shares: refusals as a table, output files, a clean Ctrl-C.

Results go to standard output; progress, advice and refusals to standard error.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from errno import EISDIR
from os import strerror
from pathlib import Path
from threading import Event
from types import FrameType

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from api.files import write_atomically
from scheduler.care.errors import Finding, InvalidInput

MAX_ROWS = 200
PIPED_WIDTH = 120
Step = Callable[[int, int], None]


def console(*, stderr: bool = False) -> Console:
    """A console that reads well also when it is piped to a file."""
    made = Console(stderr=stderr, highlight=False)
    return made if made.is_terminal else Console(stderr=stderr, highlight=False, width=PIPED_WIDTH)


FINDINGS = {
    "sv": ("Kod", "Fynd", "Var", "Väntat", "Funnet", "Åtgärd", "… och {} till."),
    "en": ("Code", "Finding", "Where", "Expected", "Found", "Action", "… and {} more."),
}


def print_findings(findings: Sequence[Finding], title: str, lang: str = "sv") -> None:
    """All findings on standard error: code, where, expected, found, what to do."""
    errors = console(stderr=True)
    errors.print(Text(title, style="bold"))
    code, finding, where, expected, found, action, more = FINDINGS[lang]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(code, no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column(finding, overflow="fold")
    for each in findings[:MAX_ROWS]:
        table.add_row(each.code, where, Text(each.where))
        table.add_row("", expected, Text(each.expected))
        table.add_row("", found, Text(each.found))
        table.add_row("", action, Text(each.action), end_section=True)
    errors.print(table)
    if len(findings) > MAX_ROWS:
        errors.print(Text(more.format(len(findings) - MAX_ROWS)))


@contextmanager
def progress(text: str) -> Iterator[Step]:
    """
    A bar on standard error that is gone when the work is; none where nobody watches.

    What it gives is called with what is done, and of how much.
    """
    screen = console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task(text, total=None)
        yield lambda done, whole: bar.update(task, completed=done, total=whole)


def require_writable(path: Path) -> None:
    """Refuse an output path before the work rather than after it."""
    try:
        if path.is_dir():
            raise IsADirectoryError(EISDIR, strerror(EISDIR))
        write_atomically(path.parent / f".{path.name}.probe", "").unlink()
    except OSError as error:
        raise InvalidInput(unwritable(path, error)) from None


def write_output(path: Path, text: str) -> None:
    """Write a result whole or not at all; InvalidInput when it cannot be written."""
    try:
        write_atomically(path, text)
    except OSError as error:
        raise InvalidInput(unwritable(path, error)) from None


@contextmanager
def stop_on_interrupt() -> Iterator[Event]:
    """
    Turn the first Ctrl-C into a set event, so that the best result so far can be kept.

    The second one interrupts as usual.
    """
    asked = Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        asked.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


def unwritable(path: Path, error: OSError) -> Finding:
    """The refusal of an output path that `error` speaks against."""
    return Finding(
        "UNWRITABLE_OUTPUT",
        path.name or str(path),
        "a path that can be written",
        error.strerror or type(error).__name__,
        "Ange en annan sökväg med --out, eller ge skrivrätt.",
    )
