"""
The wire between the API and PostgreSQL cut, often between COMMIT and its answer.

The same users as for the kills, without the plans: what was acknowledged is there, what was cut is
settled by its key or by reading again, and no answer takes long.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

from api.access.caller import Role
from tests.faults import acts, service
from tests.faults.proxy import Cut, Proxy
from tests.faults.service import Lost, Service, wait
from tests.faults.table import Row, spread

EPOCH = 25
LONGEST_S = 60
ANSWERS_S, WHOLE_S = 5, 3
TABLES = (b"INSERT INTO intake ", b"INSERT INTO interruption ", b"INSERT INTO performed_revision ",
          b"INSERT INTO settlement ", b"INSERT INTO settlement_line ",
          b"INSERT INTO settlement_export ", b"UPDATE audit_head ")  # fmt: skip
ALL = "every connection"
WHERE = (Cut.AFTER_COMMIT, Cut.BEFORE_COMMIT, Cut.STATEMENT, ALL)


def cuts(number: int, seed: int = 1, tell: Callable[[str], None] = print) -> list[Row]:
    """`number` cuts, half of them at a COMMIT."""
    made: dict[str, int] = dict.fromkeys(WHERE, 0)
    lost = doubled = 0
    faults: list[str] = []
    slowest, whole = [0.0], []
    with (
        tempfile.TemporaryDirectory(prefix="hemplan-faults-") as name,
        service.database() as server,
    ):
        for epoch in range(-(-number // EPOCH)):
            most = min(EPOCH, number - epoch * EPOCH)
            random = Random(f"{seed}-{epoch}")
            wire = Proxy(f"{server.folder}/.s.PGSQL.5432")
            with service.running(
                Path(name, str(epoch)), server, workers=0, through=wire.address
            ) as api:
                acts.set_up(api.store)
                ledger = acts.Ledger()
                for each in range(most):
                    where = WHERE[(epoch * EPOCH + each) % len(WHERE)]
                    whole.append(_cut(api, wire, where, ledger, each, random))
                    made[where] += 1
                    verdict = acts.judge(api.store, ledger)
                    lost, doubled = lost + verdict.lost, doubled + verdict.doubled
                    faults += [f"{where}: {fault}" for fault in verdict.faults]
                slowest.append(api.desk.slowest_s)
            wire.close()
            tell(f"{sum(made.values())} cuts")
    for fault in faults:
        tell(fault)
    well = not (lost or doubled or faults)
    quick = max(slowest) <= ANSWERS_S and max(whole) <= WHOLE_S
    return [
        Row(
            f"database connection cut ({', '.join(f'{n} {where}' for where, n in made.items())})",
            sum(made.values()),
            f"0 lost, 0 doubled; answers ≤ {ANSWERS_S} s, whole ≤ {WHOLE_S} s",
            well and quick,
            lost,
            doubled,
            f"whole after {spread(whole)}; slowest answer {max(slowest):.2f} s",
        )
    ]


def _cut(
    api: Service, wire: Proxy, where: str, ledger: acts.Ledger, number: int, random: Random
) -> float:
    """One cut while users work; seconds until a request was answered again."""
    with ThreadPoolExecutor(2) as pool:
        if where != ALL:
            wire.arm(Cut(where), random.choice(TABLES))
        asked = [
            pool.submit(act, api.desk, ledger, number) for act in (acts.importing, acts.paying)
        ]
        if where == ALL:
            time.sleep(random.uniform(0, 0.15))
            wire.cut_all()
        elif not wire.made.wait(LONGEST_S):
            raise RuntimeError(f"no cut was made {where}")
        took = wait(lambda: _answers(api), LONGEST_S, "it does not answer again")
        for each in asked:
            each.result(LONGEST_S * 2)
    return took


def _answers(api: Service) -> bool:
    try:
        return api.desk.ask(Role.ASSESSOR, "GET", "/v1/decisions").status == 200
    except Lost:
        return False
