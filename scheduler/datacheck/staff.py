"""Carers and their skills: what hangs on one person, what runs out, who seems to be missing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta

from scheduler.build import paid_minutes, skills_on
from scheduler.care.model import Carer, Day
from scheduler.datacheck.advice import Advice, Code, Kind, counted, listed
from scheduler.datacheck.limits import Limits


def staff_advice(day: Day, limits: Limits) -> Iterator[Advice]:
    """What the carers, their delegations and the number of shifts show."""
    demanded = Counter(skill for visit in day.visits for skill in visit.required_skills)
    carers = {carer.id: carer for carer in day.carers}
    on_shift = [carers[id_] for id_ in dict.fromkeys(s.carer_id for s in day.shifts)]
    yield from _fragile(day, on_shift, demanded)
    yield from _ended(day, on_shift, demanded)
    yield from _ending(day, limits)
    yield from _load(day, limits)
    yield from _off(day, on_shift, limits)
    yield from _one_mode(day, limits)


def _fragile(day: Day, on_shift: list[Carer], demanded: Counter[str]) -> Iterator[Advice]:
    """SKILL_HELD_BY_ONE, by carer."""
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for carer in on_shift:
        for skill in skills_on(carer, day.date):
            holders[skill].append(carer.id)
    alone: defaultdict[str, list[str]] = defaultdict(list)
    for skill in sorted(demanded):
        if len(holders[skill]) == 1:
            alone[holders[skill][0]].append(skill)
    for carer_id, skills in alone.items() if len(on_shift) > 1 else ():
        ids = tuple(v.id for v in day.visits if not v.required_skills.isdisjoint(skills))
        yield Advice(
            Code.SKILL_HELD_BY_ONE,
            Kind.VISITS,
            ids,
            f"Bara {carer_id} i tjänst har {listed(skills)}. Vid sjukdom kan ingen annan göra "
            f"{counted(len(ids), Kind.VISITS)}.",
            f"Delegera {listed(skills)} till en till som arbetar i dag.",
        )


def _ended(day: Day, on_shift: list[Carer], demanded: Counter[str]) -> Iterator[Advice]:
    """DELEGATION_ENDED: of carers on shift, for skills that the day's visits demand."""
    lost = Counter(
        (carer.id, each.skill)
        for carer in on_shift
        for each in carer.delegations
        if each.valid_to < day.date
        and each.skill in demanded
        and each.skill not in skills_on(carer, day.date)
    )
    if lost:
        ids = tuple(dict.fromkeys(carer for carer, _ in lost))
        yield Advice(
            Code.DELEGATION_ENDED,
            Kind.CARERS,
            ids,
            f"{counted(len(ids), Kind.CARERS)} i tjänst har delegeringar som gått ut "
            f"({_by_skill(skill for _, skill in lost)}). De får inte sådana besök.",
            "Förnya delegeringarna eller rätta deras slutdag.",
        )


def _ending(day: Day, limits: Limits) -> Iterator[Advice]:
    """DELEGATION_ENDS: soon, and nothing takes over."""
    soon = day.date + timedelta(days=limits.delegation_days)
    ending = [
        (carer.id, each.skill)
        for carer in day.carers
        for each in carer.delegations
        if each.valid_from <= day.date <= each.valid_to <= soon
        and each.skill not in carer.skills
        and not any(o.skill == each.skill and o.valid_to > each.valid_to for o in carer.delegations)
    ]
    if ending:
        ids = tuple(dict.fromkeys(carer for carer, _ in ending))
        yield Advice(
            Code.DELEGATION_ENDS,
            Kind.CARERS,
            ids,
            f"{counted(len(ids), Kind.CARERS)} har delegeringar som går ut inom "
            f"{limits.delegation_days} dagar ({_by_skill(skill for _, skill in ending)}).",
            "Boka förnyelse, så att planerna inte blir sämre då.",
        )


def _load(day: Day, limits: Limits) -> Iterator[Advice]:
    """HIGH_LOAD: visits' minutes of the minutes that are paid anyhow."""
    paid = sum(paid_minutes(shift) for shift in day.shifts if not shift.optional)
    needed = sum(visit.duration_min for visit in day.visits)
    if paid > 0 and needed > limits.high_load_share * paid:
        yield Advice(
            Code.HIGH_LOAD,
            Kind.VISITS,
            (),
            f"Besöken tar {100 * needed // paid} % av den betalda tiden, före resor och väntan. "
            "Sällan ryms mer än 70 %, så räkna med oplanerade besök.",
            "Sätt in fler pass, eller se över vilka besök som kan vänta (prioritet 3).",
        )


def _off(day: Day, on_shift: list[Carer], limits: Limits) -> Iterator[Advice]:
    """CARERS_WITHOUT_SHIFT: so many that their shifts may have been left behind."""
    working = {carer.id for carer in on_shift}
    ids = tuple(carer.id for carer in day.carers if carer.id not in working)
    if len(day.carers) >= limits.fewest and len(ids) >= limits.unused_carers_share * len(
        day.carers
    ):
        yield Advice(
            Code.CARERS_WITHOUT_SHIFT,
            Kind.CARERS,
            ids,
            f"{len(ids)} av {counted(len(day.carers), Kind.CARERS)} har inget pass. Så många är "
            "sällan lediga samma dag.",
            "Kontrollera att alla pass följde med.",
        )


def _one_mode(day: Day, limits: Limits) -> Iterator[Advice]:
    """ONE_MODE: a default, perhaps, where nobody has said how people travel."""
    modes = {shift.mode for shift in day.shifts}
    if len(day.shifts) >= limits.fewest and len(modes) == 1:
        yield Advice(
            Code.ONE_MODE,
            Kind.SHIFTS,
            (),
            f"Alla {counted(len(day.shifts), Kind.SHIFTS)} har samma färdsätt ({modes.pop()}). "
            "Är det bara ett standardvärde blir restiderna fel.",
            "Ange hur var och en tar sig fram: FOOT, BICYCLE eller CAR.",
        )


def _by_skill(skills: Iterator[str]) -> str:
    return ", ".join(f"{skill} {count}" for skill, count in sorted(Counter(skills).items()))
