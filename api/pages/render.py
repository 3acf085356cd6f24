"""
The files that people open: one page with the whole day, and one printable list per shift.

Each page is one self-contained file: no network, no font and no picture from elsewhere, which its
content security policy also enforces. Whatever comes from data is escaped.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.files import safe_names, write_atomically
from api.pages.cost_table import cost_table
from api.pages.formats import clock, clock_on, long_day, minutes, number
from api.pages.grid_view import grid_view
from api.pages.map_view import map_view
from api.pages.results import DemoResult
from api.pages.summary import (
    day_cost,
    demand,
    evenness,
    heading,
    kpis,
    objective_table,
    purse_table,
    standby,
    start_between,
    use_rows,
)
from api.pages.texts import Texts, texts
from api.pages.view import ShiftView, StopView, recipient_homes, shift_views, unassigned_views
from scheduler.care.errors import Finding, NotFound

WEB = Path(__file__).parent / "web"
DAY_LIST_FOLDER = "day-lists"
# Tells our own pages from whatever else lies in the folder.
GENERATOR = '<meta name="generator" content="Hemplan">'


def plan_html(result: DemoResult, lang: str = "sv") -> str:
    """
    The day plan as one page: figures, grid, table, map, follow-up and price.

    Raises
    ------
    UnknownValue
        When `lang` is neither ``sv`` nor ``en``.
    """
    t = texts(lang)
    shifts = shift_views(result)
    day, made_from = heading(result, t)
    script = _asset("plan.js")
    return (
        environment()
        .get_template("plan.html.j2")
        .render(
            **_words(result, t),
            result=result,
            heading={"day": day, "made_from": made_from},
            kpis=kpis(result, t),
            shifts=shifts,
            grid_view=grid_view(shifts, result.day.date, lang),
            unassigned=unassigned_views(result),
            map_view=map_view(shifts, recipient_homes(result)),
            demand=demand(result, t),
            use=use_rows(result, t),
            said=(
                standby(result.follow_up, t),
                evenness(result.follow_up, t),
                day_cost(result.plan_cost, t),
            ),
            cost=cost_table(result, t),
            purse_table=purse_table(result, t),
            objective_table=objective_table(result, t),
            how_far=t.how_far(result.plan),
            style=Markup(_asset("plan.css")),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            script_hash=_csp_hash(script),
        )
    )


def day_list_html(result: DemoResult, shift_id: str, lang: str = "sv") -> str:
    """
    One shift's list for print, A4.

    Raises
    ------
    NotFound
        When the plan has no such shift.
    UnknownValue
        When `lang` is neither ``sv`` nor ``en``.
    """
    t = texts(lang)
    view = next((view for view in shift_views(result) if view.shift.id == shift_id), None)
    if view is None:
        raise NotFound(
            Finding(
                "UNKNOWN_SHIFT", "shift", "a shift of the plan", "none of that id", "Ange ett pass."
            )
        )
    return _day_list(result, view, t)


def write_outputs(result: DemoResult, folder: Path, plan_json: str, lang: str = "sv") -> list[Path]:
    """
    Write ``plan.json``, ``plan.html`` and ``day-lists/*.html`` under `folder`.

    Day lists of an earlier plan are removed first, so that nobody works by an old one.

    Parameters
    ----------
    plan_json
        The plan already as text, see docs/format.md.

    Returns
    -------
    list of Path
        What was written, in that order; day lists in the plan's reading order.

    Raises
    ------
    OSError
        When a file cannot be written.
    """
    t = texts(lang)
    shifts = shift_views(result)
    lists = folder / DAY_LIST_FOLDER
    for old in sorted(lists.glob("*.html")):
        if GENERATOR in old.read_text(encoding="utf-8", errors="replace"):
            old.unlink()
    names = safe_names(view.shift.id for view in shifts)
    return [
        write_atomically(folder / "plan.json", plan_json),
        write_atomically(folder / "plan.html", plan_html(result, lang)),
        *(
            write_atomically(lists / f"{names[view.shift.id]}.html", _day_list(result, view, t))
            for view in shifts
        ),
    ]


def _day_list(result: DemoResult, view: ShiftView, t: Texts) -> str:
    return (
        environment()
        .get_template("day_list.html.j2")
        .render(
            **_words(result, t),
            result=result,
            view=view,
            day=long_day(result.day.date, t.lang),
            style=Markup(_asset("day_list.css")),  # noqa: S704 - our own file
        )
    )


def _words(result: DemoResult, t: Texts) -> dict[str, object]:
    """What both templates call: texts, and formats bound to the language and the day."""
    day = result.day.date

    def times(view: ShiftView) -> str:
        return f"{clock_on(view.shift.start, day, t.lang)}–{clock_on(view.shift.end, day, t.lang)}"

    return {
        "t": t,
        "lang": t.lang,
        "clock": clock,
        "at": lambda moment: clock_on(moment, day, t.lang),
        "span": lambda stop: _span(stop, result, t),
        "minutes": lambda seconds: minutes(seconds, t.lang),
        "start_between": lambda visit: start_between(visit, day, t),
        "times": times,
        "chosen": lambda view: t(
            "chosen", carer=view.carer, times=times(view), visits=len(view.visits)
        ),
        "distance": lambda metres: _distance(metres, t),
    }


def _span(stop: StopView, result: DemoResult, t: Texts) -> str:
    """Start and end; the weekday once, when both are on another day than the planned one."""
    end = clock_on(stop.end, result.day.date, t.lang)
    start = clock_on(stop.start, result.day.date, t.lang)
    if start[5:] == end[5:]:
        start = clock(stop.start)
    return f"{start}–{end}"


def _distance(metres: int, t: Texts) -> str:
    if metres < 1000:
        return f"{number(metres, lang=t.lang)} m"
    return f"{number(metres // 1000, lang=t.lang)} km"


@cache
def environment() -> Environment:
    """Templates of `web`; whatever comes from data is escaped."""
    return Environment(
        loader=FileSystemLoader(WEB),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _asset(name: str) -> str:
    return (WEB / name).read_text(encoding="utf-8")


def _csp_hash(script: str) -> str:
    """The only script that the page may run, as a content security policy names it."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
