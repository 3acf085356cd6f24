"""
Settlements and their files as a request is shown them: without ids of visits that are a protected
person's whom its asker may not know, and with every sum whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from api.documents.withheld import anonymous
from api.server import finance_schemas as schemas
from api.server.services import Services
from api.store.audit import Act
from api.store.money_records import ExportFile, SettlementRun
from api.usecases import settling
from api.usecases.looking import withheld_from
from api.usecases.settlement_views import WITH_VISITS, file_without, withheld_visits
from scheduler.care.errors import InvalidInput


@contextmanager
def anonymous_faults(services: Services, act: Act) -> Iterator[None]:
    """Faults of a month's visits are told without those of persons whom nobody here may know."""
    try:
        yield
    except InvalidInput as error:
        withheld = withheld_from(services.store, act)
        raise InvalidInput(anonymous(error.findings, withheld)) from None


def shown_files(
    services: Services, act: Act, provider: str, month: str, files: Sequence[ExportFile]
) -> schemas.ExportsSchema:
    """What is told of files; those with ids of visits tell how many the asker does not get."""
    count = 0
    if any(each.format in WITH_VISITS for each in files):
        run = settling.settlement(services.store, act.municipality, provider, month)
        count = len(withheld_visits(services.store, act, run, show=False))
    return schemas.ExportsSchema(
        files=[_file(each, count if each.format in WITH_VISITS else 0) for each in files]
    )


def shown_file(
    services: Services, act: Act, provider: str, month: str, made: ExportFile
) -> ExportFile:
    """A file as it was handed out, or without the ids that the asker may not know."""
    if made.format not in WITH_VISITS:
        return made
    run = settling.settlement(services.store, act.municipality, provider, month)
    hidden = withheld_visits(services.store, act, run)
    if not hidden:
        return made
    content = file_without(services.store, act.municipality, run, made, hidden)
    return replace(made, content=content, sha256=hashlib.sha256(content).hexdigest())


def shown_settlement(services: Services, act: Act, run: SettlementRun) -> schemas.SettlementSchema:
    """A settlement with its lines."""
    made = run.settlement
    hidden = withheld_visits(services.store, act, run)
    return schemas.SettlementSchema(
        provider=run.provider,
        month=run.month,
        version=run.etag,
        digest=made.digest,
        lines=len(made.lines),
        minutes=sum(each.minutes for each in made.sums),
        amount_ore=made.amount_ore,
        vat_ore=sum(each.vat_ore for each in made.sums),
        closed_at=run.closed_at,
        closed_by=run.closed_by,
        terms=[
            schemas.TermsSchema(month=each.month, book=each.book, known_on=each.known_on)
            for each in run.terms
        ],
        payment_lines=[
            schemas.SettlementLineSchema(
                number=line.number,
                corrects=line.corrects or None,
                visit=None if line.visit in hidden else line.visit,
                component=line.component,
                rate=line.rate,
                band=line.band,
                service=line.service,
                zone=line.zone,
                day=date.fromisoformat(line.day),
                minutes=line.minutes,
                quantity_thousandths=line.quantity,
                amount_ore=line.amount_ore,
                vat_ore=line.vat_ore,
            )
            for line in made.lines
        ],
        withheld_visits=len(hidden) or None,
    )


def _file(made: ExportFile, withheld: int) -> schemas.ExportFileSchema:
    return schemas.ExportFileSchema(
        format=made.format,
        name=made.name,
        sha256=made.sha256,
        bytes=len(made.content),
        setup=made.setup,
        dated_on=made.dated_on,
        made_at=made.made_at,
        made_by=made.made_by,
        withheld_visits=withheld or None,
    )
