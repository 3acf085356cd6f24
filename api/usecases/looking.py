"""
What a request is shown of persons: one transaction, in which the protected ones are hidden and
every person shown has a line in the log of readings.

    Act.view → Look (what is hidden, who was shown) → the answer, with its lines

Promises: who is hidden is answered as who does not exist, and asking for them is logged; what is
opened by itself is logged each time; in a list a person has one line per reader, purpose and day,
so that a page that is asked for every second does not bury the log, but a protected person has one
each time. An act without a view is the program's own, or of who works at the machine: nothing is
hidden and nothing logged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from sqlmodel import Session, col, select

from api.documents.withheld import Withheld
from api.refusals import not_found
from api.store.access_log import Purpose, Seen, listed_since, log_readings
from api.store.audit import Act
from api.store.engine import Store
from api.store.performed_rows import visits_of_recipients
from api.store.person_records import AccessKind, View
from api.store.person_rows import stored_recipients
from api.store.tables import DecisionRow
from api.usecases.sight import Reader, Right, Sight, sight_of
from scheduler.care.errors import CareError, NotFound
from scheduler.care.units import STOCKHOLM

Found = TypeVar("Found")

# A carer sees to whom they go from the day before, to prepare, to the day after, to report.
OWN_DAYS = timedelta(days=1)
NOBODY: frozenset[str] = frozenset()


class Look:
    """
    What one transaction may show, and whom it has shown.

    Parameters
    ----------
    act
        Who asks; without a view, or without an act, nothing is hidden.
    """

    def __init__(self, session: Session, act: Act | None) -> None:
        self._session, self._act = session, act
        self._sight: Sight | None = None
        self._seen: dict[tuple[str, AccessKind], None] = {}
        # Who has a record for certain: a decision names them.
        self._recorded: set[str] = set()

    # ------------------------------------------------------------ what is hidden

    @property
    def hidden(self) -> frozenset[str]:
        """Every recipient that may not be told of."""
        return NOBODY if self._view is None else self._known.hidden

    @property
    def protected(self) -> frozenset[str]:
        """Every recipient with a marking in force, whoever may see them."""
        return NOBODY if self._view is None else frozenset(self._known.protected)

    @property
    def hidden_decisions(self) -> frozenset[str]:
        """The decisions of who is hidden."""
        if self._act is None or not self.hidden:
            return NOBODY
        query = (
            select(DecisionRow.id)
            .where(DecisionRow.municipality_id == self._act.municipality)
            .where(col(DecisionRow.recipient_id).in_(sorted(self.hidden)))
        )
        return frozenset(self._session.exec(query))

    def hidden_on_round(self, carer: str, day: date) -> frozenset[str]:
        """
        Who is hidden among those to whom `carer` goes on `day`.

        Nobody when that carer asks, on the day or the one before or after it: the plan in force is
        their leave to know where to go.
        """
        view = self._view
        if self._act is None or view is None or view.carer != carer:
            return self.hidden
        today = self._act.at.astimezone(STOCKHOLM).date()
        return NOBODY if abs(day - today) <= OWN_DAYS else self.hidden

    # ------------------------------------------------------------ who is shown

    def open(self, recipient: str, absent: CareError) -> None:
        """Note that `recipient` is opened; refuse a hidden one with `absent`, and log that."""
        if self._view is None:
            return
        if recipient in self.hidden:
            self._seen[recipient, AccessKind.REFUSED] = None
            raise absent
        self._seen[recipient, AccessKind.READ] = None

    def may_open(self, recipient: str) -> bool:
        """As :meth:`open`, where nothing is refused of one that is not there."""
        try:
            self.open(recipient, not_found("recipients", recipient))
        except NotFound:
            return False
        return True

    def open_decision(self, decision_id: str, absent: CareError | None = None) -> None:
        """
        As :meth:`open`, of whoever has the decision; nothing when there is none.

        Parameters
        ----------
        absent
            What is told of one that is not there; the decision itself by default.
        """
        recipient = self._recipient_of(decision_id)
        if recipient is not None:
            self._recorded.add(recipient)
            self.open(recipient, absent or not_found("decisions", decision_id))

    def may_open_decision(self, decision_id: str) -> bool:
        """As :meth:`open_decision`, where nothing is refused of one that is not there."""
        try:
            self.open_decision(decision_id)
        except NotFound:
            return False
        return True

    def show(self, recipients: Iterable[str]) -> None:
        """Note that `recipients` are shown in a list."""
        if self._view is not None:
            self._seen |= {(each, AccessKind.LISTED): None for each in recipients}

    def show_decisions(self, decisions: Iterable[str]) -> None:
        """Note that whoever has `decisions` is shown in a list."""
        if self._act is None or self._view is None:
            return
        query = select(DecisionRow.id, DecisionRow.recipient_id)
        rows = self._session.exec(
            query.where(DecisionRow.municipality_id == self._act.municipality)
        )
        recipient_of = dict(rows.all())
        self.show(recipient_of[each] for each in decisions if each in recipient_of)

    # ------------------------------------------------------------ the log

    @property
    def in_vain(self) -> tuple[str, ...]:
        """Who was asked for and is hidden."""
        return tuple(who for who, kind in self._seen if kind is AccessKind.REFUSED)

    def log_in_vain(self, recipients: Iterable[str]) -> None:
        """Write that `recipients` were asked for in vain."""
        self._seen |= {(each, AccessKind.REFUSED): None for each in recipients}
        self.log()

    def due(self) -> list[Seen]:
        """The lines that the log is still to have of what was shown."""
        act, view = self._act, self._view
        if act is None or view is None or not self._seen:
            return []
        sight, stored = self._known, self._stored(who for who, _ in self._seen)
        listed = {who for who, kind in self._seen if kind is AccessKind.LISTED}
        # Whoever is opened needs no other line for the list that shows them too.
        told = {who for who, kind in self._seen if kind is AccessKind.READ}
        midnight = datetime.combine(act.at.astimezone(STOCKHOLM).date(), time(), STOCKHOLM)
        often = listed - frozenset(sight.protected)
        if often:
            told |= listed_since(self._session, act, purpose_of(view), midnight) & often
        return [
            sight.seen(who, kind)
            for who, kind in self._seen
            # A plan may name somebody who has no record.
            if who in stored and not (kind is AccessKind.LISTED and who in told)
        ]

    def log(self) -> None:
        """Write them."""
        if self._act is not None and self._view is not None:
            log_readings(self._session, self._act, purpose_of(self._view), self.due())

    @property
    def is_outdated(self) -> bool:
        """Whether a marking or a grant has changed since the look began."""
        return self._sight is not None and self._sight != self._sight_now()

    # ------------------------------------------------------------ what it knows

    @property
    def _view(self) -> View | None:
        return None if self._act is None else self._act.view

    @property
    def _known(self) -> Sight:
        if self._sight is None:
            self._sight = self._sight_now()
        return self._sight

    def _sight_now(self) -> Sight:
        act, view = self._act, self._view
        if act is None or view is None:
            raise ValueError("Expected an act with a view; found the program's own.")
        rights = frozenset({Right.READ})
        return sight_of(self._session, Reader(act, purpose_of(view), rights, view.roles))

    def _recipient_of(self, decision_id: str) -> str | None:
        if self._act is None or self._view is None:
            return None
        row = self._session.get(DecisionRow, (self._act.municipality, decision_id))
        return None if row is None else row.recipient_id

    def _stored(self, recipients: Iterable[str]) -> frozenset[str]:
        if self._act is None:
            return NOBODY
        asked = set(recipients)
        unsure = asked - self._recorded
        found = (
            stored_recipients(self._session, self._act.municipality, unsure) if unsure else NOBODY
        )
        return found | (asked & self._recorded)


def purpose_of(view: View) -> Purpose:
    """What the log says of why."""
    return Purpose(view.unit, view.reason, view.case)


def withheld_from(store: Store, act: Act) -> Withheld:
    """Whom faults may not name that are told to `act` of everybody together."""
    with store.reading() as session:
        shown = Look(session, act)
        visits = visits_of_recipients(session, act.municipality, None, shown.hidden)
        return Withheld(shown.hidden, frozenset().union(*visits.values()), shown.hidden_decisions)


def look(
    store: Store,
    act: Act | None,
    read: Callable[[Session, Look], Found],
    *,
    opens: bool = False,
) -> Found:
    """
    What `read` finds, in one transaction with the lines of whom it shows.

    Where the log has all of them already nothing is written, and nobody is waited for.

    Parameters
    ----------
    act
        Who asks; None is the program itself.
    read
        Tells the look whom it shows, and leaves out whom it hides.
    opens
        Whether `read` opens somebody, which leaves a line each time: it is not tried first whether
        there is one to write.
    """
    if not opens or act is None or act.view is None:
        with store.reading() as session:
            first = Look(session, act)
            try:
                found = read(session, first)
            except CareError:
                if not first.in_vain:
                    raise
            else:
                if not first.due():
                    return found
    outdated = True
    while outdated:
        with write(store, act) as (session, again):
            found = read(session, again)
            # On PostgreSQL each statement sees what is committed before it: somebody may have been
            # marked in between.
            outdated = again.is_outdated
    return found


@contextmanager
def write(store: Store, act: Act | None) -> Iterator[tuple[Session, Look]]:
    """
    A writing transaction, and what it may show; its lines are written at the end.

    A change takes the municipality's lock first: whoever marks waits for it, so nobody is hidden in
    between. Of a refused one the line is left of who was asked for in vain.
    """
    looking: Look | None = None
    try:
        with store.writing() as session:
            looking = Look(session, act)
            yield session, looking
            looking.log()
    except CareError:
        if looking is not None and looking.in_vain:
            with store.writing() as session:
                Look(session, act).log_in_vain(looking.in_vain)
        raise
