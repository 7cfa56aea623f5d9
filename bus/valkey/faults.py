"""What a server's error replies mean to a caller."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bus.errors import BusError, RefusedError, TransportUnavailableError

if TYPE_CHECKING:
    from hiredis import ReplyError

# Replies by which a server says that it did nothing and that a later try may go well.
_UNAVAILABLE = frozenset(
    {
        "ASK",
        "BUSY",
        "CLUSTERDOWN",
        "LOADING",
        "MASTERDOWN",
        "MOVED",
        "NOREPLICAS",
        "NOSCRIPT",
        "OOM",
        "READONLY",
        "TRYAGAIN",
        "UNBLOCKED",
    }
)
# Replies of a server that is no longer the one to talk to: resolve its name again.
_ELSEWHERE = frozenset({"READONLY", "MASTERDOWN", "UNBLOCKED"})


class Redirect(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster node's word that a slot is served elsewhere."""

    is_ask: bool
    slot: int
    host: str
    port: int


def code_of(reply: ReplyError) -> str:
    """Return the first word of an error reply."""
    return str(reply).partition(" ")[0]


def as_error(reply: ReplyError) -> BusError:
    """Translate an error reply."""
    text = str(reply)
    if code_of(reply) in _UNAVAILABLE or "max number of clients" in text:
        return TransportUnavailableError(text)
    return RefusedError(text)


def is_elsewhere(reply: ReplyError) -> bool:
    """Tell whether the connection should be made anew."""
    return code_of(reply) in _ELSEWHERE


def redirect_of(reply: ReplyError) -> Redirect | None:
    """Read `MOVED 3999 host:port` and `ASK 3999 host:port`; an empty host is the same host."""
    words = str(reply).split(" ")
    if len(words) != 3 or words[0] not in {"MOVED", "ASK"} or not words[1].isdecimal():
        return None
    host, _, port = words[2].rpartition(":")
    if not port.isdecimal():
        return None
    return Redirect(is_ask=words[0] == "ASK", slot=int(words[1]), host=host, port=int(port))
