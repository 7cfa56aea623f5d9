"""One order of ours from its one or two orders at the venue: the truth about both. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from broker_adapters.base import Fill, OrderReport, Reason
from broker_adapters.shioaji.labels import reason_of
from broker_adapters.shioaji.mapping import Status, trading_day
from bus.values import OrderState, Side

if TYPE_CHECKING:
    from datetime import datetime

    from broker_adapters.shioaji.book import Entry

JOINT = "+"
_CURRENCY = "TWD"
_ZERO = Decimal(0)


class Whose(msgspec.Struct, frozen=True, kw_only=True):
    """The order that a report is about, in our words."""

    client_order_id: str
    symbol: str
    side: Side
    quantity: Decimal


def report_of(
    whose: Whose, entries: tuple[Entry, ...], *, missing: int = 0, at: datetime
) -> OrderReport:
    """Return how an order of ours stands.

    Args:
        whose: The order.
        entries: Its orders at the venue, each seen; at least one.
        missing: How many more it should have and never will.
        at: Now.
    """
    fills = tuple(fill for entry in entries for fill in _fills(whose, entry))
    filled = sum((fill.quantity for fill in fills), _ZERO)
    value = sum((fill.quantity * fill.price for fill in fills), _ZERO)
    state = _state(entries, filled, whose.quantity, is_whole=not missing)
    return OrderReport(
        broker_order_id=JOINT.join(entry.id for entry in entries),
        client_order_id=whose.client_order_id,
        symbol=whose.symbol,
        side=whose.side,
        quantity=whose.quantity,
        state=state,
        filled_quantity=filled,
        average_price=value / filled if filled else None,
        at=at,
        fills=tuple(sorted(fills, key=lambda fill: (fill.at, fill.fill_key))),
        reason=_reason(entries, state),
    )


def is_pending(entries: tuple[Entry, ...]) -> bool:
    """Tell whether any part was taken to be sent and never acknowledged."""
    return any(entry.status is Status.PENDING and not entry.is_acknowledged for entry in entries)


def amount_of(entry: Entry) -> Decimal:
    """Return an order's quantity in shares or contracts."""
    return Decimal(entry.sight.quantity * entry.sight.lot.size)


def ids_of(broker_order_id: str | None) -> tuple[str, ...]:
    """Return the venue's ids in one of ours."""
    return tuple(broker_order_id.split(JOINT)) if broker_order_id else ()


def _state(
    entries: tuple[Entry, ...], filled: Decimal, quantity: Decimal, *, is_whole: bool
) -> OrderState:
    if filled >= quantity:
        return OrderState.FILLED
    if not all(entry.is_over for entry in entries):
        return OrderState.PARTIALLY_FILLED if filled else OrderState.ACCEPTED
    if is_whole and not filled and all(_is_refused(entry) for entry in entries):
        return OrderState.REJECTED
    is_immediate = all(entry.sight.time_in_force in {"IOC", "FOK"} for entry in entries)
    return OrderState.EXPIRED if is_immediate and is_whole else OrderState.CANCELLED


def _is_refused(entry: Entry) -> bool:
    """Refused before anybody took it; what fails later was an order that ended."""
    return entry.status is Status.FAILED and not entry.is_acknowledged


def _reason(entries: tuple[Entry, ...], state: OrderState) -> str | None:
    """Say why a part was refused; else why an immediate order ended."""
    failed = next((entry for entry in entries if entry.status is Status.FAILED), None)
    if failed is not None:
        return reason_of(*failed.refusal).value
    return Reason.NOT_FILLABLE.value if state is OrderState.EXPIRED else None


def _fills(whose: Whose, entry: Entry) -> list[Fill]:
    lot = entry.sight.lot
    return [
        Fill(
            fill_key=f"{trading_day(deal.at)}:{entry.id}:{deal.sequence}",
            broker_trade_id=deal.sequence,
            broker_order_id=entry.id,
            client_order_id=whose.client_order_id,
            symbol=whose.symbol,
            side=whose.side,
            quantity=Decimal(deal.quantity * lot.size),
            price=deal.price,
            fee=_ZERO,
            fee_currency=_CURRENCY,
            at=deal.at,
        )
        for deal in entry.deals.values()
    ]
