"""What can be read of a venue: what is traded there, and what an account has."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec

from bus.values import Side


class Instrument(msgspec.Struct, frozen=True, kw_only=True):
    """What may be traded and in which steps. Quantities in units of the symbol.

    Attributes:
        currency: What its price is in; `None` where the account has one money only.
        quantity_step: The lot: quantities are whole numbers of it, rounded down.
        max_quantity: The most that one order may have; `None` where the venue sets no bound.
        multiplier: Money per unit and point of price: a quantity is worth quantity x price x this.
        price_floor: The day's least price; `None` where there is none, or where it moves with the
            market so that only the venue can tell.
        price_ceiling: The day's highest price, likewise.
        shorts: A position may be negative; one account may serve markets that differ in this.
        held_as: What a position in it is a position of, where other symbols may be too: a coin, the
            month that an alias leads to. `None` is the symbol itself.
        leads_to: The symbol of the contract that this one is a name of for a while, as `TXFR1` is
            of the near month's. `None` where it is always the same thing.
    """

    symbol: str
    quantity_step: Decimal
    price_tick: Decimal
    min_quantity: Decimal
    max_quantity: Decimal | None = None
    min_notional: Decimal = Decimal(0)
    multiplier: Decimal = Decimal(1)
    price_floor: Decimal | None = None
    price_ceiling: Decimal | None = None
    shorts: bool = True
    currency: str | None = None
    held_as: str | None = None
    leads_to: str | None = None


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """What is held: positive is long, negative short. A spot venue knows no average price.

    Attributes:
        held_as: As of its `Instrument`: positions of one are the same one under several names.
        locked: How much of it orders that rest have set aside; the venue sells it to nobody else.
    """

    symbol: str
    quantity: Decimal
    average_price: Decimal | None
    last_price: Decimal | None
    unrealised_pnl: Decimal
    updated_at: datetime
    held_as: str | None = None
    locked: Decimal = Decimal(0)


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """Money of one currency."""

    currency: str
    total: Decimal
    available: Decimal


class Working(msgspec.Struct, frozen=True, kw_only=True):
    """An order that works, by what it would still do.

    Attributes:
        left: What it would still trade if it filled; never negative.
    """

    symbol: str
    side: Side
    left: Decimal


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What an account holds and what works for it, all of one moment.

    Attributes:
        balances: Empty where nobody asked for the money.
    """

    positions: tuple[Position, ...]
    working: tuple[Working, ...]
    balances: tuple[Balance, ...] = ()
