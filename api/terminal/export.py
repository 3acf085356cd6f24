"""
``hemplan export``: a settlement as files for ledger, invoicing and print.

All files or none: what is refused, or would be written over another file, is told at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from rich.text import Text

from api.documents.strict_json import read_file
from api.files import write_bytes_atomically
from api.pages.formats import number
from api.pages.settlement_files import settlement_files
from api.terminal.console import console, print_findings, unwritable
from pricing.exports.postings import post
from pricing.exports.setup import ExportSetup
from pricing.exports.setup_file import load_setup
from pricing.pay.export import read_settlement
from pricing.pay.settlement import Settlement, month_bounds
from scheduler.care.errors import CareError, Finding, InvalidInput
from scheduler.care.units import from_ore

MAX_BYTES = 1_000_000_000


def export(
    settlement_path: Path, setup_path: Path, *, kind: str, day: date | None, out: Path
) -> None:
    """
    Write the settlement as `kind` (sie, peppol, html or excel) into the folder `out`.

    Raises
    ------
    InvalidInput
        With the faults of both files, with what of the settlement cannot be exported, or with
        every file that another content stands in; then nothing is written.
    """
    settlement, setup = _read(settlement_path, setup_path)
    posted = post(settlement, setup, day or month_bounds(settlement.month)[1])
    with console(stderr=True).status("Skriver filerna …"):
        files, notes = settlement_files(posted, kind)
    _write(out, files)
    if notes:
        print_findings(notes, "Tecken som formatet saknar är ersatta.")
    screen = console()
    for name in files:
        screen.print(Text(str(out / name)))
    owed = number(from_ore(posted.owed_ore), 2)
    screen.print(Text(f"{len(files)} filer, {settlement.month}, {owed} kr med moms."))
    rounding = sum(each.rounding_ore for each in posted.vat.values())
    if rounding:
        told = number(from_ore(rounding), 2)
        screen.print(Text(f"Därav öresutjämning av fakturornas moms {told} kr."))


def _read(settlement_path: Path, setup_path: Path) -> tuple[Settlement, ExportSetup]:
    findings: list[Finding] = []
    settlement: Settlement | None = None
    setup: ExportSetup | None = None
    try:
        content = read_file(settlement_path, max_bytes=MAX_BYTES)
        settlement = read_settlement(content, settlement_path.name)
        month_bounds(settlement.month)
    except CareError as error:
        findings += error.findings
    try:
        setup = load_setup(setup_path)
    except CareError as error:
        findings += error.findings
    if findings or settlement is None or setup is None:
        raise InvalidInput(findings)
    return settlement, setup


def _write(out: Path, files: Mapping[str, bytes]) -> None:
    findings = []
    for name, content in files.items():
        path = out / name
        try:
            if path.exists() and path.read_bytes() != content:
                findings.append(
                    Finding(
                        "WRITTEN_BEFORE",
                        name,
                        "a new file, or the same content again",
                        "another content",
                        "Ange en annan mapp; det som har lämnats ut skrivs aldrig över.",
                    )
                )
        except OSError as error:
            findings.append(unwritable(path, error))
    if findings:
        raise InvalidInput(findings)
    for name, content in files.items():
        try:
            write_bytes_atomically(out / name, content)
        except OSError as error:
            raise InvalidInput(unwritable(out / name, error)) from None
