"""The client and the service together, and the lines that the documentation shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.client import Client
from api.documents.cases import CasesSchema
from api.documents.purses import InterruptionSchema
from api.refusals import Stale
from api.server import store_examples
from api.server.store_schemas import EndSchema, MunicipalityRequestSchema
from scheduler.care.errors import InvalidInput, NotFound
from tests.api import solvers
from tests.api.client.reading import read
from tests.api.server import running
from tests.conftest import ROOT

IDS = ["b-1", "b-2"]


@pytest.fixture
def http(tmp_path: Path) -> Iterator[TestClient]:
    with running(tmp_path, solvers.quick) as made:
        yield made


@pytest.fixture
def service(http: TestClient) -> Client:
    made = Client(http=http)
    made.municipalities.set_up(read(MunicipalityRequestSchema, store_examples.MUNICIPALITY_REQUEST))
    two = [{**store_examples.DECISION, "id": name} for name in IDS]
    made.decisions.register(read(CasesSchema, {"decisions": two}))
    return made


def test_a_change_names_the_version_that_was_read(service: Client) -> None:
    held = service.decisions.decision("b-1")
    away = read(InterruptionSchema, store_examples.INTERRUPTION)
    changed = service.decisions.interrupt("b-1", away, version=held.version)
    assert changed.version == held.version + 1
    last = EndSchema(last_day=date(2026, 12, 31))
    with pytest.raises(Stale) as refused:
        service.decisions.end("b-1", last, version=held.version)
    assert refused.value.findings[0].code == "STALE_VERSION"
    assert service.decisions.history("b-1").revisions[-1].version == changed.version


def test_every_fault_of_a_document_is_told(service: Client) -> None:
    decision = {**store_examples.DECISION, "unit": "u-0"}
    bad = {"decisions": [{**decision, "id": "b-8"}, {**decision, "id": "b-9"}]}
    with pytest.raises(InvalidInput) as refused:
        service.decisions.register(read(CasesSchema, bad))
    assert [each.code for each in refused.value.findings].count("UNKNOWN_UNIT") == 2


def test_every_decision_is_met_once_over_pages(service: Client) -> None:
    ids = [each.decision.id for each in service.every_decision(page=1)]
    assert ids == IDS


def test_what_is_not_there_is_not_found(service: Client) -> None:
    with pytest.raises(NotFound):
        service.day_plans.plan("p-0")


def test_the_lines_of_the_documentation_work(
    service: Client, http: TestClient, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    (lines,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    monkeypatch.setattr("api.client.client.httpx2.Client", lambda **_: http)
    # The server is asked once more afterwards.
    monkeypatch.setattr(http, "close", lambda: None)
    exec(compile(lines, "docs/api.md", "exec"), {})  # noqa: S102 - our own lines
    assert "SOLVING_" in capsys.readouterr().out
    assert service.decisions.decision("b-1").value.decision.interruptions
