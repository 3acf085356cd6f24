"""Shares from performed time: carer days in, shares by zone out, and what is missing stays so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from price_cases import DEMO, document

from pricing.performed_time import CarerDay, performed_time, read_carer_days
from pricing.price import ShareSource, hour_cost, parse_price_parameters
from pricing.recipe import TimeClass
from scheduler.care.errors import InvalidInput

DAY = date(2026, 3, 4)
HEADER = "day;carer;zone;worked_min;care_min;transport_min;indirect_min;staff_related_min"
TWO_DAYS = f"""{HEADER}
2026-03-04;c-1;town;480;300;80;30;20
2026-03-05;c-1;town;520;340;80;30;20
2026-03-04;c-2;rural;400;220;110;;
"""


def with_classes() -> dict[str, object]:
    """The demo's price list, which has documentation and meetings as time classes."""
    return document(DEMO)


def without_classes() -> dict[str, object]:
    """The same with lines that nothing measures."""
    doc = document(DEMO)
    for step in doc["recipe"][0]["cost"]:
        step.pop("time_class", None)
    return doc


def test_shares_on_paper() -> None:
    """1,000 min worked: 640 care, 160 travel, 60 indirect, 40 staff-related, 100 of nothing."""
    found = performed_time(read_carer_days(TWO_DAYS, "t.csv"))
    town = found.by_zone["town"]
    assert town.known == {
        TimeClass.TRANSPORT: Decimal("0.16"),
        TimeClass.INDIRECT: Decimal("0.06"),
        TimeClass.STAFF_RELATED: Decimal("0.04"),
    }
    assert town.rest == Decimal("0.1")
    assert (found.carer_days["town"], found.worked_min["town"]) == (2, 1000)
    assert found.notes == ()


def test_a_carer_may_work_for_two_providers_on_one_day() -> None:
    """The columns are for follow-up; a price takes all of them together."""
    text = "day;carer;zone;worked_min;care_min;provider;unit\n"
    rows = ["2026-03-04;c-1;town;240;180;p-1;north\n", "2026-03-04;c-1;town;200;100;p-2;\n"]
    days = read_carer_days(text + "".join(rows), "t.csv")
    assert [(each.provider, each.unit) for each in days] == [("p-1", "north"), ("p-2", "")]
    assert performed_time(days).worked_min == {"town": 440}
    with pytest.raises(InvalidInput, match="once for a provider"):
        read_carer_days(text + rows[0] * 2, "t.csv")


def test_a_price_by_performed_time_says_which_share_is_whose() -> None:
    """
    Town: waiting is not registered and keeps the stated 2 %, so 10 - 2 = 8 % is unbooked and
    b = 1 - 0.16 - 0.06 - 0.04 - 0.02 - 0.08 = 0.64, as performed.
    """
    found = performed_time(read_carer_days(TWO_DAYS, "t.csv"))
    cost = hour_cost(
        parse_price_parameters(with_classes(), "x"), DAY, "town", found.by_zone["town"]
    )
    assert cost.care_time_share == Decimal("0.64")
    assert cost.share_source is ShareSource.PERFORMED
    assert {name: source.value for name, source in cost.share_sources.items()} == {
        "transport_share": "performed",
        "waiting_share": "stated",
        "documentation_share": "performed",
        "meetings_share": "performed",
        "unbooked_share": "performed",
    }
    sources = {line.code: line.source for line in cost.lines}
    assert sources["meetings_share"] == "Uppmätt i utförd tid"
    assert sources["waiting_share"].startswith("Assumed")


def test_what_is_not_registered_is_stated_and_never_zero() -> None:
    """Rural registers travel alone: documentation and meetings keep 5 and 4 %, waiting 2 %."""
    found = performed_time(read_carer_days(TWO_DAYS, "t.csv")).by_zone["rural"]
    assert found.known == {TimeClass.TRANSPORT: Decimal("0.275")}
    cost = hour_cost(parse_price_parameters(with_classes(), "x"), DAY, "rural", found)
    assert cost.share_sources["meetings_share"] is ShareSource.STATED
    # The rest of 17.5 % holds the 11 % and leaves 6.5 % unbooked: 55 % care, as performed.
    assert cost.care_time_share == Decimal("0.55")


def test_too_little_rest_for_what_is_stated_is_priced_in_full_with_a_note() -> None:
    """Waiting is stated as 2 % and only 1 % is left."""
    day = CarerDay(
        DAY,
        "c",
        "town",
        100,
        70,
        {TimeClass.TRANSPORT: 20, TimeClass.INDIRECT: 5, TimeClass.STAFF_RELATED: 4},
    )
    found = performed_time([day]).by_zone["town"]
    cost = hour_cost(parse_price_parameters(with_classes(), "x"), DAY, "town", found)
    assert cost.care_time_share == Decimal("0.69")
    assert [note.code for note in cost.notes] == ["PERFORMED_LEAVES_TOO_LITTLE_TIME"]


def test_a_class_registered_on_some_days_only_is_told_and_not_used() -> None:
    """Half a month of registrations would halve the share."""
    text = f"{HEADER}\n2026-03-04;a;town;480;300;80;30;20\n2026-03-05;a;town;480;300;;30;20\n"
    found = performed_time(read_carer_days(text, "t.csv"))
    assert TimeClass.TRANSPORT not in found.by_zone["town"].known
    assert [(note.code, note.where) for note in found.notes] == [
        ("PARTLY_REGISTERED", "zone town, transport")
    ]


def test_a_class_without_a_line_is_refused() -> None:
    """Indirect time that no line shows would vanish from the price."""
    found = performed_time(read_carer_days(TWO_DAYS, "t.csv")).by_zone["town"]
    with pytest.raises(InvalidInput) as refused:
        hour_cost(parse_price_parameters(without_classes(), "x"), DAY, "town", found)
    assert refused.value.findings[0].code == "NO_LINE_FOR_MEASURED_SHARE"
    assert "indirect" in refused.value.findings[0].found


minutes = st.integers(0, 120)


@given(
    st.lists(st.tuples(minutes, minutes, minutes, st.integers(1, 60)), min_size=1, max_size=8),
    st.randoms(use_true_random=False),
)
@settings(max_examples=60, deadline=None)
def test_no_minute_is_lost_and_no_order_matters(
    days: list[tuple[int, ...]], random: object
) -> None:
    """Care, classes and rest are the worked time, whoever comes first in the file."""
    records = [
        CarerDay(DAY, f"c{n}", "town", sum(d), d[0], {TimeClass.TRANSPORT: d[1]})
        for n, d in enumerate(days)
    ]
    found = performed_time(records)
    town = found.by_zone["town"]
    care = Decimal(sum(d[0] for d in days)) / sum(map(sum, days))
    assert abs(care + sum(town.known.values()) + town.rest - 1) < Decimal("1e-20")
    assert performed_time(reversed(records)) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "columns"),
        (HEADER, "at least one carer day"),
        ("day;carer;zone;worked_min\n", "columns"),
        (HEADER + ";lön\n", "some of"),
        (HEADER + ";zone\n", "some of"),
        (HEADER + "\n2026-13-01;a;town;480;300;;;", "a day"),
        (HEADER + "\n2026-03-01;;town;480;300;;;", "a name"),
        (HEADER + "\n2026-03-01;a;town;480,5;300;;;", "whole minutes"),
        (HEADER + "\n2026-03-01;a;town;480;;;;", "whole minutes"),
        (HEADER + "\n2026-03-01;a;town;-5;0;;;", "whole minutes"),
        (HEADER + "\n2026-03-01;a;town;1441;0;;;", "whole minutes"),
        (HEADER + "\n2026-03-01;a;town;480;400;81;;", "worked_min > 0"),
        (HEADER + "\n2026-03-01;a;town;0;0;0;;", "worked_min > 0"),
        (HEADER + "\n2026-03-01;a;town;480", "8 cells"),
        (HEADER + '\n2026-03-01;a;"town;480;300;;;', "lines of cells"),
        (HEADER + "\n2026-03-01;a;town;9;3;;;\n2026-03-01;a;town;9;3;;;", "each carer"),
    ],
)
def test_a_faulty_file_is_refused_by_line(text: str, expected: str) -> None:
    """Nothing is guessed, and the carer's name is in no answer."""
    with pytest.raises(InvalidInput) as refused:
        read_carer_days(text, "t.csv")
    finding = refused.value.findings[0]
    assert finding.code == "WRONG_PERFORMED_TIME"
    assert finding.where.startswith("t.csv")
    assert finding.expected.startswith(expected)


def test_every_faulty_line_is_told_at_once() -> None:
    """One answer, not one attempt per line."""
    text = HEADER + "\nx;a;town;480;300;;;\n2026-03-01;a;town;x;300;;;\n2026-03-02;a;town;9;3;;;\n"
    with pytest.raises(InvalidInput) as refused:
        read_carer_days(text, "t.csv")
    assert [f.where for f in refused.value.findings] == [
        "t.csv: line 2, day",
        "t.csv: line 3, worked_min",
    ]


def test_commas_work_as_well_and_columns_come_in_any_order() -> None:
    """Excel writes semicolons in Swedish and commas in English."""
    text = "zone,worked_min,care_min,carer,day\ntown,100,60,c,2026-03-04\n"
    (found,) = read_carer_days(text, "t.csv")
    assert found == CarerDay(DAY, "c", "town", 100, 60, {})
