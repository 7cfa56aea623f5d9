"""Gate's paths: which function answers which."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from infra.local.doubles.gateio import futures_routes, spot_routes
from infra.local.doubles.gateio.refusal import Refused

if TYPE_CHECKING:
    from infra.local.doubles.gateio.calls import Answer, Call

PREFIX = "/api/v4"
_FUTURES = "/futures/usdt"
Route = Callable[..., "Answer"]


def answer(call: Call, method: str, path: str) -> Answer:
    """Return status and shape of an answer; raises `Refused`."""
    for wanted, pattern, route in _ROUTES:
        found = pattern.fullmatch(path)
        if found is not None and wanted == method:
            return route(call, **found.groupdict())
    raise Refused("NOT_FOUND", f"no {method} {path}")


def _route(method: str, path: str, route: Route) -> tuple[str, re.Pattern[str], Route]:
    pattern = path.replace("{name}", r"(?P<name>[^/]+)")
    return method, re.compile(PREFIX + pattern), route


PUBLIC = re.compile(
    PREFIX + r"/(?:spot/(?:time|currency_pairs.*|tickers)|futures/usdt/contracts.*)"
)
_ROUTES = (
    _route("GET", "/spot/time", spot_routes.server_time),
    _route("GET", "/spot/currency_pairs", spot_routes.currency_pairs),
    _route("GET", "/spot/currency_pairs/{name}", spot_routes.currency_pair),
    _route("GET", "/spot/tickers", spot_routes.tickers),
    _route("GET", "/account/detail", spot_routes.account_detail),
    _route("GET", "/spot/accounts", spot_routes.spot_accounts),
    _route("POST", "/spot/orders", spot_routes.place_spot),
    _route("GET", "/spot/orders", spot_routes.list_spot),
    _route("DELETE", "/spot/orders", spot_routes.cancel_all_spot),
    _route("GET", "/spot/orders/{name}", spot_routes.one_spot),
    _route("DELETE", "/spot/orders/{name}", spot_routes.cancel_spot),
    _route("GET", "/spot/open_orders", spot_routes.open_spot),
    _route("GET", "/spot/my_trades", spot_routes.spot_trades),
    _route("GET", f"{_FUTURES}/contracts", futures_routes.contracts),
    _route("GET", f"{_FUTURES}/contracts/{{name}}", futures_routes.contract),
    _route("GET", f"{_FUTURES}/accounts", futures_routes.futures_account),
    _route("GET", f"{_FUTURES}/positions", futures_routes.positions),
    _route("GET", f"{_FUTURES}/positions/{{name}}", futures_routes.position),
    _route("POST", f"{_FUTURES}/positions/{{name}}/leverage", futures_routes.set_leverage),
    _route("POST", f"{_FUTURES}/dual_mode", futures_routes.set_mode),
    _route("POST", f"{_FUTURES}/set_position_mode", futures_routes.set_mode),
    _route("POST", f"{_FUTURES}/orders", futures_routes.place_futures),
    _route("GET", f"{_FUTURES}/orders", futures_routes.list_futures),
    _route("GET", f"{_FUTURES}/orders/{{name}}", futures_routes.one_futures),
    _route("DELETE", f"{_FUTURES}/orders/{{name}}", futures_routes.cancel_futures),
    _route("GET", f"{_FUTURES}/my_trades", futures_routes.futures_trades),
)
