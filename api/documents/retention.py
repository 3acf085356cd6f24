"""
How long what is kept (gallringsregler): a municipality's rules as a TOML file.

Source: docs/persons.md; an example is fixtures/demo/retention.toml.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field

from api.documents.schema_faults import validate
from api.documents.schema_types import Schema
from pricing.toml_file import parse_toml, read_bytes
from scheduler.care.errors import InvalidInput

# Socialstyrelsen's rules of access logs; shorter is refused, whatever a file says.
LEAST_READINGS_YEARS = 5


@dataclass(frozen=True, slots=True)
class Retention:
    """
    Rules of retention.

    Parameters
    ----------
    identity_years
        From a recipient's last day with a decision, or last entry of one, to their erasure.
    kept_born_on
        Days of the month: who was born on one of them belongs to the sample that is kept for
        research, and is listed but not erased.
    readings_years
        From a reading to the removal of its line in the log.
    """

    identity_years: int
    kept_born_on: frozenset[int]
    readings_years: int


class RuleSchema(Schema):
    """A part of the file; its keys are written as they are, with underscores."""

    model_config = ConfigDict(alias_generator=None)


class IdentitySchema(RuleSchema):
    """Name, number, home and wishes."""

    keep_years: Annotated[int, Field(ge=1, le=100)]
    keep_born_on: list[Annotated[int, Field(ge=1, le=31)]] = []  # noqa: RUF012 - pydantic copies
    source: Annotated[str, Field(min_length=1)]


class ReadingsSchema(RuleSchema):
    """The log of readings."""

    keep_years: Annotated[int, Field(ge=LEAST_READINGS_YEARS, le=100)]
    source: Annotated[str, Field(min_length=1)]


class RetentionSchema(RuleSchema):
    """The file."""

    identity: IdentitySchema
    readings: ReadingsSchema


def read_retention(path: Path) -> Retention:
    """
    The rules in a file.

    Raises
    ------
    InvalidInput
        With every fault; fewer than five years for the log are one.
    """
    document, _ = parse_toml(read_bytes(path), path.name)
    schema, findings = validate(RetentionSchema, document)
    if schema is None or findings:
        raise InvalidInput(findings)
    return Retention(
        schema.identity.keep_years,
        frozenset(schema.identity.keep_born_on),
        schema.readings.keep_years,
    )
