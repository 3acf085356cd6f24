"""
What users do while something is killed, and their own ledger of what the service acknowledged.

An answer that was lost is asked for again as a careful client does: under the same key, or by
reading what holds. The ledger is kept here, by nothing that the service says of itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import text

from api.access.caller import Role
from api.server import examples
from api.store.check import check
from api.store.engine import Store
from api.store.money_records import RateKind
from api.usecases.rating import approve, upload
from tests.api.cases import TWO_VISITS
from tests.api.store.money_samples import BOOK, CHIEF, HEADER, SENDER, SETUP
from tests.api.store.samples import prepare
from tests.faults.service import Answer, Desk, Lost

LONGEST_S = 60
AGAIN_S = 0.05
FIRST_DAY = date(2024, 1, 1)
ORE_PER_HOUR = 50_000
VISITS, DECISIONS = 5, 3
SHORT_DAY = {
    **TWO_VISITS,
    "config": {"run": {"termination": {"spentLimit": "PT1S"}, "threads": 1}},
}  # fmt: skip
NOT_KNOWN = "OUTCOME_UNKNOWN"
OTHER_VERSION, USED = 412, 409


@dataclass(slots=True)
class Ledger:
    """
    Parameters
    ----------
    imported
        Decisions of the imports that were acknowledged.
    interrupted
        Decisions whose interruption was acknowledged.
    paid
        Month -> öre that must be paid, of what was acknowledged as closed.
    files
        Month -> name and hash of each payment file that was acknowledged.
    days, days_sent
        Ids of the days to plan that were acknowledged, and how many were sent at all.
    """

    imported: set[str] = field(default_factory=set)
    interrupted: set[str] = field(default_factory=set)
    paid: dict[str, int] = field(default_factory=dict)
    files: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    days: set[str] = field(default_factory=set)
    days_sent: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the ledger and the store's own checks say; `faults` are in words."""

    lost: int
    doubled: int
    faults: tuple[str, ...]


def set_up(store: Store) -> None:
    """A municipality with two decisions, a rate book and an export setup in force."""
    prepare(store)
    book = BOOK.replace("2026-01-01", FIRST_DAY.isoformat())
    for key, kind, content in (
        ("book", RateKind.BOOK, book), ("setup", RateKind.EXPORT_SETUP, SETUP),
    ):  # fmt: skip
        upload(store, SENDER, key, kind, f"{key}.toml", FIRST_DAY, content.encode())
        approve(store, CHIEF, kind, 1, 1)


def importing(desk: Desk, ledger: Ledger, number: int) -> None:
    """Three decisions under one key, then an interruption of the first."""
    ids = [f"d-{number}-{each}" for each in range(DECISIONS)]
    body = {"decisions": [decision(each, number) for each in ids]}
    told = _sure(lambda: desk.ask(Role.ASSESSOR, "POST", "/v1/decisions", body, key=f"i-{number}"))
    assert told.status == 201, told
    ledger.imported |= set(ids)
    path, away = f"/v1/decisions/{ids[0]}", {"firstDay": "2026-04-01", "lastDay": "2026-04-05"}
    _sure(
        lambda: desk.ask(Role.ASSESSOR, "POST", f"{path}/interruptions", away, version=1),
        lambda: _body(_sure(lambda: desk.ask(Role.ASSESSOR, "GET", path)))["version"] == 2,
    )
    ledger.interrupted.add(ids[0])


def paying(desk: Desk, ledger: Ledger, number: int) -> None:
    """A month's visits sent, approved, settled, closed, and handed out as a payment file."""
    month = month_of(number)
    minutes = [30 + each for each in range(VISITS)]
    rows = "".join(
        f"v-{month}-{each},p-1,PRIVATE,r-1,care,town,{month}-{each + 1:02}T09:00+01:00,"
        f"PERFORMED,{lasts},\n"
        for each, lasts in enumerate(minutes)
    )

    def finance(method: str, path: str, body: Any = None, **more: Any) -> Answer:
        return desk.ask(Role.FINANCE, method, path, body, **more)

    content = (HEADER + rows).encode()
    told = _sure(lambda: finance("POST", "/v1/performed-visits?name=m.csv", content, key=month))
    assert _body(told)["added"] == VISITS, told
    delivery = f"/v1/visit-deliveries/{month}"
    _sure(
        lambda: finance("POST", f"{delivery}/approve", version=1, who="2"),
        lambda: "approvedAt" in _body(_sure(lambda: finance("GET", delivery))),
    )
    ask = {"provider": "p-1", "month": month}
    made = _body(_sure(lambda: finance("POST", "/v1/settlements", ask)))
    settlement = f"/v1/settlements/p-1/{month}"
    _sure(
        lambda: finance("POST", f"{settlement}/close", version=made["version"]),
        lambda: "closedAt" in _body(_sure(lambda: finance("GET", settlement))),
    )
    ledger.paid[month] = sum(ore(lasts) for lasts in minutes)
    asked = {"format": "SIE"}
    told = _sure(lambda: finance("POST", f"{settlement}/exports", asked))
    ledger.files[month] = {(each["name"], each["sha256"]) for each in _body(told)["files"]}


def planning(desk: Desk, ledger: Ledger, _number: int) -> None:
    """A day to plan, sent until one is acknowledged, and watched to its end."""

    def submit() -> Answer:
        ledger.days_sent += 1
        return desk.ask(Role.SCHEDULER, "POST", "/v1/day-plans", SHORT_DAY)

    name = _body(_sure(submit))["id"]
    ledger.days.add(name)
    deadline = time.monotonic() + LONGEST_S
    while not str(_status(desk, name)).startswith(("SOLVING_COMP", "SOLVING_INC", "SOLVING_F")):
        assert time.monotonic() < deadline, f"the run {name} does not end"
        time.sleep(AGAIN_S)


def judge(store: Store, ledger: Ledger) -> Verdict:
    """Hold the ledger against the store, and the store against its own rules."""
    faults = [f"{each.code} {each.where}: {each.found}" for each in check(store)]
    lost = doubled = 0
    with store.reading() as session:
        connection = session.connection()

        def rows(statement: str) -> list[Any]:
            return list(connection.execute(text(statement)))

        versions: dict[str, int] = dict(rows("SELECT id, version FROM decision"))
        lost += len(ledger.imported - versions.keys())
        lost += sum(versions.get(each, 0) < 2 for each in ledger.interrupted)
        doubled += sum(versions.get(each, 0) > 2 for each in ledger.interrupted)
        # Half an import is neither.
        for number in {each.split("-")[1] for each in versions if each.startswith("d-")}:
            found = sum(f"d-{number}-{each}" in versions for each in range(DECISIONS))
            if found != DECISIONS:
                faults.append(f"import {number}: {found} of {DECISIONS} decisions")
        paid: dict[str, int] = dict(
            rows(
                "SELECT month, sum(amount_ore) FROM settlement WHERE closed_at IS NOT NULL "
                "GROUP BY month"
            )
        )
        lines: dict[str, int] = dict(
            rows("SELECT month, sum(amount_ore) FROM settlement_line GROUP BY month")
        )
        for month, owed in ledger.paid.items():
            lost += paid.get(month, 0) < owed
            doubled += max(paid.get(month, 0), lines.get(month, 0)) > owed
        files: dict[str, set[tuple[str, str]]] = {}
        for month, name, sha256 in rows("SELECT month, name, sha256 FROM settlement_export"):
            files.setdefault(month, set()).add((name, sha256))
        for month, told in ledger.files.items():
            lost += len(told - files.get(month, set()))
            doubled += len(files.get(month, set()) - told)
        runs: dict[str, int] = dict(rows("SELECT id, attempt FROM run"))
        lost += len(ledger.days - runs.keys())
        doubled += max(0, len(runs) - ledger.days_sent)
        faults += [f"run {name}: attempt {n}" for name, n in runs.items() if n > 3]
    return Verdict(lost, doubled, tuple(faults))


def month_of(number: int) -> str:
    """The `number`-th month that is settled."""
    return f"{FIRST_DAY.year + number // 12}-{number % 12 + 1:02}"


def ore(minutes: int) -> int:
    """What a visit of `minutes` is paid, half up; counted here once more."""
    return (2 * ORE_PER_HOUR * minutes + 60) // 120


def decision(name: str, number: int) -> dict[str, Any]:
    """A sound decision of the recipient of that number."""
    made = deepcopy(examples.DECISION)
    return {**made, "id": name, "recipientId": f"r-{number}", "unit": "south",
            "provider": {"id": "own", "kind": "OWN"}}  # fmt: skip


def _status(desk: Desk, name: str) -> Any:
    try:
        told = desk.ask(Role.SCHEDULER, "GET", f"/v1/day-plans/{name}/metadata")
    except Lost:
        return None
    return told.body["status"] if told.status == 200 else None


def _sure(ask: Callable[[], Answer], done: Callable[[], bool] | None = None) -> Answer:
    """
    The answer, asked for until there is one.

    Parameters
    ----------
    done
        Whether it is done already, of what cannot be asked for twice; asked after an answer was
        lost.
    """
    deadline = time.monotonic() + LONGEST_S
    unsure = False
    while time.monotonic() < deadline:
        try:
            told = ask()
        except Lost:
            unsure = True
        else:
            if told.status < 300:
                return told
            if told.status in (OTHER_VERSION, USED) and unsure and done is not None:
                assert done(), told
                return told
            assert told.status == 503, told
            unsure = unsure or told.body["findings"][0]["code"] == NOT_KNOWN
        time.sleep(AGAIN_S)
    raise RuntimeError(f"no answer in {LONGEST_S} s")


def _body(told: Answer) -> dict[str, Any]:
    assert isinstance(told.body, dict)
    return told.body
