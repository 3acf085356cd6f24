"""
The process of a writing use case is killed: within its statements, before and after its commit.

A killed process runs no handler, so here the database alone keeps the promise. Of the statements
some of each use case, other ones for each; all in ``make faults``.
"""

from __future__ import annotations

import os
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext

import pytest

from api.store.address import database_address
from api.store.check import check
from api.store.engine import Store
from tests.api.store.dump import dump
from tests.api.usecases.person_cases import Repeats
from tests.api.usecases.test_failures import USE_CASES, Faults, failed
from tests.faults import positions

KILLED = 9
LONGEST_S = 60


class KillingFaults(Faults):
    """Ends the process at once instead of raising."""

    def fail(self) -> None:
        os._exit(KILLED)


def victim(url: str, name: str, kind: str, position: int) -> None:
    """Carry the use case out on the database at `url`, to be killed on the way."""
    store = Store(database_address({"DATABASE_URL": url}))
    with KillingFaults(store).planted(kind, position):
        USE_CASES[name][1](store)


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Children of a small server process that has loaded the program: one takes milliseconds."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


@pytest.mark.parametrize("name", sorted(USE_CASES))
def test_a_kill_leaves_all_or_nothing(
    store: Store, name: str, processes: ForkServerContext
) -> None:
    prepare_it, act, again = USE_CASES[name]
    prepare_it(store)
    before, faults = dump(store), Faults(store)
    assert failed(store, act, faults, "before commit")
    last = faults.seen
    url = store.address.url.render_as_string(hide_password=False)

    def kill(kind: str, position: int = 0) -> None:
        child = processes.Process(target=victim, args=(url, name, kind, position))
        child.start()
        child.join(LONGEST_S)
        assert child.exitcode == KILLED, (kind, position)
        child.close()

    tried = [
        (kind, position)
        for kind in ("before", "after")
        for position in positions.chosen(
            f"{name} {kind} {store.address.is_sqlite}", last, positions.KILLED
        )
    ]
    for kind, position in [*tried, ("before commit", 0)]:
        kill(kind, position)
        assert dump(store) == before, (kind, position)
    positions.note("killed before or after it", len(tried))
    kill("after commit")
    done = dump(store)
    assert done != before
    assert check(store) == []
    if again is Repeats:
        act(store)
        assert check(store) == []
        return
    if again is None:
        act(store)
    else:
        with pytest.raises(again):
            act(store)
    assert dump(store) == done
