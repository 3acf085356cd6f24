"""`hemplan generate` and `hemplan schema`: documents that other commands and systems can read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from api.cli import AnySize, Document
from api.documents.decisions import read_registration
from api.documents.json_schema import DOCUMENTS, json_schema
from api.documents.planning import read_document
from fixtures.municipality import Size
from tests.api.command_line import run


def test_a_generated_municipality_is_written_as_documents(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "town"
    assert run("generate", "--size", "S", "--seed", "2", "--out", out) == 0
    assert "40 beslut för 2026-03-04" in capsys.readouterr().out
    day = read_document((out / "input.json").read_bytes()).day
    decisions = json.loads((out / "decisions.json").read_text(encoding="utf-8"))
    ids = set()
    for each in decisions:
        registration, findings = read_registration(json.dumps(each).encode())
        assert findings == []
        assert registration is not None
        ids.add(registration.decision.id)
    assert {visit.decision_id for visit in day.visits} <= ids
    assert day.continuity


def test_the_same_seed_writes_the_same_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert run("generate", "--size", "S", "--out", tmp_path / name) == 0
    for file in ("input.json", "decisions.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_generated_documents_keep_their_schemas_and_spoilt_ones_do_not(tmp_path: Path) -> None:
    assert run("generate", "--size", "S", "--out", tmp_path) == 0
    day = json.loads((tmp_path / "input.json").read_text(encoding="utf-8"))
    planning = Draft202012Validator(json_schema("input"))
    assert list(planning.iter_errors(day)) == []
    decisions = json.loads((tmp_path / "decisions.json").read_text(encoding="utf-8"))
    decision = Draft202012Validator(json_schema("decision"))
    assert [list(decision.iter_errors(each)) for each in decisions] == [[]] * len(decisions)
    day["modelInput"]["visits"][0]["serviceDuration"] = 25
    day["modelInput"]["visits"][1]["surprise"] = 1
    assert len(list(planning.iter_errors(day))) >= 2


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_each_schema_is_one_and_is_written_out(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("schema", name) == 0
    written = json.loads(capsys.readouterr().out)
    Draft202012Validator.check_schema(written)
    assert written == json_schema(name)


def test_the_command_line_knows_every_size_and_document() -> None:
    assert {size.value for size in AnySize} == {size.value for size in Size}
    assert {document.value for document in Document} == set(DOCUMENTS)
