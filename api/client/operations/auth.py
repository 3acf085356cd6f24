"""
Operations of auth.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from api.client.calling import Group, read
from api.server.access_schemas import GoodbyeSchema, SessionSchema


class Auth(Group):
    """Operations of auth."""

    def callback(
        self, *, code: str | None = None, state: str | None = None, iss: str | None = None
    ) -> str:
        """Where the identity provider sends the browser back to."""
        return str(
            self._calls.ask(
                "GET", "/auth/callback", {}, query={"code": code, "state": state, "iss": iss}
            ).headers["location"]
        )

    def login(self, *, path: str | None = None) -> str:
        """Send the browser to the identity provider; it comes back logged in, to `path`."""
        return str(
            self._calls.ask("GET", "/auth/login", {}, query={"path": path}).headers["location"]
        )

    def logout(self) -> GoodbyeSchema:
        """End the browser's session; at ``goodbye`` the identity provider ends its own."""
        return read(GoodbyeSchema, self._calls.ask("POST", "/auth/logout"))

    def session(self) -> SessionSchema:
        """Who one is, and, logged in with a browser, the token that changes must carry."""
        return read(SessionSchema, self._calls.ask("GET", "/auth/session"))
