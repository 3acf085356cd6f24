"""
Malformed input: files that each have a fault by construction, and what became of them.

Every file is made from one that is right by one to three faults that a person or a program makes:
a field that is missing, misspelt or out of range, a day that no calendar has, a file cut off. So
each must be refused, with a finding at the place of the fault; noise, of which some is no fault, is
what the properties of the readers are for.

The same number always gives the same file. Run all: ``python -m tests.malformed``, a quarter of a
minute; ``make test`` takes some hundreds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import cycle, islice
from random import Random

from pricing.book.model import RateBook
from pricing.book.reading import parse_rate_book
from pricing.pay.reading import read_performed
from pricing.pay.settlement import Settlement, settle
from pricing.price import load_price_parameters
from pricing.price_list import PriceParameters
from scheduler.care.errors import CareError, Finding, InvalidInput
from tests.conftest import ROOT
from tests.malformed.books import spoilt_book
from tests.malformed.made import MONTH, PRIVATE_MARK, Made
from tests.malformed.visits import FORMATS, right_visits, spoilt_visits

DEMO = ROOT / "fixtures" / "demo"
PUBLISHED = ROOT / "fixtures" / "published"
BOOKS = tuple(
    path
    for path in (DEMO / "rate_book.toml", *sorted(PUBLISHED.glob("*.toml")))
    if "[[rate]]" in path.read_text(encoding="utf-8")
)
KINDS = ("book", *FORMATS)


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What a settlement from a file came to.

    Parameters
    ----------
    settlement
        None when it was refused.
    crash
        Of a traceback; empty for none.
    """

    findings: tuple[Finding, ...] = ()
    settlement: Settlement | None = None
    crash: str = ""


def generated(number: int) -> Iterator[Made]:
    """The first `number` faulty files: rate books and each format of visits in turn, all unlike."""
    seen: set[bytes] = set()

    def every() -> Iterator[Made]:
        for position, kind in enumerate(cycle(KINDS)):
            draw = Random(f"{kind} {position}")
            made = spoilt_book(draw, BOOKS) if kind == "book" else spoilt_visits(draw, kind)
            if made.content not in seen:
                seen.add(made.content)
                yield made

    return islice(every(), number)


def outcome(made: Made) -> Outcome:
    """Settle a month from the file, and from a right one of the other kind."""
    try:
        if made.kind == "book":
            book = parse_rate_book(made.content, made.name, open_price_list)
            content, name = right_visits("csv"), "visits.csv"
        else:
            book, content, name = demo_book(), made.content, made.name
        return Outcome(settlement=settle(book, read_performed(content, name), MONTH))
    except CareError as error:
        return Outcome(error.findings)
    except Exception as error:  # whatever it is, it is what is looked for
        return Outcome(crash=f"{type(error).__name__}: {error}")


def complaint(made: Made, came: Outcome) -> str:
    """Why the outcome is not what a faulty file must have; empty when it is."""
    if came.crash:
        return f"a traceback: {came.crash}"
    if came.settlement is not None:
        return "settled, though it has a fault"
    if not all(
        each.code and each.where and each.expected and each.action for each in came.findings
    ):
        return "a finding without a place, or without anything to do"
    if any(PRIVATE_MARK in str(each) for each in came.findings):
        return "a finding that tells a recipient"
    if not came.findings:
        return "refused without a finding"
    if made.place and not any(made.place in each.where for each in came.findings):
        return f"no finding at {made.place}, but at {', '.join(f.where for f in came.findings[:3])}"
    return ""


@cache
def demo_book() -> RateBook:
    """The rate book of the demonstration."""
    path = DEMO / "rate_book.toml"
    return parse_rate_book(path.read_bytes(), path.name, open_price_list)


@cache
def open_price_list(name: str) -> PriceParameters:
    """A price list beside one of the books, read once."""
    for folder in (DEMO, PUBLISHED):
        if (folder / name).is_file() and "/" not in name:
            return load_price_parameters(folder / name)
    raise InvalidInput(Finding("UNREADABLE_FILE", name, "a list", "none", "Lägg till den."))
