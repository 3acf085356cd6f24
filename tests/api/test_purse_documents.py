"""The purse document: moves and interruptions are read, and every fault is told at once."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from api.documents.purses import month_days, read_purses
from pricing.budget.counting import PaidAs
from pricing.budget.model import Interruption, MonthBasis, Placement
from scheduler.care.errors import InvalidInput
from scheduler.care.model import Band, ProviderKind
from tests.api.cases import encoded
from tests.api.purse_documents import document


def codes(stated: dict[str, Any]) -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        read_purses(encoded(stated))
    return [each.code for each in refused.value.findings]


def test_a_move_changes_what_it_states_and_keeps_the_rest() -> None:
    stated = document()
    stated["clock"] = {"MORNING": "07:30"}
    stated["decisions"][0] |= {
        "moves": [
            {"firstDay": "2017-06-10", "zone": "rural"},
            {"firstDay": "2017-07-01", "provider": {"id": "p-2", "kind": "OWN"}, "unit": "south"},
        ],
        "interruptions": [
            {"firstDay": "2017-05-25", "lastDay": "2017-06-05", "reason": "sjukhus"},
            {"firstDay": "2017-08-01"},
        ],
    }
    read = read_purses(encoded(stated))
    (made,) = read.granted
    private, own = ProviderKind.PRIVATE, ProviderKind.OWN
    assert made.placements == (
        Placement(date(2017, 5, 1), "town", "p-1", private, "north"),
        Placement(date(2017, 6, 10), "rural", "p-1", private, "north"),
        Placement(date(2017, 7, 1), "rural", "p-2", own, "south"),
    )
    assert made.interruptions == (
        Interruption(date(2017, 5, 25), date(2017, 6, 5), "sjukhus"),
        Interruption(date(2017, 8, 1), None),
    )
    assert read.basis is MonthBasis.MEAN_MONTH
    assert read.clock == {Band.MORNING: time(7, 30)}
    assert read.services["cleaning"] == (PaidAs(date(2017, 5, 1), "care_and_service", 70),)


def test_every_fault_is_told_at_once() -> None:
    stated = document()
    decision = stated["decisions"][0]
    decision["validTo"] = "2017-04-30"
    decision["lines"][0]["frequency"]["times"] = 0
    decision["moves"] = [{"firstDay": "2017-05-01"}]
    decision["interruptions"] = [{"firstDay": "2017-05-02", "lastDay": "2017-05-01"}]
    stated["decisions"].append(decision)
    stated["services"].append(stated["services"][0])
    of_decision = [
        "DECISION_ENDS_BEFORE_START",
        "TIMES_NOT_POSITIVE",
        "MOVES_OUT_OF_ORDER",
        "MOVE_AFTER_END",
        "ENDS_BEFORE_START",
    ]
    assert codes(stated) == ["DUPLICATE_ID", *of_decision, *of_decision, "DUPLICATE_ID"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"basis": "WEEKS"}, "UNKNOWN_CODE"),
        ({"clock": {"MORNING": "25:00"}}, "WRONG_FORM"),
        ({"clock": {"NOON": "12:00"}}, "UNKNOWN_CODE"),
        ({"months": 12}, "UNKNOWN_FIELD"),
    ],
)
def test_what_the_format_does_not_know_is_refused(change: dict[str, Any], code: str) -> None:
    assert codes(document() | change) == [code]


def test_a_decision_says_which_unit_pays() -> None:
    stated = document()
    del stated["decisions"][0]["unit"]
    assert codes(stated) == ["MISSING_FIELD"]


def test_a_month_is_its_first_and_last_day() -> None:
    assert month_days("2028-02") == (date(2028, 2, 1), date(2028, 2, 29))
    for text in ("2028-13", "2028-2", "2028-02-01", "mars"):
        with pytest.raises(InvalidInput):
            month_days(text)
