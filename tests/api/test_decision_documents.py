"""The decision document: the same decision comes back, and its faults are told at once."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from api import flow
from api.documents.decisions import Registration, document_of, read_registration
from api.server import examples
from fixtures.municipality import Size, generate
from scheduler.care.errors import NotInForce
from scheduler.care.model import ProviderKind
from tests.api.cases import encoded


def registration(document: dict[str, Any] = examples.DECISION) -> Registration:
    """The decision of a sound document."""
    read, findings = read_registration(encoded(document))
    assert findings == []
    assert read is not None
    return read


def spoilt(**fields: Any) -> dict[str, Any]:
    """The sound document with other values of some fields."""
    return {**deepcopy(examples.DECISION), **fields}


@pytest.fixture(scope="module")
def terms() -> flow.Terms:
    return flow.load_terms()


def test_a_decision_is_read_as_it_stands() -> None:
    read = registration()
    assert read.decision.valid_to == date(2026, 8, 31)
    assert read.decision.lines[1].own_minutes == 35
    assert read.recipient.zone == "town"
    assert read.provider.kind is ProviderKind.OWN


def test_every_decision_of_a_municipality_comes_back_as_it_was_written() -> None:
    municipality = generate(Size.S, 1, date(2026, 3, 4))
    homes = {recipient.id: recipient for recipient in municipality.recipients}
    providers = {provider.id: provider for provider in municipality.providers}
    assert municipality.decisions
    for decision in municipality.decisions:
        made = Registration(decision, homes[decision.recipient_id], providers[decision.provider])
        back = registration(document_of(made).model_dump(mode="json", exclude_none=True))
        assert back.decision == made.decision
        assert back.provider == made.provider
        assert back.recipient.location == made.recipient.location
        assert back.recipient.required_skills == made.recipient.required_skills
        assert back.recipient.wishes == made.recipient.wishes


@pytest.mark.parametrize(
    ("document", "codes"),
    [
        (spoilt(validFrom="1999-01-01", decidedOn="1999-01-01"), {"BEFORE_FIRST_VALUE"}),
        (spoilt(validTo="2026-01-01"), {"DECISION_ENDS_BEFORE_START"}),
        (spoilt(lines=[]), {"DECISION_WITHOUT_LINES"}),
        (spoilt(recipient={"location": [56.0, 14.0], "zone": "moon"}), {"UNKNOWN_ZONE"}),
        (
            spoilt(
                lines=[
                    {**examples.DECISION["lines"][0], "service": "dans", "staff": 3},
                    {**examples.DECISION["lines"][1], "ownDuration": "-PT5M"},
                ]
            ),
            {"UNKNOWN_SERVICE", "STAFF_OUT_OF_RANGE", "DURATION_NOT_POSITIVE"},
        ),
    ],
)
def test_all_faults_of_a_decision_are_found(
    document: dict[str, Any], codes: set[str], terms: flow.Terms
) -> None:
    found = flow.decision_faults(registration(document), terms)
    assert {finding.code for finding in found} == codes


def test_faults_of_structure_are_told_with_their_places() -> None:
    read, findings = read_registration(
        encoded(spoilt(lines=[{"id": "l-1", "bands": ["BRUNCH"]}], reviewOn="snart", extra=1))
    )
    assert read is None
    assert {(each.code, each.where) for each in findings} == {
        ("MISSING_FIELD", "lines[0].service (l-1)"),
        ("MISSING_FIELD", "lines[0].frequency (l-1)"),
        ("UNKNOWN_CODE", "lines[0].bands[0] (l-1)"),
        ("NOT_A_DAY", "reviewOn"),
        ("UNKNOWN_FIELD", "extra"),
    }


@pytest.mark.parametrize("day", [date(2026, 2, 28), date(2026, 9, 1)])
def test_a_decision_gives_nothing_outside_its_validity(day: date, terms: flow.Terms) -> None:
    """Help that was not granted must be neither planned nor paid."""
    with pytest.raises(NotInForce) as refused:
        flow.decision_view(registration(), day, terms)
    assert refused.value.findings[0].code == "DECISION_NOT_IN_FORCE"


def test_purse_of_a_decision_by_hand(terms: flow.Terms) -> None:
    """
    Morning 15 min x 7 + shower 35 min x 1 = 140 min a week; x 365.25 / 7 / 12 / 60 = 10.1458333 h a
    month. By the rate of the list that is hours x rate, in whole öre.
    """
    view = flow.decision_view(registration(), date(2026, 3, 4), terms)
    assert [visit.duration_min for visit in view.visits] == [50]  # Wednesday: both lines
    assert view.purse.minutes_per_week == 140
    hours = 140 / 60 * 365.25 / 7 / 12
    assert view.purse.amount_ore == round(hours * float(view.purse.rate) * 100)
