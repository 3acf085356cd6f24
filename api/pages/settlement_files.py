"""
A settlement as files for ledger, invoicing and print: the same settlement, setup and day give the
same bytes.
"""

from __future__ import annotations

from api.files import safe_names
from api.pages.statement import statements
from pricing.exports.peppol import self_billing
from pricing.exports.postings import Posted
from pricing.exports.sie import sie_file
from pricing.exports.ubl import ubl_document
from scheduler.care.errors import Finding

KINDS = ("sie", "peppol", "excel", "html")


def settlement_files(posted: Posted, kind: str) -> tuple[dict[str, bytes], tuple[Finding, ...]]:
    """
    Name -> content, and a warning for each text that had to be changed.

    Parameters
    ----------
    kind
        One of :data:`KINDS`.
    """
    month = posted.settlement.month
    if kind == "sie":
        made = sie_file(posted)
        return {f"{month}.si": made.content}, made.notes
    if kind == "excel":
        # Loads a library that the other formats do without.
        from pricing.exports.workbook import workbook

        return {f"{month}.xlsx": workbook(posted)}, ()
    if kind == "peppol":
        documents = {each.number: each for each in self_billing(posted)}
        names = safe_names(documents)
        return {
            f"{names[each.number]}.xml": ubl_document(each, posted.setup).encode()
            for each in documents.values()
        }, ()
    pages = statements(posted)
    names = safe_names(f"{provider}-{month}" for provider in pages)
    return {
        f"{names[f'{provider}-{month}']}.html": page.encode() for provider, page in pages.items()
    }, ()
