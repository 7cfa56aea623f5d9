"""The double's spot market: pairs, balances, orders and their matching."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Any

from infra.local.doubles.gateio.book import Book
from infra.local.doubles.gateio.checks import (
    check_book,
    check_precision,
    decimal_of,
    text_of,
    tif_of,
)
from infra.local.doubles.gateio.ledger import Ledger
from infra.local.doubles.gateio.records import Order
from infra.local.doubles.gateio.refusal import Refused

if TYPE_CHECKING:
    from infra.local.doubles.gateio.clock import VirtualClock

_KEPT_UNFILLED = timedelta(minutes=1)
_ZERO = Decimal(0)


@dataclass(slots=True, kw_only=True)
class Pair:
    """A pair's rules."""

    name: str
    amount_precision: int = 6
    precision: int = 2
    min_base: Decimal = Decimal("0.0001")
    min_quote: Decimal = Decimal(3)
    status: str = "tradable"
    book: Book = field(default_factory=Book)

    @property
    def base(self) -> str:
        """The coin."""
        return self.name.split("_")[0]

    @property
    def quote(self) -> str:
        """The money."""
        return self.name.split("_")[1]


class SpotMarket:
    """Pairs and, by key, the coins of accounts.

    Attributes:
        fee_rate: Taken of what is bought, in coins, and of what is sold, in money.
    """

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.ledger = Ledger(clock, kept_unfilled=_KEPT_UNFILLED, is_spot=True)
        self.pairs: dict[str, Pair] = {}
        self.coins: dict[str, dict[str, Decimal]] = {}
        self.fee_rate = _ZERO

    def pair(self, name: object) -> Pair:
        """Return a pair; raises `Refused`."""
        found = self.pairs.get(str(name))
        if found is None:
            raise Refused("INVALID_CURRENCY_PAIR", f"Invalid currency pair {name}")
        return found

    def place(self, key: str, body: dict[str, Any]) -> Order:
        """Take an order in and match it; raises `Refused`, and then nothing has changed."""
        pair = self.pair(body.get("currency_pair"))
        order = self._order(key, body, pair)
        self._check(order, pair)
        check_book(order, pair.book, poc="POC_FILL_IMMEDIATELY", fok="FOK_NOT_FILL")
        self.ledger.add(order)
        self._match(order, pair, at_limit=False)
        if order.is_open and order.tif in {"ioc", "fok"}:
            order.end("ioc", self._clock.now())
        return order

    def cancel(self, key: str, name: str, pair: str | None) -> Order:
        """Stop working an order; raises `Refused`."""
        order = self.ledger.one(key, name, pair)
        if not order.is_open:
            label = "ORDER_CLOSED" if order.finish_as == "filled" else "ORDER_CANCELLED"
            raise Refused(label)
        order.end("cancelled", self._clock.now())
        return order

    def stand(self, name: str, price: Decimal, size: Decimal | None = None) -> None:
        """Let a pair's market stand at a price, and match what works there, oldest first."""
        pair = self.pair(name)
        pair.book.stand(price, size)
        for order in self.ledger.all():
            if order.pair == name and order.is_open:
                self._match(order, pair, at_limit=True)

    def available(self, key: str, currency: str) -> Decimal:
        """Return what is not locked."""
        return self.coins.get(key, {}).get(currency, _ZERO) - self.locked(key, currency)

    def locked(self, key: str, currency: str) -> Decimal:
        """Return what working orders hold back."""
        held = _ZERO
        for order in self.ledger.all():
            if order.key == key and order.is_open:
                pair = self.pairs[order.pair]
                if order.buys and currency == pair.quote:
                    held += order.left * (order.limit or 1)
                elif not order.buys and currency == pair.base:
                    held += order.left
        return held

    def _order(self, key: str, body: dict[str, Any], pair: Pair) -> Order:
        kind, side = body.get("type", "limit"), body.get("side")
        if kind not in {"limit", "market"} or side not in {"buy", "sell"}:
            raise Refused("INVALID_PARAM_VALUE", "Invalid type or side")
        is_market = kind == "market"
        amount = decimal_of(body, "amount")
        limit = None if is_market else decimal_of(body, "price")
        return Order(
            id=self.ledger.new_id(),
            key=key,
            text=text_of(body),
            pair=pair.name,
            buys=side == "buy",
            size=amount,
            left=amount,
            limit=limit,
            tif=tif_of(body.get("time_in_force"), is_market=is_market),
            at=self._clock.now(),
            in_money=is_market and side == "buy",
        )

    def _check(self, order: Order, pair: Pair) -> None:
        if pair.status != "tradable":
            raise Refused("TRADE_RESTRICTED", "This pair is not traded now")
        if order.limit is not None:
            if order.limit <= 0:
                raise Refused("INVALID_PARAM_VALUE", "Invalid price")
            check_precision(order.limit, Decimal(1).scaleb(-pair.precision), "price")
        if not order.in_money:
            check_precision(order.size, Decimal(1).scaleb(-pair.amount_precision), "amount")
        worth = order.size if order.in_money else order.size * (order.limit or pair.book.last)
        if (not order.in_money and order.size < pair.min_base) or worth < pair.min_quote:
            raise Refused("INVALID_PARAM_VALUE", "Your order size is too small")
        currency = pair.quote if order.buys else pair.base
        needed = order.size * (order.limit or 1) if order.buys else order.size
        if needed > self.available(order.key, currency):
            raise Refused("BALANCE_NOT_ENOUGH", f"Not enough {currency}")

    def _match(self, order: Order, pair: Pair, *, at_limit: bool) -> None:
        """Fill what the book has; what waited in it is filled at its own price."""
        for level in pair.book.reachable(buys=order.buys, limit=order.limit):
            if not order.is_open:
                return
            price = order.limit if at_limit and order.limit is not None else level.price
            wanted = _coins(order.left / price, pair) if order.in_money else order.left
            size = level.take(wanted)
            if size:
                self._fill(order, pair, size, price)

    def _fill(self, order: Order, pair: Pair, size: Decimal, price: Decimal) -> None:
        coins = self.coins.setdefault(order.key, {})
        sign = 1 if order.buys else -1
        fee = (size if order.buys else size * price) * self.fee_rate
        for currency, change in (
            (pair.base, sign * size),
            (pair.quote, -sign * size * price),
            (pair.base if order.buys else pair.quote, -fee),
        ):
            coins[currency] = coins.get(currency, _ZERO) + change
        self.ledger.fill(order, size, price, fee=fee)
        order.left -= size * price if order.in_money else size
        if order.left <= 0 or (order.in_money and not _coins(order.left / price, pair)):
            order.end("filled", self._clock.now())


def _coins(amount: Decimal, pair: Pair) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-pair.amount_precision), ROUND_FLOOR)
