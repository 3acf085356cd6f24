"""
A plan carried out on days with their luck: every start waits for what is before it, and no longer.

Nobody plans anew: carers keep their visits and the order of them, and what is late shifts what
comes behind it, less the waiting in between. All days are worked out side by side.

A carer who is sick makes none of the visits. Whoever takes them over is taken to be there when the
plan says, so partners and later visits wait for nobody. A cancelled visit takes no time, but the
way past the home stays; visits that count a gap from it do not wait.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scheduler.simulate.luck import Flags, Ints, Luck
from scheduler.simulate.network import NEVER_S, Event, Network


@dataclass(frozen=True, slots=True)
class Carried:
    """
    When everything was done, for s stops, r routes and d days.

    Parameters
    ----------
    start_s : (s, d) int64, start in seconds from midnight; without meaning where not made.
    made : (s, d) bool, the carer came and the visit was not cancelled.
    back_s : (r, d) int64, when the carer was back; without meaning where sick.
    """

    start_s: Ints
    made: Flags
    back_s: Ints


def carry_out(network: Network, luck: Luck) -> Carried:
    """The starts of all stops, each as soon as all that it waits for is done."""
    start_s, end_s = np.empty_like(luck.length_s), np.empty_like(luck.length_s)
    of_route = [stop.route for stop in network.stops]
    made = ~(luck.cancelled | luck.sick[of_route])
    for event in network.events:
        arrivals = [_arrival(network, luck, end_s, row) for row in event.stops]
        begins = _begins(network, luck, event, arrivals)
        for link in event.links:
            since = start_s[link.first] if link.from_start else end_s[link.first]
            begins = np.maximum(begins, np.where(made[link.first], since + link.least_s, NEVER_S))
        for row, arrival in zip(event.stops, arrivals, strict=True):
            start_s[row] = begins
            done = begins + luck.length_s[row]
            end_s[row] = np.where(luck.cancelled[row], arrival, done)
    last = [way.last for way in network.routes]
    return Carried(start_s, made, end_s[last] + luck.back_extra_s + luck.back_way_s)


def _arrival(network: Network, luck: Luck, end_s: Ints, row: int) -> Ints:
    """When the carer is at the stop."""
    stop = network.stops[row]
    free_s = network.routes[stop.route].open_s if stop.before is None else end_s[stop.before]
    arrival: Ints = np.maximum(free_s + luck.extra_s[row], stop.leave_s) + luck.way_s[row]
    return arrival


def _begins(network: Network, luck: Luck, event: Event, arrivals: list[Ints]) -> Ints:
    """When all who come are there and it may begin."""
    stops = [network.stops[row] for row in event.stops]
    if len(stops) == 1:
        return np.maximum(arrivals[0], stops[0].begin_s)
    there = [
        np.where(luck.sick[stop.route], NEVER_S, arrival)
        for stop, arrival in zip(stops, arrivals, strict=True)
    ]
    together: Ints = np.maximum(np.max(there, axis=0), max(stop.begin_s for stop in stops))
    return together
