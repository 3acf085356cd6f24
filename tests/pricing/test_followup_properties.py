"""Whatever is sent: no minute and no öre is lost, made or counted twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random

from followup_cases import BOOK, FIRST, LAST, TERMS, day, decided, planned, row, sources
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.book.model import Status
from pricing.budget.model import Granted, Interruption
from pricing.budget.purses import purse_lines, total_ore
from pricing.followup.account import account
from pricing.followup.model import BEFORE_VISIT, Place, PlannedVisit, Sums, grouped
from pricing.followup.sources import Sources
from pricing.pay.columns import columns_of
from pricing.pay.settlement import settle
from pricing.pay.visits import Performed

NUMBERS = st.integers(1, 3)
DAYS = st.integers(1, 10)
CLOCKS = st.sampled_from(["08:00", "09:00", "20:30"])
PROVIDERS = st.sampled_from(["p-1", "p-2"])


@st.composite
def decisions(draw: st.DrawFn) -> list[Granted]:
    found = []
    for number in draw(st.sets(NUMBERS)):
        away = [
            Interruption(day(begin), day(begin + length))
            for begin, length in draw(st.lists(st.tuples(DAYS, st.integers(0, 5)), max_size=2))
        ]
        minutes = draw(st.sampled_from([7, 15, 60]))
        found.append(decided(number, minutes, *away, provider=draw(PROVIDERS)))
    return found


@st.composite
def plans(draw: st.DrawFn) -> list[PlannedVisit]:
    keys = draw(st.lists(st.tuples(NUMBERS, DAYS, CLOCKS), max_size=12, unique=True))
    return [
        planned(
            number, on, draw(st.integers(1, 90)), clock,
            left_out=draw(st.sampled_from(["", "", "NO_SKILL"])), visit_id=f"{number}-{clock}",
        )
        for number, on, clock in keys
    ]  # fmt: skip


@st.composite
def rows(draw: st.DrawFn) -> list[Performed]:
    keys = draw(st.lists(st.tuples(NUMBERS, DAYS, CLOCKS), max_size=12, unique=True))
    found = []
    for number, on, clock in keys:
        status = draw(st.sampled_from([Status.PERFORMED, Status.PERFORMED, Status.DECLINED,
                                       Status.UNPLANNED_ABSENCE, Status.WITHDRAWN]))  # fmt: skip
        fields = {
            "status": status,
            "provider": draw(PROVIDERS),
            "staff": draw(st.sampled_from([1, 1, 2])),
            "granted_min": draw(st.integers(0, 60)),
            "absent_from": day(on) if status is Status.UNPLANNED_ABSENCE else None,
            "planned_visit": draw(st.sampled_from(["", f"{number}-09:00"])),
        }
        minutes = draw(st.integers(0, 90)) if status is Status.PERFORMED else 0
        found.append(row(number, on, minutes, clock, **fields))
    return found


@st.composite
def everything(draw: st.DrawFn) -> Sources:
    sent = draw(rows())
    # Paid by what was known then: rows that changed or were never settled are there, too.
    paid = [replace(each, performed_min=each.performed_min // 2) for each in sent[::2]]
    paid = draw(st.sampled_from([sent, paid]))
    settlements = [settle(BOOK, columns_of(paid), "2026-03")] if draw(st.booleans()) else []
    return sources(draw(decisions()), draw(plans()), sent, settlements)


def total(made: Sources) -> Sums:
    return grouped(account(made).cells, ())[()]


@settings(max_examples=150, deadline=None)
@given(everything())
def test_every_minute_and_every_ore_ends_in_one_place(made: Sources) -> None:
    for sums in (total(made), *grouped(account(made).cells, ("provider", "unit")).values()):
        figures = sums.places.values()
        assert sum((each.within_min for each in figures), Fraction(0)) == sums.granted_min
        assert sum(each.value_ore for each in figures) == sums.granted_ore
        assert all(min(each.within_min, each.beyond_min, each.value_ore) >= 0 for each in figures)
        paid = sum(each.paid_ore for each in figures) + sum(sums.beside_ore.values())
        assert paid == sums.paid_ore


@settings(max_examples=100, deadline=None)
@given(everything())
def test_each_stage_is_what_was_put_into_it(made: Sources) -> None:
    """Granted as the purses have it, planned as the plans, performed as the rows, paid as lines."""
    sums = total(made)
    lines = purse_lines(TERMS, made.granted, FIRST, LAST)
    interrupted = sums.places.get(Place.INTERRUPTED)
    away = (interrupted.within_min, interrupted.value_ore) if interrupted else (Fraction(0), 0)
    assert sums.granted_min - away[0] == sums.in_force_min == sum(line.minutes for line in lines)
    assert sums.granted_ore - away[1] == total_ore(lines)
    assert sums.planned_min == sum(v.minutes for v in made.planned if v.start is not None)
    assert made.performed is not None
    sent = [made.performed.row(number) for number in range(len(made.performed))]
    done = [each for each in sent if each.status is Status.PERFORMED]
    assert sums.performed_min == sum(each.performed_min * each.staff for each in done)
    assert sums.paid_ore == sum(each.amount_ore for each in made.settlements)
    ends = (sums.places.get(place) for place in (Place.PAID, Place.UNPAID, Place.UNSETTLED))
    ended = sum(each.within_min + each.beyond_min for each in ends if each)
    assert ended == sums.performed_min


@settings(max_examples=100, deadline=None)
@given(decisions(), plans())
def test_planned_time_of_providers_that_sent_nothing_is_all_unreported(
    granted: list[Granted], visits: list[PlannedVisit]
) -> None:
    sums = total(sources(granted, visits, []))
    assert not any(place in sums.places for place in BEFORE_VISIT)
    unreported = sums.places.get(Place.UNREPORTED)
    of_plans = sum(each.minutes for each in visits if each.start is not None)
    assert of_plans <= (unreported.within_min + unreported.beyond_min if unreported else 0)


@settings(max_examples=60, deadline=None)
@given(everything(), st.integers(0, 2**32))
def test_the_order_of_what_is_sent_does_not_matter(made: Sources, seed: int) -> None:
    assert made.performed is not None
    chance = Random(seed)
    shuffled: list[Sequence[object]] = []
    sent = [made.performed.row(number) for number in range(len(made.performed))]
    for each in (made.granted, made.planned, sent):
        copied = list(each)
        chance.shuffle(copied)
        shuffled.append(copied)
    other = replace(
        made, granted=shuffled[0], planned=shuffled[1], performed=columns_of(shuffled[2])  # type: ignore[arg-type]
    )  # fmt: skip
    assert total(other) == total(made)


@settings(max_examples=100, deadline=None)
@given(everything())
def test_the_parts_add_up_to_the_whole(made: Sources) -> None:
    """By whatever dimension: the sums of all groups are those of one group."""
    cells = account(made).cells
    for by in (("provider",), ("zone", "unit"), ("month", "kind", "service")):
        whole = Sums()
        for each in grouped(cells, by).values():
            whole.add(each)
        assert whole == total(made)
