"""Every term of the objective, on a plan that a person can count."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from scheduler.build import paid_minutes
from scheduler.care.model import Continuity, Gender, Wishes
from scheduler.objective import Objective, Weights
from scheduler.plan import Plan
from scheduler.rules import Rule
from scheduler.score import score
from tests.scheduler import two_carers as two
from tests.scheduler.two_carers import at, stop

OBJECTIVE = Objective(
    Weights(travel=4, waiting=1, overtime=12),
    {1: 1000, 2: 100, 3: 10},
    {Rule.GENDER: 7},
    unassigned_pinned=5000,
    opened_shift=30,
    optional_second=2,
)

PRICED = replace(OBJECTIVE, weights=replace(OBJECTIVE.weights, slack=3, load=1))


def counted(day: two.Day, plan: Plan) -> dict[str, int]:
    return {term.name: term.quantity for term in score(day, plan, two.TRAVEL, OBJECTIVE)}


def test_the_two_carer_plan_is_counted_as_on_paper() -> None:
    """
    Both go to Rut and back. Anna waits 08:10-08:40 and 09:00-10:30 less ten minutes of travel, Bo
    08:55-09:30 for his break and 10:00-10:30 less ten minutes.
    """
    found = counted(two.day(), two.plan())
    assert found["travel"] == 4 * 600
    assert found["waiting"] == (30 + 80 + 35 + 20) * 60
    others = {name: count for name, count in found.items() if name not in ("travel", "waiting")}
    assert set(others.values()) == {0}


def test_missing_slack_and_uneven_load_are_counted_as_on_paper() -> None:
    """
    Of 40 minutes Anna has 30 and 80 before her later visits, Bo none before the supervision visit
    and 20 behind his break. No visits are fair: Anna's 60 minutes and Bo's 85 are too many.
    """
    objective = replace(PRICED, slack_s=40 * 60, fair_share=Decimal(0))
    found = {t.name: t.quantity for t in score(two.day(), two.plan(), two.TRAVEL, objective)}
    assert found["missing_slack"] == (10 + 0 + 40 + 20) * 60
    assert found["uneven_load"] == (60 + 85) * 60


def test_only_what_exceeds_the_fair_share_of_a_shift_is_uneven() -> None:
    """Of Bo's 85 minutes of visits 70 are fair; what opens an optional shift has no fair share."""
    paid_min = paid_minutes(two.day().shifts[1])
    share = Decimal(70) / paid_min
    objective = replace(PRICED, fair_share=share)
    found = {t.name: t.quantity for t in score(two.day(), two.plan(), two.TRAVEL, objective)}
    assert 15 * 60 - 1 <= found["uneven_load"] <= 15 * 60 + 1
    optional = replace(two.day().shifts[1], optional=True)
    day = replace(two.day(), shifts=(two.day().shifts[0], optional))
    found = {t.name: t.quantity for t in score(day, two.plan(), two.TRAVEL, objective)}
    assert found["uneven_load"] == 0


def test_points_are_quantity_times_weight() -> None:
    terms = score(two.day(), two.plan(), two.TRAVEL, OBJECTIVE)
    assert sum(term.points for term in terms) == 4 * 2400 + 165 * 60
    assert all(term.points == term.quantity * term.weight for term in terms)


def test_what_a_plan_says_of_its_travel_does_not_count() -> None:
    lying = replace(
        two.plan(),
        routes=tuple(
            replace(r, stops=tuple(replace(s, travel_s=0, arrival=s.start) for s in r.stops),
                    return_travel_s=0)
            for r in two.plan().routes
        ),
    )  # fmt: skip
    assert counted(two.day(), lying) == counted(two.day(), two.plan())


def test_shifts_overtime_wishes_and_left_out_visits_have_their_terms() -> None:
    """Bo's optional shift of 08:00-11:00 is opened: 150 paid minutes and ten of overtime."""
    day = two.day()
    bo = replace(day.shifts[1], end=at("11:00"), latest_end=at("12:00"), optional=True)
    wishes = Wishes(gender=Gender.WOMAN)
    visits = (
        replace(day.visits[0], pinned_carer="anna"),
        replace(day.visits[1], priority=1),
        *(replace(v, wishes=wishes) for v in day.visits[2:4]),
        *day.visits[4:],
    )
    day = replace(day, shifts=(day.shifts[0], bo), visits=visits)
    anna, his = two.plan().routes
    plan = replace(two.plan(), routes=(replace(anna, stops=anna.stops[2:]), his))
    found = counted(day, plan)
    assert found["overtime"] == 600
    assert (found["opened_shift"], found["optional_second"]) == (1, 9000)
    assert found["gender"] == 2
    assert (found["unassigned_pinned"], found["unassigned_priority_1"]) == (1, 1)


def test_carers_beyond_a_cap_and_of_a_split_loop_are_counted_once_each() -> None:
    """Rut has had Eva, and two more come; Siv's two visits and Per's breakfast are one loop."""
    loop = {"bad", "tillsyn", "frukost", "insulin"}
    day = two.day()
    day = replace(
        day,
        visits=tuple(replace(v, loop="norr") if v.id in loop else v for v in day.visits),
        continuity=(
            Continuity("rut", frozenset({"eva"}), 1),
            Continuity("siv", frozenset({"eva", "ali"}), 1),
            Continuity("per", frozenset({"anna"}), 1),
            Continuity("ingen-i-dag", frozenset({"eva", "ali"}), 1),
        ),
    )
    found = counted(day, two.plan())
    # Both are new to Rut, Bo to Siv, nobody to Per.
    assert (found["continuity"], found["loop"]) == (3, 1)


def test_an_unopened_shift_and_unknown_things_count_nothing() -> None:
    day = two.day()
    spare = replace(day.shifts[1], id="extra", optional=True)
    empty = replace(two.plan().routes[1], shift_id="extra", stops=())
    strange = replace(two.plan().routes[0], shift_id="okänt")
    anna, bo = two.plan().routes
    unknown = replace(anna, stops=(*anna.stops, stop("x", "11:30", 5)))
    plan = replace(two.plan(), routes=(unknown, bo, empty, strange))
    assert counted(replace(day, shifts=(*day.shifts, spare)), plan) == counted(day, two.plan())
