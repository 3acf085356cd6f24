"""What visits say of themselves: services, decisions, skills, wishes, gaps and names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from scheduler.care.model import Day, Visit, Wishes
from scheduler.datacheck.advice import Advice, Code, Kind, counted
from scheduler.datacheck.limits import Limits

# Pairs that are compared for one person; more visits a day are data of another kind.
MOST_VISITS = 50


def content_advice(day: Day, limits: Limits) -> Iterator[Advice]:
    """What is missing in the visits; nothing of a day without any."""
    if not day.visits:
        return
    yield from _without_skill(day, limits)
    yield from _alike(day)
    yield from _without_gap(day, limits)
    yield from _unnamed(day)
    yield from _unwished(day, limits)
    yield from _unpriced(day)


def _without_skill(day: Day, limits: Limits) -> Iterator[Advice]:
    """NURSING_WITHOUT_SKILL: a delegated task that anybody may be given."""
    ids = tuple(
        visit.id
        for visit in day.visits
        if not visit.required_skills and _says(visit.services, limits.nursing_words)
    )
    if ids:
        yield Advice(
            Code.NURSING_WITHOUT_SKILL,
            Kind.VISITS,
            ids,
            f"{counted(len(ids), Kind.VISITS)} med läkemedel, insulin eller annan sjukvård kräver "
            "ingen kompetens. Vem som helst kan få dem.",
            "Ange kompetensen eller delegeringen på besöken (requiredSkills).",
        )


def _alike(day: Day) -> Iterator[Advice]:
    """VISITS_ALIKE: the same person, time, length and content twice, and nothing ties them."""
    same: defaultdict[object, list[Visit]] = defaultdict(list)
    for visit in day.visits:
        if visit.group is None:
            like = (visit.recipient_id, visit.windows, visit.duration_min, visit.services)
            same[like].append(visit)
    ids = tuple(
        visit.id
        for visits in same.values()
        if len(visits) > 1 and not _any_tied(visits[:MOST_VISITS])
        for visit in visits
    )
    if ids:
        yield Advice(
            Code.VISITS_ALIKE,
            Kind.VISITS,
            ids,
            f"{counted(len(ids), Kind.VISITS)} har en exakt likadan tvilling hos samma person. "
            "Planen gör dem efter varandra, inte av två samtidigt.",
            "Är det dubbelbemanning, lägg dem i en grupp (visitGroups). Ta annars bort dubbletten.",
        )


def _without_gap(day: Day, limits: Limits) -> Iterator[Advice]:
    """NO_GAPS: medicine, insulin or meals several times a day with no time between them."""
    visits: defaultdict[tuple[str, str], list[Visit]] = defaultdict(list)
    for visit in day.visits:
        said = (*visit.services, *visit.required_skills)
        for word in limits.timed_words:
            if _says(said, (word,)):
                visits[visit.recipient_id, word].append(visit)
    ids = tuple(
        dict.fromkeys(
            recipient
            for (recipient, _), own in visits.items()
            if len({visit.starts_with for visit in own}) > 1 and not _any_tied(own[:MOST_VISITS])
        )
    )
    if ids:
        yield Advice(
            Code.NO_GAPS,
            Kind.RECIPIENTS,
            ids,
            f"{counted(len(ids), Kind.RECIPIENTS)} får läkemedel, insulin eller måltid flera "
            "gånger utan angiven tid emellan. De kan hamna för tätt.",
            "Ange minsta tid mellan besöken (visitDependencies).",
        )


def _unwished(day: Day, limits: Limits) -> Iterator[Advice]:
    """NO_PREFERRED_CARERS, NO_WISHES: nobody at all has any."""
    recipients = {visit.recipient_id for visit in day.visits}
    if len(recipients) < limits.fewest:
        return
    wishes = [visit.wishes for visit in day.visits]
    known = any(each.recent for each in day.continuity)
    if not known and not any(one.preferred or one.contact for one in wishes):
        yield Advice(
            Code.NO_PREFERRED_CARERS,
            Kind.RECIPIENTS,
            (),
            "Ingen person har någon medarbetare som helst ska komma. Planen kan inte hålla "
            "kontinuitet eller gynna den fasta omsorgskontakten.",
            "Ange fast omsorgskontakt (primaryCaregiver) och vilka som har kommit de senaste "
            "veckorna (recipients.recentCaregivers).",
        )
    if all(one == Wishes(preferred=one.preferred, contact=one.contact) for one in wishes):
        yield Advice(
            Code.NO_WISHES,
            Kind.RECIPIENTS,
            (),
            "Ingen person har någon uteslutning, allergen eller önskan om kön eller språk. Det "
            "är ovanligt, och planen kan skicka fel medarbetare.",
            "Kontrollera att önskemålen följde med ur verksamhetssystemet.",
        )


def _unpriced(day: Day) -> Iterator[Advice]:
    """NO_DECISIONS, NO_SERVICES."""
    ids = tuple(visit.id for visit in day.visits if visit.decision_id is None)
    if ids:
        yield Advice(
            Code.NO_DECISIONS,
            Kind.VISITS,
            ids,
            f"{counted(len(ids), Kind.VISITS)} saknar beslut. Planerad tid kan inte ställas mot "
            "beviljad tid och påse pengar.",
            "Ange beslutets och gärna radernas id (decisionId, lineIds).",
        )
    ids = tuple(visit.id for visit in day.visits if not visit.services)
    if ids:
        yield Advice(
            Code.NO_SERVICES,
            Kind.VISITS,
            ids,
            f"{counted(len(ids), Kind.VISITS)} säger inte vad som ska göras. Det syns inte i "
            "daglistan, och priset kan inte delas efter insats.",
            "Ange insatsernas koder (services).",
        )


def _unnamed(day: Day) -> Iterator[Advice]:
    """NO_NAMES: of carers on shift and of persons."""
    carers = {carer.id: carer for carer in day.carers}
    on_shift = dict.fromkeys(shift.carer_id for shift in day.shifts)
    nameless = tuple(id_ for id_ in on_shift if not (day.names.get(id_) or carers[id_].name))
    persons = dict.fromkeys(visit.recipient_id for visit in day.visits)
    for kind, ids, where in (
        (Kind.RECIPIENTS, tuple(id_ for id_ in persons if not day.names.get(id_)), "daglistan"),
        (Kind.CARERS, nameless, "planen"),
    ):
        if ids:
            yield Advice(
                Code.NO_NAMES,
                kind,
                ids,
                f"{counted(len(ids), kind)} saknar namn. I {where} står bara id.",
                "Ange name om utskrifter ska användas av personal.",
            )


def _says(codes: tuple[str, ...], words: tuple[str, ...]) -> bool:
    return any(word in code.lower() for code in codes for word in words)


def _any_tied(visits: list[Visit]) -> bool:
    """Whether two of the visits have a gap between them."""
    return any(
        any(gap.preceding_visit == a.id for gap in b.gaps)
        or any(gap.preceding_visit == b.id for gap in a.gaps)
        for a, b in combinations(visits, 2)
    )
