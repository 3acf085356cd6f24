"""
The commands of the terminal: read, call one function of the flow, show, write.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from threading import Event

from rich.text import Text

from api import flow
from api.demo import generated, whole_chain
from api.documents.data_check import data_check_document, read_checkable
from api.documents.decisions import document_of
from api.documents.evaluation import evaluation_document
from api.documents.iso8601 import parse_time
from api.documents.json_schema import json_schema
from api.documents.plan_diff import diff_document
from api.documents.plan_reading import read_plan_document
from api.documents.plan_schemas import MetadataSchema, Status
from api.documents.plan_writing import as_json, plan_document
from api.documents.planning import Run, write_document
from api.documents.recommendation import recommendations_document
from api.documents.replanning import read_added, replan_document
from api.documents.simulation import simulation_document
from api.documents.strict_json import read_file, write_json
from api.judgement import judge
from api.pages.formats import number
from api.pages.render import write_outputs
from api.pages.report import print_files, print_report, progress
from api.pages.summary import estimated_ways
from api.pages.texts import texts
from api.server.settings import read_settings
from api.terminal.changes import print_diff
from api.terminal.console import (
    console,
    print_findings,
    require_writable,
    stop_on_interrupt,
    unwritable,
    write_output,
)
from api.terminal.data_check import print_data_check
from api.terminal.evaluation import print_evaluation
from api.terminal.reading import in_file, max_bytes, read_both, read_day, read_with_later
from api.terminal.recommendation import print_recommendations
from api.terminal.replanning import print_replan
from api.terminal.simulation import print_simulation
from pricing.plan_cost import PlanCost
from pricing.price import load_price_parameters
from scheduler.care.errors import CareError, Finding, InvalidInput, NotInForce, Severity
from scheduler.care.model import Day, Visit
from scheduler.care.units import STOCKHOLM
from scheduler.datacheck import Level
from scheduler.disturbances import Delay, Disturbances, load_replanning
from scheduler.plan import Plan

PIPED_PROGRESS_S = 5.0


def demo(
    size: str, seed: int, day: date, *, seconds: float, threads: int, lang: str, out: Path
) -> None:
    """The whole chain on a generated municipality, shown and written to the folder `out`."""
    require_writable(out / "plan.json")
    with _searching(seconds, lang) as (on_progress, asked):
        result = whole_chain(
            size,
            seed,
            day,
            seconds=seconds,
            threads=threads,
            on_progress=on_progress,
            should_stop=asked.is_set,
        )
    screen = console()
    print_report(result, screen, lang)
    plan_id, name = f"demo-{size}-{seed}", result.municipality_name
    text = _plan_text(plan_id, name, result.day, result.plan, result.plan_cost)
    try:
        written = write_outputs(result, out, text, lang)
    except OSError as error:
        raise InvalidInput(unwritable(out, error)) from None
    print_files(written, screen, lang)


def generate(size: str, seed: int, day: date, out: Path) -> None:
    """Write a generated municipality's day and decisions to the folder `out`."""
    require_writable(out / "input.json")
    made, run, registered = generated(size, seed, day)
    decisions = [
        document_of(each).model_dump(mode="json", exclude_none=True) for each in registered
    ]
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(unwritable(out, error)) from None
    write_output(out / "input.json", write_json(write_document(made, run)))
    write_output(out / "decisions.json", write_json(decisions))
    text = f"{number(len(made.visits))} besök, {number(len(made.shifts))} pass och "
    text += f"{number(len(decisions))} beslut för {made.date} finns i {out}."
    console().print(Text(text), soft_wrap=True)


def schema(name: str) -> None:
    """Write out the JSON Schema of a document."""
    sys.stdout.write(write_json(json_schema(name)))


def check(path: Path, *, json: bool) -> bool:
    """
    Check the data in `path`; True when nothing blocks a plan.

    Raises
    ------
    TooLarge, InvalidInput
        With every fault of the document, once what can be read has been checked and shown.
    """
    limit = max_bytes()
    day, findings = read_checkable(read_file(path, max_bytes=limit), max_bytes=limit)
    errors = [each for each in findings if each.severity is Severity.ERROR]
    if errors or day is None:
        if day is not None and not json:
            with suppress(NotInForce):  # which is among the errors
                print_data_check(flow.check_readable(day), console(), whole=False)
        raise InvalidInput(errors)
    if findings:
        print_findings(findings, "Att kontrollera i underlaget")
    found = flow.check(day)
    if json:
        answer = data_check_document(day.date, found, findings)
        sys.stdout.write(write_json(answer.model_dump(mode="json", exclude_none=True)))
    else:
        print_data_check(found, console())
    return not any(each.level is Level.BLOCKS for each in found)


def plan(
    path: Path,
    *,
    seconds: float | None,
    threads: int | None,
    seed: int | None,
    out: Path | None,
) -> None:
    """Plan the day in `path`; options that are None keep what the document says."""
    document = read_day(path)
    said = document.run
    run = replace(
        said,
        seconds=said.seconds if seconds is None else seconds,
        threads=said.threads if threads is None else threads,
        seed=said.seed if seed is None else seed,
    )
    if out is not None:
        require_writable(out)
    with _searching(run.seconds, "sv") as (on_progress, asked):
        made = flow.plan(document.day, run, on_progress=on_progress, should_stop=asked.is_set)
    if asked.is_set():
        _tell("Avbruten: den bästa planen så långt behålls.")
    text = _plan_text(path.stem, run.name, document.day, made)
    if out is None:
        sys.stdout.write(text)
    else:
        write_output(out, text)
    visits = {visit.id for visit in document.day.visits if not visit.standby}
    left = sum(each.visit_id in visits for each in made.unassigned)
    _tell(f"{len(visits) - left} besök planerade, {left} oplanerade.")
    measured = judge(document.day, made).follow_up
    if measured is not None and (sentence := estimated_ways(measured, texts("sv"))):
        _tell(f"{sentence}.")
    _tell(texts("sv").how_far(made))


def evaluate(path: Path, plan_path: Path, *, prices: Path | None, json: bool) -> bool:
    """
    Judge the plan in `plan_path` of the day in `path`; True when it keeps every rule.

    With `prices`, a price list, it also tells what the plan costs.
    """
    document, planned = read_both(path, plan_path)
    judged = judge(document.day, planned.plan)
    cost = None
    if prices is not None and judged.follow_up is not None:
        zones = judged.follow_up.by_zone
        cost = flow.day_cost(load_price_parameters(prices), document.day.date, zones)
    if json:
        found = evaluation_document(
            judged.plan, judged.violations, judged.missed, judged.follow_up, cost
        )
        sys.stdout.write(write_json(found.model_dump(mode="json", exclude_none=True)))
    else:
        print_evaluation(judged, console(), cost)
    return not judged.violations


def recommend(
    path: Path, plan_path: Path, *, visits: list[str], carers: list[str], most: int, json: bool
) -> None:
    """Where visits fit into the plan in `plan_path`, and who could take over from carers."""
    document, planned = read_both(path, plan_path)
    found = flow.recommend(document.day, planned.plan, visits, carers, most)
    if json:
        answer = recommendations_document(found, document.day)
        sys.stdout.write(write_json(answer.model_dump(mode="json", exclude_none=True)))
    else:
        print_recommendations(found, document.day, console())


def replan(
    path: Path,
    plan_path: Path,
    *,
    now: str,
    sick: list[str],
    cancelled: list[str],
    added: Path | None,
    alarms: list[str],
    late: list[str],
    run: Run,
    out: Path | None,
    day_out: Path | None,
    json: bool,
) -> None:
    """Plan anew the rest of the day in `path`, planned in `plan_path`, after what has happened."""
    document, planned = read_both(path, plan_path)
    findings: list[Finding] = []
    what = Disturbances(
        now=_moment(now, document.day.date, findings),
        sick=tuple(sick),
        cancelled=tuple(cancelled),
        added=_added(added, document.day, findings),
        alarms=tuple(alarms),
        delays=tuple(_delay(text, findings) for text in late),
    )
    if findings:
        raise InvalidInput(findings)
    for target in (out, day_out):
        if target is not None:
            require_writable(target)
    with _searching(run.seconds, "sv") as (on_progress, asked):
        found = flow.replan(
            document.day,
            planned.plan,
            what,
            run,
            on_progress=on_progress,
            should_stop=asked.is_set,
        )
    judged = judge(found.day, found.plan)
    answer = replan_document(document.day, found, judged.violations, judged.follow_up)
    if out is not None:
        write_output(out, _plan_text(path.stem, document.run.name, found.day, found.plan))
    if day_out is not None:
        write_output(day_out, write_json(write_document(found.day, document.run)))
    if json:
        sys.stdout.write(write_json(answer.model_dump(mode="json", exclude_none=True)))
    else:
        within_min = load_replanning(document.day.date).kept_within_min
        print_replan(answer, within_min, console())


def move(path: Path, plan_path: Path, later: Path, *, out: Path | None) -> None:
    """Add what the plan in `plan_path` of the day in `path` moved to the day in `later`."""
    document, planned, into = read_with_later(path, plan_path, later)
    if out is not None:
        require_writable(out)
    after = flow.move(document.day, planned.plan, into.day)
    added = len(after.visits) - len(into.day.visits)
    text = write_json(write_document(after, into.run))
    if out is None:
        sys.stdout.write(text)
    else:
        write_output(out, text)
        told = f"{number(added)} besök från {document.day.date} har lagts till {after.date}."
        console().print(Text(told), soft_wrap=True)


def _moment(text: str, day: date, findings: list[Finding]) -> datetime:
    """A time of `day`, such as 09:30, or one with its date."""
    try:
        if len(text) <= len("09:30"):
            return datetime.combine(day, time.fromisoformat(text), STOCKHOLM)
        return parse_time(text)
    except ValueError:
        findings.append(
            Finding(
                "NOT_A_TIME",
                "--now",
                "09:30, or 2026-03-04T09:30:00+01:00",
                "another text",
                "Skriv klockslaget på dagen, efter midnatt med datum.",
            )
        )
        return datetime.combine(day, time(), STOCKHOLM)


def _added(path: Path | None, day: Day, findings: list[Finding]) -> tuple[Visit, ...]:
    if path is None:
        return ()
    try:
        limit = max_bytes()
        return read_added(read_file(path, max_bytes=limit), day, max_bytes=limit)
    except CareError as error:
        findings += in_file(path, error)
        return ()


def _delay(text: str, findings: list[Finding]) -> Delay:
    carer, _, minutes = text.rpartition("=")
    if carer and minutes.isdecimal():
        return Delay(carer, int(minutes))
    findings.append(
        Finding(
            "NOT_A_DELAY",
            "--late",
            "caregiver=minutes",
            "another text",
            "Skriv medarbetaren och minuterna, till exempel c12=20.",
        )
    )
    return Delay("", 1)


def simulate(path: Path, plan_path: Path, *, days: int, seed: int, json: bool) -> None:
    """How the plan in `plan_path` of the day in `path` holds on random days."""
    document, planned = read_both(path, plan_path)
    found = flow.simulate(document.day, planned.plan, days, seed)
    if json:
        answer = simulation_document(found)
        sys.stdout.write(write_json(answer.model_dump(mode="json", exclude_none=True)))
    else:
        print_simulation(found, document.day, console())


def diff(before: Path, after: Path, *, json: bool) -> None:
    """What the plan in `after` changes in the one in `before`."""
    findings: list[Finding] = []
    documents = []
    for path in (before, after):
        try:
            limit = max_bytes()
            content = read_file(path, max_bytes=limit)
            documents.append(read_plan_document(content, max_bytes=limit))
        except CareError as error:
            findings += in_file(path, error)
    if findings:
        raise InvalidInput(findings)
    old, new = documents
    found = diff_document(old, new)
    if json:
        sys.stdout.write(write_json(found.model_dump(mode="json", exclude_none=True)))
    else:
        print_diff(found, console())


def serve(host: str, port: int, database: Path | None) -> None:
    """Run the HTTP server until it is stopped."""
    from api.access.development import require_safe_start
    from api.access.settings import read_access_settings
    from api.server.serving import serve as answer
    from api.store.address import VARIABLE, database_address

    settings, access = read_settings(os.environ), read_access_settings(os.environ)
    require_safe_start(access, host)
    named = {VARIABLE: f"sqlite:///{database}"} if database is not None else os.environ
    console().print(Text(f"Tjänsten svarar på http://{host}:{port}; avsluta med Ctrl-C."))
    answer(settings, access, database_address(named), host, port, os.environ)


def worker() -> None:
    """Solve what waits in the database of DATABASE_URL until it is stopped."""
    from api.server.working import work
    from api.store.address import database_address

    work(read_settings(os.environ), database_address(os.environ))


# ---------------------------------------------------------------- shared


def _plan_text(
    plan_id: str, name: str | None, day: Day, made: Plan, cost: PlanCost | None = None
) -> str:
    """The plan document as text, with what it measures."""
    judged = judge(day, made)
    metadata = MetadataSchema(id=plan_id, name=name, status=Status.SOLVING_COMPLETED)
    broken = len(judged.violations)
    document = plan_document(made, metadata, day, judged.follow_up, broken, cost)
    return write_json(as_json(document))


@contextmanager
def _searching(seconds: float, lang: str) -> Iterator[tuple[flow.OnProgress, Event]]:
    """
    A progress line while a search runs, and an event that Ctrl-C sets.

    Piped to a file, where a line cannot be drawn over, it becomes a new line every few seconds.
    """
    screen = console(stderr=True)
    told_s = 0.0
    with stop_on_interrupt() as asked, screen.status("…") as line:

        def show(reached: flow.Progress) -> None:
            nonlocal told_s
            text = progress(reached.elapsed_s, seconds, reached.objective, reached.unassigned, lang)
            if screen.is_terminal:
                line.update(text)
            elif reached.elapsed_s >= told_s:
                told_s = reached.elapsed_s + PIPED_PROGRESS_S
                screen.print(Text(text))

        yield show, asked


def _tell(text: str) -> None:
    console(stderr=True).print(Text(text))
