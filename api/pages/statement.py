"""
The printable statement of a provider: what is paid for a month, and every line behind each sum.

One self-contained page in Swedish, for paper as well: no network, no script; whatever comes from
data is escaped. It holds ids of visits, never anything of a recipient.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from markupsafe import Markup

from api.pages.formats import number
from api.pages.render import environment
from pricing.exports.postings import Posted
from pricing.exports.sections import Section, sections
from scheduler.care.units import MINUTES_PER_HOUR, from_ore

STYLE = Path(__file__).parent / "web" / "statement.css"
THOUSAND = 1000


def statements(posted: Posted) -> dict[str, str]:
    """Provider -> its statement as HTML."""
    return {
        provider: _statement(posted, provider, own) for provider, own in sections(posted).items()
    }


def _statement(posted: Posted, provider: str, own: Sequence[Section]) -> str:
    return (
        environment()
        .get_template("statement.html.j2")
        .render(
            provider=posted.setup.providers[provider],
            settlement=posted.settlement,
            buyer=posted.setup.buyer,
            day=posted.day,
            sections=own,
            count=sum(len(each.lines) for each in own),
            minutes=sum(each.minutes for each in own),
            amount_ore=sum(each.amount_ore for each in own),
            vat=posted.vat[provider],
            vat_ore=sum(each.vat_ore for each in own),
            kronor=lambda ore: number(from_ore(ore), 2),
            hours=lambda minutes: number(Decimal(minutes) / MINUTES_PER_HOUR, 2),
            whole=number,
            quantity=_quantity,
            style=Markup(STYLE.read_text(encoding="utf-8")),  # noqa: S704 - our own file
        )
    )


def _quantity(thousandths: int) -> str:
    """Pieces with the decimals that they have; nothing for what is paid by time."""
    if not thousandths:
        return ""
    exact = (Decimal(thousandths) / THOUSAND).normalize()
    return number(exact, max(0, -int(exact.as_tuple().exponent)))
