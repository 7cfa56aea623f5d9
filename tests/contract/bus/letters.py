"""Envelopes, lanes and waiting for the suites."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import anyio
import msgspec

from bus.base import Delivery, Destination
from bus.envelope import Envelope, seal
from bus.messages import StopWorker
from bus.settings import LANES, LaneRules
from bus.values import SystemClock, UserId

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

CLOCK = SystemClock()
LANE = Destination.WORKER_CONTROL
PATIENCE = 5.0
A_MOMENT = 0.03


def a_user() -> UserId:
    """Return a new user."""
    return UserId(uuid4())


def a_letter(text: str = "", *, group: str | None = None, dedup_id: str | None = None) -> Envelope:
    """Return an envelope with a text in it; its own group and dedup id unless given."""
    user = UserId(UUID(int=0)) if group else a_user()
    sealed = seal(
        StopWorker(user_id=user, reason=text), clock=CLOCK, dedup_id=dedup_id or str(uuid4())
    )
    return msgspec.structs.replace(sealed, group=group or str(user))


def text_of(envelope: Envelope | None) -> str:
    """Return the text in an envelope."""
    assert envelope is not None
    assert isinstance(envelope.message, StopWorker)
    return envelope.message.reason


def a_lane(
    *,
    visibility_ms: int = 60_000,
    delay_ms: int = 0,
    max_attempts: int = 3,
    dedup_window_ms: int = 300_000,
    is_fifo: bool = True,
) -> Mapping[Destination, LaneRules]:
    """Return all lanes, `LANE` with these rules."""
    rules = LaneRules(
        visibility=timedelta(milliseconds=visibility_ms),
        delay=timedelta(milliseconds=delay_ms),
        max_attempts=max_attempts,
        dedup_window=timedelta(milliseconds=dedup_window_ms),
        is_fifo=is_fifo,
    )
    return {**LANES, LANE: rules}


def ms(milliseconds: int) -> timedelta:
    """Return a time."""
    return timedelta(milliseconds=milliseconds)


async def taken(deliveries: AsyncIterator[Delivery]) -> Delivery:
    """Return the next delivery, which must come."""
    with anyio.fail_after(PATIENCE):
        return await anext(deliveries)


async def run_out(delivery: Delivery) -> None:
    """Let a delivery's visibility end now."""
    await delivery.extend(timedelta(0))


async def nothing_comes(deliveries: AsyncIterator[Delivery], seconds: float = A_MOMENT) -> bool:
    """Tell whether no delivery comes for a moment."""
    with anyio.move_on_after(seconds):
        await anext(deliveries)
        return False
    return True
