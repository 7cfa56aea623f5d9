"""What Gate's paths of the perpetuals answer."""

from __future__ import annotations

from infra.local.doubles.gateio import shapes
from infra.local.doubles.gateio.calls import (
    Answer,
    Call,
    by_status,
    page,
    trades_of,
)
from infra.local.doubles.gateio.refusal import Refused


def contracts(call: Call) -> Answer:
    """List the contracts."""
    rules = call.venue.perpetual.contracts.values()
    return 200, [shapes.contract(each, as_text=call.as_text) for each in rules]


def contract(call: Call, name: str) -> Answer:
    """Describe a contract."""
    return 200, shapes.contract(call.venue.perpetual.contract(name), as_text=call.as_text)


def futures_account(call: Call) -> Answer:
    """Tell the money of the perpetuals."""
    return 200, shapes.futures_account(call.venue.perpetual, call.key)


def positions(call: Call) -> Answer:
    """List the positions."""
    held = shapes.positions(call.venue.perpetual, call.key, as_text=call.as_text)
    return 200, page(call, held)


def position(call: Call, name: str) -> Answer:
    """Show a contract's position."""
    held = shapes.positions(call.venue.perpetual, call.key, as_text=call.as_text)
    found = next((each for each in held if each["contract"] == name), None)
    if found is None:
        raise Refused("POSITION_NOT_FOUND")
    return 200, found


def set_leverage(call: Call, name: str) -> Answer:
    """Set the account's leverage."""
    call.venue.perpetual.contract(name)
    account = call.venue.perpetual.account(call.key)
    account.leverage = type(account.leverage)(call.query.get("leverage", "10"))
    held = shapes.positions(call.venue.perpetual, call.key, as_text=call.as_text)
    empty = {"contract": name, "size": "0", "leverage": str(account.leverage), "mode": "single"}
    return 200, next((each for each in held if each["contract"] == name), empty)


def set_mode(call: Call) -> Answer:
    """Keep long and short apart, or not."""
    is_dual = "true" in call.query.get("dual_mode", "").lower() or (
        call.query.get("position_mode") == "dual"
    )
    call.venue.perpetual.set_dual(call.key, is_dual=is_dual)
    return futures_account(call)


def place_futures(call: Call) -> Answer:
    """Place an order for a perpetual."""
    call.check_expiry()
    order = call.venue.perpetual.place(call.key, call.body)
    return 201, shapes.futures_order(order, as_text=call.as_text)


def one_futures(call: Call, name: str) -> Answer:
    """Show an order for a perpetual."""
    order = call.venue.perpetual.ledger.one(call.key, name, None)
    return 200, shapes.futures_order(order, as_text=call.as_text)


def cancel_futures(call: Call, name: str) -> Answer:
    """Cancel an order for a perpetual."""
    order = call.venue.perpetual.cancel(call.key, name)
    return 200, shapes.futures_order(order, as_text=call.as_text)


def list_futures(call: Call) -> Answer:
    """List orders, open or finished, newest first."""
    call.venue.perpetual.account(call.key)
    wanted = call.query.get("contract")
    orders = by_status(call, call.venue.perpetual.ledger)
    shown = [order for order in orders if wanted in {None, order.pair}]
    return 200, [shapes.futures_order(o, as_text=call.as_text) for o in page(call, shown)]


def futures_trades(call: Call) -> Answer:
    """List executions, newest first."""
    call.venue.perpetual.account(call.key)
    trades = trades_of(call, call.venue.perpetual.ledger, pair="contract", order="order")
    shown = page(call, trades)
    return 200, [shapes.futures_trade(trade, as_text=call.as_text) for trade in shown]
