"""The log of acts for a request: read and proven by the use cases, shown."""

from __future__ import annotations

from api.documents.plan_schemas import FindingSchema
from api.server.act_schemas import LoggedActSchema, LoggedActsSchema
from api.server.person_schemas import ChainSchema
from api.server.services import Services
from api.store.chain import Anchor
from api.usecases import acts as use_cases
from api.usecases.acts import Logged, Wanted
from api.usecases.sight import Reader
from scheduler.care.errors import Finding

# A head that was noted elsewhere, NUMBER:HASH.
ANCHOR = r"^[0-9]{1,18}:[0-9a-f]{64}$"


def acts(
    services: Services, reader: Reader, wanted: Wanted, before: int | None, limit: int
) -> LoggedActsSchema:
    """A page of the log of acts."""
    found, following = use_cases.acts(services.store, reader, wanted, before=before, limit=limit)
    return LoggedActsSchema(acts=[_act(each) for each in found], next=following)


def verify(services: Services, reader: Reader, anchor: str | None) -> ChainSchema:
    """Whether the log of acts is as it was written."""
    return chain(*use_cases.verify(services.store, reader, anchor_of(anchor)))


def anchor_of(text: str | None) -> Anchor | None:
    """An anchor as a request names it."""
    if text is None:
        return None
    number, _, digest = text.partition(":")
    return Anchor(int(number), digest)


def chain(head: Anchor, findings: list[Finding]) -> ChainSchema:
    """What is told of a log that was gone through."""
    return ChainSchema(
        agrees=not findings,
        number=head.number,
        hash=head.hash,
        findings=[FindingSchema.of(each) for each in findings],
    )


def _act(made: Logged) -> LoggedActSchema:
    return LoggedActSchema(
        number=made.number,
        at=made.at,
        actor=made.actor,
        action=made.action,
        subject_kind=made.subject_kind,
        subject_id=made.subject_id,
        details=dict(made.details),
    )
