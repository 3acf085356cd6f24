"""
What every command of the terminal shares: refusals as a table, output files, a clean Ctrl-C.

Results go to standard output; progress, advice and refusals to standard error.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from errno import EISDIR
from os import strerror
from pathlib import Path
from threading import Event
from types import FrameType

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.files import write_atomically
from scheduler.care.errors import Finding, InvalidInput

MAX_ROWS = 200
PIPED_WIDTH = 120


def console(*, stderr: bool = False) -> Console:
    """A console that reads well also when it is piped to a file."""
    made = Console(stderr=stderr, highlight=False)
    return made if made.is_terminal else Console(stderr=stderr, highlight=False, width=PIPED_WIDTH)


def print_findings(findings: Sequence[Finding], title: str) -> None:
    """All findings on standard error: code, where, expected, found, what to do."""
    errors = console(stderr=True)
    errors.print(Text(title, style="bold"))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Kod", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("Fynd", overflow="fold")
    for each in findings[:MAX_ROWS]:
        table.add_row(each.code, "Var", Text(each.where))
        table.add_row("", "Väntat", Text(each.expected))
        table.add_row("", "Funnet", Text(each.found))
        table.add_row("", "Åtgärd", Text(each.action), end_section=True)
    errors.print(table)
    if len(findings) > MAX_ROWS:
        errors.print(Text(f"… och {len(findings) - MAX_ROWS} till."))


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
