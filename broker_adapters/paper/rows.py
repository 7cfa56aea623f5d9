"""What a paper market is made of: frozen rows, the same in the ledger and in memory."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from broker_adapters.paper.options import PaperOptions
from bus.values import WORKING, AccountId, OrderState, OrderType, Side, TimeInForce

_ZERO = Decimal(0)


class PaperOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order at the venue. `is_triggered` says of a stop that its price was reached."""

    order_id: UUID
    account_id: AccountId
    client_order_id: str
    symbol: str
    side: Side
    quantity: Decimal
    order_type: OrderType
    limit_price: Decimal | None
    stop_price: Decimal | None
    time_in_force: TimeInForce
    reduce_only: bool
    expires_at: datetime | None
    is_triggered: bool = False
    state: OrderState = OrderState.ACCEPTED
    filled_quantity: Decimal = _ZERO
    filled_notional: Decimal = _ZERO
    fill_count: int = 0
    reason: str | None = None

    @property
    def remaining(self) -> Decimal:
        """What is still to be filled."""
        return self.quantity - self.filled_quantity

    @property
    def is_working(self) -> bool:
        """Whether the order may still be filled."""
        return self.state in WORKING

    @property
    def is_waiting(self) -> bool:
        """Whether it is a stop that has not been triggered."""
        is_stop = self.order_type in {OrderType.STOP, OrderType.STOP_LIMIT}
        return is_stop and not self.is_triggered


class PaperFill(msgspec.Struct, frozen=True, kw_only=True):
    """One execution; `n` counts the fills of its order."""

    order_id: UUID
    n: int
    account_id: AccountId
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_currency: str


class PaperAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account. Cash is the deposit less everything bought, plus everything sold, less fees."""

    account_id: AccountId
    options: PaperOptions
    cash: Decimal


class HoldingRow(msgspec.Struct, frozen=True, kw_only=True):
    """A holding with its place. `updated_at` is filled in by whoever keeps the market."""

    account_id: AccountId
    symbol: str
    quantity: Decimal
    cost: Decimal
    updated_at: datetime = datetime.min.replace(tzinfo=UTC)


class PriceRow(msgspec.Struct, frozen=True, kw_only=True):
    """The last price of a symbol."""

    symbol: str
    price: Decimal


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What a command does, as finished rows: absolute values, and fills to be added."""

    orders: tuple[PaperOrder, ...] = ()
    fills: tuple[PaperFill, ...] = ()
    holdings: tuple[HoldingRow, ...] = ()
    accounts: tuple[PaperAccount, ...] = ()
    prices: tuple[PriceRow, ...] = ()


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A whole market as it is kept."""

    version: int
    accounts: tuple[PaperAccount, ...]
    prices: tuple[PriceRow, ...]
    holdings: tuple[HoldingRow, ...]
    orders: tuple[PaperOrder, ...]
