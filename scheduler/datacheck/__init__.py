"""
What blocks a plan of a day, and what in its data would make plans better.

For the first export of a municipality, before anything is planned. What blocks is proven and holds
for every plan; what improves is advice, by the thresholds of ``parameters/datacheck.toml``. Nothing
is changed and nothing refused: faults are :mod:`scheduler.validation`'s.
"""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.build import build_problem
from scheduler.care.model import Day
from scheduler.datacheck import capacity, never, together
from scheduler.datacheck.advice import Advice, Code, Kind, Level, ordered
from scheduler.datacheck.contents import content_advice
from scheduler.datacheck.limits import load_limits
from scheduler.datacheck.places import place_advice
from scheduler.datacheck.shifts import unusable, without_break
from scheduler.datacheck.staff import staff_advice
from scheduler.datacheck.windows import window_advice
from scheduler.objective import load_objective
from scheduler.proven.never import never_planned
from scheduler.proven.reach import reach_of
from scheduler.travel import Travel

__all__ = ["Advice", "Code", "Kind", "Level", "check_data", "improvements"]


def check_data(day: Day, travel: Travel) -> tuple[Advice, ...]:
    """
    What blocks a plan of `day`, then what would improve it, the weightiest first.

    Parameters
    ----------
    day
        Free of errors (:func:`scheduler.validation.day_findings`).

    Raises
    ------
    NotInForce
        On a day before the first value of a parameter.
    """
    return ordered((*_proven(day, travel), *improvements(day)))


def improvements(day: Day) -> tuple[Advice, ...]:
    """What only improves, of any day that can be read, also of one with errors; raises the same."""
    limits = load_limits(day.date)
    return ordered(
        (
            *staff_advice(day, limits),
            *without_break(day),
            *place_advice(day, limits),
            *window_advice(day, limits),
            *content_advice(day, limits),
        )
    )


def _proven(day: Day, travel: Travel) -> Iterator[Advice]:
    """What blocks, and shifts that find no visit."""
    if not day.visits:
        yield Advice(
            Code.NO_VISITS,
            Kind.VISITS,
            (),
            "Underlaget har inga besök, så det finns inget att planera.",
            "Kontrollera datum och urval i exporten.",
        )
        return
    objective = load_objective(day.date)
    reach = reach_of(build_problem(day, travel, objective))
    lost = never_planned(reach)
    without = {item.visit for item in lost}
    yield from never.advice_on(day, lost, objective)
    yield from together.advice_on(day, reach, without)
    yield from capacity.advice_on(day, reach, without)
    yield from unusable(day, reach)
