"""The post's ports: what a transport promises, whichever server carries it.

Whatever asks a server raises TransportUnavailableError when that is away or gives no answer; it may
then have done what was asked, and asking again is safe. Streams outlive the server instead.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

import msgspec

from bus.envelope import Envelope
from bus.values import UserId, WorkerId

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from contextlib import AbstractAsyncContextManager


class Destination(StrEnum):
    """Where a message can be sent; settings decide which transport carries it."""

    ORDERS = "orders"
    WORKER_CONTROL = "worker-control"
    ORDER_TASKS = "order-tasks"
    POOL_CLAIM = "pool-claim"
    MAINTENANCE = "maintenance"


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """Which rules of the FIFO contract a transport keeps; the contract suite reads them.

    Attributes:
        is_fifo: Order is kept per group, and nothing is delivered from a group with one in flight.
        tick: Times to wait are rounded up to whole ones of these.
        deduplicates_across_groups: One dedup id in two groups is a repetition, not two messages.
        remembers_reasons: An attempt's reason stands in the dead letter even if a later, last
            attempt ran out and gave none.
    """

    is_fifo: bool
    tick: timedelta = timedelta(milliseconds=1)
    deduplicates_across_groups: bool = True
    remembers_reasons: bool = True


class Publisher(Protocol):
    """Hands envelopes to a transport."""

    async def publish(self, destination: Destination, *envelopes: Envelope) -> None:
        """Store envelopes, in their order.

        All are stored when it returns: at least once, order kept per group. Safe to repeat with
        the same dedup ids.

        Raises:
            TransportUnavailableError: Nothing or only a part was stored; publish again.
        """
        ...


class Delivery(Protocol):
    """One envelope in a consumer's hands; settle it exactly once by one of the verbs.

    Unsettled, it is delivered again after the destination's visibility timeout. Settling after
    that timeout has no effect on the copy another consumer then holds.

    Attributes:
        attempt: How often it was delivered, this time included.
        is_last: The attempts are used up: a retry sets it aside.
        system: What carried it, as OpenTelemetry's conventions for messaging name it.
    """

    system: str
    envelope: Envelope
    attempt: int
    is_last: bool

    async def ack(self) -> None:
        """Finish: it is never delivered again."""
        ...

    async def retry(self, after: timedelta, reason: str = "") -> None:
        """Give it back, until the attempts are used up; then the dead letter says the reason."""
        ...

    async def dead_letter(self, reason: str) -> None:
        """Set it aside with a reason, for a person to look at."""
        ...

    async def extend(self, by: timedelta) -> None:
        """Keep it: the visibility timeout runs for this long from now."""
        ...


class Subscriber(Protocol):
    """Takes envelopes from a transport."""

    def receive(
        self, destination: Destination
    ) -> AbstractAsyncContextManager[AsyncIterator[Delivery]]:
        """Open an endless stream of deliveries.

        Leaving the context stops receiving; what was delivered and not settled comes back to
        others after the visibility timeout. The iterator outlives a server that goes and returns.
        """
        ...


EXHAUSTED = "attempts_exhausted"
"""The reason of a dead letter whose attempts are used up; a handler's own follows a colon."""


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A message that was set aside, and why.

    Attributes:
        id: The envelope's id.
        envelope: What was set aside; `None` if its bytes are no envelope that this build knows.
        body: Those bytes.
        dead_at_ns: When, in nanoseconds since the epoch by the server's clock.
    """

    id: UUID
    destination: Destination
    envelope: Envelope | None
    body: bytes
    reason: str
    attempts: int
    dead_at_ns: int


class DeadLetters(Protocol):
    """The messages a transport has set aside."""

    async def dead(self, destination: Destination, *, limit: int) -> Sequence[DeadLetter]:
        """Return the newest first."""
        ...

    async def discard(self, destination: Destination, envelope_id: UUID) -> bool:
        """Forget one; false if it was not there."""
        ...


class Depth(msgspec.Struct, frozen=True, kw_only=True):
    """How many messages wait (due or not), are in hand, and were set aside; roughly, on SQS."""

    waiting: int
    in_flight: int
    dead: int


class Depths(Protocol):
    """Counts what a transport holds."""

    async def depth(self, destination: Destination) -> Depth:
        """Count, taking and moving nothing; each user's `orders` are not counted."""
        ...


class Hinted(msgspec.Struct, frozen=True, kw_only=True):
    """What the hint found: the user's worker if one runs, and whether the asker should claim."""

    worker_id: WorkerId | None
    should_claim: bool


class Leftovers(msgspec.Struct, frozen=True, kw_only=True):
    """What a user's workers have left on the bus: a mark, and lists of older epochs."""

    worker_id: WorkerId | None
    has_old_inflight: bool


class Hints(Protocol):
    """The hot half of the bus: each user's list of commands and the marks of running workers.

    Nothing here is a truth: a list or mark that is lost is found again in PostgreSQL.
    """

    async def hint(self, user: UserId, *envelopes: Envelope) -> Hinted:
        """Push commands to the user's list and read the worker's mark, in one round trip.

        `should_claim` is true for the first asker only while no worker runs (3 s).

        Raises:
            TransportUnavailableError: The hint may be lost; the relay sends another.
        """
        ...

    async def mark(self, user: UserId, worker: WorkerId, *, ttl: timedelta) -> None:
        """Say that this worker serves the user's list, for `ttl`."""
        ...

    async def unmark(self, user: UserId, worker: WorkerId) -> None:
        """Take the mark away if it is this worker's."""
        ...

    def commands(
        self, user: UserId, epoch: int
    ) -> AbstractAsyncContextManager[AsyncIterator[HintDelivery]]:
        """Open an endless stream of the user's commands, oldest first, for the lease's epoch.

        Each is moved to the epoch's inflight list; `done` removes it from there.
        """
        ...

    async def forget_inflight(self, user: UserId, *, before_epoch: int) -> None:
        """Delete the inflight lists of older epochs (at most the 16 before this one)."""
        ...

    async def look(self, user: UserId, *, before_epoch: int) -> Leftovers:
        """Read the mark, and whether any list is there that `forget_inflight` would delete."""
        ...


class HintDelivery(Protocol):
    """A command taken from a user's list."""

    envelope: Envelope

    async def done(self) -> None:
        """Remove it from the inflight list."""
        ...


class Pool(Protocol):
    """The warm workers that wait for a user."""

    async def offer(self, worker: WorkerId) -> None:
        """Announce that this worker is ready; said again every 2 s, forgotten after 6 s."""
        ...

    async def withdraw(self, worker: WorkerId) -> None:
        """Take the announcement back."""
        ...

    async def claim(self, user: UserId) -> WorkerId | None:
        """Hand the user to one ready worker, in one round trip; `None` when none is ready.

        Asked again within 3 s for the same user it names the same worker and takes no other: a
        message that comes twice claims once.
        """
        ...

    async def forget(self, user: UserId, worker: WorkerId) -> None:
        """Say that the worker which the user was handed has ended; the next claim takes another."""
        ...

    async def await_claim(self, worker: WorkerId, *, timeout: timedelta) -> UserId | None:
        """Wait until this worker is handed a user; `None` after `timeout`."""
        ...

    async def ready(self) -> int:
        """Count the workers that announced themselves within 6 s."""
        ...


class Replies(Protocol):
    """Answers to a request that somebody waits for (cancel, verify, test connection)."""

    async def answer(self, user: UserId, request: UUID, reply: bytes) -> None:
        """Leave a reply; it is kept for 60 s."""
        ...

    async def await_answer(
        self, user: UserId, request: UUID, *, timeout: timedelta
    ) -> bytes | None:
        """Wait for the reply; `None` after `timeout`."""
        ...


class Broadcast(Protocol):
    """Tells everyone who listens now. Lossy by contract: only wake-ups and cache invalidation."""

    async def announce(self, topic: str, payload: bytes, *others: str) -> None:
        """Tell whoever listens to the topic or one of the others; nobody listening is fine.

        All of them are told at once, which costs a round trip and not one for each.
        """
        ...

    def listen(self, topic: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Open the stream of what is announced from now on.

        An empty payload is given whenever the connection was lost and is back: something may
        have been missed.
        """
        ...
