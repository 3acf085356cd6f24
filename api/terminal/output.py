"""
How a command answers: for people or as JSON, to the screen or whole to a file.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console

from api.documents.strict_json import write_json
from api.terminal.console import PIPED_WIDTH, console, write_output


@dataclass(frozen=True, slots=True)
class Output:
    """How an answer is given: as JSON or for people, in which language, to the screen or a file."""

    json: bool = False
    lang: str = "sv"
    out: Path | None = None


def answer(output: Output, document: Callable[[], Any], tell: Callable[[Console], None]) -> None:
    """Give an answer as `output` asks: whole to a file, or to the screen."""
    if output.json:
        text = write_json(document())
    elif output.out is not None:
        page = StringIO()
        tell(Console(file=page, width=PIPED_WIDTH, highlight=False))
        text = page.getvalue()
    else:
        tell(console())
        return
    if output.out is not None:
        write_output(output.out, text)
    else:
        sys.stdout.write(text)
