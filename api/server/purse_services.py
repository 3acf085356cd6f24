"""
Purses and unit costs for a request, as ``hemplan purse`` and ``unit-cost`` give them; nothing is
stored.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from api.documents.purses import month_days, read_purses
from api.refusals import too_large
from api.server.services import Services
from api.store.audit import Act
from api.usecases.rating import book_in_force
from pricing.analysis_export import unit_cost_dict
from pricing.budget.counting import Terms
from pricing.budget.export import purses_dict
from pricing.budget.purses import purse_lines
from pricing.budget.tariff import BookTariff
from pricing.service_file import parse_service_costs
from pricing.toml_file import MAX_BYTES, parse_toml
from pricing.unit_cost import unit_cost


def purses(services: Services, act: Act, month: str, content: bytes) -> dict[str, Any]:
    """What each decision of a document is worth in a month, by the book in force then."""
    first, last = month_days(month)
    document = read_purses(content, max_bytes=services.settings.max_bytes)
    book = book_in_force(services.store, act.municipality, first)
    terms = Terms(BookTariff(book), document.basis, document.services, document.clock)
    lines = purse_lines(terms, document.granted, first, last)
    return {"month": month, "basis": document.basis.value} | purses_dict(lines)


def unit_costs(content: bytes, day: date | None) -> dict[str, Any]:
    """What one unit of a service costs, and who owes what; on its latest change without a day."""
    if len(content) > MAX_BYTES:
        raise too_large(len(content), MAX_BYTES)
    service = parse_service_costs(parse_toml(content, "service")[0], "service")
    return unit_cost_dict(unit_cost(service, day or service.last_change()))
