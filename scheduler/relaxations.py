"""
The smallest change of a wish that lets a visit without a place into a plan as it stands.

Only what has been tried is told. In order: a wider window, by the steps of WIDER_MIN; a carer who
lacks a skill or a delegation that could be given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial

from scheduler.build import skills_on
from scheduler.care.model import Visit, Window
from scheduler.care.units import STOCKHOLM
from scheduler.options import Option
from scheduler.recommend import Recommender
from scheduler.together import AGAIN, Left, Together, also

# Minutes by which a window is opened at both ends.
WIDER_MIN = (15, 30, 60, 120)
NO_SKILL = "utan krav"


class Way(StrEnum):
    """What would be another."""

    WIDER_WINDOW = "WIDER_WINDOW"
    SKILL = "SKILL"


@dataclass(frozen=True, slots=True)
class Relaxation:
    """
    Parameters
    ----------
    minutes
        WIDER_WINDOW: by which the window opens at both ends.
    skills
        SKILL: what the carers would need.
    carer_ids, start
        Who could come then, and when.
    text
        A Swedish sentence.
    """

    way: Way
    carer_ids: tuple[str, ...]
    start: datetime
    text: str
    minutes: int = 0
    skills: tuple[str, ...] = ()


def variants(visits: tuple[Visit, ...]) -> tuple[Visit, ...]:
    """Each of `visits` with each change: the spare visits that :func:`relaxation` tries."""
    return tuple(
        _named(change(visit), name)
        for name, change in _changes().items()
        for visit in visits
        if name != NO_SKILL or visit.required_skills
    )


def relaxation(asked: Recommender, found: Together, left: Left) -> Relaxation | None:
    """
    The nearest change that lets `left` in; None when none of those that are tried does.

    Parameters
    ----------
    found
        What was found when `asked`, with the :func:`variants` of its visits as spare ones.
    left
        One of ``found.left``.
    """
    team = tuple(visit for visit in found.day.visits if visit.id in left.visit_ids)
    followed = {gap.preceding_visit for v in found.day.visits for gap in v.gaps}
    if followed & set(left.visit_ids):
        # A planned visit that should follow on it in time would not be looked at.
        return None
    first = left.visit_ids[0].removeprefix(AGAIN)
    wider = _least_wider(lambda minutes: also(asked, found, f"{minutes}:{first}"))
    if wider is not None:
        minutes, fits = wider
        return Relaxation(
            Way.WIDER_WINDOW,
            fits.carer_ids,
            fits.start,
            f"Ryms om tidsfönstret vidgas {minutes} min åt båda håll: kl. {fits.start:%H:%M}.",
            minutes=minutes,
        )
    needed = frozenset[str]().union(*(visit.required_skills for visit in team))
    option = also(asked, found, f"{NO_SKILL}:{first}") if team[0].required_skills else None
    if option is None:
        return None
    carers = {carer.id: skills_on(carer, asked.day.date) for carer in asked.day.carers}
    missing = sorted({skill for c in option.carer_ids for skill in needed - carers[c]})
    return Relaxation(
        Way.SKILL,
        option.carer_ids,
        option.start,
        f"Ryms kl. {option.start:%H:%M} om den som kommer får {', '.join(missing)}.",
        skills=tuple(missing),
    )


def _changes() -> dict[str, Callable[[Visit], Visit]]:
    """Name -> what is another."""
    changes: dict[str, Callable[[Visit], Visit]] = {
        str(minutes): partial(_wider, minutes) for minutes in WIDER_MIN
    }
    changes[NO_SKILL] = lambda visit: replace(visit, required_skills=frozenset())
    return changes


def _named(visit: Visit, name: str) -> Visit:
    group = None if visit.group is None else f"{name}:{visit.group}"
    return replace(visit, id=f"{name}:{visit.id}", group=group)


def _least_wider(tried: Callable[[int], Option | None]) -> tuple[int, Option] | None:
    """The smallest of WIDER_MIN that suffices, and what it gives; a wider window has more room."""
    found: tuple[int, Option] | None = None
    low, high = 0, len(WIDER_MIN) - 1
    # The widest first: where it does not suffice, nothing is tried in vain.
    at = high
    while low <= high:
        option = tried(WIDER_MIN[at])
        if option is None:
            low = at + 1
        else:
            found, high = (WIDER_MIN[at], option), at - 1
        at = (low + high) // 2
    return found


def _wider(minutes: int, visit: Visit) -> Visit:
    more = timedelta(minutes=minutes)

    def opened(window: Window) -> Window:
        # By elapsed time: the clock may change within.
        return Window(
            (window.earliest.astimezone(UTC) - more).astimezone(STOCKHOLM),
            (window.latest.astimezone(UTC) + more).astimezone(STOCKHOLM),
        )

    first, *further = (opened(window) for window in visit.windows)
    # Windows that meet are one.
    merged = [first]
    for window in further:
        if window.earliest.timestamp() <= merged[-1].latest.timestamp():
            merged[-1] = Window(merged[-1].earliest, window.latest)
        else:
            merged.append(window)
    return replace(
        visit,
        earliest=merged[0].earliest,
        latest=merged[0].latest,
        more_windows=tuple(merged[1:]),
    )
