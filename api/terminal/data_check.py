"""
The data check in the terminal: what blocks a plan, then what would make it better.

Reads well without colour, piped to a file and 80 columns wide; in Swedish.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from scheduler.datacheck import Advice, Code, Kind, Level

WIDTH = 80
# Ids that are named; the document has all.
NAMED = 5
TITLES = {
    Level.BLOCKS: "Det här hindrar en plan",
    Level.IMPROVES: "Det här gör planen bättre",
}
KINDS = {
    Kind.VISITS: "Besök",
    Kind.CARERS: "Medarbetare",
    Kind.SHIFTS: "Pass",
    Kind.RECIPIENTS: "Personer",
}


def print_data_check(found: Sequence[Advice], screen: Console, *, whole: bool = True) -> None:
    """
    Every piece of advice under the heading of its level.

    Parameters
    ----------
    whole
        False for what could be read of a document with errors, where nothing can be proven.
    """
    for level, title in TITLES.items():
        own = [each for each in found if each.level is level]
        if own:
            screen.print(Text(f"{title} ({len(own)})", style="bold"))
            for number, each in enumerate(own, 1):
                _print(number, each, screen)
            screen.print()
    if not whole:
        _say("", "Vad som hindrar en plan går att säga först när felen är rättade.", screen)
        return
    if not any(each.level is Level.BLOCKS for each in found):
        _say("", "Inget hindrar en plan." if found else "Inget att anmärka.", screen)
    elif not any(each.code is Code.NO_VISITS for each in found):
        _say("", "Resten av dagen går att planera redan nu.", screen)


def _print(number: int, each: Advice, screen: Console) -> None:
    margin = f"{number:>3}. "
    _say(margin, each.text, screen)
    _say(" " * len(margin), f"Gör så här: {each.action}", screen)
    if each.ids:
        named = ", ".join(each.ids[:NAMED])
        more = f" och {each.count - NAMED} till" if each.count > NAMED else ""
        _say(" " * len(margin), f"{KINDS[each.kind]}: {named}{more}", screen)


def _say(before: str, text: str, screen: Console) -> None:
    """A paragraph behind `before`, its further lines as far in."""
    width = max(min(screen.width, WIDTH) - len(before), 20)
    for row, line in enumerate(Text(text).wrap(screen, width)):
        line.rstrip()
        screen.print(Text(before if row == 0 else " " * len(before)) + line, soft_wrap=True)
