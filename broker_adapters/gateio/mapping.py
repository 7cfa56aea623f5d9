"""From Gate's words to the house's, common to both markets: pure."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from broker_adapters.base import Fill, OrderReport, Reason
from broker_adapters.gateio.errors import UnreadableError
from bus.values import WORKING, OrderState, Side

TEXT_PREFIX = "t-"
PERPETUAL_SUFFIX = ".P"


class VenueOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order as Gate has it, in the house's units; its fills have to be asked for apart."""

    id: str
    client_order_id: str
    pair: str
    side: Side
    quantity: Decimal
    filled: Decimal
    average: Decimal | None
    state: OrderState
    created_at: datetime
    changed_at: datetime

    @property
    def is_working(self) -> bool:
        """Whether more may come of it."""
        return self.state in WORKING


def report_of(order: VenueOrder, symbol: str, fills: tuple[Fill, ...] = ()) -> OrderReport:
    """Return an order as the house is told of it."""
    is_unfillable = order.state is OrderState.EXPIRED
    return OrderReport(
        broker_order_id=order.id,
        client_order_id=order.client_order_id,
        symbol=symbol,
        side=order.side,
        quantity=order.quantity,
        state=order.state,
        filled_quantity=order.filled,
        average_price=order.average if order.filled else None,
        at=order.changed_at,
        fills=fills,
        reason=Reason.NOT_FILLABLE.value if is_unfillable else None,
    )


def working_state(filled: Decimal) -> OrderState:
    """Return the state of an order that still works."""
    return OrderState.PARTIALLY_FILLED if filled else OrderState.ACCEPTED


def text_of(client_order_id: str) -> str:
    """Return a client order id as Gate has it."""
    return TEXT_PREFIX + client_order_id


def client_order_id_of(text: object) -> str:
    """Return the client order id of an order; what Gate or the trader set stays as it is."""
    return word(text).removeprefix(TEXT_PREFIX)


def number(value: Any) -> Decimal | None:  # noqa: ANN401 - a field of unknown form
    """Read a number, however it is written; `None` where there is none."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        read = Decimal(value) if isinstance(value, str | int | Decimal) else None
    except InvalidOperation:
        return None
    return read if read is not None and read.is_finite() else None


def needed(value: Any, name: str) -> Decimal:  # noqa: ANN401 - a field of unknown form
    """Read a number that nothing can be said without.

    Raises:
        UnreadableError: There is none.
    """
    read = number(value)
    if read is None:
        msg = f"no `{name}`"
        raise UnreadableError(msg)
    return read


def word(value: Any) -> str:  # noqa: ANN401 - a field of unknown form
    """Read a text or an id; empty where there is none."""
    return "" if value is None else str(value)


def identity(value: Any, name: str = "id") -> str:  # noqa: ANN401 - a field of unknown form
    """Read an id that nothing can be said without.

    Raises:
        UnreadableError: There is none.
    """
    read = word(value)
    if not read:
        msg = f"no `{name}`"
        raise UnreadableError(msg)
    return read


def instant(*, ms: Any = None, seconds: Any = None) -> datetime | None:  # noqa: ANN401 - as above
    """Read an instant, from milliseconds where there are any."""
    read = number(ms)
    if read is not None and read > 0:
        return _at(read / 1000)
    read = number(seconds)
    return _at(read) if read is not None and read > 0 else None


def _at(seconds: Decimal) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(seconds), UTC)
    except (OverflowError, OSError, ValueError):
        return None
