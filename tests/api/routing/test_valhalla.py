"""Valhalla on a small map of our own: a town of six by six streets, and an island."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from api.routing.valhalla_router import Valhalla
from scheduler.care.errors import InvalidInput
from scheduler.care.model import Location, Mode

NORTH, EAST, STREETS = 0.002, 0.0036, 6
SOUTH_WEST = Location(56.03, 14.15)
ISLAND = Location(56.33, 14.45)
NOWHERE = Location(57.33, 14.45)


def corner(row: int, column: int) -> Location:
    return Location(SOUTH_WEST.lat + row * NORTH, SOUTH_WEST.lon + column * EAST)


@pytest.fixture(scope="module")
def router(tmp_path_factory: pytest.TempPathFactory) -> Valhalla:
    reason = "needs Python 3.12 and hemplan[valhalla]"
    valhalla = pytest.importorskip("valhalla", reason=reason)
    osmium = pytest.importorskip("osmium", reason=reason)
    folder = tmp_path_factory.mktemp("map")
    make = osmium.osm.mutable
    writer = osmium.SimpleWriter(str(folder / "town.osm.pbf"))
    for row in range(STREETS):
        for column in range(STREETS):
            place = corner(row, column)
            number = 1 + row * STREETS + column
            writer.add_node(make.Node(id=number, location=(place.lon, place.lat), version=1))
    for number, east in ((900, 0.0), (901, 0.002)):
        at = (ISLAND.lon + east, ISLAND.lat)
        writer.add_node(make.Node(id=number, location=at, version=1))
    rows = [[1 + r * STREETS + c for c in range(STREETS)] for r in range(STREETS)]
    for number, nodes in enumerate([*rows, *map(list, zip(*rows, strict=True)), [900, 901]], 1):
        tags = {"highway": "residential", "name": f"Gata {number}"}
        writer.add_way(make.Way(id=number, nodes=nodes, tags=tags, version=1))
    writer.close()
    (folder / "tiles").mkdir()
    configuration = folder / "valhalla.json"
    made = valhalla.get_config(tile_extract="", tile_dir=str(folder / "tiles"), verbose=False)
    configuration.write_text(json.dumps(made), encoding="utf-8")
    build = Path(valhalla.__file__).parent / "bin" / "valhalla_build_tiles"
    subprocess.run(
        [str(build), "-c", str(configuration), str(folder / "town.osm.pbf")],
        check=True, capture_output=True, env=dict(os.environ),
    )  # fmt: skip
    return Valhalla(configuration)


def test_ways_grow_with_the_blocks_between(router: Valhalla) -> None:
    places = [corner(0, 0), corner(0, 2), corner(5, 5)]
    for mode in Mode:
        found = router.route(places, mode)
        assert not found.off_the_map
        to_near, to_far = found.seconds[0][1], found.seconds[0][2]
        assert to_near is not None
        assert to_far is not None
        assert 0 < to_near < to_far
        assert [found.seconds[k][k] for k in range(3)] == [0, 0, 0]
    on_foot = router.route(places, Mode.FOOT).seconds[0][2]
    by_bicycle = router.route(places, Mode.BICYCLE).seconds[0][2]
    assert on_foot is not None
    assert by_bicycle is not None
    # About two kilometres: half an hour on foot.
    assert 1200 < on_foot < 2400
    assert by_bicycle < on_foot


def test_an_island_has_no_way_and_keeps_its_own(router: Valhalla) -> None:
    other_end = Location(ISLAND.lat, ISLAND.lon + 0.0015)
    found = router.route([corner(0, 0), ISLAND, corner(1, 1), other_end], Mode.CAR)
    assert not found.off_the_map
    for town in (0, 2):
        for island in (1, 3):
            assert found.seconds[town][island] is None
            assert found.seconds[island][town] is None
    assert found.seconds[0][2] is not None
    assert found.seconds[1][3] is not None


def test_a_place_without_a_road_is_off_the_map(router: Valhalla) -> None:
    found = router.route([corner(0, 0), NOWHERE, corner(1, 1)], Mode.CAR)
    assert found.off_the_map == {1}
    assert found.seconds[0][2] is not None


def test_the_same_places_take_the_same_time_in_larger_questions(router: Valhalla) -> None:
    few = router.route([corner(0, 0), corner(4, 3)], Mode.BICYCLE).seconds
    many = router.route(
        [corner(r, c) for r in range(STREETS) for c in range(STREETS)], Mode.BICYCLE
    ).seconds
    assert many[0][4 * STREETS + 3] == few[0][1]


def test_without_valhalla_or_its_tiles_it_says_what_to_do(tmp_path: Path) -> None:
    try:
        import valhalla  # noqa: F401
    except ImportError:
        code = "NO_VALHALLA"
    else:
        code = "VALHALLA_TILES"
    with pytest.raises(InvalidInput) as refused:
        Valhalla(tmp_path / "missing.json")
    assert [each.code for each in refused.value.findings] == [code]
