"""
Development mode: one local user who may do everything, on the own machine only.

It is what the service does when no identity provider is set. Three things keep it at home: the
service refuses to start on any other interface than loopback; a request from another address is
refused, however it got in; and so is one that a web page of somebody else made the browser send,
be it to another name that leads here (DNS rebinding) or from another site.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from api.access.caller import ALL_UNITS, Caller, Role
from api.access.refusals import not_signed_in
from api.access.settings import AccessSettings, is_loopback
from scheduler.care.errors import Finding, InvalidInput

LOCAL_USER = "local"
LOCAL_MUNICIPALITY = "kommunen"
LOCAL_PROVIDER = "own"


def local_caller(settings: AccessSettings) -> Caller:
    """The local user: every role, every unit."""
    return Caller(
        LOCAL_USER,
        settings.municipality or LOCAL_MUNICIPALITY,
        frozenset(Role),
        LOCAL_PROVIDER,
        frozenset({ALL_UNITS}),
    )


def require_safe_start(settings: AccessSettings, host: str) -> None:
    """
    Refuse to listen on `host` when nobody would have to log in.

    Raises
    ------
    InvalidInput
        NO_LOGIN, when there is no identity provider and `host` is not a loopback interface.
    """
    if settings.is_development and not is_loopback(host):
        raise InvalidInput(
            Finding(
                "NO_LOGIN",
                "--host",
                "127.0.0.1, ::1 or localhost, since no login is configured",
                "an interface that others reach",
                "Ange HEMPLAN_OIDC_ISSUER och HEMPLAN_OIDC_AUDIENCE (docs/access.md), "
                "eller lyssna på 127.0.0.1.",
            )
        )


def require_local(address: str, headers: Mapping[str, str]) -> None:
    """
    Refuse a request of development mode that does not come from the own machine and site.

    Parameters
    ----------
    address
        Where the request comes from.
    headers
        By lower-case name.

    Raises
    ------
    NotSignedIn
        NOT_LOCAL.
    """
    host = headers.get("host", "")
    faults = {
        "address": not is_loopback(address),
        "host": not is_loopback(_name(host)),
        "origin": headers.get("origin") not in (None, f"http://{host}", f"https://{host}"),
        "sec-fetch-site": headers.get("sec-fetch-site") in ("cross-site", "same-site"),
    }
    for where, wrong in faults.items():
        if wrong:
            raise not_signed_in("NOT_LOCAL", where, "a request of this machine", "another")


def _name(host: str) -> str:
    """The name in a Host header, without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
