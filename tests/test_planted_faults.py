"""
Planted faults: that each can still be planted, and that a few of them are found.

The whole check is ``make planted``; it takes minutes.
"""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from tests.conftest import ROOT
from tests.planted_faults import (
    Fault,
    NotApplicable,
    Verdict,
    copy_of_sources,
    faults,
    planted,
    selection,
    verdict,
)

FAULTS = faults()
# One of an amount and one of the order of lines, with tests that take no time of their own.
FEW = (
    "the sick deduction raises the pay: a sign flipped",
    "a line is rounded by itself, so lines miss their sum",
)


def named(what: str) -> Fault:
    (found,) = [each for each in FAULTS if each.what == what]
    return found


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_every_fault_can_still_be_planted(fault: Fault) -> None:
    """A fault whose text has gone proves nothing; it must follow the code."""
    assert ast.parse(planted(fault, (ROOT / fault.file).read_text(encoding="utf-8")))
    for test in fault.tests:
        assert (ROOT / test.partition("::")[0]).exists(), test


def test_there_are_many_faults_and_no_two_alike() -> None:
    assert len(FAULTS) >= 150
    assert len({each.what for each in FAULTS}) == len(FAULTS)
    assert len({(each.file, each.old, each.new) for each in FAULTS}) == len(FAULTS)


def test_a_text_that_stands_twice_or_changes_nothing_is_refused() -> None:
    fault = Fault(1, "", "a.py", "x = 1", "x = 2", ())
    assert planted(fault, "x = 1\n") == "x = 2\n"
    for source, new in (("", "x = 2"), ("x = 1\nx = 1\n", "x = 2"), ("x = 1\n", "x = 1  # one")):
        with pytest.raises(NotApplicable):
            planted(replace(fault, new=new), source)


def test_a_whole_file_of_tests_stands_for_its_parts() -> None:
    one = Fault(1, "", "a.py", "", "", ("a::b", "c"))
    assert selection([one, replace(one, tests=("a", "c"))]) == ["c", "a"]
    assert selection([one]) == ["a::b", "c"]


def test_some_faults_are_planted_and_found_and_what_is_no_fault_is_not() -> None:
    """Also the other way: a change that is no fault passes, and tests that cannot run are told."""
    harmless = replace(named(FEW[0]), old="MONTHS_PER_YEAR = 12", new="MONTHS_PER_YEAR = 6 + 6")
    with copy_of_sources() as folder:
        before = {path: path.read_bytes() for path in folder.rglob("*.py")}
        assert [verdict(named(what), folder) for what in FEW] == [Verdict.CAUGHT] * len(FEW)
        assert verdict(harmless, folder) is Verdict.NOT_CAUGHT
        missing = replace(harmless, tests=("tests/pricing/test_nothing.py",))
        assert verdict(missing, folder) is Verdict.BROKEN
        assert {path: path.read_bytes() for path in before} == before
