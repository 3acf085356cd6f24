"""Login, sessions and the gate of a running server, put together of its settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from fastapi import Request

from api.access.buckets import Buckets
from api.access.gate import Gate
from api.access.identify import Identify, Session
from api.access.issuer import Issuer
from api.access.login import Login, Returned, Started
from api.access.operations import POLICY
from api.access.settings import AccessSettings
from api.refusals import Busy, not_found
from api.store.engine import Store
from api.usecases.sessions import Lifetime, end_session, find_session, open_session

# Many people of one municipality come from one address.
ADDRESS_SHARE = 4


@dataclass(frozen=True, slots=True)
class AccessServices:
    """
    Parameters
    ----------
    login
        None where people cannot log in: in development mode, or with tokens only.
    addresses
        Rates of addresses.
    """

    store: Store
    clock: Callable[[], datetime]
    lifetime: Lifetime
    login: Login | None
    gate: Gate
    addresses: Buckets

    def start(self, path: str) -> Started:
        """Begin a login; NotFound where there is none."""
        return self._login().start(path)

    def finish(
        self, kept: str | None, returned: Returned, earlier: str | None
    ) -> tuple[str, Session]:
        """End a login: where to go, and the new session; an earlier one of the browser ends."""
        finished = self._login().finish(kept, returned)
        if earlier is not None:
            end_session(self.store, earlier, self.clock())
        made = open_session(self.store, finished.caller, self.clock(), self.lifetime)
        return finished.path, made

    def log_out(self, session: Session | None) -> str | None:
        """End a session; where the identity provider ends its own, if it can be reached."""
        if session is None or self.login is None:
            return None
        end_session(self.store, session.id, self.clock())
        try:
            return self.login.goodbye()
        except Busy:
            # The session here has ended, which is what was asked for.
            return None

    def _login(self) -> Login:
        if self.login is None:
            raise not_found("login", "none")
        return self.login


def make_access(
    settings: AccessSettings, store: Store, clock: Callable[[], datetime], issuer: Issuer | None
) -> AccessServices:
    """
    Everything that access needs.

    Parameters
    ----------
    issuer
        The identity provider; None takes the configured one.
    """
    if issuer is None and not settings.is_development:
        issuer = Issuer(settings.oidc_issuer)
    lifetime = Lifetime(
        timedelta(minutes=settings.session_idle_min), timedelta(minutes=settings.session_max_min)
    )
    addresses = Buckets(ADDRESS_SHARE * settings.rate_per_s, ADDRESS_SHARE * settings.rate_burst)
    who = Identify(
        settings, issuer, lambda found, now: find_session(store, found, now, lifetime), clock
    )
    callers = Buckets(settings.rate_per_s, settings.rate_burst)
    login = Login(settings, issuer) if issuer is not None and settings.has_login else None
    gate = Gate(POLICY, who, callers, addresses)
    return AccessServices(store, clock, lifetime, login, gate, addresses)


async def access_services(request: Request) -> AccessServices:
    """What routes ask for."""
    return cast("AccessServices", request.app.state.access)
