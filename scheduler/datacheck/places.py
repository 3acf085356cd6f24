"""Places that look wrong. What is said names persons and shifts by id, never where they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from scheduler.care.model import Day, Location
from scheduler.datacheck.advice import Advice, Code, Kind, counted
from scheduler.datacheck.limits import Limits
from scheduler.travel import great_circle_m

METRES_PER_KM = 1000
# A degree of latitude is longer than this everywhere, so places further apart in it are far apart.
LEAST_M_PER_DEGREE = 110_000


def place_advice(day: Day, limits: Limits) -> Iterator[Advice]:
    """What homes and shifts' places show; a place that is plainly wrong is said once."""
    homes: defaultdict[str, set[Location]] = defaultdict(set)
    for visit in day.visits:
        homes[visit.recipient_id].add(visit.location)
    bases: defaultdict[str, set[Location]] = defaultdict(set)
    for shift in day.shifts:
        bases[shift.id] |= {shift.start_location, shift.end_location}
    for kind, places in ((Kind.RECIPIENTS, homes), (Kind.SHIFTS, bases)):
        yield from _wrong(kind, places, limits)
    known = {place for of_shift in bases.values() for place in of_shift}
    right = {
        recipient: {place for place in places if not limits.abroad(place)}
        for recipient, places in homes.items()
    }
    yield from _shared(right, known, limits)
    yield from _lonely(right, {place for place in known if not limits.abroad(place)}, limits)
    yield from _coarse(right, limits)


def _wrong(kind: Kind, places: Mapping[str, set[Location]], limits: Limits) -> Iterator[Advice]:
    """PLACE_UNKNOWN at 0, 0; PLACE_SWAPPED; PLACE_ABROAD."""
    found: defaultdict[Code, list[str]] = defaultdict(list)
    for id_, of_one in places.items():
        for place in of_one:
            if not limits.abroad(place):
                continue
            if abs(place.lat) < 1 and abs(place.lon) < 1:
                code = Code.PLACE_UNKNOWN
            elif limits.inside(place.lon, place.lat):
                code = Code.PLACE_SWAPPED
            else:
                code = Code.PLACE_ABROAD
            if id_ not in found[code]:
                found[code].append(id_)
    said = {
        Code.PLACE_UNKNOWN: (
            "har platsen 0, 0 i stället för en adress. Resorna dit blir orimliga.",
            "Ta fram läget för adressen (geokoda).",
        ),
        Code.PLACE_SWAPPED: (
            "har latitud och longitud i omvänd ordning. Resorna dit blir orimliga.",
            "Skriv latitud först: [59.3, 18.1].",
        ),
        Code.PLACE_ABROAD: (
            "ligger utanför Sverige. Resorna dit blir orimliga.",
            "Kontrollera att läget är i grader (WGS 84), inte i SWEREF 99 eller RT 90.",
        ),
    }
    for code, ids in found.items():
        text, action = said[code]
        yield Advice(code, kind, tuple(ids), f"{counted(len(ids), kind)} {text}", action)


def _shared(
    homes: Mapping[str, set[Location]], known: set[Location], limits: Limits
) -> Iterator[Advice]:
    """PLACE_SHARED: many persons on exactly one point where no shift begins or ends."""
    living: defaultdict[Location, list[str]] = defaultdict(list)
    for recipient, places in homes.items():
        for place in places - known:
            living[place].append(recipient)
    for ids in living.values():
        if len(ids) >= limits.one_point_recipients:
            yield Advice(
                Code.PLACE_SHARED,
                Kind.RECIPIENTS,
                tuple(ids),
                f"{counted(len(ids), Kind.RECIPIENTS)} har exakt samma plats. Är det inte ett "
                "boende är det en standardplats, och resorna mellan dem syns inte.",
                "Kontrollera personernas adresser.",
            )


def _lonely(
    homes: Mapping[str, set[Location]], known: set[Location], limits: Limits
) -> Iterator[Advice]:
    """PLACE_LONELY: far from every other home and from where shifts begin and end."""
    places = sorted(
        known.union(*homes.values()) if homes else known, key=lambda place: (place.lat, place.lon)
    )
    lonely = {
        place
        for at, place in enumerate(places)
        if len(places) > 2 and _is_lonely(places, at, limits)
    }
    ids = tuple(recipient for recipient, own in homes.items() if own & lonely)
    if ids:
        yield Advice(
            Code.PLACE_LONELY,
            Kind.RECIPIENTS,
            ids,
            f"{counted(len(ids), Kind.RECIPIENTS)} bor mer än {limits.lonely_km:g} km från "
            "närmaste andra plats. Ett enda besök kan ta timmar av ett pass.",
            "Kontrollera lägena, och att personerna hör till området.",
        )


def _is_lonely(places: list[Location], at: int, limits: Limits) -> bool:
    """Whether no other of the places, in order of latitude, is near ``places[at]``."""
    far_m = limits.lonely_km * METRES_PER_KM
    here = places[at]
    for side in (range(at + 1, len(places)), range(at - 1, -1, -1)):
        for other in side:
            if abs(places[other].lat - here.lat) * LEAST_M_PER_DEGREE > far_m:
                break
            if great_circle_m(here, places[other]) <= far_m:
                return False
    return True


def _coarse(homes: Mapping[str, set[Location]], limits: Limits) -> Iterator[Advice]:
    """PLACE_COARSE: most homes are given with too few decimals."""
    decimals = limits.coarse_decimals
    ids = tuple(
        recipient
        for recipient, places in homes.items()
        if any(
            round(place.lat, decimals) == place.lat and round(place.lon, decimals) == place.lon
            for place in places
        )
    )
    if len(homes) >= limits.fewest and len(ids) >= limits.alike_share * len(homes):
        yield Advice(
            Code.PLACE_COARSE,
            Kind.RECIPIENTS,
            ids,
            f"{len(ids)} av {counted(len(homes), Kind.RECIPIENTS)} har en plats med högst "
            f"{decimals} decimaler, alltså på ungefär 100 m när. Korta resor blir fel.",
            "Ta ut lägena med fem decimaler.",
        )
