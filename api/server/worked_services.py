"""
Worked time for a request: read, carried out by the use cases, shown.

A provider's request reports and reads its own carers' time, that of somebody with units the time of
the municipality's own carers there.
"""

from __future__ import annotations

import hashlib

from api.access.policy import Reach
from api.documents.purses import month_days
from api.documents.schema_faults import is_id
from api.refusals import not_found
from api.server import worked_schemas as schemas
from api.server.services import Services
from api.store.audit import Act
from api.store.worked_rows import HeldDay, Whose
from api.usecases import worked_time
from api.usecases.worked_time import SentTime
from pricing.performed_time import CLASSES


def whose(reach: Reach) -> Whose:
    """Whose worked time a request reaches; whoever is a provider too has its own only."""
    if reach.everything:
        return Whose()
    if reach.provider is not None:
        return Whose(reach.provider)
    return Whose(units=None if reach.every_unit else reach.units)


def report(
    services: Services,
    act: Act,
    reach: Reach,
    content: bytes,
    name: str,
    key: str | None,
    *,
    corrects: bool,
) -> schemas.WorkedDeliverySchema:
    """Take in a file of worked time; without a `key` the content is its own."""
    named = key or hashlib.sha256(b"%d %b" % (corrects, content)).hexdigest()
    sent = SentTime(whose(reach), named, name, content, corrects)
    made = worked_time.report(services.store, act, sent, max_bytes=services.settings.max_bytes)
    names = (
        "sender", "key", "sha256", "corrects", "added", "corrected", "unchanged", "received_at",
        "received_by",
    )  # fmt: skip
    return schemas.WorkedDeliverySchema(**{each: getattr(made, each) for each in names})


def days(
    services: Services,
    act: Act,
    reach: Reach,
    month: str,
    provider: str | None,
    offset: int,
    *,
    history: bool,
) -> schemas.WorkedDaysSchema:
    """A page of a month's carer days, of one provider or of all within reach."""
    own = whose(reach)
    if provider is not None:
        if not is_id(provider) or own.provider not in (None, provider):
            raise not_found("providers", provider if is_id(provider) else "the parameter")
        own = Whose(provider, own.units)
    found, more = worked_time.reported(
        services.store,
        act.municipality,
        month_days(month),
        own,
        history=history,
        offset=offset,
    )
    return schemas.WorkedDaysSchema(
        days=[_day(each) for each in found], next=offset + len(found) if more else None
    )


def _day(held: HeldDay) -> schemas.WorkedDaySchema:
    day = held.content
    minutes = {f"{each.value}_min": day.classes_min.get(each) for each in CLASSES}
    return schemas.WorkedDaySchema(
        provider=day.provider,
        unit=day.unit,
        day=day.day,
        carer=day.carer,
        zone=day.zone,
        worked_min=day.worked_min,
        care_min=day.care_min,
        **minutes,
        number=held.number,
        delivery=held.key,
    )
