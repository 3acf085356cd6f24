"""Visits that must come are planned on a full day; the weights behind it change no points."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from threading import Event

import numpy as np
import pytest

from fixtures.municipality import Size, day_of, generate
from scheduler.build import build_problem
from scheduler.care.model import Wishes
from scheduler.objective import load_objective
from scheduler.problem import Problem
from scheduler.solve import SolveParams, solve
from scheduler.solve.net import build_net
from scheduler.solve.pressure import Pressure
from scheduler.solve.searcher import Cycle, Searcher, run_cycle
from scheduler.solve.whole import load
from scheduler.travel import load_travel_settings
from scheduler.working_time import WorkingTime

DAY = date(2026, 3, 4)


@pytest.fixture(scope="module")
def full_day() -> Problem:
    """
    245 visits; the morning has room for all, hardly more.

    Without wishes, keys, other days and limits of working time, which would say who stays out and
    not how full it is.
    """
    day = day_of(generate(Size.M, 1, DAY))
    plain = {"wishes": Wishes(), "key_at": None, "possible_days": ()}
    day = replace(day, visits=tuple(replace(visit, **plain) for visit in day.visits))
    unlimited = WorkingTime(24 * 60, 24 * 60, 0)
    return build_problem(day, load_travel_settings(DAY), load_objective(DAY), unlimited)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_visit_that_must_come_stays_out(full_day: Problem, seed: int) -> None:
    """Without pressure each of these leaves two out."""
    params = SolveParams(threads=1, iterations=1_000_000, seed=seed, explain=False)
    found = solve(full_day, params)
    planned = {visit for stops in found.stops for visit, _ in stops if visit >= 0}
    left_out = sorted(set(range(full_day.visits)) - planned)
    assert not [v for v in left_out if full_day.drop_points[v] == full_day.drop_points.max()]


def test_points_are_the_true_ones(full_day: Problem) -> None:
    net = build_net(full_day)
    params = SolveParams(threads=1, iterations=120_000)
    searcher = Searcher(net, 3, params.moves)
    assert searcher.unassigned > 0
    run_cycle(searcher, Cycle(1.0, 1.0), params, 0.0, Event())
    assert searcher.pressure is not None
    assert searcher.points == load(net, searcher.state, searcher.state.stop.copy())
    assert searcher.best_points == load(net, searcher.state, searcher.best)


def test_a_left_out_visit_weighs_more_and_the_sum_stays(full_day: Problem) -> None:
    net = build_net(full_day)
    searcher = Searcher(net, 3, SolveParams().moves)
    pressure = Pressure(net, 1.0)
    out = searcher.state.stop["route"][pressure.visits] < 0
    assert out.any()
    pressure.load(searcher.state)
    before = pressure.net.node["drop"][pressure.visits]
    pressure.grow(searcher.state)
    pressure.load(searcher.state)
    after = pressure.net.node["drop"][pressure.visits]
    assert (after[out] > before[out]).all()
    points = full_day.drop_points[pressure.visits]
    pressed = np.isin(points, points[out])
    assert (after[pressed & ~out] < before[pressed & ~out]).all()
    assert (after[~pressed] == before[~pressed]).all()
    # Each weight is rounded down.
    lost = net.node["drop"][: net.visits].sum() - after.sum()
    assert 0 <= lost <= net.visits
    assert (net.node["drop"][: net.visits] == full_day.drop_points).all()


def test_what_is_optional_takes_nothing_from_what_must_be_done(full_day: Problem) -> None:
    """However long it stays out; all together they weigh what they did."""
    net = build_net(full_day)
    searcher = Searcher(net, 3, SolveParams().moves)
    pressure = Pressure(net, 1.0)
    points = full_day.drop_points[pressure.visits]
    optional = points == points.min()
    assert 0 < optional.sum() < len(points)
    pressure.load(searcher.state)
    before = pressure.net.node["drop"][pressure.visits]
    # Only they are out, and always the same half of them.
    searcher.state.stop["route"][pressure.visits] = 0
    searcher.state.stop["route"][pressure.visits[np.flatnonzero(optional)[::2]]] = -1
    for _ in range(200):
        pressure.grow(searcher.state)
    net_points = pressure._scaled()
    assert net_points[~optional] == pytest.approx(before[~optional], abs=1)
    assert net_points[optional].sum() == pytest.approx(points[optional].sum())


def test_what_may_stay_out_is_not_pressed(full_day: Problem) -> None:
    net = build_net(full_day)
    dear = Pressure(net, float(full_day.drop_points.max()))
    assert len(dear.visits) == 0
    state = Searcher(net, 1, SolveParams().moves).state
    assert not dear.left_out(state)
    assert np.array_equal(dear.net.node["drop"], net.node["drop"])


def test_weights_stay_finite_however_long_a_visit_stays_out(full_day: Problem) -> None:
    """An hour of stretches with the same visits left out."""
    net = build_net(full_day)
    searcher = Searcher(net, 3, SolveParams().moves)
    pressure = Pressure(net, 1.0)
    for _ in range(50_000):
        pressure.grow(searcher.state)
    assert np.isfinite(pressure.weight).all()
    pressure.load(searcher.state)
    drop = pressure.net.node["drop"][pressure.visits]
    assert (drop > 0).all()
    assert drop.sum() <= net.node["drop"][: net.visits].sum()
