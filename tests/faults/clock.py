"""
The clock: both nights of another length, minute by minute, and a clock that is set while one works.

What a visit must be paid is counted here once more, minute by minute by the clocks of Sweden.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from threading import Lock

from api.documents.plan_schemas import Status
from api.documents.planning import document_of
from api.server.jobs import Jobs
from api.server.settings import Settings
from api.store.address import database_address
from api.store.engine import Store
from api.store.migrate import upgrade
from api.store.records import RunKey
from api.usecases import running
from pricing.book.reading import parse_rate_book
from pricing.pay.engine import pay
from pricing.pay.reading import read_performed
from scheduler.care.units import STOCKHOLM
from tests.api.cases import TWO_VISITS
from tests.api.solvers import in_steps
from tests.api.store.samples import ACT, prepare
from tests.faults.service import wait
from tests.faults.table import Row

ORE_PER_MIN = {"day": 1000, "evening": 1500, "night": 2000}
BOOK = """
title = "Dygnets timmar"
municipality = "Provköping"
source = "test"
[services]
care = "Omvårdnad"
[zones]
town = "Tätort"
[providers]
PRIVATE = "Privat utförare"
[[calendar]]
first_day = 2026-01-01
default = "day"
by_minute = true
bands = [
    { band = "night", days = "any", from = "22:00", to = "06:00" },
    { band = "evening", days = "any", from = "18:00", to = "22:00" },
]
""" + "".join(
    f"""
[[rate]]
code = "{band}"
text = "Timme"
source = "test"
unit = "hour"
basis = "performed"
band = "{band}"
values = {{ 2026-01-01 = {each * 60 // 100} }}
"""
    for band, each in ORE_PER_MIN.items()
)
HEADER = "id,provider,provider_kind,recipient,service,zone,start,performed_min,carer\n"
# From the evening before to the noon after; lengths from a minute to a night shift.
NIGHTS = (
    (datetime(2026, 3, 28, 18, tzinfo=STOCKHOLM), datetime(2026, 3, 29, 12, tzinfo=STOCKHOLM)),
    (datetime(2026, 10, 24, 18, tzinfo=STOCKHOLM), datetime(2026, 10, 25, 12, tzinfo=STOCKHOLM)),
)
LENGTHS = (1, 2, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 59, 60, 61, 75, 90, 105, 119, 120, 121,
           135, 150, 165, 180, 210, 240, 270, 300, 330, 360, 390, 420, 450, 479, 480, 481, 510, 540,
           570, 600, 630, 660, 690, 720)  # fmt: skip
MINUTE = timedelta(minutes=1)
STEPS = (timedelta(minutes=-5), timedelta(hours=1), timedelta(hours=-1), timedelta(days=1),
         timedelta(days=-1), timedelta(0))  # fmt: skip


def nights(every: int = 1, tell: Callable[[str], None] = print) -> list[Row]:
    """Each `every`-th minute of both nights with each length, paid by a book with three bands."""
    number, wrong = 0, 0
    for first, last in NIGHTS:
        starts = list(_minutes(first, last))
        price = [ORE_PER_MIN[_band(each)] for each in _minutes(first, last + timedelta(hours=13))]
        owed = [0, *accumulate(price)]
        cases = {
            f"v-{begins}-{lasts}": owed[begins + lasts] - owed[begins]
            for begins in range(0, len(starts), every)
            for lasts in LENGTHS
        }
        rows = []
        for name in cases:
            _, begins, lasts = name.split("-")
            at = starts[int(begins)].isoformat()
            # Each by a carer of its own: nobody makes two visits at a time.
            rows.append(f"{name},p-1,PRIVATE,r-1,care,town,{at},{lasts},c-{name}\n")
        book = parse_rate_book(BOOK.encode(), "book.toml", _no_list)
        paid: Counter[str] = Counter()
        minutes: Counter[str] = Counter()
        for line in pay(book, read_performed((HEADER + "".join(rows)).encode(), "v.csv")).records():
            paid[line.visit] += line.amount_ore
            minutes[line.visit] += line.minutes
        unlike = [
            name
            for name, amount in cases.items()
            if (paid[name], minutes[name]) != (amount, int(name.split("-")[2]))
        ]
        for name in unlike[:10]:
            tell(f"{first.date()} {name}: {paid[name]} öre, {minutes[name]} min; {cases[name]} öre")
        number += len(cases)
        wrong += len(unlike)
    target = "minutes neither lost nor made, paid by elapsed time"
    return [Row("nights of 23 and 25 hours: start × length", number, target, wrong == 0)]


def steps(number: int, seed: int = 1, tell: Callable[[str], None] = print) -> list[Row]:
    """Runs solved by two workers whose clocks are set at every look at them."""
    random, lock = Random(seed), Lock()

    def clock() -> datetime:
        with lock:
            return datetime.now(UTC) + random.choice(STEPS)

    stolen, looks = 0, 0
    with tempfile.TemporaryDirectory(prefix="hemplan-faults-") as folder:
        store = Store(database_address({"DATABASE_URL": f"sqlite:///{folder}/store.db"}))
        upgrade(store)
        prepare(store)
        workers = [Jobs(store, Settings(lease_seconds=1), clock, in_steps) for _ in range(2)]
        for each in workers:
            each.start()
        try:
            for position in range(number):
                key = RunKey("m-1", f"p-{position}")
                running.submit(store, ACT, key.id, document_of(TWO_VISITS))
            for position in range(number):
                key = RunKey("m-1", f"p-{position}")
                wait(lambda k=key: running.metadata(store, k).status.final,  # type: ignore[misc]
                     60, "a run does not end")  # fmt: skip
                looks += 1
                with store.reading() as session:
                    row = running.held_run(session, key)
                    stolen += row.attempt != 1 or row.status != Status.SOLVING_COMPLETED
        finally:
            for each in workers:
                each.close()
            store.close()
    if stolen:
        tell(f"{stolen} runs were taken from a living worker")
    return [
        Row("clock set by −1 day to +1 day while solving", looks, "no lease stolen or freed",
            stolen == 0, 0, stolen)
    ]  # fmt: skip


def _minutes(first: datetime, last: datetime) -> Iterator[datetime]:
    """Every minute of elapsed time, by the clocks of Sweden."""
    at, end = first.astimezone(UTC), last.astimezone(UTC)
    while at < end:
        yield at.astimezone(STOCKHOLM)
        at += MINUTE


def _band(at: datetime) -> str:
    if at.hour >= 22 or at.hour < 6:
        return "night"
    return "evening" if at.hour >= 18 else "day"


def _no_list(name: str) -> object:
    raise LookupError(name)
