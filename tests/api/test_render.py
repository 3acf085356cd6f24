"""The page of the day and the lists per shift: complete, harmless, self-contained, accessible."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from api.pages.render import DAY_LIST_FOLDER, WEB, day_list_html, plan_html, write_outputs
from api.pages.results import DemoResult
from api.pages.texts import TEXTS
from pricing.lines import Line
from scheduler.care.errors import NotFound, UnknownValue
from scheduler.checker import Violation
from scheduler.followup import follow_up
from scheduler.plan import Plan, Term, Unassigned
from scheduler.rules import Rule
from tests.api.sample import DAY, EVIL, large_result, sample_result

VOID = {"meta", "link", "br", "rect", "circle", "path"}
HOSTILE = "\"'><img src=x onerror=alert(1)><script>alert(2)</script>"
BROKEN = Violation(Rule.GAP, ("v-1",), ("p/1",), "minst 60 min", "45 min", 900)


class Page(HTMLParser):
    """Elements with their attributes, and the text of a page outside style and script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self._open):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    @property
    def balanced(self) -> bool:
        return not self._open

    def having(self, name: str, value: str) -> list[dict[str, str]]:
        """Attributes of the elements whose attribute `name` holds the word `value`."""
        return [found for _, found in self.elements if value in found.get(name, "").split()]

    def tags(self, tag: str) -> list[dict[str, str]]:
        return [found for name, found in self.elements if name == tag]


@pytest.fixture(name="result", scope="module")
def _result() -> DemoResult:
    return sample_result()


@pytest.fixture(name="page", scope="module")
def _page(result: DemoResult) -> Page:
    return Page(plan_html(result))


def hostile_result() -> DemoResult:
    """The sample with markup in every text that comes from data."""
    result = sample_result()
    day = replace(result.day, names=dict.fromkeys(result.day.names, HOSTILE))
    left = tuple(replace(each, text=HOSTILE, action=HOSTILE) for each in result.plan.unassigned)
    plan = replace(result.plan, unassigned=left, score=(Term(HOSTILE, 1, HOSTILE, 1, 1),))
    line = Line("x", HOSTILE, result.hour_costs["town"].total, HOSTILE, HOSTILE, HOSTILE)
    return replace(
        result,
        municipality_name=HOSTILE,
        size=HOSTILE,
        day=day,
        plan=plan,
        violations=(replace(BROKEN, expected=HOSTILE),),
        hour_costs={HOSTILE: replace(result.hour_costs["town"], zone=HOSTILE, lines=(line,))},
        list_costs={},
        purses=tuple(replace(each, decision_id=HOSTILE, zone=HOSTILE) for each in result.purses),
        texts=dict.fromkeys(result.texts, HOSTILE),
    )


def empty_result() -> DemoResult:
    """A day on which nobody works and nobody is visited, without prices."""
    result = sample_result()
    day = replace(result.day, shifts=(), visits=(), carers=())
    plan = Plan(DAY, (), ())
    return replace(
        result,
        day=day,
        plan=plan,
        follow_up=follow_up(day, plan),
        hour_costs={},
        list_costs={},
        purses=(),
    )


# ---------------------------------------------------------------- safety


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_nothing_is_fetched_from_anywhere(result: DemoResult, lang: str) -> None:
    """A page with names of recipients must not tell a third party that it was opened."""
    for html in (plan_html(result, lang), day_list_html(result, "p/1", lang)):
        assert not re.search(r"https?:|@import|url\(|\bsrc=|srcset", html)
        addresses = [found["href"] for _, found in Page(html).elements if "href" in found]
        assert all(address.startswith("#") or address == "data:," for address in addresses)


def test_the_policy_lets_only_our_own_script_run(result: DemoResult) -> None:
    """Even markup that slipped through could neither run nor call home."""
    html = plan_html(result)
    script = re.search(r"<script>(.*?)</script>", html, re.DOTALL)
    assert script is not None
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    policy = Page(html).having("http-equiv", "Content-Security-Policy")[0]["content"]
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    day_list = Page(day_list_html(result, "p/1"))
    assert (
        "script-src" not in day_list.having("http-equiv", "Content-Security-Policy")[0]["content"]
    )


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_markup_in_data_is_shown_as_text(lang: str) -> None:
    """Names come from other systems; one of them may be an attack."""
    hostile = hostile_result()
    for html, scripts in ((plan_html(hostile, lang), 1), (day_list_html(hostile, "p/2", lang), 0)):
        page = Page(html)
        assert page.balanced
        assert len(page.tags("script")) == scripts
        assert not page.tags("img")
        assert not [name for _, found in page.elements for name in found if name[:2] == "on"]
        assert "<script>alert(2)</script>" in page.text


def test_the_sample_name_that_looks_like_a_script_is_harmless(page: Page) -> None:
    """The name is still readable, as it was given."""
    assert EVIL in page.text
    assert len(page.tags("script")) == 1


# ---------------------------------------------------------------- content


def test_grid_and_table_hold_the_same_visits(page: Page, result: DemoResult) -> None:
    """The table is an equal view: who cannot see the grid misses nothing."""
    planned = [stop for route in result.plan.routes for stop in route.stops]
    visits = [stop for stop in planned if stop.visit_id is not None]
    blocks = [found for found in page.having("class", "v") if "title" in found]
    assert len(blocks) == len(visits) == 12
    assert len(page.having("class", "r")) - 1 == len(planned) - len(visits) == 2  # 1 in the legend
    rows = [found for found in page.tags("th") if found.get("scope") == "row"]
    assert len([found for found in rows if not found.get("class")]) >= len(visits)
    for text in ("07:15–07:30", "09:10–09:55", "00:30–00:40 tor"):
        assert text in page.text
        assert any(found["title"].startswith(text) for found in blocks)


def test_double_staffing_is_marked_by_shape_sign_and_partner(page: Page) -> None:
    """Not by colour alone: a double border, ×2 in the legend, and the partner in words."""
    double = [found for found in page.having("class", "d") if "title" in found]
    assert len(double) == 2
    assert "Dubbelbemanning (×2)" in page.text
    assert page.text.count("Dubbelbemanning med Björn S") == 1
    assert page.text.count("Dubbelbemanning med Anna L") == 1


def test_every_unassigned_visit_has_its_kind_reason_and_action(
    page: Page, result: DemoResult
) -> None:
    """No visit is dropped in silence, and a proven gap is not mixed up with a crowded day."""
    for left in result.plan.unassigned:
        assert left.text in page.text
        assert f"Åtgärd: {left.action}" in page.text
    assert page.text.index("Bevisat omöjligt Doris") < page.text.index("Möjligt i sig")
    assert len(page.having("class", "crowded")) == 1


def test_figures_match_the_calculation_by_hand(page: Page) -> None:
    """Of 1,920 paid minutes 285 care, 200 travel, 416 waiting; 385 minutes were asked for."""
    assert "Brukartid 14,8 % av betald tid (passets längd minus rast)" in page.text
    assert "Restid 10,4 % av betald tid, 3,3 tim" in page.text
    assert "Väntan 21,7 % av betald tid, 6,9 tim" in page.text
    assert "4,8 av 6,4 tim efterfrågad besökstid (74,0 %)" in page.text
    assert "12 av 14" in page.text


def test_the_build_up_shows_lines_sum_rates_and_verdict(page: Page) -> None:
    """Lines as printed, their sum, and the plan against the rate that is paid (60.0 and 60.1 %)."""
    for amount in ("276,03", "84,67", "498,03", "528,15", "−5,03"):
        assert amount in page.text
    assert "med ersättningen 504 kr är nollpunkten 60,0 % brukartid" in page.text
    assert "Planen ligger 3,2 procentenheter över." in page.text
    assert "Planen ligger 2,1 procentenheter under" in page.text


def test_without_a_price_list_of_its_own_the_plan_is_judged_by_the_rate_it_led_to() -> None:
    """63.2 % against 63.0 and 58.0 against 57.9: 0.2 and 0.1 above."""
    text = Page(plan_html(replace(sample_result(), list_costs={}))).text
    assert "Planen ligger 0,2 procentenheter över." in text
    assert "Planen ligger 0,1 procentenheter över." in text
    assert "Prislistans ersättning" not in text


def test_broken_rules_are_listed_and_the_check_mark_is_gone(result: DemoResult) -> None:
    """A plan that breaks a rule must not look approved."""
    page = Page(plan_html(replace(result, violations=(BROKEN,))))
    assert str(BROKEN) in page.text
    assert "✓" not in page.text
    assert "inga avvikelser" not in page.text
    english = Page(plan_html(replace(result, violations=(BROKEN,)), "en")).text
    assert "The least and longest time between two visits is kept." in english


def test_an_empty_day_still_makes_a_page() -> None:
    """A holiday without staff or prices is not a fault."""
    page = Page(plan_html(empty_result()))
    assert page.balanced
    assert "Alla besök är planerade." in page.text


def test_the_english_page_says_so(result: DemoResult) -> None:
    """A screen reader picks its voice by the language of the page."""
    page = Page(plan_html(result, "en"))
    assert page.tags("html")[0]["lang"] == "en"
    assert "Wednesday 4 March 2026, week 10" in page.text
    assert "No carer of the day holds the skills" in page.text
    assert "15,898.88" in page.text


def test_an_unknown_language_is_refused(result: DemoResult) -> None:
    """Better than a page in half a language."""
    with pytest.raises(UnknownValue):
        plan_html(result, "de")


# ---------------------------------------------------------------- accessibility


@pytest.mark.parametrize(
    "html", [plan_html(sample_result()), day_list_html(sample_result(), "p/1")]
)
def test_the_page_has_structure_without_sight(html: str) -> None:
    """One h1, no level skipped, unique ids, and every reference meets its element."""
    page = Page(html)
    assert page.balanced
    assert page.tags("html")[0]["lang"] == "sv"
    assert len(page.tags("main")) == len(page.tags("header")) == len(page.tags("footer")) == 1
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = Counter(found["id"] for _, found in page.elements if "id" in found)
    assert set(ids.values()) == {1} if ids else True
    for _, found in page.elements:
        for name in ("aria-labelledby", "aria-controls", "for"):
            assert set(found.get(name, "").split()) <= set(ids)
        if found.get("href", "").startswith("#"):
            assert found["href"][1:] in ids


def test_pictures_have_titles_and_scrolling_parts_can_be_reached(page: Page) -> None:
    """The map is described; the keyboard can scroll what scrolls."""
    drawings = page.having("role", "img")
    assert len(drawings) == 2
    assert all(len(found["aria-labelledby"].split()) == 2 for found in drawings)
    for name in ("grid", "wide", "lists"):
        assert all(found.get("tabindex") == "0" for found in page.having("class", name))


def _luminance(colour: str) -> float:
    full = colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])
    parts = [int(full[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *(("ink", "page"), ("ink", "paper"), ("ink", "visit"), ("ink", "warn-soft")),
        *(("soft", "page"), ("soft", "paper"), ("soft", "sunk"), ("accent", "page")),
        *(("paper", "accent"), ("warn", "paper"), ("warn", "warn-soft"), ("ok", "paper")),
    ],
)
def test_text_has_a_contrast_of_at_least_four_and_a_half(
    scheme: int, text: str, ground: str
) -> None:
    """WCAG 2.2, 1.4.3, for every pair of colours in use, in both colour schemes."""
    style = (WEB / "plan.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{([^}]*)\}", style)
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", blocks[0]))
    if scheme:
        colours |= dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", blocks[1]))
    light, dark = sorted((_luminance(colours[text]), _luminance(colours[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_every_text_exists_in_both_languages_with_the_same_blanks(key: str) -> None:
    """A blank that one language lacks is a fact that its reader is not told."""
    swedish, english = TEXTS[key]
    assert swedish
    assert english
    blanks = re.compile(r"\{(\w+)\}")
    assert sorted(blanks.findall(swedish)) == sorted(blanks.findall(english))


@pytest.mark.parametrize(("shifts", "visits_each"), [(45, 7), (100, 10)])
def test_the_page_stays_below_a_megabyte(shifts: int, visits_each: int) -> None:
    """It is mailed and opened on old computers; 315 and 1,000 visits."""
    html = plan_html(large_result(shifts, visits_each))
    assert html.count('class="v"') == shifts * visits_each
    assert len(html.encode()) < 1_000_000


# ---------------------------------------------------------------- day lists and files


def test_a_day_list_holds_what_a_carer_needs(result: DemoResult) -> None:
    """Björn's morning: four stops, the partner, the delegation, and a box to tick per visit."""
    page = Page(day_list_html(result, "p/2"))
    order = ["08:00", "Bertil J", "09:00", EVIL, "11:30", "Rast", "12:15", "Doris 'D' E", "12:43"]
    places = [page.text.index(word, page.text.index("Restid till")) for word in order]
    assert places == sorted(places)
    assert "Dubbelbemanning med Anna L" in page.text
    assert "Delegering: insulin" in page.text
    assert "framme 12:10" in page.text
    assert len(page.having("aria-label", "Klart:")) == 3
    assert not page.tags("script")


def test_a_night_list_says_which_day(result: DemoResult) -> None:
    """00:30 on the list of the fourth is the fifth."""
    page = Page(day_list_html(result, "p/4"))
    assert "21:00–07:00 tor" in page.text
    assert "00:30 tor" in page.text


def test_an_unknown_shift_is_not_found(result: DemoResult) -> None:
    """And the answer does not repeat what was asked for."""
    with pytest.raises(NotFound) as caught:
        day_list_html(result, "Anna Andersson")
    assert "Anna" not in str(caught.value)


def test_outputs_are_the_plan_the_page_and_one_list_per_shift(
    result: DemoResult, tmp_path: Path
) -> None:
    """File names are safe although the ids hold a slash."""
    written = write_outputs(result, tmp_path, '{"plan": 1}', "sv")
    names = [path.relative_to(tmp_path).as_posix() for path in written]
    assert names == ["plan.json", "plan.html", *(f"day-lists/p-{n}.html" for n in (1, 2, 3, 4))]
    assert written[0].read_text(encoding="utf-8") == '{"plan": 1}'
    assert written[1].read_text(encoding="utf-8") == plan_html(result)


def test_lists_of_an_earlier_plan_are_removed_but_nothing_else(
    result: DemoResult, tmp_path: Path
) -> None:
    """Nobody may work by yesterday's list; a file that we did not write is not ours to delete."""
    lists = tmp_path / DAY_LIST_FOLDER
    write_outputs(result, tmp_path, "{}", "sv")
    (lists / "p-1.html").rename(lists / "p-9.html")
    (lists / "own.html").write_text("<title>Egen</title>", encoding="utf-8")
    write_outputs(result, tmp_path, "{}", "sv")
    names = sorted(path.name for path in lists.iterdir())
    assert names == ["own.html", "p-1.html", "p-2.html", "p-3.html", "p-4.html"]


def test_reasons_of_the_plan_reach_the_page_unchanged(result: DemoResult) -> None:
    """The solver's own words, never a guess of the page's."""
    left: Unassigned = replace(result.plan.unassigned[0], text="Egna ord om varför.")
    plan = replace(result.plan, unassigned=(left,))
    page = Page(plan_html(replace(result, plan=plan)))
    assert "Egna ord om varför." in page.text


@pytest.mark.parametrize(
    ("bound", "said"),
    [
        (None, "är inte känt"),
        (1000, "Bevisat: ingen plan har färre poäng."),
        (900, "Ingen plan kan ha färre än 900 poäng: högst 10,0 % finns att vinna."),
    ],
)
def test_the_page_tells_how_far_the_best_plan_may_be(
    bound: int | None, said: str, result: DemoResult
) -> None:
    term = Term("travel", 250, "s", 4, 1000)
    plan = replace(result.plan, score=(term,), bound=bound)
    shown = plan_html(replace(result, plan=plan), "sv").replace("\u00a0", " ")
    assert said in shown
    assert ("är inte känt" in shown) == (bound is None)
