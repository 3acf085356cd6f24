"""Registration: all or nothing, every fault in one answer, one effect per key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlmodel import col, select

from api.documents.cases import Case, write_case
from api.refusals import Conflict, TooLarge
from api.store.audit import Act
from api.store.check import check
from api.store.engine import Store
from api.store.records import DecisionEvent, Municipality, Unit
from api.store.tables import AuditRow
from api.usecases.deciding import decision
from api.usecases.registering import Registered, register
from api.usecases.setting_up import set_up
from fixtures.municipality import Size, generate
from pricing.budget.model import Granted, Interruption, Placement
from scheduler.care.errors import CareError, InvalidInput, NotFound
from scheduler.care.units import STOCKHOLM
from tests.api.store.dump import dump
from tests.api.store.samples import (
    ACT,
    MUNICIPALITY,
    cases,
    document,
    encoded,
    later,
    prepare,
)
from tests.api.test_decision_sheets import FIRST, SECOND, THIRD, csv, same


@pytest.fixture
def ready(store: Store) -> Store:
    """A municipality without decisions."""
    set_up(store, ACT, MUNICIPALITY)
    return store


def codes(refused: pytest.ExceptionInfo[CareError]) -> list[str]:
    return [finding.code for finding in refused.value.findings]


def test_every_decision_comes_back_as_it_was_sent(ready: Store) -> None:
    answer = register(ready, ACT, "file-1", encoded(document()))
    assert (answer.key, answer.decisions, answer.at, answer.by) == ("file-1", 2, ACT.at, "user-7")
    for case in cases():
        held = decision(ready, "m-1", case.id)
        assert held.case == case
        assert (held.number, held.event, held.intake) == (1, DecisionEvent.GRANTED, "file-1")
        assert (held.at, held.by) == (ACT.at, "user-7")
    assert check(ready) == []


def test_the_decisions_of_a_whole_municipality_come_back(store: Store) -> None:
    """Every service, period and band that the generator grants, with moves and interruptions."""
    made = generate(Size.S, 1, date(2026, 3, 4))
    homes = {recipient.id: replace(recipient, name="") for recipient in made.recipients}
    providers = {provider.id: provider for provider in made.providers}
    units = (Unit("a", "A"), Unit("b", "B"))
    set_up(store, ACT, Municipality("m-1", "Prov", units, tuple(providers.values())))
    sent = []
    for number, each in enumerate(made.decisions):
        home, provider = homes[each.recipient_id], providers[each.provider]
        first = Placement(each.valid_from, home.zone, provider.id, provider.kind, "a")
        moved = replace(first, first_day=date(2027, 1, 1), zone="rural", unit="b")
        interruption = Interruption(date(2026, 5, 1 + number % 28), None, f"orsak å {number}")
        open_ended = replace(each, valid_to=None)
        sent.append(Case(Granted(open_ended, (first, moved), (interruption,)), home))
    content = encoded({"decisions": [write_case(case) for case in sent]})
    assert register(store, ACT, "all", content).decisions == len(sent) > 20
    for case in sent:
        assert decision(store, "m-1", case.id).case == case
    assert check(store) == []


def test_the_same_request_has_one_effect_and_one_answer(ready: Store) -> None:
    first = register(ready, ACT, "file-1", encoded(document()))
    once = dump(ready)
    assert register(ready, later(5), "file-1", encoded(document())) == first
    assert dump(ready) == once


def test_the_answer_is_the_same_also_from_the_hour_that_comes_twice(ready: Store) -> None:
    twice = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=STOCKHOLM)
    first = register(ready, replace(ACT, at=twice), "file-1", encoded(document()))
    again = register(ready, later(5), "file-1", encoded(document()))
    assert again == first
    assert repr(again) == repr(first)
    assert first.at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_an_act_has_its_zone() -> None:
    with pytest.raises(ValueError, match="naive"):
        replace(ACT, at=datetime(2026, 10, 25, 2, 30))  # noqa: DTZ001 - what must not get in


def test_other_content_under_a_used_key_is_refused(ready: Store) -> None:
    register(ready, ACT, "file-1", encoded(document()))
    once = dump(ready)
    other = document()
    other["decisions"][0]["id"] = "b-9"
    with pytest.raises(Conflict) as refused:
        register(ready, ACT, "file-1", encoded(other))
    assert codes(refused) == ["KEY_USED"]
    assert dump(ready) == once


def test_keys_of_two_municipalities_are_their_own(ready: Store) -> None:
    register(ready, ACT, "file-1", encoded(document()))
    other = Municipality("m-2", "Andra", MUNICIPALITY.units, MUNICIPALITY.providers)
    act = Act("m-2", "user-8", ACT.at)
    set_up(ready, act, other)
    assert register(ready, act, "file-1", encoded(document())).by == "user-8"
    assert check(ready) == []


def spoil(change: Callable[[dict[str, Any]], None]) -> bytes:
    """The sound document with its second decision changed."""
    made = document()
    change(made["decisions"][1])
    return encoded(made)


FAULTS: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "unit": (lambda d: d.update(unit="west"), "UNKNOWN_UNIT"),
    "provider": (lambda d: d["provider"].update(id="p-9"), "UNKNOWN_PROVIDER"),
    "kind": (lambda d: d["provider"].update(kind="PRIVATE"), "PROVIDER_KIND"),
    "twice": (lambda d: d.update(id="b-1"), "DUPLICATE_ID"),
    "days": (lambda d: d.update(validTo="2026-03-01"), "DECISION_ENDS_BEFORE_START"),
    "lines": (lambda d: d.update(lines=[]), "DECISION_WITHOUT_LINES"),
    "field": (lambda d: d.update(personnummer="x"), "UNKNOWN_FIELD"),
    "reason": (
        lambda d: d.update(interruptions=[{"firstDay": "2026-04-01", "reason": "a\u0007b"}]),
        "WRONG_FORM",
    ),
    "zero byte": (
        lambda d: d.update(interruptions=[{"firstDay": "2026-04-01", "reason": "a\u0000b"}]),
        "UNREADABLE_TEXT",
    ),
    "place": (lambda d: d["recipient"].update(location=[91.0, 14.0]), "COORDINATES_OUT_OF_RANGE"),
    "move": (
        lambda d: d.update(moves=[{"firstDay": "2026-05-01", "unit": "west"}]),
        "UNKNOWN_UNIT",
    ),
}


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_one_fault_refuses_the_whole_document(ready: Store, name: str) -> None:
    change, code = FAULTS[name]
    before = dump(ready)
    with pytest.raises(InvalidInput) as refused:
        register(ready, ACT, "file-1", spoil(change))
    assert code in codes(refused)
    assert dump(ready) == before
    # The key is free: the sender corrects the document and sends it again.
    register(ready, ACT, "file-1", encoded(document()))


def test_all_faults_are_told_at_once(ready: Store) -> None:
    """Those of form, of meaning and of reference, of both decisions."""
    register(ready, ACT, "file-1", encoded(document()))
    made = document()
    made["decisions"][0]["unit"] = "west"
    made["decisions"][0]["lines"][0]["id"] = "l-2"
    made["decisions"][1]["provider"] = {"id": "p-9", "kind": "OWN"}
    with pytest.raises(InvalidInput) as refused:
        register(ready, ACT, "file-2", encoded(made))
    assert sorted(codes(refused)) == [
        "DECISION_EXISTS", "DECISION_EXISTS", "DUPLICATE_ID", "UNKNOWN_PROVIDER", "UNKNOWN_UNIT",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{", b'{"decisions": []}', b'{"decisions": 1}', b"\xff\xfe{\x00", b"null",
     b'{"decisions": [{}]}', b'{"decisions": [{"id": "\xed\xa0\x80"}]}',
     b'{"decisions": [{"id": "\\ud800"}]}', b'{"a":' * 500],
)  # fmt: skip
def test_what_is_no_such_document_is_refused(ready: Store, content: bytes) -> None:
    before = dump(ready)
    with pytest.raises(InvalidInput):
        register(ready, ACT, "file-1", content)
    assert dump(ready) == before


def test_a_document_beyond_the_limit_is_not_read(ready: Store) -> None:
    with pytest.raises(TooLarge):
        register(ready, ACT, "file-1", encoded(document()), max_bytes=100)


@pytest.mark.parametrize("key", ["", "x" * 101, "a\nb", "a\x00b"])
def test_a_key_is_an_id(ready: Store, key: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        register(ready, ACT, key, encoded(document()))
    assert codes(refused) == ["NOT_AN_ID"]


def test_a_municipality_is_set_up_first(store: Store) -> None:
    with pytest.raises(NotFound):
        register(store, ACT, "file-1", encoded(document()))


def test_copies_that_arrive_together_have_one_effect(ready: Store) -> None:
    """A sender that waits too short a time sends again while the first is still at work."""
    copies = 8
    barrier = Barrier(copies)
    answers: list[Registered] = []
    failures: list[Exception] = []

    def send(number: int) -> None:
        barrier.wait(10)
        try:
            answers.append(register(ready, later(number), "file-1", encoded(document())))
        except Exception as error:  # collected for the assertion
            failures.append(error)

    threads = [Thread(target=send, args=(number,)) for number in range(copies)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(answers) == copies
    assert len(set(answers)) == 1
    assert check(ready) == []
    assert len(dump(ready)["decision"]) == 2


def test_the_log_tells_who_registered_what(store: Store) -> None:
    prepare(store)
    with store.reading() as session:
        rows = session.exec(select(AuditRow).order_by(col(AuditRow.number))).all()
    told = [(row.action, row.subject_kind, row.subject_id) for row in rows]
    assert told == [
        ("MUNICIPALITY_SET_UP", "municipality", "m-1"),
        ("DECISIONS_REGISTERED", "intake", "file-1"),
        ("DECISION_GRANTED", "decision", "b-1"),
        ("DECISION_GRANTED", "decision", "b-2"),
    ]
    assert {(row.actor, row.at) for row in rows} == {("user-7", ACT.at)}
    # Digests and counts only: nothing of what was granted, nor to whom.
    assert not any("r-1" in row.details_json for row in rows)


def test_a_sheet_is_registered_as_json_is(store: Store) -> None:
    """One row per service line, under the sender's key, all or none."""
    set_up(store, ACT, MUNICIPALITY)
    content = csv(FIRST, SECOND, THIRD)
    assert register(store, ACT, "file-9", content).decisions == 2
    assert decision(store, "m-1", "b-1").case == same()[0]
    assert register(store, ACT, "file-9", content).decisions == 2
    before = dump(store)
    with pytest.raises(InvalidInput, match="UNKNOWN_UNIT"):
        register(store, ACT, "file-10", csv({**THIRD, "beslut": "b-8", "enhet": "borta"}))
    with pytest.raises(InvalidInput, match="beslut:2: antal"):
        register(store, ACT, "file-10", csv({**THIRD, "beslut": "b-8", "antal": "x"}))
    assert dump(store) == before
    assert check(store) == []
