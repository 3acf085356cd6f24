"""Where one more visit fits, who could take over, and why the others cannot."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduler.care.errors import InvalidInput, UnknownValue
from scheduler.care.model import Gap, Wishes
from scheduler.checker import check
from scheduler.plan import Plan, Route
from scheduler.planner import plan_day
from scheduler.recommend import Option, Recommendation, Recommender
from scheduler.rules import Reason, Rule
from tests.scheduler import two_carers as two
from tests.scheduler.two_carers import at, visit


def plan(day: two.Day) -> Plan:
    made = plan_day(day, two.TRAVEL, iterations=5000, threads=1)
    assert check(day, made, two.TRAVEL) == []
    return made


def applied(made: Plan, option: Option) -> Plan:
    """The plan with the option in it."""
    new = {route.shift_id: route for route in option.routes}
    left = tuple(u for u in made.unassigned if u.visit_id not in option.visit_ids)
    routes = tuple(new.get(route.shift_id, route) for route in made.routes)
    return replace(made, routes=routes, unassigned=left)


def said(found: Recommendation) -> dict[str, tuple[Rule | Reason, str]]:
    return {refusal.carer_id: (refusal.code, refusal.text) for refusal in found.refusals}


def test_a_visit_at_the_office_costs_nothing_and_both_could() -> None:
    day = two.day()
    made = plan(day)
    new = visit("ny", "ture", ("08:00", "11:30"), 15)
    found = Recommender(day, made, two.TRAVEL).place((new,))
    assert (found.visit_ids, found.further, found.refusals) == (("ny",), 0, ())
    assert {option.carer_ids for option in found.options} == {("anna",), ("bo",)}
    best = found.options[0]
    longer = replace(day, visits=(*day.visits, new))
    assert check(longer, applied(made, best), two.TRAVEL) == []
    # It is worth 1,000 points and more that it is planned, and no second of travel is added.
    assert best.points < 0
    assert {term.name for term in best.terms} <= {"waiting", "unassigned_priority_2"}


def test_the_way_to_the_visit_is_told_in_minutes() -> None:
    """Ten minutes there and ten back, on the day's only round."""
    day = replace(two.day(), visits=(visit("kvar", "siv", ("08:00", "08:00"), 10),))
    new = visit("ny", "rut", ("10:00", "10:00"), 30, location=two.AWAY)
    found = Recommender(day, plan(day), two.TRAVEL).place((new,))
    assert [(o.start, o.terms[0].name, o.terms[0].quantity) for o in found.options] == [
        (at("10:00"), "travel", 1200)
    ] * 2
    texts = {option.carer_ids[0]: option.text for option in found.options}
    assert any(text.startswith("20 min mer restid") for text in texts.values())


def test_others_who_must_wait_are_named_with_their_new_time() -> None:
    """Anna alone has insulin; Per's breakfast follows hers, and both fit only one after another."""
    first = visit("förut", "siv", ("08:00", "08:30"), 30)
    day = replace(two.day(), carers=(two.ANNA,), shifts=(two.shift(two.ANNA),), visits=(first,))
    new = visit("ny", "ture", ("08:00", "08:00"), 20)
    (option,) = Recommender(day, plan(day), two.TRAVEL).place((new,)).options
    assert (option.after, option.before, option.start) == (None, "förut", at("08:00"))
    (moved,) = option.moved
    assert moved.after is not None
    assert (moved.visit_id, moved.after.start) == ("förut", at("08:20"))
    assert option.text.endswith("förut börjar 20 min senare.")


@pytest.mark.parametrize(
    ("change", "code", "text"),
    [
        (
            {"required_skills": frozenset({"insulin"})},
            Rule.SKILL,
            "Saknar insulin.",
        ),
        (
            {"wishes": Wishes(prohibited=frozenset({"bo"}))},
            Rule.FORBIDDEN_CARER,
            "Får inte komma: utesluten.",
        ),
        (
            {"pinned_carer": "anna"},
            Rule.PINNED_CARER,
            "Får inte komma: inte den som besöket är låst till.",
        ),
        (
            # Bo's break is in the way when the visit is longer than what is left on either side.
            {"duration_min": 200},
            Reason.UNREACHABLE,
            "Hinner inte dit och tillbaka i passet, ens utan andra besök.",
        ),
    ],
)
def test_every_no_has_its_reason(change: dict[str, object], code: Rule, text: str) -> None:
    day = replace(two.day(), visits=())
    new = replace(visit("ny", "ture", ("08:00", "11:30"), 20), **change)  # type: ignore[arg-type]
    found = Recommender(day, plan(day), two.TRAVEL).place((new,))
    assert [option.carer_ids for option in found.options] == [("anna",)]
    assert said(found) == {"bo": (code, text)}


def test_a_shift_that_is_over_and_one_that_is_full_are_told_apart() -> None:
    busy = visit("bad", "siv", ("08:00", "08:00"), 60)
    late = replace(two.shift(two.BO), start=at("09:30"))
    day = replace(two.day(), shifts=(two.shift(two.ANNA), late), visits=(busy,))
    new = visit("ny", "ture", ("08:10", "08:40"), 20)
    found = Recommender(day, plan(day), two.TRAVEL).place((new,))
    assert found.options == ()
    assert said(found) == {
        "anna": (Reason.CROWDED_OUT, "Hinner inte för det som redan är planerat: bad."),
        "bo": (Reason.NO_SHIFT_IN_WINDOW, "Arbetar 09:30–12:00, inte när besöket ska göras."),
    }
    assert {refusal.carer_id: refusal.blocking for refusal in found.refusals} == {
        "anna": ("bad",),
        "bo": (),
    }


def test_a_new_visit_keeps_the_gap_to_a_planned_one() -> None:
    day = two.day()
    made = plan(day)
    start = next(s.end for r in made.routes for s in r.stops if s.visit_id == "insulin")
    new = visit("kontroll", "per", ("08:00", "12:00"), 5, gaps=(Gap("insulin", 150, 160),))
    found = Recommender(day, made, two.TRAVEL).place((new,))
    longer = replace(day, visits=(*day.visits, new))
    assert found.options
    for option in found.options:
        assert 150 * 60 <= (option.start - start).total_seconds() <= 160 * 60
        assert check(longer, applied(made, option), two.TRAVEL) == []


def test_a_double_staffing_takes_two_carers_at_once() -> None:
    day = replace(two.day(), visits=(visit("kvar", "siv", ("08:00", "08:30"), 30),))
    made = plan(day)
    pair = tuple(visit(f"ny-{n}", "rut", ("08:00", "09:00"), 20, group="ny") for n in (1, 2))
    found = Recommender(day, made, two.TRAVEL).place(pair)
    assert found.visit_ids == ("ny-1", "ny-2")
    longer = replace(day, visits=(*day.visits, *pair))
    assert {frozenset(option.carer_ids) for option in found.options} == {frozenset({"anna", "bo"})}
    for option in found.options:
        assert check(longer, applied(made, option), two.TRAVEL) == []
    alone = replace(day, shifts=day.shifts[:1])
    assert Recommender(alone, plan(alone), two.TRAVEL).place(pair).options == ()


def test_who_takes_over_from_a_sick_carer_and_the_partner_stays() -> None:
    cilla = replace(two.ANNA, id="cilla", delegations=())
    day = replace(
        two.day(),
        carers=(*two.day().carers, cilla),
        shifts=(*two.day().shifts, replace(two.shift(cilla), id="pass-cilla")),
    )
    made = plan(day)
    sick = next(r.carer_id for r in made.routes for s in r.stops if s.visit_id == "lyft-1")
    partner = next(r.carer_id for r in made.routes for s in r.stops if s.visit_id == "lyft-2")
    found = Recommender(day, made, two.TRAVEL).replace_carers([sick])
    his = [s.visit_id for r in made.routes if r.carer_id == sick for s in r.stops if s.visit_id]
    assert [each.visit_ids for each in found] == [(visit_id,) for visit_id in his]
    by_visit = {each.visit_ids[0]: each for each in found}
    # Of three carers one is sick and one is there already.
    third = ({"anna", "bo", "cilla"} - {sick, partner}).pop()
    assert [option.carer_ids for option in by_visit["lyft-1"].options] == [(third,)]
    assert said(by_visit["lyft-1"])[partner] == (
        Rule.GROUP_CARERS,
        "Gör redan ett av dubbelbemanningens besök.",
    )


def test_the_answer_takes_each_left_out_group_once() -> None:
    pair = tuple(visit(f"ny-{n}", "rut", ("08:00", "09:00"), 20, group="ny") for n in (1, 2))
    lone = visit("ensam", "siv", ("08:00", "11:00"), 20)
    day = replace(two.day(), visits=(*pair, lone))
    empty = Plan(day.date, tuple(Route(s.id, s.carer_id, (), 0, s.start) for s in day.shifts), ())
    asked = Recommender(day, empty, two.TRAVEL)
    assert [each.visit_ids for each in asked.answer((), ())] == [("ny-1", "ny-2"), ("ensam",)]
    assert [each.visit_ids for each in asked.answer(["ny-2"], ())] == [("ny-1", "ny-2")]
    # Also when nobody can take it.
    alone = replace(day, shifts=day.shifts[:1])
    nobody = Recommender(alone, replace(empty, routes=empty.routes[:1]), two.TRAVEL).answer((), ())
    assert [(each.visit_ids, len(each.options)) for each in nobody] == [
        (("ny-1", "ny-2"), 0),
        (("ensam",), 1),
    ]
    assert said(nobody[0]) == {
        "anna": (Reason.CROWDED_OUT, "Hinner inte, eller ingen annan kan komma samtidigt.")
    }


def test_every_unknown_id_is_told_at_once() -> None:
    day = two.day()
    with pytest.raises(UnknownValue) as error:
        Recommender(day, plan(day), two.TRAVEL).answer(["bad", "borta"], ["dora"])
    assert [each.where for each in error.value.findings] == [
        "visit bad",
        "visit borta",
        "caregiver dora",
    ]


def test_a_plan_that_breaks_a_rule_is_refused_by_visit() -> None:
    day = two.day()
    made = plan(day)
    # Bo has no delegation for insulin any more.
    swapped = tuple(
        replace(route, stops=other.stops)
        for route, other in zip(made.routes, reversed(made.routes), strict=True)
    )
    with pytest.raises(InvalidInput) as error:
        Recommender(day, replace(made, routes=swapped), two.TRAVEL)
    assert "insulin on pass-bo" in {each.where for each in error.value.findings}
    assert {each.code for each in error.value.findings} == {"CANNOT_STAND"}
