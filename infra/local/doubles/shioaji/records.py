"""Orders and deals of the ledger, and how the SDK would show them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from decimal import Decimal

    from infra.local.doubles.shioaji.contracts import Contract

WORKING = frozenset({"PendingSubmit", "PreSubmitted", "Submitted", "PartFilled"})


@dataclass(frozen=True)
class Deal:
    """One execution, in the units of its order."""

    seq: str
    price: Decimal
    quantity: int
    ts: float

    def shown(self) -> dict[str, Any]:
        """Return it as a trade shows it."""
        return {
            "seq": self.seq,
            "price": float(self.price),
            "quantity": self.quantity,
            "ts": self.ts,
        }


@dataclass
class VenueOrder:
    """An order as SinoPac has it; quantities in lots, or in shares of an odd lot.

    Attributes:
        is_shown: Whether lists show it yet.
    """

    id: str
    seqno: str
    ordno: str
    account: dict[str, Any]
    contract: Contract
    action: str
    price: Decimal
    quantity: int
    price_type: str
    time_in_force: str
    order_lot: str | None
    order_cond: str | None
    octype: str | None
    custom_field: str
    created_at: float
    shown_from: float
    status: str = "PendingSubmit"
    status_code: str = ""
    message: str = ""
    cancelled: int = 0
    deals: list[Deal] = field(default_factory=list[Deal])

    @property
    def unit(self) -> int:
        """What one of its quantity is in shares or contracts."""
        return self.contract.unit if self.order_lot in {None, "Common"} else 1

    @property
    def filled(self) -> int:
        """How much of it is filled."""
        return sum(deal.quantity for deal in self.deals)

    @property
    def left(self) -> int:
        """How much of it still works."""
        return self.quantity - self.filled - self.cancelled if self.is_working else 0

    @property
    def is_working(self) -> bool:
        """Whether more may come of it."""
        return self.status in WORKING

    @property
    def sign(self) -> int:
        """Return 1 of a purchase, -1 of a sale."""
        return 1 if self.action == "Buy" else -1

    def shown(self, *, keeps_tag: bool = True) -> dict[str, Any]:
        """Return it as a `Trade`."""
        return {
            "contract": self.contract.base(),
            "order": {
                "id": self.id,
                "seqno": self.seqno,
                "ordno": self.ordno,
                "action": self.action,
                "price": float(self.price),
                "quantity": self.quantity,
                "time_in_force": self.time_in_force,
                "price_type": self.price_type,
                "custom_field": self.custom_field if keeps_tag else "",
                "account": self.account,
                "daytrade_short": None,
                "order_cond": self.order_cond,
                "order_lot": self.order_lot,
                "octype": self.octype,
            },
            "status": {
                "id": self.id,
                "status": self.status,
                "status_code": self.status_code,
                "web_id": "4P",
                "order_ts": self.created_at,
                "msg": self.message,
                "modified_ts": None,
                "modified_price": 0.0,
                "order_quantity": self.quantity,
                "deal_quantity": self.filled,
                "cancel_quantity": self.cancelled,
                "deals": [deal.shown() for deal in self.deals],
            },
        }
