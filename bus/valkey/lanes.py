"""Queues on Valkey: the whole FIFO contract in Lua, one hash tag (so one slot) a destination."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from itertools import count
from secrets import token_hex
from typing import TYPE_CHECKING, cast
from uuid import UUID

import anyio
from typing_extensions import override

from bus.base import (
    DeadLetter,
    DeadLetters,
    Delivery,
    Depth,
    Depths,
    Destination,
    Publisher,
    Subscriber,
)
from bus.codec import decode, encode, with_attempt
from bus.errors import BusError, TransportUnavailableError, UndecodableError, UnroutableError
from bus.valkey import keys
from bus.valkey.line import Line
from bus.valkey.scripts import Script
from bus.valkey.wire import Word, pack

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
    from datetime import timedelta

    from bus.envelope import Envelope
    from bus.settings import LaneRules
    from bus.valkey.client import Client

_PUBLISH = Script("lane", "lane_publish")
_TAKE = Script("lane", "lane_take")
_SETTLE = Script("lane", "lane_settle")
_DEAD = Script("lane", "lane_dead")
_DISCARD = Script("lane", "lane_discard")
_DEPTH = Script("lane", "lane_depth")

# A waiting consumer looks again after this long at most, so that each knows in time of a receipt
# that runs out or a delay that ends; whatever is due at once wakes one by the wake list.
_LONGEST_WAIT = 1.0
_LEAVING_SECONDS = 1.0


class Lane:
    """One destination's keys and rules."""

    def __init__(self, client: Client, destination: Destination, rules: LaneRules) -> None:
        self.client = client
        self.destination = destination
        self.rules = rules
        self.keys = keys.lane(destination)
        self.visibility_ms = _ms(rules.visibility)

    async def settle(self, verb: str, receipt: str, *, ms: int = 0, reason: str = "") -> None:
        """Run one of the verbs of `lane_settle.lua`; without effect for a receipt that ran out."""
        await _SETTLE.run(self.client, self.keys, *self.settlement(verb, receipt, ms, reason))

    def settlement(
        self, verb: str, receipt: str, ms: int = 0, reason: str = ""
    ) -> tuple[Word, ...]:
        """Return the arguments of `lane_settle.lua`."""
        return (verb, receipt, self.rules.max_attempts, ms, reason)


class ValkeyLanes(Publisher, Subscriber, DeadLetters, Depths):
    """All queues; `orders` is none of them."""

    def __init__(self, client: Client, rules: Mapping[Destination, LaneRules]) -> None:
        self._client = client
        self._lanes = {
            destination: Lane(client, destination, rule) for destination, rule in rules.items()
        }

    @override
    async def publish(self, destination: Destination, *envelopes: Envelope) -> None:
        lane = self._lane(destination)
        words: list[Word] = [_ms(lane.rules.delay), _ms(lane.rules.dedup_window)]
        for envelope in envelopes:
            name = str(envelope.id)
            group = envelope.group if lane.rules.is_fifo else name
            words += (group, envelope.dedup_id, name, encode(envelope))
        await _PUBLISH.run(self._client, lane.keys, *words)

    @override
    @asynccontextmanager
    async def receive(
        self, destination: Destination
    ) -> AsyncGenerator[AsyncIterator[Delivery], None]:
        deliveries = ValkeyDeliveries(self._lane(destination))
        try:
            yield deliveries
        finally:
            await deliveries.leave()

    @override
    async def dead(self, destination: Destination, *, limit: int) -> Sequence[DeadLetter]:
        lane = self._lane(destination)
        rows = cast("list[list[bytes]]", await _DEAD.run(self._client, lane.keys, limit))
        return [_dead_letter(destination, *row) for row in rows]

    @override
    async def discard(self, destination: Destination, envelope_id: UUID) -> bool:
        lane = self._lane(destination)
        return bool(await _DISCARD.run(self._client, lane.keys, str(envelope_id)))

    @override
    async def depth(self, destination: Destination) -> Depth:
        lane = self._lane(destination)
        counted = cast("list[int]", await _DEPTH.run(self._client, lane.keys))
        waiting, in_flight, dead = counted
        return Depth(waiting=waiting, in_flight=in_flight, dead=dead)

    def _lane(self, destination: Destination) -> Lane:
        lane = self._lanes.get(destination)
        if lane is None:
            raise UnroutableError(destination)
        return lane


class ValkeyDeliveries:
    """The endless stream of one consumer.

    The receipt of a take is made up here, so one whose answer never came can be undone.
    """

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._line = Line(lane.client, lane.keys[0])
        self._name = token_hex(8)
        self._numbers = count()
        self._longest_wait = min(lane.rules.visibility.total_seconds() / 2, _LONGEST_WAIT)
        self._wait = 0.0
        self._asked: str | None = None

    def __aiter__(self) -> AsyncIterator[Delivery]:
        return self

    async def __anext__(self) -> Delivery:
        while True:
            try:
                delivery = await self._round()
            except TransportUnavailableError:
                self._wait = 0.0
                await self._line.rest()
            except anyio.get_cancelled_exc_class():
                await self.leave()
                raise
            else:
                if delivery is not None:
                    return delivery

    async def leave(self) -> None:
        """Stop waiting; what may have been taken unseen goes back to the others at once."""
        self._line.close()
        with (
            anyio.move_on_after(_LEAVING_SECONDS, shield=True),
            suppress(BusError),
        ):
            await self._undo_unseen()

    async def _round(self) -> Delivery | None:
        await self._undo_unseen()
        lane, wait = self._lane, self._wait
        receipt = self._asked = f"{self._name}:{next(self._numbers)}"
        run = _TAKE.packed if self._line.is_open else _TAKE.packed_whole
        take = run(lane.keys, lane.visibility_ms, lane.rules.max_attempts, receipt)
        # The server starts the take when the wake list has let it pass: one round trip for both.
        blocked = pack("BLPOP", lane.keys[-1], f"{wait:.3f}") if wait else b""
        replies = await self._line.exchange(blocked + take, 2 if wait else 1, wait=wait)
        self._asked = None
        answer = replies[-1]
        if isinstance(answer, int):
            self._wait = self._longest_wait if answer < 0 else self._bounded(answer / 1000)
            return None
        self._wait = 0.0
        body, attempt, _ = cast("tuple[bytes, int, bytes]", answer)
        return await self._delivery(body, attempt, receipt)

    def _bounded(self, seconds: float) -> float:
        return min(max(seconds, 0.001), self._longest_wait)

    async def _undo_unseen(self) -> None:
        if self._asked is not None:
            await self._lane.settle("undo", self._asked)
            self._asked = None

    async def _delivery(self, body: bytes, attempt: int, receipt: str) -> Delivery | None:
        try:
            envelope = with_attempt(decode(body), attempt)
        except UndecodableError as error:
            await self._lane.settle("bury", receipt, reason=f"undecodable: {error}")
            return None
        return ValkeyDelivery(self._lane, envelope, receipt)


class ValkeyDelivery(Delivery):
    """One envelope in a consumer's hands."""

    system = "valkey"

    def __init__(self, lane: Lane, envelope: Envelope, receipt: str) -> None:
        self._lane = lane
        self._receipt = receipt
        self.envelope = envelope
        self.attempt = envelope.attempt
        self.is_last = self.attempt >= lane.rules.max_attempts

    @override
    async def ack(self) -> None:
        await self._lane.settle("ack", self._receipt)

    @override
    async def retry(self, after: timedelta, reason: str = "") -> None:
        await self._lane.settle("retry", self._receipt, ms=_ms(after), reason=reason)

    @override
    async def dead_letter(self, reason: str) -> None:
        await self._lane.settle("bury", self._receipt, reason=reason)

    @override
    async def extend(self, by: timedelta) -> None:
        await self._lane.settle("extend", self._receipt, ms=_ms(by))


def _dead_letter(
    destination: Destination, name: bytes, body: bytes, reason: bytes, *rest: bytes
) -> DeadLetter:
    attempts, dead_at_ms = rest
    try:
        envelope = with_attempt(decode(body), int(attempts))
    except UndecodableError:
        envelope = None
    return DeadLetter(
        id=UUID(name.decode()),
        destination=destination,
        envelope=envelope,
        body=body,
        reason=reason.decode(),
        attempts=int(attempts),
        dead_at_ns=int(float(dead_at_ms)) * 1_000_000,
    )


def _ms(time: timedelta) -> int:
    return round(time.total_seconds() * 1000)
