"""
Chains of hashes: what makes every edit, removal, insertion or other order of a log show.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scheduler.care.errors import Finding

NOTHING_BEFORE = "0" * 64


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head of a log as it once was, noted outside the database."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


START = Anchor(0, NOTHING_BEFORE)


@dataclass(frozen=True, slots=True)
class Link:
    """
    One row of a log.

    Parameters
    ----------
    made
        The hash of its own words and of `previous`, computed now; `hash` is the stored one.
    """

    number: int
    previous: str
    hash: str
    made: str


def chain_findings(
    log: str,
    owner: str,
    links: Iterable[Link],
    head: Anchor | None,
    anchor: Anchor | None = None,
    start: Anchor = START,
) -> list[Finding]:
    """
    Every place where a log is not as it was written.

    Parameters
    ----------
    log
        Its name, which begins every code: AUDIT, ACCESS.
    owner
        Whose it is, for the findings' place.
    links
        By rising number.
    head
        What the log's own row tells of its end; None when there is no such row.
    anchor
        An earlier head that was noted elsewhere; one from before `start` tells nothing.
    start
        What the first link follows: the last that was removed by retention, or nothing.

    Returns
    -------
    list of Finding
        Codes: _NUMBER (a hole, or another order), _HASH (edited), _CHAIN (does not follow the one
        before), _HEAD (the end is missing), _ANCHOR (rewritten).
    """
    findings: list[Finding] = []
    name = f"{log.lower()} {owner}"
    expected, before = start.number + 1, start.hash
    anchored = anchor is None or anchor == start or anchor.number < start.number
    for link in links:
        where = f"{name} {link.number}"
        if link.number != expected:
            findings.append(_broken(f"{log}_NUMBER", where, str(expected), str(link.number)))
        if link.hash != link.made:
            findings.append(_broken(f"{log}_HASH", where, "the hash of its words", "another"))
        if link.previous != before:
            findings.append(_broken(f"{log}_CHAIN", where, "the hash before it", "another"))
        anchored = anchored or anchor == Anchor(link.number, link.hash)
        expected, before = link.number + 1, link.hash
    ends = Anchor(expected - 1, before)
    if head != ends:
        found = "none" if head is None else f"act {head.number}"
        findings.append(_broken(f"{log}_HEAD", name, f"act {ends.number} as last", found))
    if not anchored and anchor is not None:
        findings.append(
            _broken(
                f"{log}_ANCHOR",
                f"{name} {anchor.number}",
                "the hash that was noted",
                "another, or no such act",
            )
        )
    return findings


def _broken(code: str, where: str, expected: str, found: str) -> Finding:
    return Finding(
        code,
        where,
        expected,
        found,
        "Loggen är ändrad utanför Hemplan: spara en kopia, och jämför med säkerhetskopian.",
    )
