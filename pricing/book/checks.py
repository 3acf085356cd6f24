"""
Faults between the rules of a rate book, which no rule shows by itself.

Two rules that both fit a visit on the same day are a fault, always: no order of the file and no
rule of "the narrowest wins" decides what is paid. Every rate of a whole book is worked out once for
each day on which something changes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations, product

from pricing.book.calendar import EVERY_TIME
from pricing.book.model import (
    PERIOD_UNITS,
    Basis,
    Cap,
    Cell,
    MinimumAmount,
    NotPerformed,
    Rate,
    RateBook,
    Rule,
)
from pricing.book.stated import Derived, FromPriceList
from pricing.book.terms import price_of
from scheduler.care.errors import CareError, Finding, NotInForce

MOST_TRIALS = 20_000


def check(book: RateBook, *, whole: bool) -> list[Finding]:
    """
    Every fault between rules.

    Parameters
    ----------
    whole
        Whether no rule was left out for a fault of its own; else only doubles are looked for.
    """
    found = [*_codes(book), *_ambiguous(book)]
    if not whole:
        return found
    found += [*_references(book), *_deducted(book), *_standard_times(book), *_divided(book)]
    return found if found else list(_trials(book))


def _codes(book: RateBook) -> Iterator[Finding]:
    for rules in _sections(book):
        seen: dict[str, Rule] = {}
        for rule in rules:
            if rule.code in seen:
                yield Finding(
                    "CODE_TWICE",
                    rule.where,
                    "a code that no other rule of the section has",
                    f"{rule.code}, also at {seen[rule.code].where}",
                    "Byt kod på den ena.",
                )
            seen.setdefault(rule.code, rule)


def _sections(book: RateBook) -> tuple[tuple[Rule, ...], ...]:
    return (
        book.rates, book.adjustments, book.standard_times, book.not_performed, book.start_ups,
        book.staffing, book.minimum_minutes, book.minimum_amounts, book.minute_rounding,
        book.caps, book.deductions, book.vat,
    )  # fmt: skip


def _ambiguous(book: RateBook) -> Iterator[Finding]:
    groups: dict[Hashable, list[Rule]] = {}
    for rules in _sections(book):
        if rules is book.adjustments:
            continue  # of which all that fit apply, in the order of the file
        for rule in rules:
            groups.setdefault((type(rule), _slot(rule)), []).append(rule)
    for rules_of_slot in groups.values():
        for one, other in combinations(rules_of_slot, 2):
            day = _common_day(one, other)
            if day is not None and one.scope.overlaps(other.scope):
                yield Finding(
                    "AMBIGUOUS",
                    other.where,
                    "at most one rule for each visit and day",
                    f"{one.code} and {other.code} from {day.isoformat()}, see {one.where}",
                    "Avgränsa den ena med service, zone, provider, band eller circumstance, "
                    "eller avsluta den.",
                )


def _slot(rule: Rule) -> Hashable:
    """Rules of one slot exclude each other."""
    if isinstance(rule, Rate):
        return rule.component, rule.unit in PERIOD_UNITS
    if isinstance(rule, NotPerformed):
        return rule.status
    if isinstance(rule, MinimumAmount):
        return rule.component
    return rule.per if isinstance(rule, Cap) else None


def _common_day(one: Rule, other: Rule) -> date | None:
    """First day on which both are in force."""
    days = sorted({day for rule in (one, other) for day, _ in rule.values.values})
    return next((day for day in days if one.in_force(day) and other.in_force(day)), None)


def _references(book: RateBook) -> Iterator[Finding]:
    codes = {rate.code for rate in book.rates}
    for adjustment in book.adjustments:
        for code in sorted((adjustment.rates or frozenset()) - codes):
            yield _unknown(adjustment, code)
    sources: dict[str, set[str]] = {}
    for rate in book.rates:
        for _, value in rate.values.values:
            if isinstance(value, Derived):
                if value.rate not in codes:
                    yield _unknown(rate, value.rate)
                sources.setdefault(rate.code, set()).add(value.rate)
    for rate in book.rates:
        reached, frontier = set[str](), sources.get(rate.code, set())
        while frontier:
            reached |= frontier
            frontier = {s for code in frontier for s in sources.get(code, ())} - reached
        if rate.code in reached:
            yield Finding(
                "CIRCLE",
                rate.where,
                "a rate that does not follow from itself",
                rate.code,
                "Ange ett av beloppen i kronor.",
            )


def _deducted(book: RateBook) -> Iterator[Finding]:
    """Rows of a service are paid or deducted, never both."""
    for rate in book.rates:
        for service in sorted((rate.scope.services or frozenset()) & book.deducted):
            yield Finding(
                "PAID_AND_DEDUCTED",
                rate.where,
                "a service that no [[deduction]] names",
                service,
                "Ge avvikelsen en egen insats.",
            )
    for rule in book.deductions:
        for service in sorted((rule.of or frozenset()) & book.deducted):
            yield Finding(
                "DEDUCTED_OF_DEDUCTION",
                rule.where,
                "services that rates pay",
                service,
                "Ange i of vad avdraget räknas på.",
            )


def _unknown(rule: Rule, code: str) -> Finding:
    return Finding(
        "UNKNOWN_RATE", rule.where, "the code of a rate of the book", code[:60], "Rätta koden."
    )


def _standard_times(book: RateBook) -> Iterator[Finding]:
    for rate in book.rates:
        if rate.basis is not Basis.STANDARD:
            continue
        for service in sorted(rate.scope.services or book.paid_services):
            if not any(
                rule.scope.services is None or service in rule.scope.services
                for rule in book.standard_times
            ):
                yield Finding(
                    "NO_STANDARD_TIME",
                    rate.where,
                    f"a [[standard_time]] for {service}, since the rate is paid by it",
                    "none",
                    "Lägg till schablontiden.",
                )


def _divided(book: RateBook) -> Iterator[Finding]:
    """With visits divided between bands, the parts must be paid by the same measure."""
    if book.calendars is None or not any(c.by_minute for _, c in book.calendars.values):
        return
    visits = [rate for rate in book.rates if rate.unit not in PERIOD_UNITS]
    for one, other in combinations(visits, 2):
        same = (one.unit, one.basis) == (other.unit, other.basis)
        if same or one.component != other.component or _common_day(one, other) is None:
            continue
        anytime = replace(one.scope, bands=None)
        if anytime.overlaps(other.scope):
            yield Finding(
                "MIXED_UNITS",
                other.where,
                f"the unit and basis of {one.code}, since by_minute divides visits between bands",
                f"{other.unit}, {other.basis}",
                "Sätt by_minute = false, eller ange samma enhet i alla band.",
            )


# ---------------------------------------------------------------- trials


def _trials(book: RateBook) -> Iterator[Finding]:
    """Every rate on each day of change, for one cell of each kind that its rules tell apart."""
    days = sorted(
        {day for rule in book.rules() for day, _ in rule.values.values}
        | {
            day
            for rate in book.rates
            for _, value in rate.values.values
            if isinstance(value, FromPriceList)
            for day in value.prices.first_days()
        }
    )
    told: set[tuple[str, str, str]] = set()
    trials = 0
    for rate in book.rates:
        for cell, day in product(cells(book, rate), days):
            trials += 1
            if trials > MOST_TRIALS:
                return
            if not rate.in_force(day):
                continue
            try:
                price_of(book, rate, cell, day)
            except NotInForce as error:
                if isinstance(rate.values.on(day), FromPriceList):
                    continue  # told on the day that somebody asks for
                findings = error.findings
            except CareError as error:
                findings = error.findings
            else:
                continue
            for each in findings:
                finding = replace(each, where=rate.where)
                if (each.code, rate.where, each.found) not in told:
                    told.add((each.code, rate.where, each.found))
                    yield finding


def cells(book: RateBook, rate: Rate, *, every: bool = False) -> Iterator[Cell]:
    """
    One cell of each kind within the scope of `rate` that some rule tells from the others.

    Parameters
    ----------
    every
        Every service, zone, provider, band and circumstance, also those that the rules treat alike.
    """
    scope = rate.scope
    # A price list goes by the names themselves, also for the rates that follow from one.
    exact = any(
        isinstance(value, FromPriceList) for each in book.rates for _, value in each.values.values
    )
    if book.calendars is None:
        bands = {EVERY_TIME}
    elif rate.unit in PERIOD_UNITS:
        bands = {book.calendars.values[-1][1].default}
    else:
        bands = {band for _, calendar in book.calendars.values for band in calendar.bands}
    lists = [
        sorted(names) if exact or whole else _kinds(sorted(names), book, which)
        for names, which, whole in (
            (scope.services or book.paid_services, lambda r: r.scope.services, every),
            (scope.zones or book.zones, lambda r: r.scope.zones, every),
            (scope.providers or book.providers, lambda r: r.scope.providers, every),
            (scope.bands or bands, lambda r: r.scope.bands, every),
            (
                scope.circumstances or {"", *book.circumstances},
                lambda r: r.scope.circumstances,
                every,
            ),
        )
    ]
    delegated = (False, True) if scope.delegated is None else (scope.delegated,)
    for service, zone, provider, band, told in product(*lists):
        for is_delegated, minutes in product(delegated, _lengths(book, rate)):
            yield Cell(service, zone, provider, band, is_delegated, minutes, told)


def _lengths(book: RateBook, rate: Rate) -> list[int]:
    """Shortest visit of each kind that the adjustments of `rate` tell apart by length."""
    least, below = rate.scope.from_min, rate.scope.below_min
    limits = {limit for each in book.adjustments
              for limit in (each.scope.from_min, each.scope.below_min or 0)}  # fmt: skip
    return [least, *sorted(x for x in limits if least < x and (below is None or x < below))]


def _kinds(
    names: list[str], book: RateBook, which: Callable[[Rule], frozenset[str] | None]
) -> list[str]:
    """One name of each kind that the rules treat alike."""
    scopes = [allowed for rule in book.rules() if (allowed := which(rule)) is not None]
    kinds: dict[tuple[bool, ...], str] = {}
    for name in names:
        kinds.setdefault(tuple(name in allowed for allowed in scopes), name)
    return list(kinds.values())
