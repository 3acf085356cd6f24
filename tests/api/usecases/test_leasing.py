"""Leases: one worker has a run, one that stands still loses it, and a late one changes nothing."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from api.documents.plan_schemas import PlanDocumentSchema, Status
from api.documents.planning import document_of
from api.store.engine import Store
from api.store.records import RunKey
from api.usecases import running
from api.usecases.leasing import (
    Claim,
    Sign,
    Standing,
    Watch,
    ask_to_stop,
    beat,
    claim,
    signs,
    standing,
    take_over,
)
from scheduler.care.errors import Finding, NotFound
from tests.api.cases import TWO_VISITS
from tests.api.solvers import POOR_PLAN
from tests.api.store.samples import ACT, AT

NO_PLAN = Finding("NO_PLAN_YET", "day-plans", "this", "that", "Gör så.")
POOR = PlanDocumentSchema.model_validate(POOR_PLAN)
KEY = RunKey("m-1", "p-1")


def submit(store: Store, run_id: str = "p-1", seconds: int = 0) -> None:
    act = replace(ACT, at=AT + timedelta(seconds=seconds))
    running.submit(store, act, run_id, document_of(TWO_VISITS))


def claimed(store: Store, worker: str = "w-1") -> Claim:
    made = claim(store, worker, AT, NO_PLAN)
    assert made is not None
    return made


def status(store: Store, key: RunKey = KEY) -> Status:
    return running.metadata(store, key).status


def test_the_one_that_has_waited_longest_is_claimed_first(filled: Store) -> None:
    submit(filled, "b", 2)
    submit(filled, "c", 3)
    submit(filled, "a", 1)
    assert [claimed(filled).key.id for _ in range(3)] == ["a", "b", "c"]
    assert claim(filled, "w-1", AT, NO_PLAN) is None


def test_two_that_claim_at_once_never_get_the_same(filled: Store) -> None:
    """Delivered twice it would be planned twice, and one of the plans would be lost."""
    for number in range(12):
        submit(filled, f"p-{number}", number)
    barrier = Barrier(4)

    def work(worker: str) -> list[str]:
        barrier.wait()
        mine = []
        while (made := claim(filled, worker, AT, NO_PLAN)) is not None:
            mine.append(made.key.id)
        return mine

    with ThreadPoolExecutor(4) as pool:
        found = [key for keys in pool.map(work, "abcd") for key in keys]
    assert sorted(found) == sorted(f"p-{number}" for number in range(12))


def test_a_sign_of_life_is_seen_and_only_the_holder_gives_it(filled: Store) -> None:
    submit(filled)
    held = claimed(filled)
    assert signs(filled) == {KEY: Sign(1, 0)}
    assert beat(filled, held, AT)
    assert signs(filled) == {KEY: Sign(1, 1)}
    assert not beat(filled, replace(held, attempt=2), AT)
    running.end(filled, KEY, held.attempt, AT, None, NO_PLAN)
    assert not beat(filled, held, AT)
    assert signs(filled) == {}


def test_one_that_stands_still_is_taken_over_once(filled: Store) -> None:
    submit(filled)
    first = claimed(filled)
    seen = signs(filled)[KEY]
    second = take_over(filled, KEY, seen, "w-2", AT, NO_PLAN)
    assert second == Claim(KEY, first.attempt + 1)
    assert take_over(filled, KEY, seen, "w-3", AT, NO_PLAN) is None
    assert standing(filled, first) == Standing(held=False, stop=False)
    assert standing(filled, second) == Standing(held=True, stop=False)


def test_one_that_gave_a_sign_after_all_keeps_its_run(filled: Store) -> None:
    submit(filled)
    first = claimed(filled)
    seen = signs(filled)[KEY]
    beat(filled, first, AT)
    assert take_over(filled, KEY, seen, "w-2", AT, NO_PLAN) is None
    assert standing(filled, first).held


def test_a_late_worker_changes_nothing_however_late(filled: Store) -> None:
    """It was only slow: its plan, its progress and its end come after another has begun."""
    submit(filled)
    first = claimed(filled)
    second = take_over(filled, KEY, signs(filled)[KEY], "w-2", AT, NO_PLAN)
    assert second is not None
    assert not running.keep(filled, KEY, first.attempt, AT, POOR)
    assert not running.progress(filled, KEY, first.attempt, AT, 1, 0)
    assert not running.end(filled, KEY, first.attempt, AT, None, NO_PLAN)
    assert running.plan_document(filled, KEY).model_output is None
    assert running.keep(filled, KEY, second.attempt, AT, POOR)
    assert running.end(filled, KEY, second.attempt, AT, None, NO_PLAN)
    assert not running.end(filled, KEY, second.attempt, AT, None, NO_PLAN)
    assert status(filled) is Status.SOLVING_COMPLETED


def test_a_late_worker_in_the_middle_of_its_write_waits_and_is_refused(filled: Store) -> None:
    """It has read that the run is its own, and another takes over before it writes."""
    submit(filled)
    first = claimed(filled)
    seen = signs(filled)[KEY]
    with ThreadPoolExecutor(1) as pool:
        with filled.writing() as session:
            row = running.held_run(session, KEY, lock=True)
            late = pool.submit(running.keep, filled, KEY, first.attempt, AT, POOR)
            time.sleep(0.3)  # it has come as far as it can
            assert not late.done()
            assert running.begin_row(row, "w-2", AT) == 2
        assert late.result(10) is False
    assert running.plan_document(filled, KEY).model_output is None
    assert seen == Sign(1, 0)


def test_a_poison_run_is_tried_three_times_and_told(filled: Store) -> None:
    submit(filled)
    claimed(filled)
    for attempt in (2, 3):
        made = take_over(filled, KEY, signs(filled)[KEY], "w", AT, NO_PLAN)
        assert made == Claim(KEY, attempt)
    assert take_over(filled, KEY, signs(filled)[KEY], "w", AT, NO_PLAN) is None
    metadata = running.metadata(filled, KEY)
    assert metadata.status is Status.SOLVING_FAILED
    assert [each.code for each in metadata.findings] == ["TRIED_TOO_OFTEN"]
    assert signs(filled) == {}


def test_a_run_that_waits_is_stopped_at_once(filled: Store) -> None:
    submit(filled)
    assert ask_to_stop(filled, KEY, AT, NO_PLAN)
    assert status(filled) is Status.SOLVING_INCOMPLETE
    assert claim(filled, "w", AT, NO_PLAN) is None
    assert ask_to_stop(filled, KEY, AT, NO_PLAN)


def test_a_run_under_way_is_stopped_by_its_worker(filled: Store) -> None:
    submit(filled)
    held = claimed(filled)
    assert not ask_to_stop(filled, KEY, AT, NO_PLAN)
    assert standing(filled, held) == Standing(held=True, stop=True)


def test_a_run_that_is_to_stop_is_ended_by_who_takes_over(filled: Store) -> None:
    """Its worker died before it heard of it; nobody wants it solved any more."""
    submit(filled)
    held = claimed(filled)
    running.keep(filled, KEY, held.attempt, AT, POOR)
    ask_to_stop(filled, KEY, AT, NO_PLAN)
    assert take_over(filled, KEY, signs(filled)[KEY], "w-2", AT, NO_PLAN) is None
    assert status(filled) is Status.SOLVING_COMPLETED


def test_what_is_not_there_cannot_be_stopped(filled: Store) -> None:
    with pytest.raises(NotFound):
        ask_to_stop(filled, RunKey("m-2", "p-1"), AT, NO_PLAN)


# ---------------------------------------------------------------- looks


def test_a_worker_is_gone_when_so_many_looks_found_the_same_sign() -> None:
    watch, still = Watch(3), {KEY: Sign(1, 7)}
    assert [watch.look(lambda: still) for _ in range(5)] == [{}, {}, {}, still, still]


def test_any_sign_of_life_begins_the_count_anew() -> None:
    watch = Watch(2)
    beats = [Sign(1, 0), Sign(1, 0), Sign(1, 1), Sign(1, 1), Sign(2, 1), Sign(2, 1), Sign(2, 1)]
    found = [watch.look(lambda sign=sign: {KEY: sign}) for sign in beats]
    assert found == [{}, {}, {}, {}, {}, {}, {KEY: Sign(2, 1)}]


def test_a_look_that_failed_takes_nobody_for_gone() -> None:
    """While the database was away nobody could give a sign."""
    watch, still = Watch(2), {KEY: Sign(1, 0)}

    def away() -> dict[RunKey, Sign]:
        raise OSError

    watch.look(lambda: still)
    watch.look(lambda: still)
    with pytest.raises(OSError):
        watch.look(away)
    assert [watch.look(lambda: still) for _ in range(3)] == [{}, {}, still]


def test_a_run_that_has_ended_is_forgotten() -> None:
    watch, still = Watch(1), {KEY: Sign(1, 0)}
    assert [watch.look(lambda: still), watch.look(lambda: still)] == [{}, still]
    assert watch.look(dict) == {}
    assert watch.look(lambda: still) == {}
