"""
The readable parts of a planning document, also of one whose structure has faults.

An unreadable item is left out here, since its own faults are told elsewhere. Findings about
references that the missing item may explain are then withheld: they would blame the wrong place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.documents.planning_schemas import (
    CaregiverSchema,
    ModelInputSchema,
    PlanningWindowSchema,
    RecipientSchema,
    ResourceSchema,
    StandbySchema,
    TravelTimesSchema,
    VisitGroupSchema,
    VisitSchema,
)
from api.documents.schema_faults import Model, readable

# Findings that an unreadable caregiver, resource or visit may have caused.
ABOUT_CAREGIVERS = frozenset({"UNKNOWN_SKILL", "UNKNOWN_CARER_IN_WISHES", "PIN_UNKNOWN_CARER"})
ABOUT_RESOURCES = frozenset({"UNKNOWN_RESOURCE"})
ABOUT_VISITS = frozenset({"UNKNOWN_VISIT", "GROUP_OF_ONE"})


@dataclass(frozen=True, slots=True)
class Parts:
    """
    The readable items of a document with their positions in it.

    Parameters
    ----------
    withheld
        Codes of findings that items left out may have caused.
    """

    date: date
    caregivers: tuple[tuple[int, CaregiverSchema], ...]
    visits: tuple[tuple[int, VisitSchema], ...]
    groups: tuple[tuple[int, VisitGroupSchema], ...]
    window: PlanningWindowSchema | None
    recipients: tuple[tuple[int, RecipientSchema], ...] = ()
    withheld: frozenset[str] = frozenset()
    travel_times: tuple[tuple[int, TravelTimesSchema], ...] = ()
    resources: tuple[tuple[int, ResourceSchema], ...] = ()
    standby: tuple[tuple[int, StandbySchema], ...] = ()
    withheld_visits: int | None = None

    def names(self) -> Iterator[tuple[str, str, str]]:
        """Path, id and name of every named caregiver and recipient."""
        for position, carer in self.caregivers:
            if carer.name is not None:
                yield f"caregivers[{position}]", carer.id, carer.name
        for position, visit in self.visits:
            if visit.name is not None:
                yield f"visits[{position}]", visit.recipient_id, visit.name

    @classmethod
    def of_model(cls, model: ModelInputSchema) -> Parts:
        """All items of a document whose structure is right."""
        return cls(
            model.date,
            tuple(enumerate(model.caregivers)),
            tuple(enumerate(model.visits)),
            tuple(enumerate(model.visit_groups)),
            model.planning_window,
            tuple(enumerate(model.recipients)),
            travel_times=tuple(enumerate(model.travel_times)),
            resources=tuple(enumerate(model.resources)),
            standby=tuple(enumerate(model.standby)),
            withheld_visits=model.withheld_visits,
        )

    @classmethod
    def salvaged(cls, value: Any) -> Parts | None:
        """What can be read of a document with a faulty structure; None without day and visits."""
        raw = value.get("modelInput") if isinstance(value, dict) else None
        if not isinstance(raw, dict):
            return None
        caregivers = _readable(CaregiverSchema, raw.get("caregivers"))
        visits = _readable(VisitSchema, raw.get("visits"))
        resources = _readable(ResourceSchema, raw.get("resources"))
        head = readable(ModelInputSchema, {"date": raw.get("date"), "caregivers": [], "visits": []})
        # Without a readable day, the first visit's stands in: most faults do not depend on it.
        starts = [visit.time_windows[0].min_start_time for _, visit in visits]
        if head is None and not starts:
            return None
        return cls(
            head.date if head else starts[0].date(),
            caregivers,
            visits,
            _readable(VisitGroupSchema, raw.get("visitGroups")),
            None,
            _readable(RecipientSchema, raw.get("recipients")),
            _withheld(ABOUT_CAREGIVERS, raw.get("caregivers"), caregivers)
            | _withheld(ABOUT_VISITS, raw.get("visits"), visits)
            | _withheld(ABOUT_RESOURCES, raw.get("resources", []), resources),
            travel_times=_readable(TravelTimesSchema, raw.get("travelTimes")),
            resources=resources,
            standby=_readable(StandbySchema, raw.get("standby")),
        )


def _withheld(
    codes: frozenset[str], items: Any, readable: tuple[tuple[int, object], ...]
) -> frozenset[str]:
    whole = isinstance(items, list) and len(items) == len(readable)
    return frozenset() if whole else codes


def _readable(model: type[Model], items: Any) -> tuple[tuple[int, Model], ...]:
    if not isinstance(items, list):
        return ()
    read = ((position, readable(model, item)) for position, item in enumerate(items))
    return tuple((position, item) for position, item in read if item is not None)
