"""What a worker is given: the record, the post, a clock and a way to its brokers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from broker_adapters.base import Broker
from handlers.records.accounts import Account

if TYPE_CHECKING:
    from bus.bundle import Bus
    from bus.values import Clock
    from handlers.store.base import Store
from worker_runtime.pace import Pace

OpenBroker = Callable[[Account], AbstractAsyncContextManager[Broker]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything outside of the process, open; and how often to turn to it.

    Attributes:
        open_broker: Makes the adapter of an account; not yet connected.
    """

    store: Store
    bus: Bus
    clock: Clock
    open_broker: OpenBroker
    pace: Pace = field(default_factory=Pace)
