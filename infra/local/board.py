"""The board: where running processes write how they are, and `fourpass status` reads it.

A process writes its own file only; what it says counts while the data folder is held.
"""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import anyio
import msgspec
import structlog

from infra.local.data_folder import holder_of
from infra.local.supervising.parts import Part, PartState, PartStatus

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

FOLDER_NAME = "state"
GOOD_STATES = frozenset({PartState.READY, PartState.OUTSIDE})
AGAIN_AFTER_S = 1.0

log: structlog.stdlib.BoundLogger = structlog.get_logger("board")


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What one process says about its parts."""

    is_ready: bool
    parts: list[PartStatus] = []


_REPORTS = msgspec.json.Decoder(Report)


class Board:
    """One process's place on the board.

    Keeping parts running never fails for the board: what cannot be written is tried again while it
    is `kept`, and until then nothing stands there, so that nobody reads what was true before.
    """

    def __init__(self, data_dir: Path, name: str) -> None:
        self._path = data_dir / FOLDER_NAME / f"{name}.json"
        self._parts: dict[str, PartStatus] = {}
        self._is_ready = False
        self._is_written = False
        self._write()

    def note(self, part: Part) -> None:
        """Write down how a part is now."""
        self.note_status(part.status())

    def note_status(self, status: PartStatus) -> None:
        """Write down the state of a part, ours or somebody else's."""
        self._parts[status.name] = status
        self._write()

    def become_ready(self) -> None:
        """Write down that everything was started."""
        self._is_ready = True
        self._write()

    def take_down(self) -> None:
        """Take the process's file away."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    async def mend(self) -> None:
        """Write again what could not be written when it changed; runs for ever."""
        while True:
            await anyio.sleep(AGAIN_AFTER_S)
            if not self._is_written:
                self._write()

    def _write(self) -> None:
        report = Report(is_ready=self._is_ready, parts=list(self._parts.values()))
        written = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            written.touch(mode=0o600)
            written.write_bytes(msgspec.json.encode(report))
            written.replace(self._path)
        except OSError as error:
            log.warning("board_not_written", why=error.strerror)
            self._is_written = False
            self.take_down()
        else:
            self._is_written = True


@asynccontextmanager
async def kept(board: Board) -> AsyncGenerator[None]:
    """Mend the board while the context is open, and take it down at its end."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(board.mend)
        try:
            yield
        finally:
            tasks.cancel_scope.cancel()
            board.take_down()


def read_board(data_dir: Path) -> Report:
    """Put together what all processes say; nothing is ready when nobody holds the folder."""
    if holder_of(data_dir) is None:
        return Report(is_ready=False)
    reports = [_read(path) for path in sorted((data_dir / FOLDER_NAME).glob("*.json"))]
    parts = [part for report in reports for part in report.parts]
    return Report(
        is_ready=bool(reports)
        and all(report.is_ready for report in reports)
        and all(part.state in GOOD_STATES for part in parts),
        parts=parts,
    )


def _read(path: Path) -> Report:
    try:
        return _REPORTS.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError):
        return Report(is_ready=False)
