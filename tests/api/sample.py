"""
A small made-up result that a person can check on paper, and a large one for size.

Four shifts on Wednesday 2026-03-04, eleven planned visits, two left out (one proven, one crowded
out), one double-staffed, breaks, a night over midnight, two zones. Names hold what must be escaped.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from api.pages.results import DemoResult
from pricing.hour_cost import HourCost, ShareSource
from pricing.lines import Line
from pricing.purse import Purse
from scheduler.care.model import (
    Break,
    Carer,
    Day,
    Delegation,
    Location,
    Mode,
    ProviderKind,
    Shift,
    Visit,
)
from scheduler.care.units import STOCKHOLM
from scheduler.followup import follow_up
from scheduler.plan import Plan, Route, Stop, Term, Unassigned
from scheduler.rules import Reason
from scheduler.travel import load_travel_settings

DAY = date(2026, 3, 4)
OFFICE = Location(56.0294, 14.1567)
HOME = Location(56.1000, 14.3000)
EVIL = '<script>alert("x")</script>'
NAMES = {
    "c-1": "Anna L",
    "c-2": "Björn S",
    "c-3": "Åsa & Ö",
    "c-4": "Nils N",
    "r-1": "Astrid K",
    "r-2": "Bertil J",
    "r-3": EVIL,
    "r-4": "Doris 'D' E",
    "r-5": "Evert F",
    "r-6": "Greta Å",
    "r-7": "Hugo B",
}
TEXTS = {
    "morning": "Morgonhjälp",
    "shower": "Dusch",
    "shopping": "Inköp",
    "midday": "Måltid mitt på dagen",
    "cleaning": "Städning",
    "evening": "Kvällshjälp",
    "supervision": "Tillsyn",
    "stoma": "Stomivård",
}
PLACES = {
    "r-1": Location(56.0310, 14.1500),
    "r-2": Location(56.0330, 14.1610),
    "r-3": Location(56.0250, 14.1490),
    "r-4": Location(56.0270, 14.1700),
    "r-5": Location(56.0350, 14.1450),
    "r-6": Location(56.1100, 14.2600),
    "r-7": Location(55.9600, 14.0500),
}
RURAL = {"r-6", "r-7"}


def at(clock: str, days: int = 0) -> datetime:
    """HH:MM on the sample's day, or `days` after it."""
    hour, minute = map(int, clock.split(":"))
    day = DAY + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=STOCKHOLM)


def visit(
    identity: str,
    recipient: str,
    service: str,
    minutes: int,
    earliest: datetime,
    skills: tuple[str, ...] = (),
    group: str | None = None,
    priority: int = 2,
) -> Visit:
    """A visit with a window of two hours."""
    return Visit(
        identity,
        recipient,
        PLACES[recipient],
        "rural" if recipient in RURAL else "town",
        earliest,
        earliest + timedelta(hours=2),
        minutes,
        required_skills=frozenset(skills),
        group=group,
        priority=priority,
        services=(service,),
    )


def stop(
    identity: str | None, arrival: datetime, start: datetime, minutes: int, travel: int
) -> Stop:
    """A stop by its minutes of service and of travel."""
    return Stop(identity, arrival, start, start + timedelta(minutes=minutes), travel * 60)


VISITS = (
    visit("v-1", "r-1", "morning", 15, at("07:00")),
    visit("v-2-1", "r-2", "shower", 40, at("07:30"), group="g-1"),
    visit("v-2-2", "r-2", "shower", 40, at("07:30"), group="g-1"),
    visit("v-3", "r-6", "shopping", 45, at("08:00"), skills=("B-körkort",)),
    visit("v-4", "r-1", "midday", 15, at("11:00")),
    visit("v-5", "r-3", "morning", 20, at("08:00")),
    visit("v-6", "r-4", "midday", 20, at("11:30"), skills=("insulin",)),
    visit("v-7", "r-5", "evening", 25, at("16:00")),
    visit("v-8", "r-7", "evening", 30, at("18:00")),
    visit("v-9", "r-1", "evening", 15, at("19:00")),
    visit("v-10", "r-2", "supervision", 10, at("00:00", 1)),
    visit("v-11", "r-7", "supervision", 10, at("01:00", 1)),
    visit("v-12", "r-4", "stoma", 30, at("09:00"), skills=("stomi",), priority=1),
    visit("v-13", "r-3", "cleaning", 70, at("13:00"), priority=3),
)
REST = Break(at("10:00"), at("14:00"), 30)
SHIFTS = (
    Shift("p/3", "c-3", at("15:30"), at("22:00"), OFFICE, OFFICE, Mode.CAR),
    Shift("p/1", "c-1", at("07:00"), at("15:30"), OFFICE, HOME, Mode.CAR, REST),
    Shift("p/2", "c-2", at("07:00"), at("15:00"), OFFICE, OFFICE, Mode.BICYCLE, REST),
    Shift("p/4", "c-4", at("21:00"), at("07:00", 1), OFFICE, OFFICE, Mode.CAR),
)
ROUTES = (
    Route(
        "p/3",
        "c-3",
        (
            stop("v-7", at("17:00"), at("17:00"), 25, 6),
            stop("v-8", at("17:45"), at("19:00"), 30, 20),
            stop("v-9", at("19:50"), at("20:15"), 15, 20),
        ),
        5 * 60,
        at("20:35"),
    ),
    Route(
        "p/1",
        "c-1",
        (
            stop("v-1", at("07:15"), at("07:15"), 15, 5),
            stop("v-2-1", at("07:36"), at("08:00"), 40, 6),
            stop("v-3", at("08:58"), at("09:10"), 45, 18),
            stop(None, at("10:15"), at("11:00"), 30, 20),
            stop("v-4", at("11:30"), at("12:00"), 15, 0),
        ),
        20 * 60,
        at("12:35"),
    ),
    Route(
        "p/2",
        "c-2",
        (
            stop("v-2-2", at("08:00"), at("08:00"), 40, 7),
            stop("v-5", at("08:50"), at("09:00"), 20, 10),
            stop(None, at("09:20"), at("11:30"), 30, 0),
            stop("v-6", at("12:10"), at("12:15"), 20, 10),
        ),
        8 * 60,
        at("12:43"),
    ),
    Route(
        "p/4",
        "c-4",
        (
            stop("v-10", at("00:30", 1), at("00:30", 1), 10, 5),
            stop("v-11", at("01:00", 1), at("02:00", 1), 10, 20),
        ),
        20 * 60,
        at("02:30", 1),
    ),
)
UNASSIGNED = (
    Unassigned(
        "v-13",
        Reason.CROWDED_OUT,
        ("v-5",),
        "Besöket går att göra ensamt men trängdes ut av viktigare besök.",
        "Vidga fönstret med 15 minuter eller flytta v-5.",
    ),
    Unassigned(
        "v-12",
        Reason.NO_SKILL,
        (),
        "Ingen på plats har delegeringen stomi.",
        "Delegera stomi till en medarbetare som arbetar klockan 9–11.",
    ),
)
SCORE = (
    Term("travel", 10800, "s", 4, 43200),
    Term("waiting", 17160, "s", 1, 17160),
    Term("unassigned_priority_1", 1, "visits", 1000000, 1000000),
    Term("unassigned_priority_3", 1, "visits", 50000, 50000),
)


def _line(code: str, text: str, amount: str) -> Line:
    return Line(code, text, Decimal(amount), "kr/brukartimme", "", "Påhittad prislista 2026")


def cost(zone: str, transport: str, share: str, own: int, break_even: str) -> HourCost:
    """A build-up of three lines with one step to the rate; the rate is the same for both kinds."""
    lines = (
        _line("staff", "Personal", "276.03"),
        _line("transport", "Transporttid", transport),
        _line("other", "Övrigt", "137.33"),
    )
    total = sum((line.amount for line in lines), Decimal(0))
    step = _line("efficiency", "Effektiviseringskrav", str(own - total))
    return HourCost(
        zone=zone,
        day=DAY,
        lines=lines,
        cost_per_worked_hour=Decimal("336.55"),
        care_time_share=Decimal(share),
        share_source=ShareSource.MEASURED,
        rates={ProviderKind.OWN: Decimal(own), ProviderKind.PRIVATE: Decimal(own + 13)},
        break_even_share={ProviderKind.OWN: Decimal(break_even)},
        rate_lines={ProviderKind.OWN: (step,)},
    )


# 445 min a week at 493 is worth 15,898.88 kr a month (the published worked example of a purse).
PURSES = tuple(
    Purse(
        f"b-{number}",
        "rural" if number % 2 else "town",
        ProviderKind.PRIVATE if number == 3 else ProviderKind.OWN,
        Decimal(445),
        Decimal("32.2493"),
        Decimal(493),
        1_589_888 - 100_000 * number,
    )
    for number in (4, 0, 6, 2, 1, 5, 3)
)


def sample_result() -> DemoResult:
    """The small sample; care 285 of 1,920 paid minutes."""
    carers = tuple(
        Carer(
            f"c-{number}",
            frozenset({"undersköterska", "B-körkort"}),
            (Delegation("insulin", DAY, DAY),) if number == 2 else (),
        )
        for number in (1, 2, 3, 4)
    )
    day = Day(DAY, carers, SHIFTS, VISITS, NAMES)
    plan = Plan(DAY, ROUTES, UNASSIGNED, SCORE, seed=7, seconds=20.0)
    return DemoResult(
        municipality_name="Provköping",
        size="S",
        seed=7,
        day=day,
        plan=plan,
        violations=(),
        follow_up=follow_up(day, plan),
        hour_costs={
            "town": cost("town", "84.67", "0.632", 493, "0.630"),
            "rural": cost("rural", "114.79", "0.580", 523, "0.579"),
        },
        list_costs={
            "town": cost("town", "90.00", "0.600", 504, "0.600"),
            "rural": cost("rural", "100.00", "0.600", 514, "0.601"),
        },
        purses=PURSES,
        seconds=12.4,
        decisions=7,
        recipients=9,
        travel=load_travel_settings(DAY),
        texts=TEXTS,
    )


def large_result(shifts: int, visits_each: int) -> DemoResult:
    """A result of many full shifts, for size and speed; every visit is 20 minutes, 10 apart."""
    small = sample_result()
    names: dict[str, str] = {}
    all_visits: list[Visit] = []
    all_shifts: list[Shift] = []
    routes: list[Route] = []
    for row in range(shifts):
        names[f"c-{row}"] = f"Medarbetare {row}"
        start = at("07:00") if row % 3 else at("15:00")
        all_shifts.append(
            Shift(
                f"p-{row}", f"c-{row}", start, start + timedelta(hours=8), OFFICE, OFFICE, Mode.CAR
            )
        )
        stops: list[Stop] = []
        for place in range(visits_each):
            identity = f"v-{row}-{place}"
            names[f"r-{row}-{place}"] = f"Omsorgstagare {row}-{place}"
            begin = start + timedelta(minutes=10 + 30 * place)
            where = Location(56.0 + row * 0.001 + place * 0.0007, 14.1 + (row * place % 37) * 0.004)
            template = visit(identity, "r-1", "morning", 20, begin)
            all_visits.append(
                replace(template, recipient_id=f"r-{row}-{place}", location=where, earliest=begin)
            )
            stops.append(stop(identity, begin, begin, 20, 8))
        back = stops[-1].end + timedelta(minutes=8)
        routes.append(Route(f"p-{row}", f"c-{row}", tuple(stops), 480, back))
    carers = tuple(Carer(f"c-{row}", frozenset()) for row in range(shifts))
    day = Day(DAY, carers, tuple(all_shifts), tuple(all_visits), names)
    plan = Plan(DAY, tuple(routes), (), small.plan.score, seed=1)
    return replace(small, day=day, plan=plan, follow_up=follow_up(day, plan))
