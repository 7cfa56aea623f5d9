"""The double's answers, field by field as Gate writes them: text here, whole numbers there."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from infra.local.doubles.gateio.perpetual import Contract, Margin, PerpetualMarket
    from infra.local.doubles.gateio.positions import Position
    from infra.local.doubles.gateio.records import Order, Trade
    from infra.local.doubles.gateio.spot import Pair, SpotMarket

Shape = dict[str, Any]


def plain(number: Decimal) -> str:
    """Write a number as text, without an exponent."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def spot_order(order: Order) -> Shape:
    """Return a spot order."""
    status = {"open": "open", "filled": "closed"}.get(order.finish_as, "cancelled")
    changed = order.ended_at or order.at
    return {
        "id": str(order.id),
        "text": order.text,
        "amend_text": "-",
        "create_time": str(int(order.at.timestamp())),
        "update_time": str(int(changed.timestamp())),
        "create_time_ms": _ms(order.at),
        "update_time_ms": _ms(changed),
        "status": status,
        "currency_pair": order.pair,
        "type": "market" if order.limit is None else "limit",
        "account": "spot",
        "side": "buy" if order.buys else "sell",
        "amount": plain(order.size),
        "price": plain(order.limit or Decimal(0)),
        "time_in_force": order.tif,
        "iceberg": "0",
        "left": plain(order.left),
        "filled_amount": plain(order.filled),
        "fill_price": plain(order.paid),
        "filled_total": plain(order.paid),
        "avg_deal_price": plain(order.average) if order.trades else "",
        "fee": plain(sum((trade.fee for trade in order.trades), Decimal(0))),
        "fee_currency": order.pair.split("_")[0 if order.buys else 1],
        "finish_as": order.finish_as,
    }


def spot_trade(trade: Trade) -> Shape:
    """Return an execution of a spot order."""
    order = trade.order
    return {
        "id": str(trade.id),
        "create_time": str(int(trade.at.timestamp())),
        "create_time_ms": f"{trade.at.timestamp() * 1000:.6f}",
        "currency_pair": order.pair,
        "side": "buy" if order.buys else "sell",
        "role": "taker",
        "amount": plain(trade.size),
        "price": plain(trade.price),
        "order_id": str(order.id),
        "fee": plain(trade.fee),
        "fee_currency": order.pair.split("_")[0 if order.buys else 1],
        "point_fee": "0",
        "gt_fee": "0",
        "sequence_id": str(trade.id),
        "text": order.text,
    }


def currency_pair(pair: Pair) -> Shape:
    """Return a pair."""
    return {
        "id": pair.name,
        "base": pair.base,
        "quote": pair.quote,
        "fee": "0.2",
        "min_base_amount": plain(pair.min_base),
        "min_quote_amount": plain(pair.min_quote),
        "amount_precision": pair.amount_precision,
        "precision": pair.precision,
        "trade_status": pair.status,
        "sell_start": 0,
        "buy_start": 0,
    }


def ticker(pair: Pair) -> Shape:
    """Return a pair's best prices."""
    asks, bids = pair.book.asks, pair.book.bids
    return {
        "currency_pair": pair.name,
        "last": plain(pair.book.last),
        "lowest_ask": plain(asks[0].price) if asks else "",
        "highest_bid": plain(bids[0].price) if bids else "",
        "base_volume": "0",
        "quote_volume": "0",
    }


def spot_accounts(market: SpotMarket, key: str) -> list[Shape]:
    """Return an account's coins."""
    return [
        {
            "currency": currency,
            "available": plain(market.available(key, currency)),
            "locked": plain(market.locked(key, currency)),
            "update_id": 1,
        }
        for currency in sorted(market.coins.get(key, {}))
    ]


def _size(number: Decimal, *, as_text: bool) -> str | int:
    return plain(number) if as_text else int(number)


def futures_order(order: Order, *, as_text: bool) -> Shape:
    """Return an order for a perpetual."""
    sign = 1 if order.buys else -1
    shape: Shape = {
        "id": order.id,
        "user": 1,
        "contract": order.pair,
        "create_time": round(order.at.timestamp(), 3),
        "size": _size(sign * order.size, as_text=as_text),
        "iceberg": _size(Decimal(0), as_text=as_text),
        "left": _size(sign * order.left, as_text=as_text),
        "price": plain(order.limit or Decimal(0)),
        "fill_price": plain(order.average),
        "tif": order.tif,
        "text": order.text,
        "status": "open" if order.is_open else "finished",
        "is_close": False,
        "is_reduce_only": order.reduce_only,
        "is_liq": False,
        "tkfr": "0.0005",
        "mkfr": "0.0002",
    }
    if order.ended_at is not None:
        shape |= {"finish_as": order.finish_as, "finish_time": round(order.ended_at.timestamp(), 3)}
    return shape


def futures_trade(trade: Trade, *, as_text: bool) -> Shape:
    """Return an execution of a perpetual."""
    order = trade.order
    return {
        "id": trade.id,
        "create_time": round(trade.at.timestamp(), 6),
        "contract": order.pair,
        "order_id": str(order.id),
        "size": _size(trade.size if order.buys else -trade.size, as_text=as_text),
        "close_size": _size(Decimal(0), as_text=as_text),
        "price": plain(trade.price),
        "role": "taker",
        "text": order.text,
        "fee": plain(trade.fee),
        "point_fee": "0",
    }


def contract(rules: Contract, *, as_text: bool) -> Shape:
    """Return a contract."""
    last = plain(rules.book.last)
    return {
        "name": rules.name,
        "type": "direct",
        "quanto_multiplier": plain(rules.unit),
        "order_price_round": plain(rules.tick),
        "mark_price_round": plain(rules.tick),
        "order_size_min": _size(Decimal(1), as_text=as_text),
        "order_size_max": _size(rules.most, as_text=as_text),
        "order_price_deviate": plain(rules.deviate),
        "leverage_min": "1",
        "leverage_max": "100",
        "last_price": last,
        "mark_price": last,
        "index_price": last,
        "in_delisting": rules.in_delisting,
        "enable_decimal": False,
        "orders_limit": 100,
    }


def futures_account(market: PerpetualMarket, key: str) -> Shape:
    """Return an account of the perpetuals."""
    account = market.account(key)
    gained = sum((_gained(market, name, held) for (name, _), held in _held(account)), Decimal(0))
    return {
        "currency": "USDT",
        "total": plain(account.total),
        "unrealised_pnl": plain(gained),
        "available": plain(market.available(key)),
        "position_margin": "0",
        "order_margin": "0",
        "point": "0",
        "in_dual_mode": account.is_dual,
        "position_mode": "dual" if account.is_dual else "single",
    }


def positions(market: PerpetualMarket, key: str, *, as_text: bool) -> list[Shape]:
    """Return an account's positions."""
    account = market.account(key)
    return [
        {
            "user": 1,
            "contract": name,
            "size": _size(held.size, as_text=as_text),
            "leverage": plain(account.leverage),
            "entry_price": plain(held.entry),
            "mark_price": plain(market.contracts[name].book.last),
            "unrealised_pnl": plain(_gained(market, name, held)),
            "realised_pnl": "0",
            "mode": "single" if side == "net" else f"dual_{side}",
            "pending_orders": 0,
        }
        for (name, side), held in _held(account)
    ]


def _held(account: Margin) -> list[tuple[tuple[str, str], Position]]:
    return [(place, held) for place, held in sorted(account.positions.items()) if held.size]


def _gained(market: PerpetualMarket, name: str, held: Position) -> Decimal:
    rules = market.contracts[name]
    return held.size * rules.unit * (rules.book.last - held.entry)
