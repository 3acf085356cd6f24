"""The server's answers: what is sound is kept, what is not is refused whole, with every reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import demo, flow
from api.access.operations import POLICY
from api.documents.plan_schemas import MetadataSchema, Status
from api.documents.plan_writing import as_json, plan_document
from api.documents.planning import Run, write_document
from api.documents.strict_json import MAX_BYTES
from api.server import examples, store_examples
from api.server.openapi_access import operations
from tests.api import solvers
from tests.api.cases import TWO_VISITS, changed, encoded
from tests.api.server import problem, rows, running
from tests.api.test_documents import plant_many

METADATA = MetadataSchema(id="p", status=Status.SOLVING_COMPLETED)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with running(tmp_path, solvers.wait) as made:
        yield made


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    "path",
    [
        "/v1/day-plans",
        "/v1/decisions",
        "/v1/hour-costs",
        "/v1/check",
        "/v1/evaluate",
        "/v1/recommendations",
        "/v1/replans",
        "/v1/simulations",
    ],
)
@pytest.mark.parametrize(
    ("body", "status", "codes"),
    [
        (b"", 422, ["BROKEN_JSON"]),
        (b'{"a": ', 422, ["BROKEN_JSON"]),
        (b"\xff\xfe{", 422, ["NOT_UTF8"]),
        (b"[" * 100_000, 422, ["NESTED_TOO_DEEP"]),
        (b"garbage!" * (50 * 1024 * 1024 // 8), 413, ["TOO_LARGE"]),
    ],
    ids=["empty", "broken", "utf-16", "deep", "50 MB"],
)
def test_unreadable_bodies_are_refused_and_nothing_is_stored(
    path: str,
    body: bytes,
    status: int,
    codes: list[str],
    client: TestClient,
    tmp_path: Path,
) -> None:
    assert problem(client.post(path, content=body), status) == codes
    assert rows(tmp_path) == 0


def test_a_body_that_hides_its_length_is_refused_when_it_passes_the_limit(
    client: TestClient, tmp_path: Path
) -> None:
    """Without a length, only counting what arrives protects the server."""
    chunk = b" " * 1024 * 1024

    def chunks() -> Iterator[bytes]:
        for _ in range(MAX_BYTES // len(chunk) + 1):
            yield chunk

    assert problem(client.post("/v1/day-plans", content=chunks()), 413) == ["TOO_LARGE"]
    assert rows(tmp_path) == 0


def test_every_fault_of_a_day_is_told_at_once_and_nothing_is_stored(
    client: TestClient, tmp_path: Path
) -> None:
    codes = problem(client.post("/v1/day-plans", content=encoded(changed(plant_many))), 422)
    assert set(codes) == {
        "UNKNOWN_FIELD",
        "WRONG_TYPE",
        "SHIFT_ENDS_BEFORE_START",
        "DURATION_NOT_POSITIVE",
        "WINDOW_ENDS_BEFORE_START",
        "GAP_LARGER_THAN_WINDOWS",
        "DUPLICATE_ID",
    }
    assert rows(tmp_path) == 0


def test_a_time_limit_above_the_servers_is_refused(tmp_path: Path) -> None:
    document = {**TWO_VISITS, "config": {"run": {"termination": {"spentLimit": "PT2M"}}}}
    with running(tmp_path, solvers.wait, max_seconds=60) as client:
        answer = client.post("/v1/day-plans", content=encoded(document))
        assert problem(answer, 422) == ["OUT_OF_RANGE"]


def test_prices_before_the_first_parameter_value_are_refused(client: TestClient) -> None:
    """There is no default: an old price must never be invented."""
    answer = client.post("/v1/hour-costs", json={"day": "1999-03-04"})
    assert problem(answer, 422) == ["BEFORE_FIRST_VALUE"]


def test_what_is_not_there_is_a_problem_too(client: TestClient) -> None:
    assert problem(client.get("/v1/day-plans/nope"), 404) == ["NOT_FOUND"]
    assert problem(client.delete("/v1/day-plans/nope"), 404) == ["NOT_FOUND"]
    assert problem(client.get("/v1/decisions/nope"), 404) == ["NOT_FOUND"]
    missing = {"day": "2026-03-04", "dayPlanId": "nope"}
    assert problem(client.post("/v1/hour-costs", json=missing), 404) == ["NOT_FOUND"]
    assert problem(client.get("/nowhere"), 404) == []
    assert problem(client.put("/health"), 405) == []


def test_plans_that_are_not_there_yet_are_not_compared(client: TestClient) -> None:
    ids = [client.post("/v1/day-plans", content=encoded(TWO_VISITS)).json()["id"] for _ in "ab"]
    path = "/v1/day-plans/{}/diff/{}"
    assert problem(client.get(path.format(*ids)), 422) == ["NO_PLAN", "NO_PLAN"]
    assert problem(client.get(path.format(ids[0], "none")), 404) == ["NOT_FOUND"]


@pytest.mark.parametrize("query", ["size=XXL", "seed=-1", "seed=x", "day=4/3", "day=1"])
def test_a_wrong_parameter_is_told_without_its_content(query: str, client: TestClient) -> None:
    answer = client.get(f"/v1/demo-data?{query}")
    assert problem(answer, 422) == ["WRONG_PARAMETER"]
    assert "XXL" not in answer.text


def test_no_refusal_repeats_what_was_sent(client: TestClient) -> None:
    """A refused body may hold names and personal numbers; answers end up in logs."""
    document = deepcopy(TWO_VISITS)
    document["modelInput"]["visits"][0]["name"] = 194001011234
    document["modelInput"]["caregivers"][0]["shifts"] = "Anna Svensson"
    answer = client.post("/v1/day-plans", content=encoded(document))
    assert "194001011234" not in answer.text
    assert "Svensson" not in answer.text


def test_an_unexpected_fault_is_a_problem_without_traceback(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("Anna Svensson")

    monkeypatch.setattr("api.server.services.Services.plan_metadata", fail)
    answer = client.get("/v1/day-plans/p/metadata")
    assert problem(answer, 500) == []
    assert "Svensson" not in answer.text + caplog.text
    assert "RuntimeError" in caplog.text


# ---------------------------------------------------------------- what is kept


def test_demo_data_can_be_posted_as_it_comes(client: TestClient) -> None:
    document = client.get("/v1/demo-data?size=S&seed=3&day=2026-03-07").json()
    assert document["modelInput"]["date"] == "2026-03-07"
    assert client.post("/v1/day-plans", json=document).status_code == 202


def test_a_plan_is_evaluated_and_nothing_is_stored(client: TestClient, tmp_path: Path) -> None:
    """A visit given to nobody, and one an hour late: each is told with its size."""
    day, _ = demo.document("S", 1, date(2026, 3, 4))
    made = flow.first_plan(day, Run(threads=1))
    output = as_json(plan_document(made, METADATA, day))["modelOutput"]
    body = {"modelInput": write_document(day)["modelInput"], "modelOutput": output}
    told = client.post("/v1/evaluate", json=body).json()
    assert (told["violations"], told["objective"]) == ([], made.objective)
    assert told["kpis"]["plannedVisits"] == len(day.visits) - len(made.unassigned)
    assert told["kpis"]["cost"]["zones"]
    shift = next(s for c in output["caregivers"] for s in c["shifts"] if s["itinerary"])
    lost = shift["itinerary"].pop()
    spoilt = client.post("/v1/evaluate", json=body).json()
    assert [(v["rule"], v["visits"]) for v in spoilt["violations"] if lost["kind"] == "VISIT"] == [
        ("ASSIGNED_ONCE", [lost["id"]])
    ]
    assert spoilt["objective"] > told["objective"]
    assert rows(tmp_path) == 0


def test_the_faults_of_a_day_and_of_its_plan_are_told_together(client: TestClient) -> None:
    body = deepcopy({**examples.EVALUATION_REQUEST})
    body["modelInput"]["visits"][0]["serviceDuration"] = "PT0M"
    body["modelOutput"]["date"] = "4/3"
    codes = problem(client.post("/v1/evaluate", json=body), 422)
    assert sorted(codes) == ["DURATION_NOT_POSITIVE", "NOT_A_DAY"]
    other = deepcopy({**examples.EVALUATION_REQUEST})
    other["modelOutput"]["date"] = "2026-03-05"
    assert problem(client.post("/v1/evaluate", json=other), 422) == ["PLAN_OF_ANOTHER_DAY"]


def test_a_place_is_recommended_as_in_the_example_and_nothing_is_stored(
    client: TestClient, tmp_path: Path
) -> None:
    body = deepcopy({**examples.RECOMMENDATION_REQUEST})
    assert client.post("/v1/recommendations", json=body).json() == examples.RECOMMENDATIONS
    body["visits"], body["caregivers"] = ["v-2"], ["c-2"]
    told = client.post("/v1/recommendations", json=body)
    assert problem(told, 422) == ["UNKNOWN_ID", "UNKNOWN_ID"]
    body["visits"], body["caregivers"] = [], []
    # The delegation ended the day before.
    body["modelInput"]["caregivers"][0]["delegations"][0]["validTo"] = "2026-03-03"
    (found,) = client.post("/v1/recommendations", json=body).json()["recommendations"]
    assert found["options"] == []
    assert [(no["caregiverId"], no["code"], no["text"]) for no in found["refusals"]] == [
        ("c-1", "SKILL", "Saknar läkemedel.")
    ]
    assert rows(tmp_path) == 0


def test_a_day_is_planned_anew_as_in_the_example_and_nothing_is_stored(
    client: TestClient, tmp_path: Path
) -> None:
    told = client.post("/v1/replans", json=examples.REPLAN_REQUEST).json()
    for name in ("modelOutput", "changes", "untouchedVisits", "keptVisits", "objective"):
        assert told[name] == examples.REPLAN[name], name
    assert examples.REPLAN["scoreAnalysis"][0] in told["scoreAnalysis"]
    # The day after is an input like any other.
    body = {"modelInput": told["modelInput"], "modelOutput": told["modelOutput"]}
    assert client.post("/v1/evaluate", json=body).json()["violations"] == []
    assert rows(tmp_path) == 0


def test_the_faults_of_what_has_happened_are_told_with_where_they_stand(
    client: TestClient,
) -> None:
    body = deepcopy({**examples.REPLAN_REQUEST})
    new = deepcopy(body["modelInput"]["visits"][0])
    new["id"], new["requiredSkills"] = "v-9", ["sondmatning"]
    body["disturbances"]["addedVisits"] = [new]
    refused = client.post("/v1/replans", json=body)
    assert problem(refused, 422) == ["UNKNOWN_SKILL"]
    assert refused.json()["findings"][0]["where"].startswith("disturbances.addedVisits[0] (v-9)")
    body["disturbances"] = {"now": "07:00", "delays": [{"caregiverId": "c-1", "duration": "5"}]}
    codes = problem(client.post("/v1/replans", json=body), 422)
    assert sorted(codes) == ["NOT_A_DURATION", "NOT_A_TIME"]
    body["disturbances"] = {"now": "2026-03-04T07:00:00+01:00", "sickCaregivers": ["c-9"]}
    assert problem(client.post("/v1/replans", json=body), 422) == ["UNKNOWN_ID"]
    body["modelOutput"]["date"] = "2026-03-05"
    assert problem(client.post("/v1/replans", json=body), 422) == ["PLAN_OF_ANOTHER_DAY"]


def test_two_days_are_not_planned_anew_at_once(client: TestClient) -> None:
    body = {**examples.REPLAN_REQUEST, "spentLimit": "PT0.2S"}
    services = client.app.state.services  # type: ignore[attr-defined]
    with services.replanning:
        assert problem(client.post("/v1/replans", json=body), 503) == ["BUSY"]
    assert client.post("/v1/replans", json=body).status_code == 200


def test_the_data_of_a_day_is_checked_as_in_the_example_and_nothing_is_stored(
    client: TestClient, tmp_path: Path
) -> None:
    """The same document as for a plan; one with a fault is refused the same way."""
    assert client.post("/v1/check", json=examples.DAY_PLAN).json() == examples.DATA_CHECK
    alone = deepcopy({**examples.DAY_PLAN})
    alone["modelInput"]["visits"][0]["prohibitedCaregivers"] = ["c-1", "c-9"]
    told = client.post("/v1/check", json=alone).json()
    assert (told["blocks"], told["advice"][0]["code"]) == (1, "ALL_EXCLUDED")
    assert [each["code"] for each in told["findings"]] == ["UNKNOWN_CARER_IN_WISHES"]
    alone["modelInput"]["visits"][0]["requiredSkills"] = ["okänd"]
    assert problem(client.post("/v1/check", json=alone), 422) == ["UNKNOWN_SKILL"]
    assert rows(tmp_path) == 0


def test_a_plan_is_simulated_as_in_the_example_and_nothing_is_stored(
    client: TestClient, tmp_path: Path
) -> None:
    body = deepcopy({**examples.SIMULATION_REQUEST})
    assert client.post("/v1/simulations", json=body).json() == examples.SIMULATION
    del body["days"], body["seed"]
    assert client.post("/v1/simulations", json=body).json() == examples.SIMULATION
    body["days"], body["seed"] = 1, -1
    assert problem(client.post("/v1/simulations", json=body), 422) == [
        "OUT_OF_RANGE",
        "OUT_OF_RANGE",
    ]
    body["days"], body["seed"] = 5000, 2
    assert client.post("/v1/simulations", json=body).json()["days"] == 5000
    other = deepcopy({**examples.SIMULATION_REQUEST})
    other["modelOutput"]["date"] = "2026-03-05"
    assert problem(client.post("/v1/simulations", json=other), 422) == ["PLAN_OF_ANOTHER_DAY"]
    assert rows(tmp_path) == 0


def test_stated_prices_need_no_plan(client: TestClient) -> None:
    costs = client.post("/v1/hour-costs", json={"day": "2026-03-04"}).json()["hourCosts"]
    assert {cost["zone"] for cost in costs} == {"town", "rural"}
    for cost in costs:
        assert cost["shareSource"] == "stated"
        total = sum(round(float(line["amount"]) * 100) for line in cost["lines"])
        assert total == round(float(cost["total"]) * 100)


# ---------------------------------------------------------------- the description


def test_the_description_holds_every_operation(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    assert {each["operationId"] for each in operations(described)} == POLICY.keys()
    text = json.dumps(described)
    for name in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in described["components"]["schemas"]


def test_the_examples_of_bodies_are_accepted(client: TestClient) -> None:
    assert client.post("/v1/day-plans", json=examples.DAY_PLAN).status_code == 202
    made = client.put("/v1/municipality", json=store_examples.MUNICIPALITY_REQUEST)
    assert made.json() == store_examples.MUNICIPALITY
    registered = client.post("/v1/decisions", json=store_examples.DECISIONS)
    assert registered.status_code == 201
    assert registered.json().keys() == store_examples.REGISTERED.keys()
    view = client.get("/v1/decisions/b-1?day=2026-03-04").json()
    for shown in (view, store_examples.DECISION_VIEW):
        # The answer also tells what the example leaves at its default.
        assert shown["decision"].keys() >= store_examples.DECISION.keys()
    assert {**view, "decision": ""} == {**store_examples.DECISION_VIEW, "decision": ""}
    assert client.get("/v1/decisions").json().keys() == store_examples.DECISION_PAGE.keys()
    history = client.get("/v1/decisions/b-1/history").json()["revisions"]
    assert history[0].keys() == store_examples.HISTORY["revisions"][0].keys()
    plans = "/v1/units/centrum/plans/2026-03-04"
    body = store_examples.SAVE_REQUEST
    saved = client.post(f"{plans}/revisions", json=body, headers={"If-Match": '"0"'})
    assert saved.json() == store_examples.SAVED
    assert client.get(plans).json() == store_examples.PLAN_DAY
    shown = client.get(f"{plans}/revisions/1").json()
    assert shown.keys() == store_examples.PLAN_REVISION.keys()
    for step, version, wanted in (
        ("approve", 1, store_examples.APPROVED), ("publish", 2, store_examples.PUBLISHED),
    ):  # fmt: skip
        headers = {"If-Match": f'"{version}"'}
        assert client.post(f"{plans}/revisions/1/{step}", headers=headers).json() == wanted
    for path, body, version in (
        ("interruptions", store_examples.INTERRUPTION, 1), ("end", store_examples.END, 2),
    ):  # fmt: skip
        headers = {"If-Match": f'"{version}"'}
        changed = client.post(f"/v1/decisions/b-1/{path}", json=body, headers=headers)
        assert changed.json()["version"] == version + 1
