"""What the double knows of orders, and what it shows of them: never more than Gate would."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from infra.local.doubles.gateio.records import Order, Trade
from infra.local.doubles.gateio.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from infra.local.doubles.gateio.clock import VirtualClock

# How long an order that was never filled is kept after its end.
_MINUTE = timedelta(minutes=1)


class Ledger:
    """One market's orders and trades, of all accounts.

    Attributes:
        posts: How often each text was written in an order's request, whatever became of it.
        hidden_for: How long a new order is not shown.
        kept_unfilled: How long an order without a fill is kept after its end.
        hides_finished: Lists show no order that has ended; ids and trades still do.
        text_forgotten: Whether a text finds an order only while it works (spot), or also later.
    """

    def __init__(self, clock: VirtualClock, *, kept_unfilled: timedelta, is_spot: bool) -> None:
        self._clock = clock
        # A venue gives no number twice: those of an earlier run lie behind these.
        self._ids = count(clock.ms())
        self._trade_ids = count(clock.ms())
        self._orders: dict[int, Order] = {}
        self.posts: Counter[str] = Counter()
        self.hidden_for = timedelta(0)
        self.kept_unfilled = kept_unfilled
        self.text_forgotten = is_spot
        self.hides_finished = False

    def new_id(self) -> int:
        """Return the next order's id."""
        return next(self._ids)

    def add(self, order: Order) -> None:
        """Keep an order."""
        order.visible_at = order.at + self.hidden_for
        self._orders[order.id] = order

    def fill(self, order: Order, size: Decimal, price: Decimal, *, fee: Decimal) -> Trade:
        """Write an execution down."""
        trade = Trade(
            id=next(self._trade_ids),
            order=order,
            size=size,
            price=price,
            fee=fee,
            at=self._clock.now(),
        )
        order.trades.append(trade)
        return trade

    def all(self) -> list[Order]:
        """Return every order there ever was: the truth, which no API shows."""
        return list(self._orders.values())

    def of(self, key: str) -> Iterator[Order]:
        """Yield an account's orders that are shown, newest first."""
        now = self._clock.now()
        for order in reversed(self._orders.values()):
            if order.key == key and self._is_shown(order, now):
                yield order

    def one(self, key: str, name: str, pair: str | None) -> Order:
        """Return the order of an id, or the newest of a text; raises `Refused` if none is shown."""
        orders = (order for order in self.of(key) if pair is None or order.pair == pair)
        if name.isdecimal():
            found = next((order for order in orders if order.id == int(name)), None)
            label = "ORDER_NOT_FOUND"
        else:
            found = next((o for o in orders if o.text == name and self._has_text(o)), None)
            label = "CLIENT_ID_NOT_FOUND"
        if found is None:
            raise Refused(label, "Order not found")
        return found

    def _is_shown(self, order: Order, now: datetime) -> bool:
        if order.visible_at is not None and now < order.visible_at:
            return False
        is_kept = order.is_open or bool(order.trades) or order.ended_at is None
        return is_kept or now < order.ended_at + self.kept_unfilled  # type: ignore[operator] - seen above

    def _has_text(self, order: Order) -> bool:
        """Whether an order is found by its text still."""
        if order.is_open:
            return True
        if self.text_forgotten:
            return False
        ended = order.ended_at or order.at
        return bool(order.trades) or self._clock.now() < ended + _MINUTE
