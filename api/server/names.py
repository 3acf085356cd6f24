"""
What no stored thing can be called: refused before anything is looked up.

An id is a printable text of at most 100 characters. In an address, what is none is answered as an
id that nothing is stored under; in a query or a key, control characters are a fault. So no route
meets a text that a database or an answer cannot hold.
"""

from __future__ import annotations

import unicodedata

from fastapi import Request

from api.documents.schema_faults import MAX_ID, is_id, kind_of
from scheduler.care.errors import Finding, InvalidInput, NotFound

KEY = "idempotency-key"
_CONTROL, _HALF = "Cc", "Cs"


async def only_names(request: Request) -> None:
    """
    Let pass what can be a name.

    Raises
    ------
    NotFound
        When a part of the path is no id.
    InvalidInput
        When the query or the key of the request has characters that nobody can see.
    """
    for name, value in request.path_params.items():
        if not is_id(value):
            raise NotFound(
                Finding("NOT_FOUND", f"path.{name}", f"an id of at most {MAX_ID} characters",
                        kind_of(value), "Kontrollera id:t: det kan inte vara något som finns.")
            )  # fmt: skip
    texts = [(f"query.{name}", value) for name, value in request.query_params.multi_items()]
    texts += [(f"header.{KEY}", value) for value in request.headers.getlist(KEY)]
    findings = [
        Finding("WRONG_PARAMETER", where, "printable characters", "others",
                "Ta bort tecken som inte syns.")
        for where, text in texts
        if not is_visible(text)
    ]  # fmt: skip
    if findings:
        raise InvalidInput(findings)


def is_visible(text: str) -> bool:
    """Whether `text` has neither control characters nor halves of characters."""
    return text.isprintable() or not any(
        unicodedata.category(each) in (_CONTROL, _HALF) for each in text
    )
