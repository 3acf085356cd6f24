"""The review of the log: each kind of what is remarkable once held and once told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from api.refusals import Forbidden
from api.store.access_log import Purpose, Seen, log_readings
from api.store.check import check
from api.store.engine import Store
from api.store.person_records import AccessKind
from api.usecases import persons, protecting
from api.usecases.reviewing import Limits, Remark, Remarkable, Review, review, who_has_read
from api.usecases.sight import Right
from scheduler.care.errors import InvalidInput, NotFound
from tests.api.store.dump import dump
from tests.api.store.person_samples import (
    ADMIN,
    ANNA,
    KEYS,
    PURPOSE,
    acting,
    add_recipients,
    grant,
    populate,
    protect,
    reader,
)
from tests.api.store.samples import AT, prepare

DAY = timedelta(days=1)


def reviewed(store: Store, **limits: int) -> dict[tuple[Remark, str], Remarkable]:
    """What the review of the samples' day tells."""
    made = review(store, ADMIN, AT - DAY, AT + DAY, Limits(**limits))
    return {(each.remark, each.actor): each for each in made.remarkable}


def read(store: Store, actor: str, kind: AccessKind, count: int, apart: timedelta) -> None:
    """`actor` reads so many persons, one after the other."""
    for number in range(count):
        act = acting(AT + number * apart, actor)
        with store.writing() as session:
            log_readings(session, act, PURPOSE, [Seen(f"x-{number}", kind)])


def crowd(store: Store) -> None:
    """The municipality with thirty recipients."""
    prepare(store)
    add_recipients(store, *(f"x-{number}" for number in range(30)))


def test_many_persons_within_an_hour_are_told_however_the_hour_lies(store: Store) -> None:
    crowd(store)
    read(store, "quick", AccessKind.READ, 21, timedelta(minutes=2))
    # Twenty within each hour, thirty in all.
    read(store, "steady", AccessKind.READ, 30, timedelta(minutes=3))
    read(store, "lists", AccessKind.LISTED, 30, timedelta(seconds=1))
    assert reviewed(store) == {
        (Remark.MANY_IN_AN_HOUR, "quick"): Remarkable(Remark.MANY_IN_AN_HOUR, "quick", 21, 1)
    }


def test_many_persons_within_a_local_day_are_told(store: Store) -> None:
    crowd(store)
    read(store, "anna", AccessKind.FOUND, 30, timedelta(minutes=5))
    read(store, "eva", AccessKind.LISTED, 30, timedelta(minutes=5))
    told = reviewed(store, persons_an_hour=30, persons_a_day=29, lists_a_day=29)
    assert set(told) == {(Remark.MANY_IN_A_DAY, "anna"), (Remark.MANY_LISTED, "eva")}
    assert reviewed(store, persons_an_hour=30, persons_a_day=30, lists_a_day=30) == {}


def test_the_same_person_many_times_is_one_person(store: Store) -> None:
    populate(store)
    for _ in range(25):
        persons.person(store, ANNA, KEYS, "r-3")
    assert reviewed(store) == {}


def test_readings_without_a_case_are_told_when_they_are_many(store: Store) -> None:
    populate(store)
    without = replace(ANNA, purpose=Purpose("north", "Koll"))
    for _ in range(11):
        persons.person(store, without, KEYS, "r-3")
        persons.person(store, replace(ANNA, act=replace(ANNA.act, actor="eva")), KEYS, "r-3")
    told = reviewed(store)
    assert set(told) == {(Remark.WITHOUT_CASE, "anna")}
    assert told[Remark.WITHOUT_CASE, "anna"].count == 11
    assert reviewed(store, without_case=11) == {}


def test_whatever_is_about_a_protected_person_is_told_each_time(store: Store) -> None:
    populate(store)
    protect(store)
    with pytest.raises(NotFound):
        persons.person(store, ANNA, KEYS, "r-2")
    emergency = Purpose("north", "Larm från hemmet, ambulans på väg", "b-1")
    eva = reader("eva", Right.READ, Right.BREAK_GLASS, purpose=emergency)
    protecting.break_glass(store, eva, "r-2")
    persons.person(store, eva, KEYS, "r-2")
    grant(store, to="siv")
    persons.person(store, replace(ANNA, act=replace(ANNA.act, actor="siv")), KEYS, "r-2")
    told = reviewed(store)
    assert {key: (each.count, each.recipient) for key, each in told.items()} == {
        (Remark.REFUSED, "anna"): (1, "r-2"),
        (Remark.EMERGENCY, "eva"): (2, "r-2"),
        (Remark.PROTECTED, "siv"): (1, "r-2"),
    }


def test_a_number_that_two_recipients_have_is_told_here(store: Store) -> None:
    populate(store)
    assert reviewed(store) == {}
    protect(store, "r-3")
    persons.record(store, ANNA, KEYS, "r-4", 1, name="Evy Ek", number="701063-2391")
    told = reviewed(store)[Remark.NUMBER_TWICE, ""]
    assert (told.count, told.recipient) == (2, "r-3")


def test_only_the_period_counts_and_its_end_is_outside(store: Store) -> None:
    populate(store)
    for hours in (-1, 0, 24):
        act = replace(ANNA.act, at=AT + timedelta(hours=hours))
        persons.person(store, replace(ANNA, act=act), KEYS, "r-3")
    made = review(store, ADMIN, AT, AT + DAY)
    assert (made.lines, made.actors) == (1, 1)
    with pytest.raises(InvalidInput, match="OUT_OF_RANGE"):
        review(store, ADMIN, AT, AT)


def test_the_sample_is_drawn_by_its_seed_and_no_larger_than_the_log(store: Store) -> None:
    populate(store)
    for _ in range(3):
        persons.persons(store, ANNA, KEYS)
    drawn: list[Review] = [
        review(store, ADMIN, AT - DAY, AT + DAY, sample=5, seed=seed) for seed in (1, 1, 2)
    ]
    assert drawn[0].sample == drawn[1].sample
    assert drawn[0].sample != drawn[2].sample
    numbers = [line.number for line in drawn[0].sample]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == 5
    assert len(review(store, ADMIN, AT - DAY, AT + DAY, sample=50).sample) == 12


def test_the_review_is_logged_and_needs_its_right(store: Store) -> None:
    populate(store)
    before = len(dump(store)["audit"])
    review(store, ADMIN, AT - DAY, AT + DAY)
    assert len(dump(store)["audit"]) == before + 1
    assert "READINGS_REVIEWED" in str(dump(store)["audit"])
    assert check(store) == []
    done = dump(store)
    with pytest.raises(Forbidden):
        review(store, ANNA, AT - DAY, AT + DAY)
    assert dump(store) == done


def test_who_has_read_comes_by_pages(store: Store) -> None:
    populate(store)
    for _ in range(5):
        persons.person(store, ANNA, KEYS, "r-3")
    lines, total = who_has_read(store, ADMIN, "r-3", offset=1, limit=2)
    assert ([line.number for line in lines], total) == ([4, 3], 5)


def test_who_has_read_a_hidden_person_is_not_told(store: Store) -> None:
    populate(store)
    persons.person(store, ANNA, KEYS, "r-2")
    protect(store)
    told = []
    for recipient in ("r-2", "r-9"):
        with pytest.raises(NotFound) as refused:
            who_has_read(store, ADMIN, recipient)
        told.append(str(refused.value))
    assert told[0] == told[1]
