"""
The rules of a rate book beside its rates, as people read them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from api.pages.formats import number, percent, signed
from pricing.book.model import (
    Adjustment,
    AdjustmentKind,
    Basis,
    Cap,
    CapPer,
    CapUnit,
    Deduction,
    DeductionKind,
    Direction,
    MinimumAmount,
    MinimumMinutes,
    MinuteRounding,
    NotPerformed,
    Rate,
    RateBook,
    Rule,
    Scope,
    Staffing,
    StandardTime,
    StartUp,
    Status,
    Vat,
    WeekParts,
)
from pricing.book.stated import Indexed, Level, Step

WORDS: Mapping[str, Mapping[Any, str]] = {
    "sv": {
        Adjustment: "Påslag och avdrag",
        StandardTime: "Schablontid",
        NotPerformed: "Ej utfört besök",
        StartUp: "Ny brukare",
        Staffing: "Fler medarbetare",
        MinimumMinutes: "Minsta tid",
        MinimumAmount: "Minsta belopp",
        MinuteRounding: "Tid avrundas",
        Cap: "Tak",
        Deduction: "Vite eller avdrag",
        Vat: "Moms",
        Status.DECLINED: "avböjt",
        Status.PLANNED_ABSENCE: "planerad frånvaro",
        Status.UNPLANNED_ABSENCE: "oplanerad frånvaro",
        Status.DECEASED: "avliden",
        Basis.PERFORMED: "utförd",
        Basis.GRANTED: "beviljad",
        Basis.STANDARD: "schablon",
        Direction.UP: "uppåt till",
        Direction.DOWN: "nedåt till",
        Direction.NEAREST: "till närmaste",
        CapPer.VISIT: "per besök",
        CapPer.RECIPIENT_WEEK: "per brukare och vecka",
        WeekParts.BY_DAYS: "delad vecka: en sjundedel per dag",
        WeekParts.WHOLE: "delad vecka: hela taket i varje månad",
        CapPer.RECIPIENT_MONTH: "per brukare och månad",
        CapPer.PROVIDER_MONTH: "per utförare och månad",
        CapUnit.GRANTED_SHARE: "{} av beviljad tid",
        CapUnit.ABOVE_GRANTED: "{} h över beviljad tid",
        CapUnit.HOURS: "{} h",
        "of_month": "{} av månadens ersättning",
        "of": "{} av månadens ersättning för {}",
        "each": "{} per tillfälle",
        "under": "under {}: {}",
        "over": "över {}: {}",
        "limit": "högst {} av månadens ersättning",
        "day": "dag",
        "most": "högst {} min",
        "fixed": "{} min",
        "further": "{} av den första för varje till",
        "provisional": "{} preliminärt",
        "final": "{} slutligt, känt {}",
        "delegated": "delegerad HSL",
        "own": "ej delegerad HSL",
        "none": "ingen särskild omständighet",
        "from": "från {} min",
        "below": "under {} min",
    },
    "en": {
        Adjustment: "Supplement or deduction",
        StandardTime: "Standard time",
        NotPerformed: "Visit not performed",
        StartUp: "New client",
        Staffing: "Further carers",
        MinimumMinutes: "Least time",
        MinimumAmount: "Least amount",
        MinuteRounding: "Time rounded",
        Cap: "Cap",
        Deduction: "Penalty or deduction",
        Vat: "VAT",
        Status.DECLINED: "declined",
        Status.PLANNED_ABSENCE: "planned absence",
        Status.UNPLANNED_ABSENCE: "unplanned absence",
        Status.DECEASED: "deceased",
        Basis.PERFORMED: "performed",
        Basis.GRANTED: "granted",
        Basis.STANDARD: "standard",
        Direction.UP: "up to",
        Direction.DOWN: "down to",
        Direction.NEAREST: "to the nearest",
        CapPer.VISIT: "per visit",
        CapPer.RECIPIENT_WEEK: "per client and week",
        WeekParts.BY_DAYS: "divided week: a seventh a day",
        WeekParts.WHOLE: "divided week: the whole cap in each month",
        CapPer.RECIPIENT_MONTH: "per client and month",
        CapPer.PROVIDER_MONTH: "per provider and month",
        CapUnit.GRANTED_SHARE: "{} of granted time",
        CapUnit.ABOVE_GRANTED: "{} h above granted time",
        CapUnit.HOURS: "{} h",
        "of_month": "{} of the month's payment",
        "of": "{} of the month's payment for {}",
        "each": "{} per occurrence",
        "under": "below {}: {}",
        "over": "above {}: {}",
        "limit": "at most {} of the month's payment",
        "day": "day",
        "most": "at most {} min",
        "fixed": "{} min",
        "further": "{} of the first for each further one",
        "provisional": "{} provisional",
        "final": "{} final, known {}",
        "delegated": "delegated nursing",
        "own": "not delegated nursing",
        "none": "no circumstance",
        "from": "from {} min",
        "below": "below {} min",
    },
}


def rules_on(book: RateBook, day: date) -> Iterator[Rule]:
    """The rules beside the rates that are in force, in the order of the sections."""
    for rule in book.rules():
        if not isinstance(rule, Rate) and rule.in_force(day):
            yield rule


def told_scope(book: RateBook, scope: Scope, lang: str) -> str:
    """Which visits a rule fits, by the book's texts; empty for all of them."""
    words = WORDS[lang]
    named: tuple[tuple[frozenset[str] | None, Mapping[str, str]], ...] = (
        (scope.services, book.services),
        (scope.zones, book.zones),
        (scope.providers, book.providers),
        (scope.bands, {}),
        (scope.circumstances, {**book.circumstances, "": words["none"]}),
    )
    found = [
        ", ".join(texts.get(name, name) for name in sorted(names))
        for names, texts in named
        if names is not None
    ]
    if scope.delegated is not None:
        found.append(words["delegated" if scope.delegated else "own"])
    if scope.from_min:
        found.append(words["from"].format(scope.from_min))
    if scope.below_min is not None:
        found.append(words["below"].format(scope.below_min))
    return "; ".join(found)


def told_value(rule: Rule, day: date, lang: str) -> str:
    """What the rule says on `day`."""
    words, value = WORDS[lang], rule.values.on(day)
    if isinstance(rule, Adjustment):
        return _adjustment(rule, value, lang)
    if isinstance(rule, NotPerformed):
        return f"{words[rule.status]}: {_steps(value, lang)}"
    if isinstance(rule, Cap):
        shown = _share(value, lang) if rule.unit is CapUnit.GRANTED_SHARE else _plain(value, lang)
        told = f"{words[rule.unit].format(shown)} {words[rule.per]}"
        divided = rule.per is CapPer.RECIPIENT_WEEK and rule.unit is not CapUnit.GRANTED_SHARE
        return f"{told}, {words[rule.week_parts]}" if divided else told
    if isinstance(rule, Deduction):
        return _deduction(rule, value, lang)
    if isinstance(rule, MinuteRounding):
        return f"{words[rule.direction]} {value} min"
    if isinstance(rule, Staffing):
        return words["further"].format(_share(value, lang))
    if isinstance(rule, Vat):
        return _share(value, lang)
    if isinstance(rule, StartUp):
        return f"{_plain(value, lang)} h"
    return f"{number(value, 2, lang)} kr" if isinstance(rule, MinimumAmount) else f"{value} min"


def kind_of(rule: Rule, lang: str) -> str:
    """What the rule is, as a word."""
    return WORDS[lang][type(rule)]


def _adjustment(rule: Adjustment, value: Decimal | Indexed, lang: str) -> str:
    tell: Callable[[Decimal], str] = {
        AdjustmentKind.SHARE: lambda v: ("+" if v > 0 else "") + _share(v, lang),
        AdjustmentKind.AMOUNT: lambda v: f"{signed(v, 2, lang)} kr",
        AdjustmentKind.DIVISOR: lambda v: f"/ {_plain(v, lang)}",
    }[rule.kind]
    if not isinstance(value, Indexed):
        return tell(value)
    words = WORDS[lang]
    told = words["provisional"].format(tell(value.provisional))
    if value.final is None or value.known_from is None:
        return told
    return f"{told}; {words['final'].format(tell(value.final), value.known_from.isoformat())}"


def _deduction(rule: Deduction, value: Decimal | tuple[Level, ...], lang: str) -> str:
    words = WORDS[lang]

    def amount(each: Decimal) -> str:
        if rule.kind is DeductionKind.AMOUNT:
            return f"{number(each, 2, lang)} kr"
        share = _share(each, lang)
        if rule.of is None:
            return words["of_month"].format(share)
        return words["of"].format(share, ", ".join(sorted(rule.of)))

    if isinstance(value, tuple):
        found = [
            words["under" if each.below is not None else "over"].format(
                _plain(limit, lang), amount(each.value)
            )
            for each in value
            if (limit := each.above if each.below is None else each.below) is not None
        ]
    else:
        found = [words["each"].format(amount(value))]
    if rule.at_most_share is not None:
        found.append(words["limit"].format(_share(rule.at_most_share, lang)))
    return "; ".join(found)


def _steps(steps: tuple[Step, ...], lang: str) -> str:
    words = WORDS[lang]
    found = []
    for step in steps:
        text = _share(step.share, lang)
        limits = [
            words[word].format(minutes)
            for word, minutes in (("fixed", step.minutes), ("most", step.at_most_min))
            if minutes is not None
        ]
        text += f" ({', '.join(limits)})" if limits else ""
        found.append(text if len(steps) == 1 else f"{words['day']} {step.from_day}– {text}")
    return "; ".join(found)


def _share(value: Decimal, lang: str) -> str:
    return percent(value, lang, _decimals(value * 100))


def _plain(value: Decimal | int, lang: str) -> str:
    return number(Decimal(value), _decimals(Decimal(value)), lang)


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
