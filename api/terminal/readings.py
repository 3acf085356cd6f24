"""
``hemplan log``: the systematic review of who has read what, and who has read one person's record.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, time, timedelta

from rich.text import Text

from api.documents.strict_json import write_json
from api.store.person_records import Access
from api.store.schema import require_current
from api.terminal.console import console
from api.terminal.database import opened
from api.terminal.persons import operator, say
from api.usecases import reviewing
from api.usecases.reviewing import Remark, Remarkable, Review
from scheduler.care.units import STOCKHOLM

MOST = 10_000
WORDS = {
    Remark.EMERGENCY: "nödöppning av skyddade uppgifter",
    Remark.REFUSED: "försök att läsa skyddade uppgifter",
    Remark.PROTECTED: "läsning av skyddade uppgifter",
    Remark.MANY_IN_AN_HOUR: "många personer inom en timme",
    Remark.MANY_IN_A_DAY: "många personer under en dag",
    Remark.MANY_LISTED: "många personer i listor under en dag",
    Remark.WITHOUT_CASE: "läsningar utan ärende",
    Remark.NUMBER_TWICE: "samma identitetsnummer på flera id",
}


def review(
    municipality: str,
    by: str,
    reason: str,
    since: date,
    until: date,
    *,
    sample: int,
    seed: int,
    json: bool,
) -> bool:
    """
    Show what is remarkable from the first to the last of two days, and a sample.

    Returns
    -------
    bool
        Whether nothing is remarkable.

    Raises
    ------
    CareError
        As :func:`api.usecases.reviewing.review`.
    """
    with opened() as store:
        require_current(store)
        made = reviewing.review(
            store,
            operator(municipality, by, reason),
            datetime.combine(since, time(), STOCKHOLM),
            datetime.combine(until + timedelta(days=1), time(), STOCKHOLM),
            sample=sample,
            seed=seed,
        )
    if json:
        console().print(Text(write_json(_document(made)).rstrip()), soft_wrap=True)
        return not made.remarkable
    say(f"{made.lines} läsningar av {made.actors} användare.")
    for each in made.remarkable:
        say(_remark(each))
    if made.sample:
        say("Stickprov att granska:")
    for line in made.sample:
        say(_line(line))
    return not made.remarkable


def who(recipient: str, municipality: str, by: str, reason: str) -> None:
    """
    Show every reading of a person's record, the latest first.

    Raises
    ------
    CareError
        As :func:`api.usecases.reviewing.who_has_read`.
    """
    with opened() as store:
        require_current(store)
        lines, total = reviewing.who_has_read(
            store, operator(municipality, by, reason), recipient, limit=MOST
        )
    for line in lines:
        say(_line(line))
    say(f"{total} läsningar" + (f", de senaste {MOST} visas." if total > MOST else "."))


def _remark(each: Remarkable) -> str:
    whom = "" if each.recipient is None else f", person {each.recipient}"
    first = "" if each.first is None else f", från rad {each.first}"
    return f"{each.remark} {each.actor or '-'}: {WORDS[each.remark]}, {each.count}{whom}{first}"


def _line(line: Access) -> str:
    at = line.at.astimezone(STOCKHOLM).strftime("%Y-%m-%d %H:%M:%S")
    marks = "".join(
        f" [{words}]"
        for told, words in ((line.protected, "skyddad"), (line.emergency, "nödöppning"))
        if told
    )
    case = "" if line.case is None else f" ärende {line.case}"
    return (
        f"{line.number} {at} {line.actor} ({line.unit}) {line.kind} {line.recipient}"
        f"{case}: {line.reason}{marks}"
    )


def _document(made: Review) -> dict[str, object]:
    return {
        "lines": made.lines,
        "actors": made.actors,
        "remarkable": [asdict(each) for each in made.remarkable],
        "sample": [{**asdict(each), "at": each.at.isoformat()} for each in made.sample],
    }
