"""Minutes become seconds, nouns become arrays, and nothing else happens on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import numpy as np

from scheduler.build import build_problem, gap_bounds_s, origin, skills_on
from scheduler.care.model import Continuity, Gap, Gender, Wishes
from scheduler.care.units import STOCKHOLM
from scheduler.objective import Objective, Weights
from scheduler.problem import FOREVER_S
from scheduler.rules import Rule
from tests.scheduler import two_carers as two

OBJECTIVE = Objective(Weights(travel=4, waiting=1), {1: 1000, 2: 100, 3: 10})
HOUR = 3600


def test_the_two_carer_day_becomes_the_arrays_a_person_would_write() -> None:
    problem = build_problem(two.day(), two.TRAVEL, OBJECTIVE)
    assert problem.early_s.tolist() == [
        8 * HOUR,
        8 * HOUR,
        10 * HOUR,
        10 * HOUR,
        8 * HOUR,
        8 * HOUR,
    ]
    assert problem.late_s.tolist()[:2] == [9 * HOUR, 10 * HOUR]
    assert problem.duration_s.tolist() == [600, 1200, 1800, 1800, 900, 2400]
    assert problem.recipient.tolist() == [0, 0, 1, 1, 2, 2]
    assert problem.group.tolist() == [-1, -1, 0, 0, -1, -1]
    assert problem.drop_points.tolist() == [100] * 6
    # Bo's insulin delegation ended the day before; Anna's ends this very day.
    assert problem.allowed[0].tolist() == [True, False]
    assert problem.allowed[1:].all()
    assert (problem.gap_first.tolist(), problem.gap_second.tolist()) == ([0], [1])
    # The gap counts from the end of ten minutes of insulin.
    assert (problem.gap_min_s.tolist(), problem.gap_max_s.tolist()) == ([2400], [4200])
    assert problem.break_s.tolist() == [0, 1800]
    assert problem.break_early_s[1] == 9.5 * HOUR
    assert problem.open_s.tolist() == [8 * HOUR] * 2
    assert problem.travel_s.max() == 600
    assert problem.weights == OBJECTIVE.weights


def test_a_gap_without_upper_limit_never_binds_above() -> None:
    visit = two.day().visits[0]
    assert gap_bounds_s(Gap("insulin", 30), visit) == (2400, FOREVER_S)
    assert gap_bounds_s(Gap("insulin", 30, from_start=True), visit) == (1800, FOREVER_S)


def test_delegations_hold_on_their_first_and_last_day_only() -> None:
    """An expired delegation is a breach of patient safety, so both ends are tried."""
    assert "insulin" in skills_on(two.ANNA, date(2026, 1, 1))
    assert "insulin" in skills_on(two.ANNA, date(2026, 3, 4))
    assert "insulin" not in skills_on(two.ANNA, date(2025, 12, 31))
    assert "insulin" not in skills_on(two.ANNA, date(2026, 3, 5))


def test_bonds_are_recipients_whose_cap_can_be_passed_and_loops() -> None:
    day = two.day()
    day = replace(
        day,
        visits=tuple(replace(v, loop="norr") if v.id in ("bad", "insulin") else v
                     for v in day.visits),
        continuity=(
            Continuity("rut", frozenset({"bo", "eva"}), 3),
            Continuity("per", frozenset(), 2),
            Continuity("okänd", frozenset(), 1),
            Continuity("siv", frozenset({"eva"})),
        ),
    )  # fmt: skip
    problem = build_problem(
        day, two.TRAVEL, replace(OBJECTIVE, new_carer=7, continuity_cap=1, split_loop=5)
    )
    assert list(zip(problem.bond_visit, problem.bond_label, strict=True)) == [
        (2, 0), (3, 0), (4, 1), (5, 1), (0, 2), (5, 2),
    ]  # fmt: skip
    assert problem.bond_points.tolist() == [7, 7, 5]
    # Rut has had two of three; Siv none of the one that is left; a loop has one.
    assert problem.bond_free.tolist() == [1, 0, 1]
    assert problem.bond_known.tolist() == [[False, True], [False, False], [False, False]]


def test_seconds_are_elapsed_time_on_the_spring_morning() -> None:
    """On 29 March 2026 the clock goes from 02 to 03: 08:00 is seven real hours after midnight."""
    spring = date(2026, 3, 29)
    morning = datetime(2026, 3, 29, 8, tzinfo=STOCKHOLM)
    visit = replace(two.day().visits[4], earliest=morning, latest=morning)
    shift = replace(
        two.day().shifts[0],
        start=datetime(2026, 3, 29, 7, tzinfo=STOCKHOLM),
        end=datetime(2026, 3, 29, 9, tzinfo=STOCKHOLM),
    )
    day = replace(two.day(), date=spring, visits=(visit,), shifts=(shift,))
    problem = build_problem(day, two.TRAVEL, OBJECTIVE)
    assert problem.early_s.tolist() == [7 * HOUR]
    assert problem.open_s.tolist() == [6 * HOUR]
    assert origin(spring).isoformat() == "2026-03-29T00:00:00+01:00"


def test_an_empty_day_is_a_problem_too() -> None:
    day = replace(two.day(), visits=(), shifts=())
    problem = build_problem(day, two.TRAVEL, OBJECTIVE)
    assert (problem.visits, problem.routes) == (0, 0)
    assert problem.allowed.shape == (0, 0)
    assert problem.allowed.dtype == np.bool_


def test_who_may_come_and_what_it_costs_stand_by_visit_and_shift() -> None:
    """A hard rule closes the pair, priced ones add up; each visit has its own row."""
    day = two.day()
    wishes = Wishes(frozenset({"anna"}), frozenset({"bo"}), Gender.WOMAN)
    visits = tuple(replace(v, wishes=wishes if v.id == "bad" else v.wishes) for v in day.visits)
    day = replace(day, carers=(two.ANNA, replace(two.BO, gender=Gender.WOMAN)), visits=visits)
    prices = {Rule.GENDER: 7, Rule.PREFERRED_CARER: 2}
    hard = build_problem(day, two.TRAVEL, replace(OBJECTIVE, prices=prices))
    assert hard.allowed[5].tolist() == [False, True]
    assert hard.allowed[4].all()
    assert hard.carer_points.sum(axis=1).tolist() == [0, 0, 0, 0, 0, 9]
    assert hard.carer_points[5].tolist() == [9, 0]
    priced = replace(OBJECTIVE, prices=prices | {Rule.FORBIDDEN_CARER: 100})
    problem = build_problem(day, two.TRAVEL, priced)
    assert problem.allowed[5].all()
    assert problem.carer_points[5].tolist() == [109, 0]
