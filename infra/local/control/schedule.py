"""What happens again and again without a message: turns of maintenance, and looks at the pool."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import anyio
import msgspec

from bus.errors import BusError
from bus.messages import FindOrphans, KeepPool, Message
from bus.values import HOUSE
from handlers.errors import HandlersError
from lambda_entry.functions import SCHEDULES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_FIRST_RETRY = 1.0

_log = logging.getLogger(__name__)


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """A message that nobody sends and that is carried out every `every` seconds, beginning now."""

    message: Message
    every: float


TURNS = tuple(
    Turn(message=message, every=SCHEDULES[type(message)].every.total_seconds())
    for message in (FindOrphans(user_id=HOUSE), KeepPool(user_id=HOUSE))
)


async def repeat(turn: Turn, carry_out: Callable[[Message], Awaitable[None]]) -> None:
    """Take one turn after the other, for ever; a failed one is repeated sooner."""
    pause = _FIRST_RETRY
    while True:
        began = anyio.current_time()
        try:
            await carry_out(turn.message)
        except (HandlersError, BusError, TimeoutError) as error:
            kind = type(turn.message).__name__
            why = f"{type(error).__name__}: {error}"
            _log.warning("turn_failed", extra={"type": kind, "why": why})
            await anyio.sleep(pause)
            pause = min(pause * 2, turn.every)
            continue
        pause = _FIRST_RETRY
        await anyio.sleep(max(0.0, began + turn.every - anyio.current_time()))
