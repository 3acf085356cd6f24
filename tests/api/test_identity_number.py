"""Identity numbers: every written form means the same twelve digits, and nothing else is one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.documents.identity_number import (
    birth_date,
    is_coordination_number,
    read_identity_number,
    written,
)
from scheduler.care.errors import InvalidInput
from tests.api.store.person_samples import COORDINATION, checked, number_of

ON = date(2026, 3, 2)
# From Skatteverket's published lists of test numbers and its Meddelande SKV M 2010:3.
PUBLISHED = {"201701012393": date(2017, 1, 1), "189001189811": date(1890, 1, 18)}


@pytest.mark.parametrize("digits", sorted(PUBLISHED))
def test_published_test_numbers_are_read(digits: str) -> None:
    assert read_identity_number(digits, ON) == digits
    assert birth_date(digits) == PUBLISHED[digits]
    assert not is_coordination_number(digits)


def test_a_coordination_number_adds_60_to_the_day() -> None:
    assert read_identity_number("701063-2391", ON) == COORDINATION
    assert is_coordination_number(COORDINATION)
    assert birth_date(COORDINATION) == date(1970, 10, 3)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("19380517-2388", "193805172388"), ("193805172388", "193805172388"),
        ("380517-2388", "193805172388"), (" 3805172388 ", "193805172388"),
        ("170101-2393", "201701012393"), ("170101+2393", "191701012393"),
        ("19170101+2393", "191701012393"),
    ],
)  # fmt: skip
def test_every_way_of_writing_means_the_same_number(text: str, digits: str) -> None:
    assert number_of(date(1938, 5, 17)) == "193805172388"
    assert read_identity_number(text, ON) == digits


def test_the_century_of_a_short_number_depends_on_the_day_that_is_given() -> None:
    """On nothing else: a test of 2026 must not fail in 2027."""
    assert read_identity_number("270101-2391", date(2026, 12, 31)) == "192701012391"
    assert read_identity_number("270101-2391", date(2027, 1, 1)) == "202701012391"


@pytest.mark.parametrize(
    "wrong",
    [
        "", "hemligt", "193805172389", "19380517-238", "19380517-238８", "1938-05172388",
        "193805172388\n1", "T93805172388", "000000000000", "１９３８0517-2388",
        # The check digit is right; the day is none, before any number, or yet to come.
        checked("19381317238"), checked("19380230238"), checked("19380500238"),
        checked("19380592238"), checked("17380517238"), checked("20260303238"),
        checked("19380517000"),
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_without_repeating_it(wrong: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_identity_number(wrong, ON)
    (finding,) = refused.value.findings
    assert finding.code == "NOT_AN_IDENTITY_NUMBER"
    assert not wrong.strip() or wrong.strip() not in str(refused.value).replace("NNNN", "")


@given(born=st.dates(date(1900, 1, 1), date(2026, 3, 2)), serial=st.sampled_from([238, 239]))
def test_each_wrong_digit_is_found(born: date, serial: int) -> None:
    """One digit misread is the commonest fault of all; the check digit finds every one of them."""
    digits = number_of(born, serial)
    assert read_identity_number(written(digits), ON) == digits
    for place in range(2, 12):
        other = f"{digits[:place]}{(int(digits[place]) + 1) % 10}{digits[place + 1 :]}"
        with pytest.raises(InvalidInput):
            read_identity_number(other, ON)
