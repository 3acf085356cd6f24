"""
Settings of the server, each with a working default; nothing has to be configured.

Environment variables are named ``HEMPLAN_`` and the field in capitals, e.g. ``HEMPLAN_QUEUED``; the
database is that of :mod:`api.store.address`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from api.documents.strict_json import MAX_BYTES
from scheduler.care.errors import Finding, InvalidInput

PREFIX = "HEMPLAN_"


@dataclass(frozen=True, slots=True)
class Settings:
    """
    Parameters
    ----------
    municipality
        Id of the municipality that the server works for; made at start-up when missing.
    catalogue, prices
        Paths of the catalogue of standard times and of the price list; empty means those of the
        demo.
    max_bytes
        Largest accepted request body or input file.
    running, queued
        Most solves at the same time in this process, 0 where workers of their own solve; and most
        that wait; both >= 0.
    most_requests
        Most requests at a time in this process, with those that wait; more are refused at once.
    requests_at_once
        Most of them that are worked on at a time, but for those that take long; the others wait.
    max_seconds
        Longest time limit that a request may ask for.
    max_threads
        Most threads that a solve is given, whatever it asks for.
    grace_seconds
        How long after its limit a solve may go on before it is killed.
    solver_memory_mb
        Address space of a solve in MiB; 0 sets no limit.
    lease_seconds
        How long a worker may give no sign of life before another takes over what it solves.
    metrics_port, metrics_host
        Where figures for Prometheus are answered; port 0 answers nowhere. They are not for the
        public: the host is this machine unless told otherwise.
    backup_folder
        Folder of backups, whose newest one's age is told; empty watches none.
    """

    municipality: str = "kommunen"
    catalogue: str = ""
    prices: str = ""
    max_bytes: int = MAX_BYTES
    running: int = 1
    queued: int = 8
    most_requests: int = 32
    requests_at_once: int = 4
    max_seconds: int = 3600
    max_threads: int = 2
    grace_seconds: int = 20
    solver_memory_mb: int = 8192
    lease_seconds: int = 8
    metrics_port: int = 0
    metrics_host: str = "127.0.0.1"
    backup_folder: str = ""


MAY_BE_ZERO = frozenset({"running", "queued", "grace_seconds", "solver_memory_mb", "metrics_port"})
MAX_DIGITS = 12


def read_settings(environment: Mapping[str, str]) -> Settings:
    """
    The settings that `environment` gives; other variables are left alone.

    Raises
    ------
    InvalidInput
        For every variable that should be a whole number and is not, or is too small.
    """
    values: dict[str, str | int] = {}
    findings: list[Finding] = []
    for field in fields(Settings):
        variable = f"{PREFIX}{field.name.upper()}"
        text = environment.get(variable)
        if text is None:
            continue
        if field.type == "str":
            values[field.name] = text
            continue
        least = 0 if field.name in MAY_BE_ZERO else 1
        is_whole = text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
        if is_whole and int(text) >= least:
            values[field.name] = int(text)
            continue
        findings.append(
            Finding(
                "SETTING",
                variable,
                f"a whole number >= {least}",
                f"a text of {len(text)} characters",
                "Rätta miljövariabeln.",
            )
        )
    if findings:
        raise InvalidInput(findings)
    return Settings(**values)  # type: ignore[arg-type]  # each value was made for its field
