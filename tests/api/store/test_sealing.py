"""Identities at rest: what opens them, what does not, and keys that are missing or malformed."""

from __future__ import annotations

import re

import pytest

from api.store.person_keys import INDEXING, SEALING, new_key, person_keys
from api.store.sealing import Place, Sealed, every_hash, number_hash, seal, unseal
from scheduler.care.errors import InvalidInput
from tests.api.store.person_samples import key, keys

HERE = Place("m-1", "r-1", 1)
WORDS = b'{"name": "Asa", "number": "193805172388"}'


def test_what_was_sealed_opens_with_its_key_also_when_there_is_a_newer_one() -> None:
    key_id, sealed = seal(keys("a"), HERE, WORDS)
    assert key_id == "ka"
    assert WORDS not in sealed
    assert unseal(keys("ba"), HERE, key_id, sealed) == WORDS
    assert seal(keys("ba"), HERE, WORDS)[0] == "kb"


def test_the_same_words_are_never_sealed_alike() -> None:
    """Else two persons of one name could be told by their rows."""
    assert len({seal(keys(), HERE, WORDS)[1] for _ in range(50)}) == 50


@pytest.mark.parametrize(
    "elsewhere", [Place("m-2", "r-1", 1), Place("m-1", "r-2", 1), Place("m-1", "r-1", 2)]
)
def test_a_row_that_is_moved_does_not_open(elsewhere: Place) -> None:
    key_id, sealed = seal(keys(), HERE, WORDS)
    with pytest.raises(Sealed, match="PERSON_SEAL"):
        unseal(keys(), elsewhere, key_id, sealed)


def test_no_bit_of_a_row_can_be_changed() -> None:
    key_id, sealed = seal(keys(), HERE, WORDS)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(Sealed, match="PERSON_SEAL"):
            unseal(keys(), HERE, key_id, bytes(changed))
    with pytest.raises(Sealed, match="PERSON_SEAL"):
        unseal(keys(), HERE, key_id, sealed[:5])


def test_a_key_that_is_gone_is_told_by_its_name() -> None:
    key_id, sealed = seal(keys("a"), HERE, WORDS)
    with pytest.raises(Sealed, match=r"PERSON_KEY_UNKNOWN.*the key ka"):
        unseal(keys("b"), HERE, key_id, sealed)
    with pytest.raises(Sealed, match=r"PERSON_KEY_UNKNOWN.*the key iy"):
        number_hash(keys(), "iy", "m-1", "193805172388")


def test_a_number_is_found_by_each_search_key_and_in_its_municipality_only() -> None:
    old = number_hash(keys(indexing="z"), "iz", "m-1", "193805172388")
    assert re.fullmatch("[0-9a-f]{64}", old)
    assert old in every_hash(keys(indexing="yz"), "m-1", "193805172388")
    assert old not in every_hash(keys(indexing="y"), "m-1", "193805172388")
    assert old not in every_hash(keys(indexing="yz"), "m-2", "193805172388")
    assert old not in every_hash(keys(indexing="yz"), "m-1", "193805172396")


@pytest.mark.parametrize(
    ("environment", "codes"),
    [
        ({}, ["PERSON_KEYS_MISSING", "PERSON_KEYS_MISSING"]),
        ({SEALING: f"a:{key('a')}"}, ["PERSON_KEYS_MISSING"]),
        ({SEALING: " ", INDEXING: f"a:{key('a')}"}, ["PERSON_KEYS_MISSING"]),
        ({SEALING: key("a"), INDEXING: f"a:{key('z')}"}, ["PERSON_KEY_FORM"]),
        ({SEALING: "a:hemlig", INDEXING: f"a:{key('z')}"}, ["PERSON_KEY_FORM"]),
        ({SEALING: "a:" + "QQ==", INDEXING: f"å:{key('z')}"}, ["PERSON_KEY_FORM"] * 2),
        ({SEALING: f"a:{key('a')},a:{key('b')}", INDEXING: f"z:{key('z')}"}, ["PERSON_KEY_TWICE"]),
        ({SEALING: f"a:{key('a')},b:{key('a')}", INDEXING: f"z:{key('z')}"}, ["PERSON_KEY_TWICE"]),
        ({SEALING: f"a:{key('a')}", INDEXING: f"z:{key('a')}"}, ["PERSON_KEY_TWICE"]),
        ({SEALING: f"a:{key('a')},", INDEXING: f"z:{key('z')}"}, ["PERSON_KEY_FORM"]),
    ],
)  # fmt: skip
def test_keys_that_are_missing_or_malformed_are_told_and_not_shown(
    environment: dict[str, str], codes: list[str]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        person_keys(environment)
    assert [finding.code for finding in refused.value.findings] == codes
    told = str(refused.value)
    assert not [k for k in ("hemlig", key("a"), key("b"), key("z"), "QQ==") if k in told]


def test_a_new_key_is_one_and_no_key_is_printed() -> None:
    first, second = new_key(), new_key()
    assert first != second
    made = person_keys({SEALING: f"2026-a:{first}", INDEXING: f"2026-b:{second}"})
    assert made.sealing.newest == "2026-a"
    assert first not in repr(made)
    assert repr(made.sealing.keys["2026-a"]) not in repr(made)
