"""The port to Gate's HTTP API: one request, one reply, never more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it goes over the wire. Its text shows no header: one of them is the key.

    Attributes:
        target: Path and query, already percent-encoded; the signature is over these very bytes.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    def __repr__(self) -> str:
        return f"Request({self.method} {self.target})"


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A whole reply; its headers are found by names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class GateClient(Protocol):
    """Exchanges requests for replies; any number at the same time. One belongs to one account."""

    async def exchange(self, request: Request, *, patience: float) -> Reply:
        """Write the request once, and return what came back within so many seconds.

        Nothing is sent a second time inside, no redirect is followed.

        Raises:
            NeverSentError: No byte left.
            ReplyLostError: Some may have.
        """
        ...

    async def aclose(self) -> None:
        """Close every connection; it may be used again afterwards. Never raises."""
        ...
