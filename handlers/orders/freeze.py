"""Fixing side, quantity and prices against the real position, just before the claim."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import anyio
import msgspec

from broker_adapters.errors import BrokerError, UnknownSymbolError
from bus.values import OrderType, Side
from handlers.asking.instrument_search import candidates, in_words
from handlers.orders.contracts import contract_of, only_closing
from handlers.orders.frozen import (
    Frozen,
    Refused,
    Seen,
    frozen_against,
    price_of,
    refusal_of,
    seen_of,
)
from handlers.records.sizing_rules import EquityShare, is_plain
from handlers.sizing.equity import equity_in
from handlers.sizing.same_bar import is_next
from handlers.sizing.sized import Holding

if TYPE_CHECKING:
    from broker_adapters.base import Instrument, Working
    from handlers.orders.contracts import Contract
    from handlers.orders.desk import Desk
    from handlers.records.orders import Order

_READ_DEADLINE = 5.0
_TRY_AGAIN = timedelta(seconds=1)
_MOVED = timedelta(milliseconds=50)
_FILLING = timedelta(milliseconds=500)
# A market order fills at once where its market is open; where it is not, nobody waits for it.
_FILLS_WITHIN = timedelta(seconds=5)


class NotNow(msgspec.Struct, frozen=True, kw_only=True):
    """The venue could not be asked, or another alert may go first; the order stays queued."""

    retry_after: timedelta


async def freeze(
    order: Order, desk: Desk, *, patience: timedelta = timedelta(0)
) -> Frozen | Refused | NotNow:
    """Decide what the order is, from the position as the venue has it now.

    `patience` is how long it may still wait where its alert starts from another position.
    """
    refusal = refusal_of(order, desk)
    if refusal is not None:
        return refusal
    try:
        with anyio.fail_after(_READ_DEADLINE):
            contract = await contract_of(order, desk)
            holding = await _holding(order, contract, desk)
    except UnknownSymbolError:
        return await _unknown(order, desk)
    except (BrokerError, TimeoutError):
        return NotNow(retry_after=_TRY_AGAIN)
    pause = _MOVED if holding is None else await _pause(order, holding, desk)
    if holding is None or pause:
        return NotNow(retry_after=pause)
    instrument = contract.instrument
    if patience and not is_next(order, holding, instrument.quantity_step):
        return NotNow(retry_after=patience)
    frozen = only_closing(frozen_against(order, instrument, holding, desk), order, contract)
    return _against(seen_of(holding, instrument), frozen)


async def _unknown(order: Order, desk: Desk) -> Refused:
    """Refuse a symbol that is not traded, and say what is: it is never replaced by another."""
    alike: tuple[Instrument, ...] = ()
    with anyio.move_on_after(_READ_DEADLINE):
        alike = await candidates(order.symbol, desk.broker)
    return Refused(code="unknown_symbol", message=in_words(order.symbol, alike))


async def _holding(order: Order, contract: Contract, desk: Desk) -> Holding | None:
    """Read what the rule needs to know; `None` where it moved while it was read."""
    broker, instrument = desk.broker, contract.instrument
    is_plainly_so = not needs_position(
        order, instrument, can_flip=broker.capabilities.flips_atomically
    )
    if is_plainly_so and contract.behind is None:
        return Holding(price=price_of(order))
    is_share = isinstance(order.sizing, EquityShare)
    standing = await broker.standing(with_money=is_share)
    if standing is None:
        return None
    symbol = instrument.symbol
    last = next((p.last_price for p in standing.positions if p.symbol == symbol), None)
    here = [working for working in standing.working if working.symbol == symbol]
    return Holding(
        position=contract.held(standing.positions),
        locked=contract.locked(standing.positions),
        working=sum((_left(working) for working in here), Decimal(0)),
        works_both_ways=len({working.side for working in here}) > 1,
        equity=equity_in(instrument, standing.balances) if is_share else None,
        price=price_of(order) or last,
    )


def _left(working: Working) -> Decimal:
    """Return what a working order would still add if it filled."""
    return working.left if working.side is Side.BUY else -working.left


async def _pause(order: Order, holding: Holding, desk: Desk) -> timedelta:
    """Wait while a market order that was just sent fills: the position is another one then."""
    if holding.working.is_zero():
        return timedelta(0)
    here, since = (order.account_id, order.symbol), desk.clock.now() - _FILLS_WITHIN
    for other in await desk.work.working(order.user_id):
        is_here = (other.account_id, other.symbol) == here
        is_new = other.send_started_at is not None and other.send_started_at > since
        if is_here and is_new and other.order_type is OrderType.MARKET:
            return _FILLING
    return timedelta(0)


def needs_position(order: Order, instrument: Instrument, *, can_flip: bool) -> bool:
    """Spare the plain order its reads: it is what most alerts are.

    Where no order can take a position through zero, even a plain one may have to become two.
    """
    may_sell_short = instrument.shorts or order.side is Side.BUY
    return order.reduce_only or not (is_plain(order.sizing) and can_flip and may_sell_short)


def _against(seen: Seen, frozen: Frozen | Refused) -> Frozen | Refused:
    """Have a refusal say too what it was judged by."""
    return msgspec.structs.replace(frozen, seen=seen) if isinstance(frozen, Refused) else frozen
