"""Gate's paths: from a checked request to an answer's status and shape."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from infra.local.doubles.gateio import shapes
from infra.local.doubles.gateio.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from infra.local.doubles.gateio.http import Incoming
    from infra.local.doubles.gateio.ledger import Ledger
    from infra.local.doubles.gateio.records import Order, Trade
    from infra.local.doubles.gateio.venue import GateVenue

Answer = tuple[int, Any]
_FUTURES = "/futures/usdt"
PREFIX = "/api/v4"


class Call:
    """One request of one account, taken apart."""

    def __init__(self, venue: GateVenue, key: str, request: Incoming) -> None:
        self.venue = venue
        self.key = key
        self.query = request.query
        self.as_text = request.headers.get("x-gate-size-decimal") == "1"
        self._request = request

    @property
    def body(self) -> dict[str, Any]:
        """The body, an object of JSON; raises `Refused`."""
        try:
            return msgspec.json.decode(self._request.body, type=dict[str, Any])
        except msgspec.DecodeError as error:
            raise Refused("INVALID_REQUEST_BODY") from error

    def check_expiry(self) -> None:
        """Refuse what came later than its sender wanted."""
        latest = self._request.headers.get("x-gate-exptime")
        if latest is not None and self.venue.clock.ms() > int(latest):
            raise Refused("REQUEST_EXPIRED", "request expired: x-gate-exptime has passed")


Route = Callable[..., Answer]


def answer(call: Call, method: str, path: str) -> Answer:
    """Return status and shape of an answer; raises `Refused`."""
    for wanted, pattern, route in _ROUTES:
        found = pattern.fullmatch(path)
        if found is not None and wanted == method:
            return route(call, **found.groupdict())
    raise Refused("NOT_FOUND", f"no {method} {path}")


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
    order = call.venue.spot.ledger.one(call.key, name, _pair(call))
    return 200, shapes.spot_order(order)


def cancel_spot(call: Call, name: str) -> Answer:
    """Cancel a spot order."""
    return 200, shapes.spot_order(call.venue.spot.cancel(call.key, name, _pair(call)))


def list_spot(call: Call) -> Answer:
    """List a pair's orders, open or finished, newest first."""
    pair = _pair(call)
    ledger = call.venue.spot.ledger
    orders = [order for order in _by_status(call, ledger) if order.pair == pair]
    return 200, [shapes.spot_order(order) for order in _page(call, _since(call, orders))]


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
    trades = _trades(call, call.venue.spot.ledger, pair="currency_pair", order="order_id")
    return 200, [shapes.spot_trade(trade) for trade in _page(call, trades)]


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
    return 200, shapes.positions(call.venue.perpetual, call.key, as_text=call.as_text)


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
    is_dual = call.query.get("dual_mode") == "true" or call.query.get("position_mode") == "dual"
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
    orders = _by_status(call, call.venue.perpetual.ledger)
    shown = [order for order in orders if wanted in {None, order.pair}]
    return 200, [shapes.futures_order(o, as_text=call.as_text) for o in _page(call, shown)]


def futures_trades(call: Call) -> Answer:
    """List executions, newest first."""
    call.venue.perpetual.account(call.key)
    trades = _trades(call, call.venue.perpetual.ledger, pair="contract", order="order")
    shown = _page(call, trades)
    return 200, [shapes.futures_trade(trade, as_text=call.as_text) for trade in shown]


def _pair(call: Call) -> str:
    pair = call.query.get("currency_pair")
    if pair is None:
        raise Refused("MISSING_REQUIRED_PARAM", "currency_pair is required")
    return call.venue.spot.pair(pair).name


def _by_status(call: Call, ledger: Ledger) -> Iterable[Order]:
    is_open = call.query.get("status") == "open"
    return (order for order in ledger.of(call.key) if order.is_open is is_open)


def _since(call: Call, orders: Iterable[Order]) -> list[Order]:
    start = int(call.query.get("from", "0"))
    return [order for order in orders if order.at.timestamp() >= start]


def _trades(call: Call, ledger: Ledger, *, pair: str, order: str) -> list[Trade]:
    start = int(call.query.get("from", "0"))
    wanted_pair, wanted_order = call.query.get(pair), call.query.get(order)
    found = [
        trade
        for each in ledger.of(call.key)
        if wanted_pair in {None, each.pair} and wanted_order in {None, str(each.id)}
        for trade in each.trades
        if trade.at.timestamp() >= start
    ]
    return sorted(found, key=lambda trade: trade.id, reverse=True)


def _page(call: Call, everything: Iterable[Any]) -> Sequence[Any]:
    limit = min(int(call.query.get("limit", "100")), 1000)
    skipped = int(call.query.get("offset", (int(call.query.get("page", "1")) - 1) * limit))
    return list(everything)[skipped : skipped + limit]


def _route(method: str, path: str, route: Route) -> tuple[str, re.Pattern[str], Route]:
    pattern = path.replace("{name}", r"(?P<name>[^/]+)")
    return method, re.compile(PREFIX + pattern), route


PUBLIC = re.compile(
    PREFIX + r"/(?:spot/(?:time|currency_pairs.*|tickers)|futures/usdt/contracts.*)"
)
_ROUTES = (
    _route("GET", "/spot/time", server_time),
    _route("GET", "/spot/currency_pairs", currency_pairs),
    _route("GET", "/spot/currency_pairs/{name}", currency_pair),
    _route("GET", "/spot/tickers", tickers),
    _route("GET", "/spot/accounts", spot_accounts),
    _route("POST", "/spot/orders", place_spot),
    _route("GET", "/spot/orders", list_spot),
    _route("DELETE", "/spot/orders", cancel_all_spot),
    _route("GET", "/spot/orders/{name}", one_spot),
    _route("DELETE", "/spot/orders/{name}", cancel_spot),
    _route("GET", "/spot/open_orders", open_spot),
    _route("GET", "/spot/my_trades", spot_trades),
    _route("GET", f"{_FUTURES}/contracts", contracts),
    _route("GET", f"{_FUTURES}/contracts/{{name}}", contract),
    _route("GET", f"{_FUTURES}/accounts", futures_account),
    _route("GET", f"{_FUTURES}/positions", positions),
    _route("GET", f"{_FUTURES}/positions/{{name}}", position),
    _route("POST", f"{_FUTURES}/positions/{{name}}/leverage", set_leverage),
    _route("POST", f"{_FUTURES}/dual_mode", set_mode),
    _route("POST", f"{_FUTURES}/set_position_mode", set_mode),
    _route("POST", f"{_FUTURES}/orders", place_futures),
    _route("GET", f"{_FUTURES}/orders", list_futures),
    _route("GET", f"{_FUTURES}/orders/{{name}}", one_futures),
    _route("DELETE", f"{_FUTURES}/orders/{{name}}", cancel_futures),
    _route("GET", f"{_FUTURES}/my_trades", futures_trades),
)
