"""
``hemplan person``: the keys of identities, and erasure, by an operator at the machine.

Who runs these commands has the database and the keys already; the rights are those of the machine,
and every act is logged under the name that is given. A protected person is erased by who has a
grant only, here as everywhere.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from rich.text import Text

from api.documents.retention import read_retention
from api.store.access_log import Purpose
from api.store.audit import Act
from api.store.person_check import unopened
from api.store.person_keys import new_key as make_key
from api.store.person_keys import person_keys
from api.store.schema import require_current
from api.terminal.console import console, print_findings
from api.terminal.database import opened
from api.usecases import erasing, rekeying, retaining
from api.usecases.erasing import Erased
from api.usecases.sight import Reader, Right
from pricing.toml_file import read_bytes

UNIT = "operations"


def operator(municipality: str, by: str, reason: str) -> Reader:
    """Who runs a command, now, with the rights of whoever has the machine."""
    act = Act(municipality, by, datetime.now(UTC))
    return Reader(act, Purpose(UNIT, reason), frozenset(Right))


def new_key() -> None:
    """Print a new key, once and nowhere else."""
    say(make_key())


def rotate(municipality: str, by: str) -> bool:
    """
    Bring every identity to the newest keys, and see that all of them open.

    Returns
    -------
    bool
        Whether they do.

    Raises
    ------
    InvalidInput, Sealed, NotFound
        As :func:`api.store.person_keys.person_keys`, :func:`api.usecases.rekeying.rotate`.
    """
    keys = person_keys(os.environ)
    with opened() as store:
        require_current(store)
        changed = rekeying.rotate(store, operator(municipality, by, "Nyckelbyte").act, keys)
        with store.reading() as session:
            findings = list(unopened(session, keys, municipality))
    say(
        f"{changed} personer krypterades om. Äldre nycklar kan tas bort när alla kommuner är klara."
    )
    if findings:
        print_findings(findings, "Alla personer kan inte läsas.")
    return not findings


def erase(recipient: str, municipality: str, by: str, reason: str, *, yes: bool) -> None:
    """
    Erase a recipient, or tell what that would take out.

    Raises
    ------
    CareError
        As :func:`api.usecases.erasing.erase`.
    """
    with opened() as store:
        require_current(store)
        reader = operator(municipality, by, reason)
        _tell(erasing.erase(store, reader, recipient, dry_run=not yes), done=yes)


def erased(municipality: str, by: str, reason: str) -> None:
    """Print the opaque ids of all that are erased, one a line."""
    with opened() as store:
        require_current(store)
        for recipient in erasing.erased(store, operator(municipality, by, reason)):
            say(recipient)


def erase_again(source: Path, municipality: str, by: str, reason: str) -> None:
    """
    Erase everybody whose id stands in a file, one a line.

    Raises
    ------
    CareError
        As :func:`api.usecases.erasing.erase_again`.
    """
    words = read_bytes(source).decode(errors="replace")
    ids = [line.strip() for line in words.splitlines() if line.strip()]
    with opened() as store:
        require_current(store)
        for made in erasing.erase_again(store, operator(municipality, by, reason), ids):
            _tell(made, done=True)


def due(rules: Path, municipality: str, by: str, reason: str, *, yes: bool) -> None:
    """
    Show what is due today, and carry it out with `yes`.

    Raises
    ------
    CareError
        As :func:`api.usecases.retaining.plan` and :func:`api.usecases.retaining.carry_out`.
    """
    retention, keys = read_retention(rules), person_keys(os.environ)
    with opened() as store:
        require_current(store)
        reader = operator(municipality, by, reason)
        planned = retaining.plan(store, reader, keys, retention)
        for each in planned.due:
            last = "utan beslut" if each.last_day is None else f"sista dag {each.last_day}"
            kept = ", bevaras för forskning" if each.kept else ""
            say(f"{each.recipient}: {last}{kept}")
        say(
            f"{sum(not each.kept for each in planned.due)} personer att gallra, "
            f"{planned.readings} loggrader äldre än {planned.readings_before.date()}."
        )
        if yes:
            for made in retaining.carry_out(store, reader, planned):
                _tell(made, done=True)
        elif planned.due or planned.readings:
            say("Inget är ändrat. Kör igen med --yes för att gallra.")


def say(words: str) -> None:
    """One line, as it is."""
    console().print(Text(words), soft_wrap=True)


def _tell(made: Erased, *, done: bool) -> None:
    if made.again:
        say(f"{made.recipient} är redan gallrad.")
        return
    extent = made.extent
    say(
        f"{made.recipient}: {'gallrad' if done else 'skulle gallras'}: "
        f"{'namn och nummer, ' if extent.identity else ''}{extent.grants} behörigheter, "
        f"{extent.decision_revisions} beslutsrevisioner, {extent.plan_revisions} planer, "
        f"{extent.runs} körningar."
    )
    if not done:
        say("Inget är ändrat. Kör igen med --yes för att gallra.")
