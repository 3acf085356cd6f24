"""
Fetching the identity provider's public documents: bounded in time and size, no redirects.

Documents come from https, or from the own machine. The provider's words never reach an answer or
a log: a refusal says only which document could not be had.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

import httpx2

from api.access.settings import is_safe_address
from api.refusals import Busy
from scheduler.care.errors import Finding

Fetch = Callable[[str], Mapping[str, Any]]
LONGEST_S = 5.0
LARGEST = 1 << 20


def fetch_json(url: str, longest_s: float = LONGEST_S) -> Mapping[str, Any]:
    """
    The JSON object at `url`.

    Parameters
    ----------
    longest_s
        For all of it, not only until the first byte.

    Raises
    ------
    Busy
        IDENTITY_PROVIDER, when it does not come whole, in time, and as an object.
    """
    if not is_safe_address(url):
        raise unreachable("an address with https")
    ends = monotonic() + longest_s
    content = b""
    try:
        with (
            httpx2.Client(timeout=longest_s, follow_redirects=False) as client,
            client.stream("GET", url, headers={"Accept": "application/json"}) as answer,
        ):
            if answer.status_code != httpx2.codes.OK:
                raise unreachable("status 200")
            for chunk in answer.iter_bytes():
                content += chunk
                if len(content) > LARGEST or monotonic() > ends:
                    raise unreachable(f"at most {LARGEST} bytes within {longest_s:g} s")
        document = json.loads(content)
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, RecursionError):
        raise unreachable("a JSON document") from None
    if not isinstance(document, dict):
        raise unreachable("a JSON object")
    return document


def unreachable(expected: str) -> Busy:
    """The refusal of a request that cannot be judged without the identity provider."""
    return Busy(
        Finding(
            "IDENTITY_PROVIDER",
            "identity provider",
            expected,
            "none",
            "Försök igen om en stund; kontrollera identitetstjänsten om det består.",
        )
    )
