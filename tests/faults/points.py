"""
Named points at which a process of the service ends itself with SIGKILL.

A point is a statement that the process sends, and when: at the statement, or just before or after
the commit of its transaction. It is armed by a file, which the process removes as it dies, so that
its successor lives.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from threading import local
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect


class When(StrEnum):
    """When the process ends."""

    STATEMENT = "at the statement"
    BEFORE = "before the commit"
    AFTER = "after the commit"


@dataclass(frozen=True, slots=True)
class Point:
    """
    Parameters
    ----------
    name
        As a reader calls it.
    statement
        Pattern of the statement's beginning.
    """

    name: str
    statement: str
    when: When

    def write(self, path: Path) -> None:
        """Arm the processes that look at `path`."""
        # Renamed, so that nobody reads half of it.
        made = path.with_suffix(".new")
        made.write_text(f"{self.when}\n{self.statement}", encoding="utf-8")
        made.rename(path)


# Of the API: an import, a change, a delivery on its way to a payment file, a day to plan.
API_POINTS = tuple(
    Point(f"{name} {when}", statement, when)
    for name, statement in (
        ("import", r"INSERT INTO intake "),
        ("interruption", r"INSERT INTO interruption "),
        ("delivery", r"INSERT INTO performed_revision "),
        ("approval", r"INSERT INTO delivery_approval "),
        ("settlement", r"INSERT INTO settlement "),
        ("closing", r"INSERT INTO settlement_line "),
        ("payment file", r"INSERT INTO settlement_export "),
        ("day to plan", r"INSERT INTO run "),
    )
    for when in When
)
# Of a worker: its claim, the plan it keeps, and the end that it marks.
WORKER_POINTS = tuple(
    Point(f"{name} {when}", statement, when)
    for name, statement in (
        ("claim", r"UPDATE run SET status=.* attempt="),
        ("plan kept", r"UPDATE run SET .*output_json="),
        ("run ended", r"UPDATE run SET status=.* ended_at="),
    )
    for when in When
)


def plant(path: Path) -> None:
    """Let this process end itself when a point that `path` arms is reached; for its whole life."""
    reached = local()
    commit = DefaultDialect.do_commit

    def before(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not path.exists():
            return
        try:
            when, pattern = path.read_text(encoding="utf-8").split("\n", 1)
        except FileNotFoundError:
            return  # another process has died of it
        if _compiled(pattern).match(statement):
            if when == When.STATEMENT:
                _end(path)
            reached.when = when

    def watched(self: DefaultDialect, connection: Any) -> None:
        when, reached.when = getattr(reached, "when", None), None
        if when == When.BEFORE:
            _end(path)
        commit(self, connection)
        if when == When.AFTER:
            _end(path)

    event.listen(Engine, "before_cursor_execute", before)
    DefaultDialect.do_commit = watched  # type: ignore[method-assign]


@contextmanager
def armed(point: Point, path: Path) -> Iterator[None]:
    """`point`, until it is reached or the block ends."""
    point.write(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.DOTALL)


def _end(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.kill(os.getpid(), signal.SIGKILL)
