"""
Who may see whom: one rule, which every use case that shows a person asks.

* Nobody sees anybody without the right to read.
* A recipient without a marking is seen by every reader; a protected one only by who has a live
  grant, of their own or of a role of theirs.
* To everybody else a protected recipient does not exist: the answer is that of an unknown id, and
  no list, count or order is another because of them.

Source: Offentlighets- och sekretesslagen (2009:400) 26 kap.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from api.documents.schema_faults import is_id
from api.refusals import Forbidden
from api.store.access_log import Purpose, Seen
from api.store.audit import Act
from api.store.person_records import AccessKind, Grantee, ProtectionKind
from api.store.person_rows import live_markings, unrevoked_grants
from scheduler.care.errors import Finding, InvalidInput, NotFound

LONGEST_REASON = 500


class Right(StrEnum):
    """What a person may do with persons, by the roles that the service gives them."""

    READ = "READ"
    RECORD = "RECORD"
    # Mark as protected, and grant; shows markings and grants, no identities.
    PROTECT = "PROTECT"
    BREAK_GLASS = "BREAK_GLASS"
    REVIEW = "REVIEW"
    ERASE = "ERASE"


@dataclass(frozen=True, slots=True)
class Reader:
    """
    Who asks, when, why, and with which rights; none by default.

    Parameters
    ----------
    roles
        The roles that a grant may name.
    """

    act: Act
    purpose: Purpose
    rights: frozenset[Right] = frozenset()
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sight:
    """
    What one reader may see at one moment.

    Parameters
    ----------
    protected
        Recipient -> kinds of the markings in force.
    granted
        Protected recipients with a live grant -> whether only a broken glass gives it.
    reads
        Whether the reader may read at all.
    """

    protected: Mapping[str, tuple[ProtectionKind, ...]]
    granted: Mapping[str, bool]
    reads: bool

    def sees(self, recipient: str) -> bool:
        """Whether the reader may know of `recipient`: the one rule."""
        return self.reads and (recipient not in self.protected or recipient in self.granted)

    def seen(self, recipient: str, kind: AccessKind) -> Seen:
        """What the log is to say of a reading of `recipient`."""
        protected = recipient in self.protected
        emergency = protected and self.granted.get(recipient, False)
        return Seen(recipient, kind, protected, emergency)

    @property
    def hidden(self) -> frozenset[str]:
        """Every recipient that the reader may not know of, as far as markings decide."""
        return frozenset(name for name in self.protected if not self.sees(name))


def sight_of(session: Session, reader: Reader) -> Sight:
    """
    What `reader` may see now.

    On PostgreSQL each statement sees what is committed before it. So read persons first and ask
    this after it: who was marked in between is hidden, never shown.
    """
    act = reader.act
    protected: dict[str, tuple[ProtectionKind, ...]] = defaultdict(tuple)
    for recipient, kind in live_markings(session, act.municipality):
        protected[recipient] += (ProtectionKind(kind),)
    granted: dict[str, bool] = {}
    # A grant for somebody without a marking tells nothing.
    for row in unrevoked_grants(session, act.municipality, protected) if protected else ():
        mine = (
            row.grantee == act.actor
            if row.grantee_kind == Grantee.USER
            else row.grantee in reader.roles
        )
        if mine and row.granted_at <= act.at < row.ends_at:
            granted[row.recipient_id] = row.emergency and granted.get(row.recipient_id, True)
    return Sight(dict(protected), granted, Right.READ in reader.rights)


def require(reader: Reader, right: Right) -> None:
    """
    Refuse who has not the right, and who does not say why.

    Raises
    ------
    Forbidden
        NO_RIGHT.
    InvalidInput
        NO_REASON, NOT_AN_ID for the unit or the case.
    """
    if right not in reader.rights:
        raise Forbidden(
            Finding(
                "NO_RIGHT",
                "persons",
                f"the right {right}",
                "a user without it",
                "Be den som ansvarar för behörigheter om rätten, om du behöver den i arbetet.",
            )
        )
    findings = []
    words = reader.purpose.reason
    if not words.strip() or len(words) > LONGEST_REASON or not words.isprintable():
        findings.append(
            Finding(
                "NO_REASON",
                "reason",
                f"why, on one line of 1-{LONGEST_REASON} characters",
                "nothing, or another text",
                "Skriv varför du behöver uppgiften.",
            )
        )
    for where, value in (("unit", reader.purpose.unit), ("case", reader.purpose.case)):
        if value is not None and not is_id(value):
            findings.append(
                Finding(
                    "NOT_AN_ID",
                    where,
                    "1-100 printable characters",
                    "something else",
                    "Ange ett id med 1-100 skrivbara tecken.",
                )
            )
    if findings:
        raise InvalidInput(findings)


def unknown() -> NotFound:
    """
    The refusal of a recipient who is not there, or is not there for this reader.

    Repeats nothing: somebody may have asked with an identity number for an id.
    """
    return NotFound(
        Finding(
            "NOT_FOUND",
            "persons",
            "a person that is stored",
            "none",
            "Kontrollera id:t eller numret; ingen person finns sparad där.",
        )
    )
