"""
The reason for an unassigned visit in Swedish: why, and what would make it possible.

Says only what :mod:`scheduler.solve.explain` has proven or tried.
"""

from __future__ import annotations

from scheduler.build import skills_on
from scheduler.care.model import Day, Visit
from scheduler.care.units import SECONDS_PER_MINUTE
from scheduler.plan import Unassigned
from scheduler.rules import Reason
from scheduler.solve import Explanation


def unassigned(day: Day, item: Explanation) -> Unassigned:
    """The explanation with ids instead of numbers, and its sentences."""
    visit = day.visits[item.visit]
    blocking = [day.shifts[k].carer_id for k in item.routes]
    blocking += [day.visits[v].id for v in item.visits]
    text, action = _sentences(day, visit, item)
    return Unassigned(visit.id, item.reason, tuple(dict.fromkeys(blocking)), text, action)


def _sentences(day: Day, visit: Visit, item: Explanation) -> tuple[str, str]:
    """(why, what to do)."""
    match item.reason:
        case Reason.NO_SKILL:
            needed = ", ".join(_missing_skills(day, visit))
            return (
                f"Ingen i tjänst har den kompetens eller delegering som krävs: {needed}.",
                f"Delegera {needed} till någon i tjänst eller kalla in någon som har det.",
            )
        case Reason.NO_SHIFT_IN_WINDOW:
            frame = f"{visit.earliest:%H:%M}–{visit.latest:%H:%M}"
            return (
                f"Ingen med rätt kompetens arbetar i besökets tidsfönster ({frame}).",
                "Flytta tidsfönstret eller förläng ett pass så att det täcker besöket.",
            )
        case Reason.UNREACHABLE:
            return (
                "Ingen med rätt kompetens hinner dit och tillbaka i passet, ens utan andra besök.",
                "Låt någon med bil eller start närmare ta besöket, eller vidga tidsfönstret.",
            )
        case Reason.TOO_FEW_CARERS:
            return (
                "Det finns inte tillräckligt många medarbetare som kan börja samtidigt.",
                "Kalla in en medarbetare till eller vidga tidsfönstret för dubbelbemanningen.",
            )
        case Reason.GAP_IMPOSSIBLE:
            others = ", ".join(day.visits[v].id for v in item.visits)
            return (
                f"Går inte att förena med personens planerade besök ({others}): "
                "tidsavståndet eller tiden räcker inte, vem som än gör det.",
                "Ändra avståndet eller något av besökens tidsfönster.",
            )
        case Reason.CROWDED_OUT:
            able = len({day.shifts[k].carer_id for k in item.routes})
            who = f"{able} i tjänst kunde" if able != 1 else "en i tjänst kunde"
            text = f"Trängdes undan: {who} ha gjort det, men tiden går till andra besök."
            if item.wider_s is None:
                return text, "Frigör tid hos någon av dem eller sätt in ett pass till."
            minutes = item.wider_s // SECONDS_PER_MINUTE
            return (
                text,
                f"Prövat: ryms i planen om tidsfönstret vidgas med {minutes} min åt båda håll.",
            )


def _missing_skills(day: Day, visit: Visit) -> list[str]:
    """Skills that nobody on shift holds; all of the visit's when only their combination lacks."""
    carers = {carer.id: carer for carer in day.carers}
    on_shift = [skills_on(carers[shift.carer_id], day.date) for shift in day.shifts]
    needed = sorted(visit.required_skills)
    return [s for s in needed if not any(s in held for held in on_shift)] or needed
