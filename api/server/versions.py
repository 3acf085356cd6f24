"""
Versions over HTTP: an entity tag in the answer, and the ``If-Match`` that a change must bring.

A change that does not say which version it was made of would overwrite what its sender has never
seen; so the header is required (428), and another version than the one that holds is refused (412).
"""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header

from api.refusals import Unversioned
from scheduler.care.errors import Finding, InvalidInput

MAX_DIGITS = 9
_TAG = re.compile(rf'"([0-9]{{1,{MAX_DIGITS}}})"')

IfMatch = Annotated[
    str | None, Header(description='Version the change was made of, as its ETag: `"3"`.')
]


def entity_tag(version: int) -> dict[str, str]:
    """The header that tells `version`."""
    return {"ETag": f'"{version}"'}


async def version_of(if_match: IfMatch = None) -> int:
    """
    The version that a request names.

    Raises
    ------
    Unversioned
        When it names none.
    InvalidInput
        When it names something that is no version of ours.
    """
    if if_match is None:
        raise Unversioned(_fault("VERSION_MISSING", "none"))
    found = _TAG.fullmatch(if_match.strip())
    if found is None:
        raise InvalidInput(_fault("NOT_A_VERSION", "another text"))
    return int(found.group(1))


# The version that a change was made of: the one place that reads the header.
Version = Annotated[int, Depends(version_of)]


def _fault(code: str, found: str) -> Finding:
    return Finding(
        code,
        "If-Match",
        'the ETag of what is changed, as "3"',
        found,
        "Läs om det som ska ändras och skicka med dess ETag i If-Match.",
    )
