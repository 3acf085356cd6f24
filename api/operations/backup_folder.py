"""
A folder of backups, named by time: the newest, how old it is, and which may go.

Promises: only files with a name of ours are ever removed, only after a newer one has been written
and read back, and never the newest ones that are to be kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from api.operations import backup
from api.operations.backup import Contents
from api.store.engine import Store
from scheduler.care.errors import Finding, InvalidInput

_NAME = re.compile(r"hemplan-(\d{8}T\d{6}Z)\.backup", re.ASCII)
_TIME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup in a folder, by the time of its name, to the second in UTC."""

    made_at: datetime
    path: Path


def kept(folder: Path) -> list[Kept]:
    """The backups in `folder` by their names, oldest first; none when there is no such folder."""
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        match = _NAME.fullmatch(path.name)
        if match is not None and path.is_file():
            made_at = datetime.strptime(match[1], _TIME).replace(tzinfo=UTC)
            found.append(Kept(made_at, path))
    return sorted(found, key=lambda each: each.made_at)


def age(folder: Path, now: datetime) -> timedelta | None:
    """How old the newest backup in `folder` is at `now`; None when there is none."""
    found = kept(folder)
    return now - found[-1].made_at if found else None


def add(
    store: Store, folder: Path, at: datetime, key: bytes | None, keep: int
) -> tuple[Path, Contents, list[Path]]:
    """
    Back `store` up into `folder`, and remove the oldest backups beyond `keep` (>= 1).

    Returns
    -------
    (path, contents, removed)

    Raises
    ------
    InvalidInput
        As :func:`api.operations.backup.write`; nothing is removed then.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(
            Finding("UNWRITABLE_BACKUP", folder.name, "a folder that can be written",
                    error.strerror or type(error).__name__, "Ange en annan mapp.")
        ) from None  # fmt: skip
    path = folder / f"hemplan-{at.astimezone(UTC).strftime(_TIME)}.backup"
    contents = backup.write(store, path, at, key)
    removed = [each.path for each in kept(folder)[:-keep] if each.path != path]
    for each in removed:
        each.unlink(missing_ok=True)
    return path, contents, removed


def require_fresh(folder: Path, now: datetime, most: timedelta) -> Path:
    """
    The newest backup in `folder`.

    Raises
    ------
    InvalidInput
        NO_BACKUP when there is none; OLD_BACKUP when it is older than `most` at `now`.
    """
    found = kept(folder)
    if not found:
        raise InvalidInput(
            Finding("NO_BACKUP", folder.name, "a backup in the folder", "none",
                    "Ta en säkerhetskopia nu, och se efter varför den schemalagda uteblivit.")
        )  # fmt: skip
    newest = found[-1]
    require_young(newest.path.name, newest.made_at, now, most)
    return newest.path


def require_young(name: str, made_at: datetime, now: datetime, most: timedelta) -> None:
    """Refuse with OLD_BACKUP the backup `name` when it is older than `most` at `now`."""
    if now - made_at > most:
        raise InvalidInput(
            Finding("OLD_BACKUP", name, f"at most {_hours(most)} old", _hours(now - made_at),
                    "Ta en säkerhetskopia nu, och se efter varför den schemalagda uteblivit.")
        )  # fmt: skip


def _hours(span: timedelta) -> str:
    return f"{span / timedelta(hours=1):.1f} h"
