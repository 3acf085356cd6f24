"""Shifts that no plan can use, why, and shifts without a break."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from scheduler.build import skills_on
from scheduler.care.errors import CareError
from scheduler.care.model import Day
from scheduler.care.units import MINUTES_PER_HOUR, SECONDS_PER_MINUTE
from scheduler.datacheck.advice import Advice, Code, Kind, counted
from scheduler.proven.reach import Reach
from scheduler.working_time import load_working_time


def unusable(day: Day, reach: Reach) -> Iterator[Advice]:
    """Shifts and carers who cannot do a single visit of the day; none without visits."""
    if not day.visits:
        return
    carers = {carer.id: carer for carer in day.carers}
    idle: defaultdict[Code, list[str]] = defaultdict(list)
    for number, shift in enumerate(day.shifts):
        if reach.can[:, number].any():
            continue
        held = skills_on(carers[shift.carer_id], day.date)
        if not any(visit.required_skills <= held for visit in day.visits):
            idle[Code.CARER_WITHOUT_SKILL].append(shift.carer_id)
        elif _too_short(reach, number):
            idle[Code.SHIFT_TOO_SHORT].append(shift.id)
        else:
            idle[Code.SHIFT_WITHOUT_VISITS].append(shift.id)
    if ids := tuple(dict.fromkeys(idle[Code.CARER_WITHOUT_SKILL])):
        yield Advice(
            Code.CARER_WITHOUT_SKILL,
            Kind.CARERS,
            ids,
            f"{counted(len(ids), Kind.CARERS)} i tjänst kan inte få något besök: alla besök kräver "
            "kompetens eller delegering som saknas.",
            "Kontrollera att kompetenser och delegeringar finns med för alla medarbetare.",
        )
    if ids := tuple(idle[Code.SHIFT_TOO_SHORT]):
        yield Advice(
            Code.SHIFT_TOO_SHORT,
            Kind.SHIFTS,
            ids,
            f"{counted(len(ids), Kind.SHIFTS)} är för korta för något besök, med resa fram och "
            "tillbaka och eventuell rast."
            if len(ids) > 1
            else "1 pass är för kort för något besök, med resa fram och tillbaka och "
            "eventuell rast.",
            "Kontrollera passens tider, start- och slutplats och färdsätt.",
        )
    if ids := tuple(idle[Code.SHIFT_WITHOUT_VISITS]):
        yield Advice(
            Code.SHIFT_WITHOUT_VISITS,
            Kind.SHIFTS,
            ids,
            f"{counted(len(ids), Kind.SHIFTS)} har inget besök att göra: inga tidsfönster passar, "
            "eller så får medarbetaren inte komma. Tiden betalas ändå.",
            "Kontrollera passens tider, och om besök saknas i underlaget.",
        )


def without_break(day: Day) -> Iterator[Advice]:
    """Shifts longer than anybody may work without a break, that have none."""
    try:
        most_min = load_working_time(day.date).longest_stretch_min
    except CareError:
        return
    ids = tuple(
        shift.id
        for shift in day.shifts
        if shift.rest is None
        and shift.end.timestamp() - shift.start.timestamp() > most_min * SECONDS_PER_MINUTE
    )
    if ids:
        yield Advice(
            Code.SHIFT_WITHOUT_BREAK,
            Kind.SHIFTS,
            ids,
            f"{counted(len(ids), Kind.SHIFTS)} över {most_min // MINUTES_PER_HOUR} timmar saknar "
            "rast. Planen kan fylla hela passet med arbete, vilket lagen inte tillåter.",
            "Lägg in rast i passen (requiredBreaks).",
        )


def _too_short(reach: Reach, number: int) -> bool:
    """Whether the way there and back, the visit and the break are longer than the shift, always."""
    p = reach.problem
    may = p.allowed[:, number]
    travel = p.travel_s[p.mode[number]].astype(np.int64)
    out, back = travel[p.start_place[number], p.place], travel[p.place, p.end_place[number]]
    needed = out + p.duration_s + back + p.break_s[number]
    return bool(may.any() and (needed[may] > p.close_s[number] - p.open_s[number]).all())
