"""The care-time share and the care hour's cost from worked time in the store, by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from api.store.engine import Store
from api.store.money_records import RateKind
from api.store.rate_rows import read_price_list
from api.usecases.following_up import Asked, as_values, followed_up
from api.usecases.rating import upload
from api.usecases.worked_time import report
from pricing.performed_time import CarerDay, performed_time
from pricing.price import hour_cost
from pricing.recipe import TimeClass
from scheduler.care.errors import NotFound
from tests.api.store.dump import dump
from tests.api.store.followup_samples import followed, granted, priced
from tests.api.store.money_samples import JANUARY, PRICES, SENDER
from tests.api.store.worked_samples import CORRECTED, sent, time_reported
from tests.api.usecases.test_following_up import DAYS, MARCH, STATED, group, notes


def told(store: Store, provider: str | None = None, price_list: str | None = None) -> Any:
    """March, of all or of one provider."""
    asked = Asked(MARCH, DAYS, provider, price_list=price_list)
    return as_values(followed_up(store, "m-1", asked, STATED))


def test_a_share_has_its_denominator(store: Store) -> None:
    """p-1's Kim: 300 + 180 of 480 + 360 minutes; the municipal Robin half of an hour."""
    followed(store)
    assert group(told(store), "p-1")["worked"] is None
    time_reported(store)
    before = dump(store)
    found = told(store)
    assert dump(store) == before
    private, own = (group(found, name)["worked"] for name in ("p-1", "own"))
    assert (private["workedMin"], private["careMin"], private["careTimeShare"]) == (
        840, 480, "0.571429",
    )  # fmt: skip
    assert (own["workedMin"], own["careTimeShare"]) == (60, "0.5")
    (total,) = found["groups"]["total"]
    assert (total["worked"]["workedMin"], total["worked"]["careMin"]) == (900, 510)
    # What was corrected counts, and what was taken back does not.
    report(store, SENDER, sent(CORRECTED, "fix", corrects=True))
    corrected = told(store)
    assert group(corrected, "p-1")["worked"]["workedMin"] == 780
    assert group(corrected, "own")["worked"] is None


def test_the_care_hour_costs_what_the_price_list_makes_of_the_time(store: Store) -> None:
    followed(store)
    time_reported(store)
    assert told(store)["careHours"] == []
    assert ("PRICE_LIST_MISSING", "price list, 2026-03-31") in notes(told(store))
    priced(store)
    found = {each["provider"]: each for each in told(store)["careHours"]}
    assert found.keys() == {"p-1", "own"}
    kim = [
        CarerDay(
            date(2026, 3, day), "kim", "town", worked, care,
            {TimeClass.TRANSPORT: 100, TimeClass.INDIRECT: 50, TimeClass.STAFF_RELATED: 30},
        )
        for day, worked, care in ((4, 480, 300), (5, 360, 180))
    ]  # fmt: skip
    prices = read_price_list(PRICES.encode(), "prices.toml")
    shares = performed_time(kim).by_zone["town"]
    expected = hour_cost(prices, date(2026, 3, 5), "town", shares)
    assert found["p-1"]["cost"] == str(expected.total)
    assert found["p-1"]["careTimeShare"] == "0.571429"
    # Of 50 performed minutes 416.67 kronor were paid.
    assert found["p-1"]["paidPerPerformedHour"] == "500.00"


def test_a_provider_has_the_hour_that_finance_sees(store: Store) -> None:
    followed(store)
    time_reported(store)
    priced(store)
    every, own = told(store), told(store, "p-1")
    assert own["groups"]["provider"] == [group(every, "p-1")]
    assert own["careHours"] == [each for each in every["careHours"] if each["provider"] == "p-1"]
    before = told(store, "p-1")
    report(store, SENDER, sent("2026-03-09,robin,rural,60,30,,,,,own,north\n", "more"))
    assert told(store, "p-1") == before


def test_what_is_missing_of_the_time_is_told(store: Store) -> None:
    granted(store)
    assert ("WORKED_TIME_MISSING", "worked time") in notes(told(store))
    report(store, SENDER, sent("2026-03-04,kim,town,480,300,,,,,p-1,north\n"))
    found = told(store)
    assert {
        ("WORKED_DAYS_MISSING", "p-1, 2026-03"),
        ("WORKED_TIME_MISSING", "own, 2026-03"),
    } <= notes(found)
    assert ("WORKED_TIME_MISSING", "worked time") not in notes(found)
    (days,) = (each for each in found["notes"] if each["code"] == "WORKED_DAYS_MISSING")
    assert days["found"] == "none on 30 of 31 days, first 2026-03-01"
    whole = "".join(f"2026-03-{day:02},kim,town,480,300,,,,,p-1,north\n" for day in range(1, 32))
    report(store, SENDER, sent(whole, "whole", corrects=True))
    assert ("WORKED_DAYS_MISSING", "p-1, 2026-03") not in notes(told(store))


def test_an_hour_without_a_price_is_told_and_the_others_are_there(store: Store) -> None:
    granted(store)
    priced(store)
    time_reported(store)
    report(store, SENDER, sent("2026-03-04,kim,island,60,30,,,,,p-1,north\n", "island"))
    found = told(store)
    assert [each["zone"] for each in found["careHours"]] == ["town", "town"]
    assert ("HOUR_COST_MISSING", "2026-03, p-1, island") in notes(found)
    # Its time counts all the same.
    assert group(found, "p-1")["worked"]["workedMin"] == 900


def test_of_price_lists_side_by_side_one_is_named(store: Store) -> None:
    granted(store)
    time_reported(store)
    priced(store)
    priced(store, "others.toml")
    found = told(store)
    assert found["careHours"] == []
    assert ("PRICE_LIST_MISSING", "price list, 2026-03-31") in notes(found)
    assert told(store, price_list="prices.toml")["careHours"]
    with pytest.raises(NotFound, match="rate-documents"):
        told(store, price_list="unheard.toml")


def test_a_price_list_that_nobody_has_approved_is_none(store: Store) -> None:
    granted(store)
    time_reported(store)
    upload(store, SENDER, "p", RateKind.PRICE_LIST, "p.toml", JANUARY, PRICES.encode())
    assert ("PRICE_LIST_MISSING", "price list, 2026-03-31") in notes(told(store))
