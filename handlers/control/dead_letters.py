"""Messages that were set aside: what saying one again would do, and how that is done safely.

A message names what is in the record and carries no order itself. Saying it again asks the record
anew: an order past its time stays expired, one that is done stays done.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from bus.base import Destination
from bus.envelope import as_ns
from bus.ids import uuid7
from bus.messages import (
    ClaimWorker,
    FindOrphans,
    HealOrphan,
    KeepPool,
    StartWorker,
    StopWorker,
    VerifyOrder,
)
from handlers.asking.wanted_worker import WANTED_FOR
from handlers.records.lifecycle import FINAL

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from bus.base import DeadLetter, DeadLetters, Publisher
    from bus.envelope import Envelope
    from bus.messages import Message
    from bus.values import Clock
    from handlers.store.base import Store

QUEUES = tuple(destination for destination in Destination if destination is not Destination.ORDERS)
"""What can set a message aside: each user's list of orders sets nothing aside."""

_LOOKED_AT = 1000


class NowItWould(StrEnum):
    """What saying a message again would do, by the record as it is now."""

    START_WORKER = "start_worker"
    STOP_WORKER = "stop_worker"
    LOOK_ORDER_UP = "look_order_up"
    LOOK_AND_HEAL = "look_and_heal"
    KEEP_POOL = "keep_pool"
    NOTHING = "nothing"


async def all_letters(dead_letters: DeadLetters) -> Sequence[DeadLetter]:
    """Return what every queue has set aside, newest first, of the newest 1,000 of each."""
    found = [
        letter for queue in QUEUES for letter in await dead_letters.dead(queue, limit=_LOOKED_AT)
    ]
    return sorted(found, key=lambda letter: letter.dead_at_ns, reverse=True)


async def now_it_would(envelope: Envelope | None, store: Store) -> NowItWould:
    """Say what a letter's message would do now; `None`, which nobody can read, does nothing."""
    match None if envelope is None else envelope.message:
        case StartWorker(user_id=user) | ClaimWorker(user_id=user):
            is_served = await store.leases.holder(user) is not None
            return NowItWould.NOTHING if is_served else NowItWould.START_WORKER
        case StopWorker(user_id=user):
            is_served = await store.leases.holder(user) is not None
            return NowItWould.STOP_WORKER if is_served else NowItWould.NOTHING
        case VerifyOrder(order_id=order_id):
            order = await store.orders.load(order_id)
            is_over = order is None or order.state in FINAL
            return NowItWould.NOTHING if is_over else NowItWould.LOOK_ORDER_UP
        case HealOrphan() | FindOrphans():
            return NowItWould.LOOK_AND_HEAL
        case KeepPool():
            return NowItWould.KEEP_POOL
        case _:
            return NowItWould.NOTHING


async def replay(  # noqa: PLR0913 - a letter, where it goes, and who is told
    letter: DeadLetter,
    envelope: Envelope,
    *,
    publisher: Publisher,
    dead_letters: DeadLetters,
    clock: Clock,
    note_said: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Say it again, then forget the letter; a crash in between leaves both, under one dedup id.

    Args:
        letter: What was set aside.
        envelope: The message in it.
        publisher: Takes what is said again.
        dead_letters: Where the letter is forgotten.
        clock: From when on it counts.
        note_said: Called in between: it was said, and need not be said again.

    Raises:
        TransportUnavailableError: It may have been said; do it again.
    """
    await publisher.publish(letter.destination, said_again(letter, envelope, clock))
    if note_said is not None:
        await note_said()
    await dead_letters.discard(letter.destination, letter.id)


def said_again(letter: DeadLetter, envelope: Envelope, clock: Clock) -> Envelope:
    """Return the envelope to publish: a new one, whose worker is wanted from now on."""
    message: Message = envelope.message
    deadline_ns = None
    if isinstance(message, StartWorker | ClaimWorker):
        deadline = clock.now() + WANTED_FOR
        message = msgspec.structs.replace(message, deadline=deadline)
        deadline_ns = as_ns(deadline)
    return msgspec.structs.replace(
        envelope,
        id=uuid7(),
        message=message,
        dedup_id=f"replay:{letter.id}",
        sent_at_ns=as_ns(clock.now()),
        deadline_ns=deadline_ns,
        attempt=1,
    )
