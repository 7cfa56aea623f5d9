"""Asking a user's worker and waiting for its answer; a worker is started where none runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from bus.base import Destination
from bus.envelope import seal
from handlers.asking.replies import Reason, Reply, decode_reply, failed
from handlers.asking.wanted_worker import sealed_wish

if TYPE_CHECKING:
    from datetime import timedelta
    from uuid import UUID

    from bus.bundle import Bus
    from bus.messages import CancelOrder, FindInstruments, ProbeAccount, VerifyFills
    from bus.values import Clock, UserId


async def ask_worker(
    command: CancelOrder | VerifyFills | ProbeAccount | FindInstruments,
    request: UUID,
    bus: Bus,
    *,
    clock: Clock,
    within: timedelta,
) -> Reply:
    """Send a command and wait for what comes of it; `no_answer` where nothing came in time.

    `request` is the command's own. Asking again with the same one finds the same answer for 60 s.

    Raises:
        TransportUnavailableError: The question may not have arrived; asking again is safe.
    """
    user = command.user_id
    envelope = seal(command, clock=clock, dedup_id=f"ask:{request}", deadline=clock.now() + within)
    with anyio.move_on_after(within.total_seconds()):
        hinted = await bus.hints.hint(user, envelope)
        if hinted.should_claim:
            await _see_to_a_worker(user, request, bus, clock)
        body = await bus.replies.await_answer(user, request, timeout=within)
        if body is not None:
            return decode_reply(body)
    return failed(Reason.NO_ANSWER)


async def _see_to_a_worker(user: UserId, request: UUID, bus: Bus, clock: Clock) -> None:
    """Hand the user to a warm worker, else ask for one to be started."""
    if await bus.pool.claim(user) is not None:
        return
    wish = sealed_wish(user, clock, occasion=str(request))
    await bus.publisher.publish(Destination.WORKER_CONTROL, wish)
