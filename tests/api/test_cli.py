"""The command line: exit codes, every reason of a refusal, and a start that loads nothing heavy."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from api import demo, flow
from api.documents.iso8601 import parse_duration
from api.documents.planning import write_document
from api.documents.strict_json import write_json
from api.terminal.console import stop_on_interrupt
from scheduler.care.units import round_half_up
from tests.api.cases import changed
from tests.api.command_line import run
from tests.api.test_documents import plant_many

HEAVY = ("ortools", "numba", "numpy", "pandas", "fastapi", "sqlmodel", "pydantic", "jinja2")


# ---------------------------------------------------------------- start


def test_importing_the_command_line_loads_nothing_heavy() -> None:
    """Help must answer at once, also on a slow machine."""
    program = f"import sys, api.cli; print([name for name in {HEAVY} if name in sys.modules])"
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


@pytest.mark.alone
def test_help_answers_within_half_a_second() -> None:
    """The best of three, so that a busy machine does not decide."""
    program = "from api.cli import main; main(['--help'])"
    took = []
    for _ in range(3):
        started = time.perf_counter()
        shown = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
        took.append(time.perf_counter() - started)
        for command in (
            b"demo",
            b"check",
            b"plan",
            b"evaluate",
            b"recommend",
            b"replan",
            b"simulate",
            b"price",
            b"serve",
        ):
            assert command in shown.stdout
    assert min(took) < 0.5


# ---------------------------------------------------------------- check


def test_check_says_what_improves_and_ends_well_when_nothing_blocks(
    day_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", day_file) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("Det här gör planen bättre (4)\n")
    assert "Det här hindrar" not in shown.out
    assert shown.out.endswith("Inget hindrar en plan.\n")
    assert shown.err == ""
    assert run("check", day_file, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["date"], told["blocks"], told["improves"]) == ("2026-03-04", 0, 4)


def test_check_says_what_blocks_first_and_exits_with_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Eight visits while nobody works: five are named, the width is that of a terminal."""

    def change(_document: Any, _carers: Any, visits: list[Any]) -> None:
        late = [
            {
                "minStartTime": "2026-03-04T21:00:00+01:00",
                "maxStartTime": "2026-03-04T22:00:00+01:00",
            }
        ]
        visits[1:] = [{**visits[0], "id": f"sen-{n}", "timeWindows": late} for n in range(8)]

    path = tmp_path / "day.json"
    path.write_text(write_json(changed(change)), encoding="utf-8")
    assert run("check", path) == 1
    shown = capsys.readouterr().out
    assert shown.startswith("Det här hindrar en plan (1)\n  1. 8 besök kan aldrig planeras.")
    assert "Besök: sen-0, sen-1, sen-2, sen-3, sen-4 och 3 till" in shown
    assert shown.index("Det här hindrar") < shown.index("Det här gör planen bättre")
    assert max(map(len, shown.splitlines())) <= 80
    assert run("check", path, "--json") == 1
    advice = json.loads(capsys.readouterr().out)["advice"][0]
    assert (advice["code"], advice["level"], advice["count"]) == ("NO_SHIFT_IN_WINDOW", "BLOCKS", 8)
    assert len(advice["ids"]) == 8


def test_check_of_a_document_with_errors_tells_them_and_checks_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def change(_document: Any, carers: list[Any], visits: list[Any]) -> None:
        carers[0]["shifts"][0]["transportMode"] = "HORSE"
        visits[0]["requiredSkills"] = ["okänd"]
        visits[1]["services"] = ["insulin"]

    path = tmp_path / "day.json"
    path.write_text(write_json(changed(change)), encoding="utf-8")
    assert run("check", path) == 2
    shown = capsys.readouterr()
    assert "UNKNOWN_CODE" in shown.err
    assert "1 besök med läkemedel, insulin eller annan sjukvård" in shown.out
    assert "när felen är rättade" in shown.out
    assert "Inget hindrar" not in shown.out
    assert run("check", path, "--json") == 2
    assert capsys.readouterr().out == ""
    path.write_text("{", encoding="utf-8")
    assert run("check", path) == 2
    assert "BROKEN_JSON" in capsys.readouterr().err


# ---------------------------------------------------------------- plan and evaluate


def test_plan_writes_a_plan_that_evaluate_accepts(
    day_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "plan.json"
    # It ends as soon as the plan is proven the best.
    assert run("plan", day_file, "--seconds", 20.5, "--threads", 1, "--out", out) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Bevisat: ingen plan har färre poäng." in shown.err
    document = json.loads(out.read_text(encoding="utf-8"))
    assert document["modelOutput"]["bound"] == document["metadata"]["objective"]
    assert document["metadata"]["spentLimit"] == "PT20.5S"
    assert document["modelOutput"]["unassignedVisits"] == []
    assert run("evaluate", day_file, out) == 0
    assert "inga avvikelser" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_without_out_the_plan_is_all_that_is_printed(
    day_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("plan", day_file, "--seconds", 0.3, "--threads", 1) == 0
    assert json.loads(capsys.readouterr().out)["metadata"]["id"] == "day"


def test_evaluate_tells_what_the_plan_costs_by_a_price_list_and_only_then(
    planned: tuple[Path, Path, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    day_path, plan_path, _ = planned
    assert run("evaluate", day_path, plan_path, "--prices", flow.DEMO_PRICES, "--json") == 0
    kpis = json.loads(capsys.readouterr().out)["kpis"]
    # The demo's worked hour costs 336.55 kr.
    paid_s = [parse_duration(zone["paidTime"]) for zone in kpis["zones"]]
    amounts = [Decimal(zone["amount"]) for zone in kpis["cost"]["zones"]]
    assert amounts == [round_half_up(Decimal("336.55") * s / 3600) for s in paid_s]
    assert Decimal(kpis["cost"]["amount"]) == sum(amounts)
    assert run("evaluate", day_path, plan_path, "--prices", flow.DEMO_PRICES) == 0
    assert "Personalkostnad för dagen" in capsys.readouterr().out
    assert run("evaluate", day_path, plan_path, "--json") == 0
    assert "cost" not in json.loads(capsys.readouterr().out)["kpis"]


def test_evaluate_lists_every_violation_and_exits_with_one(
    planned: tuple[Path, Path, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    day_path, plan_path, document = planned
    for carer in document["modelOutput"]["caregivers"]:
        for shift in carer["shifts"]:
            shift["itinerary"] = []
    document["modelOutput"]["unassignedVisits"] = []
    plan_path.write_text(write_json(document), encoding="utf-8")
    assert run("evaluate", day_path, plan_path) == 1
    shown = capsys.readouterr().out
    visits = json.loads(day_path.read_text(encoding="utf-8"))["modelInput"]["visits"]
    assert visits
    for visit in visits:
        assert f"ASSIGNED_ONCE {visit['id']}" in shown


def test_evaluate_tells_the_faults_of_both_files_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day_path, plan_path = tmp_path / "d.json", tmp_path / "p.json"
    day_path.write_text(json.dumps(changed(plant_many)), encoding="utf-8")
    plan_path.write_text("{", encoding="utf-8")
    assert run("evaluate", day_path, plan_path) == 2
    shown = capsys.readouterr().err
    for code in ("WINDOW_ENDS_BEFORE_START", "GAP_LARGER_THAN_WINDOWS", "BROKEN_JSON"):
        assert code in shown


def test_evaluate_tells_what_a_plan_costs_and_measures(
    planned: tuple[Path, Path, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    """What is said of a plan by itself does not count: travel is measured, points are added up."""
    day_path, plan_path, document = planned
    document["scoreAnalysis"] = []
    plan_path.write_text(write_json(document), encoding="utf-8")
    assert run("evaluate", day_path, plan_path) == 0
    shown = capsys.readouterr().out
    assert "Restid" in shown
    assert "Brukartid av betald tid" in shown
    # A broken rule is one line, however long, so that it can be searched for.
    tables = [line for line in shown.splitlines() if not line.startswith("- ")]
    assert max(map(len, tables)) <= 80
    assert run("evaluate", day_path, plan_path, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["objective"] == document["metadata"]["objective"] > 0
    assert sum(term["points"] for term in told["scoreAnalysis"]) == told["objective"]
    assert told["violations"] == []
    assert told["kpis"] == document["kpis"]


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "BROKEN_JSON"),
        (b"{", "BROKEN_JSON"),
        (b"\xff\xfe{", "NOT_UTF8"),
        (b"garbage!" * (50 * 1024 * 1024 // 8), "TOO_LARGE"),
    ],
    ids=["empty", "broken", "utf-16", "50 MB"],
)
def test_unreadable_input_exits_with_two_and_says_why(
    content: bytes, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "day.json", tmp_path / "plan.json"
    path.write_bytes(content)
    assert run("plan", path, "--out", out) == 2
    shown = capsys.readouterr()
    assert code in shown.err
    assert "Traceback" not in shown.err
    assert shown.out == ""
    assert not out.exists()


def test_every_fault_of_the_input_is_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "day.json"
    path.write_text(json.dumps(changed(plant_many)), encoding="utf-8")
    assert run("plan", path) == 2
    shown = capsys.readouterr().err
    for code in (
        "UNKNOWN_FIELD",
        "WRONG_TYPE",
        "SHIFT_ENDS_BEFORE_START",
        "DURATION_NOT_POSITIVE",
        "WINDOW_ENDS_BEFORE_START",
        "GAP_LARGER_THAN_WINDOWS",
        "DUPLICATE_ID",
    ):
        assert code in shown


@pytest.mark.alone
def test_output_that_cannot_be_written_is_refused_before_the_search(
    day_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody should wait half an hour for a plan that has nowhere to go."""
    started = time.perf_counter()
    for out in (tmp_path, day_file / "plan.json", Path("/proc/nowhere/plan.json")):
        assert run("plan", day_file, "--seconds", 30, "--out", out) == 2
        assert "UNWRITABLE_OUTPUT" in capsys.readouterr().err
    assert time.perf_counter() - started < 5


def test_a_missing_file_is_a_finding(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("evaluate", "missing.json", "missing.json") == 2
    assert "UNREADABLE_FILE" in capsys.readouterr().err


def test_findings_in_brackets_are_not_taken_for_markup(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def change(_document: Any, _carers: Any, visits: list[Any]) -> None:
        visits[0]["requiredSkills"] = ["[red]x[/red]"]

    path = tmp_path / "day.json"
    path.write_text(json.dumps(changed(change)), encoding="utf-8")
    assert run("plan", path) == 2
    assert "[red]x[/red]" in capsys.readouterr().err


# ---------------------------------------------------------------- price


def test_price_by_the_list_needs_only_a_day(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("price", flow.DEMO_PRICES, "--day", "2026-03-04", "--json") == 0
    costs = json.loads(capsys.readouterr().out)
    assert {cost["shareSource"] for cost in costs} == {"stated"}


def test_price_measures_the_plan_alone_as_with_its_input(
    planned: tuple[Path, Path, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    day_path, plan_path, _ = planned
    assert run("price", flow.DEMO_PRICES, "--plan", plan_path, "--json") == 0
    alone = capsys.readouterr().out
    assert run("price", flow.DEMO_PRICES, "--plan", plan_path, "--input", day_path, "--json") == 0
    assert capsys.readouterr().out == alone
    assert "measured" in {cost["shareSource"] for cost in json.loads(alone)}


def test_price_is_shown_in_swedish(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("price", flow.DEMO_PRICES, "--day", "2026-03-04") == 0
    shown = capsys.readouterr().out
    assert "Ersättning, egen regi" in shown
    assert "Brukartidsandel" in shown


def test_price_of_a_day_before_the_first_value_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("price", flow.DEMO_PRICES, "--day", "1999-01-01") == 2
    assert "BEFORE_FIRST_VALUE" in capsys.readouterr().err


def test_price_without_a_day_is_of_the_latest_change(capsys: pytest.CaptureFixture[str]) -> None:
    """Kristianstad's price list begins on 2017-05-01; no clock decides what it says."""
    published = flow.DEMO_PRICES.parents[1] / "published" / "kristianstad_2017.toml"
    assert run("price", published, "--json") == 0
    costs = json.loads(capsys.readouterr().out)
    assert {(cost["zone"], cost["day"], cost["rates"]["PRIVATE"]) for cost in costs} == {
        ("town", "2017-05-01", "493"),
        ("rural", "2017-05-01", "523"),
    }


def test_a_plan_without_measured_time_is_not_priced_as_if_it_had_some(
    planned: tuple[Path, Path, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    _, plan_path, document = planned
    del document["kpis"]
    plan_path.write_text(write_json(document), encoding="utf-8")
    assert run("price", flow.DEMO_PRICES, "--plan", plan_path) == 2
    assert "NOTHING_MEASURED" in capsys.readouterr().err


# ---------------------------------------------------------------- Ctrl-C


def test_the_second_ctrl_c_interrupts_as_usual() -> None:
    """Whoever presses it again does not want to wait."""
    # A shell that runs the tests in the background has it ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with stop_on_interrupt() as asked:
            os.kill(os.getpid(), signal.SIGINT)
            assert asked.is_set()
            with pytest.raises(KeyboardInterrupt):
                os.kill(os.getpid(), signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.alone
def test_ctrl_c_keeps_the_best_plan_so_far(tmp_path: Path) -> None:
    """On a day that is too large to be proven done before the key is pressed."""
    day_file, out = tmp_path / "day.json", tmp_path / "plan.json"
    day_file.write_text(
        write_json(write_document(*demo.document("S", 1, date(2026, 3, 4)))), encoding="utf-8"
    )
    program = "import sys; from api.cli import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", program, "plan", day_file, "--seconds", "60", "--out", out]
    child = subprocess.Popen([str(part) for part in command], stderr=subprocess.PIPE, text=True)
    assert child.stderr is not None
    child.stderr.readline()  # the first progress: the search is under way
    os.kill(child.pid, signal.SIGINT)
    _, errors = child.communicate(timeout=30)
    assert child.returncode == 0, errors
    assert "Avbruten" in errors
    assert run("evaluate", day_file, out) == 0


def test_a_plan_says_how_many_ways_are_estimated(
    day_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All of them where the day gives no travel times; nothing is said when none is."""

    def give(document: dict[str, Any], _carers: Any, _visits: Any) -> None:
        places, times = [[56.03, 14.15], [56.035, 14.16]], [[0, 240], [300, 0]]
        table = {"transportMode": "BICYCLE", "locations": places, "durationsS": times}
        document["modelInput"]["travelTimes"] = [table]

    out = day_file.parent / "plan.json"
    assert run("plan", day_file, "--seconds", "0.2", "--out", out) == 0
    told = capsys.readouterr().err.replace("\u00a0", " ")
    assert "Restid uppskattad för 100,0 % av sträckorna." in told
    day_file.write_text(write_json(changed(give)), encoding="utf-8")
    assert run("plan", day_file, "--seconds", "0.2", "--out", out) == 0
    assert "Restid uppskattad" not in capsys.readouterr().err


def test_serving_to_others_needs_a_login(capsys: pytest.CaptureFixture[str]) -> None:
    """Everybody who reaches it would be the local user."""
    assert run("serve", "--host", "0.0.0.0") == 2  # noqa: S104
    assert "NO_LOGIN" in capsys.readouterr().err
