"""
Search of large problems: a plan of the whole, then its parts side by side, then the whole again.

A search of ten thousand visits spreads its moves thin, and its threads do the same work twice;
parts of a few hundred visits do neither. Each round cuts the plan along other lines.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from time import perf_counter

from scheduler.problem import MUST_POINTS, Problem
from scheduler.solve.chance import seed_of
from scheduler.solve.given import Stops
from scheduler.solve.net import Net, build_net
from scheduler.solve.params import SolveParams
from scheduler.solve.parts import Part, split
from scheduler.solve.search import Progress
from scheduler.solve.searcher import Cycle, Searcher, run_cycle
from scheduler.solve.stop import Stop
from scheduler.solve.whole import routes_of

# Visits of a part: enough for routes to be exchanged, few enough for a good plan in a second.
PART_VISITS = 500
# Rounds over all parts: part of the whole time, and heat of the annealing.
ROUNDS = (Cycle(0.55, 1.0), Cycle(0.3, 0.3))
# Within a part: an anneal and a reheat.
WITHIN = (Cycle(0.8, 1.0), Cycle(0.2, 0.1))
# What is left goes to the whole plan at this heat.
WHOLE_HEAT = 0.03


def search_parts(
    problem: Problem,
    net: Net,
    params: SolveParams,
    stop: Stop,
    on_progress: Callable[[Progress], None] | None = None,
    start: Stops | None = None,
) -> Searcher:
    """As :func:`scheduler.solve.search.search`, by parts of `problem`, whose net is `net`."""
    began = perf_counter()
    moves = 0

    def report(objective: int) -> None:
        if on_progress is not None:
            on_progress(Progress(perf_counter() - began, objective, whole.unassigned, moves))
        stop.ask()

    seed = seed_of(params.seed)
    with ThreadPoolExecutor(params.threads) as pool, stop:
        first = pool.submit(Searcher, net, params.seed, params.moves, start, stop)
        while not first.done():
            wait([first], timeout=0.1)
            stop.ask()
        whole = first.result()
        report(whole.best_points)
        left = params.seconds - (perf_counter() - began)
        for number, cycle in enumerate(ROUNDS):
            # The first plan may have taken all the time.
            if stop.is_set() or left <= 0:
                break
            stops = list(routes_of(net, whole.state))
            parts = split(problem, net, stops, PART_VISITS, seed)
            seconds = cycle.share * left * params.threads / len(parts)
            one = replace(params, seconds=seconds, threads=1, explain=False)
            waiting: set[Future[tuple[Part, Searcher, int] | None]] = {
                pool.submit(_search_part, part, one, cycle, number * 1000 + at, stop)
                for at, part in enumerate(parts)
            }
            objective = whole.best_points
            while waiting:
                done, waiting = wait(waiting, timeout=0.1, return_when=FIRST_COMPLETED)
                for future in done:
                    result = future.result()
                    if result is None:
                        continue
                    part, searcher, before = result
                    moves += searcher.moves
                    if searcher.best_points < before:
                        # A held visit that finds its place again is no gain of the whole.
                        objective -= (before - searcher.best_points) % MUST_POINTS
                        searcher.rewind()
                        found = routes_of(searcher.net, searcher.state)
                        for r, route in part.back(found).items():
                            stops[r] = route
                report(objective)
            if objective == whole.best_points:
                continue
            joined = Searcher(net, params.seed + number, params.moves, stops)
            if joined.best_points < whole.best_points:
                whole = joined
        if not stop.is_set():
            polish = Cycle(1.0, WHOLE_HEAT)
            future_of_whole = pool.submit(
                run_cycle, whole, polish, params, began + params.seconds, stop
            )
            while not future_of_whole.done():
                wait([future_of_whole], timeout=0.1)
                report(whole.best_points)
            future_of_whole.result()
    whole.moves += moves
    return whole


def _search_part(
    part: Part, params: SolveParams, cycle: Cycle, number: int, stop: Stop
) -> tuple[Part, Searcher, int] | None:
    """The part with its best plan, and the points that it had; None when it came after the end."""
    if stop.is_set():
        return None
    began = perf_counter()
    net = build_net(part.problem)
    if stop.is_set():
        return None
    searcher = Searcher(net, params.seed * 1_000_003 + number, params.moves, part.stops)
    before = searcher.best_points
    ends_at = began
    for inner in WITHIN:
        searcher.rewind()
        ends_at += inner.share * params.seconds
        run_cycle(searcher, Cycle(inner.share, inner.heat * cycle.heat), params, ends_at, stop)
    return part, searcher, before
