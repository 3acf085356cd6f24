"""Cases as data, and price lists to break: shared by the tests of pricing."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from pricing.price import PriceParameters, hour_cost, load_price_parameters
from pricing.purse import Purse, purse
from scheduler.care.dated import read_toml
from scheduler.care.model import ProviderKind

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "fixtures" / "published"
DEMO = ROOT / "fixtures" / "demo" / "prices.toml"


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of ``tests/cases/pricing/<name>.toml``."""
    found: list[dict[str, Any]] = read_toml(ROOT / "tests" / "cases" / "pricing" / f"{name}.toml")[
        "case"
    ]
    return found


def label(case: dict[str, Any]) -> str:
    """Name of a case in the test report."""
    return str(case.get("name", case.get("year")))


def published(file: str) -> PriceParameters:
    """A published price list."""
    return load_price_parameters(PUBLISHED / file)


def document(path: Path = PUBLISHED / "synthetic_2026.toml") -> dict[str, Any]:
    """A price list as read from TOML, free to be changed: each call gives a new one."""
    return read_toml(path)


def set_value(doc: dict[str, Any], name: str, value: object, day: str = "2026-01-01") -> None:
    """Give a parameter one value from `day`."""
    doc["parameters"][name]["values"] = {day: value}


def add_step(
    doc: dict[str, Any],
    kind: str,
    name: str,
    unit: str,
    value: object,
    provider: str | None = None,
) -> None:
    """Put a step with its parameter last in the rate list, before the rounding."""
    step = {"kind": kind, "parameter": name} | ({"provider": provider} if provider else {})
    rate = doc["recipe"][0]["rate"]
    rate.insert(len(rate) - 1, step)
    doc["parameters"][name] = {
        "text": name,
        "unit": unit,
        "source": "test",
        "values": {"2026-01-01": value},
    }


def percent_share(value: Decimal | int) -> Decimal:
    """Per cent as a share."""
    return Decimal(value) / 100


def purse_of(case: dict[str, Any]) -> Purse:
    """The purse of a case in ``purse.toml``."""
    cost = hour_cost(published(case["file"]), case["day"], case["zone"])
    minutes = Decimal(case["minutes_per_week"])
    return purse("d-1", minutes, cost, ProviderKind(case["provider_kind"]))
