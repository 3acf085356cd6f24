"""
Operations of rate documents.

Written by ``make client`` from the OpenAPI description; not to be changed by hand.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from api.client.calling import Group, Versioned, read, versioned
from api.server.finance_schemas import RateDocumentSchema, RateDocumentsSchema


class RateDocuments(Group):
    """Operations of rate documents."""

    def approve(
        self, kind: Literal["books", "price-lists", "export-setups"], number: int, *, version: int
    ) -> Versioned[RateDocumentSchema]:
        """Approve what somebody else has uploaded."""
        return versioned(
            RateDocumentSchema,
            self._calls.ask(
                "POST",
                "/v1/rate-documents/{kind}/{number}/approve",
                {"kind": kind, "number": number},
                version=version,
            ),
        )

    def content_of(
        self, kind: Literal["books", "price-lists", "export-setups"], number: int
    ) -> bytes:
        """The text of a document, byte by byte."""
        return self._calls.ask(
            "GET", "/v1/rate-documents/{kind}/{number}/content", {"kind": kind, "number": number}
        ).content

    def document(
        self, kind: Literal["books", "price-lists", "export-setups"], number: int
    ) -> Versioned[RateDocumentSchema]:
        """A document, and the version that its approval must name."""
        return versioned(
            RateDocumentSchema,
            self._calls.ask(
                "GET", "/v1/rate-documents/{kind}/{number}", {"kind": kind, "number": number}
            ),
        )

    def documents(
        self, kind: Literal["books", "price-lists", "export-setups"]
    ) -> RateDocumentsSchema:
        """All documents of a kind, whatever became of them."""
        return read(
            RateDocumentsSchema, self._calls.ask("GET", "/v1/rate-documents/{kind}", {"kind": kind})
        )

    def in_force(
        self,
        kind: Literal["books", "price-lists", "export-setups"],
        *,
        day: date,
        name: str | None = None,
    ) -> RateDocumentSchema:
        """The approved document in force on a day; of price lists, of those with a name."""
        return read(
            RateDocumentSchema,
            self._calls.ask(
                "GET",
                "/v1/rate-documents/{kind}/in-force",
                {"kind": kind},
                query={"day": day, "name": name},
            ),
        )

    def upload(
        self,
        kind: Literal["books", "price-lists", "export-setups"],
        body: bytes,
        *,
        name: str,
        first_day: date,
        key: str | None = None,
    ) -> RateDocumentSchema:
        """Upload a document without faults, to be approved by somebody else."""
        return read(
            RateDocumentSchema,
            self._calls.ask(
                "POST",
                "/v1/rate-documents/{kind}",
                {"kind": kind},
                body=body,
                kind="application/toml",
                query={"name": name, "firstDay": first_day},
                key=key,
                keyed=True,
            ),
        )
