"""
The VAT of a provider's document: the rate times the base, rounded once.

A settlement tells VAT beside each line, each rounded by itself; over many lines that adds up to
another amount than the rate times their sum. What is invoiced, deducted and paid is the VAT of the
document. The difference between both is kept here, so that every export shows it as a row of its
own and no öre is lost between settlement, ledger and invoice.

Source: EN 16931, BR-CO-17 (the VAT of a category is its base times its rate, two decimals).
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from pricing.book.terms import half_up


class DocumentVat(NamedTuple):
    """
    VAT of what a provider is paid in one settled month.

    Attributes
    ----------
    taxable_ore
        Öre that carry VAT, corrections included.
    settled_ore
        VAT as the lines tell it, each rounded.
    ore
        VAT of the document.
    """

    taxable_ore: int
    settled_ore: int
    ore: int

    @property
    def rounding_ore(self) -> int:
        """What the document has more than the lines (öresutjämning)."""
        return self.ore - self.settled_ore


def vat_of(taxable_ore: int, percent: int) -> int:
    """Öre of VAT on a base, rounded half up; below zero as above."""
    return half_up(Fraction(taxable_ore * percent, 100))


def document_vat(parts: Iterable[tuple[int, int]], percent: int, *, invoiced: bool) -> DocumentVat:
    """
    The VAT of parts that carry it.

    Parameters
    ----------
    parts
        Öre and öre of VAT of each, as settled.
    invoiced
        Whether there is a document; without one the VAT stays as the lines tell it.
    """
    taxable, settled = 0, 0
    for amount_ore, vat_ore in parts:
        taxable += amount_ore
        settled += vat_ore
    return DocumentVat(taxable, settled, vat_of(taxable, percent) if invoiced else settled)
