"""
Documents of a day without the persons whom their reader may not know of.

A carer who goes to one of them is shown as taken, from leaving the stop before until being at the
next one: otherwise nobody could plan the rest of the day. By whom, where, for how long and by which
way is left out. Such a document says how many visits it leaves out, and is not taken in again
(:func:`withheld_findings`): what it does not show would be lost without a word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, TypeVar

from api.documents.plan_schemas import (
    FindingSchema,
    ModelOutputSchema,
    PlanDocumentSchema,
    RouteSchema,
    StopSchema,
)
from api.documents.planning_schemas import ModelInputSchema, TravelTimesSchema, VisitSchema
from scheduler.care.errors import Finding

TAKEN: Final = "TAKEN"
HERE = "Uppgiften rör någon som du inte har behörighet att se."


@dataclass(frozen=True, slots=True)
class Withheld:
    """
    Who and what a document may not name.

    Parameters
    ----------
    recipients, visits, decisions
        Ids; the visits and decisions are the recipients'. Visits may be named after decisions.
    """

    recipients: frozenset[str] = frozenset()
    visits: frozenset[str] = frozenset()
    decisions: frozenset[str] = frozenset()

    def names(self, *words: str) -> bool:
        """Whether one of `words` names somebody or a visit that is withheld."""
        whole = sorted(self.recipients | self.visits)
        # Whole ids: r-1 is not named by r-10; b-1-morning-1 is a visit of b-1.
        named = [
            rf"(?<![\w-])(?:{'|'.join(map(re.escape, ids))}){end}"
            for ids, end in ((whole, r"(?![\w-])"), (sorted(self.decisions), r"(?!\w)"))
            if ids
        ]
        return any(re.search(each, word) for each in named for word in words)


Item = TypeVar("Item")


def withheld_of(day: ModelInputSchema, hidden: Collection[str]) -> Withheld:
    """What of a day is to be withheld when `hidden` recipients are."""
    visits = [visit for visit in day.visits if visit.recipient_id in hidden]
    return Withheld(
        frozenset(visit.recipient_id for visit in visits), frozenset(visit.id for visit in visits)
    )


def may_name(document: str, recipients: Iterable[str]) -> bool:
    """Whether the JSON text names one of `recipients`: quicker than reading it."""
    return any(json.dumps(each, ensure_ascii=False) in document for each in recipients)


def input_without(day: ModelInputSchema, withheld: Withheld) -> ModelInputSchema:
    """The day without the withheld visits, and without the places that only they are at."""
    if not withheld.visits:
        return day
    kept = [visit for visit in day.visits if visit.id not in withheld.visits]
    places = set(_places(day, kept))
    return day.model_copy(
        update={
            "visits": [
                visit.model_copy(
                    update={
                        "visit_dependencies": [
                            each
                            for each in visit.visit_dependencies
                            if each.preceding_visit not in withheld.visits
                        ]
                    }
                )
                for visit in kept
            ],
            "visit_groups": [
                group for group in day.visit_groups if withheld.visits.isdisjoint(group.visits)
            ],
            "recipients": [
                each for each in day.recipients if each.id not in withheld.recipients
            ],
            "travel_times": [
                made
                for table in day.travel_times
                if (made := _table(table, places)) is not None
            ],
            "withheld_visits": len(withheld.visits),
        }
    )  # fmt: skip


def output_without(plan: ModelOutputSchema, withheld: Withheld) -> ModelOutputSchema:
    """The plan with its carers taken where they go to somebody who is withheld."""
    if not withheld.visits:
        return plan
    return plan.model_copy(
        update={
            "caregivers": [
                carer.model_copy(
                    update={"shifts": [_route(shift, withheld.visits) for shift in carer.shifts]}
                )
                for carer in plan.caregivers
            ],
            "unassigned_visits": [
                each.model_copy(
                    update={"blocking": [b for b in each.blocking if b not in withheld.visits]}
                    | ({"text": HERE} if withheld.names(each.text) else {})
                    | ({"action": HERE} if withheld.names(each.action) else {})
                )
                for each in plan.unassigned_visits
                if each.id not in withheld.visits
            ],
        }
    )


def document_without(document: PlanDocumentSchema, withheld: Withheld) -> PlanDocumentSchema:
    """A plan document, its advice included."""
    output = document.model_output
    findings = findings_without(document.metadata.findings, withheld)
    return document.model_copy(
        update={
            "model_output": None if output is None else output_without(output, withheld),
            "metadata": document.metadata.model_copy(update={"findings": findings}),
        }
    )


def visited(plan: ModelOutputSchema | None) -> set[str]:
    """Everybody whom the plan sends somebody to."""
    return {
        stop.recipient_id
        for carer in (plan.caregivers if plan else ())
        for shift in carer.shifts
        for stop in shift.itinerary
        if stop.recipient_id is not None
    }


def findings_without(findings: Iterable[FindingSchema], withheld: Withheld) -> list[FindingSchema]:
    """The findings that name nobody who is withheld."""
    return [each for each in findings if not withheld.names(each.where, each.expected, each.found)]


def named_in(findings: Iterable[FindingSchema], recipient_of: Mapping[str, str]) -> set[str]:
    """
    Everybody whom the findings name, by their own id or by that of a visit.

    Parameters
    ----------
    recipient_of
        Visit -> recipient, of the whole day.
    """
    words = [word for each in findings for word in (each.where, each.expected, each.found)]
    text = "\n".join(words)
    return {
        recipient
        for visit, recipient in recipient_of.items()
        # Most are not there at all; only of the rest it takes time to see whether they stand whole.
        if (visit in text or recipient in text)
        and Withheld(frozenset({recipient}), frozenset({visit})).names(*words)
    }


def anonymous(findings: Iterable[Finding], withheld: Withheld) -> list[Finding]:
    """Faults that must be told, without whom they are about where they name one withheld."""
    return [
        Finding(each.code, "withheld", "sound data of a person that you may not see", "a fault",
                "Be någon som har behörighet till personen att rätta uppgiften.", each.severity)
        if withheld.names(each.where, each.expected, each.found)
        else each
        for each in findings
    ]  # fmt: skip


def withheld_findings(count: int | None) -> list[Finding]:
    """WITHHELD_VISITS for a document that leaves visits out."""
    if count is None:
        return []
    return [
        Finding(
            "WITHHELD_VISITS",
            "modelInput.withheldVisits",
            "a whole day",
            f"{count} visits left out",
            "Låt någon som får se alla dagens besök göra det, eller planera dagen i tjänsten.",
        )
    ]


def runs(items: Sequence[Item], hidden: Sequence[bool]) -> Iterator[tuple[bool, list[Item]]]:
    """`items` in order, those on end that are hidden together and each other one alone."""
    for is_hidden, group in groupby(zip(items, hidden, strict=True), key=lambda pair: pair[1]):
        members = [item for item, _ in group]
        if is_hidden:
            yield True, members
        else:
            for member in members:
                yield False, [member]


# ---------------------------------------------------------------- steps


def _route(shift: RouteSchema, visits: frozenset[str]) -> RouteSchema:
    stops = shift.itinerary
    hidden = [stop.id in visits for stop in stops]
    if not any(hidden):
        return shift
    made: list[StopSchema] = []
    place = 0
    for is_hidden, group in runs(stops, hidden):
        place += len(group)
        if is_hidden:
            after = stops[place].arrival_time if place < len(stops) else _back(shift, group[-1])
            made.append(_taken(group[0], after))
        elif made and made[-1].kind == TAKEN:
            made.append(group[0].model_copy(update={"travel_time": 0, "travel_source": None}))
        else:
            made.append(group[0])
    update: dict[str, object] = {"itinerary": made}
    if hidden[-1]:
        update |= {"return_travel_time": 0, "return_travel_source": None}
    return shift.model_copy(update=update)


def _back(shift: RouteSchema, last: StopSchema) -> datetime:
    """When the carer is back from the last stop."""
    return last.departure_time + timedelta(seconds=shift.return_travel_time)


def _taken(first: StopSchema, until: datetime) -> StopSchema:
    left = first.arrival_time - timedelta(seconds=first.travel_time)
    return StopSchema(
        kind=TAKEN,
        arrival_time=left,
        start_service_time=left,
        departure_time=until,
        travel_time=0,
    )


def _places(day: ModelInputSchema, visits: Iterable[VisitSchema]) -> Iterator[tuple[float, ...]]:
    """Every place that the rest of the day has."""
    for carer in day.caregivers:
        for shift in carer.shifts:
            yield tuple(shift.start_location)
            yield tuple(shift.end_location)
    for standby in day.standby:
        yield tuple(standby.location)
    for visit in visits:
        yield tuple(visit.location)
        if visit.key_location is not None:
            yield tuple(visit.key_location)


def _table(table: TravelTimesSchema, places: set[tuple[float, ...]]) -> TravelTimesSchema | None:
    """The table of the given places; None when none is left."""
    kept = [number for number, place in enumerate(table.locations) if tuple(place) in places]
    if not kept:
        return None
    return table.model_copy(
        update={
            "locations": [table.locations[number] for number in kept],
            "durations_s": [[table.durations_s[row][column] for column in kept] for row in kept],
            "zones": [table.zones[number] for number in kept] if table.zones else table.zones,
        }
    )
