"""``hemplan travel``: a planning document with travel times from the operator's map."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.text import Text

from api.documents.planning import write_document
from api.documents.strict_json import write_json
from api.pages.formats import number
from api.routing.day_tables import route_day
from api.routing.leg_cache import LegCache
from api.routing.valhalla_router import Valhalla
from api.terminal.console import console, print_findings, require_writable, write_output
from api.terminal.reading import read_day


def travel(path: Path, configuration: Path, cache: Path | None, out: Path | None) -> None:
    """
    Write the planning document in `path` with the ways of its shifts.

    Raises
    ------
    CareError
        When the document, the map or the cache cannot be used.
    """
    document = read_day(path)
    if out is not None:
        require_writable(out)
    kept = None if cache is None else LegCache(cache)
    made = route_day(document.day, Valhalla(configuration), kept)
    if made.findings:
        print_findings(made.findings, "Att kontrollera på kartan")
    text = write_json(write_document(made.day, document.run))
    if out is None:
        sys.stdout.write(text)
        return
    write_output(out, text)
    told = (
        f"{number(made.routed)} vägar beräknade på kartan, {number(made.from_cache)} hämtade ur "
        "det som redan var beräknat."
    )
    console().print(Text(told), soft_wrap=True)
