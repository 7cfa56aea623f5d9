"""What a person holds: shares, contracts, and dollars of both accounts."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from broker_adapters.base import Balance, Position
from broker_adapters.errors import BrokerUnavailableError
from broker_adapters.shioaji.errors import UnreadableError
from broker_adapters.shioaji.mapping import word
from broker_adapters.shioaji.steps import exact, needed, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_adapters.shioaji.contracts import Contracts
    from broker_adapters.shioaji.orders import Orders
    from broker_adapters.shioaji.port import Client

_READ_S = 10.0
_CURRENCY = "TWD"
_ZERO = Decimal(0)
_SHORT = "Sell"


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What is held of one code; negative where short."""

    code: str
    quantity: Decimal
    average: Decimal | None
    last: Decimal | None
    gain: Decimal


class Holdings:
    """One session's; all raise `BrokerUnavailableError` without a usable answer."""

    def __init__(self, orders: Orders, contracts: Contracts) -> None:
        self._orders = orders
        self._session = orders.session
        self._contracts = contracts

    async def positions(self) -> Sequence[Position]:
        """Return what is held, under each name by which it was asked for."""
        found: list[Position] = []
        for read in await self._held():
            found += [self._position(name, read) for name in self._contracts.names_of(read.code)]
        return tuple(found)

    async def balances(self) -> Sequence[Balance]:
        """Return the money of both accounts together; a simulation tells of none."""
        signed_in = self._session.signed_in
        stock = None if signed_in is None else signed_in.stock
        futures = None if signed_in is None else signed_in.futures

        def ask(client: Client) -> tuple[Decimal, Decimal]:
            total = available = _ZERO
            if stock is not None:
                total = available = exact(client.account_balance(stock).acc_balance) or _ZERO
            if futures is not None:
                margin = client.margin(futures)
                total += exact(margin.equity) or _ZERO
                available += exact(margin.available_margin) or _ZERO
            return total, available

        self._afford()
        total, available = await self._session.call(ask, patience=_READ_S)
        return (Balance(currency=_CURRENCY, total=total, available=available),)

    async def _held(self) -> list[Held]:
        signed_in = self._session.signed_in
        stock = None if signed_in is None else signed_in.stock
        futures = None if signed_in is None else signed_in.futures
        shares = self._session.sdk.Unit.Share

        def ask(client: Client) -> list[Any]:
            held: list[Any] = []
            if stock is not None:
                held += client.list_positions(stock, unit=shares)
            if futures is not None:
                held += client.list_positions(futures)
            return held

        self._afford()
        rows = await self._session.call(ask, patience=_READ_S)
        netted: dict[str, Held] = {}
        try:
            for row in rows:
                read = _read(row)
                known = netted.get(read.code)
                netted[read.code] = read if known is None else _together(known, read)
        except (UnreadableError, AttributeError) as error:
            msg = f"SinoPac's positions are not understood: {error}"
            raise BrokerUnavailableError(msg) from error
        return [each for each in netted.values() if each.quantity]

    def _position(self, name: str, held: Held) -> Position:
        return Position(
            symbol=name,
            quantity=held.quantity,
            average_price=held.average,
            last_price=held.last,
            unrealised_pnl=held.gain,
            updated_at=self._orders.clock.now(),
            held_as=held.code,
        )

    def _afford(self) -> None:
        if not self._orders.budget.may_ask(self._orders.clock.monotonic()):
            raise BrokerUnavailableError("the allowance of accounting questions is used up")


def _read(row: Any) -> Held:  # noqa: ANN401 - the SDK's own
    quantity = Decimal(whole(row.quantity, "quantity"))
    return Held(
        code=word(row.code),
        quantity=-quantity if word(row.direction) == _SHORT else quantity,
        average=needed(row.price, "price"),
        last=exact(row.last_price),
        gain=exact(row.pnl) or _ZERO,
    )


def _together(one: Held, other: Held) -> Held:
    """Return both as one: cash and margin of the same share, or two rows of one future."""
    average = one.average if one.average == other.average else None
    return Held(
        code=one.code,
        quantity=one.quantity + other.quantity,
        average=average,
        last=one.last,
        gain=one.gain + other.gain,
    )
