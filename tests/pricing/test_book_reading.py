"""A faulty rate book gets every fault with file, line, expected, found and action, all at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from book_cases import HEAD, HOUR, book_of, no_list, rule
from hypothesis import given, settings
from hypothesis import strategies as st
from price_cases import PUBLISHED, ROOT

from pricing.book.model import RateBook, Status
from pricing.book.reading import HEAD as HEAD_KEYS
from pricing.book.reading import load_rate_book, parse_rate_book
from pricing.book.sections import SECTIONS
from pricing.holidays import day_names
from pricing.pay.reading import FIELDS
from scheduler.care.errors import Finding, InvalidInput

CALENDAR = """
[[calendar]]
first_day = 2026-01-01
default = "day"
by_minute = true
bands = [{ band = "evening", days = "any", from = "18:00", to = "22:00" }]
"""
NIGHT = rule("rate", "night", "{ 2026-01-01 = 300 }", unit='"occasion"', band='"evening"')


def faults(text: str) -> list[Finding]:
    with pytest.raises(InvalidInput) as refused:
        parse_rate_book(text.encode(), "test.toml", no_list)
    return list(refused.value.findings)


def changed(old: str, new: str, text: str = HEAD + HOUR) -> str:
    assert text.count(old) >= 1, old
    return text.replace(old, new, 1)


WHOLE = HEAD + CALENDAR + HOUR
OTHER = rule("rate", "other", "{ 2026-06-01 = 600 }", unit='"hour"', basis='"performed"')


def cap(**fields: str) -> str:
    """A cap of an hour."""
    return rule("cap", "c", "{ 2026-01-01 = 1 }", unit='"hours"', **fields)


CARE = HOUR + 'service = "care"\n'
FINE = {"service": '"service"', "kind": '"amount"', "per": '"occurrence"'}
DEDUCTION = rule("deduction", "d", "{ 2026-01-01 = 5 }", **FINE)
UNNAMED = DEDUCTION.replace('service = "service"\n', "")
FAULTS: list[tuple[str, str, str]] = [
    (changed('title = "Provbok"', "title = 5"), "WRONG_FIELD", "title"),
    (changed('title = "Provbok"', ""), "MISSING_FIELD", "title"),
    (changed('source = "test"', 'source = "test"\nsuorce = 1'), "UNKNOWN_FIELD", "suorce"),
    (changed("[zones]", "[zonse]"), "MISSING_FIELD", "zones"),
    (changed("[zones]", "[zonse]"), "UNKNOWN_FIELD", "zonse"),
    (changed('care = "Omvårdnad"', "care = 1"), "WRONG_FIELD", "services.care"),
    (changed('unit = "hour"', 'unit = "hours"'), "WRONG_FIELD", "rate[0].unit"),
    (changed('basis = "performed"', ""), "MISSING_FIELD", "rate[0].basis"),
    (changed('code = "hour"', ""), "MISSING_FIELD", "rate[0].code"),
    (changed("{ 2026-01-01 = 500 }", "500"), "WRONG_FIELD", "rate[0].values"),
    (changed("2026-01-01 = 500", "soon = 500"), "NOT_A_DAY", "rate[0].values.soon"),
    (changed("= 500 }", "= -1 }"), "OUT_OF_RANGE", "rate[0].values.2026-01-01"),
    (changed("= 500 }", "= nan }"), "WRONG_FIELD", "rate[0].values.2026-01-01"),
    (changed("= 500 }", "= 1.1234567 }"), "OUT_OF_RANGE", "rate[0].values.2026-01-01"),
    (changed("= 500 }", '= "ended" }'), "ENDED_FIRST", "rate[0].values"),
    (changed("= 500 }", '= { from = "no" } }'), "UNKNOWN_RATE", "rate[0]"),
    (changed("= 500 }", '= { from = "hour" } }'), "CIRCLE", "rate[0]"),
    (
        changed("= 500 }", '= { price_list = "x.toml" } }'),
        "UNUSABLE_PRICE_LIST",
        "rate[0].values.2026-01-01.price_list",
    ),
    (
        changed("= 500 }", '= { from = "x", divided_by = [0] } }'),
        "OUT_OF_RANGE",
        "rate[0].values.2026-01-01.divided_by[0]",
    ),
    (changed('unit = "hour"', 'unit = "month"'), "WRONG_FIELD", "rate[0].basis"),
    (
        changed('unit = "hour"', 'unit = "hour"\nservice = "wash"'),
        "UNKNOWN_NAME",
        "rate[0].service",
    ),
    (
        changed('unit = "hour"', 'unit = "hour"\nzone = ["town", "sea"]'),
        "UNKNOWN_NAME",
        "rate[0].zone[1]",
    ),
    (changed('unit = "hour"', 'unit = "hour"\nband = "night"'), "UNKNOWN_NAME", "rate[0].band"),
    (
        changed('unit = "hour"', 'unit = "hour"\nfrom_min = 9\nbelow_min = 9'),
        "OUT_OF_RANGE",
        "rate[0].below_min",
    ),
    (changed('unit = "hour"', 'unit = "hour"\nround_kr = 5'), "OUT_OF_RANGE", "rate[0].round_kr"),
    (
        changed('unit = "hour"', 'unit = "hour"\ndelegated = "no"'),
        "WRONG_FIELD",
        "rate[0].delegated",
    ),
    (
        changed('unit = "hour"', 'unit = "hour"\nleast_performed_share = 0.8'),
        "WRONG_FIELD",
        "rate[0].least_performed_share",
    ),
    (changed('basis = "performed"', 'basis = "standard"'), "NO_STANDARD_TIME", "rate[0]"),
    (HEAD, "MISSING_FIELD", "rate"),
    *(
        (HEAD + CARE + rule("deduction", "d", values, **(FINE | fields)), code, place)
        for values, fields, code, place in (
            ("{ 2026-01-01 = 5 }", {"kind": '"share"'}, "OUT_OF_RANGE", ".values.2026-01-01"),
            ("{ 2026-01-01 = 5 }", {"kind": '"fine"'}, "WRONG_FIELD", ".kind"),
            ("{ 2026-01-01 = 5 }", {"per": '"visit"'}, "WRONG_FIELD", ".per"),
            ("{ 2026-01-01 = 5 }", {"per": '"level"'}, "WRONG_FIELD", ".values.2026-01-01"),
            ("{ 2026-01-01 = 5 }", {"at_most_share": "2"}, "OUT_OF_RANGE", ".at_most_share"),
            ("{ 2026-01-01 = 5 }", {"of": '"wash"'}, "UNKNOWN_NAME", ".of"),
            ("{ 2026-01-01 = 5 }", {"of": '"service"'}, "DEDUCTED_OF_DEDUCTION", ""),
            (
                "{ 2026-01-01 = [{ below = 8, value = 5 }, { below = 9, value = 6 }] }",
                {"per": '"level"'},
                "WRONG_LEVELS",
                ".values.2026-01-01",
            ),
            (
                "{ 2026-01-01 = [{ below = 8, value = 5 }, { above = 9, value = 6 }] }",
                {"per": '"level"'},
                "WRONG_LEVELS",
                ".values.2026-01-01",
            ),
            (
                "{ 2026-01-01 = [{ below = 8, above = 9, value = 6 }] }",
                {"per": '"level"'},
                "WRONG_FIELD",
                ".values.2026-01-01[0]",
            ),
            (
                "{ 2026-01-01 = [{ below = 8 }] }",
                {"per": '"level"'},
                "MISSING_FIELD",
                ".values.2026-01-01[0].value",
            ),
        )
        for place in [f"deduction[0]{place}"]
    ),
    (HEAD + HOUR + cap(per='"recipient_week"'), "MISSING_FIELD", "cap[0].week_parts"),
    (
        HEAD + HOUR + cap(per='"recipient_month"', week_parts='"whole"'),
        "WRONG_FIELD",
        "cap[0].week_parts",
    ),
    (HEAD + CARE + UNNAMED, "MISSING_FIELD", "deduction[0].service"),
    (HEAD + CARE + DEDUCTION.replace('"service"', '"care"'), "PAID_AND_DEDUCTED", "rate[0]"),
    (HEAD + CARE + DEDUCTION + DEDUCTION.replace('"d"', '"e"'), "AMBIGUOUS", "deduction[1]"),
    (HEAD + HOUR + HOUR, "CODE_TWICE", "rate[1]"),
    (HEAD + HOUR + OTHER, "AMBIGUOUS", "rate[1]"),
    (HEAD + "rate = 5\n", "WRONG_FIELD", "providers.rate"),
    (WHOLE + NIGHT.replace('"evening"', '"evening"'), "AMBIGUOUS", "rate[1]"),
    (
        changed('code = "hour"', 'code = "hour"\nband = "day"', WHOLE) + NIGHT,
        "MIXED_UNITS",
        "rate[1]",
    ),
    (changed('"18:00"', '"25:00"', WHOLE), "NOT_A_TIME", "calendar[0].bands[0].from"),
    (changed('"any"', '"someday"', WHOLE), "UNKNOWN_NAME", "calendar[0].bands[0].days"),
    (changed("first_day = 2026-01-01", "", WHOLE), "NOT_A_DAY", "calendar[0].first_day"),
    (WHOLE + CALENDAR, "DAY_TWICE", "calendar[1].first_day"),
    (
        HEAD + HOUR + rule("not_performed", "d", "{ 2026-01-01 = 1.5 }", status='"DECLINED"'),
        "OUT_OF_RANGE",
        "not_performed[0].values.2026-01-01",
    ),
    (
        HEAD + HOUR + rule("not_performed", "d", "{ 2026-01-01 = 1 }", status='"PERFORMED"'),
        "WRONG_FIELD",
        "not_performed[0].status",
    ),
    (
        HEAD
        + HOUR
        + rule(
            "not_performed",
            "d",
            "{ 2026-01-01 = [{ from_day = 2, share = 1 }] }",
            status='"DECEASED"',
        ),
        "WRONG_STEPS",
        "not_performed[0].values.2026-01-01",
    ),
    (
        HEAD + HOUR + rule("adjustment", "a", "{ 2026-01-01 = 0.1 }", kind='"share"', rate='"x"'),
        "UNKNOWN_RATE",
        "adjustment[0]",
    ),
    (
        HEAD + HOUR + rule("adjustment", "a", "{ 2026-01-01 = -600 }", kind='"amount"'),
        "NEGATIVE_RATE",
        "rate[0]",
    ),
    (
        HEAD + HOUR + rule("adjustment", "a", "{ 2026-01-01 = { final = 0.1 } }", kind='"share"'),
        "MISSING_FIELD",
        "adjustment[0].values.2026-01-01.provisional",
    ),
    (
        HEAD + HOUR + rule("cap", "c", "{ 2026-01-01 = 1 }", per='"week"', unit='"hours"'),
        "WRONG_FIELD",
        "cap[0].per",
    ),
]


@pytest.mark.parametrize(("text", "code", "place"), FAULTS)
def test_each_fault_is_found_and_placed(text: str, code: str, place: str) -> None:
    """Finance must be led to the line of the file, in the first answer."""
    found = [(each.code, each.where) for each in faults(text)]
    assert any(c == code and w.endswith(f": {place}") for c, w in found), found
    assert all(w.startswith("test.toml") for _, w in found)


def test_the_unbroken_books_are_accepted() -> None:
    """Else the test above could not fail for the right reason."""
    assert book_of(HOUR).title == "Provbok"
    assert book_of(CALENDAR, HOUR).calendars is not None


def test_a_fault_names_the_line_of_the_file() -> None:
    """Counted by hand in the text: the rate's table begins after the head's 14 lines."""
    text = changed('unit = "hour"', 'unit = "week"')
    line = text.split("\n").index('unit = "week"') + 1
    assert [each.where for each in faults(text)] == [f"test.toml:{line}: rate[0].unit"]


def test_all_faults_come_at_once() -> None:
    """Four faults in four places: one answer, not four attempts."""
    text = changed('title = "Provbok"', "title = 5")
    text = changed('unit = "hour"', 'unit = "week"', text)
    text = changed("= 500 }", "= -1 }", text)
    text += rule("vat", "v", "{ 2026-01-01 = 25 }")
    assert len(faults(text)) == 4


def test_rules_that_follow_each_other_are_not_ambiguous() -> None:
    """The first ends on the day on which the second begins."""
    ended = HOUR.replace("= 500 }", '= 500, 2026-06-01 = "ended" }')
    assert len(book_of(ended, OTHER).rates) == 2


def test_a_book_names_only_price_lists_beside_it(tmp_path: Path) -> None:
    """A book that is sent in must not read other files of the machine."""
    path = tmp_path / "book.toml"
    path.write_text(HEAD + HOUR.replace("500 }", '{ price_list = "../x.toml" } }'), "utf-8")
    with pytest.raises(InvalidInput) as refused:
        load_rate_book(path)
    assert [each.code for each in refused.value.findings] == ["UNUSABLE_PRICE_LIST"]


@pytest.mark.parametrize("content", [b"\xff", b"a = [", b"\x00", b"a = 1\na = 2", b"x" * 2_000_001])
def test_what_is_no_toml_is_refused_by_name(content: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_rate_book(content, "test.toml", no_list)
    assert [(f.code, f.where) for f in refused.value.findings] == [("UNREADABLE_FILE", "test.toml")]


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        load_rate_book(tmp_path / "none.toml")
    assert refused.value.findings[0].code == "UNREADABLE_FILE"


# ---------------------------------------------------------------- generated faults

SOURCES = sorted(p for p in PUBLISHED.glob("*.toml") if "[[rate]]" in p.read_text("utf-8"))
TEXTS = [HEAD + CALENDAR + HOUR, *(path.read_text("utf-8") for path in SOURCES)]
SCRAPS = (
    '"', "[", "]", "{", "}", "=", "[[rate]]", "[rate]", "nan", "-1", "1e400", "2024-02-30", "å",
    '"ended"', "true", "[]", "{}", "[[[]]]", '""', "99999999999999999999", "\n", "#", "0.0000001",
    'unit = "month"', 'basis = "standard"', "values = 5", "delegated = 1", "1979-05-27T07:32:00Z",
)  # fmt: skip


@st.composite
def spoilt(draw: Any) -> str:
    """A book in which some words are replaced, taken out, doubled or swapped."""
    lines = draw(st.sampled_from(TEXTS)).split("\n")
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        words = lines[at].split(" ")
        word = draw(st.integers(0, len(words) - 1))
        match draw(st.sampled_from(("replace", "drop", "double", "swap", "insert"))):
            case "replace":
                words[word] = draw(st.sampled_from(SCRAPS))
                lines[at] = " ".join(words)
            case "drop":
                lines[at] = ""
            case "double":
                lines.insert(at, lines[at])
            case "swap":
                other = draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
            case _:
                lines.insert(at, draw(st.sampled_from(SCRAPS)))
    return "\n".join(lines)


@given(spoilt())
@settings(max_examples=400, deadline=None)
def test_a_spoilt_book_is_read_or_refused_never_a_crash(text: str) -> None:
    """Whatever is in the file, the answer is a book or findings with a place and an action."""

    def open_list(name: str) -> Any:
        raise InvalidInput(Finding("UNREADABLE_FILE", name, "a list", "none", "Lägg till den."))

    try:
        book = parse_rate_book(text.encode(), "b.toml", open_list)
    except InvalidInput as error:
        findings = error.findings
    else:
        assert isinstance(book, RateBook)
        return
    assert all(f.code and f.expected and f.action for f in findings)
    assert all(f.where.startswith("b.toml") for f in findings)


def test_the_documentation_names_every_section_and_day() -> None:
    """Whoever writes a book has docs/rate_book.md and no code to read."""
    text = (ROOT / "docs" / "rate_book.md").read_text(encoding="utf-8")
    names = {*SECTIONS, *HEAD_KEYS, *day_names(), *FIELDS, *Status}
    assert {name for name in names if f"`{name}`" not in text} == set()
