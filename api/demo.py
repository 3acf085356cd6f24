"""
The whole chain on a generated municipality, from its decisions to their purses.

What `hemplan demo` shows, and the generated days that others begin with.
"""

from __future__ import annotations

from datetime import date
from time import perf_counter

from api import flow
from api.documents.decisions import Registration
from api.documents.planning import Run
from api.judgement import judge
from api.pages.results import DemoResult
from fixtures.history import day_with_history
from fixtures.municipality import Municipality, Size, generate
from scheduler.care.model import Day
from scheduler.followup import follow_up
from scheduler.given_travel import travel_of


def document(size: str, seed: int, day: date) -> tuple[Day, Run]:
    """A generated day, and a run to plan it with."""
    municipality = generate(Size(size), seed, day)
    return day_with_history(municipality), Run(seed=seed, name=municipality.name)


def generated(size: str, seed: int, day: date) -> tuple[Day, Run, tuple[Registration, ...]]:
    """As :func:`document`, with the decisions that the day's visits come from."""
    municipality = generate(Size(size), seed, day)
    run = Run(seed=seed, name=municipality.name)
    return day_with_history(municipality), run, _registrations(municipality)


def whole_chain(
    size: str,
    seed: int,
    day: date,
    *,
    seconds: float,
    threads: int,
    on_progress: flow.OnProgress | None = None,
    should_stop: flow.ShouldStop | None = None,
) -> DemoResult:
    """
    The whole chain on a generated municipality, from its decisions to their purses.

    Parameters
    ----------
    size
        ``S``, ``M`` or ``L``.
    seed
        What generates the municipality and guides the search.
    seconds, threads
        Of the search.

    Raises
    ------
    NotInForce
        On a day for which standard times, bands, travel or prices have no value.
    """
    terms = flow.load_terms()
    municipality = generate(Size(size), seed, day)
    asked = day_with_history(municipality)
    # Before the search, so that a day without prices is refused at once.
    listed = {cost.zone: cost for cost in flow.hour_costs(terms.prices, day)}
    started = perf_counter()
    run = Run(seconds, threads, seed)
    made = flow.plan(asked, run, on_progress=on_progress, should_stop=should_stop)
    took = perf_counter() - started
    judged = judge(asked, made)
    measured = judged.follow_up or follow_up(asked, made)
    costs = {cost.zone: cost for cost in flow.hour_costs(terms.prices, day, measured.by_zone)}
    return DemoResult(
        municipality_name=municipality.name,
        size=size,
        seed=seed,
        day=asked,
        plan=made,
        violations=judged.violations,
        follow_up=measured,
        hour_costs=costs,
        list_costs=listed,
        purses=flow.purses(_registrations(municipality), day, terms),
        seconds=took,
        decisions=len(municipality.decisions),
        recipients=len(municipality.recipients),
        travel=travel_of(asked),
        texts={code: service.text for code, service in terms.catalogue.services.items()},
        plan_cost=flow.day_cost(terms.prices, day, measured.by_zone),
    )


def _registrations(municipality: Municipality) -> tuple[Registration, ...]:
    homes = {recipient.id: recipient for recipient in municipality.recipients}
    providers = {provider.id: provider for provider in municipality.providers}
    return tuple(
        Registration(decision, homes[decision.recipient_id], providers[decision.provider])
        for decision in municipality.decisions
    )
