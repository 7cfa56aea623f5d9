"""What Gate's paths of the spot market answer."""

from __future__ import annotations

from typing import Any

from infra.local.doubles.gateio import shapes
from infra.local.doubles.gateio.calls import (
    Answer,
    Call,
    by_status,
    page,
    pair_of,
    since,
    trades_of,
)


def server_time(call: Call) -> Answer:
    """Tell the time."""
    return 200, {"server_time": call.venue.clock.ms()}


def currency_pairs(call: Call) -> Answer:
    """List the pairs."""
    return 200, [shapes.currency_pair(pair) for pair in call.venue.spot.pairs.values()]


def currency_pair(call: Call, name: str) -> Answer:
    """Describe a pair."""
    return 200, shapes.currency_pair(call.venue.spot.pair(name))


def tickers(call: Call) -> Answer:
    """Tell best prices."""
    name = call.query.get("currency_pair")
    pairs = call.venue.spot.pairs.values() if name is None else [call.venue.spot.pair(name)]
    return 200, [shapes.ticker(pair) for pair in pairs]


def account_detail(call: Call) -> Answer:
    """Tell whose key it is."""
    return 200, {"user_id": call.venue.users[call.key], "tier": 1, "key": {"mode": 1}}


def spot_accounts(call: Call) -> Answer:
    """List coins."""
    coins = shapes.spot_accounts(call.venue.spot, call.key)
    wanted = call.query.get("currency")
    return 200, [coin for coin in coins if wanted in {None, coin["currency"]}]


def place_spot(call: Call) -> Answer:
    """Place a spot order."""
    call.check_expiry()
    return 201, shapes.spot_order(call.venue.spot.place(call.key, call.body))


def one_spot(call: Call, name: str) -> Answer:
    """Show a spot order."""
    order = call.venue.spot.ledger.one(call.key, name, pair_of(call))
    return 200, shapes.spot_order(order)


def cancel_spot(call: Call, name: str) -> Answer:
    """Cancel a spot order."""
    return 200, shapes.spot_order(call.venue.spot.cancel(call.key, name, pair_of(call)))


def list_spot(call: Call) -> Answer:
    """List a pair's orders, open or finished, newest first."""
    pair = pair_of(call)
    ledger = call.venue.spot.ledger
    orders = [order for order in by_status(call, ledger) if order.pair == pair]
    return 200, [shapes.spot_order(order) for order in page(call, since(call, orders))]


def cancel_all_spot(call: Call) -> Answer:
    """Cancel everything that works, of a pair or of all."""
    wanted = call.query.get("currency_pair")
    spot = call.venue.spot
    names = [
        str(order.id)
        for order in spot.ledger.of(call.key)
        if order.is_open and wanted in {None, order.pair}
    ]
    return 200, [shapes.spot_order(spot.cancel(call.key, name, None)) for name in names]


def open_spot(call: Call) -> Answer:
    """List what works, by pair."""
    by_pair: dict[str, list[dict[str, Any]]] = {}
    for order in call.venue.spot.ledger.of(call.key):
        if order.is_open:
            by_pair.setdefault(order.pair, []).append(shapes.spot_order(order))
    if int(call.query.get("page", "1")) > 1:
        return 200, []
    return 200, [
        {"currency_pair": pair, "total": len(orders), "orders": orders}
        for pair, orders in by_pair.items()
    ]


def spot_trades(call: Call) -> Answer:
    """List executions, newest first."""
    trades = trades_of(call, call.venue.spot.ledger, pair="currency_pair", order="order_id")
    return 200, [shapes.spot_trade(trade) for trade in page(call, trades)]
