"""
A SQLite file on a disk that becomes full, at each fill level, in each of some use cases.

SQLite's own limit of pages stands for the disk: it answers as at a full one (SQLITE_FULL), at the
page at which there is no room, and needs no right to mount anything. What it does not show is a
log (WAL) that cannot grow; whoever may mount a small tmpfs sees the same answers there.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import event

from api.refusals import Full
from api.store.address import database_address
from api.store.check import check
from api.store.engine import Store
from api.store.migrate import upgrade
from tests.api.store.dump import dump
from tests.api.usecases.test_failures import USE_CASES
from tests.faults.table import Row

CASES = ("register", "change", "save", "publish", "deliver", "settle", "close", "hand out",
         "upload rates", "run: submit")  # fmt: skip
ENOUGH = 1_000_000


def disk(levels: int, tell: Callable[[str], None] = print) -> list[Row]:
    """Each use case with no page left, with one, … until it has room; at most `levels` levels."""
    tried = refused = 0
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="hemplan-faults-") as name:
        empty = Path(name, "empty.db")
        made = _store(empty)
        upgrade(made)
        made.close()
        for case in CASES:
            prepared = Path(name, "prepared.db")
            shutil.copy(empty, prepared)
            store = _store(prepared)
            USE_CASES[case][0](store)
            store.close()
            pages = _packed(prepared)
            for left in range(levels):
                path = Path(name, f"{case.replace(':', '')}-{left}.db")
                shutil.copy(prepared, path)
                tried += 1
                told = _fill(path, case, pages + left)
                if told is None:
                    break
                refused += 1
                wrong += [f"{case}, {left} pages left: {each}" for each in told]
                for file in path.parent.glob(f"{path.name}*"):
                    file.unlink()
    for each in wrong:
        tell(each)
    return [
        Row(
            f"disk full (SQLite): {len(CASES)} use cases × fill levels",
            tried,
            "507 DISK_FULL, nothing stored, reading goes on, works again without restart",
            not wrong and refused > 0,
            took=f"{refused} refused",
        )
    ]


def _fill(path: Path, case: str, pages: int) -> list[str] | None:
    """What was wrong with the refusal; None when there was room enough."""
    store, most = _store(path), [pages]

    def limited(connection: object, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {most[0]}")  # type: ignore[attr-defined]

    # Whenever a connection is used: the same one must work again once there is room.
    event.listen(store.engine, "checkout", limited)
    act = USE_CASES[case][1]
    before = dump(store)
    try:
        try:
            act(store)
        except Full as refusal:
            codes = [each.code for each in refusal.findings]
            wrong = [] if codes == ["DISK_FULL"] else [f"refused as {codes}"]
        except Exception as error:
            wrong = [f"{type(error).__name__}, not DISK_FULL"]
        else:
            return None
        if dump(store) != before:
            wrong.append("something is stored")
        most[0] = ENOUGH
        act(store)
        if dump(store) == before:
            wrong.append("nothing is stored once there is room")
        return [*wrong, *map(str, check(store))]
    finally:
        store.close()


def _packed(path: Path) -> int:
    """The pages of the file once it is one file of small and full pages: each insert needs some."""
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in ("PRAGMA journal_mode = DELETE", "PRAGMA page_size = 512", "VACUUM"):
        connection.execute(statement)
    (count,) = connection.execute("PRAGMA page_count").fetchone()
    connection.close()
    return int(count)


def _store(path: Path) -> Store:
    return Store(database_address({"DATABASE_URL": f"sqlite:///{path}"}))
