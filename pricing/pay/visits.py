"""
Performed visits, and what else is paid: one record per row that a provider sends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from pricing.book.model import Status

MOST_MINUTES = 14_400
# Of granted time without its visits: a month of days.
MOST_GRANTED_MINUTES = 44_640
MOST_STAFF = 9
MOST_QUANTITY = 10_000
QUANTITY_STEP = Decimal("0.001")


class Deviation(StrEnum):
    """
    Why a visit is not what was granted, as its provider says (avvikelse).

    NO_TIME_REGISTERED: it took place, and nobody registered when. OTHER is what no code says.
    """

    DECLINED = "DECLINED"
    HOSPITAL = "HOSPITAL"
    AWAY = "AWAY"
    DECEASED = "DECEASED"
    TOO_SHORT = "TOO_SHORT"
    NO_TIME_REGISTERED = "NO_TIME_REGISTERED"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Performed:
    """
    One visit that was to take place, or a period, granted time or a start-up that is paid.

    Parameters
    ----------
    id
        The provider's own, the same whatever is sent twice; what is paid is paid once for it.
    provider, provider_kind
        Who is paid, and its kind in the rate book.
    recipient
        Opaque id; never a name or a personal number.
    start
        Minutes since 1970-01-01 00:00 UTC.
    performed_min, granted_min
        Minutes with the recipient, for one carer; at most ten days. Of GRANTED time those of all
        its days, at most a month.
    staff
        Carers at the same time who are paid in this row, >= 1.
    quantity
        Deliveries, occasions or km; days within the month for a PERIOD or GRANTED time. At most
        three decimals.
    absent_from
        First day of the absence; with a status that is paid by day number. A day after the visit,
        which the reader refuses, counts as the visit's own.
    carer
        Opaque id of who came, several told apart by blanks; empty when it was not registered.
        Payment never depends on it.
    planned_visit
        Id of the visit in the day plan; empty when it was not told. Payment never depends on it.
    circumstance
        What else decides how it is paid, by a code of the rate book; empty when nothing does.
    deviation
        Code of a :class:`Deviation`; empty when none was told. What is paid follows from `status`
        and the minutes, never from it.
    """

    id: str
    provider: str
    provider_kind: str
    recipient: str
    service: str
    zone: str
    start: int
    status: Status = Status.PERFORMED
    performed_min: int = 0
    granted_min: int = 0
    staff: int = 1
    delegated: bool = False
    quantity: Decimal = Decimal(1)
    absent_from: date | None = None
    carer: str = ""
    planned_visit: str = ""
    deviation: str = ""
    circumstance: str = ""


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """
    What is paid for one visit by one rate in one band.

    Parameters
    ----------
    visit
        Id of the visit; with `component`, `rate` and `band` the key of the line.
    rate
        Code of the rate, or of the minimum that tops it up.
    day
        Of the visit's start in Sweden.
    minutes
        Paid minutes for one carer; 0 for what is not paid by time.
    quantity
        In thousandths; 0 for what is paid by time.
    amount_ore, vat_ore
        Each rounded half up.
    """

    visit: str
    component: str
    rate: str
    band: str
    provider: str
    service: str
    zone: str
    day: date
    minutes: int
    quantity: int
    amount_ore: int
    vat_ore: int

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What a later line of the same thing corrects."""
        return self.visit, self.component, self.rate, self.band
