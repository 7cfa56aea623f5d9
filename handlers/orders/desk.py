"""The desk an order is worked at: one account, its broker, the record, and the right to send."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bus.values import Clock, UserId

if TYPE_CHECKING:
    from broker_adapters.base import Broker
    from handlers.records.accounts import Account
    from handlers.records.orders import Lease, Order
    from handlers.store.base import OrderStore
    from handlers.store.work import WorkStore

    # Told which order it is about, once that was read: for whoever writes a line about it.
    OnRead = Callable[[Order], None]

Tell = Callable[[UserId], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the order's life needs; a worker makes one for each account it serves.

    Attributes:
        tell: Wakes the user's live streams; may be lost, never raises.
    """

    orders: OrderStore
    work: WorkStore
    clock: Clock
    lease: Lease
    account: Account
    broker: Broker
    tell: Tell

    @property
    def actor(self) -> str:
        """Name this desk in the record's events."""
        return f"worker:{self.lease.worker_id}"
