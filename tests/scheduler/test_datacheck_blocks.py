"""What blocks a plan: each code held and broken on a day that a person can check on paper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from scheduler.build import build_problem
from scheduler.care.model import Break, Carer, Day, Gap, Shift, Visit, Wishes
from scheduler.datacheck import Advice, Code, Kind, Level, check_data
from scheduler.datacheck.capacity import Shortage, shortages
from scheduler.objective import load_objective
from scheduler.planner import plan_day
from scheduler.proven.reach import reach_of
from tests.scheduler.two_carers import (
    ANNA,
    AWAY,
    BO,
    DAY,
    TRAVEL,
    at,
    day,
    shift,
    visit,
)

INSULIN = frozenset({"insulin"})
BO_REST = Break(at("09:30"), at("10:30"), 30)


def said(data: Day, code: Code) -> list[Advice]:
    return [advice for advice in check_data(data, TRAVEL) if advice.code is code]


def blocking(data: Day) -> set[Code]:
    return {advice.code for advice in check_data(data, TRAVEL) if advice.level is Level.BLOCKS}


def anna_only(*visits: Visit, shifts: Iterable[Shift] = (shift(ANNA),)) -> Day:
    return Day(DAY, (ANNA,), tuple(shifts), visits)


def few(*visits: Visit) -> Day:
    return Day(DAY, (ANNA, BO), (shift(ANNA), shift(BO, BO_REST)), visits)


def test_nothing_blocks_a_day_that_can_be_planned_whole() -> None:
    assert blocking(day()) == set()


def test_a_day_without_visits_blocks() -> None:
    (advice,) = said(few(), Code.NO_VISITS)
    assert (advice.level, advice.ids) == (Level.BLOCKS, ())
    assert said(day(), Code.NO_VISITS) == []


def test_a_day_without_shifts_blocks_every_visit() -> None:
    (advice,) = said(replace(day(), shifts=()), Code.NO_SKILL)
    assert advice.count == 6
    assert "Ingen är i tjänst." in advice.text


def test_a_skill_that_nobody_holds_is_named_with_all_its_visits() -> None:
    """Bo's delegation ended the day before; Anna alone has it, and she is off."""
    needs = [visit(f"i-{n}", "per", ("08:00", "11:00"), 10, INSULIN) for n in range(3)]
    off = Day(
        DAY, (ANNA, BO), (shift(BO, BO_REST),), (*needs, visit("t", "siv", ("08:00", "9:00"), 10))
    )
    (advice,) = said(off, Code.NO_SKILL)
    assert advice.ids == ("i-0", "i-1", "i-2")
    assert advice.text.startswith("3 besök kan aldrig planeras.")
    assert "insulin" in advice.text
    assert "Delegera insulin" in advice.action
    assert said(few(*needs), Code.NO_SKILL) == []


def test_two_skills_that_lack_are_two_matters() -> None:
    needs = [visit(s, "per", ("08:00", "11:00"), 10, frozenset({s})) for s in ("insulin", "stomi")]
    lacking = Day(DAY, (BO,), (shift(BO),), tuple(needs))
    assert [advice.ids for advice in said(lacking, Code.NO_SKILL)] == [("insulin",), ("stomi",)]


def test_many_different_skills_that_lack_are_told_together_after_five() -> None:
    needs = [
        visit(f"v-{n}", "per", ("08:00", "11:00"), 10, frozenset({f"k-{n}"})) for n in range(9)
    ]
    found = said(few(*needs), Code.NO_SKILL)
    assert [advice.count for advice in found] == [4, 1, 1, 1, 1, 1]
    assert sorted(id_ for advice in found for id_ in advice.ids) == [v.id for v in needs]


def test_a_visit_from_which_all_are_excluded_blocks() -> None:
    barred = replace(
        visit("v", "per", ("08:00", "11:00"), 10), wishes=Wishes(prohibited=frozenset({"anna"}))
    )
    (advice,) = said(anna_only(barred), Code.ALL_EXCLUDED)
    assert advice.ids == ("v",)
    assert "1 utesluten" in advice.text
    assert blocking(few(barred)) == set()


@pytest.mark.parametrize(("start", "blocks"), [("11:50", False), ("11:51", True)])
def test_a_window_that_no_shift_covers_blocks(start: str, blocks: bool) -> None:
    late = visit("v", "per", (start, "13:00"), 10)
    assert bool(said(anna_only(late), Code.NO_SHIFT_IN_WINDOW)) is blocks


def test_windows_of_another_day_are_one_matter() -> None:
    """The wrong date in an export concerns every visit; one line says it."""
    nights = [visit(f"v-{n}", f"r-{n}", (f"{13 + n}:00", f"{13 + n}:30"), 10) for n in range(5)]
    (advice,) = said(anna_only(*nights), Code.NO_SHIFT_IN_WINDOW)
    assert advice.ids == ("v-0", "v-1", "v-2", "v-3", "v-4")
    assert "datum" in advice.action


@pytest.mark.parametrize(("minutes", "blocks"), [(220, False), (221, True)])
def test_a_home_that_nobody_reaches_and_leaves_in_time_blocks(minutes: int, blocks: bool) -> None:
    """240 minutes of shift less 10 each way leave 220."""
    far = visit("v", "rut", ("08:00", "12:00"), minutes, location=AWAY)
    assert bool(said(anna_only(far), Code.UNREACHABLE)) is blocks


def test_a_break_taken_at_another_home_makes_a_visit_possible() -> None:
    """
    Bo's break is at 10:00 and Rut is 10 min away, so alone he is there at 10:40: too late. With a
    visit to her neighbour before, he takes it there. The check must not call that impossible.
    """
    rested = (shift(BO, Break(at("10:00"), at("10:00"), 30)),)
    soon = visit("soon", "rut", ("10:30", "10:35"), 30, location=AWAY)
    near = visit("near", "ulf", ("08:30", "09:00"), 30, location=AWAY)
    alone, both = Day(DAY, (BO,), rested, (soon,)), Day(DAY, (BO,), rested, (soon, near))
    assert said(alone, Code.UNREACHABLE)
    assert blocking(both) == set()
    assert plan_day(both, TRAVEL, iterations=2000, threads=1).unassigned == ()


def test_a_double_staffing_with_one_carer_blocks_both_visits() -> None:
    lift = [
        visit(f"lyft-{n}", "rut", ("09:00", "10:00"), 30, group="lyft", location=AWAY)
        for n in (1, 2)
    ]
    (advice,) = said(anna_only(*lift), Code.TOO_FEW_CARERS)
    assert advice.ids == ("lyft-1", "lyft-2")
    assert blocking(few(*lift)) == set()


@pytest.mark.parametrize(("first", "blocks"), [("09:30", False), ("09:31", True)])
def test_a_double_staffing_without_a_common_start_blocks(first: str, blocks: bool) -> None:
    """Bo must be home from a shift that ends at 10:10; Anna begins with the later window."""
    early = replace(shift(BO), end=at("10:10"))
    lift = (
        visit("a", "rut", (first, "11:00"), 30, group="lyft", location=AWAY),
        visit("b", "rut", ("08:00", "11:00"), 30, group="lyft", location=AWAY),
    )
    two = Day(DAY, (ANNA, BO), (shift(ANNA), early), lift)
    assert bool(said(two, Code.TOO_FEW_CARERS)) is blocks


@pytest.mark.parametrize(("most", "blocks"), [(45, False), (44, True)])
def test_a_longest_gap_that_shifts_make_impossible_blocks(most: int, blocks: bool) -> None:
    """Breakfast is Bo's alone, from 09:00; insulin is Anna's alone and ends 08:15 at the latest."""
    anna = replace(shift(ANNA), end=at("08:15"))
    bo = replace(shift(BO), start=at("09:00"))
    insulin = visit("insulin", "per", ("08:00", "09:30"), 10, INSULIN)
    food = visit("frukost", "per", ("08:00", "10:00"), 20, gaps=(Gap("insulin", 0, most),))
    carers = (ANNA, replace(BO, skills=BO.skills | {"mat"}))
    food = replace(food, required_skills=frozenset({"mat"}))
    found = said(Day(DAY, carers, (anna, bo), (insulin, food)), Code.GAP_IMPOSSIBLE)
    assert [advice.ids for advice in found] == ([("insulin", "frukost")] if blocks else [])


@pytest.mark.parametrize(("latest", "blocks"), [("08:20", False), ("08:19", True)])
def test_two_visits_of_one_person_that_must_overlap_block(latest: str, blocks: bool) -> None:
    pair = [visit(f"v-{n}", "per", ("08:00", latest), 20) for n in (1, 2)]
    found = said(few(*pair), Code.VISITS_OVERLAP)
    assert [advice.ids for advice in found] == ([("v-1", "v-2")] if blocks else [])
    other = [replace(v, recipient_id=v.id) for v in pair]
    assert said(few(*other), Code.VISITS_OVERLAP) == []
    assert said(few(*(replace(v, group="g") for v in pair)), Code.VISITS_OVERLAP) == []


# ---------------------------------------------------------------- time


def short(data: Day) -> list[Shortage]:
    return shortages(reach_of(build_problem(data, TRAVEL, load_objective(DAY))), set())


def row(count: int, minutes: int, window: tuple[str, str], skills: frozenset[str]) -> list[Visit]:
    return [visit(f"{minutes}-{n}", f"r-{n}", window, minutes, skills) for n in range(count)]


def test_visits_that_take_more_than_the_shifts_have_are_short_of_time() -> None:
    """
    Nine visits of 40 min from 08:00, all over by 10:40: 360 min. Anna and Bo have 160 each, Bo less
    his break of 30 when it must lie before 10:40. Two visits too many: 360 - 2 * 40 = 280 <= 290.
    """
    many = row(9, 40, ("08:00", "10:00"), frozenset({"omsorg"}))
    early = Break(at("09:30"), at("10:10"), 30)
    broken = Day(DAY, (ANNA, BO), (shift(ANNA), shift(BO, early)), tuple(many))
    (found,) = short(broken)
    assert (found.needed_s // 60, found.available_s // 60, found.least_out) == (360, 290, 2)
    assert found.visits == tuple(range(9))
    (advice,) = said(broken, Code.TOO_LITTLE_TIME)
    assert "Minst 2 av 9 besök" in advice.text
    assert "mellan 08:00 och 10:40" in advice.text
    assert "360 min" in advice.text
    assert "290 min" in advice.text
    # A break that may also be taken after 10:40 takes nothing from the time before.
    late = Day(
        DAY, (ANNA, BO), (shift(ANNA), shift(BO, Break(at("09:30"), at("10:11"), 30))), tuple(many)
    )
    assert [(s.available_s // 60, s.least_out) for s in short(late)] == [(320, 1)]
    noon = visit("noon", "ulf", ("11:00", "11:30"), 20)
    assert [s.available_s // 60 for s in short(replace(late, visits=(*many, noon)))] == [320]
    assert [s.available_s // 60 for s in short(replace(broken, visits=(*many, noon)))] == [290]
    eight = replace(late, visits=tuple(many[:8]))
    assert short(eight) == []


def test_the_way_out_and_back_is_no_time_for_visits() -> None:
    """Rut's street: 240 min less 10 each way is 220, so eleven visits of 20 fit, not twelve."""
    away = [visit(f"v-{n}", f"r-{n}", ("08:00", "12:00"), 20, location=AWAY) for n in range(12)]
    (found,) = short(anna_only(*away))
    assert (found.available_s // 60, found.least_out) == (220, 1)
    assert short(anna_only(*away[:11])) == []


def test_time_is_judged_by_skill_as_well() -> None:
    """Anna alone has insulin: three visits of 30 min within an hour are one too many for her."""
    three = row(3, 30, ("08:00", "08:30"), INSULIN)
    other = visit("other", "siv", ("08:00", "08:40"), 20)
    (found,) = short(few(*three, other))
    assert (found.routes, found.least_out) == ((0,), 1)
    (advice,) = said(few(*three, other), Code.TOO_LITTLE_TIME)
    assert advice.count == 3
    assert "som kräver insulin" in advice.text
    assert short(few(*three[:2])) == []


def test_time_is_judged_for_whom_visits_are_pinned_to() -> None:
    pinned = [
        replace(v, pinned_carer="bo") for v in row(3, 30, ("08:00", "08:30"), frozenset({"omsorg"}))
    ]
    (advice,) = said(few(*pinned), Code.TOO_LITTLE_TIME)
    assert "låsta till bo" in advice.text


def test_two_parts_of_the_day_are_two_matters() -> None:
    busy = [
        *(visit(f"m-{n}", f"m-{n}", ("08:00", "08:00"), 30) for n in range(3)),
        *(visit(f"e-{n}", f"e-{n}", ("11:00", "11:00"), 30) for n in range(4)),
    ]
    found = said(few(*busy), Code.TOO_LITTLE_TIME)
    assert [advice.ids[0] for advice in found] == ["e-0", "m-0"]
    assert [found[0].count, found[1].count] == [4, 3]


# ---------------------------------------------------------------- shifts


@pytest.mark.parametrize(("end", "blocks"), [("08:35", False), ("08:34", True)])
def test_a_shift_too_short_for_anything_is_named(end: str, blocks: bool) -> None:
    """15 min at Rut's with 10 min each way is the shortest there is."""
    brief = replace(shift(BO), end=at(end))
    data = Day(
        DAY,
        (ANNA, BO),
        (shift(ANNA), brief),
        (visit("v", "rut", ("08:00", "11:00"), 15, location=AWAY),),
    )
    assert [advice.ids for advice in said(data, Code.SHIFT_TOO_SHORT)] == (
        [("pass-bo",)] if blocks else []
    )


def test_a_shift_when_nothing_is_to_be_done_only_improves() -> None:
    """It is paid for nothing, but hinders nobody."""
    night = replace(shift(BO), start=at("20:00"), end=at("23:00"))
    data = Day(DAY, (ANNA, BO), (shift(ANNA), night), day().visits[4:])
    (advice,) = said(data, Code.SHIFT_WITHOUT_VISITS)
    assert (advice.level, advice.ids) == (Level.IMPROVES, ("pass-bo",))
    assert said(day(), Code.SHIFT_WITHOUT_VISITS) == []


def test_a_carer_without_any_skill_that_is_asked_for_is_named() -> None:
    new = Carer("nils", frozenset())
    data = replace(day(), carers=(ANNA, BO, new), shifts=(*day().shifts, shift(new)))
    (advice,) = said(data, Code.CARER_WITHOUT_SKILL)
    assert (advice.kind, advice.ids) == (Kind.CARERS, ("nils",))
    free = replace(
        data, visits=(*data.visits, visit("x", "ulf", ("08:00", "9:00"), 5, frozenset()))
    )
    assert said(free, Code.CARER_WITHOUT_SKILL) == []


def test_what_blocks_comes_first_and_the_weightiest_first_within_it() -> None:
    found = check_data(replace(day(), shifts=(shift(BO),)), TRAVEL)
    levels = [advice.level for advice in found]
    assert levels == sorted(levels)
    # Two visits lack a second carer, one lacks insulin; the wishes that nobody has come last.
    assert [advice.code for advice in found[:2]] == [Code.TOO_FEW_CARERS, Code.NO_SKILL]
    assert found[-1].code is Code.NO_NAMES
