"""
The reason for an unassigned visit in Swedish: why, and what would make it possible.

Says only what :mod:`scheduler.solve.explain` and :mod:`scheduler.proven` have proven or tried.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from scheduler.apart import binding, open_windows
from scheduler.build import closed, skills_on
from scheduler.care.model import Apart, Carer, Day, Visit
from scheduler.care.units import SECONDS_PER_MINUTE
from scheduler.carer_rules import broken_by
from scheduler.plan import Unassigned
from scheduler.rules import Reason, Rule
from scheduler.solve import Explanation

# Why a carer with the skills may not come, one word per rule.
EXCLUDED = {
    Rule.FORBIDDEN_CARER: "utesluten",
    Rule.ALLERGY: "allergisk",
    Rule.GENDER: "fel kön",
    Rule.LANGUAGE: "saknar språket",
    Rule.PREFERRED_CARER: "inte önskad",
    Rule.FIXED_CONTACT: "inte den fasta kontakten",
    Rule.PINNED_CARER: "inte den som besöket är låst till",
}


def unassigned(
    day: Day, item: Explanation, prices: Collection[Rule], unopened: Collection[str]
) -> Unassigned:
    """
    The explanation with ids instead of numbers, and its sentences.

    Parameters
    ----------
    prices
        Rules that have a price and therefore exclude nobody.
    unopened
        Ids of optional shifts that the plan does not use.
    """
    return _movable(day, _today(day, item, prices, unopened))


def _movable(day: Day, left: Unassigned) -> Unassigned:
    """Tell of the days on which the visit can be made instead, and what is no visit."""
    visit = next(v for v in day.visits if v.id == left.visit_id)
    if visit.standby:
        return replace(left, text=f"Beredskap som inte hålls. {left.text}")
    days = visit.later_days(day.date)
    if not days:
        return left
    told = ", ".join(f"{later.day}/{later.month}" for later in days)
    text = f"Flyttas till en annan dag ({told}). I dag: {left.text}"
    return replace(left, text=text, moved_to=days)


def _today(
    day: Day, item: Explanation, prices: Collection[Rule], unopened: Collection[str]
) -> Unassigned:
    visit = day.visits[item.visit]
    if item.reason is Reason.NO_SKILL:
        return _too_soon(day, visit) or _nobody_may(day, visit, prices)
    blocking = [day.shifts[k].carer_id for k in item.routes]
    blocking += [day.visits[v].id for v in item.visits]
    spare = [day.shifts[k].id for k in item.routes if day.shifts[k].id in unopened]
    if item.reason is Reason.CROWDED_OUT and spare and visit.group is None:
        text = f"Ryms i ett valfritt pass ({', '.join(spare)}) som kostar mer än besöket är värt."
        action = "Gör passet fast för att öppna det, eller höj besökets prioritet."
    else:
        text, action = _sentences(day, visit, item)
    return Unassigned(visit.id, item.reason, tuple(dict.fromkeys(blocking)), text, action)


def _too_soon(day: Day, left_out: Visit) -> Unassigned | None:
    """The last occasion of the same service is too near; None when that is not so."""
    shut = closed(v for v in day.visits if v.starts_with == left_out.starts_with)
    visit = next((v for v in day.visits if v.id in shut), None)
    bound = binding(visit) if visit is not None else None
    if bound is None:
        return None
    return Unassigned(
        left_out.id,
        Reason.TOO_SOON,
        (),
        f"Får börja tidigast {_since(*bound)}. Då har besökets tidsfönster stängt.",
        "Flytta besöket till senare, eller ändra minsta tiden mellan tillfällena.",
    )


def _since(first: datetime, which: Apart) -> str:
    """E.g. ``5/3 20:00, 24 timmar efter senaste tillfället``."""
    return (
        f"{first.day}/{first.month} {first:%H:%M}, {which.least_h} timmar efter senaste tillfället"
    )


def _nobody_may(day: Day, left_out: Visit, prices: Collection[Rule]) -> Unassigned:
    """Nobody on shift has the skills (NO_SKILL), or all who have are excluded (ALL_EXCLUDED)."""
    carers = {carer.id: carer for carer in day.carers}
    on_shift = [carers[id_] for id_ in dict.fromkeys(shift.carer_id for shift in day.shifts)]

    def may(visit: Visit, carer: Carer) -> bool:
        return all(rule in prices for rule in broken_by(visit, carer))

    def skilled(visit: Visit) -> list[Carer]:
        return [c for c in on_shift if visit.required_skills <= skills_on(c, day.date)]

    # In a group it may be another visit than this one that nobody can do.
    group = [v for v in day.visits if v is left_out or (v.group and v.group == left_out.group)]
    visit = next((v for v in group if not any(may(v, carer) for carer in skilled(v))), None)
    if visit is None:
        return _no_key(day, left_out)
    able = skilled(visit)
    if not on_shift:
        return Unassigned(
            left_out.id, Reason.NO_SKILL, (), "Ingen är i tjänst.", "Sätt in ett pass."
        )
    if not able:
        needed = ", ".join(_missing_skills(visit, on_shift, day))
        return Unassigned(
            left_out.id,
            Reason.NO_SKILL,
            (),
            f"Ingen i tjänst har den kompetens eller delegering som krävs: {needed}.",
            f"Delegera {needed} till någon i tjänst eller kalla in någon som har det.",
        )
    why = Counter(
        next(rule for rule in broken_by(visit, carer) if rule not in prices) for carer in able
    )
    counted = ", ".join(f"{count} {EXCLUDED[rule]}" for rule, count in why.items())
    return Unassigned(
        left_out.id,
        Reason.ALL_EXCLUDED,
        tuple(carer.id for carer in able),
        f"Ingen i tjänst med rätt kompetens får komma till personen: {counted}.",
        "Lås upp besöket eller lås det till någon som får göra det."
        if Rule.PINNED_CARER in why
        else "Ändra villkoret hos personen, eller kalla in någon som får komma.",
    )


def _no_key(day: Day, left_out: Visit) -> Unassigned:
    """All who may come begin elsewhere than where the key is."""
    begin = {s.start_location for s in day.shifts}
    some = "Ingen som får komma börjar" if left_out.key_at in begin else "Inget pass börjar"
    return Unassigned(
        left_out.id,
        Reason.NO_KEY,
        (),
        f"{some} där nyckeln till hemmet förvaras.",
        "Låt ett pass börja där, flytta nyckeln, eller skaffa digitalt lås.",
    )


def _sentences(day: Day, visit: Visit, item: Explanation) -> tuple[str, str]:
    """(why, what to do)."""
    match item.reason:
        case Reason.NO_SHIFT_IN_WINDOW:
            opened = open_windows(visit) or visit.windows
            frame = " eller ".join(f"{w.earliest:%H:%M}–{w.latest:%H:%M}" for w in opened)
            bound = binding(visit) if opened != visit.windows else None
            why = f" Det får börja tidigast {_since(*bound)}." if bound else ""
            return (
                f"Ingen som får göra besöket arbetar i dess tidsfönster ({frame}).{why}",
                "Flytta tidsfönstret eller förläng ett pass så att det täcker besöket.",
            )
        case Reason.UNREACHABLE:
            return (
                "Ingen som får göra besöket hinner dit och tillbaka i passet, vad som än planeras.",
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
        case Reason.WINDOW_PASSED:
            return (
                "Tiden då besöket skulle ha börjat har passerat.",
                "Ge besöket ett nytt tidsfönster, eller boka av det.",
            )
        case Reason.UNPROVEN:
            return _unproven(day, item)
        case Reason.STOPPED:
            return (
                "Planeringen avbröts innan den första planen var klar: det är inte prövat om "
                "besöket ryms.",
                "Planera igen och låt den första planen bli klar.",
            )
        case _:  # CROWDED_OUT; the two others are told by _nobody_may
            able = len({day.shifts[k].carer_id for k in item.routes})
            who = f"{able} i tjänst kunde" if able != 1 else "en i tjänst kunde"
            text = f"Trängdes undan: {who} ha gjort det, men tiden går till andra besök."
            # A window that opens earlier than the last occasion allows would help nobody.
            if item.wider_s is None or open_windows(visit) != visit.windows:
                return text, "Frigör tid hos någon av dem eller sätt in ett pass till."
            minutes = item.wider_s // SECONDS_PER_MINUTE
            return (
                text,
                f"Prövat: ryms i planen om tidsfönstret vidgas med {minutes} min åt båda håll.",
            )


def _unproven(day: Day, item: Explanation) -> tuple[str, str]:
    if item.visits:
        others = ", ".join(day.visits[v].id for v in item.visits)
        fault = f"Går inte att förena med personens planerade besök ({others}) utan andra besök"
        action = "Ändra avståndet eller något av besökens tidsfönster."
    else:
        fault = "Ingen som får göra besöket hinner dit och tillbaka i passet utan andra besök"
        action = "Låt någon med bil eller start närmare ta besöket, eller vidga tidsfönstret."
    return (
        f"{fault}. Att det går med en rast hemma hos någon annan, eller på väg mellan andra "
        "besök, är inte uteslutet.",
        action,
    )


def _missing_skills(visit: Visit, on_shift: list[Carer], day: Day) -> list[str]:
    """Skills that nobody on shift holds; all of the visit's when only their combination lacks."""
    held = [skills_on(carer, day.date) for carer in on_shift]
    needed = sorted(visit.required_skills)
    return [s for s in needed if not any(s in skills for skills in held)] or needed
