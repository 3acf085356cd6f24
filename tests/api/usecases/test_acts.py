"""The log of acts as its reviewer reads it: all of it, no digests, and every reading an act."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from api.refusals import Forbidden
from api.store.chain import Anchor
from api.store.check import check
from api.store.engine import Store
from api.store.tables import AuditRow
from api.usecases.acts import Wanted, acts, verify
from api.usecases.sight import Right
from scheduler.care.errors import InvalidInput
from tests.api.store.person_samples import reader
from tests.api.store.samples import AT
from tests.api.store.tampering import past_guards

SIV = reader("siv", Right.READ, Right.REVIEW, at=AT + timedelta(days=400))


def stored(store: Store) -> list[AuditRow]:
    with store.reading() as session:
        rows = session.exec(select(AuditRow).order_by(AuditRow.number))  # type: ignore[arg-type]
        return list(rows)


def test_every_act_is_shown_once_the_latest_first(settled: Store) -> None:
    before = stored(settled)
    shown: list[int] = []
    following: int | None = None
    while True:
        page, following = acts(settled, SIV, Wanted(until=SIV.act.at), before=following, limit=7)
        shown += [each.number for each in page]
        if following is None:
            break
    assert shown == [row.number for row in reversed(before)]
    assert check(settled) == []


def test_what_is_asked_for_is_found(settled: Store) -> None:
    (closed,), _ = acts(
        settled, SIV, Wanted(action="MONTH_CLOSED", subject_id="p-1 2026-03", actor="user-8")
    )
    assert (closed.subject_kind, closed.details["lines"]) == ("settlement", 3)
    assert acts(settled, SIV, Wanted(actor="nobody"))[0] == ()
    assert acts(settled, SIV, Wanted(since=closed.at, until=closed.at))[0] == ()
    assert closed in acts(settled, SIV, Wanted(since=closed.at))[0]
    assert closed not in acts(settled, SIV, Wanted(until=closed.at))[0]
    assert {each.subject_kind for each in acts(settled, SIV, Wanted(subject_kind="rates"))[0]} == {
        "rates"
    }


def test_no_digest_is_shown(settled: Store) -> None:
    """With one, who guesses a home could tell whether it is right."""
    digest = re.compile("[0-9a-f]{64}")
    assert any(digest.search(row.details_json) for row in stored(settled))
    page, _ = acts(settled, SIV, Wanted(), limit=1000)
    assert not digest.search(str(page))
    # Versions and counts are.
    assert any(each.details.get("version") == 1 for each in page)


def test_a_reading_is_an_act(settled: Store) -> None:
    page, _ = acts(settled, SIV, Wanted(subject_id="b-1"))
    last = stored(settled)[-1]
    assert (last.actor, last.action) == ("siv", "ACTS_READ")
    assert json.loads(last.details_json) == {"count": len(page), "subject": "b-1"}


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        (reader("siv", Right.READ), Forbidden),
        (replace(SIV, purpose=replace(SIV.purpose, reason=" ")), InvalidInput),
    ],
)
def test_who_may_not_review_is_shown_nothing(
    settled: Store, who: object, refusal: type[Exception]
) -> None:
    before = len(stored(settled))
    for ask in (lambda: acts(settled, who, Wanted()),  # type: ignore[arg-type]
                lambda: verify(settled, who)):  # type: ignore[arg-type]  # fmt: skip
        with pytest.raises(refusal):
            ask()
    assert len(stored(settled)) == before


def test_a_whole_log_holds_and_tells_its_head(settled: Store) -> None:
    last = stored(settled)[-1]
    head, findings = verify(settled, SIV)
    assert (head, findings) == (Anchor(last.number, last.hash), [])
    # It holds against what was noted earlier, after more acts too.
    acts(settled, SIV, Wanted())
    assert verify(settled, SIV, head)[1] == []


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE audit SET actor = 'nobody' WHERE number = 3", "AUDIT_HASH"),
        ("DELETE FROM audit WHERE number = 3", "AUDIT_NUMBER"),
        ("DELETE FROM audit WHERE number = (SELECT max(number) FROM audit)", "AUDIT_HEAD"),
    ],
)
def test_a_change_of_the_log_is_told(settled: Store, statement: str, code: str) -> None:
    with past_guards(settled) as connection:
        connection.execute(text(statement))
    assert code in {each.code for each in verify(settled, SIV)[1]}
    noted = Anchor(2, "0" * 64)
    assert "AUDIT_ANCHOR" in {each.code for each in verify(settled, SIV, noted)[1]}
