"""
A closed settlement handed out as files: ledger, self-billing, workbook, statement.

Promises: a file is made once, by the export setup in force then, and is the same bytes ever after,
whatever is uploaded or installed since; the log holds the digest of each.
"""

from __future__ import annotations

import hashlib
from datetime import date

from sqlmodel import Session, col, select

from api.pages.settlement_files import settlement_files
from api.refusals import Conflict, not_found
from api.store.audit import Act, Entry, append, lock
from api.store.engine import Store
from api.store.money_records import ExportFile, ExportFormat, RateKind, SettlementRun
from api.store.rate_rows import held_setup, row_in_force
from api.store.settlement_rows import held_run, required_row
from api.store.tables import SettlementExportRow
from api.usecases.settlement_making import subject
from pricing.exports.postings import post
from pricing.exports.setup import ExportSetup
from pricing.pay.settlement import month_bounds
from scheduler.care.errors import Finding, InvalidInput


def hand_out(
    store: Store,
    act: Act,
    provider: str,
    month: str,
    kind: ExportFormat,
    dated_on: date | None = None,
) -> tuple[ExportFile, ...]:
    """
    The files of a closed settlement; made when they are asked for the first time.

    Parameters
    ----------
    dated_on
        Date of documents and vouchers; the month's last day when left out. It holds for all that
        is asked for later.

    Raises
    ------
    NotFound, Conflict
        Nothing was settled; MONTH_OPEN; DATED_BEFORE when the files have another date.
    InvalidInput
        No export setup in force, or every fault of it for this settlement.
    """
    with store.writing() as session:
        head = lock(session, act.municipality)
        row = required_row(session, act.municipality, provider, month)
        where = f"settlement ({subject(provider, month)})"
        if row.closed_at is None:
            raise Conflict(_open(where))
        made = _held(session, act.municipality, provider, month, kind)
        if made:
            if dated_on not in (None, made[0].dated_on):
                raise Conflict(_dated(where, made[0].dated_on, dated_on))
            return made
        run = held_run(session, row)
        day = dated_on or month_bounds(month)[1]
        number, setup = _setup(session, act.municipality, day)
        made = tuple(
            ExportFile(
                kind, name, content, hashlib.sha256(content).hexdigest(), number, day, act.at,
                act.actor,
            )
            for name, content in sorted(files_of(run, setup, kind, day).items())
        )  # fmt: skip
        session.add_all(_row(act.municipality, run, each) for each in made)
        session.flush()
        entries = [
            Entry(
                "EXPORT_MADE",
                "settlement",
                subject(provider, month),
                {"format": kind, "name": each.name, "sha256": each.sha256},
            )
            for each in made
        ]
        append(session, head, act, entries)
    return made


def handed_out(
    store: Store, municipality: str, provider: str, month: str, kind: ExportFormat
) -> tuple[ExportFile, ...]:
    """The files as they were handed out; NotFound when they were not."""
    with store.reading() as session:
        made = _held(session, municipality, provider, month, kind)
    if not made:
        raise not_found("exports", f"{subject(provider, month)} {kind}")
    return made


def all_handed_out(
    store: Store, municipality: str, provider: str, month: str
) -> tuple[ExportFile, ...]:
    """Every file that was handed out of a month, by format and name."""
    with store.reading() as session:
        found = [file for row, file in held_exports(session, municipality, provider)
                 if row.month == month]  # fmt: skip
    return tuple(sorted(found, key=lambda each: (each.format, each.name)))


def files_of(
    run: SettlementRun, setup: ExportSetup, kind: ExportFormat, day: date
) -> dict[str, bytes]:
    """Name -> content of the settlement's files; the same each time."""
    posted = post(run.settlement, setup, day)
    return settlement_files(posted, kind.value.lower())[0]


def held_exports(
    session: Session, municipality: str, provider: str | None = None
) -> list[tuple[SettlementExportRow, ExportFile]]:
    """Every file that was handed out, of one provider or all."""
    query = select(SettlementExportRow).where(SettlementExportRow.municipality_id == municipality)
    if provider is not None:
        query = query.where(SettlementExportRow.provider_id == provider)
    return [(row, _file(row)) for row in session.exec(query)]


def _held(
    session: Session, municipality: str, provider: str, month: str, kind: ExportFormat
) -> tuple[ExportFile, ...]:
    query = (
        select(SettlementExportRow)
        .where(SettlementExportRow.municipality_id == municipality)
        .where(SettlementExportRow.provider_id == provider)
        .where(SettlementExportRow.month == month)
        .where(SettlementExportRow.format == kind)
        .order_by(col(SettlementExportRow.name))
    )
    return tuple(sorted((_file(row) for row in session.exec(query)), key=lambda each: each.name))


def _file(row: SettlementExportRow) -> ExportFile:
    return ExportFile(
        ExportFormat(row.format),
        row.name,
        row.content,
        row.sha256,
        row.setup_number,
        row.dated_on,
        row.made_at,
        row.made_by,
    )


def _row(municipality: str, run: SettlementRun, made: ExportFile) -> SettlementExportRow:
    return SettlementExportRow(
        municipality_id=municipality,
        provider_id=run.provider,
        month=run.month,
        version=run.version,
        format=made.format,
        name=made.name,
        content=made.content,
        sha256=made.sha256,
        setup_kind=RateKind.EXPORT_SETUP,
        setup_number=made.setup,
        dated_on=made.dated_on,
        made_at=made.made_at,
        made_by=made.made_by,
    )


def _setup(session: Session, municipality: str, day: date) -> tuple[int, ExportSetup]:
    row = row_in_force(session, municipality, RateKind.EXPORT_SETUP, day)
    if row is None:
        raise InvalidInput(
            Finding(
                "NO_EXPORT_SETUP",
                f"day {day.isoformat()}",
                "an approved export setup in force",
                "none",
                "Ladda upp uppgifterna för export och låt dem godkännas.",
            )
        )
    return row.number, held_setup(session, municipality, row.number)


def _open(where: str) -> Finding:
    return Finding(
        "MONTH_OPEN", where, "a closed month", "an open one", "Stäng månaden innan den lämnas ut."
    )


def _dated(where: str, held: date, asked: date | None) -> Finding:
    return Finding(
        "DATED_BEFORE",
        where,
        held.isoformat(),
        asked.isoformat() if asked else "none",
        "Det som har lämnats ut ändras inte: hämta filerna med sitt datum.",
    )
