"""Reads the spot market's orders and trades: pure."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from broker_adapters.base import Fill
from broker_adapters.gateio.errors import UnreadableError
from broker_adapters.gateio.mapping import (
    VenueOrder,
    client_order_id_of,
    identity,
    instant,
    needed,
    number,
    word,
    working_state,
)
from bus.values import OrderState, Side

if TYPE_CHECKING:
    from broker_adapters.gateio import wire

# What ends an order by the market's doing; all else was somebody's wish.
_UNFILLABLE = frozenset(
    {
        *("ioc", "fok", "poc", "depth_not_enough", "small"),
        *("trader_not_enough", "price_protect_cancelled"),
    }
)


def fill_of(trade: wire.SpotTrade) -> Fill:
    """Return an execution; raises `UnreadableError`."""
    at = instant(ms=trade.create_time_ms, seconds=trade.create_time)
    if at is None:
        raise UnreadableError("no `create_time`")
    trade_id, order_id = identity(trade.id), identity(trade.order_id, "order_id")
    fee, currency = _fee(trade)
    return Fill(
        fill_key=f"spot:{trade_id}:{order_id}",
        broker_trade_id=trade_id,
        broker_order_id=order_id,
        client_order_id=client_order_id_of(trade.text),
        symbol=identity(trade.currency_pair, "currency_pair"),
        side=_side(trade.side),
        quantity=needed(trade.amount, "amount"),
        price=needed(trade.price, "price"),
        fee=fee,
        fee_currency=currency,
        at=at,
    )


def order_of(order: wire.SpotOrder) -> VenueOrder:
    """Return an order; raises `UnreadableError`."""
    filled, quantity = _amounts(order)
    created = instant(ms=order.create_time_ms, seconds=order.create_time)
    if created is None:
        raise UnreadableError("no `create_time`")
    updated = instant(ms=order.update_time_ms, seconds=order.update_time)
    return VenueOrder(
        id=identity(order.id),
        client_order_id=client_order_id_of(order.text),
        pair=identity(order.currency_pair, "currency_pair"),
        side=_side(order.side),
        quantity=quantity,
        filled=filled,
        average=_average(order, filled),
        state=_state(order, filled, quantity),
        created_at=created,
        changed_at=updated or created,
    )


def _amounts(order: wire.SpotOrder) -> tuple[Decimal, Decimal]:
    """Return how many coins are filled, and how many were asked for."""
    amount, left = needed(order.amount, "amount"), number(order.left)
    filled = number(order.filled_amount)
    if _is_in_money(order):
        filled = filled if filled is not None else _bought(order)
        return filled, filled
    if filled is None:
        filled = amount - (amount if left is None else left)
    return filled, amount


def _bought(order: wire.SpotOrder) -> Decimal:
    """Return the coins of a purchase in money, from what was paid and the average price."""
    paid, average = number(order.filled_total) or Decimal(0), number(order.avg_deal_price)
    return paid / average if paid and average else Decimal(0)


def _is_in_money(order: wire.SpotOrder) -> bool:
    return word(order.type) == "market" and word(order.side) == Side.BUY.value


def _average(order: wire.SpotOrder, filled: Decimal) -> Decimal | None:
    average, paid = number(order.avg_deal_price), number(order.filled_total)
    if average:
        return average
    return paid / filled if paid and filled else None


def _state(order: wire.SpotOrder, filled: Decimal, quantity: Decimal) -> OrderState:
    """Return the state; a word that nobody knows yet leaves the order working, to be looked up."""
    status, finished = word(order.status), word(order.finish_as)
    if status == "closed" or (filled and filled >= quantity and not _is_in_money(order)):
        return OrderState.FILLED
    if status == "cancelled":
        return OrderState.EXPIRED if finished in _UNFILLABLE else OrderState.CANCELLED
    return working_state(filled)


def _side(value: object) -> Side:
    try:
        return Side(word(value))
    except ValueError as error:
        raise UnreadableError("no `side`") from error


def _fee(trade: wire.SpotTrade) -> tuple[Decimal, str]:
    """Return the fee in what it was paid in: the coin, Gate's own token, or points."""
    paid = (
        (number(trade.fee), word(trade.fee_currency)),
        (number(trade.gt_fee), "GT"),
        (number(trade.point_fee), "POINT"),
    )
    found = next(((fee, currency) for fee, currency in paid if fee), None)
    return found or (Decimal(0), word(trade.fee_currency))
