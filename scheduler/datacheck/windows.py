"""Times, lengths and priorities that say too little for a plan to choose by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from scheduler.care.model import Day, Visit
from scheduler.care.units import MINUTES_PER_HOUR, SECONDS_PER_MINUTE, STOCKHOLM
from scheduler.datacheck.advice import Advice, Code, Kind, counted
from scheduler.datacheck.limits import Limits


def window_advice(day: Day, limits: Limits) -> Iterator[Advice]:
    """What windows, durations and priorities show; nothing of a day with few visits."""
    if len(day.visits) < limits.fewest:
        return
    yield from _whole_day(day, limits)
    yield from _exact(day, limits)
    yield from _equal_windows(day, limits)
    yield from _equal_durations(day)
    yield from _equal_priorities(day)


def _share(found: list[Visit], day: Day) -> str:
    """E.g. ``12 av 40 besök``."""
    return f"{len(found)} av {counted(len(day.visits), Kind.VISITS)}"


def _many(found: list[Visit], day: Day, limits: Limits) -> bool:
    return bool(found) and len(found) >= limits.alike_share * len(day.visits)


def _ids(found: list[Visit]) -> tuple[str, ...]:
    return tuple(visit.id for visit in found)


def _whole_day(day: Day, limits: Limits) -> Iterator[Advice]:
    """WINDOWS_WHOLE_DAY: open all day, with no preferred time either."""
    long_s = limits.whole_day_h * MINUTES_PER_HOUR * SECONDS_PER_MINUTE
    found = [
        visit
        for visit in day.visits
        if visit.preferred is None and visit.pinned_start is None and _width_s(visit) >= long_s
    ]
    if _many(found, day, limits):
        yield Advice(
            Code.WINDOWS_WHOLE_DAY,
            Kind.VISITS,
            _ids(found),
            f"{_share(found, day)} får börja när som helst under dagen. Frukost kan hamna på "
            "kvällen.",
            "Ange tidsfönster, eller åtminstone önskad tid (preferredTime).",
        )


def _exact(day: Day, limits: Limits) -> Iterator[Advice]:
    """WINDOWS_EXACT: no choice of start, though nobody has pinned it."""
    found = [v for v in day.visits if v.pinned_start is None and _width_s(v) == 0]
    if _many(found, day, limits):
        yield Advice(
            Code.WINDOWS_EXACT,
            Kind.VISITS,
            _ids(found),
            f"{_share(found, day)} måste börja på minuten. Då går det knappt att lägga "
            "dem efter varandra, och fler blir oplanerade.",
            "Är tiden från en gammal slinga, vidga fönstret med 15–60 min.",
        )


def _equal_windows(day: Day, limits: Limits) -> Iterator[Advice]:
    """WINDOWS_EQUAL: the same frame for most; what is open all day is said elsewhere."""
    long_s = limits.whole_day_h * MINUTES_PER_HOUR * SECONDS_PER_MINUTE
    frames = Counter(visit.windows for visit in day.visits if _width_s(visit) < long_s)
    for frame, _ in frames.most_common(1):
        found = [visit for visit in day.visits if visit.windows == frame]
        if _many(found, day, limits):
            first, last = (m.astimezone(STOCKHOLM) for m in (frame[0].earliest, frame[-1].latest))
            yield Advice(
                Code.WINDOWS_EQUAL,
                Kind.VISITS,
                _ids(found),
                f"{_share(found, day)} har samma tidsfönster ({first:%H:%M}–{last:%H:%M}). Då "
                "trängs de i onödan om tiderna egentligen skiljer sig.",
                "Kontrollera att fönstret inte är ett standardvärde.",
            )


def _equal_durations(day: Day) -> Iterator[Advice]:
    lengths = {visit.duration_min for visit in day.visits}
    if len(lengths) == 1:
        yield Advice(
            Code.DURATIONS_EQUAL,
            Kind.VISITS,
            (),
            f"Alla besök är {lengths.pop()} min. Planen blir för lång för vissa och för kort för "
            "andra.",
            "Hämta tiden från insatsernas schablontider.",
        )


def _equal_priorities(day: Day) -> Iterator[Advice]:
    priorities = {visit.priority for visit in day.visits}
    if len(priorities) == 1:
        yield Advice(
            Code.PRIORITIES_EQUAL,
            Kind.VISITS,
            (),
            f"Alla besök har prioritet {priorities.pop()}. Räcker inte tiden kan städning gå före "
            "insulin.",
            "Sätt 1 på det som måste göras och 3 på det som kan vänta.",
        )


def _width_s(visit: Visit) -> Decimal:
    """Seconds in all from first to last start, window by window."""
    return Decimal(sum(w.latest.timestamp() - w.earliest.timestamp() for w in visit.windows))
