"""What SinoPac and the exchanges refuse of an order, before they look at money."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.local.doubles.shioaji.contracts import Contract
    from infra.local.doubles.shioaji.records import VenueOrder

_LONGEST_TAG = 6
_MOST_LOTS = 499
_LADDER = (
    (Decimal(10), Decimal("0.01")),
    (Decimal(50), Decimal("0.05")),
    (Decimal(100), Decimal("0.1")),
    (Decimal(500), Decimal("0.5")),
    (Decimal(1000), Decimal(1)),
)


def form_refusal(order: VenueOrder) -> tuple[str, str] | None:
    """Return the code and words of what is wrong with an order's form; `None` if nothing is."""
    if order.quantity <= 0 or (order.order_lot == "Common" and order.quantity > _MOST_LOTS):
        return "88", "委託數量錯誤"
    if len(order.custom_field) > _LONGEST_TAG or not order.custom_field.isascii():
        return "88", "交易條件值有錯"
    is_futures = order.contract.security_type == "FUT"
    if is_futures and order.price_type == "MKT" and order.time_in_force == "ROD":
        return "9938", "市價單委託條件錯誤"
    if order.order_lot == "IntradayOdd":
        is_allowed = order.price_type == "LMT" and order.time_in_force == "ROD"
        if not is_allowed or order.quantity >= order.contract.unit:
            return "88", "交易條件值有錯"
    return None


def price_refusal(order: VenueOrder) -> tuple[str, str] | None:
    """Return what is wrong with a limit price; `None` if nothing is."""
    if order.price_type != "LMT":
        return None
    low, high = order.contract.limits
    if not low <= order.price <= high:
        return "88", "價格超過漲跌幅範圍"
    if order.price % tick_of(order.contract, order.price):
        return "88", "價格檔數錯誤"
    return None


def tick_of(contract: Contract, price: Decimal) -> Decimal:
    """Return the tick at a price."""
    if contract.security_type == "FUT":
        return contract.tick
    return next((tick for bound, tick in _LADDER if price < bound), Decimal(5))
