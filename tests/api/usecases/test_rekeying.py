"""Changing keys: everything under the newest ones, in small steps that can be broken off."""

from __future__ import annotations

import pytest
from sqlmodel import select

from api.store.check import check
from api.store.engine import Store
from api.store.person_check import unopened
from api.store.sealing import Sealed
from api.store.tables import PersonRow
from api.usecases import persons
from api.usecases.rekeying import rotate, rotate_some
from tests.api.store.dump import dump
from tests.api.store.person_samples import ANNA, KEYS, NAMES, acting, keys, populate, record
from tests.api.store.samples import prepare

BOTH = keys("ba", "yz")
NEW = keys("b", "y")


def test_everything_is_brought_to_the_newest_keys(store: Store) -> None:
    populate(store)
    assert rotate(store, acting(), BOTH, step=3) == 4
    assert rotate(store, acting(), BOTH) == 0
    for recipient, (name, _) in NAMES.items():
        assert persons.person(store, ANNA, NEW, recipient).identity.name == name
    assert persons.find(store, ANNA, NEW, "701063-2391").version == 1
    with pytest.raises(Sealed):
        persons.person(store, ANNA, KEYS, "r-1")
    assert check(store) == []


@pytest.mark.parametrize("newer", [keys("ba", "z"), keys("a", "yz")])
def test_one_of_the_two_keys_may_be_changed(store: Store, newer: object) -> None:
    populate(store)
    # Who has no number has nothing that a new search key would change.
    expected = 4 if newer == keys("ba", "z") else 3
    assert rotate(store, acting(), newer) == expected  # type: ignore[arg-type]
    assert check(store) == []


def test_a_run_that_is_broken_off_is_started_again(store: Store) -> None:
    populate(store)
    assert rotate_some(store, acting(), BOTH, 3) == 3
    # In between all are read and found, by whichever key.
    assert persons.persons(store, ANNA, BOTH).total == 4
    for recipient, (_, number) in NAMES.items():
        if number:
            assert persons.find(store, ANNA, BOTH, number).recipient == recipient
    assert check(store) == []
    assert rotate(store, acting(), BOTH) == 1
    with store.reading() as session:
        rows = session.exec(select(PersonRow)).all()
        assert {(row.key_id, row.index_key_id) for row in rows} == {("kb", "iy"), ("kb", None)}
        assert list(unopened(session, NEW, "m-1")) == []


def test_a_number_that_is_hashed_by_an_older_key_is_not_recorded_twice(store: Store) -> None:
    prepare(store)
    record(store, "r-1")
    from api.refusals import Conflict
    from tests.api.store.person_samples import add_recipients

    add_recipients(store, "r-2")
    with pytest.raises(Conflict, match="NUMBER_TAKEN"):
        persons.record(store, ANNA, BOTH, "r-2", 0, name="B", number=NAMES["r-1"][1])


def test_a_key_that_is_missing_stops_it_and_leaves_all_as_it_was(store: Store) -> None:
    populate(store)
    before = dump(store)
    with pytest.raises(Sealed, match="PERSON_KEY_UNKNOWN"):
        rotate(store, acting(), NEW)
    assert dump(store) == before
