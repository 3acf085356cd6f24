"""
The whole chain, and the only place that knows both halves.

    decisions → visits → day → plan → judgement → follow-up → hour cost → purse

Each function reads as a summary: the work is done in ``scheduler`` and ``pricing``. Day, seed and
limits are arguments; nothing here reads a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from api.documents.decisions import Registration
from api.documents.planning import Run
from api.judgement import another_day
from pricing.chain import Chain, chain
from pricing.plan_cost import PlanCost, plan_cost
from pricing.price import (
    AnyShares,
    HourCost,
    PerformedShares,
    PriceParameters,
    hour_cost,
    load_price_parameters,
    measured_shares,
    shown_cost,
)
from pricing.purse import Purse, purse
from scheduler.bands import load_bands
from scheduler.care.errors import CareError, Finding, InvalidInput, UnknownValue
from scheduler.care.model import Day, Decision, Visit
from scheduler.datacheck import Advice, check_data, improvements
from scheduler.disturbances import Disturbances
from scheduler.followup import FollowUp, TimeUse
from scheduler.given_travel import travel_of
from scheduler.moved import with_moved
from scheduler.plan import Plan
from scheduler.planner import Progress, plan_day
from scheduler.recommend import MOST, Recommendation, Recommender
from scheduler.replan import Replanned, plan_near
from scheduler.replan import replan as plan_anew
from scheduler.simulate import DAYS, Simulation
from scheduler.simulate import simulate as simulate_days
from scheduler.standard_times import KRISTIANSTAD, Catalogue, load_catalogue
from scheduler.validation import decision_findings
from scheduler.visits import in_force, visits_of_day, visits_of_decision, weekly_minutes

__all__ = ["KRISTIANSTAD", "Plan", "Progress"]

# Days and zones whose hour cost is remembered: a year of four zones.
COSTS_KEPT = 1500
DEMO_PRICES = Path(__file__).parent.parent / "fixtures" / "demo" / "prices.toml"

AnyMeasured = TimeUse | PerformedShares
Measured = Mapping[str, AnyMeasured]
OnProgress = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """
    What a municipality grants and pays by: its standard times and its price list.

    Equal to itself only, so that what is worked out by them once is found again.
    """

    catalogue: Catalogue
    prices: PriceParameters


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A registered decision, its visits on `day`, and its worth a month at that day's rate."""

    registration: Registration
    day: date
    visits: tuple[Visit, ...]
    purse: Purse


@dataclass(frozen=True, slots=True)
class DecisionPrice:
    """A decision's worth a month, and kronor per worked hour where the price list tells them."""

    purse: Purse
    worked_hour: Decimal | None


def load_terms(catalogue: Path = KRISTIANSTAD, prices: Path = DEMO_PRICES) -> Terms:
    """The terms in two parameter files; InvalidInput with the faults of the first bad one."""
    return Terms(load_catalogue(catalogue), load_price_parameters(prices))


# ---------------------------------------------------------------- plan


def check(day: Day) -> tuple[Advice, ...]:
    """What blocks a plan of `day`, and what would improve it, before anything is planned."""
    return check_data(day, travel_of(day))


def check_readable(day: Day) -> tuple[Advice, ...]:
    """What would improve a day with errors, of which nothing can be proven."""
    return improvements(day)


def plan(
    day: Day,
    run: Run,
    *,
    near: Plan | None = None,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> Plan:
    """The best plan of `day` within the limits of `run`, with each change of `near` priced."""
    if near is not None:
        return plan_near(
            day,
            near,
            travel_of(day),
            seconds=run.seconds,
            threads=run.threads,
            seed=run.seed,
            on_progress=on_progress,
            should_stop=should_stop,
        )
    return plan_day(
        day,
        travel_of(day),
        seconds=run.seconds,
        threads=run.threads,
        seed=run.seed,
        on_progress=on_progress,
        should_stop=should_stop,
    )


def first_plan(day: Day, run: Run, near: Plan | None = None) -> Plan:
    """
    A plan of `day` without any search: made at once, and good enough to be shown first.

    Of a day that was changed it is `near`, as far as that fits.
    """
    return plan_day(
        day,
        travel_of(day),
        seconds=run.seconds,
        threads=1,
        seed=run.seed,
        iterations=0,
        start=near,
    )


def recommend(
    day: Day,
    plan: Plan,
    visits: Sequence[str] = (),
    carers: Sequence[str] = (),
    most: int = MOST,
) -> tuple[Recommendation, ...]:
    """
    Where visits fit into `plan` as it stands, and who could take over from carers.

    Parameters
    ----------
    visits
        Ids of visits that the plan leaves out.
    carers
        Ids of carers who do not come. Without either, all that the plan leaves out is asked for.

    Raises
    ------
    InvalidInput, UnknownValue
        As :class:`scheduler.recommend.Recommender`, with every unknown id.
    """
    if plan.date != day.date:
        raise another_day(day, plan)
    asked = Recommender(day, plan, travel_of(day))
    return asked.answer(visits, carers, most)


def replan(
    day: Day,
    plan: Plan,
    what: Disturbances,
    run: Run,
    *,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> Replanned:
    """
    The rest of `day` after `what` has happened to `plan`, within the limits of `run`.

    Raises
    ------
    InvalidInput
        As :func:`scheduler.replan.replan`.
    """
    if plan.date != day.date:
        raise another_day(day, plan)
    return plan_anew(
        day,
        plan,
        what,
        travel_of(day),
        seconds=run.seconds,
        threads=run.threads,
        seed=run.seed,
        on_progress=on_progress,
        should_stop=should_stop,
    )


def move(day: Day, plan: Plan, later: Day) -> Day:
    """
    `later` with the flexible visits that `plan` of `day` moved to it.

    Raises
    ------
    InvalidInput
        When `plan` is of another day; as :func:`scheduler.moved.with_moved`.
    """
    if plan.date != day.date:
        raise another_day(day, plan)
    return with_moved(day, plan, later, travel_of(later))


def simulate(day: Day, plan: Plan, days: int = DAYS, seed: int = 1) -> Simulation:
    """
    How `plan` holds on `days` random days, as :func:`scheduler.simulate.simulate`.

    Raises
    ------
    InvalidInput
        When it is a plan of another day, or with everything in it that cannot be carried out.
    """
    if plan.date != day.date:
        raise another_day(day, plan)
    return simulate_days(day, plan, travel_of(day), days=days, seed=seed)


# ---------------------------------------------------------------- price


def hour_costs(
    prices: PriceParameters, day: date, measured: Measured | None = None
) -> tuple[HourCost, ...]:
    """The hour cost of every zone, service and band of a price list, as :func:`chains`."""
    return tuple(shown_cost(made) for made in chains(prices, day, measured))


def chains(
    prices: PriceParameters, day: date, measured: Measured | None = None
) -> tuple[Chain, ...]:
    """
    The chain of every zone, service and band of a price list.

    Parameters
    ----------
    measured
        Zone -> use of the paid time in a plan, or shares of performed time. A zone that it lacks,
        or where nothing is paid, keeps the price list's own shares.

    Raises
    ------
    UnknownValue
        When something was measured in a zone that the price list lacks.
    NotInForce, InvalidInput
        As :func:`pricing.price.hour_cost`.
    """
    measured = measured or {}
    _refuse_unknown(measured, prices)
    return tuple(
        chain(prices, day, zone, _shares(measured.get(zone)), service, band)
        for zone, service, band in prices.cells()
    )


def day_cost(
    prices: PriceParameters, day: date, measured: Mapping[str, TimeUse]
) -> PlanCost | None:
    """
    What the paid time of a plan costs; None when the price list does not tell what an hour does.

    A price list with several services has one such cost only when it is the same for all.

    Parameters
    ----------
    measured
        Zone -> use of the paid time.

    Raises
    ------
    UnknownValue, NotInForce, InvalidInput
        As :func:`hour_costs`.
    """
    _refuse_unknown(measured, prices)
    costs: dict[str, HourCost] = {}
    for cost in hour_costs(prices, day):
        known = costs.setdefault(cost.zone, cost)
        if known.cost_per_worked_hour != cost.cost_per_worked_hour:
            return None
    paid = {zone: use.paid_s for zone, use in measured.items()}
    return plan_cost(costs, paid, {zone: use.care_s for zone, use in measured.items()})


def day_cost_where_known(
    prices: PriceParameters, day: date, measured: FollowUp | None
) -> PlanCost | None:
    """As :func:`day_cost`; None also of a day or a zone that the price list does not know."""
    if measured is None:
        return None
    with suppress(CareError):
        return day_cost(prices, day, measured.by_zone)
    return None


def _shares(use: AnyMeasured | None) -> AnyShares | None:
    if use is None or isinstance(use, PerformedShares):
        return use
    if use.paid_s == 0:
        return None
    # Who stands ready is paid and with nobody, like one without a booking.
    return measured_shares(
        paid_s=use.paid_s,
        travel_s=use.travel_s,
        waiting_s=use.waiting_s,
        idle_s=use.idle_s + use.standby_s,
    )


def _refuse_unknown(zones: Iterable[str], prices: PriceParameters) -> None:
    unknown = sorted(set(zones) - set(prices.zones))
    if unknown:
        raise UnknownValue([_unknown_zone(zone, prices) for zone in unknown])


def _unknown_zone(zone: str, prices: PriceParameters) -> Finding:
    return Finding(
        "UNKNOWN_ZONE",
        "zone",
        f"one of {', '.join(prices.zones)}",
        zone,
        "Lägg till zonen i prislistan eller rätta zonen.",
    )


# ---------------------------------------------------------------- decisions


def decision_faults(registration: Registration, terms: Terms) -> list[Finding]:
    """Everything that speaks against a decision; the terms of its first day apply."""
    decision, zone = registration.decision, registration.recipient.zone
    findings = decision_findings(decision, terms.catalogue, decision.valid_from)
    if zone not in terms.prices.zones:
        findings.append(_unknown_zone(zone, terms.prices))
    return findings


def decision_view(registration: Registration, day: date, terms: Terms) -> DecisionView:
    """
    A decision on `day`.

    Raises
    ------
    NotInForce
        When `day` lies outside the decision's validity, or before the terms begin.
    UnknownValue
        When the price list lacks the zone or the kind of provider.
    """
    decision, recipient = registration.decision, registration.recipient
    visits = visits_of_decision(decision, recipient, terms.catalogue, load_bands(day), day)
    cost = _hour_cost(terms, day, recipient.zone)
    return DecisionView(registration, day, visits, _purse(registration, cost, terms, day))


def visits_of(registrations: Iterable[Registration], day: date, terms: Terms) -> tuple[Visit, ...]:
    """
    The visits that decisions grant on `day`, each in the home that it is carried out in that day.

    Raises
    ------
    InvalidInput
        With the faults of every decision that cannot be expanded.
    """
    bands = load_bands(day)
    visits: list[Visit] = []
    findings: list[Finding] = []
    for each in registrations:
        homes = {each.recipient.id: each.recipient}
        try:
            visits += visits_of_day([each.decision], homes, terms.catalogue, bands, day)
        except CareError as error:
            findings += error.findings
    if findings:
        raise InvalidInput(findings)
    return tuple(visits)


def granted_visits(registration: Registration, day: date, terms: Terms) -> tuple[Visit, ...]:
    """The visits of a decision on a day on which it is in force; raises as `decision_view`."""
    return visits_of_decision(
        registration.decision, registration.recipient, terms.catalogue, load_bands(day), day
    )


def decision_price(registration: Registration, day: date, terms: Terms) -> DecisionPrice:
    """
    What a decision is worth a month at the rate of its provider on `day`, and what a worked hour
    costs.

    Raises
    ------
    NotInForce, UnknownValue
        As :func:`decision_view`.
    """
    cost = _hour_cost(terms, day, registration.recipient.zone)
    return DecisionPrice(_purse(registration, cost, terms, day), cost.cost_per_worked_hour)


def weekly_granted_minutes(decision: Decision, day: date, terms: Terms) -> Decimal:
    """Mean granted minutes a week by the standard times of `day`, each carer counted."""
    return weekly_minutes(decision, terms.catalogue, day)


def purses(registrations: Iterable[Registration], day: date, terms: Terms) -> tuple[Purse, ...]:
    """
    The worth a month of each decision that is in force on `day`; raises as :func:`hour_costs`.

    Raises
    ------
    UnknownValue
        When the price list lacks a zone or a kind of provider.
    """
    held = [each for each in registrations if in_force(each.decision, day)]
    zones = {each.recipient.zone for each in held}
    costs = {zone: hour_cost(terms.prices, day, zone) for zone in zones}
    return tuple(_purse(each, costs[each.recipient.zone], terms, day) for each in held)


@lru_cache(maxsize=COSTS_KEPT)
def _hour_cost(terms: Terms, day: date, zone: str) -> HourCost:
    """As :func:`pricing.price.hour_cost`; decisions are asked for by the thousand, days are few."""
    return hour_cost(terms.prices, day, zone)


def _purse(registration: Registration, cost: HourCost, terms: Terms, day: date) -> Purse:
    decision = registration.decision
    minutes = weekly_minutes(decision, terms.catalogue, day)
    return purse(decision.id, minutes, cost, registration.provider.kind)
