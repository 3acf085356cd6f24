"""
``hemplan database``: bring the municipality's database up to date, and check what must hold of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.text import Text

from api.documents.strict_json import write_json
from api.store import check as checking
from api.store.address import database_address, owner_address, service_role
from api.store.audit import Anchor
from api.store.engine import Store
from api.store.migrate import permit
from api.store.migrate import upgrade as migrate
from api.store.row_scope import EVERYTHING, within
from api.store.row_security import Protection, protection
from api.terminal.console import console, print_findings
from scheduler.care.errors import Finding, InvalidInput

HASH_DIGITS = 64
ROW_SECURITY = {
    Protection.NONE: "SQLite har ingen radsäkerhet: programmet ensamt håller kommuner, utförare "
    "och enheter isär.",
    Protection.BYPASSED: "Radsäkerheten skyddar inte: kontot i DATABASE_URL går förbi den "
    "(SUPERUSER eller BYPASSRLS).",
    Protection.OWNER: "Radsäkerheten fångar en fråga som glömmer vems raderna är, men kontot i "
    "DATABASE_URL äger tabellerna och kan stänga av den.",
    Protection.FULL: "Radsäkerheten gäller fullt ut för kontot i DATABASE_URL.",
}


def upgrade() -> None:
    """
    Bring the database that DATABASE_URL names to the program's migration; a new one is made.

    Where HEMPLAN_OWNER_DATABASE_URL names its owner, the role of DATABASE_URL may use it then.

    Raises
    ------
    InvalidInput
        As :func:`api.store.migrate.upgrade` and :func:`api.store.migrate.permit`.
    """
    role = service_role(os.environ)
    with opened() as store:
        before, after = migrate(store)
        if role is not None:
            permit(store, role)
        words = (
            f"är redan uppdaterad (migrering {after})." if before == after
            else f"är ny, migrering {after}." if before is None
            else f"är uppdaterad från migrering {before} till {after}."
        )  # fmt: skip
        console().print(Text(f"Databasen {store.address.name} {words}"))


def check(anchors: Sequence[str], *, json: bool) -> bool:
    """
    Show every invariant that does not hold, what row-level security is worth for the service's
    account, and the heads of the logs to note elsewhere.

    Parameters
    ----------
    anchors
        Heads that were noted earlier, ``MUNICIPALITY:NUMBER:HASH``.

    Returns
    -------
    bool
        Whether all is well.

    Raises
    ------
    InvalidInput
        When an anchor is not one, or the database cannot be used.
    """
    noted = _anchors(anchors)
    with opened() as store:
        findings = checking.check(store, noted)
        heads = checking.heads(store)
        secured = _protection()
        if json:
            document = {**_document(findings, heads), "rowSecurity": secured}
            console().print(Text(write_json(document).rstrip()), soft_wrap=True)
            return not findings
        if findings:
            print_findings(findings, f"Databasen {store.address.name} är inte hel.")
        else:
            console().print(Text(f"Databasen {store.address.name} är hel."))
        console().print(Text(ROW_SECURITY[secured]), soft_wrap=True)
        for municipality, head in heads.items():
            told = f"Loggens senaste post, att spara på annan plats: {municipality}:{head}"
            console().print(Text(told), soft_wrap=True)
    return not findings


@contextmanager
def opened() -> Iterator[Store]:
    """
    The store that DATABASE_URL names, as the owner of its tables and of all their rows.

    Closed at the end. Whoever runs a command has the machine, and so every row.
    """
    store = Store(owner_address(os.environ))
    try:
        with within(EVERYTHING):
            yield store
    finally:
        store.close()


def _protection() -> Protection:
    """Of the account that the service connects as."""
    store = Store(database_address(os.environ))
    try:
        store.require()
        return protection(store)
    finally:
        store.close()


def _document(findings: Sequence[Finding], heads: Mapping[str, Anchor]) -> dict[str, object]:
    return {
        "findings": [
            {
                "code": each.code,
                "where": each.where,
                "expected": each.expected,
                "found": each.found,
                "action": each.action,
            }
            for each in findings
        ],
        "anchors": [f"{municipality}:{head}" for municipality, head in heads.items()],
    }


def _anchors(texts: Sequence[str]) -> dict[str, Anchor]:
    made: dict[str, Anchor] = {}
    faults: list[Finding] = []
    for text in texts:
        municipality, _, rest = text.partition(":")
        number, _, digest = rest.partition(":")
        if number.isascii() and number.isdigit() and len(digest) == HASH_DIGITS:
            made[municipality] = Anchor(int(number), digest)
        else:
            faults.append(
                Finding(
                    "NOT_AN_ANCHOR",
                    "--anchor",
                    "MUNICIPALITY:NUMBER:HASH, as the check has printed it",
                    f"a text of {len(text)} characters",
                    "Ange posten som kontrollen skrev ut den.",
                )
            )
    if faults:
        raise InvalidInput(faults)
    return made
