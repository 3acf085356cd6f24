"""Many acts on decisions at once, all or none; a review is a revision with its next day."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from api.documents.amendments import Outcome, ReviewSchema
from api.refusals import Conflict, Stale
from api.store.check import check
from api.store.engine import Store
from api.usecases import deciding
from api.usecases.amending import amend, review, reviews_of
from pricing.budget.model import Interruption
from scheduler.care.errors import InvalidInput
from tests.api.store.dump import dump
from tests.api.store.samples import ACT, DAY, document, encoded, later, prepare

REVIEWED = {"reviewedOn": "2026-03-20", "outcome": "UNCHANGED", "nextOn": "2026-09-20"}


@pytest.fixture
def ready(store: Store) -> Store:
    """Two decisions."""
    prepare(store)
    return store


def act(decision: str, version: int, **what: Any) -> dict[str, Any]:
    return {"decisionId": decision, "version": version, **what}


def sent(*acts: dict[str, Any]) -> bytes:
    return encoded({"amendments": list(acts)})


def changed(**fields: Any) -> dict[str, Any]:
    return {**deepcopy(document()["decisions"][1]), **fields}


ALL = sent(
    act("b-1", 1, interrupt={"firstDay": "2026-03-10", "lastDay": "2026-03-12"}),
    act("b-1", 2, review=REVIEWED),
    act("b-2", 1, change=changed(validTo="2026-12-31")),
    act("b-2", 2, end="2026-06-30"),
)


def test_all_acts_of_a_document_are_done_in_order(ready: Store) -> None:
    answer = amend(ready, later(1), "acts-1", ALL)
    assert answer.decisions == 4
    first, second = (deciding.decision_history(ready, "m-1", name) for name in ("b-1", "b-2"))
    assert [(each.number, each.event, each.intake) for each in first] == [
        (1, "GRANTED", "file-1"), (2, "INTERRUPTED", "acts-1"), (3, "CHANGED", "acts-1"),
    ]  # fmt: skip
    assert first[-1].case.granted.decision.review_on == date(2026, 9, 20)
    assert [each.event for each in second] == ["GRANTED", "CHANGED", "ENDED"]
    assert second[-1].case.granted.decision.valid_to == date(2026, 6, 30)
    (told,) = reviews_of(ready, "m-1", "b-1")
    assert (told.revision, told.outcome, told.next_on) == (
        3, Outcome.UNCHANGED, date(2026, 9, 20),
    )  # fmt: skip
    assert check(ready) == []
    # Sent again it is answered as the first time; other content under the key is refused.
    done = dump(ready)
    assert amend(ready, later(2), "acts-1", ALL) == answer
    with pytest.raises(Conflict, match="KEY_USED"):
        amend(ready, later(2), "acts-1", sent(act("b-1", 3, end="2026-06-30")))
    assert dump(ready) == done


def test_one_fault_leaves_nothing_and_every_fault_is_told(ready: Store) -> None:
    before = dump(ready)
    with pytest.raises(InvalidInput) as refused:
        amend(
            ready,
            later(1),
            "acts-1",
            sent(
                act("b-1", 1, end="2026-06-30"),
                act("b-2", 7, end="2026-06-30"),
                act("b-9", 1, end="2026-06-30"),
                act("b-2", 1, end="2020-01-01"),
                act("b-2", 1, change=changed(unit="borta")),
                act("b-2", 1, review={**REVIEWED, "nextOn": "2026-03-20"}),
            ),
        )
    assert [(f.code, f.where.split(":")[0]) for f in refused.value.findings] == [
        ("STALE_VERSION", "amendments[1]"),
        ("NOT_FOUND", "amendments[2]"),
        ("END_OUTSIDE", "amendments[3]"),
        ("UNKNOWN_UNIT", "amendments[4]"),
        ("REVIEW_DAYS", "amendments[5]"),
    ]
    assert dump(ready) == before


def test_what_is_refused_for_its_version_alone_is_stale(ready: Store) -> None:
    with pytest.raises(Stale):
        amend(ready, later(1), "k", sent(act("b-1", 2, end="2026-06-30")))
    deciding.end(ready, later(1), "b-2", 1, date(2026, 6, 30))
    with pytest.raises(Conflict, match="DECISION_ENDED"):
        amend(ready, later(2), "k", sent(act("b-2", 2, end="2026-06-30")))


@pytest.mark.parametrize(
    ("acts", "code"),
    [
        ([act("b-1", 1)], "ONE_OF_FOUR"),
        ([act("b-1", 1, end="2026-06-30", review=REVIEWED)], "ONE_OF_FOUR"),
        ([act("b-1", 1, change=changed())], "ANOTHER_ID"),
        ([act("b-1", 1, review={**REVIEWED, "outcome": "BRA"})], "UNKNOWN_CODE"),
        ([act("b-1", 0, end="2026-06-30")], "OUT_OF_RANGE"),
        ([], "WRONG_NUMBER_OF_ITEMS"),
    ],
)
def test_a_document_of_another_form_is_refused(
    ready: Store, acts: list[dict[str, Any]], code: str
) -> None:
    before = dump(ready)
    with pytest.raises(InvalidInput, match=code):
        amend(ready, ACT, "acts-1", sent(*acts))
    assert dump(ready) == before


def test_a_review_keeps_its_outcome_and_sets_the_next_day(ready: Store) -> None:
    found = ReviewSchema(reviewed_on=DAY, outcome=Outcome.CHANGE, next_on=None)
    made = review(ready, later(1), "b-1", 1, found)
    assert (made.number, made.case.granted.decision.review_on) == (2, None)
    with pytest.raises(Stale):
        review(ready, later(1), "b-1", 1, found)
    with pytest.raises(InvalidInput, match="REVIEW_DAYS"):
        review(
            ready, later(1), "b-1", 2, found.model_copy(update={"reviewed_on": date(2026, 1, 1)})
        )
    deciding.interrupt(ready, later(1), "b-1", 2, Interruption(DAY, DAY))
    assert review(ready, later(2), "b-1", 3, found).number == 4
    assert [each.revision for each in reviews_of(ready, "m-1", "b-1")] == [2, 4]
    assert check(ready) == []
