"""
The day as arrays: what the solver sees. Checked once, frozen, changed only through ``replace``.

Everything is seconds (int64) on one axis, places are rows of the travel matrices, carers are
routes. A route is one shift. Nothing here knows names, dates or money.

Source of the form: the frozen problem data of modern routing solvers; the linked groups follow the
synchronisation of Mankowska, Meisel and Bierwirth (2014), doi 10.1007/s10729-013-9243-1.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from scheduler.care.errors import Finding, InvalidInput
from scheduler.objective import Weights

Int = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]

# Later than any time of a planned day, small enough that sums of a few never overflow.
FOREVER_S = 1 << 40
# Points of what must not happen at all; more than any plan, and sums of many never overflow.
MUST_POINTS = 1 << 50
# Stands for the break among the stops of a route, where a visit has its number.
BREAK = -1


# Kinds of the arrays that are not int64.
KINDS: dict[str, type] = {
    "allowed": np.bool_, "apart": np.bool_, "bond_known": np.bool_, "travel_s": np.int32,
    "carer_points": np.int32,
}  # fmt: skip
# Stands for the default of a field; it is filled in when the problem is made.
_NOT_GIVEN: Any = None


@dataclass(frozen=True, eq=False)
class Problem:
    """
    One planning problem with n visits, k routes, g gaps and l places.

    Parameters
    ----------
    early_s, late_s : (n,) int64
        First and last allowed start of the visit's first window (hard, both included).
    due_s : (n,) int64
        Last start without tardiness; ``late_s`` where lateness is impossible. Before ``early_s``
        when every start is tardy.
    duration_s : (n,) int64
        Service time, >= 0.
    place : (n,) int64
        Row of the visit in `travel_s`.
    drop_points : (n,) int64
        Points when the visit is left out, >= 0.
    recipient : (n,) int64
        Visits of equal value >= 0 never overlap unless grouped; -1 stands alone.
    group : (n,) int64
        Visits of equal value >= 0 are planned together or not at all; -1 stands alone.
    offset_min_s, offset_max_s : (n,) int64
        Least and most seconds from the start of the group's first visit (lowest index) to the start
        of this one, ``0 <= min <= max``; both 0 for double staffing and for the first itself;
        -FOREVER_S and FOREVER_S where the two starts are independent.
    allowed : (n, k) bool
        Whether the route's carer may do the visit.
    gap_first, gap_second : (g,) int64
        Visits tied by a gap, in order of time; the gap binds when both are planned.
    gap_min_s, gap_max_s : (g,) int64
        Least and most seconds from start to start, ``0 <= min <= max``.
    carer : (k,) int64
        Who walks the route; two routes may have the same carer.
    open_s, close_s : (k,) int64
        Route leaves its first place and is back at its last within these.
    start_place, end_place : (k,) int64
        Rows in `travel_s`.
    mode : (k,) int64
        Which matrix of `travel_s` applies.
    break_early_s, break_late_s, break_s : (k,) int64
        The break starts within [early, late] and lasts break_s; 0 seconds means no break.
    travel_s : (m, l, l) int32
        Seconds from row to column by mode, zero diagonal, >= 0.
    weights
        Points per second of the timed terms.
    apart : (n,) bool
        Whether no other visit of the group may have the same carer. Default: yes.
    more_visit, more_early_s, more_due_s, more_late_s : (w,) int64
        Further windows, by visit and rising opening time. The window that governs a start is the
        last one that has opened by then: the start keeps its ``late`` and is tardy after its
        ``due``. Default: none.
    wished_s : (n,) int64
        Start before this is tardy as well, by as much; neither after the first ``due`` nor after
        the last ``late``. Default: -FOREVER_S.
    carer_points : (n, k) int32
        Points when the route does the visit, >= 0. Default: 0.
    bond_visit, bond_label : (b,) int64
        Which visit is in which bond, each pair once. Default: none.
    bond_points, bond_free : (q,) int64
        Points of each distinct carer of a bond's visits above so many, both >= 0. Default: none.
    bond_known : (q, k) bool
        Whether the route's carer does not count in the bond. Default: no.
    demand : (n,) int64
        What the visit takes of its route's capacity, >= 0. Default: 0.
    capacity : (k,) int64
        Most demand of the route's visits. Default: FOREVER_S.
    fixed_points : (k,) int64
        Points when the route has a visit. Default: 0.
    overtime_from_s : (k,) int64
        Return to the last place without overtime. Default: ``close_s``.
    break_points : (k,) int64
        Points when the route goes without its break, also where it has no visit. Default:
        MUST_POINTS, the break is never left out.
    span_points : (k,) int64
        Points per second that a route with visits is paid for: what it works, and no less than
        ``least_span_s``. It works while it travels, visits and waits, from the way out to the way
        back; waiting is counted as in :mod:`scheduler.objective`, the break never. Default: 0.
    pool_route, pool_label : (c,) int64
        Which route is in which pool, each pair once. Default: none.
    pool_most : (o,) int64
        Most routes of a pool that have visits, >= 0 (hard). Default: none.
    slack_s : (n,) int64
        Seconds of waiting that are wanted before the visit, so that it begins in time when what
        comes before it takes longer; none where waiting does not count: before the first visit of a
        route, and after a break that comes first. Default: 0.
    fair_s : (k,) int64
        Seconds of visits that are fair on the route, >= 0. Default: FOREVER_S.
    least_span_s, most_span_s : (k,) int64
        Seconds paid at least, and worked at most (hard), ``0 <= least <= most``. Default: 0 and
        FOREVER_S.

    Raises
    ------
    InvalidInput
        With every broken shape, index, order or sign.
    """

    early_s: Int
    late_s: Int
    due_s: Int
    duration_s: Int
    place: Int
    drop_points: Int
    recipient: Int
    group: Int
    offset_min_s: Int
    offset_max_s: Int
    allowed: Bool
    gap_first: Int
    gap_second: Int
    gap_min_s: Int
    gap_max_s: Int
    carer: Int
    open_s: Int
    close_s: Int
    start_place: Int
    end_place: Int
    mode: Int
    break_early_s: Int
    break_late_s: Int
    break_s: Int
    travel_s: npt.NDArray[np.int32]
    weights: Weights
    apart: Bool = _NOT_GIVEN
    more_visit: Int = _NOT_GIVEN
    more_early_s: Int = _NOT_GIVEN
    more_due_s: Int = _NOT_GIVEN
    more_late_s: Int = _NOT_GIVEN
    wished_s: Int = _NOT_GIVEN
    carer_points: npt.NDArray[np.int32] = _NOT_GIVEN
    bond_visit: Int = _NOT_GIVEN
    bond_label: Int = _NOT_GIVEN
    bond_points: Int = _NOT_GIVEN
    bond_free: Int = _NOT_GIVEN
    bond_known: Bool = _NOT_GIVEN
    demand: Int = _NOT_GIVEN
    capacity: Int = _NOT_GIVEN
    fixed_points: Int = _NOT_GIVEN
    overtime_from_s: Int = _NOT_GIVEN
    break_points: Int = _NOT_GIVEN
    span_points: Int = _NOT_GIVEN
    least_span_s: Int = _NOT_GIVEN
    most_span_s: Int = _NOT_GIVEN
    slack_s: Int = _NOT_GIVEN
    fair_s: Int = _NOT_GIVEN
    pool_route: Int = _NOT_GIVEN
    pool_label: Int = _NOT_GIVEN
    pool_most: Int = _NOT_GIVEN

    def __post_init__(self) -> None:
        n, k = len(self.early_s), len(self.open_s)
        bonds = () if self.bond_points is _NOT_GIVEN else self.bond_points
        defaults: dict[str, Any] = {
            "bond_known": np.zeros((len(bonds), k), dtype=np.bool_),
            "apart": np.ones(n, dtype=np.bool_),
            "wished_s": np.full(n, -FOREVER_S),
            "carer_points": np.zeros((n, k), dtype=np.int32),
            "demand": np.zeros(n, dtype=np.int64),
            "capacity": np.full(k, FOREVER_S),
            "fixed_points": np.zeros(k, dtype=np.int64),
            "overtime_from_s": self.close_s,
            "break_points": np.full(k, MUST_POINTS),
            "span_points": np.zeros(k, dtype=np.int64),
            "least_span_s": np.zeros(k, dtype=np.int64),
            "most_span_s": np.full(k, FOREVER_S),
            "slack_s": np.zeros(n, dtype=np.int64),
            "fair_s": np.full(k, FOREVER_S),
        }
        lost: list[Finding] = []
        for field in fields(self):
            if field.name == "weights":
                continue
            given = getattr(self, field.name)
            if given is _NOT_GIVEN:
                given = defaults.get(field.name, ())
            kind = KINDS.get(field.name, np.int64)
            array = np.asarray(given)
            with np.errstate(invalid="ignore"):
                value: npt.NDArray[Any] = array.astype(kind)
            if not np.can_cast(array.dtype, kind) and (value != array).any():
                lost.append(_finding("VALUE", field.name, _whole(kind), "another value"))
            value.flags.writeable = False
            object.__setattr__(self, field.name, value)
        findings = lost or _shape_findings(self) or _value_findings(self)
        if findings:
            raise InvalidInput(findings)

    @property
    def visits(self) -> int:
        """Number of visits, n."""
        return len(self.early_s)

    @property
    def routes(self) -> int:
        """Number of routes, k."""
        return len(self.open_s)

    def replace(self, **changes: Any) -> Problem:
        """
        A copy with some arrays exchanged, checked anew.

        Overtime that began as the shift closed still does.
        """
        if np.array_equal(self.overtime_from_s, self.close_s) and "close_s" in changes:
            changes = {"overtime_from_s": changes["close_s"]} | changes
        return replace(self, **changes)


VISIT_ARRAYS = (
    "early_s", "late_s", "due_s", "duration_s", "place", "drop_points", "recipient", "group",
    "offset_min_s", "offset_max_s", "apart", "demand", "wished_s",
    "slack_s",
)  # fmt: skip
WINDOW_ARRAYS = ("more_visit", "more_early_s", "more_due_s", "more_late_s")
GAP_ARRAYS = ("gap_first", "gap_second", "gap_min_s", "gap_max_s")
ROUTE_ARRAYS = (
    "carer", "open_s", "close_s", "start_place", "end_place", "mode", "break_early_s",
    "break_late_s", "break_s", "capacity", "fixed_points", "overtime_from_s", "break_points",
    "span_points", "least_span_s", "most_span_s", "fair_s",
)  # fmt: skip


def _shape_findings(problem: Problem) -> list[Finding]:
    n, g, k = len(problem.early_s), len(problem.gap_first), len(problem.open_s)
    wanted: dict[str, tuple[int, ...]] = dict.fromkeys(VISIT_ARRAYS, (n,))
    wanted |= dict.fromkeys(GAP_ARRAYS, (g,)) | dict.fromkeys(ROUTE_ARRAYS, (k,))
    wanted |= dict.fromkeys(WINDOW_ARRAYS, (len(problem.more_visit),))
    wanted |= dict.fromkeys(("allowed", "carer_points"), (n, k))
    wanted |= {"bond_label": (len(problem.bond_visit),), "bond_free": (len(problem.bond_points),)}
    wanted |= {"bond_known": (len(problem.bond_points), k)}
    wanted |= {"pool_label": (len(problem.pool_route),)}
    findings = [
        _finding("SHAPE", name, f"shape {shape}", f"{getattr(problem, name).shape}")
        for name, shape in wanted.items()
        if getattr(problem, name).shape != shape
    ]
    travel = problem.travel_s.shape
    if len(travel) != 3 or travel[1] != travel[2] or 0 in travel:
        findings.append(_finding("SHAPE", "travel_s", "shape (m, l, l), m and l > 0", f"{travel}"))
    return findings


def _value_findings(problem: Problem) -> list[Finding]:
    p = problem
    modes, places, _ = p.travel_s.shape
    checks: list[tuple[str, str, Bool]] = [
        ("late_s", "early_s <= late_s", p.early_s <= p.late_s),
        ("duration_s", "duration_s >= 0", p.duration_s >= 0),
        ("drop_points", "drop_points >= 0", p.drop_points >= 0),
        ("place", f"0 <= place < {places}", (p.place >= 0) & (p.place < places)),
        ("group", "-1 <= group < n", (p.group >= -1) & (p.group < max(p.visits, 1))),
        ("recipient", "-1 <= recipient < n", (p.recipient >= -1) & (p.recipient < p.visits)),
        (
            "offset_min_s",
            "0 <= offset_min_s <= offset_max_s, or -FOREVER_S and FOREVER_S",
            ((p.offset_min_s >= 0) & (p.offset_min_s <= p.offset_max_s))
            | ((p.offset_min_s == -FOREVER_S) & (p.offset_max_s == FOREVER_S)),
        ),
        (
            "wished_s",
            "wished_s <= due_s and the last late_s",
            (p.wished_s <= p.due_s) & (p.wished_s <= _last_start(p)),
        ),
        ("bond_visit", "0 <= bond_visit < n", (p.bond_visit >= 0) & (p.bond_visit < p.visits)),
        (
            "bond_label",
            "0 <= bond_label < q",
            (p.bond_label >= 0) & (p.bond_label < len(p.bond_points)),
        ),
        ("bond_visit", "each visit once in a bond", _once(p.bond_visit, p.bond_label)),
        ("pool_route", "0 <= pool_route < k", (p.pool_route >= 0) & (p.pool_route < p.routes)),
        (
            "pool_label",
            "0 <= pool_label < o",
            (p.pool_label >= 0) & (p.pool_label < len(p.pool_most)),
        ),
        ("pool_route", "each route once in a pool", _once(p.pool_route, p.pool_label)),
        ("pool_most", "pool_most >= 0", p.pool_most >= 0),
        ("bond_points", "bond_points >= 0", p.bond_points >= 0),
        ("bond_free", "bond_free >= 0", p.bond_free >= 0),
        ("demand", "demand >= 0", p.demand >= 0),
        ("capacity", "capacity >= 0", p.capacity >= 0),
        ("fixed_points", "fixed_points >= 0", p.fixed_points >= 0),
        ("break_points", "0 <= break_points", p.break_points >= 0),
        ("span_points", "span_points >= 0", p.span_points >= 0),
        ("slack_s", "slack_s >= 0", p.slack_s >= 0),
        ("fair_s", "fair_s >= 0", p.fair_s >= 0),
        (
            "least_span_s",
            "0 <= least_span_s <= most_span_s",
            (p.least_span_s >= 0) & (p.least_span_s <= p.most_span_s),
        ),
        ("overtime_from_s", "open_s <= overtime_from_s", p.open_s <= p.overtime_from_s),
        ("more_visit", "0 <= more_visit < n", (p.more_visit >= 0) & (p.more_visit < p.visits)),
        ("more_late_s", "more_early_s <= more_late_s", p.more_early_s <= p.more_late_s),
        ("more_early_s", "windows of a visit by rising opening time", _rising_windows(p)),
        (
            "gap_min_s",
            "0 <= gap_min_s <= gap_max_s",
            (p.gap_min_s >= 0) & (p.gap_min_s <= p.gap_max_s),
        ),
        ("gap_first", "0 <= gap_first < n", (p.gap_first >= 0) & (p.gap_first < p.visits)),
        ("gap_second", "0 <= gap_second < n", (p.gap_second >= 0) & (p.gap_second < p.visits)),
        ("gap_second", "gap_first != gap_second", p.gap_first != p.gap_second),
        ("gap_second", "no gap within a group", _outside_group(p)),
        ("close_s", "open_s <= close_s", p.open_s <= p.close_s),
        (
            "start_place",
            f"0 <= start_place < {places}",
            (p.start_place >= 0) & (p.start_place < places),
        ),
        ("end_place", f"0 <= end_place < {places}", (p.end_place >= 0) & (p.end_place < places)),
        ("mode", f"0 <= mode < {modes}", (p.mode >= 0) & (p.mode < modes)),
        ("break_s", "break_s >= 0", p.break_s >= 0),
        (
            "break_late_s",
            "break_early_s <= break_late_s where there is a break",
            (p.break_s == 0) | (p.break_early_s <= p.break_late_s),
        ),
    ]  # fmt: skip
    findings = []
    for name, expected, holds in checks:
        if not holds.all():
            at = int(np.flatnonzero(~holds)[0])
            findings.append(_finding("VALUE", f"{name}[{at}]", expected, f"{getattr(p, name)[at]}"))
    if (p.carer_points < 0).any():
        findings.append(_finding("VALUE", "carer_points", ">= 0", "another value"))
    if (p.travel_s < 0).any() or np.diagonal(p.travel_s, axis1=1, axis2=2).any():
        findings.append(_finding("VALUE", "travel_s", ">= 0 with a zero diagonal", "another value"))
    return findings


def _once(member: Int, label: Int) -> Bool:
    """Per pair of member and label, whether it is there for the first time."""
    first = np.zeros(len(member), dtype=np.bool_)
    pairs = np.stack([label, member], axis=1)
    first[np.unique(pairs, axis=0, return_index=True)[1]] = True
    return first


def _last_start(problem: Problem) -> Int:
    """The end of the last window of each visit; bad indices pass."""
    last = problem.late_s.copy()
    known = (problem.more_visit >= 0) & (problem.more_visit < problem.visits)
    np.maximum.at(last, problem.more_visit[known], problem.more_late_s[known])
    return last


def _rising_windows(problem: Problem) -> Bool:
    """Per further window, whether it opens after the one before it; bad indices pass."""
    n = max(problem.visits, 1)
    opened = problem.early_s.copy() if problem.visits else np.zeros(1, dtype=np.int64)
    rising = np.ones(len(problem.more_visit), dtype=np.bool_)
    for at, (visit, early) in enumerate(zip(problem.more_visit, problem.more_early_s, strict=True)):
        rising[at] = early > opened[visit % n]
        opened[visit % n] = early
    return rising


def _outside_group(problem: Problem) -> Bool:
    """Per gap, whether its two visits belong to different groups; out-of-range indices pass."""
    n = max(problem.visits, 1)
    group = problem.group if problem.visits else np.array([-1])
    first, second = group[problem.gap_first % n], group[problem.gap_second % n]
    outside: Bool = (first < 0) | (first != second)
    return outside


def _whole(kind: type) -> str:
    """What an array of that kind holds."""
    if kind is np.bool_:
        return "True or False"
    return f"whole numbers up to {np.iinfo(kind).max}"


def _finding(code: str, where: str, expected: str, found: str) -> Finding:
    return Finding(f"PROBLEM_{code}", where, expected, found, "Rätta indata till optimeringen.")
