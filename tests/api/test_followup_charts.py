"""Charts of the follow-up: both formats, every figure written, nothing by colour alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.documents.planned_days import read_planned_days
from api.documents.purses import read_purses
from api.pages.followup_charts import STYLES, charts
from api.terminal.purse import read_tariff
from pricing.budget.counting import Terms
from pricing.followup.report import FollowUp, follow_up
from pricing.followup.sources import Sources
from pricing.pay.reading import read_performed
from pricing.performed_time import read_carer_days
from pricing.price import load_price_parameters
from tests.conftest import ROOT

EXAMPLE = ROOT / "fixtures" / "followup"
DEMO = ROOT / "fixtures" / "demo"


def made(*, worked: bool = True) -> FollowUp:
    document = read_purses((EXAMPLE / "decisions.json").read_bytes())
    terms = Terms(
        read_tariff(DEMO / "rate_book.toml"), document.basis, document.services, document.clock
    )
    planned = read_planned_days(EXAMPLE / "plans")
    days = [visit.day for visit in planned]
    performed = read_performed((EXAMPLE / "performed.csv").read_bytes(), "p")
    sources = Sources(terms, document.granted, min(days), max(days), planned, performed)
    text = (EXAMPLE / "worked.csv").read_text("utf-8")
    carer_days = read_carer_days(text, "w") if worked else None
    prices = load_price_parameters(DEMO / "prices.toml") if worked else None
    return follow_up(sources, carer_days, prices)


@pytest.fixture(scope="module")
def example() -> FollowUp:
    return made()


def test_every_chart_in_both_formats(example: FollowUp) -> None:
    drawn = charts(example, "sv")
    assert sorted(drawn) == [
        f"{name}.{suffix}" for name in ("chain", "providers", "worked") for suffix in ("png", "svg")
    ]
    assert all(
        content.startswith(b"\x89PNG") for name, content in drawn.items() if name.endswith("png")
    )


def test_svg_has_its_texts_as_text_and_each_figure(example: FollowUp) -> None:
    drawn = charts(example, "sv")
    chain = drawn["chain.svg"].decode().replace("\u00a0", " ")
    for text in ("Beviljat", "86,2 h", "(100,0 %)", "Utförarens besök saknas", "12,8 h"):
        assert text in chain, text
    assert "saknas" in drawn["providers.svg"].decode()
    assert "nollpunkt" in drawn["worked.svg"].decode()


def test_what_differs_by_shade_differs_by_hatching_too() -> None:
    """In a grey print only the hatches tell the steps apart; granted and paid are named."""
    leaks = [style["hatch"] for step, style in STYLES.items() if step not in ("GRANTED", "DONE")]
    assert len(set(leaks)) == len(leaks)
    assert all(leaks)


def test_the_same_follow_up_gives_the_same_svg(example: FollowUp) -> None:
    first, second = charts(example, "en"), charts(example, "en")
    assert first == second


def test_without_worked_time_there_is_no_chart_of_it() -> None:
    assert "worked.svg" not in charts(made(worked=False), "sv")


def test_a_follow_up_of_nothing_is_drawn_without_dividing_by_it(tmp_path: Path) -> None:
    document = json.loads((EXAMPLE / "decisions.json").read_text("utf-8"))
    document["decisions"] = []
    purses = read_purses(json.dumps(document).encode())
    terms = Terms(read_tariff(DEMO / "rate_book.toml"), purses.basis, purses.services, purses.clock)
    day = made().first
    empty = follow_up(Sources(terms, (), day, day))
    assert charts(empty, "sv")["chain.png"].startswith(b"\x89PNG")
