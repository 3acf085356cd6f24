"""The command line on a plan that is there: recommend, replan, simulate, diff."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.documents.strict_json import write_json
from tests.api.command_line import run


def test_recommend_finds_a_place_for_a_visit_that_was_taken_out(
    planned: tuple[Path, Path, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    day_path, plan_path, document = planned
    assert run("recommend", day_path, plan_path) == 0
    assert "Nej: Får inte komma: utesluten, allergisk: c1" in capsys.readouterr().out
    shifts = [s for c in document["modelOutput"]["caregivers"] for s in c["shifts"]]
    shift = next(s for s in shifts if any(stop["kind"] == "VISIT" for stop in s["itinerary"]))
    taken = next(stop["id"] for stop in shift["itinerary"] if stop["kind"] == "VISIT")
    shift["itinerary"] = [stop for stop in shift["itinerary"] if stop.get("id") != taken]
    plan_path.write_text(write_json(document), encoding="utf-8")
    assert run("recommend", day_path, plan_path, "--visit", taken) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"{taken}: ")
    assert "\n  1. " in shown
    assert run("recommend", day_path, plan_path, "--visit", taken, "--json") == 0
    (found,) = json.loads(capsys.readouterr().out)["recommendations"]
    assert found["visits"] == [taken]
    assert found["options"][0]["points"] < 0
    assert run("recommend", day_path, plan_path, "--visit", "borta", "--without", "ingen") == 2
    told = capsys.readouterr().err
    assert "visit borta" in told
    assert "caregiver ingen" in told


def test_replan_tells_who_must_know_and_writes_the_day_after(
    planned: tuple[Path, Path, dict[str, Any]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    day_path, plan_path, document = planned
    carer, visit = next(
        (carer["id"], stop["id"])
        for carer in document["modelOutput"]["caregivers"]
        for shift in carer["shifts"]
        for stop in shift["itinerary"]
        if stop["kind"] == "VISIT"
    )
    day_out, plan_out = tmp_path / "day2.json", tmp_path / "plan2.json"
    asked = ("replan", day_path, plan_path, "--now", "00:00", "--seconds", 0.5)
    assert run(*asked, "--sick", carer) == 0
    assert f"{carer} är sjuk." in capsys.readouterr().out
    assert run(*asked, "--cancel", visit, "--out", plan_out, "--input-out", day_out) == 0
    assert "Avbokat." in capsys.readouterr().out
    assert run("evaluate", day_out, plan_out) == 0
    assert "inga avvikelser" in capsys.readouterr().out
    left = json.loads(day_out.read_text(encoding="utf-8"))["modelInput"]["visits"]
    assert visit not in {each["id"] for each in left}
    assert run(*asked, "--late", f"{carer}=30", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["violations"] == []
    assert visit in {each["id"] for each in told["modelInput"]["visits"]}


def test_replan_tells_all_that_is_wrong_at_once(
    planned: tuple[Path, Path, dict[str, Any]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    day_path, plan_path, _ = planned
    more = tmp_path / "more.json"
    more.write_text('{"visits": [{"id": "x"}]}', encoding="utf-8")
    asked = ("replan", day_path, plan_path)
    assert run(*asked, "--now", "halv nio", "--late", "c1", "--add", more) == 2
    told = capsys.readouterr().err
    for code in ("NOT_A_TIME", "NOT_A_DELAY", "more.json: visits[0]"):
        assert code in told
    assert run(*asked, "--now", "08:00", "--sick", "x", "--cancel", "y") == 2
    told = capsys.readouterr().err
    assert "caregiver x" in told
    assert "visit y" in told


def test_simulate_tells_how_a_plan_holds_with_every_denominator(
    planned: tuple[Path, Path, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    day_path, plan_path, document = planned
    assert run("simulate", day_path, plan_path, "--days", 1200) == 0
    shown = capsys.readouterr().out
    assert "Punktliga, av gjorda besök" in shown
    assert "högst 15 min efter planerad start" in shown
    assert "Simulerat: 1\u00a0200 dagar med frö 1." in shown
    assert max(map(len, shown.splitlines())) <= 80
    assert run("simulate", day_path, plan_path, "--days", 40, "--seed", 3, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["days"], told["seed"], told["tolerance"]) == (40, 3, "PT15M")
    assert len(told["visits"]) == document["kpis"]["plannedVisits"] > 0
    per_day = told["visitsPerDay"]
    parts = per_day["made"] + per_day["cancelled"] + per_day["toSubstitute"]
    assert parts == pytest.approx(per_day["planned"])
    shares = [visit["punctualShare"] for visit in told["visits"] if "punctualShare" in visit]
    assert shares == sorted(shares)
    assert run("simulate", day_path, plan_path, "--days", 1) == 2


def test_simulate_says_so_when_there_is_nothing_to_simulate(
    planned: tuple[Path, Path, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    day_path, plan_path, document = planned
    for carer in document["modelOutput"]["caregivers"]:
        for shift in carer["shifts"]:
            shift["itinerary"] = []
    plan_path.write_text(write_json(document), encoding="utf-8")
    assert run("simulate", day_path, plan_path) == 0
    assert capsys.readouterr().out == "Planen har inga besök att simulera.\n"
    assert run("simulate", day_path, plan_path, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert "punctualShare" not in told
    assert told["visits"] == told["shifts"] == []


def test_simulate_refuses_a_plan_that_cannot_be_carried_out_with_all_reasons(
    planned: tuple[Path, Path, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    day_path, plan_path, document = planned
    shifts = [s for c in document["modelOutput"]["caregivers"] for s in c["shifts"]]
    full = next(s for s in shifts if any(stop["kind"] == "VISIT" for stop in s["itinerary"]))
    stop = next(stop for stop in full["itinerary"] if stop["kind"] == "VISIT")
    full["itinerary"] += [stop, {**stop, "id": "borta"}]
    plan_path.write_text(write_json(document), encoding="utf-8")
    assert run("simulate", day_path, plan_path) == 2
    told = capsys.readouterr().err
    for code in ("OVERLAPPING_TIMES", "UNKNOWN_VISIT", "VISIT_PLANNED_TWICE"):
        assert code in told
    document["modelOutput"]["date"] = "2026-01-01"
    plan_path.write_text(write_json(document), encoding="utf-8")
    assert run("simulate", day_path, plan_path) == 2
    assert "PLAN_OF_ANOTHER_DAY" in capsys.readouterr().err


def test_a_plan_of_another_day_is_refused(
    planned: tuple[Path, Path, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    day_path, plan_path, document = planned
    document["modelOutput"]["date"] = "2026-01-01"
    plan_path.write_text(write_json(document), encoding="utf-8")
    assert run("evaluate", day_path, plan_path) == 2
    assert "PLAN_OF_ANOTHER_DAY" in capsys.readouterr().err


def test_diff_tells_what_moved_and_what_it_is_worth(
    planned: tuple[Path, Path, dict[str, Any]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, before, document = planned
    itinerary = document["modelOutput"]["caregivers"][0]["shifts"][0]["itinerary"]
    stop = next(stop for stop in itinerary if stop["kind"] == "VISIT")
    visit, was = stop["id"], stop["startServiceTime"]
    stop["startServiceTime"] = was[:14] + f"{(int(was[14:16]) + 5) % 60:02}" + was[16:]
    document["kpis"]["total"]["travelTime"] = "PT9H"
    document["metadata"]["id"] = "p-2"
    after = tmp_path / "after.json"
    after.write_text(write_json(document), encoding="utf-8")
    assert run("diff", before, after) == 0
    shown = capsys.readouterr().out
    assert visit in shown
    assert "1 ändrade: 1 ny tid." in shown
    assert "Restid, tim" in shown
    assert run("diff", before, after, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["before"], told["after"]) == ("p", "p-2")
    (change,) = told["changes"]
    assert (change["visitId"], change["kind"]) == (visit, "TIME")
    assert change["before"]["startServiceTime"] == was
    worth = {each["kpi"]: each for each in told["kpis"]}
    assert worth["travelTime"]["after"] == 9 * 3600
    assert worth["travelTime"]["difference"] == 9 * 3600 - worth["travelTime"]["before"]
    assert worth["careTime"]["difference"] == 0


def test_diff_of_unlike_files_tells_the_faults_of_both(
    planned: tuple[Path, Path, dict[str, Any]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, plan_path, document = planned
    assert run("diff", tmp_path / "none.json", tmp_path / "neither.json") == 2
    told = capsys.readouterr().err
    assert "none.json" in told
    assert "neither.json" in told
    document["modelOutput"]["date"] = "2026-01-01"
    other = tmp_path / "other.json"
    other.write_text(write_json(document), encoding="utf-8")
    assert run("diff", plan_path, other) == 2
    assert "PLAN_OF_ANOTHER_DAY" in capsys.readouterr().err
