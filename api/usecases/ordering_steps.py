"""
What the acts on orders share within their transaction: a new order, its steps, the queue.

Promises: each step is a row and an entry of the log; whoever waits longest is taken off the queue
first, and nobody is let past somebody who needs more room.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlmodel import Session

from api.refusals import Conflict
from api.store.audit import Act, Entry, append
from api.store.decision_rows import held_revision, held_version
from api.store.order_records import STEPS, At, Choice, OrderStatus
from api.store.order_rows import choices, order_digest, order_rows
from api.store.records import DecisionRevision
from api.store.tables import AuditHeadRow, OrderRow, OrderStepRow
from api.usecases.rooms import WeeklyMinutes, room_in, whole_minutes
from scheduler.care.errors import Finding
from scheduler.care.units import STOCKHOLM


@dataclass
class Acting:
    """One act under way: its transaction, and what it will tell the log at its end."""

    session: Session
    head: AuditHeadRow
    act: Act
    weekly: WeeklyMinutes
    entries: list[Entry] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The day of the act in Sweden."""
        return self.act.at.astimezone(STOCKHOLM).date()

    @property
    def place(self) -> int:
        """Number that the next entry of the log will have."""
        return self.head.number + len(self.entries) + 1

    def tell(self, entry: Entry) -> None:
        """Add an entry."""
        self.entries.append(entry)

    def finish(self) -> None:
        """Write the log."""
        if self.entries:
            append(self.session, self.head, self.act, self.entries)

    def held(self, decision_id: str) -> DecisionRevision:
        """The decision as it holds; NotFound when there is none."""
        number = held_version(self.session, self.act.municipality, decision_id).version
        return held_revision(self.session, self.act.municipality, decision_id, number)

    # ------------------------------------------------------------ orders

    def order(self, held: DecisionRevision, choice: Choice, rank: int) -> OrderRow:
        """Order from the choice's provider number `rank`: sent when there is room, else queued."""
        decision = held.case.granted.decision
        at = choice.ranked[rank]
        day = max(choice.first_day, decision.valid_from)
        minutes = whole_minutes(self.weekly(decision, day))
        room = room_in(
            self.session, self.act.municipality, at, day, self.weekly, without=decision.id
        )
        earlier = order_rows(self.session, self.act.municipality, decision_id=decision.id)
        sent = room.fits(minutes) and not room.queued
        row = OrderRow(
            municipality_id=self.act.municipality,
            decision_id=decision.id,
            number=len(earlier) + 1,
            version=1,
            choice_number=choice.number,
            rank=rank,
            provider_id=at.provider,
            unit_id=at.unit,
            first_day=choice.first_day,
            minutes_per_week=minutes,
            answer_by=self.today + timedelta(days=choice.answer_days) if sent else None,
            status=OrderStatus.SENT if sent else OrderStatus.QUEUED,
            place=self.place,
        )
        self.session.add(row)
        self.session.flush()
        self._step(row, "" if sent else room.why_not(minutes))
        return row

    def step(self, row: OrderRow, status: OrderStatus, reason: str = "") -> None:
        """
        Let an order go on.

        Raises
        ------
        Conflict
            When it cannot from where it stands.
        """
        if status not in STEPS.get(OrderStatus(row.status), ()):
            raise Conflict(
                Finding(
                    "ORDER_STATUS",
                    f"order ({row.decision_id} {row.number})",
                    " or ".join(
                        before.value
                        for before, after in STEPS.items()
                        if before is not None and status in after
                    ),
                    row.status,
                    "Läs om beställningen: den är redan besvarad eller återkallad, eller så har "
                    "svarstiden gått ut.",
                )
            )
        row.status = status
        row.version += 1
        self.session.flush()
        self._step(row, reason)

    def _step(self, row: OrderRow, reason: str) -> None:
        self.session.add(
            OrderStepRow(
                municipality_id=self.act.municipality,
                decision_id=row.decision_id,
                order_number=row.number,
                number=row.version,
                status=row.status,
                reason=reason,
                taken_at=self.act.at,
                taken_by=self.act.actor,
            )
        )
        self.session.flush()
        details: dict[str, str | int] = {"version": row.version, "sha256": order_digest(row)}
        subject = f"{row.decision_id} {row.number}"
        self.tell(Entry(f"ORDER_{OrderStatus(row.status).value}", "order", subject, details))

    def next_of(self, row: OrderRow) -> OrderRow | None:
        """Order from the next provider of the same choice; None when there is none."""
        found = choices(self.session, self.act.municipality, row.decision_id)
        choice = found[row.choice_number - 1]
        has = {
            other.provider_id
            for other in order_rows(
                self.session, self.act.municipality, decision_id=row.decision_id,
                status=OrderStatus.ACCEPTED,
            )
        }  # fmt: skip
        for rank in range(row.rank + 1, len(choice.ranked)):
            # Whoever has the decision already needs no order.
            if choice.number == len(found) and choice.ranked[rank].provider not in has:
                return self.order(self.held(row.decision_id), choice, rank)
        return None

    # ------------------------------------------------------------ queue

    def queued(self, at: At) -> list[OrderRow]:
        """Who waits for `at`, the longest first."""
        return order_rows(
            self.session,
            self.act.municipality,
            provider_id=at.provider,
            unit_id=at.unit,
            status=OrderStatus.QUEUED,
        )

    def advance(self, at: At) -> int:
        """Send what has room now, in order; how many."""
        sent = 0
        for row in self.queued(at):
            decision = self.held(row.decision_id).case.granted.decision
            day = max(row.first_day, self.today)
            room = room_in(
                self.session, self.act.municipality, at, day, self.weekly, without=decision.id
            )
            if not room.fits(row.minutes_per_week):
                break
            choice = choices(self.session, self.act.municipality, row.decision_id)[
                row.choice_number - 1
            ]
            row.answer_by = self.today + timedelta(days=choice.answer_days)
            self.step(row, OrderStatus.SENT)
            sent += 1
        return sent
