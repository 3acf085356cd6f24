"""The server as a process: what is done once before it answers."""

from __future__ import annotations

import gc

from api.server.serving import spare_what_stays


def test_what_is_loaded_is_not_walked_through_again() -> None:
    """A million objects took 0.2 s each time, in which nobody was answered."""
    try:
        gc.collect()  # what other tests have left behind would count as walked through
        before = len(gc.get_objects())
        spare_what_stays()
        assert gc.get_freeze_count() > 0.9 * before
        assert len(gc.get_objects()) < 0.1 * before
    finally:
        gc.unfreeze()
