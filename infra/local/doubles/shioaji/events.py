"""The events of orders and deals, in the shape in which the SDK hands them to a callback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from infra.local.doubles.shioaji.records import Deal, VenueOrder


def order_event(order: VenueOrder, event_id: str, *, op_type: str = "New") -> dict[str, Any]:
    """Return what is told when an order was taken, refused or cancelled."""
    is_stock = order.contract.security_type == "STK"
    own = {"order_cond": order.order_cond, "order_lot": order.order_lot}
    futures = {"market_type": "Day", "oc_type": order.octype, "subaccount": "", "combo": False}
    shown: dict[str, Any] = {
        "id": order.id,
        "seqno": order.seqno,
        "ordno": order.ordno,
        "account": order.account,
        "action": order.action,
        "price": float(order.price),
        "quantity": order.quantity,
        "time_in_force": order.time_in_force,
        "order_type": order.time_in_force,
        "price_type": order.price_type,
        **({**own, "custom_field": order.custom_field} if is_stock else futures),
    }
    return {
        "state": "SORDER" if is_stock else "FORDER",
        "event": {
            "event_id": event_id,
            "operation": {
                "op_type": op_type,
                "op_code": order.status_code or "00",
                "op_msg": order.message,
            },
            "order": shown,
            "status": {
                "id": order.id,
                "exchange_ts": order.created_at,
                "modified_price": 0.0,
                "cancel_quantity": order.cancelled,
                "order_quantity": order.quantity,
                "web_id": "4P",
            },
            "contract": _contract(order),
        },
    }


def deal_event(order: VenueOrder, deal: Deal, event_id: str) -> dict[str, Any]:
    """Return what is told of an execution; futures do not repeat the custom field."""
    is_stock = order.contract.security_type == "STK"
    told: dict[str, Any] = {
        "event_id": event_id,
        "trade_id": order.id,
        "seqno": order.seqno,
        "ordno": order.ordno,
        "exchange_seq": deal.seq,
        "broker_id": order.account["broker_id"],
        "account_id": order.account["account_id"],
        "action": order.action,
        "price": float(deal.price),
        "quantity": deal.quantity,
        "ts": deal.ts,
    }
    if is_stock:
        told |= {
            "code": order.contract.code,
            "order_cond": order.order_cond,
            "order_lot": order.order_lot,
            "web_id": "4P",
            "custom_field": order.custom_field,
        }
    else:
        told |= {
            "code": order.contract.root,
            "full_code": order.contract.code,
            "security_type": "FUT",
            "market_type": "Day",
            "combo": False,
        }
    return {"state": "SDEAL" if is_stock else "FDEAL", "event": told}


def _contract(order: VenueOrder) -> dict[str, Any]:
    contract = order.contract
    if contract.security_type == "STK":
        return {"security_type": "STK", "exchange": "TSE", "code": contract.code}
    return {
        "security_type": "FUT",
        "exchange": "TAIFEX",
        "code": contract.root,
        "full_code": contract.code,
    }
