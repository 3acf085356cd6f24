"""
Operations of persons.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from api.client.calling import Group, Versioned, read, versioned
from api.server.person_schemas import (
    ErasureRequestSchema,
    ErasureSchema,
    GrantRequestSchema,
    GrantSchema,
    GrantsSchema,
    PersonRequestSchema,
    PersonSchema,
    PersonsSchema,
    ProtectionRequestSchema,
    ProtectionSchema,
    ProtectionsSchema,
    RetentionRequestSchema,
    RetentionSchema,
    SearchSchema,
    UnprotectSchema,
)


class Persons(Group):
    """Operations of persons."""

    def break_glass(self, recipient: str) -> GrantSchema:
        """See a protected person in an emergency; it is told in every review of the log."""
        return read(
            GrantSchema,
            self._calls.ask("POST", "/v1/persons/{recipient}/emergency", {"recipient": recipient}),
        )

    def erase(self, recipient: str, body: ErasureRequestSchema) -> ErasureSchema:
        """Erase a recipient for ever, or tell what that would take out."""
        return read(
            ErasureSchema,
            self._calls.ask(
                "POST", "/v1/persons/{recipient}/erasure", {"recipient": recipient}, body=body
            ),
        )

    def find(self, body: SearchSchema) -> Versioned[PersonSchema]:
        """The person with an identity number, which no address and so no log of addresses has."""
        return versioned(PersonSchema, self._calls.ask("POST", "/v1/person-searches", body=body))

    def grant(self, recipient: str, body: GrantRequestSchema) -> GrantSchema:
        """Let a user or a role see a protected person, for at most a year."""
        return read(
            GrantSchema,
            self._calls.ask(
                "POST", "/v1/persons/{recipient}/grants", {"recipient": recipient}, body=body
            ),
        )

    def grants(self) -> GrantsSchema:
        """Every grant, ended ones too."""
        return read(GrantsSchema, self._calls.ask("GET", "/v1/grants"))

    def person(self, recipient: str) -> Versioned[PersonSchema]:
        """Who a recipient is."""
        return versioned(
            PersonSchema,
            self._calls.ask("GET", "/v1/persons/{recipient}", {"recipient": recipient}),
        )

    def persons(
        self, *, name: str | None = None, offset: int | None = None, limit: int | None = None
    ) -> PersonsSchema:
        """Persons by name in Swedish order; each one shown has a line in the log of readings."""
        return read(
            PersonsSchema,
            self._calls.ask(
                "GET", "/v1/persons", {}, query={"name": name, "offset": offset, "limit": limit}
            ),
        )

    def protect(self, recipient: str, body: ProtectionRequestSchema) -> ProtectionSchema:
        """
        Mark a recipient as protected; whoever has no grant is told nothing of them from now on.
        """
        return read(
            ProtectionSchema,
            self._calls.ask(
                "POST", "/v1/persons/{recipient}/protections", {"recipient": recipient}, body=body
            ),
        )

    def protections(self) -> ProtectionsSchema:
        """Every marking, ended ones too; opaque ids and no identities."""
        return read(ProtectionsSchema, self._calls.ask("GET", "/v1/protections"))

    def record(
        self, recipient: str, body: PersonRequestSchema, *, version: int
    ) -> Versioned[PersonSchema]:
        """Record who a recipient is, or correct it; If-Match `"0"` when nothing is recorded yet."""
        return versioned(
            PersonSchema,
            self._calls.ask(
                "PUT",
                "/v1/persons/{recipient}",
                {"recipient": recipient},
                body=body,
                version=version,
            ),
        )

    def retain(self, body: RetentionRequestSchema) -> RetentionSchema:
        """What is due by the municipality's rules; erased with `dryRun: false`."""
        return read(RetentionSchema, self._calls.ask("POST", "/v1/retention", body=body))

    def revoke(self, recipient: str, number: int) -> GrantSchema:
        """Take a grant back."""
        return read(
            GrantSchema,
            self._calls.ask(
                "POST",
                "/v1/persons/{recipient}/grants/{number}/revoke",
                {"recipient": recipient, "number": number},
            ),
        )

    def unprotect(self, recipient: str, body: UnprotectSchema) -> ProtectionSchema:
        """End a marking."""
        return read(
            ProtectionSchema,
            self._calls.ask(
                "POST",
                "/v1/persons/{recipient}/protections/end",
                {"recipient": recipient},
                body=body,
            ),
        )
