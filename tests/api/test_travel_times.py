"""Travel times in the planning document: read as they are, every fault at once, no place told."""

from __future__ import annotations

from typing import Any

import pytest

from api.documents.planning import document_of, read_document
from scheduler.care.errors import Finding, InvalidInput, Severity
from scheduler.care.model import Location, Mode, TravelTimes
from tests.api.cases import changed, encoded

OFFICE, HOME, OTHER = [56.03, 14.15], [56.035, 14.16], [56.047, 14.179]


def document(*tables: Any) -> dict[str, Any]:
    """The sound day with `tables`."""

    def change(whole: dict[str, Any], _carers: Any, _visits: Any) -> None:
        whole["modelInput"]["travelTimes"] = list(tables)

    return changed(change)


def table(**changes: Any) -> dict[str, Any]:
    """A sound table with some of its fields exchanged."""
    sound = {
        "transportMode": "BICYCLE",
        "locations": [OFFICE, HOME],
        "durationsS": [[0, 240], [300, 0]],
    }
    return sound | changes


def faults(*tables: Any) -> list[Finding]:
    with pytest.raises(InvalidInput) as refused:
        read_document(encoded(document(*tables)))
    return list(refused.value.findings)


def test_a_table_is_read_as_it_is() -> None:
    """Both ways apart; ``null`` is no way."""
    day = read_document(encoded(document(table(durationsS=[[0, 240], [None, 0]])))).day
    assert day.travel_times == (
        TravelTimes(
            Mode.BICYCLE,
            (Location(56.03, 14.15), Location(56.035, 14.16)),
            ((0, 240), (None, 0)),
        ),
    )


WHERE = "modelInput.travelTimes[0]"


@pytest.mark.parametrize(
    ("faulty", "code", "where"),
    [
        (table(transportMode="BOAT"), "UNKNOWN_CODE", f"{WHERE}.transportMode"),
        (table(durationsS=[[0, -1], [9, 0]]), "OUT_OF_RANGE", f"{WHERE}.durationsS[0][1]"),
        (table(durationsS=[[0, 86_401], [9, 0]]), "OUT_OF_RANGE", f"{WHERE}.durationsS[0][1]"),
        (table(durationsS=[[0, 1.5], [9, 0]]), "WRONG_TYPE", f"{WHERE}.durationsS[0][1]"),
        (table(durationsS=[[0, "PT4M"], [9, 0]]), "WRONG_TYPE", f"{WHERE}.durationsS[0][1]"),
        (table(durationsS=[[0, True], [9, 0]]), "WRONG_TYPE", f"{WHERE}.durationsS[0][1]"),
        (table(durationsS=[[0, 1], [7, 7]]), "TRAVEL_TIME_TO_ITSELF", f"{WHERE}.durationsS[1][1]"),
        (table(durationsS=[[None, 1], [7, 0]]), "TRAVEL_TIME_TO_ITSELF", f"{WHERE}.durationsS[0]"),
        (table(durationsS=[[0, 1]]), "TRAVEL_TIMES_NOT_SQUARE", f"{WHERE}.durationsS"),
        (
            table(durationsS=[[0, 1], [1, 0, 1]]),
            "TRAVEL_TIMES_NOT_SQUARE",
            f"{WHERE}.durationsS[1]",
        ),
        (table(locations=[]), "WRONG_NUMBER_OF_ITEMS", f"{WHERE}.locations"),
        (table(locations=[HOME, HOME]), "DUPLICATE_PLACE", f"{WHERE}.locations[1]"),
        (table(locations=[OFFICE, [96.0, 14.0]]), "COORDINATES_OUT_OF_RANGE", WHERE),
        (table(speed=3), "UNKNOWN_FIELD", f"{WHERE}.speed"),
    ],
)
def test_each_fault_has_its_code_and_place(faulty: Any, code: str, where: str) -> None:
    (found,) = faults(faulty)
    assert found.code == code
    assert found.where.startswith(where)
    assert found.expected
    assert found.found
    assert found.action.endswith(".")


def test_all_faults_of_all_tables_are_told_at_once() -> None:
    """Also beside a table that cannot be read and a visit that has a fault of its own."""
    found = faults(
        table(transportMode="BOAT"),
        table(locations=[OFFICE, HOME, OTHER], durationsS=[[0, 1], [2, 3]]),
        table(),
    )
    assert sorted((each.code, each.where) for each in found) == [
        ("DUPLICATE_TRAVEL_TIME", "modelInput.travelTimes[2]"),
        ("TRAVEL_TIMES_NOT_SQUARE", "modelInput.travelTimes[1].durationsS"),
        ("TRAVEL_TIMES_NOT_SQUARE", "modelInput.travelTimes[1].durationsS[0]"),
        ("TRAVEL_TIMES_NOT_SQUARE", "modelInput.travelTimes[1].durationsS[1]"),
        ("TRAVEL_TIME_TO_ITSELF", "modelInput.travelTimes[1].durationsS[1][1]"),
        ("UNKNOWN_CODE", "modelInput.travelTimes[0].transportMode"),
    ]


def test_no_finding_tells_a_place() -> None:
    """A home's place is personal data, right or wrong."""
    homes = [[56.035, 14.16], [91.987, 14.179], [56.035, 14.16], [56.0, "14.16"]]
    for bad in (table(locations=homes), table(locations=homes[:3])):
        for finding in faults(bad):
            text = str(finding)
            assert not any(part in text for part in ("56.035", "14.16", "91.987", "14.179"))


def test_tables_of_two_areas_may_share_the_office() -> None:
    tables = (table(), table(locations=[OFFICE, OTHER]), table(transportMode="CAR"))
    assert len(document_of(document(*tables)).day.travel_times) == 3


def test_a_table_of_other_places_is_advice_only() -> None:
    """Most often the digits differ: then every way would be estimated in silence."""
    read = document_of(document(table(locations=[OFFICE, OTHER])))
    assert [(each.code, each.where, each.severity) for each in read.warnings] == [
        ("TRAVEL_TIMES_NOT_USED", WHERE, Severity.WARNING)
    ]


def test_a_shift_that_cannot_end_where_it_should_is_refused() -> None:
    def change(whole: dict[str, Any], carers: list[Any], _visits: Any) -> None:
        whole["modelInput"]["travelTimes"] = [table(durationsS=[[0, None], [300, 0]])]
        carers[0]["shifts"][0] |= {"startLocation": OFFICE, "endLocation": HOME}

    with pytest.raises(InvalidInput) as refused:
        document_of(changed(change))
    (found,) = refused.value.findings
    assert found.code == "SHIFT_SHORTER_THAN_TRAVEL"
    assert found.found == "no way, by the day's travel times"


def test_each_place_has_a_zone_or_none_has() -> None:
    zoned = table(zones=["town", "rural"])
    assert document_of(document(zoned)).day.travel_times[0].zones == ("town", "rural")
    (found,) = faults(table(zones=["town"]))
    assert (found.code, found.where) == ("TRAVEL_TIMES_ZONES", f"{WHERE}.zones")


def test_a_way_that_is_none_but_by_a_third_place_is_advice() -> None:
    """An integrator may leave out long ways; then visits behind them are called unreachable."""
    cut = table(
        locations=[OFFICE, HOME, OTHER], durationsS=[[0, 240, None], [300, 0, 60], [None, 60, 0]]
    )
    (found,) = document_of(document(cut)).warnings
    assert (found.code, found.where) == ("NO_WAY_BUT_BY_OTHERS", f"{WHERE}.durationsS[0][2]")
    assert found.found == "ways from 0 to 1 and from 1 to 2; 2 such in the table"
    island = [[0, 240, None], [300, 0, None], [None, None, 0]]
    assert document_of(document(cut | {"durationsS": island})).warnings == ()
