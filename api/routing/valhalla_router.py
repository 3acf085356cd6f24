"""
Valhalla on the operator's own tiles (OpenStreetMap), in this process.

Valhalla refuses a whole matrix when one pair of places has no way, so places are first sorted into
groups within which every way there and back exists; between groups there is none. Optional:
``hemplan[valhalla]``, for Python 3.12 and later.

Source: https://valhalla.github.io/valhalla/api/matrix/
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from api.routing.ways import Routed, Seconds
from scheduler.care.errors import Finding, InvalidInput
from scheduler.care.model import Location, Mode

COSTING = {Mode.CAR: "auto", Mode.BICYCLE: "bicycle", Mode.FOOT: "pedestrian"}
# No way between places, and no road near one of them.
NO_WAY = frozenset({170, 171})
# Places of one question; more become several.
BLOCK = 400


class Valhalla:
    """
    Parameters
    ----------
    configuration
        Valhalla's own configuration file, which names the tiles.

    Raises
    ------
    InvalidInput
        NO_VALHALLA when it is not installed, VALHALLA_TILES when there are no tiles to route on.
    """

    def __init__(self, configuration: Path) -> None:
        try:
            import valhalla
        except ImportError:
            raise InvalidInput(_not_installed()) from None
        try:
            read = json.loads(configuration.read_text(encoding="utf-8"))
            tiles = Path(read["mjolnir"].get("tile_extract") or read["mjolnir"]["tile_dir"])
            built = tiles.stat().st_mtime_ns
            self._actor = valhalla.Actor(read)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise InvalidInput(_no_tiles(configuration, error)) from None
        self._refused = valhalla.ValhallaError
        self._name = f"valhalla {valhalla.__version__} {tiles.name} {built}"

    @property
    def name(self) -> str:
        """The version, and when the tiles were built: new tiles, new ways."""
        return self._name

    def route(self, places: Sequence[Location], mode: Mode) -> Routed:
        """The ways between all of `places`; a place without a road nearby is off the map."""
        off = self._off_the_map(places, mode)
        seconds: Seconds = [[None] * len(places) for _ in places]
        left = [position for position in range(len(places)) if position not in off]
        while left:
            first, *others = left
            together = [first, *(k for k in others if self._connected(places, first, k, mode))]
            self._fill(seconds, places, together, mode)
            left = [k for k in left if k not in set(together)]
        for position in range(len(places)):
            seconds[position][position] = 0
        return Routed(seconds, frozenset(off))

    def _off_the_map(self, places: Sequence[Location], mode: Mode) -> set[int]:
        located = self._actor.locate(
            {"locations": [_point(each) for each in places], "costing": COSTING[mode],
             "verbose": False}
        )  # fmt: skip
        return {position for position, found in enumerate(located) if not found.get("edges")}

    def _connected(self, places: Sequence[Location], a: int, b: int, mode: Mode) -> bool:
        """Whether there is a way from one to the other and back."""
        pair = [places[a], places[b]]
        found = self._matrix(pair, pair, mode)
        return found is not None and all(each is not None for row in found for each in row)

    def _fill(
        self, seconds: Seconds, places: Sequence[Location], together: list[int], mode: Mode
    ) -> None:
        blocks = [together[k : k + BLOCK] for k in range(0, len(together), BLOCK)]
        for rows in blocks:
            for columns in blocks:
                found = self._matrix([places[k] for k in rows], [places[k] for k in columns], mode)
                for row, durations in zip(rows, found or [], strict=False):
                    for column, duration in zip(columns, durations, strict=True):
                        seconds[row][column] = None if duration is None else round(duration)

    def _matrix(
        self, sources: Sequence[Location], targets: Sequence[Location], mode: Mode
    ) -> list[list[float | None]] | None:
        """Durations; None when Valhalla finds that some pair has no way."""
        asked: dict[str, Any] = {
            "sources": [_point(each) for each in sources],
            "targets": [_point(each) for each in targets],
            "costing": COSTING[mode],
            "verbose": False,
        }
        try:
            found = self._actor.matrix(asked)["sources_to_targets"]["durations"]
        except self._refused as error:
            if error.code not in NO_WAY:
                raise
            return None
        durations: list[list[float | None]] = found
        return durations


def _point(place: Location) -> dict[str, float]:
    return {"lat": place.lat, "lon": place.lon}


def _not_installed() -> Finding:
    return Finding(
        "NO_VALHALLA",
        "valhalla",
        "pyvalhalla, which needs Python 3.12 or later",
        "none",
        "Installera hemplan[valhalla], eller lägg in restiderna i underlaget själv.",
    )


def _no_tiles(configuration: Path, error: Exception) -> Finding:
    return Finding(
        "VALHALLA_TILES",
        configuration.name,
        "Valhalla's configuration file, with tiles that are built",
        type(error).__name__,
        "Bygg kartan med valhalla_build_tiles och ange dess konfigurationsfil.",
    )
