"""
From the day's nouns to the arrays of :class:`scheduler.problem.Problem`.

The only place where minutes become seconds. Visit i of the problem is ``day.visits[i]``, route k is
``day.shifts[k]``. Seconds count from local midnight of the day as elapsed time, so both daylight-
saving nights keep their real length.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import numpy as np
import numpy.typing as npt

from scheduler.apart import open_windows
from scheduler.care.model import Carer, Day, Gap, Location, Mode, Shift, Visit, Window, Wishes
from scheduler.care.units import SECONDS_PER_MINUTE, STOCKHOLM
from scheduler.carer_rules import broken_by
from scheduler.given_travel import travel_of
from scheduler.objective import Objective
from scheduler.problem import FOREVER_S, Problem
from scheduler.travel import Travel, extend_matrix, travel_matrix
from scheduler.working_time import WorkingTime, break_frame, closes, load_working_time


def origin(day: date) -> datetime:
    """The instant that second 0 stands for: local midnight in Stockholm."""
    return datetime.combine(day, time(), tzinfo=STOCKHOLM)


def skills_on(carer: Carer, day: date) -> frozenset[str]:
    """Lasting skills and the delegations in force on `day`."""
    return carer.skills | {d.skill for d in carer.delegations if d.valid_from <= day <= d.valid_to}


def build_problem(
    day: Day,
    travel: Travel,
    objective: Objective,
    working: WorkingTime | None = None,
) -> Problem:
    """
    The day as arrays.

    Parameters
    ----------
    day
        Free of errors (:func:`scheduler.validation.day_findings`).
    travel
        Estimates what the day's own travel times lack.
    working
        Limits of working time; None takes those in force on the day.
    """
    travel = travel_of(day, travel)
    working = working or load_working_time(day.date)
    zero = origin(day.date).timestamp()

    def seconds(moment: datetime) -> int:
        return int(moment.timestamp() - zero)

    allowed, points = _carers(day, objective)
    places, modes = _places(day), _modes(day)
    gaps = _gaps(day.visits)
    windows = _windows(day.visits)
    more = [(i, window) for i, of_visit in enumerate(windows) for window in of_visit[1:]]
    more_late = _ints(seconds(window.latest) for _, window in more)
    late = _ints(seconds(of_visit[0].latest) for of_visit in windows)
    preferred = _preferred(day.visits)
    due = [seconds(wanted.latest) if wanted else None for wanted in preferred]
    breaks = [shift.rest for shift in day.shifts]
    frames = [
        break_frame(shift, shift.rest, working) if shift.rest else None for shift in day.shifts
    ]
    carers = {carer.id: carer for carer in day.carers}
    zeros = np.zeros(len(day.visits), dtype=np.int64)
    return Problem(
        early_s=_ints(seconds(of_visit[0].earliest) for of_visit in windows),
        late_s=late,
        due_s=_ints(
            last if wanted is None else wanted for last, wanted in zip(late, due, strict=True)
        ),
        wished_s=_ints(
            -FOREVER_S if wanted is None else seconds(wanted.earliest) for wanted in preferred
        ),
        duration_s=_ints(visit.duration_min * SECONDS_PER_MINUTE for visit in day.visits),
        place=_ints(places[visit.location] for visit in day.visits),
        drop_points=_ints(objective.left_out(visit, day.date)[1] for visit in day.visits),
        recipient=_codes([visit.recipient_id for visit in day.visits]),
        group=_codes([visit.group for visit in day.visits]),
        offset_min_s=zeros,
        offset_max_s=zeros,
        allowed=allowed,
        carer_points=points,
        gap_first=_ints(first for first, _, _ in gaps),
        gap_second=_ints(second for _, second, _ in gaps),
        gap_min_s=_ints(least for _, _, (least, _) in gaps),
        gap_max_s=_ints(most for _, _, (_, most) in gaps),
        carer=_codes([shift.carer_id for shift in day.shifts]),
        open_s=_ints(seconds(shift.start) for shift in day.shifts),
        close_s=_ints(
            seconds(closes(shift, carers[shift.carer_id], working)) for shift in day.shifts
        ),
        overtime_from_s=_ints(seconds(shift.end) for shift in day.shifts),
        start_place=_ints(places[shift.start_location] for shift in day.shifts),
        end_place=_ints(places[shift.end_location] for shift in day.shifts),
        mode=_ints(modes.index(shift.mode) for shift in day.shifts),
        break_early_s=_ints(seconds(frame[0]) if frame else 0 for frame in frames),
        break_late_s=_ints(seconds(frame[1]) if frame else 0 for frame in frames),
        break_s=_ints(b.duration_min * SECONDS_PER_MINUTE if b else 0 for b in breaks),
        more_visit=_ints(i for i, _ in more),
        more_early_s=_ints(seconds(window.earliest) for _, window in more),
        more_due_s=_ints(
            last if due[i] is None else due[i] for (i, _), last in zip(more, more_late, strict=True)
        ),
        more_late_s=more_late,
        **_bonds(day, objective),
        travel_s=np.stack(
            [travel_matrix(list(places) or [Location(0, 0)], mode, travel) for mode in modes]
        ),
        fixed_points=_ints(opening_points(shift, objective) for shift in day.shifts),
        span_points=_ints(
            objective.optional_second if shift.elastic else 0 for shift in day.shifts
        ),
        least_span_s=_ints(
            shift.elastic.least_min * SECONDS_PER_MINUTE if shift.elastic else 0
            for shift in day.shifts
        ),
        most_span_s=_ints(
            shift.elastic.most_min * SECONDS_PER_MINUTE if shift.elastic else FOREVER_S
            for shift in day.shifts
        ),
        slack_s=_ints(0 if visit.standby else objective.slack_s for visit in day.visits),
        fair_s=_ints(
            FOREVER_S if shift.optional else fair_seconds(shift, objective) for shift in day.shifts
        ),
        **_pools(day, working),
        weights=objective.weights,
    )


def add_visits(
    problem: Problem,
    day: Day,
    visits: tuple[Visit, ...],
    travel: Travel,
    objective: Objective,
) -> Problem:
    """
    `problem`, built from `day`, with `visits` after the day's own.

    The same as :func:`build_problem` makes of the longer day, without its work for the old visits.

    Parameters
    ----------
    visits
        With `day` free of errors.
    """
    travel = travel_of(day, travel)
    tied = {gap.preceding_visit for visit in visits for gap in visit.gaps}
    old = [i for i, visit in enumerate(day.visits) if visit.id in tied]
    number = [*old, *range(len(day.visits), len(day.visits) + len(visits))]
    few = replace(day, visits=(*(replace(day.visits[i], gaps=()) for i in old), *visits))
    added = build_problem(few, travel, objective)
    new = slice(len(old), None)
    longer = replace(day, visits=(*day.visits, *visits))
    places = _places(day)
    known_places = len(places)
    for visit in visits:
        places.setdefault(visit.location, len(places))
    fresh = list(places)[known_places:]
    by_visit = (
        "early_s",
        "late_s",
        "due_s",
        "duration_s",
        "drop_points",
        "offset_min_s",
        "offset_max_s",
        "allowed",
        "carer_points",
        "apart",
        "demand",
        "wished_s",
        "slack_s",
    )
    numbers = np.array(number, dtype=np.int64)
    gaps = added.gap_second >= len(old)
    windows = added.more_visit >= len(old)

    def after(name: str, more: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.concatenate([getattr(problem, name), more])

    return problem.replace(
        **{name: after(name, getattr(added, name)[new]) for name in by_visit},
        place=after("place", _ints(places[visit.location] for visit in visits)),
        recipient=_codes([visit.recipient_id for visit in longer.visits]),
        group=_codes([visit.group for visit in longer.visits]),
        **_bonds(longer, objective),
        gap_first=after("gap_first", numbers[added.gap_first[gaps]]),
        gap_second=after("gap_second", numbers[added.gap_second[gaps]]),
        gap_min_s=after("gap_min_s", added.gap_min_s[gaps]),
        gap_max_s=after("gap_max_s", added.gap_max_s[gaps]),
        more_visit=after("more_visit", numbers[added.more_visit[windows]]),
        **{
            name: after(name, getattr(added, name)[windows])
            for name in ("more_early_s", "more_due_s", "more_late_s")
        },
        travel_s=np.stack(
            [
                extend_matrix(matrix, list(places), len(fresh), mode, travel)
                for matrix, mode in zip(problem.travel_s, _modes(day), strict=True)
            ]
        ),
    )


def _places(day: Day) -> dict[Location, int]:
    """Rows of the travel matrices: where shifts start and end, then where visits are."""
    places: dict[Location, int] = {}
    for shift in day.shifts:
        places.setdefault(shift.start_location, len(places))
        places.setdefault(shift.end_location, len(places))
    for visit in day.visits:
        places.setdefault(visit.location, len(places))
    return places


def _modes(day: Day) -> list[Mode]:
    return sorted({shift.mode for shift in day.shifts}) or [Mode.CAR]


def _carers(day: Day, objective: Objective) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int32]]:
    """By visit and shift: whether the carer may come, and what it costs in points."""
    carers = {carer.id: carer for carer in day.carers}
    on_shift = [carers[shift.carer_id] for shift in day.shifts]
    held = [skills_on(carer, day.date) for carer in on_shift]
    shape = len(day.visits), len(day.shifts)
    allowed, points = np.ones(shape, dtype=np.bool_), np.zeros(shape, dtype=np.int32)
    # Visits that ask for the same share a row: a person's visits mostly do.
    rows: dict[tuple[frozenset[str], Wishes, str | None, Location | None], int] = {}
    shut = closed(day.visits)
    for row, visit in enumerate(day.visits):
        if visit.id in shut:
            allowed[row] = False
            continue
        asks = visit.required_skills, visit.wishes, visit.pinned_carer, visit.key_at
        same = rows.setdefault(asks, row)
        if same != row:
            allowed[row], points[row] = allowed[same], points[same]
            continue
        for column, (carer, skills) in enumerate(zip(on_shift, held, strict=True)):
            broken = broken_by(visit, carer)
            allowed[row, column] = (
                visit.required_skills <= skills
                and all(rule in objective.prices for rule in broken)
                and has_key(visit, day.shifts[column])
            )
            points[row, column] = sum(objective.prices.get(rule, 0) for rule in broken)
    return allowed, points


def has_key(visit: Visit, shift: Shift) -> bool:
    """Whether the carer has the key to the home, if one is needed, from the shift's start on."""
    return visit.key_at is None or visit.key_at == shift.start_location


def _bonds(day: Day, objective: Objective) -> dict[str, npt.NDArray[Any]]:
    """
    The bond arrays: recipients whose cap the day may exceed, and loops.

    Who came lately does not count against a recipient's cap.
    """
    of_recipient: dict[str, list[int]] = {}
    of_loop: dict[str, list[int]] = {}
    for i, visit in enumerate(day.visits):
        of_recipient.setdefault(visit.recipient_id, []).append(i)
        if visit.loop is not None:
            of_loop.setdefault(visit.loop, []).append(i)
    bonds: list[tuple[list[int], int, int, frozenset[str]]] = []
    for known in day.continuity:
        visits = of_recipient.get(known.recipient_id, [])
        cap = objective.continuity_cap if known.most is None else known.most
        free = max(0, cap - len(known.recent))
        if len(visits) > free:
            bonds.append((visits, objective.new_carer, free, known.recent))
    nobody: frozenset[str] = frozenset()
    bonds += [
        (visits, objective.split_loop, 1, nobody) for visits in of_loop.values() if len(visits) > 1
    ]
    on_shift = [shift.carer_id for shift in day.shifts]
    known_carers = np.array(
        [[carer in known for carer in on_shift] for *_, known in bonds], dtype=np.bool_
    )
    return {
        "bond_visit": _ints(v for visits, *_ in bonds for v in visits),
        "bond_label": _ints(q for q, (visits, *_) in enumerate(bonds) for _ in visits),
        "bond_points": _ints(points for _, points, _, _ in bonds),
        "bond_free": _ints(free for _, _, free, _ in bonds),
        "bond_known": known_carers.reshape(len(bonds), len(day.shifts)),
    }


def _pools(day: Day, working: WorkingTime) -> dict[str, npt.NDArray[Any]]:
    """
    The pool arrays: per resource the shifts that need one at some moment, where they are too many.

    A shift, elastic ones too, needs it between its limits, overtime included. The moments are the
    starts of shifts: in between nobody comes to need one.
    """
    carers = {carer.id: carer for carer in day.carers}
    spans = [
        (shift.start.timestamp(), closes(shift, carers[shift.carer_id], working).timestamp())
        for shift in day.shifts
    ]
    pools: list[tuple[frozenset[int], int]] = []
    for resource in day.resources:
        need = [k for k, shift in enumerate(day.shifts) if shift.resource == resource.id]
        at_once = {
            frozenset(k for k in need if spans[k][0] <= spans[first][0] < spans[k][1])
            for first in need
        }
        pools += [
            (shifts, resource.count)
            for shifts in sorted(at_once, key=sorted)
            if len(shifts) > resource.count and not any(shifts < other for other in at_once)
        ]
    return {
        "pool_route": _ints(k for shifts, _ in pools for k in sorted(shifts)),
        "pool_label": _ints(q for q, (shifts, _) in enumerate(pools) for _ in shifts),
        "pool_most": _ints(count for _, count in pools),
    }


def paid_minutes(shift: Shift) -> int:
    """Minutes paid for the shift without overtime."""
    length_s = shift.end.timestamp() - shift.start.timestamp()
    return int(length_s) // SECONDS_PER_MINUTE - (shift.rest.duration_min if shift.rest else 0)


def fair_seconds(shift: Shift, objective: Objective) -> int:
    """Seconds of visits that are an even load of a shift that is paid anyhow."""
    return int(paid_minutes(shift) * SECONDS_PER_MINUTE * objective.fair_share)


def opening_points(shift: Shift, objective: Objective) -> int:
    """
    Points of using the shift at all; a shift that is not optional is paid anyhow, and an elastic
    one by what is worked.
    """
    if not shift.optional:
        return 0
    paid_s = 0 if shift.elastic else paid_minutes(shift) * SECONDS_PER_MINUTE
    return objective.opened_shift + objective.optional_second * paid_s


def _windows(visits: tuple[Visit, ...]) -> list[tuple[Window, ...]]:
    """By visit; a pinned start is the only one, for all that start together."""
    pins = pinned_starts(visits)
    return [
        # Nobody may make a closed visit, whatever its windows; the arrays want one that is none.
        (Window(pin, pin),) if pin else open_windows(visit) or visit.windows
        for visit, pin in ((visit, pins.get(visit.starts_with)) for visit in visits)
    ]


def _preferred(visits: tuple[Visit, ...]) -> list[Window | None]:
    """When each visit should start; None where nothing is wanted, or the start is pinned."""
    pins = pinned_starts(visits)
    return [None if visit.starts_with in pins else visit.preferred for visit in visits]


def pinned_starts(visits: Iterable[Visit]) -> dict[tuple[str | None, str], datetime]:
    """:attr:`Visit.starts_with` -> the start that the scheduler has decided on."""
    return {visit.starts_with: visit.pinned_start for visit in visits if visit.pinned_start}


def closed(visits: Iterable[Visit]) -> frozenset[str]:
    """Ids of the visits that the last occasion of the same service leaves no window for (APART)."""
    visits = tuple(visits)
    pins = pinned_starts(visits)
    return frozenset(
        visit.id
        for visit in visits
        if visit.apart and visit.starts_with not in pins and not open_windows(visit)
    )


def gap_bounds_s(gap: Gap, preceding: Visit) -> tuple[int, int]:
    """Least and most seconds from start to start."""
    lead = 0 if gap.from_start else preceding.duration_min * SECONDS_PER_MINUTE
    most = FOREVER_S if gap.max_min is None else lead + gap.max_min * SECONDS_PER_MINUTE
    return lead + gap.min_min * SECONDS_PER_MINUTE, most


def _gaps(visits: tuple[Visit, ...]) -> list[tuple[int, int, tuple[int, int]]]:
    index = {visit.id: i for i, visit in enumerate(visits)}
    return [
        (index[gap.preceding_visit], i, gap_bounds_s(gap, visits[index[gap.preceding_visit]]))
        for i, visit in enumerate(visits)
        for gap in visit.gaps
    ]


def _ints(values: object) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.fromiter(values, dtype=np.int64)  # type: ignore[call-overload, no-any-return]


def _codes(names: list[str | None] | list[str]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Equal names get equal numbers from 0 in order of appearance; None gets -1."""
    codes: dict[str, int] = {}
    return _ints(-1 if name is None else codes.setdefault(name, len(codes)) for name in names)
