"""What a handler is given: ports and a clock, opened by a root."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import anyio

from bus.envelope import Result

if TYPE_CHECKING:
    from datetime import datetime

    from bus.base import Hints, Pool
    from bus.values import Clock, UserId, WorkerId
    from handlers.launcher.base import Launcher
    from handlers.store.base import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything a handler may turn to.

    Attributes:
        pool_size: How many warm workers are wanted.
        pool_turn: Held by whoever counts the pool and starts what is missing.
        without_lease: When this process first saw that a running worker's user has no lease.
        given_up: When a start of this user's was last set aside because nothing starts workers.
    """

    store: Store
    pool: Pool
    hints: Hints
    launcher: Launcher
    clock: Clock
    pool_size: int = 0
    pool_turn: anyio.Lock = field(default_factory=anyio.Lock)
    without_lease: dict[WorkerId, datetime] = field(default_factory=dict["WorkerId", "datetime"])
    given_up: dict[UserId, datetime] = field(default_factory=dict["UserId", "datetime"])


# A handler names its own message type; a table of them can only say that each takes one.
Handler = Callable[[Any, Services], Awaitable[Sequence[Result]]]
