"""What the service tells of a caller."""

from __future__ import annotations

from types import SimpleNamespace

from api.access.caller import Role
from api.access.gate import Access
from api.documents.schema_types import Schema

examples = SimpleNamespace(
    SESSION={
        "user": "7f9c2ba4",
        "municipality": "1290",
        # Of one who plans and goes too: the description's writer leaves out what is null.
        "roles": ["carer", "scheduler"],
        "provider": "p-1",
        "units": ["north"],
        "carer": "anna",
        "csrfToken": "Jz2F0qv1mZ9u8yGk3nQ7cT5wXb4eRd6hLs1pVa0iBMo",
    },
    GOODBYE={"goodbye": "https://id.example.se/session/end?client_id=hemplan-web"},
)


class SessionSchema(Schema):
    """Who calls; ``csrfToken`` goes into the header ``X-CSRF-Token`` of every change."""

    user: str
    municipality: str
    roles: list[Role]
    provider: str | None
    units: list[str]
    carer: str | None
    csrf_token: str | None

    @classmethod
    def of(cls, access: Access) -> SessionSchema:
        """What `access` holds."""
        caller = access.caller
        return cls(
            user=caller.user,
            municipality=caller.municipality,
            roles=sorted(caller.roles),
            provider=caller.provider,
            units=sorted(caller.units),
            carer=caller.carer,
            csrf_token=access.session.csrf_token if access.session else None,
        )


class GoodbyeSchema(Schema):
    """Where the identity provider ends its own session; null when it has no such place."""

    goodbye: str | None
