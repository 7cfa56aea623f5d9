"""A delivery and a publisher that note, in one diary, what becomes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from bus.base import Delivery, Publisher
from bus.errors import TransportUnavailableError

if TYPE_CHECKING:
    from datetime import timedelta

    from bus.base import Destination
    from bus.envelope import Envelope


class Delivered(Delivery):
    """A delivery that notes what becomes of it."""

    system = "memory"

    def __init__(self, envelope: Envelope, diary: list[str], *, is_cut_off: bool = False) -> None:
        self.envelope = envelope
        self.attempt = envelope.attempt
        self.is_last = envelope.attempt >= 3
        self._diary = diary
        self._is_cut_off = is_cut_off

    @override
    async def ack(self) -> None:
        self._note("ack")

    @override
    async def retry(self, after: timedelta, reason: str = "") -> None:
        self._note(f"retry {after.total_seconds():g} {reason}")

    @override
    async def dead_letter(self, reason: str) -> None:
        self._note(f"dead {reason}")

    @override
    async def extend(self, by: timedelta) -> None:
        self._note("extend")

    def _note(self, line: str) -> None:
        if self._is_cut_off:
            raise TransportUnavailableError("away")
        self._diary.append(line)


class Post(Publisher):
    """A publisher that notes what it was handed."""

    def __init__(self, diary: list[str], *, is_away: bool = False) -> None:
        self.published: list[tuple[Destination, Envelope]] = []
        self._diary = diary
        self._is_away = is_away

    @override
    async def publish(self, destination: Destination, *envelopes: Envelope) -> None:
        if self._is_away:
            raise TransportUnavailableError("away")
        self._diary.append(f"publish {destination}")
        self.published += [(destination, envelope) for envelope in envelopes]
