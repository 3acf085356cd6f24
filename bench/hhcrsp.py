"""
Plan a public home-care instance (HHCRSP) and write the solution its checkers read.

    python -m bench.hhcrsp INSTANCE --seconds S --threads N --seed K --out FILE [--trace CSV]

Format and rules: Mankowska, Meisel, Bierwirth (2014); JSON form of Ceschia et al. (2024). Cost is
(distance + total tardiness + largest tardiness) / 3, all in the instance's minutes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.drive import Family, Mapped, Stops, run
from bench.fields import Fields
from scheduler.objective import Weights
from scheduler.problem import FOREVER_S, Problem

# Published distances have three decimals; a problem second is a thousandth of the unit.
TICKS = 1000
DROP_POINTS = 10_000 * TICKS


@dataclass(frozen=True, slots=True)
class Service:
    """One service of one patient; times in the instance's minutes."""

    patient: str
    service: str
    place: int
    early: float
    due: float
    duration: float
    group: int
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Source:
    """What the writer needs: the services by visit, the caregivers by route."""

    services: list[Service]
    caregivers: list[str]


def read_problem(text: str) -> Mapped:
    """The instance as a problem, in thousandths of a minute."""
    fields = Fields()
    document = fields.document(text)
    if len(fields.objects(document.get("central_offices"), "central_offices")) != 1:
        fields.fault("central_offices", "exactly one", document.get("central_offices"))
    patients, caregivers = (fields.named(document, key) for key in ("patients", "caregivers"))
    default = {
        name: item.get("default_duration")
        for name, item in fields.named(document, "services").items()
    }
    services = [
        service
        for number, (name, patient) in enumerate(patients.items())
        for service in _services(fields, number, name, patient, default)
    ]
    abilities = [
        fields.words(item.get("abilities"), f"abilities of {name}")
        for name, item in caregivers.items()
    ]
    distances = fields.matrix(document.get("distances"), len(patients) + 1, "distances")
    fields.check()
    return Mapped(
        problem=_problem(services, abilities, distances),
        scale=3 * TICKS,
        required=np.ones(len(services), dtype=np.bool_),
        source=Source(services, list(caregivers)),
    )


def _services(
    fields: Fields, number: int, name: str, patient: dict[str, Any], default: dict[str, Any]
) -> list[Service]:
    """The patient's one or two services; the second starts within an offset of the first."""
    needs = fields.objects(patient.get("required_caregivers"), f"required_caregivers of {name}")
    words = [fields.word(need.get("service"), f"service of {name}") for need in needs]
    if not 1 <= len(needs) <= 2 or len(set(words)) < len(words):
        fields.fault(f"required_caregivers of {name}", "one or two different services", words)
    early, due = fields.pair(patient.get("time_window"), f"time_window of {name}")
    offsets = [(0.0, 0.0), _offset(fields, name, patient) if len(needs) > 1 else (0.0, 0.0)]
    services = []
    for need, word, (least, most) in zip(needs, words, offsets, strict=False):
        own = need.get("duration")
        duration = fields.number(
            default.get(word) if own is None else own, f"duration of {word} for {name}"
        )
        group = number if len(needs) > 1 else -1
        services.append(Service(name, word, number + 1, early, due, duration, group, least, most))
    return services


def _offset(fields: Fields, name: str, patient: dict[str, Any]) -> tuple[float, float]:
    """Least and most minutes between the starts of the patient's two services."""
    where = f"synchronization of {name}"
    synchronization = fields.mapping(patient.get("synchronization"), where)
    kind = synchronization.get("type")
    if kind == "sequential":
        return fields.pair(synchronization.get("distance"), f"distance of {name}")
    if kind != "simultaneous":
        fields.fault(where, "the type simultaneous or sequential", kind)
    return 0.0, 0.0


def _problem(services: list[Service], abilities: list[frozenset[str]], distances: Any) -> Problem:
    visits, routes = len(services), len(abilities)
    zeros = np.zeros(routes, dtype=np.int64)
    return Problem(
        early_s=_ticks([s.early for s in services]),
        late_s=np.full(visits, FOREVER_S),
        due_s=_ticks([s.due for s in services]),
        duration_s=_ticks([s.duration for s in services]),
        place=[s.place for s in services],
        drop_points=np.full(visits, DROP_POINTS),
        recipient=np.full(visits, -1),
        group=[s.group for s in services],
        offset_min_s=_ticks([s.least for s in services]),
        offset_max_s=_ticks([s.most for s in services]),
        allowed=np.array(
            [[s.service in able for able in abilities] for s in services], dtype=np.bool_
        ).reshape(visits, routes),
        gap_first=(),
        gap_second=(),
        gap_min_s=(),
        gap_max_s=(),
        carer=np.arange(routes),
        open_s=zeros,
        close_s=zeros + FOREVER_S,
        start_place=zeros,
        end_place=zeros,
        mode=zeros,
        break_early_s=zeros,
        break_late_s=zeros,
        break_s=zeros,
        travel_s=_ticks([distances]),
        weights=Weights(travel=1, waiting=0, tardiness=1, worst_tardiness=1),
    )


def _ticks(minutes: Any) -> Any:
    return np.rint(np.asarray(minutes, dtype=np.float64) * TICKS).astype(np.int64)


def write_solution(mapped: Mapped, stops: Stops) -> str:
    """The plan as the checkers read it; ``arrival_time`` is the start of the service."""
    source: Source = mapped.source
    duration = mapped.problem.duration_s.tolist()
    routes = [
        {
            "caregiver_id": caregiver,
            "locations": [
                {
                    "patient": source.services[visit].patient,
                    "service": source.services[visit].service,
                    "arrival_time": start / TICKS,
                    "departure_time": (start + duration[visit]) / TICKS,
                }
                for visit, start in route
            ],
        }
        for caregiver, route in zip(source.caregivers, stops, strict=True)
    ]
    return json.dumps({"routes": routes})


FAMILY = Family(
    name="hhcrsp",
    folders=("mankowska", "kummer", "italian"),
    suffix=".json",
    read_problem=read_problem,
    write_solution=write_solution,
    options={},
)


def main(argv: list[str] | None = None) -> int:
    """Exit status as :mod:`bench.drive` tells."""
    return run(FAMILY, argv, __doc__)


if __name__ == "__main__":
    raise SystemExit(main())
