"""From the SDK's objects and events to what the house can compare. Pure; looks into them alone.

Quantities stay in the venue's units, lots or shares or contracts: `Lot` says which.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

import msgspec

from broker_adapters.shioaji.errors import UnreadableError
from broker_adapters.shioaji.labels import is_uncertain
from broker_adapters.shioaji.steps import LOT, exact, needed, whole
from bus.values import Side

if TYPE_CHECKING:
    from collections.abc import Mapping

_TAIPEI = timezone(timedelta(hours=8))
# The night session begins at 15:00 and belongs to the next day; nothing trades at 14:50.
_TO_MIDNIGHT = timedelta(hours=9, minutes=10)
OK = "00"
_MANY = Decimal(10)


class Lot(Enum):
    """What one of an order's quantity is."""

    COMMON = "Common"
    ODD = "IntradayOdd"
    CONTRACT = "contract"
    OTHER = "other"

    @property
    def size(self) -> int:
        """How many shares or contracts it is."""
        return LOT if self is Lot.COMMON else 1


class Status(Enum):
    """How far an order got, as far as was heard; a later one is never taken back."""

    PENDING = 0  # no acknowledgement: it may exist or not
    WORKING = 1
    CANCELLED = 2
    FAILED = 3
    FILLED = 4


class Deal(msgspec.Struct, frozen=True, kw_only=True):
    """One execution; `sequence` is the exchange's, and unique within its order."""

    sequence: str
    price: Decimal
    quantity: int
    at: datetime


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """An order as it was seen once.

    Attributes:
        tag: The custom field; `None` where what was seen never has it.
        cancelled: How much of it was taken back, in its units.
        filled: How much of it is filled, whether or not its deals were seen.
    """

    id: str
    code: str
    side: Side
    lot: Lot
    quantity: int
    price: Decimal
    price_type: str
    time_in_force: str
    status: Status
    created_at: datetime
    tag: str | None = None
    cancelled: int = 0
    filled: int = 0
    refusal: tuple[str, str] = ("", "")
    deals: tuple[Deal, ...] = ()


_WORDS = {
    "PendingSubmit": Status.PENDING,
    "PreSubmitted": Status.WORKING,
    "Submitted": Status.WORKING,
    "PartFilled": Status.WORKING,
    "Filled": Status.FILLED,
    "Cancelled": Status.CANCELLED,
    "Failed": Status.FAILED,
    "Inactive": Status.FAILED,
}
_SIDES = {"Buy": Side.BUY, "Sell": Side.SELL}


def word(value: object) -> str:
    """Return an enum's value or a text; empty where there is none."""
    read = getattr(value, "value", value)
    return "" if read is None else str(read)


def sight_of_trade(trade: Any) -> Sight:  # noqa: ANN401 - the SDK's `Trade`
    """Read a `Trade`.

    Raises:
        UnreadableError: It is not understood.
    """
    order, status = trade.order, trade.status
    told = word(status.msg)
    is_stock = word(order.account.account_type) == "S"
    return Sight(
        id=_identity(order.id),
        code=word(getattr(trade.contract, "target_code", None)) or word(trade.contract.code),
        side=_side(order.action),
        lot=_lot(word(order.order_lot)) if is_stock else Lot.CONTRACT,
        quantity=whole(order.quantity, "quantity"),
        price=exact(order.price) or Decimal(0),
        price_type=word(order.price_type),
        time_in_force=word(order.time_in_force),
        status=_status(word(status.status), told),
        created_at=_instant(status.order_datetime),
        tag=word(order.custom_field),
        cancelled=int(exact(status.cancel_quantity) or 0),
        filled=int(exact(status.deal_quantity) or 0),
        refusal=(word(status.status_code), told),
        deals=tuple(_deal(each.seq, each.price, each.quantity, each.ts) for each in status.deals),
    )


def sight_of_order_event(event: Mapping[str, Any]) -> Sight | None:
    """Read an event of an order; `None` where it says nothing of how far the order got.

    Raises:
        UnreadableError: It is not understood.
    """
    operation, order, status = event["operation"], event["order"], event["status"]
    what = _operation(word(operation.get("op_type")), word(operation.get("op_code")))
    if what is None:
        return None
    contract = event["contract"]
    is_stock = word(order["account"].get("account_type")) == "S"
    return Sight(
        id=_identity(order.get("id")),
        code=word(contract.get("full_code")) or word(contract.get("code")),
        side=_side(order.get("action")),
        lot=_lot(word(order.get("order_lot"))) if is_stock else Lot.CONTRACT,
        quantity=whole(order.get("quantity"), "quantity"),
        price=exact(order.get("price")) or Decimal(0),
        price_type=word(order.get("price_type")),
        time_in_force=word(order.get("time_in_force") or order.get("order_type")),
        status=what,
        created_at=_at(status.get("exchange_ts")),
        tag=word(order.get("custom_field")) if is_stock else None,
        cancelled=int(exact(status.get("cancel_quantity")) or 0),
        refusal=(word(operation.get("op_code")), word(operation.get("op_msg"))),
    )


def deal_of_event(event: Mapping[str, Any]) -> tuple[str, Deal]:
    """Read an event of a deal; returns the id of its order too.

    Raises:
        UnreadableError: It is not understood.
    """
    sequence, quantity = event.get("exchange_seq"), event.get("quantity")
    deal = _deal(sequence, event.get("price"), quantity, event.get("ts"))
    return _identity(event.get("trade_id")), deal


def trading_day(at: datetime) -> str:
    """Return the day that an instant trades for, as `20260302`; a night belongs to the next."""
    return (at.astimezone(_TAIPEI) + _TO_MIDNIGHT).strftime("%Y%m%d")


def _operation(kind: str, code: str) -> Status | None:
    if kind == "New":
        return Status.WORKING if code == OK else Status.FAILED
    if kind == "Cancel" and code == OK:
        return Status.CANCELLED
    return Status.FAILED if kind == "Reject" else None


def _status(told: str, message: str) -> Status:
    """Return how far it got; a word that nobody knows, or a doubtful failure, says nothing."""
    status = _WORDS.get(told, Status.PENDING)
    if status is Status.FAILED and is_uncertain(message):
        return Status.PENDING
    return status


def _lot(told: str) -> Lot:
    return {"": Lot.COMMON, "Common": Lot.COMMON, "IntradayOdd": Lot.ODD}.get(told, Lot.OTHER)


def _deal(sequence: object, price: object, quantity: object, at: object) -> Deal:
    return Deal(
        sequence=_identity(sequence),
        price=needed(price, "price"),
        quantity=whole(quantity, "quantity"),
        at=_at(at),
    )


def _side(told: object) -> Side:
    side = _SIDES.get(word(told))
    if side is None:
        raise UnreadableError("no `action`")
    return side


def _identity(told: object) -> str:
    read = word(told)
    if not read:
        raise UnreadableError("no id")
    return read


def _at(told: object) -> datetime:
    read = exact(told)
    if read is None or read < _MANY:
        raise UnreadableError("no time")
    try:
        return datetime.fromtimestamp(float(read), UTC)
    except (OverflowError, OSError, ValueError):
        raise UnreadableError("no time") from None


def _instant(told: object) -> datetime:
    if not isinstance(told, datetime):
        raise UnreadableError("no time of the order")
    return (told if told.tzinfo else told.replace(tzinfo=_TAIPEI)).astimezone(UTC)
