"""Keys kept at an office: only a shift that begins there can make the visit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduler.care.model import Day, Wishes
from scheduler.checker import check
from scheduler.datacheck.advice import Code
from scheduler.planner import plan_day
from scheduler.recommend import Recommender
from scheduler.rules import Reason, Rule
from tests.scheduler import two_carers as two
from tests.scheduler.test_datacheck_blocks import said


def day(*where: str) -> Day:
    """Anna begins at the office, Bo at Rut's; the keys of the first visits are at these places."""
    places = {"office": two.OFFICE, "away": two.AWAY, "nowhere": None}
    known = two.day()
    bo = replace(known.shifts[1], start_location=two.AWAY)
    visits = tuple(
        replace(visit, group=None, gaps=(), required_skills=frozenset(), key_at=places[name])
        for visit, name in zip(known.visits[4:], where, strict=True)
    )
    return replace(known, shifts=(known.shifts[0], bo), visits=visits)


@pytest.mark.parametrize("where", [("office", "away"), ("away", "office"), ("office", "office")])
def test_a_visit_goes_to_a_shift_that_begins_where_its_key_is(where: tuple[str, str]) -> None:
    known = day(*where)
    made = plan_day(known, two.TRAVEL, iterations=1000, threads=1)
    assert made.unassigned == ()
    assert check(known, made, two.TRAVEL) == []
    by_visit = {s.visit_id: r.carer_id for r in made.routes for s in r.stops}
    carer_at = {"office": "anna", "away": "bo"}
    assert [by_visit[v.id] for v in known.visits] == [carer_at[name] for name in where]


def test_the_checker_tells_of_a_carer_without_the_key() -> None:
    made = plan_day(day("office", "away"), two.TRAVEL, iterations=1000, threads=1)
    assert check(day("office", "nowhere"), made, two.TRAVEL) == []
    found = check(day("away", "office"), made, two.TRAVEL)
    assert [violation.rule for violation in found] == [Rule.KEY, Rule.KEY]


def test_a_key_where_nobody_begins_is_told_by_plan_and_data_check() -> None:
    known = day("away", "office")
    alone = replace(known, shifts=known.shifts[:1])
    (left,) = plan_day(alone, two.TRAVEL, iterations=1000, threads=1).unassigned
    assert (left.visit_id, left.reason, left.proven) == (known.visits[0].id, Reason.NO_KEY, True)
    assert "nyckeln" in left.text
    (advice,) = said(alone, Code.NO_KEY)
    assert "nyckeln" in advice.text
    barred = replace(known.visits[0], wishes=Wishes(prohibited=frozenset({"bo"})))
    nobody = replace(known, visits=(barred, known.visits[1]))
    (left,) = plan_day(nobody, two.TRAVEL, iterations=1000, threads=1).unassigned
    assert (left.reason, "Ingen som får komma" in left.text) == (Reason.NO_KEY, True)


def test_a_recommendation_names_the_key() -> None:
    known = day("away", "office")
    made = plan_day(known, two.TRAVEL, iterations=1000, threads=1)
    number = [v.id for v in known.visits].index(known.visits[0].id)
    without = replace(
        made,
        routes=tuple(
            replace(r, stops=tuple(s for s in r.stops if s.visit_id != known.visits[0].id))
            for r in made.routes
        ),
    )
    found = Recommender(known, without, two.TRAVEL).place_left_out(number)
    assert [option.carer_ids for option in found.options] == [("bo",)]
    assert {refusal.carer_id: refusal.code for refusal in found.refusals} == {"anna": Rule.KEY}
