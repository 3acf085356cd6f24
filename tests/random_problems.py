"""
Small random problems in which every rule and every term of the objective is at work.

Each rule is one function that changes the plain arrays of a problem, and each can be switched
off. The draw of a rule does not depend on which others are switched on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from scheduler.objective import Weights
from scheduler.problem import FOREVER_S, MUST_POINTS, Problem

Arrays = dict[str, Any]


def random_problem(
    rng: np.random.Generator, visits: int, routes: int, *, day_s: int = 7200, **switches: bool
) -> Problem:
    """
    A problem of a few visits and routes.

    Parameters
    ----------
    day_s
        Length of the day in seconds, at least 20; durations, travel and windows follow it.
    switches
        Names of RULES; those given as False stay out.
    """
    unknown = switches.keys() - RULES.keys()
    if unknown:
        raise ValueError(f"expected switches among {sorted(RULES)}, found {sorted(unknown)}")
    arrays = _plain(np.random.default_rng(rng.integers(1 << 62)), visits, routes, day_s)
    for name, rule in RULES.items():
        own = np.random.default_rng(rng.integers(1 << 62))
        if visits and routes and switches.get(name, True):
            rule(own, arrays, day_s)
    return Problem(**arrays)


def degenerate_problems() -> dict[str, Problem]:
    """By name: problems at the edge of what is allowed, each as small as it can be."""
    return {
        "no carers": line_problem(visits=3, routes=0),
        "no visits": line_problem(visits=0, routes=2),
        "nothing at all": line_problem(visits=0, routes=0),
        "no visits, a break to take": line_problem(
            visits=0, routes=1, break_s=[60], break_early_s=[0], break_late_s=[100]
        ),
        "zero windows": line_problem(visits=2, routes=1, early_s=[100, 900], late_s=[100, 900]),
        "zero windows at once": line_problem(
            visits=2, routes=1, early_s=[900, 900], late_s=[900, 900]
        ),
        "one place": line_problem(
            visits=3, routes=2, place=[0] * 3, start_place=[0] * 2, end_place=[0] * 2,
            travel_s=[[[0]]],
        ),
        "many visits at one address": line_problem(visits=12, routes=2, place=[1] * 12),
        "circular gaps": line_problem(
            visits=2, routes=2, gap_first=[0, 1], gap_second=[1, 0], gap_min_s=[0, 0],
            gap_max_s=[FOREVER_S, FOREVER_S],
        ),
        "circular gaps that exclude each other": line_problem(
            visits=2, routes=2, gap_first=[0, 1], gap_second=[1, 0], gap_min_s=[60, 60],
            gap_max_s=[FOREVER_S, FOREVER_S],
        ),
        "windows beyond shifts": line_problem(
            visits=2, routes=1, early_s=[0, 5000], late_s=[FOREVER_S, 6000]
        ),
        "a shift of no length": line_problem(visits=1, routes=1, close_s=[0]),
        "shifts without end": line_problem(
            visits=3, routes=2, close_s=[FOREVER_S] * 2, late_s=[FOREVER_S] * 3
        ),
        "zero durations": line_problem(visits=4, routes=2, duration_s=[0] * 4),
        "zero durations, one person at one time": line_problem(
            visits=3, routes=3, duration_s=[0] * 3, place=[1] * 3, recipient=[0] * 3,
            early_s=[300] * 3, late_s=[300] * 3,
        ),
        "a group larger than the staff": line_problem(
            visits=3, routes=2, group=[0] * 3, carer=[0, 1]
        ),
        "a break outside the shift": line_problem(
            visits=1, routes=1, break_s=[60], break_early_s=[9000], break_late_s=[9000]
        ),
        "nobody may": line_problem(visits=2, routes=2, allowed=np.zeros((2, 2), dtype=bool)),
        "no capacity": line_problem(visits=2, routes=1, demand=[0, 1], capacity=[0]),
    }  # fmt: skip


def line_problem(visits: int, routes: int, **changes: Any) -> Problem:
    """Visits of 300 s on a line, 60 s apart, in a shift of an hour; every rule neutral."""
    n, k = visits, routes
    at = np.arange(n + 1)
    arrays: Arrays = {
        "early_s": [0] * n, "late_s": [3600] * n, "duration_s": [300] * n,
        "place": np.arange(1, n + 1), "drop_points": [100_000] * n, "recipient": [-1] * n,
        "group": [-1] * n, "offset_min_s": [0] * n, "offset_max_s": [0] * n,
        "allowed": np.ones((n, k), dtype=bool), "gap_first": [], "gap_second": [],
        "gap_min_s": [], "gap_max_s": [], "carer": np.arange(k), "open_s": [0] * k,
        "close_s": [3600] * k, "start_place": [0] * k, "end_place": [0] * k, "mode": [0] * k,
        "break_early_s": [0] * k, "break_late_s": [0] * k, "break_s": [0] * k,
        "travel_s": 60 * np.abs(at[:, None] - at[None])[None], "weights": Weights(1),
    }  # fmt: skip
    arrays |= changes
    return Problem(**{"due_s": arrays["late_s"]} | arrays)


def _plain(rng: np.random.Generator, n: int, k: int, day_s: int) -> Arrays:
    """Places in a square, wide hard windows, one shift per carer; every rule neutral."""
    places = n // 2 + 2
    length = np.maximum(rng.integers(-day_s // 60, day_s // 8, n), 0)
    early = rng.integers(0, day_s // 2, n)
    late = early + rng.integers(day_s // 6, day_s * 4 // 5, n)
    opened = rng.integers(0, day_s // 5, k)
    return {
        "early_s": early, "late_s": late, "due_s": late.copy(), "duration_s": length,
        "place": rng.integers(0, places, n),
        "drop_points": rng.choice([0, 1, 30, 30, 30, 30], n) * rng.integers(1, 5 * day_s, n),
        "recipient": np.full(n, -1), "group": np.full(n, -1), "offset_min_s": np.zeros(n, int),
        "offset_max_s": np.zeros(n, int), "allowed": np.ones((n, k), dtype=bool),
        "gap_first": [], "gap_second": [], "gap_min_s": [], "gap_max_s": [],
        "carer": np.arange(k), "open_s": opened,
        "close_s": opened + rng.integers(day_s * 7 // 10, day_s, k),
        "start_place": rng.integers(0, places, k), "end_place": rng.integers(0, places, k),
        "mode": np.zeros(k, int), "break_early_s": np.zeros(k, int),
        "break_late_s": np.zeros(k, int), "break_s": np.zeros(k, int),
        "travel_s": _square(rng, places, max(3, day_s // 12))[None], "weights": Weights(travel=1),
    }  # fmt: skip


def _square(rng: np.random.Generator, places: int, side_s: int) -> np.ndarray:
    """Seconds between random points; two places may be zero seconds apart."""
    points = rng.integers(0, side_s + 1, (places, 2))
    return np.abs(points[:, None] - points[None]).sum(axis=2) * 2 // 3


# ---------------------------------------------------------------- rules, one function each


def _weights(rng: np.random.Generator, a: Arrays, day_s: int) -> None:
    """Any term may cost nothing."""
    a["weights"] = Weights(*(int(rng.choice([0, 1, 3, 10])) for _ in range(6)))


def _skills(rng: np.random.Generator, a: Arrays, day_s: int) -> None:
    a["allowed"] = rng.random(a["allowed"].shape) < 0.8


def _soft(rng: np.random.Generator, a: Arrays, day_s: int) -> None:
    """Some visits may start late, some of them at any time of the day; some are late anyway."""
    n = len(a["late_s"])
    width = a["late_s"] - a["early_s"]
    due = a["early_s"] + (width * rng.uniform(-0.3, 1, n)).astype(int)
    soft = rng.random(n) < 0.5
    a["due_s"] = np.where(soft, due, a["late_s"])
    a["late_s"] = np.where(soft & (rng.random(n) < 0.3), FOREVER_S, a["late_s"])


def _windows(rng: np.random.Generator, a: Arrays, day_s: int) -> None:
    """Some visits have one or two further windows, that may open before the last one closes."""
    rows = []
    for v in np.flatnonzero(rng.random(len(a["early_s"])) < 0.4).tolist():
        opens = int(a["early_s"][v])
        for _ in range(rng.integers(1, 3)):
            opens += int(rng.integers(1, day_s // 3))
            due = opens + int(rng.integers(-day_s // 20, day_s // 6))
            rows.append((v, opens, due, due + int(rng.integers(-day_s // 20, day_s // 8))))
    table = np.array(rows, dtype=int).reshape(-1, 4)
    table[:, 3] = np.maximum(table[:, 3], table[:, 1])
    a |= dict(
        zip(("more_visit", "more_early_s", "more_due_s", "more_late_s"), table.T, strict=True)
    )


def _groups(rng: np.random.Generator, a: Arrays, day_s: int) -> None:
    """Pairs and triples: at one time, one after the other, or only both or none."""
    n = len(a["group"])
    left = rng.permutation(n).tolist()
    number = 0
    while len(left) > 1 and rng.random() < 0.6:
        size = min(len(left), 3 if rng.random() < 0.2 else 2)
        members, left = sorted(left[:size]), left[size:]
        kind = rng.choice(["together", "in order", "independent"])
        a["group"][members] = number
        number += 1
        if rng.random() < 0.7:
            a["place"][members] = a["place"][members[0]]
        for v in members[1:]:
            if kind == "independent":
                a["offset_min_s"][v], a["offset_max_s"][v] = -FOREVER_S, FOREVER_S
                continue
            # The windows of linked members must meet often enough.
            for name in ("early_s", "due_s", "late_s"):
                a[name][v] = a[name][members[0]]
            if kind == "in order":
                a["offset_min_s"][v] = rng.integers(0, day_s // 10)
                a["offset_max_s"][v] = a["offset_min_s"][v] + rng.integers(0, day_s // 6)


def _apart(rng: np.random.Generator, a: Arrays, day_s: int) -> None:
    a["apart"] = rng.random(len(a["group"])) < 0.5


def _gaps(rng: np.random.Generator, a: Arrays, day_s: int) -> None:
    """Some pairs of visits of different groups; a gap may have no upper end."""
    n = len(a["group"])
    rows = []
    for _ in range(n // 3):
        first, second = rng.integers(0, n, 2).tolist()
        least = int(rng.integers(0, day_s // 5))
        most = FOREVER_S if rng.random() < 0.3 else least + int(rng.integers(0, day_s // 3))
        if first != second and not 0 <= a["group"][first] == a["group"][second]:
            rows.append((first, second, least, most))
    table = np.array(rows, dtype=int).reshape(-1, 4)
    a |= dict(zip(("gap_first", "gap_second", "gap_min_s", "gap_max_s"), table.T, strict=True))


def _recipients(rng: np.random.Generator, a: Arrays, day_s: int) -> None:
    n = len(a["recipient"])
    a["recipient"] = rng.integers(-1, max(1, n // 2), n)


def _split_shift(rng: np.random.Generator, a: Arrays, day_s: int) -> None:
    """Often the carer of the first route walks the last one too, later in the day."""
    k = len(a["carer"])
    if k < 2 or rng.random() < 0.5:
        return
    a["carer"][k - 1] = a["carer"][0]
    middle = int(rng.integers(day_s // 3, day_s // 2))
    a["open_s"][0] = min(a["open_s"][0], middle)
    a["close_s"][0] = middle
    a["open_s"][k - 1] = middle + int(rng.integers(0, day_s // 10))
    a["close_s"][k - 1] = a["open_s"][k - 1] + day_s // 2


def _breaks(rng: np.random.Generator, a: Arrays, day_s: int) -> None:
    """Two routes in three have a break; half of those may be missed at a price."""
    k = len(a["carer"])
    middle = (a["open_s"] + a["close_s"]) // 2
    a["break_s"] = np.where(rng.random(k) < 0.67, rng.integers(1, day_s // 10, k), 0)
    a["break_early_s"] = middle - rng.integers(0, day_s // 4, k)
    a["break_late_s"] = a["break_early_s"] + rng.integers(0, day_s // 3, k)
    price = rng.integers(0, 2 * day_s, k)
    a["break_points"] = np.where(rng.random(k) < 0.5, price, MUST_POINTS)


def _capacity(rng: np.random.Generator, a: Arrays, day_s: int) -> None:
    n, k = a["allowed"].shape
    a["demand"] = rng.integers(0, 4, n)
    a["capacity"] = rng.integers(n // k, 3 + 3 * n // k, k)


def _fixed(rng: np.random.Generator, a: Arrays, day_s: int) -> None:
    a["fixed_points"] = rng.integers(0, 2 * day_s, len(a["carer"]))


def _carer_points(rng: np.random.Generator, a: Arrays, day_s: int) -> None:
    shape = a["allowed"].shape
    a["carer_points"] = rng.integers(0, day_s, shape) * (rng.random(shape) < 0.5)


def _overtime(rng: np.random.Generator, a: Arrays, day_s: int) -> None:
    """Overtime begins within the shift, for some routes only at its end."""
    share = np.minimum(1.0, rng.uniform(0.3, 1.2, len(a["carer"])))
    a["overtime_from_s"] = a["open_s"] + ((a["close_s"] - a["open_s"]) * share).astype(int)


def _modes(rng: np.random.Generator, a: Arrays, day_s: int) -> None:
    """A second, slower way to travel that knows other short cuts."""
    first = a["travel_s"][0]
    slower = 2 * first + rng.integers(0, 1 + day_s // 60, first.shape)
    np.fill_diagonal(slower, 0)
    a["travel_s"] = np.stack([first, slower])
    a["mode"] = rng.integers(0, 2, len(a["carer"]))


def _asymmetric(rng: np.random.Generator, a: Arrays, day_s: int) -> None:
    """One-way streets: the way back may be longer, and a detour shorter than the direct way."""
    longer = rng.integers(0, 2 + day_s // 40, a["travel_s"].shape)
    for matrix in longer:
        np.fill_diagonal(matrix, 0)
    a["travel_s"] = a["travel_s"] + longer


def _wishes(rng: np.random.Generator, a: Arrays, day_s: int) -> None:
    """Some visits are wanted later than their first window opens, but not after they are due."""
    width = np.minimum(a["due_s"], a["late_s"]) - a["early_s"]
    wished = a["early_s"] + (width * rng.random(len(width))).astype(int)
    chosen = (rng.random(len(width)) < 0.4) & (width > 0)
    a["wished_s"] = np.where(chosen, wished, -FOREVER_S)


def _bonds(rng: np.random.Generator, a: Arrays, day_s: int) -> None:
    """A few bonds of some visits, that may overlap; some carers do not count in them."""
    n, count = len(a["early_s"]), int(rng.integers(1, 4))
    pairs = [(v, q) for q in range(count) for v in range(n) if rng.random() < 0.6]
    rng.shuffle(pairs)
    a["bond_visit"] = [v for v, _ in pairs]
    a["bond_label"] = [q for _, q in pairs]
    a["bond_points"] = rng.integers(0, 2 * day_s, count)
    a["bond_free"] = rng.integers(0, 3, count)
    a["bond_known"] = (rng.random((count, int(a["carer"].max()) + 1)) < 0.3)[:, a["carer"]]


def _spans(rng: np.random.Generator, a: Arrays, day_s: int) -> None:
    """Some routes are paid by what they work, at least so much, and may not work for ever."""
    k = len(a["carer"])
    a["span_points"] = rng.choice([0, 1, 3, 10], k)
    a["least_span_s"] = rng.integers(0, day_s // 2, k) * (rng.random(k) < 0.5)
    longest = a["least_span_s"] + rng.integers(0, day_s // 2, k)
    a["most_span_s"] = np.where(rng.random(k) < 0.5, longest, FOREVER_S)


def _slack(rng: np.random.Generator, a: Arrays, day_s: int) -> None:
    """Some visits are to have waiting before them; some routes more visits than is fair."""
    n, k = len(a["early_s"]), len(a["carer"])
    a["slack_s"] = rng.integers(0, 1 + day_s // 8, n) * (rng.random(n) < 0.7)
    a["fair_s"] = np.where(rng.random(k) < 0.7, rng.integers(0, day_s // 2, k), FOREVER_S)
    slack, load = rng.choice([0, 1, 2, 7], 2)
    a["weights"] = replace(a["weights"], slack=int(slack), load=int(load))


def _pools(rng: np.random.Generator, a: Arrays, day_s: int) -> None:
    """One or two pools of some routes, in one problem of three; they may overlap."""
    k, count = len(a["carer"]), int(rng.integers(1, 3))
    pairs = [(r, q) for q in range(count) for r in range(k) if rng.random() < 0.7]
    if rng.random() < 0.67:
        return
    a["pool_route"] = [r for r, _ in pairs]
    a["pool_label"] = [q for _, q in pairs]
    a["pool_most"] = rng.integers(0, k + 1, count)


# Windows come after groups, which set the first windows of their members.
RULES: dict[str, Callable[[np.random.Generator, Arrays, int], None]] = {
    "weights": _weights,
    "skills": _skills,
    "soft": _soft,
    "groups": _groups,
    "windows": _windows,
    "apart": _apart,
    "gaps": _gaps,
    "recipients": _recipients,
    "split_shift": _split_shift,
    "breaks": _breaks,
    "capacity": _capacity,
    "fixed": _fixed,
    "carer_points": _carer_points,
    "overtime": _overtime,
    "modes": _modes,
    "asymmetric": _asymmetric,
    "wishes": _wishes,
    "bonds": _bonds,
    "spans": _spans,
    "pools": _pools,
    "slack": _slack,
}
