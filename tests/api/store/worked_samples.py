"""
Worked time of the sample's municipality, that a person can add up.

p-1's Kim works eight hours on the fourth of March, five of them with recipients, and six on the
fifth, three of them; the municipal Robin works an hour in the north, half of it with recipients.
"""

from __future__ import annotations

from api.store.engine import Store
from api.store.worked_rows import EVERYBODY, Whose
from api.usecases.worked_time import SentTime, report
from tests.api.store.money_samples import SENDER

HEADER = (
    "day,carer,zone,worked_min,care_min,transport_min,indirect_min,staff_related_min,waiting_min,"
    "provider,unit\n"
)
MARCH = (
    "2026-03-04,kim,town,480,300,100,50,30,,p-1,north\n"
    "2026-03-05,kim,town,360,180,100,50,30,,p-1,north\n"
    "2026-03-04,robin,town,60,30,10,10,10,0,own,north\n"
)
# Kim's fifth was five hours; Robin did not work on the fourth.
CORRECTED = (
    "2026-03-05,kim,town,300,180,60,40,20,,p-1,north\n2026-03-04,robin,town,0,0,,,,,own,north\n"
)
P_1 = Whose("p-1")
NORTH = Whose(units=frozenset({"north"}))


def sent(
    rows: str = MARCH, key: str = "time", whose: Whose = EVERYBODY, *, corrects: bool = False
) -> SentTime:
    """A file of these rows."""
    return SentTime(whose, key, f"{key}.csv", (HEADER + rows).encode(), corrects)


def time_reported(store: Store) -> None:
    """The time of March."""
    report(store, SENDER, sent())
