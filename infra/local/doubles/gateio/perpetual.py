"""The double's perpetuals, settled in USDT: contracts, margin, positions, orders and matching."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
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
from infra.local.doubles.gateio.positions import Position
from infra.local.doubles.gateio.records import Order
from infra.local.doubles.gateio.refusal import Refused

if TYPE_CHECKING:
    from infra.local.doubles.gateio.clock import VirtualClock

_KEPT_UNFILLED = timedelta(minutes=10)
_ZERO = Decimal(0)


@dataclass(slots=True, kw_only=True)
class Contract:
    """A contract's rules."""

    name: str
    unit: Decimal = Decimal("0.0001")
    tick: Decimal = Decimal("0.1")
    most: Decimal = Decimal(1_000_000)
    deviate: Decimal = Decimal("0.5")
    in_delisting: bool = False
    book: Book = field(default_factory=Book)


@dataclass(slots=True)
class Margin:
    """One account's money and positions, by contract and side."""

    total: Decimal
    leverage: Decimal = Decimal(10)
    is_dual: bool = False
    positions: dict[tuple[str, str], Position] = field(
        default_factory=lambda: defaultdict[tuple[str, str], Position](Position)
    )


class PerpetualMarket:
    """Contracts and, by key, the accounts that money was ever moved to."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.ledger = Ledger(clock, kept_unfilled=_KEPT_UNFILLED, is_spot=False)
        self.contracts: dict[str, Contract] = {}
        self.accounts: dict[str, Margin] = {}
        self.fee_rate = _ZERO

    def contract(self, name: object) -> Contract:
        """Return a contract; raises `Refused`."""
        found = self.contracts.get(str(name))
        if found is None:
            raise Refused("CONTRACT_NOT_FOUND", f"No contract {name}")
        return found

    def account(self, key: str) -> Margin:
        """Return an account; raises `Refused` as Gate does before money was moved there."""
        found = self.accounts.get(key)
        if found is None:
            raise Refused("USER_NOT_FOUND", "please transfer funds first to create futures account")
        return found

    def place(self, key: str, body: dict[str, Any]) -> Order:
        """Take an order in and match it; raises `Refused`, and then nothing has changed."""
        account, contract = self.account(key), self.contract(body.get("contract"))
        order = self._order(key, body, contract)
        self._check(order, contract, account)
        check_book(order, contract.book, poc="ORDER_POC_IMMEDIATE", fok="ORDER_FOK")
        self.ledger.add(order)
        self._match(order, contract, at_limit=False)
        if order.is_open and order.tif in {"ioc", "fok"}:
            order.end("ioc", self._clock.now())
        return order

    def cancel(self, key: str, name: str) -> Order:
        """Stop working an order; raises `Refused`."""
        order = self.ledger.one(key, name, None)
        if not order.is_open:
            raise Refused("ORDER_FINISHED")
        order.end("cancelled", self._clock.now())
        return order

    def stand(self, name: str, price: Decimal, size: Decimal | None = None) -> None:
        """Let a contract's market stand at a price, and match what works, oldest first."""
        contract = self.contract(name)
        contract.book.stand(price, size)
        for order in self.ledger.all():
            if order.pair == name and order.is_open:
                self._match(order, contract, at_limit=True)

    def set_dual(self, key: str, *, is_dual: bool) -> None:
        """Keep long and short apart, or not; only without a position, as at Gate."""
        account = self.account(key)
        if any(position.size for position in account.positions.values()):
            raise Refused("POSITION_HOLDING")
        account.is_dual = is_dual

    def available(self, key: str) -> Decimal:
        """Return the money that opens something still."""
        account = self.account(key)
        used = _ZERO
        for (name, _), position in account.positions.items():
            used += abs(position.size) * position.entry * self.contracts[name].unit
        for order in self.ledger.all():
            if order.key == key and order.is_open and not order.reduce_only:
                used += order.left * (order.limit or _ZERO) * self.contracts[order.pair].unit
        return account.total - used / account.leverage

    def _order(self, key: str, body: dict[str, Any], contract: Contract) -> Order:
        account = self.account(key)
        size = decimal_of(body, "size")
        closes = body.get("close") is True or bool(body.get("reduce_only"))
        if not size:
            size = -self._closed_by(body, contract, account)
            closes = True
        price = decimal_of(body, "price")
        limit = price or None
        return Order(
            id=self.ledger.new_id(),
            key=key,
            text=text_of(body),
            pair=contract.name,
            buys=size > 0,
            size=abs(size),
            left=abs(size),
            limit=limit,
            tif=tif_of(body.get("tif"), is_market=limit is None),
            at=self._clock.now(),
            reduce_only=closes,
            side=_side(account, buys=size > 0, closes=closes),
        )

    def _closed_by(self, body: dict[str, Any], contract: Contract, account: Margin) -> Decimal:
        """Return the position that an order without a size closes."""
        side = {"close_long": "long", "close_short": "short"}.get(str(body.get("auto_size")), "net")
        size = account.positions[contract.name, side].size
        if not size:
            raise Refused("POSITION_EMPTY")
        return size

    def _check(self, order: Order, contract: Contract, account: Margin) -> None:
        check_precision(order.size, Decimal(1), "size")
        if order.size > contract.most:
            raise Refused("SIZE_TOO_LARGE")
        if contract.in_delisting and not order.reduce_only:
            raise Refused("CONTRACT_IN_DELISTING")
        last = contract.book.last
        if order.limit is not None:
            check_precision(order.limit, contract.tick, "price")
            if last and abs(order.limit - last) > last * contract.deviate:
                raise Refused("PRICE_TOO_DEVIATED")
        position = account.positions[contract.name, order.side].size
        against = -position if order.buys else position
        if order.reduce_only:
            if against <= 0:
                raise Refused("POSITION_EMPTY", "empty position")
            order.size = order.left = min(order.size, against)
            return
        opened = order.size - max(against, _ZERO)
        needed = opened * (order.limit or last) * contract.unit / account.leverage
        if opened > 0 and needed > self.available(order.key) + self._freed(order, contract):
            raise Refused("INSUFFICIENT_AVAILABLE")

    def _freed(self, order: Order, contract: Contract) -> Decimal:
        """Return the margin that closing the other side gives back."""
        account = self.account(order.key)
        position = account.positions[contract.name, order.side]
        is_against = position.size * (1 if order.buys else -1) < 0
        if not is_against:
            return _ZERO
        return abs(position.size) * position.entry * contract.unit / account.leverage

    def _match(self, order: Order, contract: Contract, *, at_limit: bool) -> None:
        """Fill what the book has; what waited in it is filled at its own price."""
        for level in contract.book.reachable(buys=order.buys, limit=order.limit):
            if not order.is_open:
                return
            price = order.limit if at_limit and order.limit is not None else level.price
            size = level.take(self._still(order))
            if size:
                self._fill(order, contract, size, price)

    def _still(self, order: Order) -> Decimal:
        """Return what may still be filled; an order that can only reduce ends with its position."""
        if not order.reduce_only:
            return order.left
        position = self.account(order.key).positions[order.pair, order.side].size
        against = max(-position if order.buys else position, _ZERO)
        if not against:
            order.end("reduce_only", self._clock.now())
        return min(order.left, against)

    def _fill(self, order: Order, contract: Contract, size: Decimal, price: Decimal) -> None:
        account = self.account(order.key)
        signed = size if order.buys else -size
        fee = size * price * contract.unit * self.fee_rate
        position = account.positions[contract.name, order.side]
        account.total += position.trade(signed, price, contract.unit) - fee
        self.ledger.fill(order, size, price, fee=fee)
        order.left -= size
        if not order.left:
            order.end("filled", self._clock.now())


def _side(account: Margin, *, buys: bool, closes: bool) -> str:
    """Return which position an order trades: in dual mode, what closes is the other one's."""
    if not account.is_dual:
        return "net"
    return "long" if buys is not closes else "short"
