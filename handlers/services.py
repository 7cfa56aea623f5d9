"""What a handler is given: ports and a clock, opened by a root."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bus.messages import Message

if TYPE_CHECKING:
    from bus.base import Pool
    from bus.values import Clock
    from handlers.launcher.base import Launcher
    from handlers.store.base import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything a handler may turn to."""

    store: Store
    pool: Pool
    launcher: Launcher
    clock: Clock


# A handler names its own message type; a table of them can only say that each takes one.
Handler = Callable[[Any, Services], Awaitable[Sequence[Message]]]
