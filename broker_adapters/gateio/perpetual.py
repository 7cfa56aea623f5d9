"""The perpetuals' words, settled in USDT. Gate counts contracts, the house counts coins.

A contract is `quanto_multiplier` coins; sizes are signed, and only ever rounded down.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from broker_adapters.base import Fill, Instrument, Rejected
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
from broker_adapters.gateio.errors import UnreadableError
from broker_adapters.gateio.mapping import (
    PERPETUAL_SUFFIX,
    VenueOrder,
    client_order_id_of,
    identity,
    instant,
    needed,
    number,
    text_of,
    word,
    working_state,
)
from broker_adapters.gateio.steps import coins, is_pair, plain, too_small, whole_steps
from broker_adapters.gateio.steps import price as on_tick
from bus.values import OrderState, OrderType, Side, TimeInForce

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

_PATH = "/futures/usdt"
_AT_THE_MARKET = "0"
_UNFILLABLE = frozenset({"ioc", "fok", "poc"})

_order = wire.decoder(wire.FuturesOrder)
_orders = wire.decoder(list[wire.FuturesOrder])
_trades = wire.decoder(list[wire.FuturesTrade])
_contract = wire.decoder(wire.Contract)
_contracts = wire.decoder(list[wire.Contract])


class Perpetual(Market):
    """The perpetuals that are settled in USDT."""

    market = "perpetual"
    orders_path = f"{_PATH}/orders"

    @override
    def pair_of(self, symbol: str) -> str | None:
        pair = symbol.removesuffix(PERPETUAL_SUFFIX)
        return pair if pair != symbol and is_pair(pair) else None

    @override
    def symbol_of(self, pair: str) -> str:
        return pair + PERPETUAL_SUFFIX

    @override
    def body(self, placing: Placing) -> dict[str, Any] | Rejected:
        request, instrument = placing.request, placing.listing.instrument
        quantity = whole_steps(request.quantity, instrument.quantity_step)
        refusal = too_small(quantity, instrument)
        if refusal is not None:
            return refusal
        size = quantity / placing.listing.unit
        price, lasting = _AT_THE_MARKET, _at_once(request.time_in_force)
        if request.order_type is OrderType.LIMIT:
            wanted = on_tick(request.limit_price, side=request.side, tick=instrument.price_tick)
            if isinstance(wanted, Rejected):
                return wanted
            price, lasting = plain(wanted), request.time_in_force.value
        sign = "" if request.side is Side.BUY else "-"
        return {
            "text": text_of(request.client_order_id),
            "contract": placing.listing.pair,
            "size": sign + plain(size),
            "price": price,
            "tif": lasting,
            "reduce_only": placing.closes,
        }

    @override
    def about(self, pair: str) -> Query:
        return ()

    @override
    def listing_path(self, pair: str | None = None) -> str:
        return f"{_PATH}/contracts" if pair is None else f"{_PATH}/contracts/{pair}"

    @override
    def listing(self, body: bytes) -> Listing:
        return self._listing(wire.decoded(body, _contract))

    @override
    def listings(self, body: bytes) -> Sequence[Listing]:
        return readable(self._listing, wire.decoded(body, _contracts))

    def _listing(self, read: wire.Contract) -> Listing:
        pair, unit = identity(read.name, "name"), needed(read.quanto_multiplier, "multiplier")
        if unit <= 0:
            raise UnreadableError("a contract without a multiplier")
        least, most = number(read.order_size_min) or Decimal(1), number(read.order_size_max)
        step = min(least, Decimal(1)) if read.enable_decimal is True else Decimal(1)
        instrument = Instrument(
            symbol=self.symbol_of(pair),
            quantity_step=step * unit,
            price_tick=needed(read.order_price_round, "order_price_round"),
            min_quantity=max(least, step) * unit,
            max_quantity=most * unit if most else None,
            currency="USDT",
        )
        return Listing(instrument=instrument, pair=pair, unit=unit)

    @override
    def open_orders(self, page: int) -> Asked:
        query = (("status", "open"), ("limit", str(PAGE)), ("offset", str(page * PAGE)))
        return Asked(path=self.orders_path, query=query)

    @override
    def finished_orders(self, pair: str, since: datetime, page: int) -> Asked:
        query = (
            ("contract", pair),
            ("status", "finished"),
            ("limit", str(PAGE)),
            ("offset", str(page * PAGE)),
        )
        return Asked(path=self.orders_path, query=query)

    @override
    def trades(self, since: datetime, pair: str | None, page: int) -> Asked:
        named = () if pair is None else (("contract", pair),)
        query = (*named, ("limit", str(PAGE)), ("offset", str(page * PAGE)))
        return Asked(path=f"{_PATH}/my_trades", query=query)

    @override
    def trades_of(self, pair: str, order_id: str, page: int) -> Asked:
        query = (
            ("contract", pair),
            ("order", order_id),
            ("limit", str(PAGE)),
            ("offset", str(page * PAGE)),
        )
        return Asked(path=f"{_PATH}/my_trades", query=query)

    @override
    def pairs_in(self, body: bytes) -> frozenset[str]:
        listed = body if body.lstrip().startswith(b"[") else b"[" + body + b"]"
        return frozenset(word(each.contract) for each in wire.decoded(listed, _orders)) - {""}

    @override
    def order(self, body: bytes, units: Mapping[str, Decimal]) -> VenueOrder:
        return _venue_order(wire.decoded(body, _order), units)

    @override
    def orders(self, body: bytes, units: Mapping[str, Decimal]) -> Sequence[VenueOrder]:
        return [_venue_order(order, units) for order in wire.decoded(body, _orders)]

    @override
    def fills(self, body: bytes, units: Mapping[str, Decimal]) -> Sequence[Fill]:
        return [self._fill(trade, units) for trade in wire.decoded(body, _trades)]

    def _fill(self, trade: wire.FuturesTrade, units: Mapping[str, Decimal]) -> Fill:
        at = instant(seconds=trade.create_time)
        if at is None:
            raise UnreadableError("no `create_time`")
        trade_id, order_id = identity(trade.id), identity(trade.order_id, "order_id")
        pair, size = identity(trade.contract, "contract"), needed(trade.size, "size")
        return Fill(
            fill_key=f"{self.market}:{trade_id}:{order_id}",
            broker_trade_id=trade_id,
            broker_order_id=order_id,
            client_order_id=client_order_id_of(trade.text),
            symbol=self.symbol_of(pair),
            side=_side(size),
            quantity=coins(abs(size), _unit(pair, units)),
            price=needed(trade.price, "price"),
            fee=number(trade.fee) or Decimal(0),
            fee_currency="USDT",
            at=at,
        )


def _at_once(time_in_force: TimeInForce) -> str:
    """Return how long a market order lasts: Gate lets none rest."""
    return "fok" if time_in_force is TimeInForce.FOK else "ioc"


def _venue_order(order: wire.FuturesOrder, units: Mapping[str, Decimal]) -> VenueOrder:
    pair, size = identity(order.contract, "contract"), needed(order.size, "size")
    left = number(order.left)
    created = instant(seconds=order.create_time)
    if created is None:
        raise UnreadableError("no `create_time`")
    changed = instant(seconds=order.finish_time) or instant(seconds=order.update_time)
    unit = _unit(pair, units)
    filled = abs(size) - abs(size if left is None else left)
    return VenueOrder(
        id=identity(order.id),
        client_order_id=client_order_id_of(order.text),
        pair=pair,
        side=_side(size),
        quantity=coins(abs(size), unit),
        filled=coins(filled, unit),
        average=number(order.fill_price) or None,
        state=_state(order, filled, abs(size)),
        created_at=created,
        changed_at=changed or created,
    )


def _state(order: wire.FuturesOrder, filled: Decimal, size: Decimal) -> OrderState:
    """Return the state; a word that nobody knows yet leaves the order working, to be looked up."""
    finished = word(order.finish_as)
    if filled >= size > 0 or finished == "filled":
        return OrderState.FILLED
    if word(order.status) == "finished":
        return OrderState.EXPIRED if finished in _UNFILLABLE else OrderState.CANCELLED
    return working_state(filled)


def _side(size: Decimal) -> Side:
    return Side.SELL if size < 0 else Side.BUY


def _unit(pair: str, units: Mapping[str, Decimal]) -> Decimal:
    unit = units.get(pair)
    if unit is None:
        msg = f"no multiplier of {pair}"
        raise UnreadableError(msg)
    return unit
