"""The planning document: the same day comes back, and every fault is told at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.documents.planning import Run, document_of, read_document, write_document
from fixtures.tiny_day import tiny_day
from scheduler.care.errors import Finding, InvalidInput, Severity
from scheduler.care.units import STOCKHOLM
from tests.api.cases import TWO_VISITS, changed, encoded, plain
from tests.clock import quickest
from tests.properties.test_plans import flexible_day

Change = Callable[[dict[str, Any], list[Any], list[Any]], None]


def faults(document: Any) -> list[Finding]:
    """Everything said against `document`."""
    with pytest.raises(InvalidInput) as refused:
        read_document(encoded(document))
    return list(refused.value.findings)


# ---------------------------------------------------------------- the same day comes back


@given(st.integers(0, 10_000))
@settings(max_examples=100, deadline=None)
def test_a_day_that_was_written_is_read_back(seed: int) -> None:
    """Also nights over both changes of the clock, groups, gaps, breaks and flexible days."""
    day = flexible_day(seed)
    back = read_document(encoded(write_document(day))).day
    assert back == plain(day)
    for read, visit in zip(back.visits, day.visits, strict=True):
        assert [(one.earliest.timestamp(), one.latest.timestamp()) for one in read.windows] == [
            (one.earliest.timestamp(), one.latest.timestamp()) for one in visit.windows
        ]


def test_a_run_that_was_written_is_read_back() -> None:
    run = Run(seconds=7.5, threads=1, seed=42, name="Öster")
    assert read_document(encoded(write_document(tiny_day(1), run))).run == run


def test_names_are_kept_and_belong_to_the_recipient() -> None:
    day = replace(tiny_day(5), names={"c-1": "Åsa"})
    named = {visit.recipient_id: f"Namn {visit.recipient_id}" for visit in day.visits}
    named |= {carer.id: f"Namn {carer.id}" for carer in day.carers}
    assert named
    back = read_document(encoded(write_document(replace(day, names=named)))).day
    assert back.names == named


@pytest.mark.alone
def test_three_thousand_visits_are_read_within_five_seconds() -> None:
    """Generous: about 0.3 s on the machine this was written on. A sender waits for the answer."""

    def change(document: dict[str, Any], _carers: Any, visits: list[Any]) -> None:
        first = visits[0]
        document["modelInput"]["visits"] = [
            {**first, "id": f"v-{number}", "recipientId": f"r-{number}"} for number in range(3000)
        ]

    content = encoded(changed(change))
    assert len(read_document(content).day.visits) == 3000
    assert quickest(lambda: read_document(content)) < 5


# ---------------------------------------------------------------- what may be written


def test_an_end_time_bounds_the_start_by_the_duration() -> None:
    def change(_document: Any, _carers: Any, visits: list[Any]) -> None:
        visits[0]["timeWindows"] = [
            {
                "minStartTime": "2026-03-04T07:30:00+01:00",
                "maxEndTime": "2026-03-04T09:00:00+01:00",
            }
        ]

    visit = document_of(changed(change)).day.visits[0]
    assert visit.latest == datetime(2026, 3, 4, 8, 35, tzinfo=STOCKHOLM)


def test_of_two_bounds_the_tighter_holds() -> None:
    def change(_document: Any, _carers: Any, visits: list[Any]) -> None:
        visits[0]["timeWindows"][0]["maxEndTime"] = "2026-03-04T08:25:00+01:00"

    visit = document_of(changed(change)).day.visits[0]
    assert visit.latest == datetime(2026, 3, 4, 8, 0, tzinfo=STOCKHOLM)


def test_an_end_time_in_the_october_night_counts_elapsed_time() -> None:
    """03:10 winter time less 90 minutes is 02:40 summer time: the clock went back in between."""

    def change(document: Any, carers: list[Any], visits: list[Any]) -> None:
        document["modelInput"]["date"] = "2026-10-24"
        del visits[1]
        carers[0]["shifts"] = []
        visits[0]["serviceDuration"] = "PT1H30M"
        visits[0]["timeWindows"] = [
            {
                "minStartTime": "2026-10-25T00:30:00+02:00",
                "maxEndTime": "2026-10-25T03:10:00+01:00",
            }
        ]

    visit = document_of(changed(change)).day.visits[0]
    assert visit.latest.isoformat() == "2026-10-25T02:40:00+02:00"


def test_an_expired_delegation_is_no_fault_of_the_document() -> None:
    def change(_document: Any, carers: list[Any], _visits: Any) -> None:
        carers[0]["delegations"][0]["validTo"] = "2026-02-28"

    assert document_of(changed(change)).warnings == ()


def test_advice_does_not_refuse_a_document() -> None:
    def change(_document: Any, carers: list[Any], _visits: Any) -> None:
        carers[0]["shifts"][0]["maxEndTime"] = "2026-03-04T22:00:00+01:00"

    warnings = document_of(changed(change)).warnings
    assert [(each.code, each.severity) for each in warnings] == [
        ("SHIFT_TOO_LONG", Severity.WARNING)
    ]


# ---------------------------------------------------------------- each fault by itself


def set_visit(field: str, value: Any) -> Change:
    """A change of one field of the first visit."""

    def change(_document: Any, _carers: Any, visits: list[Any]) -> None:
        visits[0][field] = value

    return change


def set_window(field: str, value: Any) -> Change:
    """A change of one field of the first visit's time window."""

    def change(_document: Any, _carers: Any, visits: list[Any]) -> None:
        visits[0]["timeWindows"][0][field] = value

    return change


def set_input(field: str, value: Any) -> Change:
    """A change of one field of the model input."""

    def change(document: dict[str, Any], _carers: Any, _visits: Any) -> None:
        document["modelInput"][field] = value

    return change


def set_run(field: str, value: Any) -> Change:
    """A change of one field of the run."""

    def change(document: dict[str, Any], _carers: Any, _visits: Any) -> None:
        document["config"]["run"][field] = value

    return change


FIRST = "modelInput.visits[0]"


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        (set_visit("serviceDuration", "-PT25M"), "DURATION_NOT_POSITIVE", f"{FIRST} (v-1)"),
        (set_visit("serviceDuration", 25), "NOT_A_DURATION", f"{FIRST}.serviceDuration (v-1)"),
        (set_visit("serviceDuration", "PT90S"), "NOT_A_DURATION", FIRST),
        (set_visit("requiredSkills", ["sondmatning"]), "UNKNOWN_SKILL", f"{FIRST} (v-1)"),
        (set_visit("priority", 4), "PRIORITY_OUT_OF_RANGE", FIRST),
        (set_visit("priority", 194001011234), "OUT_OF_RANGE", f"{FIRST}.priority"),
        (set_visit("priority", "1"), "WRONG_TYPE", f"{FIRST}.priority"),
        (set_visit("priority", True), "WRONG_TYPE", f"{FIRST}.priority"),
        (set_visit("location", [56.0]), "WRONG_NUMBER_OF_ITEMS", f"{FIRST}.location"),
        (set_visit("location", [96.0, 14.0]), "COORDINATES_OUT_OF_RANGE", FIRST),
        (set_visit("location", [float("nan"), 14.0]), "OUT_OF_RANGE", f"{FIRST}.location[0]"),
        (set_visit("zone", ""), "NOT_AN_ID", f"{FIRST}.zone"),
        (set_visit("id", "v\n1"), "NOT_AN_ID", f"{FIRST}.id"),
        (set_visit("colour", "red"), "UNKNOWN_FIELD", f"{FIRST}.colour (v-1)"),
        (set_visit("recipient_id", "r-1"), "UNKNOWN_FIELD", f"{FIRST}.recipient_id"),
        (set_visit("timeWindows", []), "WRONG_NUMBER_OF_ITEMS", f"{FIRST}.timeWindows"),
        (set_window("minStartTime", "2026-03-04T07:30:00"), "NOT_A_TIME", f"{FIRST}.timeWindows"),
        (
            set_window("maxStartTime", "2026-03-04T07:00:00+01:00"),
            "WINDOW_ENDS_BEFORE_START",
            FIRST,
        ),
        (set_input("date", "2026-02-30"), "NOT_A_DAY", "modelInput.date"),
        (set_input("visitGroups", [{"id": "g", "visits": ["v-1"]}]), "GROUP_OF_ONE", ""),
        (
            set_input("visitGroups", [{"id": "g", "visits": []}]),
            "EMPTY_GROUP",
            "modelInput.visitGroups[0] (g)",
        ),
        (
            set_input("planningWindow", {"startDate": "2026-03-05", "endDate": "2026-03-06"}),
            "DATE_OUTSIDE_PLANNING_WINDOW",
            "modelInput.date",
        ),
        (set_run("threads", 0), "OUT_OF_RANGE", "config.run.threads"),
        (set_run("seed", -1), "OUT_OF_RANGE", "config.run.seed"),
        (set_run("termination", {"spentLimit": "PT0S"}), "OUT_OF_RANGE", "config.run.termination"),
    ],
)
def test_each_fault_has_its_code_and_place(change: Change, code: str, where: str) -> None:
    found = faults(changed(change))
    assert [finding.code for finding in found] == [code]
    assert found[0].where.startswith(where)
    assert found[0].action.endswith(".")


def test_a_time_window_needs_an_upper_bound() -> None:
    def change(_document: Any, _carers: Any, visits: list[Any]) -> None:
        del visits[0]["timeWindows"][0]["maxStartTime"]

    assert [(each.code, each.expected) for each in faults(changed(change))] == [
        ("MISSING_FIELD", "maxStartTime or maxEndTime")
    ]


def test_faults_of_a_further_window_are_told_at_its_place() -> None:
    later = {"minStartTime": "2026-03-04T05:00:00+01:00"}

    def unbound(_document: Any, _carers: Any, visits: list[Any]) -> None:
        visits[0]["timeWindows"].append(dict(later))

    def before(_document: Any, _carers: Any, visits: list[Any]) -> None:
        bound = {"maxStartTime": "2026-03-04T06:00:00+01:00"}
        visits[0]["timeWindows"].append(later | bound)

    (open_end,) = faults(changed(unbound))
    assert (open_end.code, open_end.where) == (
        "MISSING_FIELD", f"{FIRST}.timeWindows[1] (v-1)",
    )  # fmt: skip
    (order,) = faults(changed(before))
    assert order.code == "WINDOWS_OVERLAP"
    assert ".timeWindows[1]" in order.where


def test_a_visit_cannot_start_with_two_groups() -> None:
    groups = [{"id": "g-1", "visits": ["v-1", "v-2"]}, {"id": "g-2", "visits": ["v-1", "v-9"]}]

    def change(document: dict[str, Any], _carers: Any, visits: list[Any]) -> None:
        document["modelInput"]["visitGroups"] = groups
        visits[1]["timeWindows"] = visits[0]["timeWindows"]
        visits[1]["visitDependencies"] = []

    codes = {finding.code for finding in faults(changed(change))}
    assert {"VISIT_IN_TWO_GROUPS", "UNKNOWN_VISIT"} <= codes


def test_one_id_with_two_names_is_a_fault_that_tells_neither() -> None:
    def change(_document: Any, _carers: Any, visits: list[Any]) -> None:
        visits[0]["name"], visits[1]["name"] = "Astrid", "Bertil"

    found = faults(changed(change))
    assert [finding.code for finding in found] == ["CONFLICTING_NAME"]
    assert "Astrid" not in str(found[0])
    assert "Bertil" not in str(found[0])


@pytest.mark.parametrize("document", [None, 1, "x", [], {}, {"modelInput": 1}, {"modelInput": {}}])
def test_anything_but_a_planning_document_is_refused(document: Any) -> None:
    assert faults(document)


def test_a_day_before_the_first_parameter_value_is_refused_beside_other_faults() -> None:
    def change(document: dict[str, Any], _carers: Any, visits: list[Any]) -> None:
        document["modelInput"]["date"] = "1999-03-04"
        visits[0]["requiredSkills"] = ["sondmatning"]

    codes = {finding.code for finding in faults(changed(change))}
    assert {"BEFORE_FIRST_VALUE", "UNKNOWN_SKILL"} <= codes


# ---------------------------------------------------------------- all of them at once


def plant_many(document: dict[str, Any], carers: list[Any], visits: list[Any]) -> None:
    """A fault of every kind in one document."""
    document["extra"] = 1
    carers[0]["shifts"][0]["maxEndTime"] = "2026-03-04T06:00:00+01:00"
    carers.append({"id": "c-2", "skills": "undersköterska"})
    visits[0]["serviceDuration"] = "-PT25M"
    visits[0]["timeWindows"][0]["maxStartTime"] = "2026-03-04T07:00:00+01:00"
    visits[1]["visitDependencies"][0]["minDelay"] = "PT9H"
    visits[1]["visitDependencies"][0].pop("maxDelay")
    visits.append({**visits[1], "id": "v-3", "visitDependencies": [], "priority": "hög"})
    visits.append({**visits[1], "id": "v-1", "visitDependencies": []})


def test_all_faults_of_a_document_are_told_at_once() -> None:
    """An unreadable item must not hide what is wrong with the others."""
    found = {(finding.code, finding.where) for finding in faults(changed(plant_many))}
    for code, where in (
        ("UNKNOWN_FIELD", "extra"),
        ("WRONG_TYPE", "modelInput.caregivers[1].skills (c-2)"),
        ("WRONG_TYPE", "modelInput.visits[2].priority (v-3)"),
        ("SHIFT_ENDS_BEFORE_START", "modelInput.caregivers[0].shifts[0] (s-1)"),
        ("DURATION_NOT_POSITIVE", "modelInput.visits[0] (v-1).serviceDuration"),
        ("WINDOW_ENDS_BEFORE_START", "modelInput.visits[0] (v-1)"),
        ("GAP_LARGER_THAN_WINDOWS", "modelInput.visits[1] (v-2).visitDependencies[0]"),
        ("DUPLICATE_ID", "modelInput.visits[3] (v-1)"),
    ):
        assert (code, where) in found


def test_an_unreadable_day_does_not_hide_the_other_faults() -> None:
    def change(document: dict[str, Any], _carers: Any, visits: list[Any]) -> None:
        document["modelInput"]["date"] = "4 mars"
        visits[0]["timeWindows"][0]["maxStartTime"] = "2026-03-04T07:00:00+01:00"

    codes = [finding.code for finding in faults(changed(change))]
    assert codes == ["NOT_A_DAY", "WINDOW_ENDS_BEFORE_START"]


def test_a_skill_that_an_unreadable_caregiver_may_hold_is_not_called_unknown() -> None:
    def change(_document: Any, carers: list[Any], visits: list[Any]) -> None:
        visits[0]["requiredSkills"] = ["sondmatning"]
        carers.append({"id": "c-2", "skills": ["sondmatning"], "shifts": 1})

    assert [finding.code for finding in faults(changed(change))] == ["WRONG_TYPE"]


def test_findings_never_repeat_names_or_personal_numbers() -> None:
    def change(_document: Any, carers: list[Any], visits: list[Any]) -> None:
        carers[0]["name"] = ["Anna Svensson"]
        carers[0]["skills"] = [195001011234]
        visits[0]["name"] = {"first": "Bertil"}
        visits[0]["priority"] = 194001011234
        visits[1]["serviceDuration"] = "Cecilia"
        visits[1]["Doris Ek"] = 1

    told = " ".join(str(finding) for finding in faults(changed(change)))
    for secret in (
        "Anna",
        "Svensson",
        "Bertil",
        "194001011234",
        "195001011234",
        "Cecilia",
        "Doris",
    ):
        assert secret not in told


def test_a_document_of_another_kind_is_refused_with_one_finding() -> None:
    """A million findings would help nobody and take the server's memory."""

    def change(document: dict[str, Any], _carers: Any, _visits: Any) -> None:
        document["modelInput"]["visits"] = [{"a": 1, "b": 2}] * 5000

    found = faults(changed(change))
    assert [finding.code for finding in found] == ["TOO_MANY_FAULTS"]


# ---------------------------------------------------------------- nothing crashes the reader

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
places = st.lists(st.sampled_from(["modelInput", "visits", "caregivers", 0, 1, "id", "location",
    "timeWindows", "minStartTime", "serviceDuration", "visitDependencies", "shifts",
    "requiredBreaks", "date", "delegations", "maxDelay"]), min_size=1, max_size=5)  # fmt: skip


@given(places, anything)
@settings(max_examples=300, deadline=None)
def test_any_value_anywhere_is_read_or_refused(steps: list[str | int], value: Any) -> None:
    document = json.loads(json.dumps(TWO_VISITS))
    here: Any = document
    for step in steps[:-1]:
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            break
    if isinstance(here, dict):
        here[str(steps[-1])] = value
    elif isinstance(here, list) and here:
        here[0] = value
    # Anything but a refusal is a crash.
    with suppress(InvalidInput):
        read_document(encoded(document))
