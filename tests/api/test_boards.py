"""Boards of plans: kept as many as may be, made once, whoever asks at the same time."""

from __future__ import annotations

from datetime import date
from threading import Barrier, Event, Thread
from typing import cast

import pytest

from api.boards import BoardKey, Boards
from scheduler.recommend import Recommender

DAY = date(2026, 3, 4)


def key(revision: int) -> BoardKey:
    return BoardKey("m-1", "north", DAY, revision)


def board() -> Recommender:
    """A board is only kept and given back here."""
    return cast("Recommender", object())


def refused() -> Recommender:
    raise AssertionError("made again")


def test_a_board_is_made_once_and_another_revision_has_its_own() -> None:
    boards = Boards()
    first = boards.board(key(1), board)
    assert boards.board(key(1), refused) is first
    assert boards.board(key(2), board) is not first


def test_the_one_asked_longest_ago_goes_first() -> None:
    boards = Boards(most=2)
    first = boards.board(key(1), board)
    boards.board(key(2), board)
    assert boards.board(key(1), refused) is first
    boards.board(key(3), board)
    assert len(boards) == 2
    assert boards.board(key(1), refused) is first
    with pytest.raises(AssertionError):
        boards.board(key(2), refused)


def test_questions_at_once_wait_for_one_board() -> None:
    boards, made, found = Boards(), [], []
    barrier = Barrier(8)

    def make() -> Recommender:
        made.append(1)
        Event().wait(0.05)
        return board()

    def ask() -> None:
        barrier.wait(10)
        found.append(boards.board(key(1), make))

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert len(found) == 8
    assert len({id(each) for each in found}) == 1


def test_what_could_not_be_made_is_tried_anew() -> None:
    boards = Boards()

    def fails() -> Recommender:
        raise ValueError

    with pytest.raises(ValueError):
        boards.board(key(1), fails)
    assert len(boards) == 0
    assert boards.board(key(1), board)
