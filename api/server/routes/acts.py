"""Who did what: the log of acts, and if it is whole."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from api.server import act_examples as examples
from api.server import act_services as services_of
from api.server import person_examples
from api.server.act_schemas import LoggedActsSchema
from api.server.deps import ReaderDep, ServicesDep
from api.server.openapi import answer, refusals
from api.server.person_schemas import ChainSchema
from api.usecases.acts import Wanted

router = APIRouter(prefix="/v1/acts", tags=["acts"])

Name = Annotated[str | None, Query(min_length=1, max_length=200)]


@router.get(
    "",
    response_model_exclude_none=True,
    responses={**answer(200, "The latest first", examples.ACTS), **refusals(422)},
)
def acts(
    services: ServicesDep,
    reader: ReaderDep,
    since: Annotated[AwareDatetime | None, Query(description="As 2026-03-01T00:00:00Z.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Before then.")] = None,
    actor: Name = None,
    action: Name = None,
    subject_kind: Annotated[Name, Query(alias="subjectKind")] = None,
    subject_id: Annotated[Name, Query(alias="subjectId")] = None,
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> LoggedActsSchema:
    """Who did what, when, and to what, by opaque ids; the reading is an act itself."""
    wanted = Wanted(since, until, actor, action, subject_kind, subject_id)
    return services_of.acts(services, reader, wanted, before, limit)


@router.get(
    "/chain",
    responses={**answer(200, "Whether it holds", person_examples.CHAIN), **refusals(422)},
)
def verify(
    services: ServicesDep,
    reader: ReaderDep,
    anchor: Annotated[
        str | None,
        Query(
            pattern=services_of.ANCHOR,
            description="An earlier head that was noted elsewhere, NUMBER:HASH.",
        ),
    ] = None,
) -> ChainSchema:
    """Whether the log of acts is as it was written, and its head, to be noted elsewhere."""
    return services_of.verify(services, reader, anchor)
