"""
One role's run of schemathesis over the service: examples, coverage, fuzzing, and steps in a row.

Each answer is held against the description: no crash, a status that is told, the told type and
schema; invalid data are refused, and the methods of an address told as they are.
"""

from __future__ import annotations

import gc
import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.python.asgi import shutdown_lifespans

from api.access.caller import Role
from api.server.openapi_access import operations
from api.store.address import Address
from tests.api.access.service import ABSENT, OTHERS, OWN, caller
from tests.api.contract.service import description, service

TEXTS = ["application/toml", "text/csv"]
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A phase as it is set, and the ones that a thrifty run leaves out.
PHASES = ("examples", "coverage", "fuzzing", "stateful")
# How often a part of an address is something that is there, or somebody else's.
KNOWN_SHARE = 0.7
# A server that is busy says so; that is no crash.
NO_CRASH = ["2XX", "3XX", "4XX", "503"]
REFUSED = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "428"]

schemathesis.serializer.alias(TEXTS, "text/plain")
schemathesis.serializer.alias(WORKBOOK, "application/octet-stream")


@dataclass
class Report:
    """
    Parameters
    ----------
    requests
        By phase.
    faults
        By operation, check and kind of fault: the first one in words.
    """

    requests: Counter[str] = field(default_factory=Counter)
    faults: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def __str__(self) -> str:
        return "\n".join(f"{' · '.join(what)}\n    {told}" for what, told in self.faults.items())


def contract(
    address: Address,
    role: Role,
    *,
    examples: int,
    seed: int,
    phases: tuple[str, ...] = PHASES,
    wanted: Callable[[str], bool] = lambda _operation: True,
) -> Report:
    """
    What `role` finds to be otherwise than described.

    Parameters
    ----------
    address
        A database with what :func:`tests.api.access.service.fill` makes.
    examples
        How many requests of each operation the last two phases make up.
    wanted
        Whether an operation, by its id, is tried.
    """
    report = Report()
    with service(address) as app, warnings.catch_warnings():
        # Of the streams that schemathesis leaves to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        described = description(app)
        ids = [each["operationId"] for each in operations(described) if wanted(each["operationId"])]
        config = _config(role, examples, seed, phases)
        schema = schemathesis.openapi.from_dict(described, config=config).include(operation_id=ids)
        schema.app = app
        for event in from_schema(schema).execute():
            match event:
                case events.ScenarioFinished():
                    _tell(event, report)
                case events.NonFatalError():
                    kind = type(event.value).__name__
                    report.faults[event.label, "error", kind] = str(event.value)
                case events.FatalError():
                    raise event.exception
        shutdown_lifespans()
        gc.collect()
    return report


def _config(role: Role, examples: int, seed: int, phases: tuple[str, ...]) -> SchemathesisConfig:
    names = {
        name: [OWN[name]] * 3 + [each[name] for each in (OTHERS, ABSENT) if name in each]
        for name in OWN
        if name != "number"
    }
    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "headers": caller(role),
            "dictionaries": {
                **{name: {"values": values} for name, values in names.items()},
                "tags": {"values": [f'"{number}"' for number in range(6)]},
            },
            "parameters": {
                **{
                    f"path.{name}": {"dictionary": name, "probability": KNOWN_SHARE}
                    for name in names
                },
                "header.if-match": {"dictionary": "tags", "probability": KNOWN_SHARE},
            },
            "generation": {"max-examples": examples, "database": "none", "deterministic": True},
            "phases": {name: {"enabled": name in phases} for name in PHASES},
            "checks": {
                "not_a_server_error": {"expected-statuses": NO_CRASH},
                "negative_data_rejection": {"expected-statuses": [*REFUSED, "503"]},
                # What fits the schema may still contradict what is stored, or a day's rules.
                "positive_data_acceptance": {"enabled": False},
            },
        }
    )


def _tell(event: events.ScenarioFinished, report: Report) -> None:
    recorder = event.recorder
    for case, checks in recorder.checks.items():
        report.requests[event.phase.value] += 1
        for check in checks:
            if check.failure_info is not None:
                failure = check.failure_info.failure
                what = (str(recorder.label), check.name, failure.title)
                report.faults.setdefault(what, _words(failure.message, recorder.interactions[case]))


def _words(message: str, seen: Any) -> str:
    answer = seen.response
    told: Mapping[str, Any] = {
        "asked": f"{seen.request.method} {seen.request.uri}",
        "sent": (seen.request.body or b"")[:300],
        "answered": None if answer is None else (answer.status_code, answer.content[:300]),
        "fault": message[:300],
    }
    return "\n    ".join(f"{name}: {value}" for name, value in told.items())
