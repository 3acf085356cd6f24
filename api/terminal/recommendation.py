"""
Recommendations in the terminal: the ways to plan a visit, the best first, then every 'no'.

Reads well without colour, piped to a file and 80 columns wide; in Swedish.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from api.pages.formats import clock_on, number
from scheduler.care.model import Day, Visit
from scheduler.recommend import Option, Recommendation
from scheduler.refusals import Refusal
from scheduler.rules import Reason, Rule

# Where each shift has its own sentence; the document tells it.
SHORT: dict[Rule | Reason, str] = {
    Reason.NO_SHIFT_IN_WINDOW: "Arbetar inte då",
    Reason.CROWDED_OUT: "Ryms inte i planen som den är",
}


def print_recommendations(found: Iterable[Recommendation], day: Day, screen: Console) -> None:
    """Each visit or group with its options and refusals."""
    visits = {visit.id: visit for visit in day.visits}
    asked = 0
    for each in found:
        _print(each, [visits[visit] for visit in each.visit_ids], day, screen)
        asked += 1
    if not asked:
        screen.print(Text("Planen lämnar inget besök oplanerat."))


def _print(found: Recommendation, visits: list[Visit], day: Day, screen: Console) -> None:
    first = visits[0]
    windows = " eller ".join(
        f"{clock_on(w.earliest, day.date)}–{clock_on(w.latest, day.date)}" for w in first.windows
    )
    names = ", ".join(visit.id for visit in visits)
    screen.print(Text(f"{names}: {first.duration_min} min, {windows}", style="bold"))
    for place, option in enumerate(found.options, 1):
        _say(f"  {place}. ", _where(option, day), screen)
        _say("     ", option.text, screen)
    if not found.options:
        _say("  ", "Ingen kan ta det i planen som den är.", screen)
    if found.further:
        _say("  ", f"{number(found.further)} pass till kan.", screen)
    for why, carers in _grouped(found.refusals).items():
        _say("  Nej: ", f"{why} {', '.join(carers)}", screen)
    screen.print()


def _say(before: str, text: str, screen: Console) -> None:
    """A paragraph behind `before`, its further lines as far in."""
    width = max(screen.width - len(before), 20)
    for row, line in enumerate(Text(text).wrap(screen, width)):
        screen.print(Text(before if row == 0 else " " * len(before)) + line)


def _grouped(refusals: Iterable[Refusal]) -> dict[str, list[str]]:
    """Why not, and all who cannot for that."""
    found: dict[str, list[str]] = {}
    for refusal in refusals:
        why = SHORT.get(refusal.code, refusal.text)
        found.setdefault(f"{why.removesuffix('.')}:", []).append(refusal.carer_id)
    return found


def _where(option: Option, day: Day) -> str:
    who = " och ".join(
        f"{carer} ({shift})"
        for carer, shift in zip(option.carer_ids, option.shift_ids, strict=True)
    )
    between = [f"efter {option.after}"] if option.after else []
    between += [f"före {option.before}"] if option.before else []
    where = f", {' och '.join(between)}" if between else ", ensamt på passet"
    return f"{clock_on(option.start, day.date)} {who}{where}"
