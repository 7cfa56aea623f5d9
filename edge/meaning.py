"""What the house makes of an alert's body, in the form that the edge records and prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

from handlers.records import Dedupe, NewCancel, NewOrder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from handlers.records import Recognised


class Meant(msgspec.Struct, frozen=True, kw_only=True):
    """What one signal asks for.

    Attributes:
        signal: The canonical signal as JSON.
        masked_body: What came in, without secrets.
    """

    dialect: str
    signal: bytes
    dedupe: Dedupe
    orders: tuple[NewOrder, ...]
    cancels: tuple[NewCancel, ...]
    masked_body: str
    warnings: tuple[str, ...]


class Meaning(Protocol):
    """Reads bodies; pure."""

    def find_token(self, body: bytes) -> str | None:
        """Return the token in a body, broken ones included."""
        ...

    def mask(self, body: bytes) -> str:
        """Return the body as it may be kept."""
        ...

    def read(self, body: bytes) -> Sequence[object]:
        """Return the signals in a body; raises ApiError 400."""
        ...

    def plan(
        self,
        signal: object,
        recognised: Recognised,
        *,
        now: datetime,
        received_at: datetime,
        is_paper_only: bool,
    ) -> Meant:
        """Return what a signal asks for; raises ApiError 400."""
        ...
