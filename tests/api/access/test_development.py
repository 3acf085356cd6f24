"""Development mode: everything is allowed, and nobody else gets at it."""

from __future__ import annotations

import pytest

from api.access.caller import Role
from api.access.development import local_caller, require_local, require_safe_start
from api.access.refusals import NotSignedIn
from api.access.settings import AccessSettings
from scheduler.care.errors import InvalidInput
from tests.api.access.keys import SETTINGS

DEVELOPMENT = AccessSettings()
HOST = "127.0.0.1:8000"


def test_the_local_user_may_everything() -> None:
    caller = local_caller(DEVELOPMENT)
    assert caller.roles == set(Role)
    assert caller.has_all_units
    assert local_caller(AccessSettings(municipality="m-1")).municipality == "m-1"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_it_starts_on_the_own_machine(host: str) -> None:
    require_safe_start(DEVELOPMENT, host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "hemplan.example.se"])  # noqa: S104
def test_it_starts_nowhere_else(host: str) -> None:
    with pytest.raises(InvalidInput, match="NO_LOGIN"):
        require_safe_start(DEVELOPMENT, host)
    require_safe_start(SETTINGS, host)


@pytest.mark.parametrize(
    "headers",
    [
        {"host": HOST},
        {"host": "localhost"},
        {"host": "[::1]:8000"},
        {"host": HOST, "origin": f"http://{HOST}", "sec-fetch-site": "same-origin"},
        {"host": HOST, "sec-fetch-site": "none"},
    ],
)
def test_requests_of_the_own_machine_are_let_in(headers: dict[str, str]) -> None:
    require_local("127.0.0.1", headers)


@pytest.mark.parametrize(
    ("address", "headers", "where"),
    [
        ("192.168.1.9", {"host": HOST}, "address"),
        ("", {"host": HOST}, "address"),
        ("127.0.0.1", {"host": "evil.example"}, "host"),
        ("127.0.0.1", {"host": "[::1"}, "host"),
        ("127.0.0.1", {}, "host"),
        ("127.0.0.1", {"host": HOST, "origin": "https://evil.example"}, "origin"),
        ("127.0.0.1", {"host": HOST, "origin": "null"}, "origin"),
        ("127.0.0.1", {"host": HOST, "origin": "http://127.0.0.1:9000"}, "origin"),
        ("127.0.0.1", {"host": HOST, "origin": "http://["}, "origin"),
        ("127.0.0.1", {"host": HOST, "sec-fetch-site": "cross-site"}, "sec-fetch-site"),
        ("127.0.0.1", {"host": HOST, "sec-fetch-site": "same-site"}, "sec-fetch-site"),
    ],
)
def test_requests_of_others_are_refused(address: str, headers: dict[str, str], where: str) -> None:
    """Another machine, another name for this one, another site in the user's own browser."""
    with pytest.raises(NotSignedIn, match=f"NOT_LOCAL {where}"):
        require_local(address, headers)
