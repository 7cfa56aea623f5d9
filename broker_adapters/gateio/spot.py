"""The spot market's words. Quantities are coins; a market purchase is the one exception.

Gate takes a market purchase in money, not in coins: the price may fall between reading it and the
purchase, and more would be bought than was asked for. So a purchase at the market is sent as a
limit order that does not rest, a little above the best offer: exactly the coins, or fewer.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from broker_adapters.base import Fill, Instrument, Reason, Rejected
from broker_adapters.gateio import wire
from broker_adapters.gateio.dialect import (
    PAGE,
    Asked,
    Listing,
    Market,
    Placing,
    Query,
    readable,
)
from broker_adapters.gateio.mapping import (
    VenueOrder,
    identity,
    needed,
    number,
    text_of,
)
from broker_adapters.gateio.spot_reading import fill_of, order_of
from broker_adapters.gateio.steps import is_pair, plain, too_small, whole_steps
from broker_adapters.gateio.steps import price as on_tick
from broker_adapters.gateio.venue_clock import milliseconds
from bus.values import OrderType, Side, TimeInForce

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

# How far above the best offer a purchase at the market may reach.
SLIPPAGE = Decimal("0.01")
_ONE = Decimal(1)
_order = wire.decoder(wire.SpotOrder)
_orders = wire.decoder(list[wire.SpotOrder])
_open = wire.decoder(list[wire.OpenSpotOrders])
_trades = wire.decoder(list[wire.SpotTrade])
_pair = wire.decoder(wire.CurrencyPair)
_pairs = wire.decoder(list[wire.CurrencyPair])


class Spot(Market):
    """The spot market."""

    market = "spot"
    orders_path = "/spot/orders"

    @override
    def pair_of(self, symbol: str) -> str | None:
        return symbol if is_pair(symbol) else None

    @override
    def symbol_of(self, pair: str) -> str:
        return pair

    @override
    def body(self, placing: Placing) -> dict[str, Any] | Rejected:
        request, listing = placing.request, placing.listing
        amount = whole_steps(request.quantity, listing.instrument.quantity_step)
        refusal = too_small(amount, listing.instrument)
        if refusal is not None:
            return refusal
        if placing.closes and request.side is Side.BUY:
            message = "Spot has no short positions that a purchase could reduce."
            return Rejected(reason=Reason.POSITION_RULE, message=message)
        common = {
            "text": text_of(request.client_order_id),
            "currency_pair": listing.pair,
            "side": request.side.value,
            "amount": plain(amount),
            "account": "spot",
        }
        if request.order_type is OrderType.MARKET and request.side is Side.SELL:
            return {**common, "type": "market", "time_in_force": _at_once(request.time_in_force)}
        price = _limit(placing)
        if isinstance(price, Rejected):
            return price
        is_market = request.order_type is OrderType.MARKET
        lasting = _at_once(request.time_in_force) if is_market else request.time_in_force.value
        return {**common, "type": "limit", "price": plain(price), "time_in_force": lasting}

    @override
    def about(self, pair: str) -> Query:
        return (("currency_pair", pair),)

    @override
    def listing_path(self, pair: str | None = None) -> str:
        return "/spot/currency_pairs" if pair is None else f"/spot/currency_pairs/{pair}"

    @override
    def listing(self, body: bytes) -> Listing:
        return self._listing(wire.decoded(body, _pair))

    @override
    def listings(self, body: bytes) -> Sequence[Listing]:
        return readable(self._listing, wire.decoded(body, _pairs))

    def _listing(self, read: wire.CurrencyPair) -> Listing:
        step = _ONE.scaleb(-int(needed(read.amount_precision, "amount_precision")))
        pair = identity(read.id)
        base, _, quote = pair.rpartition("_")
        instrument = Instrument(
            symbol=self.symbol_of(pair),
            quantity_step=step,
            price_tick=_ONE.scaleb(-int(needed(read.precision, "precision"))),
            min_quantity=max(number(read.min_base_amount) or step, step),
            max_quantity=number(read.max_base_amount) or None,
            min_notional=number(read.min_quote_amount) or Decimal(0),
            shorts=False,
            currency=quote,
            held_as=base,
        )
        return Listing(instrument=instrument, pair=pair, base=base, quote=quote)

    @override
    def open_orders(self, page: int) -> Asked:
        query = (("page", str(page + 1)), ("limit", str(PAGE)))
        return Asked(path="/spot/open_orders", query=query)

    @override
    def finished_orders(self, pair: str, since: datetime, page: int) -> Asked:
        query = (
            ("currency_pair", pair),
            ("status", "finished"),
            ("from", str(milliseconds(since) // 1000)),
            ("page", str(page + 1)),
            ("limit", str(PAGE)),
        )
        return Asked(path=self.orders_path, query=query)

    @override
    def trades(self, since: datetime, pair: str | None, page: int) -> Asked:
        query = (
            *(() if pair is None else self.about(pair)),
            ("from", str(milliseconds(since) // 1000)),
            ("page", str(page + 1)),
            ("limit", str(PAGE)),
        )
        return Asked(path="/spot/my_trades", query=query)

    @override
    def trades_of(self, pair: str, order_id: str, page: int) -> Asked:
        query = (
            ("currency_pair", pair),
            ("order_id", order_id),
            ("page", str(page + 1)),
            ("limit", str(PAGE)),
        )
        return Asked(path="/spot/my_trades", query=query)

    @override
    def pairs_in(self, body: bytes) -> frozenset[str]:
        return frozenset()

    @override
    def order(self, body: bytes, units: Mapping[str, Decimal]) -> VenueOrder:
        return order_of(wire.decoded(body, _order))

    @override
    def orders(self, body: bytes, units: Mapping[str, Decimal]) -> Sequence[VenueOrder]:
        if b'"orders"' in body:
            groups = wire.decoded(body, _open)
            return [order_of(order) for group in groups for order in group.orders]
        return [order_of(order) for order in wire.decoded(body, _orders)]

    @override
    def fills(self, body: bytes, units: Mapping[str, Decimal]) -> Sequence[Fill]:
        return [fill_of(trade) for trade in wire.decoded(body, _trades)]


def _limit(placing: Placing) -> Decimal | Rejected:
    """Return the price that an order may reach: never more aggressive than was asked for."""
    request, tick = placing.request, placing.listing.instrument.price_tick
    wanted = request.limit_price
    if request.order_type is OrderType.MARKET:
        best = placing.best_price or request.reference_price
        if best is None:
            message = "Gate tells no offer for this pair just now, and the alert has no price."
            return Rejected(reason=Reason.NO_PRICE, message=message)
        wanted = best * (1 + SLIPPAGE)
    price = on_tick(wanted, side=request.side, tick=tick)
    if isinstance(price, Rejected):
        return price
    return _too_cheap(placing, price) or price


def _too_cheap(placing: Placing, price: Decimal) -> Rejected | None:
    least, quantity = placing.listing.instrument.min_notional, placing.request.quantity
    if quantity * price >= least:
        return None
    message = f"{plain(quantity)} at {plain(price)} is worth less than the least, {plain(least)}."
    return Rejected(reason=Reason.PRECISION_OR_SIZE, message=message)


def _at_once(time_in_force: TimeInForce) -> str:
    """Return how long a market order lasts: Gate lets none rest."""
    return "fok" if time_in_force is TimeInForce.FOK else "ioc"
