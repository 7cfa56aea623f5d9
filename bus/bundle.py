"""All ports of the post in one hand, as a root opens them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bus.base import (
        Broadcast,
        Capabilities,
        DeadLetters,
        Depths,
        Destination,
        Hints,
        Pool,
        Publisher,
        Replies,
        Subscriber,
    )
    from telemetry.vitals import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Bus:
    """An open post.

    Attributes:
        publisher: For every destination; `orders` envelopes go to the list of their user.
        subscriber: For every destination but `orders`, which is read by `hints.commands`.
        dead_letters: What each destination has set aside; `orders` sets nothing aside.
        depths: How many messages each destination but `orders` holds.
        hints: Each user's list and the marks of running workers.
        pool: The warm workers.
        replies: Answers that somebody waits for.
        broadcast: Wake-ups to whoever listens.
        capabilities: Which rules each destination keeps here.
        ping: Ask the server for an answer; raises TransportUnavailableError if none comes.
        usage: How the connection to the server is used, without asking it.
        ping_queues: Ask what carries the queues, where that is another; raises likewise.
    """

    publisher: Publisher
    subscriber: Subscriber
    dead_letters: DeadLetters
    depths: Depths
    hints: Hints
    pool: Pool
    replies: Replies
    broadcast: Broadcast
    capabilities: Mapping[Destination, Capabilities]
    ping: Callable[[], Awaitable[None]]
    usage: Callable[[], Usage]
    ping_queues: Callable[[], Awaitable[None]] | None = None
