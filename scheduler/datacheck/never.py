"""
Advice on visits that can never be planned (:mod:`scheduler.proven.never`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scheduler.care.model import Day
from scheduler.datacheck.advice import Advice, Code, Kind, counted
from scheduler.objective import Objective
from scheduler.reasons import unassigned
from scheduler.rules import Reason
from scheduler.solve import Explanation

# Different sentences of one reason that are told one by one; the others are told together.
MOST_SENTENCES = 5

# For visits whose own sentences differ.
TOGETHER: Mapping[Reason, tuple[str, str]] = {
    Reason.NO_SKILL: (
        "Ingen i tjänst har den kompetens eller delegering som krävs.",
        "Delegera till någon i tjänst, eller kalla in någon som har det som krävs.",
    ),
    Reason.ALL_EXCLUDED: (
        "Ingen i tjänst med rätt kompetens får komma till personen.",
        "Ändra villkoren hos personerna, eller kalla in någon som får komma.",
    ),
    Reason.NO_KEY: (
        "Ingen som får komma börjar där nyckeln till hemmet förvaras.",
        "Låt pass börja där nycklarna är, eller rätta nyckelns plats.",
    ),
    Reason.TOO_SOON: (
        "Senaste tillfället av samma insats är för nära: då de får börja har tidsfönstren stängt.",
        "Flytta besöken till senare, eller ändra minsta tiden mellan tillfällena.",
    ),
    Reason.NO_SHIFT_IN_WINDOW: (
        "Ingen som får göra dem arbetar i deras tidsfönster.",
        "Kontrollera tidsfönstrens och passens datum och klockslag.",
    ),
}
# What to look at first when the data is new, before what a finished plan would advise.
FIRST: Mapping[Reason, str] = {
    Reason.UNREACHABLE: "Kontrollera först personens plats.",
}


def advice_on(day: Day, found: Sequence[Explanation], objective: Objective) -> Iterator[Advice]:
    """One piece of advice for each sentence, the visits that share it together."""
    told: dict[tuple[Reason, str, str], list[int]] = {}
    known: dict[object, tuple[Reason, str, str]] = {}
    for item in found:
        visit = day.visits[item.visit]
        like = (
            item.reason,
            visit.group or (visit.required_skills, visit.wishes, visit.pinned_carer, visit.key_at),
            (item.reason is Reason.NO_SHIFT_IN_WINDOW or bool(visit.apart))
            and (visit.windows, visit.apart, visit.pinned_start),
        )
        if like not in known:
            said = unassigned(day, item, objective.prices, ())
            known[like] = (said.reason, said.text, said.action)
        told.setdefault(known[like], []).append(item.visit)
    rest: dict[Reason, list[int]] = {}
    said_of: dict[Reason, int] = {}
    for (reason, text, action), visits in sorted(told.items(), key=lambda one: -len(one[1])):
        said_of[reason] = said_of.get(reason, 0) + 1
        alone = sum(1 for other, _, _ in told if other is reason) <= 1
        several = reason is Reason.NO_SHIFT_IN_WINDOW and not alone
        if reason in TOGETHER and (several or said_of[reason] > MOST_SENTENCES):
            rest.setdefault(reason, []).extend(visits)
        else:
            yield _advice(day, reason, visits, text, action)
    for reason, visits in rest.items():
        yield _advice(day, reason, visits, *TOGETHER[reason])


def _advice(day: Day, reason: Reason, visits: list[int], text: str, action: str) -> Advice:
    ids = tuple(day.visits[visit].id for visit in sorted(visits))
    text = f"{counted(len(ids), Kind.VISITS)} kan aldrig planeras. {text}"
    action = f"{FIRST[reason]} {action}" if reason in FIRST else action
    return Advice(Code(reason.value), Kind.VISITS, ids, text, action)
