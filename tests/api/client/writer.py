"""
Writes ``api/client/operations`` from the OpenAPI description, with the service's own models.

    make client

One file for each module of routes, one method for each operation, so that who knows one side knows
the other. A generator at hand would make models of its own beside those that read and write the
documents already; what is left to write then is this.
"""

from __future__ import annotations

import builtins
import json
import subprocess
import sys
import tempfile
from enum import StrEnum
from textwrap import fill
from typing import Any

from pydantic import BaseModel

from api.server.app import create_app
from api.server.settings import Settings
from api.store.address import database_address
from tests.conftest import ROOT

FOLDER = ROOT / "api" / "client" / "operations"
WIDTH = 96
JSON = "application/json"
QUERY_TYPES = {"string": "str", "integer": "int", "boolean": "bool"}
HEAD = '''"""
{title}.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

'''


def main() -> None:
    """Write every file, and remove those of modules that are gone."""
    files = written(description())
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.py"):
        if path.name not in files:
            path.unlink()
    for name, text in files.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def description() -> dict[str, Any]:
    """The OpenAPI description of the service."""
    with tempfile.TemporaryDirectory() as folder:
        address = database_address({"DATABASE_URL": f"sqlite:///{folder}/description.db"})
        app = create_app(Settings(), address)
        made: dict[str, Any] = app.openapi()
        app.state.services.store.close()
    return made


def written(described: dict[str, Any]) -> dict[str, str]:
    """Name and text of each file, formatted."""
    groups: dict[str, list[tuple[str, str, str, dict[str, Any]]]] = {}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            group, name = operation["operationId"].split(".")
            groups.setdefault(group, []).append((name, method.upper(), path, operation))
    files = {f"{group}.py": _group(group, sorted(made)) for group, made in sorted(groups.items())}
    files["__init__.py"] = _all(sorted(groups))
    return {name: _formatted(text) for name, text in files.items()}


def _all(groups: list[str]) -> str:
    lines = [f"from api.client.operations.{group} import {_class(group)}" for group in groups]
    lines.insert(0, "from api.client.calling import Calls")
    made = [f"        self.{group} = {_class(group)}(calls)" for group in groups]
    return (
        HEAD.format(title="Every operation of the service, by the module of its route")
        + "\n".join(lines)
        + '\n\n\nclass Operations:\n    """Every operation, as ``subject.operation``."""\n\n'
        + "    def __init__(self, calls: Calls) -> None:\n" + "\n".join(made) + "\n"
    )  # fmt: skip


def _group(group: str, made: list[tuple[str, str, str, dict[str, Any]]]) -> str:
    used: set[str] = set()
    methods = [_method(name, method, path, each, used) for name, method, path, each in made]
    words = group.replace("_", " ")
    return (
        HEAD.format(title=f"Operations of {words}") + _imports(used)
        + f'\n\nclass {_class(group)}(Group):\n    """Operations of {words}."""\n\n'
        + "\n".join(methods)
    )  # fmt: skip


def _method(
    name: str, method: str, path: str, operation: dict[str, Any], used: set[str]
) -> str:  # fmt: skip
    parameters = operation.get("parameters", [])
    names = [part.split("}")[0] for part in path.split("{")[1:]]
    in_path = {each["name"]: each for each in parameters if each["in"] == "path"}
    query = [each for each in parameters if each["in"] == "query"]
    headers = {each["name"] for each in parameters if each["in"] == "header"}
    taken = [f"{_snake(each)}: {_type(in_path[each]['schema'], used)}" for each in names]
    given = [json.dumps(method), json.dumps(path)]
    if names or query:
        given.append("{" + ", ".join(f'"{each}": {_snake(each)}' for each in names) + "}")
    body = _body(operation, used)
    if body:
        taken.append(f"body: {body[0]}")
        given.append("body=body")
        if body[1] != JSON:
            given.append(f'kind="{body[1]}"')
    options = []
    if "if-match" in headers:
        options.append("version: int")
        given.append("version=version")
    query.sort(key=lambda each: not each["required"])
    options += [_option(each, used) for each in query]
    if query:
        pairs = ", ".join(f'"{each["name"]}": {_snake(each["name"])}' for each in query)
        given.append(f"query={{{pairs}}}")
    if "idempotency-key" in headers:
        options.append("key: str | None = None")
        given += ["key=key", "keyed=True"]
    told, result = _answer(operation, used, given)
    signature = ", ".join(["self", *taken, *(["*", *options] if options else [])])
    return f'    def {name}({signature}) -> {told}:\n        """{_words(operation)}"""\n{result}\n'


def _option(parameter: dict[str, Any], used: set[str]) -> str:
    kind = _type(parameter["schema"], used)
    if parameter["required"]:
        return f"{_snake(parameter['name'])}: {kind}"
    return f"{_snake(parameter['name'])}: {kind.removesuffix(' | None')} | None = None"


def _type(schema: dict[str, Any], used: set[str]) -> str:
    if "anyOf" in schema:
        return _type(next(each for each in schema["anyOf"] if each.get("type") != "null"), used)
    if "$ref" in schema:
        codes = [each.value for each in _enums()[schema["$ref"].rpartition("/")[2]]]
        used.add("Literal")
        return f"Literal[{', '.join(json.dumps(each) for each in codes)}]"
    if schema.get("format") == "date":
        used.add("date")
        return "date"
    return QUERY_TYPES[schema["type"]]


def _body(operation: dict[str, Any], used: set[str]) -> tuple[str, str] | None:
    """Type and media type of the body; a file's bytes where there is no model."""
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return None
    schema = content.get(JSON, {}).get("schema", {})
    if "$ref" in schema:
        return _model(schema, used), JSON
    kind = next(each for each in content if each != JSON)
    return "bytes", kind


def _answer(
    operation: dict[str, Any], used: set[str], given: list[str]
) -> tuple[str, str]:  # fmt: skip
    """Type of the result, and the statements that make it."""
    asked = f"self._calls.ask({', '.join(given)})"
    status, told = next(
        (status, each) for status, each in operation["responses"].items() if status[0] in "23"
    )
    if status == "303":
        return "str", f'        return str({asked}.headers["location"])'
    content = told["content"]
    kind, schema = next((kind, each.get("schema", {})) for kind, each in content.items())
    if kind == "text/event-stream":
        used |= {"Iterator", "MetadataSchema"}
        path, names = given[1], given[2] if len(given) > 2 else "{}"
        return (
            "Iterator[MetadataSchema]",
            f"        return self._calls.events({path}, {names}, MetadataSchema)",
        )
    if "$ref" in schema:
        model = _model(schema, used)
        how = "versioned" if "ETag" in told.get("headers", {}) else "read"
        used.add(how)
        result = f"        return {how}({model}, {asked})"
        if how == "read":
            return model, result
        used.add("Versioned")
        return f"Versioned[{model}]", result
    if kind == JSON:
        used.add("Document")
        return "Document", f"        made: Document = {asked}.json()\n        return made"
    return "bytes", f"        return {asked}.content"


def _model(schema: dict[str, Any], used: set[str]) -> str:
    name: str = schema["$ref"].rpartition("/")[2]
    used.add(name)
    return name


def _imports(used: set[str]) -> str:
    lines = []
    if "Iterator" in used:
        lines.append("from collections.abc import Iterator")
    if "date" in used:
        lines.append("from datetime import date")
    typing = sorted(used & {"Literal"})
    if typing:
        lines.append(f"from typing import {', '.join(typing)}")
    calling = sorted({"Group"} | (used & {"Document", "Versioned", "read", "versioned"}))
    lines += ["", f"from api.client.calling import {', '.join(calling)}"]
    models = _models()
    modules: dict[str, list[str]] = {}
    for name in sorted(used & models.keys(), key=str.lower):
        modules.setdefault(models[name], []).append(name)
    lines += [f"from {name} import {', '.join(modules[name])}" for name in sorted(modules)]
    return "\n".join(lines).strip() + "\n"


def _models() -> dict[str, str]:
    """Every model by its name: the module that it is written in."""
    found, left = {}, [BaseModel]
    while left:
        for each in left.pop().__subclasses__():
            left.append(each)
            # Of two with one name, the service answers with its own.
            if each.__module__.startswith("api.server.") or (
                each.__module__.startswith("api.") and each.__name__ not in found
            ):
                found[each.__name__] = each.__module__
    return found


def _enums() -> dict[str, Any]:
    return {each.__name__: each for each in StrEnum.__subclasses__()}


def _words(operation: dict[str, Any]) -> str:
    """The description's first sentence-like paragraph, as a docstring."""
    first = operation["description"].split("\n\n")[0].replace("\n", " ").strip()
    text = fill(first, WIDTH - 8, subsequent_indent="        ")
    return text if len(text) <= WIDTH - 10 and "\n" not in text else f"\n        {text}\n        "


def _class(group: str) -> str:
    return "".join(part.title() for part in group.split("_"))


def _snake(name: str) -> str:
    """As Python calls it; a name that Python has already gets a line below."""
    made = "".join(f"_{each.lower()}" if each.isupper() else each for each in name)
    return f"{made}_" if made in dir(builtins) else made


def _formatted(text: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--quiet", "--stdin-filename", "a.py", "-"]
    return subprocess.run(
        command, input=text, capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout


if __name__ == "__main__":
    main()
