from __future__ import annotations

from datetime import UTC, datetime
from shutil import rmtree
from typing import TYPE_CHECKING

import anyio
import pytest

from infra.local.board import Board, kept, read_board
from infra.local.data_folder import owned
from infra.local.supervising.parts import PartState, PartStatus

if TYPE_CHECKING:
    from pathlib import Path


def a_status(name: str = "postgres", state: PartState = PartState.READY) -> PartStatus:
    return PartStatus(
        name=name, state=state, pid=7, address="x", since=datetime(2026, 1, 2, tzinfo=UTC)
    )


def test_what_a_process_notes_is_read_while_the_folder_is_held(tmp_path: Path) -> None:
    with owned(tmp_path):
        board = Board(tmp_path, "up")
        board.note_status(a_status())
        board.become_ready()

        report = read_board(tmp_path)

    assert report.is_ready
    assert report.parts == [a_status()]


def test_board_of_a_killed_run_counts_for_nothing(tmp_path: Path) -> None:
    with owned(tmp_path):
        board = Board(tmp_path, "up")
        board.note_status(a_status())
        board.become_ready()

    report = read_board(tmp_path)

    assert (report.is_ready, report.parts) == (False, [])


def test_nothing_is_ready_before_everything_was_started(tmp_path: Path) -> None:
    with owned(tmp_path):
        Board(tmp_path, "up").note_status(a_status())

        assert not read_board(tmp_path).is_ready


def test_one_part_that_is_not_ready_is_enough(tmp_path: Path) -> None:
    with owned(tmp_path):
        board = Board(tmp_path, "up")
        board.become_ready()
        board.note_status(a_status("postgres"))
        board.note_status(a_status("valkey", PartState.RESTARTING))

        assert not read_board(tmp_path).is_ready


def test_later_note_replaces_the_earlier_one_of_the_same_part(tmp_path: Path) -> None:
    with owned(tmp_path):
        board = Board(tmp_path, "up")
        board.note_status(a_status(state=PartState.STARTING))
        board.note_status(a_status(state=PartState.READY))

        assert [part.state for part in read_board(tmp_path).parts] == [PartState.READY]


def test_what_several_processes_say_is_put_together(tmp_path: Path) -> None:
    with owned(tmp_path):
        for name in ("up", "worker-host"):
            board = Board(tmp_path, name)
            board.note_status(a_status(name))
            board.become_ready()

        report = read_board(tmp_path)

    assert [part.name for part in report.parts] == ["up", "worker-host"]
    assert report.is_ready


def test_file_that_cannot_be_read_is_not_ready(tmp_path: Path) -> None:
    with owned(tmp_path):
        Board(tmp_path, "up").become_ready()
        (tmp_path / "state" / "edge.json").write_text("{")

        assert not read_board(tmp_path).is_ready


def test_board_is_readable_by_us_alone(tmp_path: Path) -> None:
    Board(tmp_path, "up")

    assert (tmp_path / "state" / "up.json").stat().st_mode & 0o777 == 0o600


def test_board_taken_down_is_gone(tmp_path: Path) -> None:
    board = Board(tmp_path, "up")

    board.take_down()

    assert list((tmp_path / "state").iterdir()) == []


@pytest.mark.anyio
async def test_what_cannot_be_written_fails_nobody_and_is_written_once_it_can(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "state"
    with owned(tmp_path):
        board = Board(tmp_path, "up")
        async with kept(board):
            rmtree(folder)
            folder.write_text("no folder can be made here")
            board.note_status(a_status())
            board.become_ready()
            assert not read_board(tmp_path).is_ready

            folder.unlink()
            with anyio.fail_after(5):
                while not read_board(tmp_path).is_ready:  # noqa: ASYNC110 - a file rings no bell
                    await anyio.sleep(0.02)

            assert read_board(tmp_path).parts == [a_status()]


def test_what_was_true_before_is_not_left_standing(tmp_path: Path) -> None:
    with owned(tmp_path):
        board = Board(tmp_path, "up")
        board.become_ready()
        # What is written beside it first cannot be: as on a full disk, only the file itself can go.
        (tmp_path / "state" / "up.new").mkdir()

        board.note_status(a_status(state=PartState.RESTARTING))

        assert read_board(tmp_path).parts == []
        assert not read_board(tmp_path).is_ready
