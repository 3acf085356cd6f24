"""
Charts of the runs of :mod:`bench.table`: gap over time, speed by size, cost by size.

Loads matplotlib, which only the benchmarks need; draws to files, never to a screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.ticker import NullLocator, StrMethodFormatter

if TYPE_CHECKING:
    from bench.table import Run

# One colour and one marker per set, told apart without colour too.
MARKS = {
    "mankowska": ("#0b5394", "o"), "kummer": ("#b45f06", "s"), "italian": ("#38761d", "^"),
    "uhhc": ("#741b47", "D"), "solomon": ("#444444", "v"), "gehring_homberger": ("#990000", "P"),
}  # fmt: skip
# Lines of the first chart are named up to this many; beyond, only the sets are.
MOST_NAMED = 8
POINTS = 200


def draw(runs: Sequence[Run], seconds: float, folder: Path) -> list[Path]:
    """Writes the charts into `folder`; those without data are not drawn."""
    runs = [run for run in runs if run.cost is not None and run.instance.best_known]
    drawn = []
    for name, chart in (
        ("gap_over_time.png", lambda axes: _gap_over_time(axes, runs, seconds)),
        ("moves_by_size.png", lambda axes: _moves_by_size(axes, runs)),
        ("cost_by_size.png", lambda axes: _cost_by_size(axes, runs)),
    ):
        figure, axes = plt.subplots(figsize=(8, 5), layout="constrained")
        if chart(axes):
            axes.grid(alpha=0.3)
            handles, labels = axes.get_legend_handles_labels()
            # One entry per name, however many lines carry it.
            once = dict(zip(labels, handles, strict=True))
            axes.legend(once.values(), once.keys(), fontsize="small")
            figure.savefig(folder / name, dpi=120)
            drawn.append(folder / name)
        plt.close(figure)
    return drawn


def _by_instance(runs: Sequence[Run]) -> dict[str, list[Run]]:
    found: dict[str, list[Run]] = {}
    for run in runs:
        found.setdefault(run.instance.name, []).append(run)
    return found


def gap_at(trace: Sequence[tuple[float, float, int]], known: float, times: Any) -> Any:
    """Percent above the best known at each of the times; nan before the first plan."""
    elapsed = np.array([row[0] for row in trace])
    gaps = np.array([np.nan, *(100 * (row[1] / known - 1) for row in trace)])
    return gaps[np.searchsorted(elapsed, times, side="right")]


def _gap_over_time(axes: Any, runs: Sequence[Run], seconds: float) -> bool:
    """A line per instance, the mean of its seeds from when all of them have a plan."""
    # A search may end a little after its limit; its last plan belongs in the chart.
    last = max([seconds, *(run.trace[-1][0] for run in runs if run.trace)])
    times = np.linspace(last / POINTS, last, POINTS)
    groups = {
        name: [run for run in group if run.trace] for name, group in _by_instance(runs).items()
    }
    groups = {name: group for name, group in groups.items() if group}
    for name, group in groups.items():
        folder, known = group[0].instance.folder, group[0].instance.best_known
        gaps = np.mean([gap_at(run.trace, float(known or 0), times) for run in group], axis=0)
        colour, _ = MARKS[folder]
        few = len(groups) <= MOST_NAMED
        look = {} if few else {"color": colour, "alpha": 0.6}
        axes.plot(times, gaps, label=name if few else folder, linewidth=1.2, **look)
    axes.set(
        xlabel="seconds of search", ylabel="gap to the best known, %",
        title="Gap over time (mean of the seeds)",
    )  # fmt: skip
    axes.set_yscale("symlog", linthresh=1)
    axes.axhline(0, color="black", linewidth=0.8)
    return bool(groups)


def _moves_by_size(axes: Any, runs: Sequence[Run]) -> bool:
    """Moves per second of each instance against its size."""
    traced = [run for run in runs if run.trace and run.trace[-1][0] > 0]
    for group in _by_instance(traced).values():
        colour, mark = MARKS[group[0].instance.folder]
        speed = mean(run.trace[-1][2] / run.trace[-1][0] for run in group)
        axes.plot(group[0].instance.size, speed, mark, color=colour, label=group[0].instance.folder)
    axes.set(
        xlabel="patients or customers", ylabel="moves per second, all threads",
        title="Speed of the search as size grows",
    )  # fmt: skip
    _name_sizes(axes, traced)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    return bool(traced)


def _cost_by_size(axes: Any, runs: Sequence[Run]) -> bool:
    """Mean cost of each instance (filled) and best known (hollow) against its size."""
    for group in _by_instance(runs).values():
        instance = group[0].instance
        colour, mark = MARKS[instance.folder]
        cost = mean(run.cost for run in group if run.cost is not None)
        axes.plot(instance.size, cost, mark, color=colour, label=instance.folder)
        axes.plot(
            instance.size, instance.best_known, mark, mfc="none", color=colour, markersize=9,
            label=f"{instance.folder}, best known",
        )  # fmt: skip
    axes.set(
        xlabel="patients or customers", ylabel="cost, in the set's own unit",
        title="Cost as size grows", yscale="log",
    )  # fmt: skip
    _name_sizes(axes, runs)
    for formatted in (axes.yaxis.set_major_formatter, axes.yaxis.set_minor_formatter):
        formatted(StrMethodFormatter("{x:,.0f}"))
    return bool(runs)


def _name_sizes(axes: Any, runs: Sequence[Run]) -> None:
    """A logarithmic axis with round sizes as its marks."""
    sizes = [run.instance.size for run in runs]
    round_sizes = (10, 25, 50, 75, 100, 200, 300, 400, 1000)
    axes.set_xscale("log")
    marks = [s for s in round_sizes if sizes and min(sizes) <= s <= max(sizes)]
    axes.set_xticks(marks or sorted(set(sizes)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
