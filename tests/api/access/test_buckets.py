"""Rates: bursts are let through, the rest has to wait, and memory stays bounded."""

from __future__ import annotations

import pytest

from api.access.addresses import bucket_of
from api.access.buckets import Buckets
from api.access.refusals import TooMany


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_burst_and_then_the_rate(clock: Clock) -> None:
    buckets = Buckets(rate=2, burst=3, clock=clock)
    for _ in range(3):
        buckets.take("a")
    with pytest.raises(TooMany) as refused:
        buckets.take("a")
    assert refused.value.retry_after_s == 1
    clock.seconds += 0.5
    buckets.take("a")
    with pytest.raises(TooMany):
        buckets.take("a")


def test_waiting_as_told_is_enough(clock: Clock) -> None:
    buckets = Buckets(rate=0.1, burst=1, clock=clock)
    buckets.take("a")
    with pytest.raises(TooMany) as refused:
        buckets.take("a")
    assert refused.value.retry_after_s == 10
    clock.seconds += refused.value.retry_after_s
    buckets.take("a")


def test_callers_do_not_use_up_each_others(clock: Clock) -> None:
    buckets = Buckets(rate=1, burst=1, clock=clock)
    buckets.take("a")
    buckets.take("b")


def test_a_bucket_never_holds_more_than_its_burst(clock: Clock) -> None:
    buckets = Buckets(rate=1, burst=2, clock=clock)
    buckets.take("a")
    clock.seconds += 1000
    buckets.take("a")
    buckets.take("a")
    with pytest.raises(TooMany):
        buckets.take("a")


def test_what_has_happened_is_charged(clock: Clock) -> None:
    buckets = Buckets(rate=1, burst=30, clock=clock)
    buckets.charge("a", 20)
    buckets.charge("a", 20)
    with pytest.raises(TooMany) as refused:
        buckets.take("a")
    assert refused.value.retry_after_s == 1


def test_memory_is_bounded_and_the_longest_unused_gives_way(clock: Clock) -> None:
    buckets = Buckets(rate=1, burst=1, most_keys=3, clock=clock)
    for key in "abcabcd":
        buckets.charge(key, 1)
    assert len(buckets) == 3
    buckets.take("a")
    for key in "cd":
        with pytest.raises(TooMany):
            buckets.take(key)


def test_numbers_must_be_positive() -> None:
    for rate, burst, most in ((0, 1, 1), (1, 0, 1), (1, 1, 0)):
        with pytest.raises(ValueError, match="> 0"):
            Buckets(rate, burst, most_keys=most)


@pytest.mark.parametrize(
    ("address", "bucket"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_an_ipv6_customer_has_one_bucket(address: str, bucket: str) -> None:
    """Whoever has a /64 has 2**64 addresses."""
    assert bucket_of(address) == bucket
