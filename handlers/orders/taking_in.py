"""Taking in what a venue has of an account and nobody told of; nothing here sends an order.

All of it goes the way of what venues tell by themselves (`fills.take_event`), so it counts once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from broker_adapters.base import OrderReport
from broker_adapters.together import together
from bus.values import WORKING, OrderState
from handlers.orders.fills import take_event
from handlers.orders.reconcile import ref_of
from handlers.records.comparison import OVERLAP, LedgerOrder, OrderDiffers
from handlers.records.lifecycle import FINAL, can_settle

if TYPE_CHECKING:
    from datetime import datetime

    from broker_adapters.base import Fill
    from bus.values import OrderId
    from handlers.orders.desk import Desk
    from handlers.records.comparison import Ledger

# A stream may still tell of what is younger.
_MISSED_AFTER = OVERLAP / 60
# Who is sending an order settles it.
_NOT_OURS_TO_SETTLE = frozenset({OrderState.SENDING})


@dataclass(slots=True)
class SeenSoFar:
    """What was seen at the venue so far; seen twice it counts once."""

    orders: set[OrderId] = field(default_factory=set["OrderId"])
    other_orders: set[str] = field(default_factory=set[str])
    fills: set[str] = field(default_factory=set[str])
    other_fills: set[str] = field(default_factory=set[str])
    found_fills: set[str] = field(default_factory=set[str])
    settled: set[OrderId] = field(default_factory=set["OrderId"])


class TakingIn:
    """What one comparison takes in, and what it saw.

    Attributes:
        seen: All that was seen since it began, or since an attempt before it did.
    """

    def __init__(self, desk: Desk, seen: SeenSoFar, *, at: datetime) -> None:
        self._desk = desk
        self._at = at
        self.seen = seen

    async def take(self, ledger: Ledger) -> dict[str, OrderDiffers]:
        """Take in what the venue has and the ledger has not; return which orders contradict it."""
        broker = self._desk.broker
        reports = [
            *await self._recognised(ledger),
            *await broker.open_orders(),
            *await broker.orders_since(ledger.since),
        ]
        for fill in await broker.fills_since(ledger.since):
            await self._take_fill(fill, ledger)
        known = {order.client_order_id: order for order in ledger.orders}
        contradicted: dict[str, OrderDiffers] = {}
        for report in reports:
            order = known.get(report.client_order_id) or await self._older(report)
            if order is None:
                self.seen.other_orders.add(report.broker_order_id)
                continue
            self.seen.orders.add(order.id)
            contradiction = await self._take_report(report, order)
            if contradiction is not None:
                contradicted[str(order.id)] = contradiction
        return contradicted

    async def _older(self, report: OrderReport) -> LedgerOrder | None:
        """Return an order of ours that was sent long ago and still works."""
        is_other = report.broker_order_id in self.seen.other_orders
        if is_other or report.state not in WORKING or not report.client_order_id:
            return None
        found = await self._desk.orders.by_client_id(self._desk.account.id, report.client_order_id)
        if found is None or found.attempts == 0:
            return None
        return LedgerOrder(
            id=found.id,
            client_order_id=found.client_order_id,
            symbol=found.symbol,
            state=found.state,
            filled_quantity=found.filled_quantity,
        )

    async def _recognised(self, ledger: Ledger) -> list[OrderReport]:
        """Find ours where the venue lists orders without their client ids: it binds them again."""
        if self._desk.broker.capabilities.client_id_max:
            return []
        sent = [order.id for order in ledger.orders if order.state not in _NOT_OURS_TO_SETTLE]
        orders = await self._desk.orders.load_some(sent)
        refs = [ref_of(order) for order in orders if order.broker_order_id is not None]
        asked = [partial(self._desk.broker.find, ref) for ref in refs if ref is not None]
        return [found for found in await together(*asked) if isinstance(found, OrderReport)]

    async def _take_fill(self, fill: Fill, ledger: Ledger) -> None:
        if not fill.client_order_id:
            return
        if fill.fill_key in ledger.fill_keys:
            self.seen.fills.add(fill.fill_key)
            return
        if fill.fill_key in self.seen.other_fills:
            return
        if await take_event(fill, self._desk) is None:
            self.seen.other_fills.add(fill.fill_key)
            return
        self.seen.fills.add(fill.fill_key)
        if fill.at < self._at - _MISSED_AFTER:
            self.seen.found_fills.add(fill.fill_key)

    async def _take_report(self, report: OrderReport, order: LedgerOrder) -> OrderDiffers | None:
        """Settle an order by what the venue shows, where that is news; tell what cannot be."""
        if order.state in _NOT_OURS_TO_SETTLE:
            return None
        if _is_news(report, order):
            state = await take_event(report, self._desk)
            if order.state not in WORKING and state is not order.state:
                self.seen.settled.add(order.id)
            return None
        if order.state not in FINAL or report.state not in WORKING:
            return None
        return OrderDiffers(
            order_id=order.id, symbol=order.symbol, recorded=order.state, at_venue=report.state
        )


def _is_news(report: OrderReport, order: LedgerOrder) -> bool:
    """Say whether a report says more of an order than is recorded, and may be written down."""
    is_more = report.filled_quantity > order.filled_quantity
    return is_more or can_settle(order.state, report.state, same_epoch=False)
