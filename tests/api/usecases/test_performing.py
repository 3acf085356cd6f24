"""Performed visits: whole files or nothing, each visit once, and everybody their own."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from openpyxl import Workbook

from api.refusals import Conflict, Stale, TooLarge
from api.store.check import check
from api.store.engine import Store
from api.usecases.performing import approve_delivery, deliver, deliveries, delivery
from api.usecases.registering import register
from api.usecases.visit_changes import Sent
from api.usecases.visit_views import visit_history, visits
from pricing.pay.visits import Performed
from scheduler.care.errors import CareError, Finding, InvalidInput, NotFound
from tests.api.store.dump import dump
from tests.api.store.money_samples import (
    CHIEF,
    CORRECTED,
    HEADER,
    LATE,
    MARCH,
    OTHERS,
    SENDER,
    at_hour,
    closed,
    sent,
)
from tests.api.store.samples import document, encoded, prepare

FIRST, SECOND, THIRD = (f"{line}\n" for line in MARCH.splitlines())


@pytest.fixture
def ready(store: Store) -> Store:
    prepare(store)
    return store


def findings(refused: pytest.ExceptionInfo[CareError]) -> list[Finding]:
    return list(refused.value.findings)


def refusal(store: Store, rows: str, **fields: object) -> list[tuple[str, str]]:
    """Code and place of every fault of a file; nothing of it is stored."""
    before = dump(store)
    with pytest.raises(InvalidInput) as refused:
        deliver(store, SENDER, sent(rows, "file", **fields))  # type: ignore[arg-type]
    assert dump(store) == before
    return [(each.code, each.where) for each in findings(refused)]


def held(store: Store, provider: str = "p-1", month: str = "2026-03") -> list[Performed]:
    return [each.visit for each in visits(store, "m-1", provider, month)]


def test_visits_come_back_as_they_were_sent(ready: Store) -> None:
    answer = deliver(ready, SENDER, sent(MARCH, "march"))
    assert (answer.added, answer.corrected, answer.unchanged) == (3, 0, 0)
    first, _, third = held(ready)
    assert (first.id, first.recipient, first.performed_min) == ("v-1", "r-1", 30)
    assert first.start * 60 == datetime(2026, 3, 4, 8, tzinfo=UTC).timestamp()
    assert third.deviation == "TOO_SHORT"
    assert check(ready) == []


def test_what_else_a_visit_is_paid_by_is_kept_and_part_of_its_content(ready: Store) -> None:
    """Registered by hand: another circumstance is another content, none at all is none."""
    first, second, _ = MARCH.splitlines()
    file = f"{HEADER.strip()},circumstance\n{first},manual\n{second},\n"
    deliver(ready, SENDER, Sent("", "march", "march.csv", file.encode(), corrects=False))
    assert [each.circumstance for each in held(ready)] == ["manual", ""]
    other = file.replace("manual", "late").encode()
    with pytest.raises(CareError) as refused:
        deliver(ready, SENDER, Sent("", "again", "again.csv", other, corrects=False))
    assert [each.code for each in findings(refused)] == ["VISIT_DIFFERS"]
    assert check(ready) == []


def test_the_same_from_json_and_excel(ready: Store) -> None:
    deliver(ready, SENDER, sent(MARCH, "march"))
    once = held(ready)
    rows = [line.split(",") for line in (HEADER + MARCH).splitlines()]
    document = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    book = Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    for key, name, content in (
        ("json", "march.json", json.dumps(document).encode()),
        ("excel", "march.xlsx", stream.getvalue()),
    ):
        answer = deliver(ready, SENDER, Sent("", key, name, content))
        assert (answer.added, answer.unchanged) == (0, 3)
    assert held(ready) == once


def test_the_same_file_has_one_effect_and_one_answer(ready: Store) -> None:
    first = deliver(ready, SENDER, sent(MARCH, "march"))
    once = dump(ready)
    assert deliver(ready, at_hour(SENDER, 5), sent(MARCH, "march")) == first
    assert dump(ready) == once
    with pytest.raises(Conflict, match="KEY_USED"):
        deliver(ready, SENDER, sent(MARCH + LATE, "march"))


def test_a_key_of_one_sender_is_not_that_of_another(ready: Store) -> None:
    deliver(ready, SENDER, sent(MARCH, "march"))
    answer = deliver(ready, SENDER, sent(LATE, "march", sender="p-1"))
    assert answer.added == 1


def test_what_is_sent_again_in_another_file_counts_once(ready: Store) -> None:
    deliver(ready, SENDER, sent(MARCH, "march"))
    answer = deliver(ready, SENDER, sent(LATE + MARCH, "again"))
    assert (answer.added, answer.unchanged) == (1, 3)


def test_the_same_visit_under_another_id_is_refused(ready: Store) -> None:
    """Another system, or another file, must not make it two."""
    deliver(ready, SENDER, sent(MARCH, "march"))
    twin = FIRST.replace("v-1", "w-1").replace(",30,", ",29,")
    assert refusal(ready, LATE + twin) == [("SAME_VISIT", "file.csv:3: id")]
    late_twin = LATE.replace("v-4", "w-4")
    assert refusal(ready, LATE + late_twin) == [("SAME_VISIT", "file.csv:3: id")]


def test_two_carers_at_once_are_two_visits(ready: Store) -> None:
    header = HEADER.replace("deviation", "deviation,carer")
    rows = FIRST[:-1] + ",anna\n" + FIRST[:-1].replace("v-1", "w-1") + ",bo\n"
    answer = deliver(ready, SENDER, Sent("", "two", "two.csv", (header + rows).encode()))
    assert answer.added == 2


def test_the_id_of_a_withdrawn_visit_is_not_in_the_way(ready: Store) -> None:
    deliver(ready, SENDER, sent(MARCH, "march"))
    gone = FIRST.replace("PERFORMED", "WITHDRAWN")
    deliver(ready, SENDER, sent(gone, "gone", corrects=True))
    deliver(ready, SENDER, sent(FIRST.replace("v-1", "w-1"), "right"))
    assert check(ready) == []


def test_a_correction_is_another_revision_that_points_at_the_old(ready: Store) -> None:
    deliver(ready, SENDER, sent(MARCH, "march"))
    assert refusal(ready, FIRST + CORRECTED) == [("VISIT_DIFFERS", "file.csv:3: id")]
    answer = deliver(ready, SENDER, sent(FIRST + CORRECTED, "fix", corrects=True))
    assert (answer.corrected, answer.unchanged) == (1, 1)
    history = visit_history(ready, "m-1", "p-1", "v-2")
    assert [(each.version, each.visit.performed_min, each.key) for each in history] == [
        (1, 60, "march"), (2, 45, "fix"),
    ]  # fmt: skip
    assert check(ready) == []


def test_an_old_file_that_comes_late_undoes_no_correction(ready: Store) -> None:
    deliver(ready, SENDER, sent(MARCH, "march"))
    deliver(ready, SENDER, sent(CORRECTED, "fix", corrects=True))
    assert refusal(ready, MARCH) == [("VISIT_DIFFERS", "file.csv:3: id")]


def test_one_visit_is_corrected_by_who_has_read_it(ready: Store) -> None:
    deliver(ready, SENDER, sent(MARCH, "march"))
    one = replace(sent(CORRECTED, "fix", corrects=True), expected=1)
    deliver(ready, SENDER, one)
    again = sent(CORRECTED.replace(",45,", ",40,"), "fix-2", corrects=True)
    with pytest.raises(Stale):
        deliver(ready, SENDER, replace(again, expected=1))
    deliver(ready, SENDER, replace(again, expected=2))
    with pytest.raises(NotFound):
        deliver(ready, SENDER, replace(sent(LATE, "fix-3", corrects=True), expected=1))
    with pytest.raises(InvalidInput, match="ONE_VISIT"):
        deliver(ready, SENDER, replace(sent(MARCH, "fix-4", corrects=True), expected=1))


def test_every_fault_of_a_file_is_told_with_its_line(ready: Store) -> None:
    rows = (
        FIRST.replace("p-1", "p-9")
        + SECOND.replace("PRIVATE", "OWN")
        + THIRD.replace("r-1", "r-9").replace("PRIVATE", "OWN")
    )
    assert refusal(ready, rows) == [
        ("UNKNOWN_PROVIDER", "file.csv:2: provider"),
        ("PROVIDER_KIND", "file.csv:3: provider_kind"),
        ("PROVIDER_KIND", "file.csv:4: provider_kind"),
        ("UNKNOWN_RECIPIENT", "file.csv:4: recipient"),
    ]
    faulty = FIRST.replace("PERFORMED", "DONE") + SECOND.replace(",60,", ",-1,")
    assert {place for _, place in refusal(ready, faulty)} == {
        "file.csv:2: status", "file.csv:3: performed_min",
    }  # fmt: skip
    assert refusal(ready, "") == [("NO_VISITS", "file.csv")]


def test_no_finding_repeats_an_id_of_a_person_or_visit(ready: Store) -> None:
    rows = FIRST.replace("r-1", "191212121212").replace("v-1", "191212121212-1")
    with pytest.raises(InvalidInput) as refused:
        deliver(ready, SENDER, sent(rows, "file"))
    assert "1912" not in str(refused.value)


def test_a_provider_sends_its_own_visits_only(ready: Store) -> None:
    """And is told the same of another provider's as of nobody's."""
    others = OTHERS.replace("v-1", "o-1")
    nobody = others.replace("own,OWN", "p-9,PRIVATE")
    told = refusal(ready, FIRST + others, sender="p-1")
    assert told == refusal(ready, FIRST + nobody, sender="p-1")
    assert told == [("OTHER_PROVIDER", "file.csv:3: provider")]


def test_a_recipient_of_another_provider_is_as_unknown_as_nobody(ready: Store) -> None:
    """Else a provider could try out who has help from somebody else."""
    other = document()["decisions"][1] | {"id": "b-3", "recipientId": "r-2"}
    register(ready, SENDER, "more", encoded({"decisions": [other]}))
    assert deliver(ready, SENDER, sent(OTHERS.replace("r-1", "r-2"), "own")).added == 1
    own_only = OTHERS.replace("own,OWN,r-1", "p-1,PRIVATE,r-2")
    nobody = OTHERS.replace("own,OWN,r-1", "p-1,PRIVATE,r-9")
    assert refusal(ready, own_only, sender="p-1") == refusal(ready, nobody, sender="p-1")


def test_what_is_too_large_is_refused_unread(ready: Store) -> None:
    with pytest.raises(TooLarge):
        deliver(ready, SENDER, sent(MARCH, "march"), max_bytes=100)


def test_a_key_is_a_key(ready: Store) -> None:
    with pytest.raises(InvalidInput, match="NOT_AN_ID"):
        deliver(ready, SENDER, sent(MARCH, "a\x00"))


def test_who_sent_does_not_approve(ready: Store) -> None:
    deliver(ready, SENDER, sent(MARCH, "march"))
    once = dump(ready)
    with pytest.raises(Conflict, match="SAME_PERSON"):
        approve_delivery(ready, at_hour(SENDER, 1), "", "march", 1)
    assert dump(ready) == once
    approved = approve_delivery(ready, CHIEF, "", "march", 1)
    assert (approved.version, approved.approved_by) == (2, "user-8")
    assert delivery(ready, "m-1", "", "march") == approved
    with pytest.raises(Stale):
        approve_delivery(ready, CHIEF, "", "march", 1)
    with pytest.raises(Conflict, match="APPROVED_BEFORE"):
        approve_delivery(ready, CHIEF, "", "march", 2)
    assert check(ready) == []


def test_a_provider_reads_its_own_and_others_change_nothing_of_it(ready: Store) -> None:
    deliver(ready, SENDER, sent(MARCH, "march", sender="p-1"))

    def seen() -> str:
        with pytest.raises(NotFound) as refused:
            visit_history(ready, "m-1", "p-1", "v-9")
        return repr(
            (
                visits(ready, "m-1", "p-1", "2026-03"),
                deliveries(ready, "m-1", "p-1"),
                visit_history(ready, "m-1", "p-1", "v-1"),
                refused.value.findings,
            )
        )

    before = seen()
    deliver(ready, SENDER, sent(OTHERS + OTHERS.replace("v-1", "v-9").replace("T09", "T10"), "o"))
    approve_delivery(ready, CHIEF, "", "o", 1)
    assert seen() == before
    assert len(deliveries(ready, "m-1")) == 2
    with pytest.raises(NotFound):
        delivery(ready, "m-1", "p-1", "o")


def test_visits_are_given_in_parts_and_tell_where_they_were_settled(store: Store) -> None:
    closed(store)
    first, *rest = visits(store, "m-1", "p-1", "2026-03")
    assert visits(store, "m-1", "p-1", "2026-03", after="v-1") == tuple(rest)
    assert (first.approved, first.settled_in, first.month) == (True, "2026-03", "2026-03")
    assert visits(store, "m-1", "p-1", "2026-04") == ()


@pytest.mark.parametrize(
    ("start", "month"),
    [
        ("2026-03-31T23:59+02:00", "2026-03"),
        ("2026-03-31T22:00+00:00", "2026-04"),
        ("2026-10-25T02:30+02:00", "2026-10"),
        ("2026-10-25T02:30+01:00", "2026-10"),
    ],
)
def test_a_visit_is_of_its_month_in_sweden(ready: Store, start: str, month: str) -> None:
    deliver(ready, SENDER, sent(FIRST.replace("2026-03-04T09:00+01:00", start), "x"))
    assert len(held(ready, month=month)) == 1


def test_the_hour_that_comes_twice_has_two_visits(ready: Store) -> None:
    rows = "".join(
        FIRST.replace("v-1", f"v-{offset}").replace(
            "2026-03-04T09:00+01:00", f"2026-10-25T02:30+0{offset}:00"
        )
        for offset in (1, 2)
    )
    assert deliver(ready, SENDER, sent(rows, "night")).added == 2
