"""
``hemplan unit-cost``: what one unit of an internal service costs, and who owes what for a year.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from rich.console import Console

from api.pages.price_analysis import print_trace
from api.pages.price_words import PriceWords
from api.pages.unit_cost_table import print_unit_cost
from api.terminal.output import Output, answer
from pricing.analysis_export import trace_dict, unit_cost_dict
from pricing.explain import trace
from pricing.service_file import load_service_costs
from pricing.unit_cost import unit_cost as cost_of_unit


def unit_cost(path: Path, day: date | None, output: Output, *, explain: bool) -> None:
    """The unit cost of the service in `path`; with `explain` also where it comes from."""
    service = load_service_costs(path)
    found = cost_of_unit(service, day or service.last_change())
    words = PriceWords(output.lang)

    def tell(screen: Console) -> None:
        print_unit_cost(found, screen, words)
        if explain:
            print_trace(trace(found.figure), screen, words)

    answer(
        output,
        lambda: (
            unit_cost_dict(found) | ({"trace": trace_dict(trace(found.figure))} if explain else {})
        ),
        tell,
    )
