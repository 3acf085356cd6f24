"""
Settings of access, from the environment only; without any, the service is in development mode.

=============================  ====================================================================
variable                       meaning
=============================  ====================================================================
HEMPLAN_OIDC_ISSUER            the identity provider, as its tokens name it; sets login on
HEMPLAN_OIDC_AUDIENCE          what tokens to this service must be made for
HEMPLAN_OIDC_CLIENT_ID         the service as a client, for people's login; none: tokens only
HEMPLAN_OIDC_CLIENT_SECRET     its secret
HEMPLAN_OIDC_SCOPE             what is asked for at login; ``openid`` when not set
HEMPLAN_OIDC_ACR               levels of assurance that a login must have one of; space between
HEMPLAN_PUBLIC_URL             the service's own address, as people's browsers know it
HEMPLAN_SESSION_SECRET         signs what a browser keeps during a login; >= 32 characters
HEMPLAN_MUNICIPALITY           the municipality of every caller; none: as the claim says
HEMPLAN_CLAIM_USER, ..._MUNICIPALITY, ..._ROLES, ..._PROVIDER, ..._UNITS, ..._CARER
                               names of the claims; ``realm_access.roles`` reaches into an object
HEMPLAN_ROLE_NAMES             the identity provider's words for roles: ``assessor=G1 finance=G2``
HEMPLAN_SESSION_IDLE_MIN       minutes after which an unused session ends
HEMPLAN_SESSION_MAX_MIN        minutes after which every session ends
HEMPLAN_RATE_PER_S, ..._BURST  requests a second, and at once, of one caller; an address may make
                               four times as many, since many share one
=============================  ====================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from urllib.parse import urlsplit

from api.access.caller import Role
from scheduler.care.errors import Finding, InvalidInput

PREFIX = "HEMPLAN_"
LEAST_SECRET = 32
MAX_NUMBER = 1_000_000


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """
    See the table of the module; each field is the variable of its name.

    Secrets are not shown by ``repr``, so that no log holds them.
    """

    oidc_issuer: str = ""
    oidc_audience: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_scope: str = "openid"
    oidc_acr: str = ""
    public_url: str = ""
    session_secret: str = field(default="", repr=False)
    municipality: str = ""
    claim_user: str = "sub"
    claim_municipality: str = "municipality"
    claim_roles: str = "roles"
    claim_provider: str = "provider"
    claim_units: str = "units"
    claim_carer: str = "carer"
    role_names: str = ""
    session_idle_min: int = 30
    session_max_min: int = 600
    rate_per_s: int = 50
    rate_burst: int = 200

    @property
    def is_development(self) -> bool:
        """Whether there is no identity provider: one local user, who may do everything."""
        return not self.oidc_issuer

    @property
    def has_login(self) -> bool:
        """Whether people can log in with a browser, not only systems with tokens."""
        return bool(self.oidc_client_id)

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels of assurance of which a login must have one; none means any."""
        return tuple(self.oidc_acr.split())

    @property
    def roles(self) -> Mapping[str, frozenset[Role]]:
        """What each of the identity provider's words for roles gives; without any, our own."""
        if not self.role_names:
            return {role.value: frozenset({role}) for role in Role}
        found: dict[str, frozenset[Role]] = {}
        for pair in self.role_names.split():
            role, _, word = pair.partition("=")
            found[word] = found.get(word, frozenset()) | {Role(role)}
        return found


def read_access_settings(environment: Mapping[str, str]) -> AccessSettings:
    """
    The settings of access that `environment` gives; other variables are left alone.

    Raises
    ------
    InvalidInput
        With every fault at once, without the content of any variable.
    """
    values: dict[str, str | int] = {}
    findings: list[Finding] = []
    for each in fields(AccessSettings):
        text = environment.get(_variable(each.name), "").strip()
        if not text:
            continue
        if each.type == "str":
            values[each.name] = text
        elif text.isascii() and text.isdigit() and len(text) < 9 and 0 < int(text) <= MAX_NUMBER:
            values[each.name] = int(text)
        else:
            findings.append(_fault(each.name, f"a whole number, 1-{MAX_NUMBER}", "something else"))
    settings = AccessSettings(**values)  # type: ignore[arg-type]  # each was made for its field
    findings += _faults(settings)
    if findings:
        raise InvalidInput(findings)
    return settings


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address, can be reached from its own machine only."""
    if host.casefold() == "localhost":
        return True
    try:
        address = ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    # A socket for both families tells an IPv4 address as a mapped one.
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def is_safe_address(url: str) -> bool:
    """Whether what is sent to `url` is encrypted, or does not leave the machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (
        parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    )


def _faults(settings: AccessSettings) -> list[Finding]:
    findings = [
        _fault(name, "an address with https", "another")
        for name in ("oidc_issuer", "public_url")
        if getattr(settings, name) and not is_safe_address(getattr(settings, name))
    ]
    if settings.is_development:
        # Half a configuration must not be read as none: it would open everything.
        findings += [
            _fault(name, "HEMPLAN_OIDC_ISSUER beside it", "none")
            for name in ("oidc_audience", "oidc_client_id", "oidc_client_secret")
            if getattr(settings, name)
        ]
    else:
        findings += _login_faults(settings)
    if settings.session_idle_min > settings.session_max_min:
        findings.append(_fault("session_idle_min", "at most HEMPLAN_SESSION_MAX_MIN", "more"))
    known = [role.value for role in Role]
    for pair in settings.role_names.split():
        role, equals, word = pair.partition("=")
        if not equals or not word or role not in known:
            findings.append(
                _fault("role_names", f"ROLE=WORD with a role of {', '.join(known)}", "another")
            )
    return findings


def _login_faults(settings: AccessSettings) -> list[Finding]:
    wanted = ["oidc_audience"]
    if settings.has_login:
        wanted += ["public_url", "session_secret"]
    findings = [
        _fault(name, "a value, since there is an identity provider", "none")
        for name in wanted
        if not getattr(settings, name)
    ]
    if settings.has_login and settings.oidc_client_id == settings.oidc_audience:
        # A token about a login would pass for one that lets its bearer in.
        findings.append(_fault("oidc_audience", "another than HEMPLAN_OIDC_CLIENT_ID", "the same"))
    if settings.session_secret and len(settings.session_secret) < LEAST_SECRET:
        findings.append(
            _fault("session_secret", f"at least {LEAST_SECRET} random characters", "fewer")
        )
    return findings


def _variable(name: str) -> str:
    return f"{PREFIX}{name.upper()}"


def _fault(name: str, expected: str, found: str) -> Finding:
    return Finding("SETTING", _variable(name), expected, found, "Rätta miljövariabeln.")
