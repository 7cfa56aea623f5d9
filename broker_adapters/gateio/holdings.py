"""Reads what an account has: coins and money of the spot market, positions of the perpetuals.

A coin is a position of the pair against USDT, and of each other pair that was asked for; money is
USDT and USDC. Money is a position too, but only of a pair that was asked for and trades it, as
USDC_USDT does: what is held there can be sold.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

import msgspec

from broker_adapters.base import Balance, Position
from broker_adapters.errors import AuthFailedError, BrokerUnavailableError
from broker_adapters.gateio import wire
from broker_adapters.gateio.dialect import PAGE
from broker_adapters.gateio.errors import RefusedError, UnreadableError
from broker_adapters.gateio.labels import NO_ACCOUNT
from broker_adapters.gateio.mapping import identity, needed, number, word
from broker_adapters.gateio.steps import coins

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_adapters.gateio.gateway import Gateway
    from broker_adapters.gateio.ladder import Ladder
    from broker_adapters.gateio.listings import Listings

MONEY = ("USDT", "USDC")
Money = dict[str, Balance]
_MOST_PAGES = 10
_ZERO = Decimal(0)
_T = TypeVar("_T")

_coins = wire.decoder(list[wire.SpotAccount])
_positions = wire.decoder(list[wire.FuturesPosition])
_account = wire.decoder(wire.FuturesAccount)
_detail = wire.decoder(wire.AccountDetail)


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A position of a contract as Gate keeps it: net, or one of two in dual mode."""

    pair: str
    quantity: Decimal
    entry_price: Decimal | None
    mark_price: Decimal | None
    unrealised_pnl: Decimal


class Holdings:
    """What one account has; all raise `BrokerUnavailableError` without a usable answer.

    Attributes:
        is_dual: Long and short positions of a contract are kept apart, as was read last.
    """

    def __init__(self, gateway: Gateway, spot: Listings, perpetual: Ladder) -> None:
        self._gateway = gateway
        self._spot = spot
        self._perpetual = perpetual
        self.is_dual = False

    async def perpetual_money(self) -> Money:
        """Return the perpetuals' money; none where none was ever moved there.

        The total counts what open positions have gained.
        """
        try:
            body = await self._gateway.read("/futures/usdt/accounts")
        except RefusedError as error:
            if error.label == NO_ACCOUNT:
                return {}
            raise
        read = _read(body, _account)
        self.is_dual = read.in_dual_mode is True
        total = (number(read.total) or _ZERO) + (number(read.unrealised_pnl) or _ZERO)
        available = number(read.available) or _ZERO
        return {"USDT": Balance(currency="USDT", total=total, available=available)}

    async def whose(self) -> str | None:
        """Return Gate's number of the account; `None` where the key may not read it.

        Source: `GET /account/detail`, `user_id`.
        """
        try:
            read = _read(await self._gateway.read("/account/detail"), _detail)
        except (RefusedError, AuthFailedError):
            return None
        return word(read.user_id) or None

    async def coins(self) -> Money:
        """Return what the spot account has."""
        read = _read(await self._gateway.read("/spot/accounts"), _coins)
        return {balance.currency: balance for balance in map(_balance, read)}

    async def sides(self) -> list[Held]:
        """Return the perpetuals' positions, each side apart."""
        read: list[wire.FuturesPosition] = []
        units: dict[str, Decimal] = {}
        for page in range(_MOST_PAGES):
            body = await self._page_of_positions(page)
            units |= await self._perpetual.units_in(body)
            positions = _read(body, _positions)
            read += positions
            if len(positions) < PAGE:
                break
        modes = {word(each.mode).partition("_")[0] for each in read}
        self.is_dual = "dual" in modes or (self.is_dual and "single" not in modes)
        try:
            return [_held(each, units) for each in read if number(each.size)]
        except UnreadableError as error:
            raise BrokerUnavailableError(str(error)) from error

    async def spot_positions(self) -> Sequence[Position]:
        """Return the coins as positions."""
        held = {
            currency: balance for currency, balance in (await self.coins()).items() if balance.total
        }
        asked = [
            (listing.base, listing.instrument.symbol)
            for listing in self._spot.known()
            if listing.quote != "USDT" or listing.base in MONEY
        ]
        coins = [(currency, f"{currency}_USDT") for currency in held if currency not in MONEY]
        symbols = [*coins, *asked]
        now = self._gateway.clock.ours()
        return [
            Position(
                symbol=symbol,
                quantity=held[currency].total,
                average_price=None,
                last_price=None,
                unrealised_pnl=_ZERO,
                updated_at=now,
                held_as=currency,
                locked=held[currency].total - held[currency].available,
            )
            for currency, symbol in symbols
            if currency in held
        ]

    async def perpetual_positions(self) -> Sequence[Position]:
        """Return the perpetuals' positions; both sides of a contract as one, netted."""
        netted: dict[str, list[Held]] = {}
        for side in await self.sides():
            netted.setdefault(side.pair, []).append(side)
        now = self._gateway.clock.ours()
        return [
            Position(
                symbol=self._perpetual.market.symbol_of(pair),
                quantity=sum((side.quantity for side in sides), _ZERO),
                average_price=sides[0].entry_price if len(sides) == 1 else None,
                last_price=sides[0].mark_price,
                unrealised_pnl=sum((side.unrealised_pnl for side in sides), _ZERO),
                updated_at=now,
            )
            for pair, sides in netted.items()
        ]

    async def _page_of_positions(self, page: int) -> bytes:
        query = (("holding", "true"), ("limit", str(PAGE)), ("offset", str(page * PAGE)))
        try:
            return await self._gateway.read("/futures/usdt/positions", query)
        except RefusedError as error:
            if error.label == NO_ACCOUNT:
                return b"[]"
            raise


def balances_of(*accounts: Money) -> Sequence[Balance]:
    """Return the money of several accounts together, by currency; coins are positions."""
    found: list[Balance] = []
    for currency in MONEY:
        parts = [account[currency] for account in accounts if currency in account]
        if parts:
            total = sum((part.total for part in parts), _ZERO)
            available = sum((part.available for part in parts), _ZERO)
            found.append(Balance(currency=currency, total=total, available=available))
    return found


def _balance(coin: wire.SpotAccount) -> Balance:
    available, locked = number(coin.available) or _ZERO, number(coin.locked) or _ZERO
    return Balance(currency=word(coin.currency), total=available + locked, available=available)


def _held(read: wire.FuturesPosition, units: dict[str, Decimal]) -> Held:
    pair = identity(read.contract, "contract")
    return Held(
        pair=pair,
        quantity=coins(needed(read.size, "size"), units[pair]),
        entry_price=number(read.entry_price),
        mark_price=number(read.mark_price),
        unrealised_pnl=number(read.unrealised_pnl) or _ZERO,
    )


def _read(body: bytes, by: msgspec.json.Decoder[_T]) -> _T:
    try:
        return wire.decoded(body, by)
    except UnreadableError as error:
        msg = f"Gate's answer is not understood: {error}"
        raise BrokerUnavailableError(msg) from error
