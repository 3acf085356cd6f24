"""Days on which everything goes as planned, to be spoiled one thing at a time."""

from __future__ import annotations

from datetime import time

import numpy as np

from scheduler.care.model import Day, Mode
from scheduler.plan import Plan
from scheduler.simulate.luck import Luck
from scheduler.simulate.network import Network, network_of
from scheduler.simulate.uncertainty import Limits, Uncertainty
from scheduler.travel import TravelSettings

CALM = Uncertainty(
    visit_spread=0,
    recipient_spread=0,
    visit_limits=Limits(0.1, 10),
    trip_spread=dict.fromkeys(Mode, 0.0),
    weather_spread=dict.fromkeys(Mode, 0.0),
    travel_limits=Limits(0.1, 10),
    sick_share=0,
    cancelled_share=0,
    acute_share=0,
    acute_min=30,
    alarms_share=0,
    alarm_min=20,
    night_from=time(21),
    night_to=time(7),
    lead_min=0,
    tolerance_min=15,
)


def calm(day: Day, plan: Plan, travel: TravelSettings, days: int = 1) -> tuple[Network, Luck]:
    """The network of a plan, and days without any luck, whose arrays may be changed."""
    network = network_of(day, plan, travel, 0)
    stops, routes = (len(network.stops), days), (len(network.routes), days)
    luck = Luck(
        length_s=np.zeros(stops, np.int64) + column([s.length_s for s in network.stops]),
        way_s=np.zeros(stops, np.int64) + column([s.way_s for s in network.stops]),
        extra_s=np.zeros(stops, np.int64),
        cancelled=np.zeros(stops, np.bool_),
        sick=np.zeros(routes, np.bool_),
        back_way_s=np.zeros(routes, np.int64) + column([w.back_way_s for w in network.routes]),
        back_extra_s=np.zeros(routes, np.int64),
    )
    return network, luck


def column(values: list[int]) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)[:, None]


def row_of(network: Network, visit_id: str) -> int:
    """Row of a visit's stop."""
    (row,) = (k for k, s in enumerate(network.stops) if s.visit and s.visit.id == visit_id)
    return row
