"""``hemplan price``: explained, ranked, doubted and compared, as text, JSON and picture."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from api import flow
from tests.api.command_line import run
from tests.conftest import ROOT

DEMO = flow.DEMO_PRICES
TYRESO = ROOT / "fixtures" / "published" / "tyreso_2021.toml"
KRISTIANSTAD = ROOT / "fixtures" / "published" / "kristianstad_2017.toml"
SVG = "{http://www.w3.org/2000/svg}"


def answered(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    assert run("price", DEMO, "--zone", "town", *arguments, "--json") == 0
    return json.loads(capsys.readouterr().out)


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert run("price", DEMO, "--zone", "town", *arguments) == 0
    return " ".join(capsys.readouterr().out.replace("\u00a0", " ").split())


def test_a_line_is_explained_down_to_its_sources(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "--explain", "vehicle")
    assert "Bil: 9,00 kr/brukartimme, från 2026-01-01, Assumed for the demonstration" in text
    text = said(capsys, "--explain", "transport_share", "--lang", "en")
    assert "= 336.55 × 20.00% / 65.00%" in text
    assert "30,907.00 kr/month, from 2026-01-01" in text


def test_an_explanation_as_json_holds_every_figure(capsys: pytest.CaptureFixture[str]) -> None:
    (price,) = answered(capsys, "--explain", "overhead")
    assert (price["zone"], price["service"], price["band"]) == ("town", "home_care", "")
    (found,) = price["explanations"]
    assert (found["amount"], found["provider"]) == ("18.32", None)
    subtotal, share = found["trace"]["parts"]
    assert share == {
        "name": "overhead",
        "text": "Gemensamma kostnader (overhead)",
        "value": "0.03",
        "unit": "share",
        "formula": "3,00\u00a0%",
        "source": share["source"],
        "firstDay": "2026-01-01",
    }
    assert len(subtotal["parts"]) == 10
    assert {part.get("again") for part in subtotal["parts"][1]["parts"]} == {None, True}


def test_an_unknown_line_or_zone_is_refused_with_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("price", DEMO, "--explain", "bil") == 2
    assert "UNKNOWN_LINE" in capsys.readouterr().err
    assert run("price", DEMO, "--zone", "city") == 2
    assert "UNKNOWN_PRICE" in capsys.readouterr().err


def test_sensitivity_is_ranked_and_drawn_without_colour(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Dearer and cheaper are told by filling and sign; the picture names every value."""
    chart = tmp_path / "chart.svg"
    (price,) = answered(capsys, "--chart", chart)
    assert [each["name"] for each in price["effects"]][:2] == ["gross_hours", "monthly_wage"]
    assert round(Decimal(price["effects"][1]["orePerPercent"]["TOTAL"]), 2) == Decimal("505.82")
    picture = ET.fromstring(chart.read_text("utf-8"))  # noqa: S314 - our own file
    bars = [each for each in picture.iter(f"{SVG}rect") if each.get("stroke")]
    texts = [each.text for each in picture.iter(f"{SVG}text")]
    assert len(bars) == 15
    assert {each.get("fill") for each in bars} == {"#333333", "url(#hatched)"}
    assert "−588,4" in texts
    assert "Månadslön, undersköterska" in texts
    for bar in bars:
        left, width = int(bar.get("x", "")), int(bar.get("width", ""))
        assert left >= 320
        assert left + width <= 320 + 420 + 1
    assert "Månadslön, undersköterska +505,82" not in said(capsys, "--lang", "en")
    assert "One unit of a share is one percentage point." in said(
        capsys, "--sensitivity", "--lang", "en"
    )


def test_a_chart_escapes_what_the_price_list_says(tmp_path: Path) -> None:
    """A text from a file must not become markup."""
    text = DEMO.read_text("utf-8").replace('"Månadslön, undersköterska"', '"<script>&"')
    prices, chart = tmp_path / "p.toml", tmp_path / "c.svg"
    prices.write_text(text, encoding="utf-8")
    assert run("price", prices, "--chart", chart) == 0
    written = chart.read_text("utf-8")
    assert "<script>" not in written
    assert "&lt;script&gt;&amp;" in written


def ranged(tmp_path: Path) -> Path:
    """The demo's price list with one uncertain input."""
    old = "values = { 2026-01-01 = 159.12 }"
    new = f"{old}\nranges = {{ 2026-01-01 = {{ least = 120, most = 220 }} }}"
    path = tmp_path / "ranged.toml"
    path.write_text(DEMO.read_text("utf-8").replace(old, new), encoding="utf-8")
    return path


def test_the_interval_names_its_draws_seed_and_inputs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = ranged(tmp_path)
    asked = ("price", path, "--interval", "--draws", 2000, "--seed", 5, "--zone", "town")
    assert run(*asked) == 0
    text = capsys.readouterr().out.replace("\u00a0", " ")
    assert "2 000 dragningar med frö 5; osäkra uppgifter: sick_hours." in text
    assert "Täcks av 629,00 kr" in text
    assert run(*asked, "--json") == 0
    (price,) = json.loads(capsys.readouterr().out)
    found = price["interval"]
    assert Decimal(found["fullCost"]["p5"]) < Decimal("629.09") < Decimal(found["fullCost"]["p95"])
    assert found["ranges"]["sick_hours"] == {"least": "120", "most": "220", "shape": "triangular"}
    assert run("price", DEMO, "--interval") == 2
    assert "NO_RANGES" in capsys.readouterr().err


def test_a_scenario_is_compared_with_what_holds(capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = answered(capsys, "--set", "vehicle=12", "--set", "unsocial_rate.mean=14,5")
    total = found["results"][0]
    assert (total["before"], total["after"], total["difference"]) == ("629.09", "637.90", "8.81")
    assert {cause["name"]: cause["amount"] for cause in total["causes"]} == {
        "unsocial_rate.mean": "5.73",
        "vehicle": "3.08",
    }
    text = said(capsys, "--set", "vehicle=12")
    assert "Bil 9,00 12,00 +3,00" in text
    assert "Full kostnad 629,09 632,18 +3,09" in text


def test_two_zones_two_days_and_two_municipalities(capsys: pytest.CaptureFixture[str]) -> None:
    """A municipality with one service of another name has still one to compare with."""
    (zones,) = answered(capsys, "--compare-zone", "rural")
    assert zones["results"][0]["difference"] == "85.99"
    (days,) = answered(capsys, "--compare-day", "2026-03-04")
    assert days["after"]["day"] == "2026-03-04"
    assert days["results"][0]["causes"] == []
    (others,) = answered(capsys, "--compare", KRISTIANSTAD)
    assert others["after"]["service"] == "care_and_service"
    assert others["results"][0]["after"] == "498.03"
    assert run("price", DEMO, "--compare-zone", "city") == 2
    assert "UNKNOWN_PRICE" in capsys.readouterr().err


def test_prices_that_are_called_otherwise_are_compared_when_they_are_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Two municipalities seldom have one name for zone and service; Tyresö has several services."""
    named = ("--compare-zone", "all", "--compare-service", "home_care")
    (found,) = answered(capsys, "--compare", TYRESO, *named)
    assert (found["after"]["zone"], found["after"]["service"]) == ("all", "home_care")
    assert run("price", KRISTIANSTAD, "--zone", "town", "--compare", TYRESO) == 2
    told = capsys.readouterr().err
    assert "all / home_care" in told.replace("\n", " ")
    assert "--compare-service" in told
    assert run("price", DEMO, "--compare", TYRESO, *named[:3], "cookery") == 2


def test_calculations_are_written_in_the_language_that_was_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("price", DEMO, "--zone", "town", "--lang", "en") == 0
    page = capsys.readouterr().out
    assert "stated amount 9.00" in page
    assert "3.00% × 610.77" in page
    assert "1,615.68 h" in page
    assert "629.09 is rounded" in page


@pytest.mark.parametrize("value", ["vehicle", "vehicle=", "=3", "vehicle=nio", "vehicle=NaN"])
def test_a_scenario_without_a_number_is_refused(
    value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("price", DEMO, "--set", value) == 2
    assert "NOT_A_VALUE" in capsys.readouterr().err


def test_performed_time_gives_the_shares_and_the_price_says_so(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Transport is performed, documentation stays stated: the reader sees which is which."""
    path = tmp_path / "time.csv"
    lines = "day;carer;zone;worked_min;care_min;transport_min\n2026-03-04;a;town;1000;640;160\n"
    path.write_text("\ufeff" + lines, encoding="utf-8")
    (cost,) = answered(capsys, "--performed", path)
    assert (cost["careTimeShare"], cost["shareSource"]) == ("0.64", "performed")
    assert cost["shareSources"]["transport_share"] == "performed"
    assert cost["shareSources"]["documentation_share"] == "stated"
    text = said(capsys, "--performed", path)
    assert "Dokumentation och planering: angiven i prislistan" in text
    assert "Transporttid: uppmätt i utförd tid" in text
    path.write_bytes(b"day;z\xe5n\n")
    assert run("price", DEMO, "--performed", path) == 2
    assert "UNREADABLE_FILE" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--explain", "total", "--interval"),
        ("--sensitivity", "--set", "vehicle=1"),
        ("--input", "x.json"),
        ("--plan", "p.json", "--performed", "t.csv"),
    ],
)
def test_questions_that_exclude_each_other_are_refused(arguments: tuple[str, ...]) -> None:
    """One answer at a time, so that no option is ignored in silence."""
    assert run("price", DEMO, *arguments) == 2


def test_an_answer_may_go_to_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """As text or as JSON, and nothing on the screen."""
    page, document = tmp_path / "price.txt", tmp_path / "price.json"
    assert run("price", DEMO, "--out", page, "--lang", "en") == 0
    assert "Rate, private" in page.read_text("utf-8")
    assert run("price", DEMO, "--out", document, "--json") == 0
    assert len(json.loads(document.read_text("utf-8"))) == 2
    assert capsys.readouterr().out == ""


# ---------------------------------------------------------------- unit cost

MEALS = ROOT / "fixtures" / "demo" / "meals.toml"


def test_a_unit_cost_is_shown_with_what_nobody_covers(capsys: pytest.CaptureFixture[str]) -> None:
    """The committee sees its invoice by use, its charge by budget, and the gap."""
    assert run("unit-cost", MEALS) == 0
    text = " ".join(capsys.readouterr().out.replace("\u00a0", " ").split())
    assert "Kostnad per portion 46,80" in text
    assert "Grundskola 600 000 28 080 000,00 26 580 000,00 1 500 000,00" in text
    assert "Summa 42 120 000,00 3 400 000,00" in text
    assert "Statligt uppdrag, måltider vid boende 800 000,00 720 000,00 80 000,00" in text
    assert run("unit-cost", MEALS, "--explain", "--lang", "en") == 0
    text = " ".join(capsys.readouterr().out.replace("\u00a0", " ").split())
    assert "Not covered, kr" in text
    assert "Livsmedel: 14,400,000.00 kr/year, from 2026-01-01, Assumed" in text


def test_a_unit_cost_as_json_counts_in_whole_ore(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("unit-cost", MEALS, "--day", "2026-03-04", "--json", "--explain") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["perUnit"], found["costOre"], found["unusedOre"]) == ("46.80", 4_212_000_000, 0)
    assert [each["gapOre"] for each in found["invoices"]] == [150_000_000, 190_000_000]
    assert found["trace"]["name"] == "unit_cost"
    assert run("unit-cost", MEALS, "--day", "2025-01-01") == 2
    assert "BEFORE_FIRST_VALUE" in capsys.readouterr().err
