"""
Unified home health care: each cost component, rule and written break against the public checker.

Tests marked shared need the public instances; skipped with a message without them, never in CI.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.drive import REQUIRED_POINTS, BadInstance, Mapped
from bench.uhhc import HARD_WEIGHT, LUNCH, read_problem, write_solution
from scheduler.problem import BREAK, FOREVER_S, MUST_POINTS
from tests.bench.shared_checkers import best_known, load_checker, run_program
from tests.judge import judge

Route = list[tuple[int, int]]
INSTANCES = [
    "i-054", "i-077", "i-100", "i-116", "i-126", "i-134", "i-167", "i-235", "i-247", "i-316",
    "i-369", "i-414",
]  # fmt: skip
# Component -> factor of each; primes, so that no two of them can be taken for each other.
WEIGHTS = {
    "travel_time": 2, "total_tardiness": 3, "highest_tardiness": 5, "total_waiting_time": 7,
    "total_extra_time": 11, "max_idle_time": 13, "caregiver_preferences": 101,
    "optional_patients": 211, "missed_lunch_break": 307,
}  # fmt: skip


def instance_of(met: str = "at_service_start", **weights: Any) -> dict[str, Any]:
    """
    Terminal d (row 3) and patients p, q, r (rows 0, 1, 2), ten minutes from everywhere.

    p: two windows, prefers c. q: optional, two independent services. r: sequential, barred for c.
    Caregiver c wants a break, e does not.
    """
    return {
        "metadata": {"time_window_met": met, "cost_components": WEIGHTS | weights},
        "terminal_points": [{"id": "d", "distance_matrix_index": 3}],
        "services": [{"id": s, "default_duration": 20} for s in "stu"],
        "patients": [
            {
                "id": "p",
                "distance_matrix_index": 0,
                "time_windows": [{"start": 30, "end": 60}, {"start": 200, "end": 240}],
                "required_services": [{"service": "s"}],
                "preferred_caregivers": ["c"],
            },
            {
                "id": "q",
                "distance_matrix_index": 1,
                "time_windows": [{"start": 0, "end": 100}],
                "required_services": [{"service": "s", "duration": 5}, {"service": "t"}],
                "synchronization": {"type": "independent"},
                "optional": True,
            },
            {
                "id": "r",
                "distance_matrix_index": 2,
                "time_windows": [{"start": 0, "end": 400}],
                "required_services": [{"service": "t"}, {"service": "u"}],
                "synchronization": {"type": "sequential", "distance": {"min": 15, "max": 40}},
                "incompatible_caregivers": ["c"],
            },
        ],
        "caregivers": [
            {
                "id": "c",
                "abilities": ["s", "t", "u"],
                "departing_point": "d",
                "working_shift": {"start": 10, "end": 300},
                "lunch_break": True,
            },
            {
                "id": "e",
                "abilities": ["s", "t"],
                "departing_point": "d",
                "working_shift": {"start": 0, "end": 300},
            },
        ],
        "lunch_breaks": {"start": 60, "end": 120, "min_duration": 30},
        "distances": [[0 if i == j else 10 for j in range(4)] for i in range(4)],
    }


def read(document: dict[str, Any]) -> Mapped:
    return read_problem(json.dumps(document))


def written(mapped: Mapped, stops: list[Route]) -> dict[str, list[tuple[str, str, float]]]:
    """Caregiver -> (patient, service, start) of what is written."""
    document = json.loads(write_solution(mapped, stops))
    return {
        route["caregiver_id"]: [
            (at["patient"], at["service"], at.get("arrival_time", at.get("start_time")))
            for at in route["locations"]
        ]
        for route in document["routes"]
    }


def _start(entry: dict[str, Any]) -> float:
    """Start of a visit or a break in a solution file."""
    return float(entry.get("arrival_time", entry.get("start_time")))


def stops_of(mapped: Mapped, document: dict[str, Any]) -> list[Route]:
    """
    A published solution as stops.

    Where the carer goes to the next patient first and then has the break, the break comes before
    that way here, as much earlier as the way takes, but not before the carer is free.
    """
    problem, source = mapped.problem, mapped.source
    visit = {(s.patient.name, s.name): v for v, s in enumerate(source.services)}
    place_of = {s.patient.name: s.patient.place for s in source.services}
    at_route = {c.name: k for k, c in enumerate(source.caregivers)}
    stops: list[Route] = [[] for _ in source.caregivers]
    for route in document["routes"]:
        k = at_route[route["caregiver_id"]]
        place, free = int(problem.start_place[k]), int(problem.open_s[k])
        for entry in sorted(route["locations"], key=_start):
            start = int(_start(entry) * source.ticks)
            if entry["service"] == LUNCH:
                to = place_of[entry["patient"]]
                start = max(free, start - int(problem.travel_s[0, place, to]))
                if not stops[k]:
                    start = max(start, int(problem.break_early_s[k]))
                stops[k].append((BREAK, start))
                free = start + int(problem.break_s[k])
            else:
                v = visit[entry["patient"], entry["service"]]
                stops[k].append((v, start))
                place, free = int(problem.place[v]), start + int(problem.duration_s[v])
    return stops


# ---------------------------------------------------------------- mapping


def test_places_follow_the_matrix_index_not_the_order() -> None:
    problem = read(instance_of()).problem
    assert problem.place.tolist() == [0, 1, 1, 2, 2]
    assert problem.start_place.tolist() == problem.end_place.tolist() == [3, 3]


def test_only_the_first_opening_is_hard() -> None:
    problem = read(instance_of()).problem
    assert problem.early_s.tolist() == [30, 0, 0, 0, 0]
    assert set(problem.late_s.tolist()) == set(problem.more_late_s.tolist()) == {FOREVER_S}
    assert problem.due_s.tolist() == [60, 100, 100, 400, 400]
    more = problem.more_visit, problem.more_early_s, problem.more_due_s
    assert [array.tolist() for array in more] == [[0], [200], [240]]


def test_at_service_end_due_times_and_breaks_move_by_the_duration() -> None:
    problem = read(instance_of("at_service_end")).problem
    assert problem.due_s.tolist() == [40, 95, 80, 380, 380]
    assert problem.more_due_s.tolist() == [220]
    assert (problem.break_early_s[0], problem.break_late_s[0]) == (60, 90)


def test_a_service_longer_than_its_window_is_always_tardy() -> None:
    document = instance_of("at_service_end")
    document["patients"][0]["time_windows"] = [{"start": 30, "end": 35}]
    mapped = read(document)
    assert mapped.problem.due_s[0] == 15
    assert judge(mapped.problem, [[(0, 30)], []]).tardiness_s == 15


def test_of_windows_that_open_together_the_last_governs() -> None:
    document = instance_of()
    document["patients"][0]["time_windows"] = [[30, 90], [30, 60]]
    problem = read(document).problem
    assert (problem.due_s[0], len(problem.more_visit)) == (60, 0)


def test_groups_are_tied_or_free() -> None:
    problem = read(instance_of()).problem
    assert problem.group.tolist() == [-1, 1, 1, 3, 3]
    assert problem.offset_min_s.tolist() == [0, 0, -FOREVER_S, 0, 15]
    assert problem.offset_max_s.tolist() == [0, 0, FOREVER_S, 0, 40]
    assert problem.apart[1:].tolist() == [False, False, True, True]


def test_abilities_and_incompatible_caregivers_are_hard_preferences_cost() -> None:
    problem = read(instance_of()).problem
    assert problem.allowed.tolist() == [
        [True, True], [True, True], [True, True], [False, True], [False, False],
    ]  # fmt: skip
    assert problem.carer_points.tolist() == [[0, 101], [0, 0], [0, 0], [0, 0], [0, 0]]


def test_an_optional_patient_costs_its_weight_however_many_services() -> None:
    problem = read(instance_of()).problem
    assert problem.drop_points[1:3].sum() == 211
    assert problem.drop_points[[0, 3, 4]].tolist() == [REQUIRED_POINTS] * 3
    assert read(instance_of()).required.tolist() == [True, False, False, True, True]


def test_every_component_is_counted_once_with_its_weight() -> None:
    """One plan with all nine; the sum is worked out by hand."""
    mapped = read(instance_of())
    # c: q from 20 to 25, waits 35 for q's second service until 80, home at 90; no break.
    # e: p at 290, 50 late in its second window, not preferred; home at 320, 20 over the shift.
    stops = [[(1, 20), (2, 60)], [(0, 290)]]
    verdict = judge(mapped.problem, stops)
    idle_c, idle_e = 300 - 10 - (5 + 20 + 20), 320 - (20 + 20)
    assert idle_e > idle_c
    expected = 2 * 40 + 3 * 50 + 5 * 50 + 7 * 35 + 11 * 20 + 13 * idle_e + 101 + 307
    assert verdict.points - 2 * REQUIRED_POINTS == expected


def test_hard_components_become_rules_or_unpayable() -> None:
    hard = dict.fromkeys(WEIGHTS.keys() - {"travel_time"}, "HARD")
    mapped = read(instance_of(**hard))
    problem = mapped.problem
    assert problem.close_s.tolist() == [300, 300]
    assert problem.break_points.tolist() == [MUST_POINTS] * 2
    assert problem.allowed[0].tolist() == [True, False]
    assert mapped.required.all()
    assert set(problem.drop_points.tolist()) == {REQUIRED_POINTS}
    weights = problem.weights
    assert {weights.tardiness, weights.worst_tardiness, weights.waiting} == {HARD_WEIGHT}
    assert (weights.worst_idle, weights.travel) == (HARD_WEIGHT, 2)


def test_a_component_that_is_missing_weighs_nothing_or_is_hard() -> None:
    document = instance_of()
    document["metadata"]["cost_components"] = {"travel_time": 1}
    mapped = read(document)
    weights = mapped.problem.weights
    assert weights.waiting == weights.tardiness == weights.overtime == weights.worst_idle == 0
    assert mapped.problem.break_points[0] == MUST_POINTS
    assert mapped.required.all()


@pytest.mark.parametrize("weights", [{}, {"travel_time": 2.5}])
def test_fractions_make_thousandths(weights: dict[str, float]) -> None:
    """What a plan costs does not depend on the unit."""
    whole, document = read(instance_of(**weights)), instance_of(**weights)
    document["distances"][3][0] = 10.25
    split = read(document)
    assert split.scale == 1000 * whole.scale
    plan: list[Route] = [[(1, 20), (2, 60)], []]
    fine: list[Route] = [[(1, 20_000), (2, 60_000)], []]
    points = judge(whole.problem, plan).points - 3 * REQUIRED_POINTS
    fine_points = judge(split.problem, fine).points - 3 * REQUIRED_POINTS
    assert fine_points == 1000 * points


# ---------------------------------------------------------------- writing


def test_a_break_after_a_visit_is_written_at_that_patient() -> None:
    mapped = read(instance_of())
    assert written(mapped, [[(0, 50), (BREAK, 80), (1, 120)], []]) == {
        "c": [("p", "s", 50), ("p", LUNCH, 80), ("q", "s", 120)]
    }


@pytest.mark.parametrize(("opens", "starts"), [(10, 65), (60, 70), (110, 120), (111, None)])
def test_an_opening_break_is_written_at_the_first_patient(opens: int, starts: int | None) -> None:
    """Not before the carer can be there, and not at all after the last start of a break."""
    document = instance_of()
    document["caregivers"][0]["working_shift"]["start"] = opens
    route = written(read(document), [[(BREAK, max(opens, 65)), (1, 200)], []])["c"]
    lunch = [] if starts is None else [("q", LUNCH, starts)]
    assert route == [*lunch, ("q", "s", 200)]


def test_a_break_without_visits_is_written_at_home() -> None:
    assert written(read(instance_of()), [[(BREAK, 90)], []]) == {"c": [("d", LUNCH, 60)]}


def test_an_unused_caregiver_is_written_only_when_the_break_must_be() -> None:
    assert written(read(instance_of()), [[], []]) == {}
    hard = read(instance_of(missed_lunch_break="HARD"))
    assert written(hard, [[], []]) == {"c": [("d", LUNCH, 60)]}


# ---------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("metadata", "time_window_met"), "sometimes", "time_window_met: expected at_service"),
        (("metadata", "origin"), "raidl", "metadata.origin: expected rules of the unified"),
        (("metadata", "cost_components", "travel_time"), "HARD", "cost_components.travel_time"),
        (("metadata", "cost_components", "comfort"), 1, "cost_components.comfort: expected a"),
        (("metadata", "cost_components", "max_idle_time"), -1, "cost_components.max_idle_time"),
        (("lunch_breaks",), None, "lunch_breaks: expected a frame for the break of c"),
        (("lunch_breaks", "min_duration"), 0, "lunch_breaks.min_duration: expected above 0"),
        (("distances",), [[0]], "distances: expected 4 rows of 4 numbers"),
        (("terminal_points", 0, "distance_matrix_index"), 1, "distance_matrix_index: expected"),
        (("caregivers", 1, "departing_point"), "x", "terminal points of e: expected one of"),
        (("caregivers", 1, "working_shift"), None, "working_shift of e: expected a shift"),
        (("caregivers", 1, "id"), "c", "caregivers[1].id: expected an id of its own"),
        (("patients", 0, "time_windows"), [], "time_windows of p: expected one window or more"),
        (("patients", 0, "optional"), "yes", "optional of p: expected true or false"),
        (("patients", 0, "required_services"), [{"service": "x"}], "required_services of p"),
        (("patients", 2, "synchronization"), {"type": "late"}, "synchronization of r: expected"),
    ],
)
def test_a_broken_field_is_told(path: tuple[Any, ...], value: object, told: str) -> None:
    document = instance_of()
    at: Any = document
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    with pytest.raises(BadInstance) as refused:
        read(document)
    assert any(fault.startswith(told) for fault in refused.value.faults), refused.value.faults


# ---------------------------------------------------------------- beside the public checker


def random_plan(mapped: Mapped, rng: np.random.Generator) -> list[Route]:
    """Some patients on able carers in any order and at any time they can; some breaks."""
    problem = mapped.problem
    routes: list[list[int]] = [[] for _ in range(problem.routes)]
    patients: dict[str, list[int]] = {}
    for v, service in enumerate(mapped.source.services):
        patients.setdefault(service.patient.name, []).append(v)
    for members in patients.values():
        if rng.random() < 0.8 and problem.allowed[members].any(axis=1).all():
            for v in members:
                routes[int(rng.choice(np.flatnonzero(problem.allowed[v])))].append(v)
    return [_timed(problem, k, route, rng) for k, route in enumerate(routes)]


def _timed(problem: Any, k: int, visits: list[int], rng: np.random.Generator) -> Route:
    """The visits at random times, with a break wherever the first chance is taken."""
    place, free, route = int(problem.start_place[k]), int(problem.open_s[k]), Route()
    taken = problem.break_s[k] == 0
    for v in [*rng.permutation(visits), None]:
        start = max(free, int(problem.break_early_s[k]))
        # The format knows no opening break that starts too late at the first patient.
        there = start if route or v is None else free + int(problem.travel_s[0, place].max())
        if not taken and max(start, there) <= problem.break_late_s[k] and rng.random() < 0.5:
            route.append((BREAK, start))
            free, taken = start + int(problem.break_s[k]), True
        if v is not None:
            leg = int(problem.travel_s[0, place, problem.place[v]])
            start = max(free + leg, int(problem.early_s[v])) + int(rng.integers(30)) * int(
                rng.random() < 0.3
            )
            route.append((int(v), start))
            place, free = int(problem.place[v]), start + int(problem.duration_s[v])
    return route


@pytest.mark.shared
@pytest.mark.parametrize("name", INSTANCES)
def test_random_plans_cost_what_the_public_checker_counts(name: str, benchmarks: Path) -> None:
    """Component by component, on plans that break only the rules that both judge alike."""
    checker = load_checker(benchmarks, "check_uhhc")
    text = (benchmarks / "uhhc" / f"{name}.json").read_text(encoding="utf-8")
    instance, mapped = checker.Instance(json.loads(text)), read_problem(text)
    rng = np.random.default_rng(1)
    for _ in range(10):
        stops = random_plan(mapped, rng)
        verdict = judge(mapped.problem, stops)
        bad, value = checker.check(instance, json.loads(write_solution(mapped, stops)))
        assert value["travel_time"] == verdict.travel_s
        assert value["total_waiting_time"] == verdict.waiting_s
        assert value["total_tardiness"] == verdict.tardiness_s
        assert value["highest_tardiness"] == verdict.worst_tardiness_s
        assert value["total_extra_time"] == verdict.overtime_s
        assert value["max_idle_time"] == verdict.worst_idle_s
        planned = {v for route in stops for v, _ in route}
        left_out = {v for v in range(mapped.problem.visits) if v not in planned}
        required = {v for v in left_out if mapped.required[v]}
        patients = {mapped.source.services[v].patient.name for v in required}
        cost = verdict.points - REQUIRED_POINTS * len(required)
        cost += len(patients) * instance.weights["optional_patients"] * mapped.scale
        assert cost / mapped.scale == checker.total_cost(instance, value)
        broken = sorted(b.split()[0] for b in bad if not b.startswith("U2 mandatory"))
        codes = {"GROUP_START": "U89", "GROUP_CARERS": "U10"}
        alike = [{"U8": "U89", "U9": "U89"}.get(code, code) for code in broken]
        assert sorted(alike) == sorted(codes[v.split()[0]] for v in verdict.violations)


@pytest.mark.shared
def test_a_published_solution_costs_what_is_published(benchmarks: Path) -> None:
    """
    Two of its eight breaks lie after the way to the next patient and cannot lie before it.

    They would start before the frame of breaks; that is all that is wrong, and the cost agrees.
    """
    text = (benchmarks / "uhhc" / "i-369.json").read_text(encoding="utf-8")
    published = benchmarks / "solutions" / "i-369.uhhc.sol.json"
    mapped = read_problem(text)
    stops = stops_of(mapped, json.loads(published.read_text(encoding="utf-8")))
    verdict = judge(mapped.problem, stops)
    assert [v.split()[0] for v in verdict.violations] == ["BREAK", "BREAK"]
    assert verdict.points / mapped.scale == float(best_known(benchmarks, "i-369", "uhhc_weighted"))


@pytest.mark.alone
@pytest.mark.shared
def test_the_public_checker_accepts_the_plan(benchmarks: Path, tmp_path: Path) -> None:
    checker, out = load_checker(benchmarks, "check_uhhc"), tmp_path / "i-116.json"
    run = run_program("uhhc", "i-116", "--data", benchmarks, "--out", out, "--seconds", 1)
    assert run.returncode == 0, run.stderr
    text = (benchmarks / "uhhc" / "i-116.json").read_text(encoding="utf-8")
    instance = checker.Instance(json.loads(text))
    bad, value = checker.check(instance, json.loads(out.read_text(encoding="utf-8")))
    assert not bad
    told = float(run.stdout.split()[1])
    assert checker.total_cost(instance, value) == pytest.approx(told, abs=1e-3)
