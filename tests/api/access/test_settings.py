"""Settings of access: none are needed at home, and half a login is never taken for none."""

from __future__ import annotations

import pytest

from api.access.caller import Role
from api.access.settings import AccessSettings, is_loopback, is_safe_address, read_access_settings
from scheduler.care.errors import InvalidInput
from tests.api.access.keys import AUDIENCE, CLIENT, ISSUER

SECRET = "s" * 32
WHOLE = {
    "HEMPLAN_OIDC_ISSUER": ISSUER,
    "HEMPLAN_OIDC_AUDIENCE": AUDIENCE,
    "HEMPLAN_OIDC_CLIENT_ID": CLIENT,
    "HEMPLAN_OIDC_CLIENT_SECRET": "client-secret",
    "HEMPLAN_PUBLIC_URL": "https://hemplan.example.se",
    "HEMPLAN_SESSION_SECRET": SECRET,
}


def faults(environment: dict[str, str]) -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        read_access_settings(environment)
    told = str(refused.value)
    assert not any(value in told for name, value in environment.items() if "SECRET" in name)
    return [finding.where for finding in refused.value.findings]


def test_nothing_has_to_be_configured() -> None:
    settings = read_access_settings({"PATH": "/bin"})
    assert settings == AccessSettings()
    assert settings.is_development
    assert settings.roles["admin"] == {Role.ADMIN}


def test_a_whole_login() -> None:
    settings = read_access_settings(
        {**WHOLE, "HEMPLAN_SESSION_IDLE_MIN": "5", "HEMPLAN_OIDC_ACR": "loa3 loa4"}
    )
    assert not settings.is_development
    assert settings.has_login
    assert settings.session_idle_min == 5
    assert settings.levels == ("loa3", "loa4")


def test_secrets_are_not_shown() -> None:
    shown = repr(read_access_settings(WHOLE))
    assert SECRET not in shown
    assert "client-secret" not in shown


@pytest.mark.parametrize("name", ["OIDC_AUDIENCE", "PUBLIC_URL", "SESSION_SECRET"])
def test_a_login_without_one_of_its_parts_is_refused(name: str) -> None:
    given = {key: value for key, value in WHOLE.items() if key != f"HEMPLAN_{name}"}
    assert faults(given) == [f"HEMPLAN_{name}"]


def test_parts_of_a_login_without_an_issuer_are_not_development_mode() -> None:
    """A misspelt variable must not open everything."""
    given = {key: value for key, value in WHOLE.items() if key != "HEMPLAN_OIDC_ISSUER"}
    assert faults(given) == [
        "HEMPLAN_OIDC_AUDIENCE", "HEMPLAN_OIDC_CLIENT_ID", "HEMPLAN_OIDC_CLIENT_SECRET",
    ]  # fmt: skip


def test_every_fault_at_once() -> None:
    wrong = {
        "HEMPLAN_OIDC_ISSUER": "http://id.example.se",
        "HEMPLAN_OIDC_AUDIENCE": CLIENT,
        "HEMPLAN_PUBLIC_URL": "ftp://x",
        "HEMPLAN_SESSION_SECRET": "short",
        "HEMPLAN_SESSION_IDLE_MIN": "601",
        "HEMPLAN_RATE_PER_S": "-1",
        "HEMPLAN_ROLE_NAMES": "boss=G1 admin",
    }
    assert faults({**WHOLE, **wrong}) == [
        "HEMPLAN_RATE_PER_S", "HEMPLAN_OIDC_ISSUER", "HEMPLAN_PUBLIC_URL",
        "HEMPLAN_OIDC_AUDIENCE", "HEMPLAN_SESSION_SECRET", "HEMPLAN_SESSION_IDLE_MIN",
        "HEMPLAN_ROLE_NAMES", "HEMPLAN_ROLE_NAMES",
    ]  # fmt: skip


@pytest.mark.parametrize("number", ["0", "1.5", "ten", "²", "1000001", "9" * 20])
def test_a_number_is_a_whole_one(number: str) -> None:
    assert faults({"HEMPLAN_RATE_BURST": number}) == ["HEMPLAN_RATE_BURST"]


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("[::1]", True),
        ("localhost", True), ("LocalHost", True), ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False), ("::", False), ("", False), ("192.168.1.5", False),  # noqa: S104
        ("localhost.example.se", False), ("127.0.0.1.nip.io", False), ("2130706433", False),
    ],
)  # fmt: skip
def test_loopback(host: str, own: bool) -> None:
    assert is_loopback(host) is own


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://id.example.se", True), ("http://127.0.0.1:9/x", True),
        ("http://id.example.se", False), ("https://", False), ("file:///etc/passwd", False),
        ("https://[::1", False), ("", False),
    ],
)  # fmt: skip
def test_safe_addresses(url: str, safe: bool) -> None:
    assert is_safe_address(url) is safe
