"""
Our engine beside other solvers, one after the other at equal wall time, judged by one checker.

    python -m bench.peers SET [--seconds 20] [--threads 2] [--seeds 1] [--peer PEER]
        [--data DIR] [NAME ...]

SET is hhcrsp, uhhc or vrptw (public instances; NAME is a part of a path such as
``mankowska/InstanzVNS_HCSRP_100``) or homecare (generated days; NAME is S, M or L, and the seeds
name the days). Without a NAME a small mixed choice runs. PEER, a part of a solver's name, lets only
that one run beside ours; it may be given several times. Needs ``make peers`` for all but OR-Tools.

Prints one Markdown table per instance and the means: the cost that the checker counts, mean of the
seeds. Peers have one thread each; ours runs with one and with `--threads`. Their wall time includes
building the model, ours starting a process. A peer whose model has no place for a part of the
instance does not run; its row says which part.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from time import perf_counter

from bench.drive import Mapped, Stops
from bench.instances import (
    Instance,
    RunFailed,
    cost_of,
    data_folder,
    family_of,
    load_instances,
    run_ours,
)
from bench.peer import Peer
from bench.peer_pyvrp import PYVRP
from bench.peer_routing import DAY_START, GREEDY_START, OWN_START
from bench.peer_vroom import VROOM

PEERS = {
    "hhcrsp": (OWN_START, GREEDY_START, PYVRP, VROOM),
    "uhhc": (OWN_START, GREEDY_START, PYVRP, VROOM),
    "vrptw": (OWN_START, PYVRP, VROOM),
    # The greedy plan knows no gaps between a recipient's visits, so routing refuses it here.
    "homecare": (DAY_START, PYVRP, VROOM),
}
MIXED = {
    "hhcrsp": (
        "mankowska/InstanzCPLEX_HCSRP_75_1.", "mankowska/InstanzVNS_HCSRP_100_3.",
        "mankowska/InstanzVNS_HCSRP_200_5.", "mankowska/InstanzVNS_HCSRP_300_3.",
        "kummer/HHCRSP_100_20_10_1.2_R_C.", "italian/instance_020-cesena",
    ),
    "uhhc": ("uhhc/i-116.", "uhhc/i-316.", "uhhc/i-369.", "uhhc/i-077.", "uhhc/i-054."),
    "vrptw": (
        "solomon/R104.", "solomon/RC204.", "solomon/C104.", "gehring_homberger/R1_2_3.",
        "gehring_homberger/R1_4_5.", "gehring_homberger/R1_10_5.",
    ),
    "homecare": ("M",),
}  # fmt: skip


@dataclass(slots=True)
class Row:
    """
    One solver on one instance.

    Parameters
    ----------
    costs, walls_s
        By seed, of the runs that gave a plan without faults.
    remark
        Why there is no cost, or what else a reader needs.
    """

    solver: str
    threads: int
    costs: list[float] = field(default_factory=list)
    walls_s: list[float] = field(default_factory=list)
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """
    What is planned, for one seed.

    Parameters
    ----------
    mapped
        The problem as the peers see it.
    judge
        Stops -> cost and remark; raises RunFailed on a plan with faults.
    ours
        Threads -> cost and remark of our own program's plan.
    """

    mapped: Mapped
    judge: Callable[[Stops], tuple[float, str]]
    ours: Callable[[int], tuple[float, str]]


def public_case(data: Path, instance: Instance, seconds: float, seed: int) -> Case:
    """An instance of the public sets."""
    family = family_of(instance.program)
    mapped = family.read_problem(instance.path.read_text(encoding="utf-8"))

    def judge(stops: Stops) -> tuple[float, str]:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "solution"
            out.write_text(family.write_solution(mapped, stops), encoding="utf-8")
            return cost_of(data, instance, out), ""

    def ours(threads: int) -> tuple[float, str]:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "solution"
            run_ours(instance, seconds, threads, seed, out)
            return cost_of(data, instance, out), ""

    return Case(mapped, judge, ours)


def compare(
    case_of: Callable[[int], Case],
    peers: tuple[Peer, ...],
    seconds: float,
    threads: int,
    seeds: int,
) -> list[Row]:
    """A row per solver, ours last; `case_of` gives the case of a seed."""
    rows = {peer.name: Row(peer.name, 1) for peer in peers}
    own = {count: Row("Hemplan", count) for count in sorted({1, threads})}
    for seed in range(1, seeds + 1):
        case = case_of(seed)
        for peer in peers:
            _run_peer(rows[peer.name], peer, case, seconds, seed)
        for count, row in own.items():
            _record(row, lambda case=case, count=count: case.ours(count))
    return [*rows.values(), *own.values()]


def _run_peer(row: Row, peer: Peer, case: Case, seconds: float, seed: int) -> None:
    mapped = case.mapped
    if lacking := peer.lacks(mapped.problem):
        row.remark = f"cannot model: {', '.join(lacking)}"
        return
    found: list[Stops | None] = []

    def run() -> tuple[float, str]:
        found.append(peer.solve(mapped.problem, mapped.required, seconds, seed))
        row.walls_s.append(perf_counter() - began)
        if found[0] is None:
            raise RunFailed("found no plan")
        return case.judge(found[0])

    began = perf_counter()
    _record(row, run, timed=False)
    if row.costs and (unseen := peer.unseen(mapped.problem)):
        row.remark = f"{row.remark}; " if row.remark else ""
        row.remark += f"its search does not see: {', '.join(unseen)}"


def _record(row: Row, run: Callable[[], tuple[float, str]], timed: bool = True) -> None:
    """The run's cost and wall time in the row; a failure becomes its remark."""
    began = perf_counter()
    try:
        cost, row.remark = run()
        row.costs.append(cost)
    except RunFailed as error:
        row.remark = str(error)
    except ModuleNotFoundError as error:
        row.remark = f"{error.name} is not installed; run make peers"
    if timed:
        row.walls_s.append(perf_counter() - began)


def table(rows: list[Row], best_known: float | None) -> str:
    """One Markdown row per solver; the ratio is to the last one, ours with most threads."""
    ours = rows[-1]
    lines = [
        "| solver | threads | cost | gap to best known, % | cost / ours | wall, s | remark |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        cost = mean(row.costs) if row.costs else None
        shown = "" if cost is None else f"{cost:.2f}"
        gap = "" if cost is None or not best_known else f"{100 * (cost / best_known - 1):+.2f}"
        ratio = "" if cost is None or not ours.costs else f"{cost / mean(ours.costs):.3f}"
        wall = f"{mean(row.walls_s):.1f}" if row.walls_s else ""
        lines.append(
            f"| {row.solver} | {row.threads} | {shown} | {gap} | {ratio} | {wall} | {row.remark} |"
        )
    return "\n".join(lines)


def summary(tables: list[tuple[float | None, list[Row]]]) -> str:
    """
    Mean over the instances that every solver of the line has planned, beside ours on the same.

    A peer that planned fewer instances than ours is compared on those only, and their number is
    said.
    """
    lines = [
        "| solver | threads | instances | mean gap, % | mean of ours there, % | mean cost / ours |",
        "|---|---|---|---|---|---|",
    ]
    for at, row in enumerate(tables[0][1]):
        both = [
            (known, mean(rows[at].costs), mean(rows[-1].costs))
            for known, rows in tables
            if rows[at].costs and rows[-1].costs
        ]
        gaps = [(100 * (c / known - 1), 100 * (o / known - 1)) for known, c, o in both if known]
        gap = f"{mean(g for g, _ in gaps):+.2f}" if gaps else ""
        there = f"{mean(o for _, o in gaps):+.2f}" if gaps else ""
        ratio = f"{mean(c / o for _, c, o in both):.3f}" if both else ""
        count = f"{len(both)} of {len(tables)}"
        lines.append(f"| {row.solver} | {row.threads} | {count} | {gap} | {there} | {ratio} |")
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    """Exit status 2 when there is nothing to run, 1 when our own plan failed, else 0."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.peers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("set", choices=sorted(PEERS))
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--peer", action="append", help="run this one only; may be repeated")
    parser.add_argument("--data", type=Path)
    arguments = parser.parse_intermixed_args(argv)
    names = arguments.names or MIXED[arguments.set]
    seconds, threads, seeds = arguments.seconds, arguments.threads, arguments.seeds
    try:
        peers = choose_peers(arguments.set, arguments.peer)
        cases = _cases(arguments.set, names, arguments.data, seconds)
    except RunFailed as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{seconds:g} s each, one after the other; {seeds} seeds; cost is their mean")
    tables: list[tuple[float | None, list[Row]]] = []
    for title, known, case_of in cases:
        rows = compare(case_of, peers, seconds, threads, seeds)
        tables.append((known, rows))
        best = f", best known {known:g}" if known else ""
        print(f"\n**{title}{best}**\n\n{table(rows, known)}", flush=True)
    if len(tables) > 1:
        print(f"\n**Means**\n\n{summary(tables)}")
    return int(any(len(rows[-1].costs) < seeds for _, rows in tables))


def choose_peers(kind: str, names: list[str] | None) -> tuple[Peer, ...]:
    """The peers of a set that hold one of the names, all without names; RunFailed for no such."""
    known = PEERS[kind]
    if names is None:
        return known
    for name in names:
        if not any(name.lower() in peer.name.lower() for peer in known):
            there = ", ".join(peer.name for peer in known)
            raise RunFailed(f"no peer {name} for {kind}; there are {there}")
    return tuple(p for p in known if any(name.lower() in p.name.lower() for name in names))


Named = tuple[str, float | None, Callable[[int], Case]]


def _cases(kind: str, names: list[str], data: Path | None, seconds: float) -> list[Named]:
    """Title, best known cost and cases of the chosen instances; RunFailed when there are none."""
    if kind == "homecare":
        from bench.peer_homecare import day_case

        return [day_case(name, seconds) for name in names]
    folder = data_folder(data)
    chosen: list[Named] = [
        (
            f"{instance.folder}/{instance.name}, {instance.size}",
            instance.best_known,
            lambda seed, instance=instance: public_case(folder, instance, seconds, seed),
        )
        for instance in load_instances(folder)
        if instance.program == kind
        and any(name in f"{instance.folder}/{instance.path.name}" for name in names)
    ]
    if not chosen:
        raise RunFailed(f"no instance of {kind} has {' or '.join(names)} in its path")
    return chosen


if __name__ == "__main__":
    raise SystemExit(main())
