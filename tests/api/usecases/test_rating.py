"""Rates: only what is faultless is kept, nothing holds that one person alone has made."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from api.refusals import Conflict, Stale, TooLarge
from api.store.check import check
from api.store.engine import Store
from api.store.money_records import RateDocument, RateKind
from api.usecases.rating import approve, in_force, rate_document, rate_documents, upload
from scheduler.care.errors import CareError, InvalidInput, NotFound
from tests.api.store.dump import dump
from tests.api.store.money_samples import (
    BOOK,
    CHIEF,
    DEMO_BOOK,
    JANUARY,
    PRICES,
    SENDER,
    SETUP,
    at_hour,
)
from tests.api.store.samples import prepare


@pytest.fixture
def ready(store: Store) -> Store:
    prepare(store)
    return store


def book(
    store: Store, key: str = "k-1", text: str = BOOK, first_day: date = JANUARY
) -> RateDocument:
    return upload(store, SENDER, key, RateKind.BOOK, "book.toml", first_day, text.encode())


def codes(refused: pytest.ExceptionInfo[CareError]) -> list[str]:
    return [finding.code for finding in refused.value.findings]


def test_a_book_is_kept_as_it_came_and_holds_once_another_has_approved_it(ready: Store) -> None:
    made = book(ready, text=f"\ufeff{BOOK}")
    assert (made.number, made.version, made.approved_by) == (1, 1, None)
    with pytest.raises(NotFound):
        in_force(ready, "m-1", RateKind.BOOK, date(2026, 3, 4))
    approved = approve(ready, CHIEF, RateKind.BOOK, 1, 1)
    assert (approved.version, approved.approved_by, approved.content) == (2, "user-8", made.content)
    assert made.content == f"\ufeff{BOOK}"
    assert in_force(ready, "m-1", RateKind.BOOK, date(2026, 3, 4)) == approved
    assert check(ready) == []


def test_who_uploaded_does_not_approve(ready: Store) -> None:
    book(ready)
    once = dump(ready)
    with pytest.raises(Conflict) as refused:
        approve(ready, at_hour(SENDER, 2), RateKind.BOOK, 1, 1)
    assert codes(refused) == ["SAME_PERSON"]
    assert dump(ready) == once


def test_it_is_approved_once(ready: Store) -> None:
    book(ready)
    approve(ready, CHIEF, RateKind.BOOK, 1, 1)
    with pytest.raises(Stale):
        approve(ready, CHIEF, RateKind.BOOK, 1, 1)
    with pytest.raises(Conflict) as refused:
        approve(ready, CHIEF, RateKind.BOOK, 1, 2)
    assert codes(refused) == ["APPROVED_BEFORE"]
    with pytest.raises(NotFound):
        approve(ready, CHIEF, RateKind.BOOK, 2, 1)


def test_the_same_upload_has_one_effect_and_one_answer(ready: Store) -> None:
    first = book(ready)
    approve(ready, CHIEF, RateKind.BOOK, 1, 1)
    once = dump(ready)
    assert book(ready) == first
    assert dump(ready) == once
    with pytest.raises(Conflict) as refused:
        book(ready, text=BOOK.replace("= 500", "= 501"))
    assert codes(refused) == ["KEY_USED"]


def test_the_latest_first_day_holds_and_of_two_the_later_upload(ready: Store) -> None:
    days = {"k-1": date(2026, 1, 1), "k-2": date(2026, 7, 1), "k-3": date(2026, 1, 1)}
    for number, (key, day) in enumerate(days.items(), 1):
        book(ready, key, BOOK.replace("= 500", f"= {500 + number}"), day)
        approve(ready, CHIEF, RateKind.BOOK, number, 1)
    held = [in_force(ready, "m-1", RateKind.BOOK, day).number
            for day in (date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1))]  # fmt: skip
    assert held == [3, 3, 2]
    assert [each.number for each in rate_documents(ready, "m-1", RateKind.BOOK)] == [1, 2, 3]
    with pytest.raises(NotFound):
        in_force(ready, "m-1", RateKind.BOOK, date(2025, 12, 31))


def test_every_fault_is_told_at_once_and_nothing_kept(ready: Store) -> None:
    once = dump(ready)
    wrong = BOOK.replace('unit = "hour"', 'unit = "fortnight"').replace('source = "test"', "", 1)
    with pytest.raises(InvalidInput) as refused:
        upload(ready, SENDER, "k-1", RateKind.BOOK, "a\nb", date(2026, 1, 15), wrong.encode())
    told = codes(refused)
    assert {"NOT_AN_ID", "NOT_FIRST_OF_MONTH", "MISSING_FIELD"} < set(told)
    assert len(told) >= 4
    assert dump(ready) == once


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"a = [", b"title = 'x\x00'", b"= = ="])
@pytest.mark.parametrize("form", RateKind)
def test_what_is_no_such_document_is_refused(ready: Store, form: RateKind, content: bytes) -> None:
    with pytest.raises(InvalidInput):
        upload(ready, SENDER, "k-1", form, "x.toml", JANUARY, content)


def test_a_key_is_a_key(ready: Store) -> None:
    with pytest.raises(InvalidInput) as refused:
        book(ready, "k\x00")
    assert codes(refused) == ["NOT_AN_ID"]


def test_what_is_too_large_is_refused_unread(ready: Store) -> None:
    with pytest.raises(TooLarge):
        book(ready, text="#" * 2_000_001)


def test_a_book_keeps_the_price_list_that_it_was_uploaded_with(ready: Store) -> None:
    """A later list of the same name changes nothing that is paid by the book."""

    def prices(key: str, text: str) -> None:
        upload(ready, SENDER, key, RateKind.PRICE_LIST, "prices.toml", JANUARY, text.encode())

    with pytest.raises(InvalidInput, match=r"UNUSABLE_PRICE_LIST.*approved price list"):
        book(ready, text=DEMO_BOOK)
    prices("p-1", PRICES)
    with pytest.raises(InvalidInput, match=r"UNUSABLE_PRICE_LIST.*approved price list"):
        book(ready, text=DEMO_BOOK)
    approve(ready, CHIEF, RateKind.PRICE_LIST, 1, 1)
    made = book(ready, text=DEMO_BOOK)
    assert made.price_lists == (("prices.toml", 1),)
    prices("p-2", PRICES + "\n# dearer\n")
    approve(ready, CHIEF, RateKind.PRICE_LIST, 2, 1)
    assert rate_document(ready, "m-1", RateKind.BOOK, 1) == made
    assert book(ready, "k-2", DEMO_BOOK).price_lists == (("prices.toml", 2),)
    assert check(ready) == []


def test_an_export_setup_is_kept(ready: Store) -> None:
    made = upload(
        ready, SENDER, "k-1", RateKind.EXPORT_SETUP, "export.toml", date(2026, 2, 3),
        SETUP.encode(),
    )  # fmt: skip
    assert (made.kind, made.first_day) == (RateKind.EXPORT_SETUP, date(2026, 2, 3))


def test_another_municipality_has_its_own(ready: Store) -> None:
    book(ready)
    with pytest.raises(NotFound):
        rate_document(ready, "m-2", RateKind.BOOK, 1)
    with pytest.raises(NotFound):
        upload(
            ready, replace(SENDER, municipality="m-2"), "k", RateKind.BOOK, "b", JANUARY,
            BOOK.encode(),
        )  # fmt: skip
