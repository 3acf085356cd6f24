"""Erasure: what tells who or where somebody is goes, what must stay stays and can be proven."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from api.documents.plan_reading import read_plan
from api.documents.planning import document_of, read_document
from api.documents.retention import Retention
from api.refusals import Conflict, Forbidden
from api.store import decision_rows
from api.store.check import check, heads
from api.store.engine import Store
from api.store.erasing import Extent, without
from api.usecases import persons, planning, running
from api.usecases.deciding import change, decision, decision_history, end
from api.usecases.erasing import erase, erase_again, erased
from api.usecases.registering import register
from api.usecases.retaining import carry_out, plan
from api.usecases.reviewing import who_has_read
from api.usecases.sight import Reader, Right
from scheduler.care.errors import InvalidInput, NotFound
from scheduler.care.model import Day, Location, Mode, TravelTimes
from scheduler.plan import Plan
from tests.api.cases import TWO_VISITS
from tests.api.store.dump import dump
from tests.api.store.person_samples import (
    ADMIN,
    ANNA,
    KEYS,
    PURPOSE,
    add_recipients,
    checked,
    grant,
    populate,
    protect,
    record,
)
from tests.api.store.samples import ACT, DOCUMENT, document, encoded, later
from tests.api.store.tampering import past_guards
from tests.conftest import ROOT

AFTER = replace(ADMIN, act=replace(ACT, actor="archivist", at=datetime(2027, 1, 15, tzinfo=UTC)))


def planned() -> tuple[Day, Plan]:
    """A day of the follow-up's small municipality, with its plan."""
    folder = ROOT / "fixtures" / "followup" / "plans"
    day = read_document((folder / "2026-03-11-input.json").read_bytes()).day
    return day, read_plan((folder / "2026-03-11-plan.json").read_bytes()).plan


def whose() -> str:
    """A recipient of that day who has no decision."""
    return max(visit.recipient_id for visit in planned()[0].visits)


def ended(store: Store) -> None:
    """The four persons, the decisions of r-1 ended in 2026, and a plan of other recipients."""
    populate(store)
    grant(store, "r-1")
    end(store, later(1), "b-1", 1, date(2026, 6, 30))
    end(store, later(1), "b-2", 1, date(2026, 6, 30))
    planning.save(store, ACT, "north", 0, *planned())
    add_recipients(store, whose())


def test_what_tells_who_or_where_goes_and_the_rest_stays(store: Store) -> None:
    ended(store)
    persons.person(store, ANNA, KEYS, "r-1")
    before, log, noted = dump(store), dump(store)["audit"], heads(store)
    history = decision_history(store, "m-1", "b-1")
    made = erase(store, AFTER, "r-1", dry_run=False)
    assert (made.extent, made.again) == (Extent(True, 1, 4, 1), False)

    with pytest.raises(NotFound):
        persons.person(store, ANNA, KEYS, "r-1")
    for held, was in zip(decision_history(store, "m-1", "b-1"), history, strict=True):
        assert held.case.home.location == Location(0.0, 0.0)
        assert not held.case.home.required_skills
        assert not held.case.home.wishes.languages
        assert {each.reason for each in held.case.granted.interruptions} == {""}
        # What was granted, when, where by zone and by whom: what a payment is proven by.
        assert held.case.granted.decision == was.case.granted.decision
        assert held.case.granted.placements == was.case.granted.placements
        assert held.case.home.zone == was.case.home.zone
    after = dump(store)
    for table in ("service_line", "placement", "plan_visit", "day_plan", "intake",
                  "access_log", "decision"):  # fmt: skip
        assert after[table] == before[table], table
    assert set(log) < set(after["audit"])
    assert check(store, noted) == []


def test_a_dry_run_tells_the_same_and_changes_nothing(store: Store) -> None:
    ended(store)
    before = dump(store)
    told = erase(store, AFTER, "r-1", dry_run=True)
    assert dump(store) == before
    assert erase(store, AFTER, "r-1", dry_run=False) == told


def test_homes_leave_the_documents_of_plans_and_the_plans_stay_sound(store: Store) -> None:
    ended(store)
    recipient = whose()
    home = next(v.location for v in planned()[0].visits if v.recipient_id == recipient)
    key = planning.PlanKey("north", planned()[0].date)
    assert erase(store, AFTER, recipient, dry_run=False).extent == Extent(False, 0, 0, 1)
    held = planning.plan_revision(store, "m-1", key, 1)
    assert held.plan.routes == planned()[1].routes
    assert home not in {visit.location for visit in held.day.visits}
    assert str(home.lat) not in json.dumps(dump(store)["plan_revision"], default=str)
    assert check(store) == []
    # Another person of the same documents, and the plan's own way goes on.
    erase(store, AFTER, "r-3", dry_run=False)
    assert check(store) == []
    assert planning.plan_revision(store, "m-1", key, 1).plan.routes == planned()[1].routes
    planning.approve(store, later(1), key, 1, 1)
    planning.publish(store, later(1), key, 1, 2)
    assert check(store) == []


def test_runs_that_name_a_person_are_removed_and_the_others_stay(store: Store) -> None:
    ended(store)
    other = deepcopy(TWO_VISITS)
    for visit in other["modelInput"]["visits"]:
        visit["recipientId"] = f"{whose()}0"
    for name, sent in (("run-1", TWO_VISITS), ("run-2", other)):
        running.submit(store, ACT, name, document_of(sent))
    named = {visit["recipientId"] for visit in TWO_VISITS["modelInput"]["visits"]}
    assert named == {"r-1"}
    assert erase(store, AFTER, "r-1", dry_run=True).extent.runs == 1
    assert erase(store, AFTER, "r-1", dry_run=False).extent.runs == 1
    # An id that another begins with is another's.
    assert erase(store, AFTER, whose(), dry_run=False).extent.runs == 0
    assert [row[1] for row in dump(store)["run"]] == ["run-2"]
    assert check(store) == []


def test_a_day_without_a_person_keeps_everybody_else() -> None:
    day, recipient = planned()[0], whose()
    office = day.shifts[0].start_location
    homes = {visit.recipient_id: visit.location for visit in day.visits}
    others = [place for name, place in homes.items() if name != recipient and place != office]
    places = (homes[recipient], others[0], office)
    times = TravelTimes(Mode.CAR, places, ((0, 1, 2), (3, 0, 5), (6, 7, 0)), ("a", "b", "c"))
    named = {recipient: "Åsa Östlund", "x": "Bo"}
    made = without(replace(day, travel_times=(times,), names=named), recipient)
    assert made.names == {"x": "Bo"}
    assert made.travel_times == (TravelTimes(Mode.CAR, places[1:], ((0, 5), (7, 0)), ("b", "c")),)
    for was, now in zip(day.visits, made.visits, strict=True):
        if was.recipient_id == recipient:
            assert now.location in {shift.start_location for shift in day.shifts}
            assert (now.id, now.earliest, now.duration_min) == (
                was.id, was.earliest, was.duration_min,
            )  # fmt: skip
        else:
            assert now == was
    # A home that somebody else of the day has too stays theirs.
    (visit,) = [each for each in day.visits if each.recipient_id == recipient][:1]
    both = replace(
        day, visits=(visit, replace(visit, id="w", recipient_id="wife")), travel_times=(times,)
    )
    assert without(both, recipient).visits[1].location == homes[recipient]
    assert without(both, recipient).travel_times == (times,)


def test_who_has_a_decision_in_force_is_not_erased(store: Store) -> None:
    populate(store)
    before = dump(store)
    with pytest.raises(Conflict) as refused:
        erase(store, at(2026, 12, 31), "r-1", dry_run=False)
    assert [(f.code, f.where) for f in refused.value.findings] == [
        ("DECISION_IN_FORCE", "decision (b-1)"), ("DECISION_IN_FORCE", "decision (b-2)"),
    ]  # fmt: skip
    with pytest.raises(Conflict) as refused:
        erase(store, at(2027, 1, 1), "r-1", dry_run=False)
    assert [f.where for f in refused.value.findings] == ["decision (b-2)"]
    assert dump(store) == before


def test_erased_stays_erased_whatever_is_sent_again(store: Store) -> None:
    ended(store)
    erase(store, AFTER, "r-1", dry_run=False)
    erase(store, AFTER, whose(), dry_run=False)
    done = dump(store)
    # The same file under its key is answered as the first time, and stores nothing.
    assert register(store, ACT, "file-1", encoded(DOCUMENT)).decisions == 2
    sent = document()
    for each in sent["decisions"]:
        each["id"] += "-new"
    with pytest.raises(InvalidInput, match=r"RECIPIENT_ERASED recipient \(r-1\)"):
        register(store, ACT, "file-2", encoded(sent))
    held = decision(store, "m-1", "b-1")
    with pytest.raises(Conflict):
        change(store, later(2), held.number, held.case)
    with pytest.raises(InvalidInput, match="RECIPIENT_ERASED"):
        planning.save(store, later(2), "north", 1, *planned())
    with pytest.raises(Conflict, match="RECIPIENT_ERASED"):
        record(store, "r-1")
    with pytest.raises(Conflict, match="RECIPIENT_ERASED"):
        protect(store, "r-1")
    with pytest.raises(Conflict, match="RECIPIENT_ERASED"):
        grant(store, "r-1")
    assert erase(store, AFTER, "r-1", dry_run=False).again
    assert dump(store) == done
    assert erased(store, AFTER) == tuple(sorted(("r-1", whose())))


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO person SELECT municipality_id, 'r-1', version, key_id, sealed, index_key_id, "
        "number_hash, recorded_at, recorded_by FROM person WHERE recipient_id = 'r-2'",
        "INSERT INTO decision SELECT municipality_id, 'b-9', recipient_id, 1 FROM decision "
        "WHERE id = 'b-1'",
        "UPDATE decision_revision SET lat = 56 WHERE decision_id = 'b-1'",
        "UPDATE decision_revision SET zone = 'rural' WHERE decision_id = 'b-1'",
        "UPDATE decision_revision SET wishes_json = '{\"a\": 1}' WHERE decision_id = 'b-1'",
        "UPDATE interruption SET reason = 'Bortrest'",
        "UPDATE plan_revision SET input_json = 'x'",
        "UPDATE plan_revision SET input_json = 'x', redacted = redacted + 1",
        "UPDATE plan_revision SET redacted = redacted + 1",
        "DELETE FROM erasure",
        "DELETE FROM plan_erasure",
    ],
)
def test_the_database_itself_lets_nothing_else_through(store: Store, statement: str) -> None:
    ended(store)
    erase(store, AFTER, "r-1", dry_run=False)
    erase(store, AFTER, whose(), dry_run=False)
    before = dump(store)
    with pytest.raises(Conflict), store.writing() as session:
        session.connection().execute(text(statement.replace(":", r"\:")))
    assert dump(store) == before


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE decision_revision SET lat = 56 WHERE decision_id = 'b-1'", "ERASED_BUT_THERE"),
        ("UPDATE interruption SET reason = 'Bortrest'", "ERASED_BUT_THERE"),
        ("UPDATE decision_revision SET valid_from = '2026-03-02' WHERE decision_id = 'b-1'",
         "UNLIKE_LOG"),
        ("UPDATE service_line SET times = 3 WHERE decision_id = 'b-1'", "UNLIKE_LOG"),
        ("UPDATE plan_revision SET input_json = input_json || ' '", "UNLIKE_LOG"),
        ("DELETE FROM erasure WHERE recipient_id = 'r-1'", "ERASURE_UNLIKE_LOG"),
        ("DELETE FROM plan_erasure", "REDACTIONS"),
    ],
)  # fmt: skip
def test_what_is_left_is_proven_still(store: Store, statement: str, code: str) -> None:
    ended(store)
    erase(store, AFTER, "r-1", dry_run=False)
    erase(store, AFTER, whose(), dry_run=False)
    assert check(store) == []
    with past_guards(store) as connection:
        assert connection.execute(text(statement)).rowcount > 0
    assert code in {finding.code for finding in check(store)}


def test_who_is_hidden_is_not_erased_by_who_may_not_see_them(store: Store) -> None:
    populate(store)
    protect(store)
    archivist = replace(AFTER, act=replace(AFTER.act, at=ADMIN.act.at))
    before = dump(store)["person"]
    for dry_run in (True, False):
        with pytest.raises(NotFound):
            erase(store, archivist, "r-2", dry_run=dry_run)
    with pytest.raises(NotFound):
        erase(store, archivist, "r-9", dry_run=True)
    assert dump(store)["person"] == before
    grant(store, to="archivist")
    assert erase(store, archivist, "r-2", dry_run=False).extent.identity
    assert check(store) == []


def test_each_act_needs_its_right(store: Store) -> None:
    populate(store)
    without_it = replace(AFTER, rights=frozenset(Right) - {Right.ERASE})
    rules = Retention(5, frozenset(), 5)
    planned_ = plan(store, AFTER, KEYS, rules)
    for act in (
        lambda: erase(store, without_it, "r-1", dry_run=True),
        lambda: erased(store, without_it),
        lambda: erase_again(store, without_it, ["r-1"]),
        lambda: plan(store, without_it, KEYS, rules),
        lambda: carry_out(store, without_it, planned_),
    ):
        with pytest.raises(Forbidden):
            act()


def test_who_was_erased_before_a_restore_is_erased_again(store: Store) -> None:
    """A backup from before the erasure holds the person; the noted ids take them out again."""
    ended(store)
    made = erase_again(store, AFTER, ["r-1", "r-unknown"])
    assert [each.recipient for each in made] == ["r-1"]
    assert erased(store, AFTER) == ("r-1",)
    assert [each.again for each in erase_again(store, AFTER, ["r-1"])] == [True]
    assert check(store) == []


MARKER = "Markör-Bortrest-4711"


@pytest.mark.parametrize("way", ["one", "again", "due"])
def test_nothing_of_it_is_left_in_the_file(store: Store, way: str) -> None:
    """SQLite unlinks what is deleted and leaves its bytes; here they are overwritten."""
    sent = document()
    sent["decisions"][0]["interruptions"][0]["reason"] = MARKER
    sent["decisions"][0]["validTo"] = sent["decisions"][1]["validTo"] = "2026-12-31"
    from api.usecases.setting_up import set_up
    from tests.api.store.samples import MUNICIPALITY

    set_up(store, ACT, MUNICIPALITY)
    register(store, ACT, "file-1", encoded(sent))
    if store.address.is_sqlite:
        assert found_in_file(store, MARKER)
    if way == "one":
        erase(store, AFTER, "r-1", dry_run=False)
    elif way == "again":
        erase_again(store, AFTER, ["r-1"])
    else:
        carry_out(store, at(2032, 1, 1), plan(store, at(2032, 1, 1), KEYS, RULES))
    assert MARKER not in str(dump(store))
    if store.address.is_sqlite:
        assert not found_in_file(store, MARKER)


def found_in_file(store: Store, marker: str) -> bool:
    """Whether the bytes stand in the SQLite file or beside it."""
    path = Path(store.address.url.database or "")
    files = [path, *path.parent.glob(f"{path.name}-*")]
    return any(marker.encode() in each.read_bytes() for each in files)


# ---------------------------------------------------------------- retention

RULES = Retention(5, frozenset({5, 15, 25}), 5)


def at(year: int, month: int, day: int) -> Reader:
    """The archivist on a day, at noon."""
    moment = datetime(year, month, day, 12, tzinfo=UTC)
    return replace(AFTER, act=replace(AFTER.act, at=moment))


def test_a_recipient_is_due_the_day_after_their_years(store: Store) -> None:
    ended(store)
    ids = lambda day: [each.recipient for each in plan(store, at(*day), KEYS, RULES).due]  # noqa: E731
    assert "r-1" not in ids((2031, 6, 30))
    assert "r-1" in ids((2031, 7, 1))
    # Without a decision the years count from the registration.
    assert "r-2" not in ids((2031, 3, 2))
    assert "r-2" in ids((2031, 3, 3))


def test_a_decision_without_an_end_is_never_due(store: Store) -> None:
    populate(store)
    assert "r-1" not in {each.recipient for each in plan(store, at(2099, 1, 1), KEYS, RULES).due}


def test_the_last_entry_counts_when_it_comes_after_the_last_day(store: Store) -> None:
    """Five years from the last entry: who writes in a closed file later begins them anew."""
    populate(store)
    end(store, later(1), "b-2", 1, date(2026, 6, 30))
    end(store, replace(ACT, at=datetime(2027, 5, 1, 12, tzinfo=UTC)), "b-1", 1, date(2026, 6, 30))
    due = {each.recipient: each for each in plan(store, at(2032, 5, 2), KEYS, RULES).due}
    assert due["r-1"].last_day == date(2027, 5, 1)
    assert "r-1" not in {each.recipient for each in plan(store, at(2032, 5, 1), KEYS, RULES).due}


def test_the_research_sample_is_listed_and_kept(store: Store) -> None:
    populate(store)
    persons.record(store, ADMIN, KEYS, "r-2", 1, name="A", number=checked("19381125238"))
    persons.record(store, ADMIN, KEYS, "r-4", 1, name="B", number=checked("19381185239"))
    told = {each.recipient: each.kept for each in plan(store, at(2032, 1, 1), KEYS, RULES).due}
    assert told == {"r-2": True, "r-3": False, "r-4": True}
    carry_out(store, at(2032, 1, 1), plan(store, at(2032, 1, 1), KEYS, RULES))
    assert erased(store, AFTER) == ("r-3",)
    assert check(store) == []


def test_the_log_is_kept_for_five_years_and_then_removed_from_its_start(store: Store) -> None:
    populate(store)
    grant(store, to="admin-2")
    for year in (2026, 2026, 2028):
        moment = datetime(year, 12, 1, tzinfo=UTC)
        persons.person(store, replace(ANNA, act=replace(ANNA.act, at=moment)), KEYS, "r-2")
    noted = heads(store)
    early = plan(store, at(2031, 12, 1), KEYS, RULES)
    assert early.readings == 0
    due = plan(store, at(2031, 12, 2), KEYS, RULES)
    assert due.readings == 2
    carry_out(store, at(2031, 12, 2), replace(due, due=()))
    lines, total = who_has_read(store, ADMIN, "r-2")
    assert (total, [line.number for line in lines]) == (1, [1])
    assert check(store) == []
    assert check(store, noted) == []
    # What is removed cannot be proven any more; what is there still is.
    with past_guards(store) as connection:
        connection.execute(text("UPDATE access_log SET actor = 'eva' WHERE number = 3"))
    assert "ACCESS_HASH" in {finding.code for finding in check(store)}


def test_nothing_due_changes_nothing(store: Store) -> None:
    populate(store)
    before = dump(store)
    carry_out(store, AFTER, plan(store, AFTER, KEYS, RULES))
    assert dump(store) == before


def test_the_rest_of_the_log_goes_too_when_all_of_it_is_old(store: Store) -> None:
    populate(store)
    persons.person(store, ANNA, KEYS, "r-2")
    due = replace(plan(store, at(2032, 1, 1), KEYS, RULES), due=())
    carry_out(store, at(2032, 1, 1), due)
    assert dump(store)["access_log"] == []
    persons.person(store, ANNA, KEYS, "r-2")
    assert check(store) == []


def test_the_hash_of_what_is_left_is_that_of_the_rest(store: Store) -> None:
    """The log tells it without the home, so nobody can try homes against it."""
    ended(store)
    erase(store, AFTER, "r-1", dry_run=False)
    held = decision(store, "m-1", "b-1")
    assert decision_rows.digest(held.case) in str(dump(store)["audit"])
    assert PURPOSE.reason not in str(dump(store)["audit"])
