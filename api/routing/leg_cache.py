"""
Ways that were routed before, in a SQLite file: by router, mode, and the two places.

A way is kept for the router and the map that it came from, so a new map asks anew. The file holds
coordinates of homes and no names; it is as confidential as a planning document.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.model import Location, Mode

Pair = tuple[Location, Location]
_MAKE = """
    CREATE TABLE IF NOT EXISTS leg (
        router TEXT NOT NULL, mode TEXT NOT NULL,
        from_lat REAL NOT NULL, from_lon REAL NOT NULL, to_lat REAL NOT NULL, to_lon REAL NOT NULL,
        seconds INTEGER,
        PRIMARY KEY (router, mode, from_lat, from_lon, to_lat, to_lon)
    ) WITHOUT ROWID
"""
_READ = """
    SELECT to_lat, to_lon, seconds FROM leg
    WHERE router = ? AND mode = ? AND from_lat = ? AND from_lon = ?
"""


class LegCache:
    """
    Parameters
    ----------
    path
        The file; made when missing, its folder is not.

    Raises
    ------
    InvalidInput
        When the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with closing(sqlite3.connect(path)) as connection, connection:
                connection.execute(_MAKE)
        except sqlite3.Error:
            raise InvalidInput(
                Finding(
                    "LEG_CACHE",
                    path.name,
                    "a cache of ways, or no file yet",
                    "a file that cannot be used as one",
                    "Ange en annan fil med --cache, eller ta bort den.",
                )
            ) from None

    def known(self, router: str, mode: Mode, places: Iterable[Location]) -> dict[Pair, int | None]:
        """The ways between `places` that are known; None where there is no way."""
        wanted = set(places)
        found: dict[Pair, int | None] = {}
        with closing(sqlite3.connect(self._path)) as connection:
            for start in wanted:
                for lat, lon, seconds in connection.execute(
                    _READ, (router, mode.value, start.lat, start.lon)
                ):
                    end = Location(lat, lon)
                    if end in wanted:
                        found[start, end] = seconds
        return found

    def keep(self, router: str, mode: Mode, ways: Mapping[Pair, int | None]) -> None:
        """Keep ways, all of them or none."""
        with closing(sqlite3.connect(self._path)) as connection, connection:
            connection.executemany(
                "INSERT OR REPLACE INTO leg VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    (router, mode.value, a.lat, a.lon, b.lat, b.lon, seconds)
                    for (a, b), seconds in ways.items()
                ),
            )
