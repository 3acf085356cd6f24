"""
Whether a decision not yet made can be carried out: by whom, when, at what cost, and else why not.

    decision → visits on days with a plan → places in the plans → travel, continuity, purse

Each line is looked at on every day on which its frequency lets it fall, and at least once: one that
falls on none of the days, such as cleaning every third week, is tried on a day that its weekdays
allow. A plan of another week stands for the same weekday of the decision's time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from api.documents.decision_schemas import ProviderSchema
from api.documents.decisions import Registration
from api.documents.plan_diff import change_schema
from api.documents.quotes import (
    ContinuitySchema,
    DaySourceSchema,
    OccasionSchema,
    OfferSchema,
    RelaxationSchema,
)
from api.documents.recommendation import PlacedSchema, refusal_schema
from api.flow import Terms, decision_price, granted_visits
from scheduler.care.errors import CareError
from scheduler.care.model import Frequency, Period, Provider, ProviderKind, ServiceLine, Visit
from scheduler.care.units import MINUTES_PER_HOUR, SECONDS_PER_MINUTE, to_ore
from scheduler.options import Option
from scheduler.recommend import Recommender
from scheduler.refusals import Refusal
from scheduler.relaxations import relaxation, variants
from scheduler.rules import Reason, Rule
from scheduler.time_order import later
from scheduler.together import Left, Together, also, place_together

WEEKDAYS = range(1, 8)
NAMES = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
# Visits without a place for which something else is tried; the others have their reasons.
MOST_RELAXED = 3
# Tells an occasion of another day from those of the day.
MOVED = "flyttat:"
NOT = {
    Rule.SKILL: "saknar kompetens eller delegering",
    Rule.KEY: "börjar inte där nyckeln finns",
    Rule.RESOURCE: "saknar bil eller annat som delas",
    Rule.GROUP_CARERS: "gör redan ett av dubbelbemanningens besök",
    Reason.NO_SHIFT_IN_WINDOW: "arbetar inte då",
    Reason.UNREACHABLE: "hinner inte dit och tillbaka",
    Reason.CROWDED_OUT: "är upptagna av det som redan är planerat",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """
    A day with a plan that can be asked.

    Parameters
    ----------
    revision, status
        Which plan it is; None and ``HANDED_IN`` of one that came with the question.
    """

    day: date
    asked: Recommender
    revision: int | None
    status: str


@dataclass
class _Answer:
    """What has been found so far of one offer."""

    samples: Sequence[Sample]
    found: list[Together] = field(default_factory=list)
    occasions: list[OccasionSchema] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    came: set[str] = field(default_factory=set)
    new: set[str] = field(default_factory=set)
    history: bool = False
    travel_s: int = 0
    relaxed: int = 0


def offer(
    registration: Registration,
    provider: Provider,
    unit: str,
    samples: Sequence[Sample],
    first_day: date,
    terms: Terms,
) -> OfferSchema:
    """
    What `provider` could do with the plans of `unit`.

    Parameters
    ----------
    registration
        Free of errors; its own provider is not asked about.
    samples
        Days with plans, in order.
    first_day
        From which the decision would be carried out; its rate applies.
    """
    asked = replace(registration, provider=provider)
    rare, without = _rare_lines(asked, samples, terms)
    answer = _Answer(samples)
    for sample in samples:
        _know(answer, asked, sample)
    for sample in samples:
        lines = tuple(line for line, day in rare if day == sample.day)
        visits = _visits(asked, sample.day, terms, lines)
        answer.found.append(_place(answer, asked, sample, visits, terms))
    for sample, found in zip(samples, answer.found, strict=True):
        _tell(answer, asked, sample, found, terms)
    fits = [occasion.fits for occasion in answer.occasions]
    weekdays = {sample.day.isoweekday() for sample in samples}
    priced = _price(asked, provider, first_day, answer.travel_s, terms)
    coming = {c.caregiver_id for o in answer.occasions for c in o.placed}
    return OfferSchema(
        provider=ProviderSchema(id=provider.id, kind=provider.kind),
        unit=unit,
        fits=bool(fits) and all(fits) and not without,
        text=_told(fits, without, samples),
        occasions=answer.occasions,
        continuity=ContinuitySchema(
            known=sorted(coming & answer.known),
            new=sorted(coming - answer.known),
            distinct_14_days=len(coming | answer.came) if answer.history else None,
        ),
        travel_s=answer.travel_s,
        days=[DaySourceSchema(day=s.day, revision=s.revision, status=s.status) for s in samples],
        weekdays_without_plan=[number for number in WEEKDAYS if number not in weekdays],
        lines_without_day=[line.id for line in without],
        **priced,
    )


# ---------------------------------------------------------------- what falls on a day


def _visits(
    registration: Registration, day: date, terms: Terms, rare: Iterable[ServiceLine]
) -> tuple[Visit, ...]:
    """The decision's visits on `day`, and one for each line of `rare`."""
    decision = registration.decision
    in_force = replace(
        decision,
        valid_from=min(decision.valid_from, day),
        valid_to=None if decision.valid_to is None else max(decision.valid_to, day),
    )
    visits = granted_visits(replace(registration, decision=in_force), day, terms)
    for line in rare:
        visits += _once(registration, day, terms, [line])
    # On which day it is, the question decides.
    return tuple(replace(visit, possible_days=()) for visit in visits)


def _once(
    registration: Registration, day: date, terms: Terms, lines: Iterable[ServiceLine]
) -> tuple[Visit, ...]:
    """One occasion of `lines` together on `day`, whatever their frequency."""
    decision = registration.decision
    once = tuple(replace(line, frequency=Frequency(1, Period.DAY)) for line in lines)
    alone = replace(
        decision,
        id=f"{decision.id}-{'-'.join(line.id for line in once)}",
        valid_from=day,
        valid_to=day,
        lines=once,
    )
    made = granted_visits(replace(registration, decision=alone), day, terms)
    return tuple(replace(visit, decision_id=decision.id, possible_days=()) for visit in made)


def _rare_lines(
    registration: Registration, samples: Sequence[Sample], terms: Terms
) -> tuple[list[tuple[ServiceLine, date]], list[ServiceLine]]:
    """Lines that fall on none of the days, each with a day that they allow; and those without."""
    seen = {
        line
        for sample in samples
        for visit in _visits(registration, sample.day, terms, ())
        for line in visit.line_ids
    }
    placed, without = [], []
    for line in registration.decision.lines:
        if line.id in seen:
            continue
        days = [s.day for s in samples if _allows(line, s.day)]
        if days:
            placed.append((line, days[0]))
        else:
            without.append(line)
    return placed, without


def _allows(line: ServiceLine, day: date) -> bool:
    return not line.frequency.weekdays or day.isoweekday() in line.frequency.weekdays


# ---------------------------------------------------------------- one day


def _know(answer: _Answer, registration: Registration, sample: Sample) -> None:
    """Who comes to the person by the plan, and who has come lately."""
    person, day = registration.recipient.id, sample.asked.day
    of_person = {visit.id for visit in day.visits if visit.recipient_id == person}
    carer_of = [shift.carer_id for shift in day.shifts]
    coming = {
        carer_of[k]
        for k, stops in enumerate(sample.asked.given)
        for number, _ in stops
        if number >= 0 and day.visits[number].id in of_person
    }
    recent = [known.recent for known in day.continuity if known.recipient_id == person]
    answer.history = answer.history or bool(recent)
    answer.came |= coming.union(*recent)
    answer.known |= answer.came
    contact = registration.recipient.wishes.contact
    if contact is not None:
        answer.known.add(contact)


def _place(
    answer: _Answer,
    registration: Registration,
    sample: Sample,
    visits: tuple[Visit, ...],
    terms: Terms,
) -> Together:
    """The visits in the plan of one day, those of the same decision there aside."""
    decision = registration.decision.id
    instead = {v.id for v in sample.asked.day.visits if v.decision_id == decision}
    known = answer.known | answer.new
    # What would help is tried in the same arrays: variants, and what another day could hand over.
    flexible = [line for line in registration.decision.lines if _movable(line, sample.day)]
    moved = tuple(
        visit for line in flexible for visit in _once(registration, sample.day, terms, [line])
    )
    spare = (*variants(visits), *(_handed_over(visit) for visit in moved))
    found = place_together(sample.asked, visits, instead=instead, known=known, spare=spare)
    answer.new |= {carer for option in found.options for carer in option.carer_ids}
    answer.travel_s += found.travel_s
    return found


def _tell(
    answer: _Answer, registration: Registration, sample: Sample, found: Together, terms: Terms
) -> None:
    named = {visit.id: visit for visit in found.day.visits}
    recipients = {visit.id: visit.recipient_id for visit in found.day.visits}
    told: list[tuple[float, OccasionSchema]] = []
    for option in found.options:
        team = [named[v] for v in option.visit_ids]
        fitting = _fitting(sample.day, team, option, recipients)
        told.append((option.start.timestamp(), fitting))
    for left in found.left:
        team = [named[v] for v in left.visit_ids]
        nearest = None
        if answer.relaxed < MOST_RELAXED:
            answer.relaxed += 1
            nearest = _nearest(answer, registration, sample, found, left, terms)
        told.append((team[0].earliest.timestamp(), _refused(sample.day, team, left, nearest)))
    # As they follow on each other over the day.
    answer.occasions += [occasion for _, occasion in sorted(told, key=lambda each: each[0])]


def _fitting(
    day: date, team: Sequence[Visit], option: Option, recipients: dict[str, str]
) -> OccasionSchema:
    placed = zip(option.visit_ids, option.carer_ids, option.shift_ids, strict=True)
    return OccasionSchema(
        **_occasion(day, team),
        fits=True,
        text=f"Ryms kl. {option.start:%H:%M}. {option.text}",
        start=option.start,
        end=later(option.start, team[0].duration_min * SECONDS_PER_MINUTE),
        placed=[
            PlacedSchema(visit_id=visit, caregiver_id=carer, shift_id=shift)
            for visit, carer, shift in placed
        ],
        travel_s=sum(term.quantity for term in option.terms if term.name == "travel"),
        moved=[change_schema(change, recipients[change.visit_id]) for change in option.moved],
    )


def _refused(
    day: date, team: Sequence[Visit], left: Left, nearest: RelaxationSchema | None
) -> OccasionSchema:
    text = why_not(left.refusals)
    return OccasionSchema(
        **_occasion(day, team),
        fits=False,
        text=f"{text} {nearest.text}" if nearest else text,
        refusals=[refusal_schema(refusal) for refusal in left.refusals],
        nearest=nearest,
    )


def _occasion(day: date, team: Sequence[Visit]) -> dict[str, Any]:
    first = team[0]
    return {
        "day": day,
        "lines": list(first.line_ids),
        "services": list(first.services),
        "duration": first.duration_min,
        "staff": len(team),
    }


def why_not(refusals: Sequence[Refusal]) -> str:
    """All shifts' reasons in one Swedish sentence, the most frequent first."""
    if not refusals:
        return "Ingen är i tjänst."
    counted = Counter(NOT.get(refusal.code, "får inte komma till personen") for refusal in refusals)
    reasons = ", ".join(f"{count} {why}" for why, count in counted.most_common())
    return f"Inget av {len(refusals)} pass kan: {reasons}."


# ---------------------------------------------------------------- what would help


def _nearest(
    answer: _Answer,
    registration: Registration,
    sample: Sample,
    found: Together,
    left: Left,
    terms: Terms,
) -> RelaxationSchema | None:
    """Another day where the decision leaves it open, else what `relaxation` finds."""
    line_ids = {
        line for visit in found.day.visits if visit.id in left.visit_ids for line in visit.line_ids
    }
    lines = [line for line in registration.decision.lines if line.id in line_ids]
    if len(lines) == 1:
        (line,) = lines
        for other, there in zip(answer.samples, answer.found, strict=True):
            if other is sample or not _movable(line, other.day):
                continue
            first = _handed_over(_once(registration, other.day, terms, [line])[0])
            option = also(other.asked, there, first.id)
            if option is not None:
                day = f"{NAMES[other.day.weekday()]} {other.day.day}/{other.day.month}"
                return RelaxationSchema(
                    way="OTHER_DAY",
                    caregivers=list(option.carer_ids),
                    start=option.start,
                    text=f"Ryms {day} kl. {option.start:%H:%M}.",
                )
    way = relaxation(sample.asked, found, left)
    if way is None:
        return None
    return RelaxationSchema(
        way=way.way.value,
        caregivers=list(way.carer_ids),
        start=way.start,
        minutes=way.minutes,
        skills=list(way.skills),
        text=way.text,
    )


def _movable(line: ServiceLine, day: date) -> bool:
    """Whether the decision leaves the day open, and `day` is one that it allows."""
    return line.frequency.period is not Period.DAY and _allows(line, day)


def _handed_over(visit: Visit) -> Visit:
    group = None if visit.group is None else f"{MOVED}{visit.group}"
    return replace(visit, id=f"{MOVED}{visit.id}", group=group, gaps=())


# ---------------------------------------------------------------- money and words


def _price(
    registration: Registration, provider: Provider, first_day: date, travel_s: int, terms: Terms
) -> dict[str, Any]:
    """What is known of it: nothing where the price list lacks the zone, the kind or the day."""
    with suppress(CareError):
        priced = decision_price(registration, first_day, terms)
        found: dict[str, Any] = {
            "purse_ore_month": priced.purse.amount_ore,
            "hours_month": f"{priced.purse.hours_per_month:.2f}",
            "rate": str(priced.purse.rate),
        }
        if provider.kind is ProviderKind.OWN and priced.worked_hour is not None:
            hours = Decimal(travel_s) / SECONDS_PER_MINUTE / MINUTES_PER_HOUR
            found["travel_ore"] = to_ore(hours * priced.worked_hour)
        return found
    return {}


def _told(fits: Sequence[bool], without: Sequence[ServiceLine], samples: Sequence[Sample]) -> str:
    if not samples:
        text = "Enheten har ingen plan att pröva mot."
    elif not fits:
        text = "Inget besök faller på de dagar som har en plan."
    elif all(fits):
        text = f"Ryms: alla {len(fits)} besök."
    else:
        text = f"Ryms inte: {sum(fits)} av {len(fits)} besök får plats."
    return f"{text} {len(without)} rader kunde inte prövas." if without else text
