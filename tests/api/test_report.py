"""The terminal report: the right figures, readable without colour in 80 columns."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from api.pages.render import plan_html
from api.pages.report import print_files, print_report, progress
from api.pages.results import DemoResult
from pricing.plan_cost import plan_cost
from scheduler.checker import Violation
from scheduler.plan import Plan
from scheduler.rules import Rule
from tests.api.sample import cost as price
from tests.api.sample import sample_result

NBSP = "\u00a0"
COST = price("town", "84.67", "0.632", 493, "0.630")


def report(result: DemoResult, lang: str = "sv", width: int = 80) -> str:
    """The report as it reads when piped, no-break spaces as spaces."""
    stream = StringIO()
    print_report(result, Console(file=stream, width=width), lang)
    return stream.getvalue().replace(NBSP, " ")


def flowing(text: str) -> str:
    """Text with its line breaks undone."""
    return " ".join(text.split())


@pytest.fixture(name="text", scope="module")
def _text() -> str:
    return report(sample_result())


@pytest.mark.parametrize(
    "line",
    [
        "Dagsplan Provköping, onsdag 4 mars 2026, vecka 10",
        "7 beslut för 9 omsorgstagare · 4 pass · frö 7 · storlek S · planerad på 12 s",
        "12 av 14 besök planerade, 2 oplanerade.",
        "4,8 av 6,4 tim efterfrågad besökstid (74,0 %)",
        "Kontrollerad: inga avvikelser",
        # Of 1,920 paid minutes: 285 care, 200 travel, 416 waiting, the other 1,019 unbooked.
        "Brukartid 14,8 % av betald tid (passets längd minus rast)",
        "Restid 10,4 %, 3,3 tim",
        "Väntan 21,7 %, 6,9 tim",
        "Obokad tid 53,1 %, 17,0 tim",
        # The day gives no travel times.
        "Restid uppskattad för 100,0 % av sträckorna.",
        "Raster (obetalda) 1,0 tim",
        # Astrid 2, Bertil 3, Greta 1, Hugo 2, the others 1: 11 carers for 7 people.
        "Olika medarbetare per omsorgstagare i dag: medel 1,6, högst 3",
        "Tätort, egen regi: med ersättningen 504 kr är nollpunkten 60,0 % brukartid. "
        "Planen ligger 3,2 procentenheter över.",
        "Landsbygd, egen regi: med ersättningen 514 kr är nollpunkten 60,1 % brukartid. "
        "Planen ligger 2,1 procentenheter under; ersättningen täcker inte kostnaden.",
    ],
)
def test_the_report_says(text: str, line: str) -> None:
    """Each figure worked out by hand from the sample."""
    assert line in flowing(text)


def test_the_report_and_the_page_tell_what_the_plan_costs_and_how_even_it_is() -> None:
    """Of 32 paid hours 4.75 are care."""
    cost = plan_cost({"town": COST}, {"town": 115_200}, {"town": 17_100})
    result = replace(sample_result(), plan_cost=cost)
    said = flowing(report(result))
    assert "Personalkostnad för dagen 10 770 kr, 2 267,28 kr per brukartimme (Tätort" in said
    assert "Brukartid och resa av egen betald tid: minst " in said
    page = plan_html(result).replace(NBSP, " ")
    assert "Personalkostnad för dagen 10 770 kr" in page
    assert "Brukartid och resa av egen betald tid" in page
    assert "Personalkostnad för dagen" not in report(sample_result())


def test_a_visit_that_is_moved_is_not_called_impossible() -> None:
    result = sample_result()
    first, *others = result.plan.unassigned
    moved = replace(first, moved_to=(date(2026, 3, 5),), text="Flyttas till en annan dag (5/3).")
    moved_plan = replace(result.plan, unassigned=(moved, *others))
    said = flowing(report(replace(result, plan=moved_plan)))
    assert said.count("Flyttas till en annan dag") == 1
    assert "Flyttas till en annan dag (5/3)." in said
    english = flowing(report(replace(result, plan=moved_plan), "en"))
    assert "Moved to another day (2026-03-05). Today: " in english


def test_the_carers_of_14_days_are_told_where_those_of_the_days_before_are_known() -> None:
    result = sample_result()
    known = replace(result.follow_up, distinct_in_14_days={"r-1": 9, "r-2": 12})
    line = "medel 1,6, högst 3. På 14 dagar: medel 10,5, högst 12"
    assert line in flowing(report(replace(result, follow_up=known)))
    assert "På 14 dagar" not in flowing(report(result))


def test_every_unplanned_visit_has_reason_and_action_most_important_first(text: str) -> None:
    """The scheduler reads the top of the list at 06:45."""
    flat = flowing(text)
    first = flat.index("v-12 Doris 'D' E · Stomivård · 30 min · Start 09:00–11:00")
    assert "Bevisat omöjligt. Ingen på plats har delegeringen stomi." in flat
    assert first < flat.index("v-13") < flat.index("Möjligt i sig. Besöket går att göra ensamt")
    assert flat.count("Åtgärd: ") == 2


def test_every_violation_is_listed() -> None:
    """All of them, not the first."""
    broken = tuple(
        Violation(rule, ("v-1",), ("p/1",), "a", "b")
        for rule in (Rule.GAP, Rule.SKILL, Rule.TRAVEL)
    )
    text = flowing(report(replace(sample_result(), violations=broken)))
    assert "Avvikelser mot reglerna: 3" in text
    assert all(str(each) in text for each in broken)
    assert "inga avvikelser" not in text


def test_the_cost_table_has_one_column_per_zone_and_town_first(text: str) -> None:
    """Side by side, as the price list prints them."""
    table = text[text.index("Kostnad per brukartimme") : text.index("De största påsarna")]
    lines = [line for line in table.splitlines() if line.strip()]
    rows = {line.strip().split("  ")[0]: line.split()[-2:] for line in lines}
    assert rows["Rad"] == ["Tätort", "Landsbygd"]
    assert rows["Transporttid"] == ["84,67", "114,79"]
    assert rows["Summa"] == ["498,03", "528,15"]
    assert rows["Ersättning med planens tider, egen regi"] == ["493", "523"]
    assert rows["Prislistans ersättning, egen regi"] == ["504", "514"]


def test_the_five_largest_purses_are_shown_in_order(text: str) -> None:
    """445 minutes a week at 493 kr are worth 15,898.88 kr a month; the sixth is left out."""
    purses = [line.split()[0] for line in text.splitlines() if line.strip().startswith("b-")]
    assert purses == ["b-0", "b-1", "b-2", "b-3", "b-4"]
    assert "15 898,88" in text


def test_the_objective_is_shown_term_by_term_with_its_sum(text: str) -> None:
    """43,200 + 17,160 + 1,000,000 + 50,000 = 1,110,360."""
    assert "Oplanerade som måste göras" in text
    assert "1 110 360" in text


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("width", [80, 100, 200])
def test_a_piped_report_has_no_colour_codes_no_cut_cells_and_no_long_lines(
    lang: str, width: int
) -> None:
    """It ends up in a file or a mail as often as on a screen."""
    text = report(sample_result(), lang, width)
    assert "\x1b" not in text
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= min(width, 100)


def test_a_per_cent_sign_never_stands_alone_on_a_line() -> None:
    """A number and its unit are read together, from the narrowest usual window to the widest."""
    for width in range(72, 101):
        lines = report(sample_result(), width=width).splitlines()
        assert not [line for line in lines if line.strip().startswith("%")]


def test_brackets_in_data_are_printed_as_they_are() -> None:
    """A name must not turn into a style, or break the report."""
    result = sample_result()
    names = dict.fromkeys(result.day.names, "[bold]Eva[/bold] [/]")
    purses = tuple(replace(each, decision_id="[red]b[/red]") for each in result.purses)
    text = report(replace(result, day=replace(result.day, names=names), purses=purses))
    assert "[bold]Eva[/bold] [/]" in text
    assert "[red]b[/red]" in text


def test_the_english_report_has_english_numbers() -> None:
    """For visitors; the same figures."""
    text = flowing(report(sample_result(), "en"))
    assert "Care time 14.8% of paid time (shift length less break)" in text
    assert "Proven impossible. No carer of the day holds the skills" in text
    assert "The plan is 3.2 percentage points above." in text
    assert "15,898.88" in text


def test_a_day_without_visits_prices_or_staff_is_reported() -> None:
    """Nothing to divide by is not a fault."""
    result = sample_result()
    empty = replace(
        result,
        plan=Plan(result.plan.date, (), ()),
        follow_up=replace(
            result.follow_up,
            total=replace(
                result.follow_up.total, paid_s=0, care_s=0, travel_s=0, waiting_s=0, idle_s=0
            ),
            by_zone={},
            planned_visits=0,
            unassigned_visits=0,
            distinct_carers={},
            demanded_s=0,
            planned_s=0,
        ),
        hour_costs={},
        list_costs={},
        purses=(),
    )
    assert "Brukartid – av betald tid" in report(empty)


def test_progress_is_one_line_with_its_figures() -> None:
    """It is rewritten every second and must not wrap."""
    line = progress(12.7, 20.0, 123456, 4).replace(NBSP, " ")
    assert line == "Planerar 12 s av högst 20 s · 123 456 poäng · 4 oplanerade"
    english = progress(12.7, 20.0, 123456, 4, "en").replace(NBSP, " ")
    assert english == "Planning 12 s of at most 20 s · 123,456 points · 4 unassigned"


def test_files_are_named_and_a_folder_of_lists_is_counted() -> None:
    """Twenty-five lists would push the figures off the screen."""
    stream = StringIO()
    out = Path("out")
    paths = [
        out / "plan.json",
        out / "plan.html",
        *(out / "day-lists" / f"{n}.html" for n in "abc"),
    ]
    print_files(paths, Console(file=stream, width=80), "sv")
    lines = [line.strip() for line in stream.getvalue().splitlines() if line.strip()]
    assert lines == [
        "Filer",
        str(out / "plan.json"),
        str(out / "plan.html"),
        f"{out / 'day-lists'} (3 filer)",
    ]


def test_the_figures_tell_moved_visits_from_those_that_stay_out() -> None:
    result = sample_result()
    first, second = result.plan.unassigned
    moved = [replace(each, moved_to=(date(2026, 3, 5),)) for each in (first, second)]
    one = replace(result, plan=replace(result.plan, unassigned=(moved[0], second)))
    both = replace(result, plan=replace(result.plan, unassigned=tuple(moved)))
    rest = "1 bevisat omöjliga" if second.proven else "0 bevisat omöjliga"
    assert f"1 flyttas till en annan dag, {rest}" in plan_html(one)
    assert "2 flyttas till en annan dag<" in plan_html(both)
    assert "flyttas till en annan dag, " not in plan_html(both)
