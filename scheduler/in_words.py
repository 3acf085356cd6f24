"""What an option changes, rule by rule, in plain Swedish."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scheduler.care.units import SECONDS_PER_MINUTE
from scheduler.changes import Change
from scheduler.plan import Term
from scheduler.reasons import EXCLUDED
from scheduler.rules import PRICEABLE
from scheduler.time_order import elapsed_s

TIMES = {
    "travel": "restid",
    "waiting": "väntan",
    "overtime": "övertid",
    "preferred_time": "utanför önskad tid",
    "missing_slack": "luft som saknas",
    "uneven_load": "ojämn belastning",
    "optional_second": "betald tid i valfria pass",
}
BROKEN = {rule.value.lower(): EXCLUDED[rule] for rule in PRICEABLE}
# Moved visits that are named one by one.
NAMED = 3


def in_words(terms: Iterable[Term], moved: tuple[Change, ...]) -> str:
    """
    Sentences on changed terms and on moved visits; that the visit is planned goes without saying.
    """
    said = list(_terms(terms))
    text = f"{_capital(', '.join(said))}." if said else "Kostar inget."
    return f"{text} {_moved(moved)}" if moved else text


def _terms(terms: Iterable[Term]) -> Iterator[str]:
    for term in terms:
        more = term.quantity > 0
        if term.name in TIMES:
            yield f"{_length(abs(term.quantity))} {'mer' if more else 'mindre'} {TIMES[term.name]}"
        elif term.name in BROKEN:
            often = f" vid {abs(term.quantity)} besök" if abs(term.quantity) > 1 else ""
            yield f"{'avsteg' if more else 'ett avsteg mindre'}: {BROKEN[term.name]}{often}"
        elif term.name == "continuity":
            yield f"{abs(term.quantity)} {'mer' if more else 'mindre'} över taket för medarbetare"
        elif term.name == "loop":
            yield "delar en slinga" if more else "håller ihop en slinga"
        elif term.name == "opened_shift":
            yield "öppnar ett valfritt pass" if more else "ett valfritt pass behövs inte"


def _moved(moved: tuple[Change, ...]) -> str:
    """Who starts how much later or earlier; beyond NAMED only how many and how much at most."""
    shifts = [
        (change.visit_id, elapsed_s(change.before.start, change.after.start))
        for change in moved
        if change.before and change.after
    ]
    if len(shifts) <= NAMED:
        return " ".join(
            f"{visit} börjar {_length(abs(by_s))} {'senare' if by_s > 0 else 'tidigare'}."
            for visit, by_s in shifts
        )
    most = max(abs(by_s) for _, by_s in shifts)
    return f"{len(shifts)} besök får ny tid, som mest {_length(most)}."


def _length(seconds: int) -> str:
    """Whole minutes; below one minute in seconds."""
    if seconds < SECONDS_PER_MINUTE:
        return f"{seconds} s"
    return f"{round(seconds / SECONDS_PER_MINUTE)} min"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
