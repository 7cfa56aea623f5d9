"""Freezing an order behind another one, from what is known by then and without asking the venue.

Two kinds can be: a plain one, which trades just what it says; and one that enters the side which
the order before it traded, where nothing was held on the other. Each fill in between only adds to
what is held, so that such an order is the same whatever became of those before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from broker_adapters.base import Instrument
from bus.values import Side
from handlers.orders.freeze import needs_position
from handlers.orders.frozen import Frozen, frozen_against, price_of, refusal_of
from handlers.records.orders import Mark, Order
from handlers.records.sizing_rules import Enter, is_plain
from handlers.sizing.moves import Holding

if TYPE_CHECKING:
    from handlers.orders.desk import Desk
    from handlers.records.sizing_rules import SizingRule

# Who trades beside us is seen by the next reading: no reading serves longer.
_SERVES = 0.25


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """An order that was read, and what its venue says of its symbol."""

    order: Order
    instrument: Instrument
    marks: tuple[Mark, ...]


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What was held of a symbol before a chain of orders, all of one side since.

    Attributes:
        until: When it is too old, by this process's clock.
    """

    symbol: str
    side: Side
    holding: Holding
    until: float


def may_follow(rule: SizingRule) -> bool:
    """Say whether an order of this kind could be frozen behind another."""
    return is_plain(rule) or (isinstance(rule, Enter) and rule.expected is None)


def reading_of(order: Order, frozen: Frozen, *, read_at: float) -> Reading | None:
    """Return the reading that an order was frozen against, where others may go by it."""
    holding = frozen.seen.holding
    if holding.position is None or frozen.next_leg is not None or frozen.reduce_only:
        return None
    sign = 1 if frozen.side is Side.BUY else -1
    if holding.position * sign < 0 or holding.working * sign < 0:
        return None
    return Reading(symbol=order.symbol, side=frozen.side, holding=holding, until=read_at + _SERVES)


def freeze_behind(ready: Ready, reading: Reading | None, desk: Desk) -> Frozen | None:
    """Freeze an order behind another; `None` where it has to be read for, or is refused."""
    order, instrument = ready.order, ready.instrument
    able = desk.broker.capabilities
    if refusal_of(order, desk) is not None or not may_follow(order.sizing):
        return None
    holding = Holding(price=price_of(order))
    if needs_position(order, instrument, can_flip=able.flips_atomically):
        if reading is None or not _serves(reading, order, desk):
            return None
        holding = msgspec.structs.replace(reading.holding, price=price_of(order))
    frozen = frozen_against(order, instrument, holding, desk)
    if not isinstance(frozen, Frozen) or frozen.next_leg is not None or frozen.reduce_only:
        return None
    return frozen


def reading_after(reading: Reading | None, order: Order, frozen: Frozen) -> Reading | None:
    """Return the reading if it still serves after an order that follows."""
    if reading is None or order.symbol != reading.symbol or frozen.side is reading.side:
        return reading
    return None


def _serves(reading: Reading, order: Order, desk: Desk) -> bool:
    rule = order.sizing
    return (
        isinstance(rule, Enter)
        and order.symbol == reading.symbol
        and rule.side is reading.side
        and desk.clock.monotonic() < reading.until
    )
