"""
Geometry of the map drawing: places in degrees become points of a picture, without map tiles.

North is up and the scale is the same in both directions (equirectangular, true at the middle of the
picture; within a municipality the fault is far below the width of a line). Home care lies thick in
the town and thin around it, so a second, enlarged picture shows the densest part when that is
small. Recipients become dots with one shape per zone, shared start and end places squares, routes
lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians

from api.pages.view import ShiftView
from scheduler.care.model import Location
from scheduler.travel import EARTH_RADIUS_M

METRES_PER_DEGREE = EARTH_RADIUS_M * radians(1)
WIDTH = 720.0
MARGIN = 28.0
ASPECT = 0.72
SHAPES = ("circle", "triangle", "diamond", "cross")
CELLS = 12
DETAIL_CELLS = 3
# The enlargement is worth its place only when it shows at least this share of the recipients.
DETAIL_SHARE = 0.3
SCALE_STEPS_M = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)


@dataclass(frozen=True, slots=True)
class Dot:
    """A recipient's home."""

    x: float
    y: float
    shape: str
    name: str
    zone: str


@dataclass(frozen=True, slots=True)
class Square:
    """A start or end place; `shared` by several shifts, such as an office, or one carer's own."""

    x: float
    y: float
    shared: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One shift's route as the points of a polyline; `number` is the shift's row."""

    number: int
    carer: str
    points: str


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle of the whole picture, in its points."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Picture:
    """
    One drawing, `width` x `height` points, upper left corner at zero.

    Parameters
    ----------
    scale_m, scale_px
        Length of the scale bar on the ground and in the picture.
    """

    width: float
    height: float
    dots: tuple[Dot, ...]
    squares: tuple[Square, ...]
    lines: tuple[Line, ...]
    scale_m: int
    scale_px: float


@dataclass(frozen=True, slots=True)
class MapView:
    """The whole area, the enlargement if there is one, and which shape means which zone."""

    whole: Picture
    detail: Picture | None
    frame: Frame | None
    zone_shapes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Box:
    """Bounds in metres east and north of the equator and the zero meridian."""

    west: float
    south: float
    east: float
    north: float

    @property
    def width(self) -> float:
        return self.east - self.west

    @property
    def height(self) -> float:
        return self.north - self.south

    def holds(self, x: float, y: float) -> bool:
        # A metre of grace: the outermost place lies on the edge but for the last bit of a float.
        return -1 <= x - self.west <= self.width + 1 and -1 <= y - self.south <= self.height + 1


@dataclass(frozen=True, slots=True)
class _Scene:
    """Everything to be drawn, in metres."""

    homes: tuple[tuple[float, float, str, str], ...]
    squares: tuple[tuple[float, float, bool], ...]
    routes: tuple[tuple[int, str, tuple[tuple[float, float], ...]], ...]


def map_view(shifts: Sequence[ShiftView], homes: Iterable[tuple[Location, str, str]]) -> MapView:
    """
    The drawing of a planned day.

    Parameters
    ----------
    shifts
        Rows of the plan.
    homes
        Place, name and zone of each recipient with a visit, planned or not, once each.
    """
    homes = tuple(homes)
    places = [place for place, _, _ in homes]
    for row in shifts:
        places += [row.shift.start_location, row.shift.end_location]
    parallel = _middle([place.lat for place in places])

    def metres(place: Location) -> tuple[float, float]:
        return (
            place.lon * METRES_PER_DEGREE * cos(radians(parallel)),
            place.lat * METRES_PER_DEGREE,
        )

    used = Counter(
        place for row in shifts for place in {row.shift.start_location, row.shift.end_location}
    )
    scene = _Scene(
        tuple((*metres(place), name, zone) for place, name, zone in homes),
        tuple((*metres(place), times > 1) for place, times in used.items()),
        tuple(
            (row.number, row.carer, tuple(metres(place) for place in _way(row)))
            for row in shifts
            if row.visits
        ),
    )
    shapes = {
        zone: SHAPES[index % len(SHAPES)]
        for index, zone in enumerate(_commonest(zone for _, _, zone in homes))
    }
    bounds = _bounds([metres(place) for place in places])
    whole = _picture(scene, bounds, shapes)
    dense = _densest(scene, bounds)
    frame = _frame(dense, bounds) if dense else None
    detail = _picture(scene, dense, shapes) if dense else None
    return MapView(whole, detail, frame, tuple(shapes.items()))


def _commonest(zones: Iterable[str]) -> list[str]:
    """Each zone once, the one with most homes first."""
    count = Counter(zones)
    return sorted(count, key=lambda zone: (-count[zone], zone))


def _way(row: ShiftView) -> list[Location]:
    """Places of a route in order, without standing still."""
    way = [row.shift.start_location]
    way += [stop.visit.location for stop in row.stops if stop.visit is not None]
    way.append(row.shift.end_location)
    return [place for i, place in enumerate(way) if i == 0 or place != way[i - 1]]


def _middle(values: Sequence[float]) -> float:
    return (min(values) + max(values)) / 2 if values else 0.0


def _bounds(points: Sequence[tuple[float, float]]) -> _Box:
    """Smallest box of the pictures' shape round the points, at least 400 m wide."""
    xs, ys = [x for x, _ in points] or [0.0], [y for _, y in points] or [0.0]
    x, y = _middle(xs), _middle(ys)
    width = max(max(xs) - min(xs), (max(ys) - min(ys)) / ASPECT, 400.0)
    height = width * ASPECT
    return _Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _densest(scene: _Scene, bounds: _Box) -> _Box | None:
    """The part of the picture with most homes, when it holds a good share of them."""
    cell = bounds.width / CELLS
    cells = Counter(
        (int((x - bounds.west) / cell), int((y - bounds.south) / cell))
        for x, y, _, _ in scene.homes
    )

    def count(west: int, south: int) -> int:
        span = range(DETAIL_CELLS)
        return sum(cells[(west + i, south + j)] for i in span for j in span)

    corners = [(i, j) for i in range(CELLS) for j in range(CELLS)]
    best = max(corners, key=lambda corner: (count(*corner), corner))
    if not scene.homes or count(*best) < DETAIL_SHARE * len(scene.homes):
        return None
    west, south = bounds.west + best[0] * cell, bounds.south + best[1] * cell
    part = _Box(west, south, west + DETAIL_CELLS * cell, south + DETAIL_CELLS * cell)
    return _bounds([(x, y) for x, y, _, _ in scene.homes if part.holds(x, y)])


def _scale(box: _Box) -> float:
    """Points per metre."""
    return (WIDTH - 2 * MARGIN) / box.width


def _frame(part: _Box, bounds: _Box) -> Frame:
    scale = _scale(bounds)
    air = 6.0
    return Frame(
        round(MARGIN + (part.west - bounds.west) * scale - air, 1),
        round(MARGIN + (bounds.north - part.north) * scale - air, 1),
        round(part.width * scale + 2 * air, 1),
        round(part.height * scale + 2 * air, 1),
    )


def _picture(scene: _Scene, box: _Box, shapes: dict[str, str]) -> Picture:
    scale = _scale(box)

    def point(x: float, y: float) -> tuple[float, float]:
        return (
            round(MARGIN + (x - box.west) * scale, 1),
            round(MARGIN + (box.north - y) * scale, 1),
        )

    length_m = max((m for m in SCALE_STEPS_M if m * scale <= WIDTH / 4), default=SCALE_STEPS_M[0])
    return Picture(
        WIDTH,
        round(box.height * scale + 2 * MARGIN, 1),
        tuple(
            Dot(*point(x, y), shapes[zone], name, zone)
            for x, y, name, zone in scene.homes
            if box.holds(x, y)
        ),
        tuple(Square(*point(x, y), shared) for x, y, shared in scene.squares if box.holds(x, y)),
        tuple(
            Line(number, carer, " ".join("{:g},{:g}".format(*point(*p)) for p in way))
            for number, carer, way in scene.routes
            if any(box.holds(*place) for place in way)
        ),
        length_m,
        round(length_m * scale, 1),
    )
