"""
The smallest change of a wish that lets a visit without a place into a plan as it stands.

Only what has been tried is told. In order: a wider window, by the steps of WIDER_MIN; a carer who
lacks a skill or a delegation that could be given.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from scheduler.build import skills_on
from scheduler.care.model import Visit, Window
from scheduler.care.units import STOCKHOLM
from scheduler.options import Option
from scheduler.recommend import Recommender
from scheduler.together import AGAIN, place_together

# Minutes by which a window is opened at both ends.
WIDER_MIN = (15, 30, 60, 120)


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


def relaxation(
    asked: Recommender,
    visits: tuple[Visit, ...],
    left: Collection[str],
    *,
    instead: Collection[str] = (),
    known: Collection[str] = (),
) -> Relaxation | None:
    """
    The nearest change that lets `left` in; None when none of those that are tried does.

    Parameters
    ----------
    visits, instead, known
        As :func:`scheduler.together.place_together`.
    left
        Ids of one visit or group of `visits` without a place.
    """

    def tried(change: Callable[[Visit], Visit]) -> Option | None:
        changed = tuple(change(v) if _among(v, left) else v for v in visits)
        found = place_together(asked, changed, instead=instead, known=known)
        return next((o for o in found.options if set(o.visit_ids) & set(left)), None)

    wider = _least_wider(tried)
    if wider is not None:
        minutes, fits = wider
        return Relaxation(
            Way.WIDER_WINDOW,
            fits.carer_ids,
            fits.start,
            f"Ryms om tidsfönstret vidgas {minutes} min åt båda håll: kl. {fits.start:%H:%M}.",
            minutes=minutes,
        )
    option: Option | None = None
    if any(visit.required_skills for visit in visits if _among(visit, left)):
        option = tried(lambda visit: replace(visit, required_skills=frozenset()))
    if option is None:
        return None
    needed = {skill for v in visits if _among(v, left) for skill in v.required_skills}
    carers = {carer.id: skills_on(carer, asked.day.date) for carer in asked.day.carers}
    missing = sorted({skill for c in option.carer_ids for skill in needed - carers[c]})
    return Relaxation(
        Way.SKILL,
        option.carer_ids,
        option.start,
        f"Ryms kl. {option.start:%H:%M} om den som kommer får {', '.join(missing)}.",
        skills=tuple(missing),
    )


def _least_wider(
    tried: Callable[[Callable[[Visit], Visit]], Option | None],
) -> tuple[int, Option] | None:
    """The smallest of WIDER_MIN that suffices, and what it gives; a wider window has more room."""
    found: tuple[int, Option] | None = None
    low, high = 0, len(WIDER_MIN) - 1
    # The widest first: where it does not suffice, nothing is tried in vain.
    at = high
    while low <= high:
        minutes = WIDER_MIN[at]
        option = tried(lambda visit: _wider(visit, minutes))  # noqa: B023 - called at once
        if option is None:
            low = at + 1
        else:
            found, high = (minutes, option), at - 1
        at = (low + high) // 2
    return found


def _wider(visit: Visit, minutes: int) -> Visit:
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


def _among(visit: Visit, ids: Collection[str]) -> bool:
    return visit.id in ids or f"{AGAIN}{visit.id}" in ids
