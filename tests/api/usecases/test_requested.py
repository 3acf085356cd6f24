"""A solve that is asked for under a key begins once, whoever sends the request how often."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlmodel import select

from api.documents.planning import document_of
from api.refusals import Conflict
from api.store.engine import Store
from api.store.records import Origin, RunKey
from api.store.run_rows import metadata_of
from api.store.tables import RunRow
from api.usecases import running
from api.usecases.requested import Request, as_submitted, earlier, request_of
from scheduler.care.errors import InvalidInput
from tests.api.cases import TWO_VISITS
from tests.api.store.samples import ACT, AT
from tests.api.store.test_guards import refused
from tests.api.usecases.test_running import NO_PLAN, POOR

DAY = document_of(TWO_VISITS)
REQUEST = Request("k-1", b'["day_plans.submit"]\n{}')
OTHER = replace(REQUEST, content=b'["day_plans.submit"]\n{ }')


def begun(store: Store) -> list[str]:
    with store.reading() as session:
        return sorted(session.exec(select(RunRow.id)))


def test_the_same_request_has_the_same_answer(filled: Store) -> None:
    """Also when the run has long ended; nothing is begun again."""
    first = running.submit(filled, ACT, "p-1", DAY, request=REQUEST)
    key = RunKey("m-1", "p-1")
    attempt = running.begin(filled, key, "w", AT)
    assert attempt is not None
    running.keep(filled, key, attempt, AT, POOR)
    assert running.end(filled, key, attempt, AT, NO_PLAN, NO_PLAN)
    assert running.submit(filled, ACT, "p-2", DAY, request=REQUEST) == first
    assert [as_submitted(metadata_of(row)) for row in earlier(filled, ACT, REQUEST)] == [first]
    assert begun(filled) == ["p-1"]


def test_another_request_under_the_key_is_refused(filled: Store) -> None:
    running.submit(filled, ACT, "p-1", DAY, request=REQUEST)
    for again in (lambda: running.submit(filled, ACT, "p-2", DAY, request=OTHER),
                  lambda: earlier(filled, ACT, OTHER)):  # fmt: skip
        with pytest.raises(Conflict, match="KEY_USED"):
            again()
    assert begun(filled) == ["p-1"]


def test_a_key_is_its_users_own(filled: Store) -> None:
    running.submit(filled, ACT, "p-1", DAY, request=REQUEST)
    colleague = replace(ACT, actor="user-8")
    assert earlier(filled, colleague, REQUEST) == []
    running.submit(filled, colleague, "p-2", DAY, request=OTHER)
    # Without a key each request is one of its own.
    running.submit(filled, ACT, "p-3", DAY)
    running.submit(filled, ACT, "p-4", DAY)
    assert begun(filled) == ["p-1", "p-2", "p-3", "p-4"]


def test_several_days_are_one_request(filled: Store) -> None:
    units = [(f"p-{unit}", DAY, Origin(unit=unit, batch="b")) for unit in ("north", "south")]
    first = running.submit_all(filled, ACT, units, REQUEST)
    again = [(f"q-{unit}", DAY, Origin(unit=unit, batch="c")) for unit in ("north", "south")]
    assert running.submit_all(filled, ACT, again, REQUEST) == first
    assert [row.batch_id for row in earlier(filled, ACT, REQUEST)] == ["b", "b"]


def test_of_two_at_the_same_moment_one_begins(filled: Store) -> None:
    both = Barrier(2)

    def send(name: str) -> str:
        both.wait()
        return running.submit(filled, ACT, name, DAY, request=REQUEST).id

    with ThreadPoolExecutor(2) as pool:
        told = set(pool.map(send, ["p-1", "p-2"]))
    assert [*told] == begun(filled)


def test_what_a_request_said_is_not_to_be_guessed_from_its_digest(filled: Store) -> None:
    """Two equal requests have digests of their own."""
    running.submit(filled, ACT, "p-1", DAY, request=REQUEST)
    running.submit(filled, replace(ACT, actor="user-8"), "p-2", DAY, request=REQUEST)
    with filled.reading() as session:
        digests = session.exec(select(RunRow.request_digest)).all()
    assert len(set(digests)) == 2


@pytest.mark.parametrize(
    "change", ["request_key = NULL", "request_key = 'x'", "request_salt = NULL",
               "request_digest = 'x'"],
)  # fmt: skip
def test_a_run_keeps_its_request(filled: Store, change: str) -> None:
    running.submit(filled, ACT, "p-1", DAY, request=REQUEST)
    refused(filled, "KEPT run request", f"UPDATE run SET {change}")  # noqa: S608
    with filled.engine.begin() as connection:
        connection.execute(text("UPDATE run SET name = 'x'"))


def test_a_key_is_what_an_id_may_be() -> None:
    assert request_of(None, "x", b"") is None
    with pytest.raises(InvalidInput, match="NOT_AN_ID"):
        request_of("a\nb", "x", b"")
    # What the address names belongs to what is asked for.
    assert request_of("k", "x", b"", "p-1") != request_of("k", "x", b"", "p-2")
