"""One request of one account, taken apart, and what all lists have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from infra.local.doubles.gateio.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from infra.local.doubles.gateio.http import Incoming
    from infra.local.doubles.gateio.ledger import Ledger
    from infra.local.doubles.gateio.records import Order, Trade
    from infra.local.doubles.gateio.venue import GateVenue

Answer = tuple[int, Any]


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


def pair_of(call: Call) -> str:
    """Return the pair that must be named."""
    pair = call.query.get("currency_pair")
    if pair is None:
        raise Refused("MISSING_REQUIRED_PARAM", "currency_pair is required")
    return call.venue.spot.pair(pair).name


def by_status(call: Call, ledger: Ledger) -> Iterable[Order]:
    """Return the account's orders, open or finished."""
    is_open = call.query.get("status") == "open"
    if ledger.hides_finished and not is_open:
        return ()
    return (order for order in ledger.of(call.key) if order.is_open is is_open)


def since(call: Call, orders: Iterable[Order]) -> list[Order]:
    """Leave out what is older than was asked for."""
    start = int(call.query.get("from", "0"))
    return [order for order in orders if order.at.timestamp() >= start]


def trades_of(call: Call, ledger: Ledger, *, pair: str, order: str) -> list[Trade]:
    """Return executions, newest first; `pair` and `order` are the names of the filters."""
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


def page(call: Call, everything: Iterable[Any]) -> Sequence[Any]:
    """Return the page that was asked for, by number or by offset."""
    limit = min(int(call.query.get("limit", "100")), 1000)
    skipped = int(call.query.get("offset", (int(call.query.get("page", "1")) - 1) * limit))
    return list(everything)[skipped : skipped + limit]
