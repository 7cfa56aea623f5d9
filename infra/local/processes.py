"""Our own processes in the local profile: each is a `fourpass` command under supervision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from infra.local.logins import APP, CONTROL, WORKER
from telemetry.export_settings import EDGE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from infra.local.settings import LocalSettings

EDGE_READY = "Application startup complete"
WORKERS_READY = "worker_host_ready"
CONTROL_READY = "control_plane_ready"
OBSERVER_READY = "observer_ready"


class OwnProcess(msgspec.Struct, frozen=True, kw_only=True):
    """A `fourpass` command that `up` keeps running.

    Attributes:
        name: Its name in logs and in `fourpass status`; several are numbered.
        arguments: What follows `fourpass`.
        role: Who it is at the record.
        ready_line: A part of the line it logs once it serves.
        stop_within_s: How long it may take to finish; those of all kinds together stay under 20 s.
        needs: The process listed before it that must serve before this one is started.
        is_listening: It inherits the edge's socket, as the descriptor in FOURPASS_LISTEN_FD.
        does_unseal: It is told where the vault's private keys are; nobody else is.
        count: How many of it run side by side.
    """

    name: str
    arguments: tuple[str, ...]
    role: str
    ready_line: str
    stop_within_s: float
    needs: str = ""
    is_listening: bool = False
    does_unseal: bool = False
    count: int = 1

    @property
    def names(self) -> Sequence[str]:
        """The name of each one."""
        if self.count == 1:
            return (self.name,)
        return tuple(f"{self.name}-{number}" for number in range(1, self.count + 1))


def own_processes(settings: LocalSettings) -> Sequence[OwnProcess]:
    """List them; they start together and end one after the other, the last first: intake."""
    observer = OwnProcess(
        name="observer",
        arguments=("observer",),
        role=CONTROL,
        ready_line=OBSERVER_READY,
        stop_within_s=2,
    )
    return (
        *((observer,) if settings.is_observed else ()),
        OwnProcess(
            name="worker-host",
            arguments=("worker",),
            role=WORKER,
            ready_line=WORKERS_READY,
            stop_within_s=14,
            does_unseal=True,
        ),
        OwnProcess(
            name="control-plane",
            arguments=("control-plane",),
            role=CONTROL,
            ready_line=CONTROL_READY,
            needs="worker-host",
            stop_within_s=1.9,
        ),
        OwnProcess(
            name="edge",
            arguments=("edge",),
            role=APP,
            ready_line=EDGE_READY,
            stop_within_s=4,
            is_listening=True,
            count=settings.edge_processes,
        ),
    )


def shown_apart(told: Mapping[str, str], number: int) -> dict[str, str]:
    """Give each of several edges a port of its own for Prometheus: those after the one named.

    Args:
        told: What all of them are told.
        number: Which of them it is; the first, 0, has the port that is named.
    """
    host, colon, port = told.get(EDGE_VARIABLE, "").rpartition(":")
    # One that cannot be understood is left for the edge to refuse.
    following = {EDGE_VARIABLE: f"{host}{colon}{int(port) + number}"} if port.isdecimal() else {}
    return {**told, **following}
