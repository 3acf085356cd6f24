"""
``hemplan database backup``, ``restore`` and ``verify``: the database as one file, and back again.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.text import Text

from api.operations import backup as backing
from api.operations import backup_folder
from api.operations.backup import Contents
from api.operations.encryption import VARIABLE, key_of
from api.store.address import service_role
from api.store.check import check
from api.store.migrate import permit
from api.terminal.console import console, print_findings
from api.terminal.database import opened
from scheduler.care.errors import InvalidInput


def backup(target: Path, keep: int | None) -> None:
    """
    Back the database that DATABASE_URL names up to a new file, or into a folder that keeps `keep`.

    Raises
    ------
    InvalidInput
        As :func:`api.operations.backup.write`.
    """
    key, now = key_of(os.environ), datetime.now(UTC)
    with opened() as store:
        if keep is None:
            contents = backing.write(store, target, now, key)
            _tell_written(target, contents, 0)
        else:
            path, contents, removed = backup_folder.add(store, target, now, key, keep)
            _tell_written(path, contents, len(removed))


def restore(source: Path) -> bool:
    """
    Fill the empty database that DATABASE_URL names from a backup, and check it.

    Returns
    -------
    bool
        Whether every invariant holds; what does not did not hold when it was backed up either.

    Raises
    ------
    InvalidInput
        As :func:`api.operations.backup.restore`; the database is empty then. As
        :func:`api.store.migrate.permit`; the database is whole then.
    """
    key, role = key_of(os.environ), service_role(os.environ)
    with opened() as store:
        contents = backing.restore(store, source, key)
        if role is not None:
            permit(store, role)
        _say(f"Databasen {store.address.name} är återställd: {_words(contents)}.")
        findings = check(store)
    if findings:
        print_findings(findings, "Allt är återläst, men databasen var inte hel när den kopierades.")
    else:
        _say("Kontrollerad: allt som ska gälla gäller.")
    return not findings


def verify(source: Path, max_age: float | None) -> bool:
    """
    Tell what a backup holds, or the newest one of a folder, after reading all of it.

    Parameters
    ----------
    max_age
        Hours that it may be old; None for any.

    Returns
    -------
    bool
        Whether it can be relied on; what speaks against it is printed.
    """
    now = datetime.now(UTC)
    try:
        most = timedelta.max if max_age is None else timedelta(hours=max_age)
        path = backup_folder.require_fresh(source, now, most) if source.is_dir() else source
        contents = backing.verify(path, key_of(os.environ))
        backup_folder.require_young(path.name, contents.made_at, now, most)
    except InvalidInput as error:
        print_findings(error.findings, "Säkerhetskopian går inte att lita på.")
        return False
    _say(f"Säkerhetskopian {path.name} är hel: {_words(contents)}.")
    return True


def _tell_written(path: Path, contents: Contents, removed: int) -> None:
    _say(f"Säkerhetskopian {path.name} är skriven och läst tillbaka: {_words(contents)}.")
    if removed:
        _say(f"Äldre kopior som är borttagna: {removed}.")
    if not contents.encrypted:
        words = "Filen är inte krypterad och innehåller personuppgifter. Sätt"
        console(stderr=True).print(Text(f"{words} {VARIABLE}, eller kryptera den på annat sätt."))


def _words(contents: Contents) -> str:
    kind = "SQLite" if contents.kind == "sqlite" else "PostgreSQL"
    return (
        f"{contents.rows} rader i {len(contents.tables)} tabeller från {kind}, "
        f"migrering {contents.migration}, {contents.made_at.astimezone().isoformat('T', 'seconds')}"
        f"{', krypterad' if contents.encrypted else ''}"
    )


def _say(words: str) -> None:
    console().print(Text(words), soft_wrap=True)
