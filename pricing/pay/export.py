"""
Settlements as JSON: written with the digest, read back the same; lines as rows under one header.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from pricing.pay.settlement import ProviderSum, SettledLine, SettledLines, Settlement
from scheduler.care.errors import Finding, InvalidInput

FIGURES = ("minutes", "quantity", "amount_ore", "vat_ore")
FORMAT = "hemplan-settlement-1"
KINDS = tuple("int" if f in FIGURES else "str" for f in SettledLine._fields)


def settlement_dict(settlement: Settlement, *, lines: bool = True) -> dict[str, Any]:
    """
    A settlement as plain values.

    Parameters
    ----------
    lines
        False gives the sums only.
    """
    document: dict[str, Any] = {
        "format": FORMAT,
        "month": settlement.month,
        "book": settlement.book,
        "knownOn": settlement.known_on.isoformat() if settlement.known_on else None,
        "earlier": list(settlement.earlier),
        "digest": settlement.digest,
        "amountOre": settlement.amount_ore,
        "providers": [
            {
                "provider": each.provider,
                "lines": each.lines,
                "minutes": each.minutes,
                "amountOre": each.amount_ore,
                "vatOre": each.vat_ore,
            }
            for each in settlement.sums
        ],
    }
    if lines:
        document["columns"] = list(SettledLine._fields)
        document["lines"] = [list(line) for line in settlement.lines]
    return document


def write_settlement(settlement: Settlement) -> str:
    """The document as text; the same settlement gives the same text."""
    head = json.dumps(settlement_dict(settlement, lines=False), ensure_ascii=False, indent=1)
    columns = json.dumps(SettledLine._fields, ensure_ascii=False)
    rows = ",\n  ".join(json.dumps(line, ensure_ascii=False) for line in settlement.lines)
    return f'{head[:-2]},\n "columns": {columns},\n "lines": [\n  {rows}\n ]\n}}\n'


def read_settlement(content: bytes, name: str) -> Settlement:
    """
    A settlement as :func:`write_settlement` wrote it.

    Raises
    ------
    InvalidInput
        When it is no such document. That nobody edited it is for reconciliation to say.
    """
    try:
        document = json.loads(content.decode("utf-8-sig"))
        known_on = document["knownOn"]
        rows = [SettledLine._make(row) for row in document["lines"]]
        made = Settlement(
            month=_checked(document["month"], "str"),
            book=_checked(document["book"], "str"),
            known_on=None if known_on is None else date.fromisoformat(known_on),
            earlier=tuple(_checked(each, "str") for each in document["earlier"]),
            sums=tuple(
                ProviderSum(
                    _checked(each["provider"], "str"),
                    *(
                        _checked(each[key], "int")
                        for key in ("lines", "minutes", "amountOre", "vatOre")
                    ),
                )
                for each in document["providers"]
            ),
            lines=SettledLines.of(rows),
            digest=_checked(document["digest"], "str"),
        )
        for row in rows:
            for value, kind in zip(row, KINDS, strict=True):
                _checked(value, kind)
        for each in made.lines.column("day"):
            date.fromisoformat(each)
        right = document["format"] == FORMAT and document["columns"] == list(SettledLine._fields)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        right = False
    if not right:
        raise InvalidInput(
            Finding(
                "NOT_A_SETTLEMENT",
                name,
                f"a document of the format {FORMAT}",
                "something else",
                "Ange en avräkning som hemplan settle har skrivit.",
            )
        )
    return made


def _checked(value: Any, kind: str) -> Any:
    if type(value).__name__ != kind or (kind == "int" and abs(value) >= 2**63):
        raise TypeError
    return value
