"""
An instance of unified home health care (UHHC), read and checked; all times in minutes.

Format: Ceschia et al. (2026), doi 10.1111/itor.70140, as the public ``check_uhhc.py`` states it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.fields import Fields

TIMED = (
    "travel_time", "total_tardiness", "highest_tardiness", "total_waiting_time",
    "total_extra_time", "max_idle_time",
)  # fmt: skip
COUNTED = ("caregiver_preferences", "optional_patients", "missed_lunch_break")
# Instances of these origins follow rules of their own.
OTHER_RULES = ("bazirha", "bazirha-caie", "raidl")


@dataclass(frozen=True, slots=True)
class Costs:
    """Weight by component, and the components that must be 0."""

    weights: dict[str, float]
    hard: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lunch:
    """First and last start of a break, and its length."""

    early: float
    late: float
    length: float


@dataclass(frozen=True, slots=True)
class Caregiver:
    """Times in minutes; `shift` is None where there is none."""

    name: str
    abilities: frozenset[str]
    home: str
    start_place: int
    end_place: int
    shift: tuple[float, float] | None
    lunch: bool


@dataclass(frozen=True, slots=True)
class Patient:
    """What all services of a patient share; `preferred` is None where anyone will do."""

    name: str
    place: int
    optional: bool
    preferred: frozenset[str] | None
    barred: frozenset[str]


@dataclass(frozen=True, slots=True)
class Service:
    """
    One service of a patient; times in minutes.

    Parameters
    ----------
    windows
        (opening, last start without tardiness) by rising opening.
    offset
        Least and most from the start of the patient's first service; None when independent.
    count, number
        Services of the patient, and which of them this is, from 0.
    """

    patient: Patient
    name: str
    duration: float
    windows: tuple[tuple[float, float], ...]
    offset: tuple[float, float] | None
    count: int
    number: int


@dataclass(frozen=True, slots=True)
class Instance:
    """
    Parameters
    ----------
    services, caregivers
        In the order of the file; visits and routes of the problem.
    lunch
        None where there are no breaks.
    distances : (l, l) float64
        Minutes from row to column.
    """

    services: list[Service]
    caregivers: list[Caregiver]
    lunch: Lunch | None
    costs: Costs
    distances: npt.NDArray[np.float64]

    @property
    def ticks(self) -> int:
        """Ticks of a minute: 1 where every time is whole, else 1000."""
        times = [x for c in self.caregivers for x in c.shift or ()]
        times += [self.lunch.early, self.lunch.late, self.lunch.length] if self.lunch else []
        for service in self.services:
            times += [service.duration, *(service.offset or ())]
            times += [x for window in service.windows for x in window]
        whole = np.array_equal(self.distances, np.rint(self.distances))
        return 1 if whole and all(x == int(x) for x in times) else 1000


def read_instance(text: str) -> Instance:
    """The instance; raises :class:`bench.drive.BadInstance` with every fault."""
    fields = Fields()
    document = fields.document(text)
    metadata = fields.mapping(document.get("metadata"), "metadata")
    met = metadata.get("time_window_met") or "at_service_start"
    if met not in ("at_service_start", "at_service_end"):
        fields.fault("time_window_met", "at_service_start or at_service_end", met)
    if metadata.get("origin") in OTHER_RULES:
        fields.fault("metadata.origin", "rules of the unified format", metadata["origin"])
    if document.get("public_distances") is not None:
        fields.faults.append("public_distances: public transport is not supported.")
    at_end = met == "at_service_end"
    costs = _costs(fields, metadata.get("cost_components"))
    lunch = _lunch(fields, document.get("lunch_breaks"), at_end)
    terminals = {
        name: _index(fields, name, item)
        for name, item in fields.named(document, "terminal_points").items()
    }
    caregivers = [
        _caregiver(fields, name, item, terminals)
        for name, item in fields.named(document, "caregivers").items()
    ]
    default = fields.named(document, "services")
    services = [
        service
        for name, item in fields.named(document, "patients").items()
        for service in _services(fields, name, item, default, at_end)
    ]
    places = {s.patient.name: s.patient.place for s in services}
    size = len(terminals) + len(places)
    if sorted([*terminals.values(), *places.values()]) != list(range(size)):
        fields.faults.append(f"distance_matrix_index: expected each of 0 to {size - 1} once.")
    _check_caregivers(fields, caregivers, lunch, costs)
    distances = fields.matrix(document.get("distances"), size, "distances")
    fields.check()
    return Instance(services, caregivers, lunch, costs, distances)


def _costs(fields: Fields, found: Any) -> Costs:
    """Weights; a counted component that is missing must be 0, a timed one then weighs 0."""
    given = fields.mapping(found, "cost_components")
    weights, hard = dict.fromkeys((*TIMED, *COUNTED), 0.0), set()
    for name in (*TIMED, *COUNTED):
        weight = given.get(name)
        if weight == "HARD" or (weight is None and name in COUNTED):
            hard.add(name)
        elif weight is not None:
            weights[name] = fields.number(weight, f"cost_components.{name}")
    for name, weight in given.items():
        if name == "working_time" and weight == "HARD":
            hard.add("total_extra_time")
        elif name in ("qualification", "incompabilities") and weight == "HARD":
            continue  # always hard here
        elif name not in weights and weight is not None:
            fields.fault(f"cost_components.{name}", "a component that is supported", weight)
    if "travel_time" in hard:
        fields.fault("cost_components.travel_time", "a weight", "HARD")
    return Costs(weights, frozenset(hard))


def _lunch(fields: Fields, found: Any, at_end: bool) -> Lunch | None:
    """The frame of breaks; where the end of a break counts, it starts that much earlier."""
    if found is None:
        return None
    spec = fields.mapping(found, "lunch_breaks")
    early, last = fields.pair([spec.get("start"), spec.get("end")], "lunch_breaks")
    length = fields.number(spec.get("min_duration"), "lunch_breaks.min_duration")
    late = last - length if at_end else last
    if length == 0 or late < early:
        fields.fault("lunch_breaks.min_duration", "above 0 and within start and end", length)
    return Lunch(early, late, length)


def _index(fields: Fields, name: str, item: dict[str, Any]) -> int:
    found = item.get("distance_matrix_index")
    if type(found) is int and found >= 0:
        return found
    fields.fault(f"distance_matrix_index of {name}", "a whole number from 0", found)
    return 0


def _caregiver(
    fields: Fields, name: str, item: dict[str, Any], terminals: dict[str, int]
) -> Caregiver:
    home = fields.word(item.get("departing_point"), f"departing_point of {name}")
    arrival = item.get("arrival_point")
    target = home if arrival is None else fields.word(arrival, f"arrival_point of {name}")
    for point in {home, target} - terminals.keys():
        fields.fault(f"terminal points of {name}", "one of terminal_points", point)
    if item.get("transportation_mode") not in (None, "car"):
        fields.fault(f"transportation_mode of {name}", "car", item["transportation_mode"])
    shift, where = item.get("working_shift"), f"working_shift of {name}"
    return Caregiver(
        name=name,
        abilities=fields.words(item.get("abilities"), f"abilities of {name}"),
        home=home,
        start_place=terminals.get(home, 0),
        end_place=terminals.get(target, 0),
        shift=None if shift is None else fields.pair(shift, where, ("start", "end")),
        lunch=fields.flag(item.get("lunch_break"), f"lunch_break of {name}"),
    )


def _check_caregivers(
    fields: Fields, caregivers: list[Caregiver], lunch: Lunch | None, costs: Costs
) -> None:
    """What the problem could not say."""
    idle = costs.weights["max_idle_time"] > 0 or "max_idle_time" in costs.hard
    for caregiver in caregivers:
        if caregiver.lunch and lunch is None:
            fields.fault("lunch_breaks", f"a frame for the break of {caregiver.name}", None)
        if caregiver.shift is None and idle:
            # Their idle time is 0 whatever they do; the problem knows no such route.
            fields.fault(f"working_shift of {caregiver.name}", "a shift, for max_idle_time", None)


def _services(
    fields: Fields, name: str, item: dict[str, Any], default: dict[str, Any], at_end: bool
) -> list[Service]:
    """The patient's services in the listed order."""
    preferred = item.get("preferred_caregivers")
    patient = Patient(
        name=name,
        place=_index(fields, name, item),
        optional=fields.flag(item.get("optional"), f"optional of {name}"),
        preferred=None
        if preferred is None
        else fields.words(preferred, f"preferred_caregivers of {name}"),
        barred=fields.words(
            item.get("incompatible_caregivers"), f"incompatible_caregivers of {name}"
        ),
    )
    needs = fields.objects(item.get("required_services"), f"required_services of {name}")
    words = [fields.word(need.get("service"), f"service of {name}") for need in needs]
    if not needs or len(set(words)) < len(words) or any(w not in default for w in words):
        fields.fault(f"required_services of {name}", "different services of the list", words)
    spans = _windows(fields, item.get("time_windows"), f"time_windows of {name}")
    second = _offset(fields, name, item, len(needs)) if len(needs) > 1 else None
    services = []
    for number, (need, word) in enumerate(zip(needs, words, strict=True)):
        own = need.get("duration")
        own = default.get(word, {}).get("default_duration") if own is None else own
        duration = fields.number(own, f"duration of {word} for {name}")
        cut = duration if at_end else 0.0
        windows = tuple((opening, closing - cut) for opening, closing in spans)
        offset = (0.0, 0.0) if number == 0 and second is not None else second
        services.append(Service(patient, word, duration, windows, offset, len(needs), number))
    return services


def _windows(fields: Fields, found: Any, where: str) -> list[tuple[float, float]]:
    """(start, end) by rising start; of equal starts the last one governs, so the rest go."""
    spans = [
        fields.pair(window, where, ("start", "end"))
        for window in (found if isinstance(found, list) else [])
    ]
    starts = [start for start, _ in spans]
    if not spans or starts != sorted(starts):
        fields.fault(where, "one window or more, by rising start", found)
    return list(dict(spans).items())


def _offset(
    fields: Fields, name: str, item: dict[str, Any], count: int
) -> tuple[float, float] | None:
    """Least and most minutes from the first service's start to the second's."""
    where = f"synchronization of {name}"
    synchronization = fields.mapping(item.get("synchronization"), where)
    kind = synchronization.get("type")
    if kind == "independent":
        return None
    if kind not in ("simultaneous", "sequential"):
        fields.fault(where, "independent, simultaneous or sequential", kind)
    elif count != 2:
        fields.fault(where, "two services", count)
    if kind != "sequential":
        return 0.0, 0.0
    distance = synchronization.get("distance")
    if type(distance) in (int, float):
        distance = [distance, distance]
    return fields.pair(distance, f"distance of {name}", ("min", "max"))
