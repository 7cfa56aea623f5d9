"""The board: where running processes write how they are, and `fourpass status` reads it.

A process writes its own file only; what it says counts while the data folder is held.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from infra.local.data_folder import holder_of
from infra.local.parts import Part, PartState, PartStatus

if TYPE_CHECKING:
    from pathlib import Path

FOLDER_NAME = "state"
GOOD_STATES = frozenset({PartState.READY, PartState.OUTSIDE})


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What one process says about its parts."""

    is_ready: bool
    parts: list[PartStatus] = []


_REPORTS = msgspec.json.Decoder(Report)


class Board:
    """One process's place on the board."""

    def __init__(self, data_dir: Path, name: str) -> None:
        self._path = data_dir / FOLDER_NAME / f"{name}.json"
        self._parts: dict[str, PartStatus] = {}
        self._is_ready = False
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
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
        self._path.unlink(missing_ok=True)

    def _write(self) -> None:
        report = Report(is_ready=self._is_ready, parts=list(self._parts.values()))
        written = self._path.with_suffix(".new")
        written.touch(mode=0o600)
        written.write_bytes(msgspec.json.encode(report))
        written.replace(self._path)


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
