"""The client order id of an order that the record itself makes."""

from __future__ import annotations

from base64 import b32encode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bus.values import OrderId


def client_order_id_of(order: OrderId) -> str:
    """Return the order's id in 26 characters of a to z and 2 to 7, which every venue takes."""
    return b32encode(order.bytes).decode().rstrip("=").lower()
