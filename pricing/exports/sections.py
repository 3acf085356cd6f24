"""
The lines of a settlement in the order in which people read them: by provider, month and service.

What a sum in a statement or a workbook is made of is one section; every line is in exactly one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from pricing.exports.postings import Posted
from pricing.pay.settlement import SettledLine


class Heading(NamedTuple):
    """What the lines of a section have in common."""

    month: str
    corrects: bool
    service: str
    zone: str


@dataclass(frozen=True, slots=True)
class Section:
    """Lines and their sum, as shown."""

    heading: Heading
    title: str
    lines: tuple[SettledLine, ...]

    @property
    def minutes(self) -> int:
        """Paid minutes."""
        return sum(line.minutes for line in self.lines)

    @property
    def amount_ore(self) -> int:
        """Öre without VAT."""
        return sum(line.amount_ore for line in self.lines)

    @property
    def vat_ore(self) -> int:
        """Öre of VAT."""
        return sum(line.vat_ore for line in self.lines)


def sections(posted: Posted) -> dict[str, list[Section]]:
    """Provider -> its sections: the settled month, then earlier ones, corrected or late."""
    found: dict[str, dict[Heading, list[SettledLine]]] = {}
    for line in posted.settlement.lines:
        heading = Heading(line.day[:7], bool(line.corrects), line.service, line.zone)
        found.setdefault(line.provider, {}).setdefault(heading, []).append(line)
    settled = posted.settlement.month
    return {
        provider: [
            Section(heading, _title(posted, heading), tuple(parts[heading]))
            for heading in sorted(parts, key=lambda each: (each.month != settled, each))
        ]
        for provider, parts in sorted(found.items())
    }


def _title(posted: Posted, heading: Heading) -> str:
    title = f"{posted.setup.services[heading.service]}, {posted.setup.zones[heading.zone]}"
    if heading.corrects:
        return f"{title}: rättelse av {heading.month}"
    return title if heading.month == posted.settlement.month else f"{title}: sent, {heading.month}"
