"""Our own processes in the local profile: each is a `fourpass` command under supervision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.local.settings import LocalSettings


class OwnProcess(msgspec.Struct, frozen=True, kw_only=True):
    """A `fourpass` command that `up` keeps running.

    Attributes:
        name: Its name in logs and in `fourpass status`.
        arguments: What follows `fourpass`.
        ready_line: A word of the line it logs once it serves.
        stop_within_s: How long it may take to finish; all of them together stay under 20 s.
        is_listening: It inherits the edge's socket, as the descriptor in FOURPASS_LISTEN_FD.
    """

    name: str
    arguments: tuple[str, ...]
    ready_line: str
    stop_within_s: float
    is_listening: bool = False


def own_processes(settings: LocalSettings) -> Sequence[OwnProcess]:
    """List them in the order in which they start; they end the other way round, intake first."""
    del settings
    return ()
