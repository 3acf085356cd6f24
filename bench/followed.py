"""A month to follow up: decisions, day plans, performed visits and their settlement, any number."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from random import Random

from pricing.book.calendar import day_start
from pricing.book.model import RateBook, Status
from pricing.budget.counting import Terms
from pricing.budget.model import Granted, MonthBasis, Placement
from pricing.budget.tariff import BookTariff
from pricing.followup.model import PlannedVisit
from pricing.followup.sources import Sources
from pricing.pay.columns import columns_of
from pricing.pay.settlement import settle
from pricing.pay.visits import Performed
from scheduler.care.model import Band, Decision, Frequency, Period, ProviderKind, ServiceLine

FIRST = date(2026, 3, 1)
LAST = FIRST.replace(day=monthrange(FIRST.year, FIRST.month)[1])
DAYS = (LAST - FIRST).days + 1
CLOCK = {
    Band.MORNING: time(8),
    Band.LUNCH: time(12),
    Band.EVENING: time(18),
    Band.FORENOON: time(9),
}
# Each recipient's daily visits: band, minutes, carers; and their services.
DAILY = ((Band.MORNING, 30, 1), (Band.LUNCH, 20, 1), (Band.EVENING, 25, 2), (Band.FORENOON, 45, 1))
SERVICES = ("care", "care", "care", "shopping")
PER_RECIPIENT = DAYS * sum(staff for _, _, staff in DAILY)


@dataclass(frozen=True, slots=True)
class Recipient:
    """One recipient with one decision; every fifth in the country, a third with a private one."""

    number: int

    @property
    def name(self) -> str:
        return f"r-{self.number}"

    @property
    def placement(self) -> Placement:
        kind = ProviderKind.PRIVATE if self.number % 3 == 0 else ProviderKind.OWN
        zone = "rural" if self.number % 5 == 0 else "town"
        provider = f"p-{self.number % 12}"
        return Placement(FIRST, zone, provider, kind, f"unit-{self.number % 7}")

    def granted(self) -> Granted:
        """Every visit of the day."""
        lines = tuple(
            ServiceLine(f"l-{place}", service, Frequency(1, Period.DAY), (band,), minutes, staff)
            for place, ((band, minutes, staff), service) in enumerate(
                zip(DAILY, SERVICES, strict=True)
            )
        )
        own = Decision(
            f"d-{self.number}", self.name, FIRST, FIRST, None, self.placement.provider, lines
        )
        return Granted(own, (self.placement,))


def sources_of(number: int, book: RateBook, seed: int = 1) -> Sources:
    """About `number` planned visits of a carer in March 2026; most are performed and settled."""
    draw = Random(seed)
    recipients = [Recipient(each) for each in range(max(number // PER_RECIPIENT, 1))]
    planned = [visit for each in recipients for visit in _planned(each, draw)]
    rows = columns_of(list(_performed(planned, recipients, draw)))
    terms = Terms(BookTariff(book), MonthBasis.CALENDAR_DAYS, clock=CLOCK)
    granted = [each.granted() for each in recipients]
    settled = settle(book, rows, f"{FIRST:%Y-%m}")
    return Sources(terms, granted, FIRST, LAST, planned, rows, [settled])


def _planned(recipient: Recipient, draw: Random) -> Iterator[PlannedVisit]:
    """One carer's visit each; one in fifty is left out."""
    zone = recipient.placement.zone
    for offset in range(DAYS):
        day = FIRST + timedelta(days=offset)
        for place, (band, minutes, staff) in enumerate(DAILY):
            clock = CLOCK[band]
            start = day_start(day) + clock.hour * 60 + draw.randrange(-30, 31)
            for nth in range(staff):
                left_out = draw.random() < 1 / 50
                yield PlannedVisit(
                    f"d-{recipient.number}-{offset}-{place}-{nth}",
                    day,
                    recipient.name,
                    zone,
                    minutes,
                    f"d-{recipient.number}",
                    (f"l-{place}",),
                    (SERVICES[place],),
                    None if left_out else start,
                    ((start - 30, start + 30),),
                    ""
                    if left_out
                    else f"c-{draw.randrange(recipient.number, recipient.number + 9)}",
                    "CROWDED_OUT" if left_out else "",
                )


def _performed(
    planned: list[PlannedVisit], recipients: list[Recipient], draw: Random
) -> Iterator[Performed]:
    """Half tell the planned visit; one in thirty is missing, one in thirty was declined."""
    of_name = {each.name: each.placement for each in recipients}
    for number, visit in enumerate(planned):
        chance = draw.random()
        if visit.start is None or chance < 1 / 30:
            continue
        placed = of_name[visit.recipient]
        declined = chance < 2 / 30
        yield Performed(
            f"v-{number}",
            placed.provider,
            placed.kind.value,
            visit.recipient,
            visit.services[0],
            visit.zone,
            visit.start + draw.randrange(-20, 25),
            Status.DECLINED if declined else Status.PERFORMED,
            0 if declined else max(visit.minutes + draw.randrange(-10, 8), 1),
            visit.minutes,
            carer=visit.carer,
            planned_visit=visit.id if chance < 1 / 2 else "",
        )
