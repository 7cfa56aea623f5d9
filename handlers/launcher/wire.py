"""What a worker host and the process that forks its workers tell one another: a line of JSON each.

The forking process (the zygote) is single-threaded and never awaits, so nothing here does either.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from bus.values import UserId, WorkerId
from handlers.launcher.base import Task


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """The base of what is said."""


class Launch(Line, tag="launch", frozen=True, kw_only=True):
    """Host to zygote: fork a worker, for a user or for the pool."""

    worker_id: WorkerId
    user_id: UserId | None


class Stop(Line, tag="stop", frozen=True, kw_only=True):
    """Host to zygote: have a worker leave; kill it if it does not."""

    worker_id: WorkerId


class Buried(Line, tag="buried", frozen=True, kw_only=True):
    """Host to zygote: what an ended worker left behind is cleaned up; tell it no more."""

    worker_id: WorkerId


class Report(Line, tag="report", frozen=True, kw_only=True):
    """Worker to zygote: whom it serves from now on; the epoch once the lease is taken."""

    user_id: UserId
    epoch: int | None


class Child(Line, frozen=True, kw_only=True):
    """A worker process as the zygote knows it."""

    worker_id: WorkerId
    user_id: UserId | None
    epoch: int | None
    pid: int
    started_at: datetime


class Running(Line, tag="running", frozen=True, kw_only=True):
    """Zygote to host, first of all: what runs already."""

    children: tuple[Child, ...]


class Changed(Line, tag="changed", frozen=True, kw_only=True):
    """Zygote to host: a worker was started, or reported whom it serves."""

    child: Child


class Ended(Line, tag="ended", frozen=True, kw_only=True):
    """Zygote to host: a worker ended. A negative code is the signal that ended it.

    A host that comes later is told again, unless one before it said `Buried`.
    """

    child: Child
    code: int
    lived_s: float


class Closing(Line, tag="closing", frozen=True, kw_only=True):
    """Zygote to host: everything is being stopped; start nothing more."""


Instruction = Launch | Stop | Buried
News = Running | Changed | Ended | Closing

_INSTRUCTIONS: msgspec.json.Decoder[Instruction] = msgspec.json.Decoder(Instruction)
_NEWS: msgspec.json.Decoder[News] = msgspec.json.Decoder(News)
_REPORTS = msgspec.json.Decoder(Report)
_encode = msgspec.json.Encoder().encode


def task_of(child: Child) -> Task:
    """Return what the launcher's port calls this process."""
    return Task(
        worker_id=child.worker_id,
        user_id=child.user_id,
        ref=str(child.pid),
        started_at=child.started_at,
    )


def write(line: Line) -> bytes:
    """Return a line with its end."""
    return _encode(line) + b"\n"


class Lines:
    """Cuts what arrives into whole lines."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, received: bytes) -> list[bytes]:
        """Return the lines that are whole now."""
        *whole, self._rest = (self._rest + received).split(b"\n")
        return whole


def read_instruction(line: bytes) -> Instruction:
    """Read what the host says."""
    return _INSTRUCTIONS.decode(line)


def read_news(line: bytes) -> News:
    """Read what the zygote says."""
    return _NEWS.decode(line)


def read_report(line: bytes) -> Report:
    """Read what a worker says."""
    return _REPORTS.decode(line)
