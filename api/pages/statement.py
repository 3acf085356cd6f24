"""
The printable statement of a provider: what is paid for a month, and every line behind each sum.

One self-contained page in Swedish, for paper as well: no network, no script; whatever comes from
data is escaped. It holds ids of visits, never anything of a recipient.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

from api.pages.formats import number
from api.pages.render import environment
from pricing.exports.postings import Posted
from pricing.pay.settlement import SettledLine
from scheduler.care.units import MINUTES_PER_HOUR, from_ore

STYLE = Path(__file__).parent / "web" / "statement.css"
THOUSAND = 1000


class Heading(NamedTuple):
    """What the lines of a section have in common."""

    month: str
    corrects: bool
    service: str
    zone: str


@dataclass(frozen=True, slots=True)
class Section:
    """Lines and their sum, as shown."""

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


def statements(posted: Posted) -> dict[str, str]:
    """Provider -> its statement as HTML."""
    of_provider: dict[str, list[SettledLine]] = {}
    for line in posted.settlement.lines:
        of_provider.setdefault(line.provider, []).append(line)
    return {
        provider: _statement(posted, provider, of_provider[provider])
        for provider in sorted(of_provider)
    }


def _statement(posted: Posted, provider: str, lines: Iterable[SettledLine]) -> str:
    parts: dict[Heading, list[SettledLine]] = {}
    for line in lines:
        heading = Heading(line.day[:7], bool(line.corrects), line.service, line.zone)
        parts.setdefault(heading, []).append(line)
    # The month itself first, then the earlier ones that are corrected or late.
    settled = posted.settlement.month
    order = sorted(parts, key=lambda each: (each.month != settled, each))
    sections = [Section(_title(posted, each), tuple(parts[each])) for each in order]
    return (
        environment()
        .get_template("statement.html.j2")
        .render(
            provider=posted.setup.providers[provider],
            settlement=posted.settlement,
            buyer=posted.setup.buyer,
            day=posted.day,
            sections=sections,
            count=sum(len(each.lines) for each in sections),
            minutes=sum(each.minutes for each in sections),
            amount_ore=sum(each.amount_ore for each in sections),
            vat=posted.vat[provider],
            vat_ore=sum(each.vat_ore for each in sections),
            kronor=lambda ore: number(from_ore(ore), 2),
            hours=lambda minutes: number(Decimal(minutes) / MINUTES_PER_HOUR, 2),
            whole=number,
            quantity=_quantity,
            style=Markup(STYLE.read_text(encoding="utf-8")),  # noqa: S704 - our own file
        )
    )


def _title(posted: Posted, heading: Heading) -> str:
    title = f"{posted.setup.services[heading.service]}, {posted.setup.zones[heading.zone]}"
    if heading.corrects:
        return f"{title}: rättelse av {heading.month}"
    return title if heading.month == posted.settlement.month else f"{title}: sent, {heading.month}"


def _quantity(thousandths: int) -> str:
    """Pieces with the decimals that they have; nothing for what is paid by time."""
    if not thousandths:
        return ""
    exact = (Decimal(thousandths) / THOUSAND).normalize()
    return number(exact, max(0, -int(exact.as_tuple().exponent)))
