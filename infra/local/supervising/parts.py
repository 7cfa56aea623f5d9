"""A part of the running system: how it is started, and how it is doing."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from bus.values import Clock


class PartState(StrEnum):
    """How a part is doing."""

    STARTING = "starting"
    READY = "ready"
    RESTARTING = "restarting"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"
    OUTSIDE = "outside"


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """How a part's process is started and ended.

    Attributes:
        name: The part's name in logs and in `fourpass status`.
        argv: The program's full path and its arguments.
        ready_line: The part is ready once it has said a line with this in it; without one it is
            ready as soon as it runs.
        address: Where it listens, for people.
        environ: Its whole environment; ours if not given. Never log it.
        standard_input: Given to it at its start: settings that no process list may show.
        own_folder: The folder of a program that refuses to run as root (see the `shim`).
        pass_fds: Open files it inherits, such as a listening socket.
        is_ours: Its lines are log lines of our own form, passed on as they are.
        stop_signal: Asks it to finish; `stop_within_s` later its whole group is killed.
        death_signal: What the kernel sends it when the supervisor dies.
        ready_within_s: Longer than this is a failed start.
    """

    name: str
    argv: tuple[str, ...]
    ready_line: str | None = None
    address: str | None = None
    environ: Mapping[str, str] | None = None
    standard_input: bytes = b""
    own_folder: str = ""
    pass_fds: tuple[int, ...] = ()
    is_ours: bool = False
    stop_signal: int = signal.SIGTERM
    stop_within_s: float = 5.0
    death_signal: int = signal.SIGKILL
    ready_within_s: float = 30.0

    def __repr__(self) -> str:
        return f"Command(name={self.name!r})"


class PartStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `fourpass status`."""

    name: str
    state: PartState
    pid: int | None
    address: str | None
    since: datetime


class Part:
    """A part as its supervisor sees it now."""

    def __init__(
        self, name: str, address: str | None, *, clock: Clock, on_change: Callable[[Part], None]
    ) -> None:
        self.name = name
        self.address = address
        self.pid: int | None = None
        self.state = PartState.STARTING
        self.since = clock.now()
        self._clock = clock
        self._on_change = on_change

    def become(self, state: PartState, *, pid: int | None = None) -> None:
        """Note a change; `since` counts from it."""
        self.state, self.pid, self.since = state, pid, self._clock.now()
        self._on_change(self)

    def status(self) -> PartStatus:
        """Return what `fourpass status` says about it."""
        return PartStatus(
            name=self.name,
            state=self.state,
            pid=self.pid,
            address=self.address,
            since=self.since,
        )
