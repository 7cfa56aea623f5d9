"""What an account holds, folded from its fills. Pure.

The record in PostgreSQL keeps the fold as fills come in, by the same rules and to the same digit
(`store/migrations/0251_held.sql`).
"""

from __future__ import annotations

from datetime import datetime
from decimal import Context, Decimal
from typing import TYPE_CHECKING

from bus.values import AccountId, Side
from handlers.records.base import Record
from handlers.records.lifecycle import plain
from handlers.records.views import PositionView

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from handlers.records.views import FillView

_ZERO = Decimal(0)
_STEP = Decimal("1e-12")
# What is divided is cut off after so many digits; all else is exact.
_SCALE = 20
_EXACT = Context(prec=200)


class Folded(Record, frozen=True, kw_only=True):
    """What is held after some fills.

    Attributes:
        held: Bought less sold.
        cost: What that was opened for; signed like it.
        last_price: Of the last fill, that of `last_at`.
        names: Under which it was traded, where these were not its own symbol.
        is_over: It is a contract that was settled on its last day.
    """

    account_id: AccountId
    symbol: str
    held: Decimal
    cost: Decimal
    last_price: Decimal
    last_at: datetime
    names: tuple[str, ...] = ()
    is_over: bool = False


class Holding:
    """A position while fills are added to it, oldest first."""

    __slots__ = ("cost", "last", "names", "quantity")

    def __init__(self) -> None:
        self.quantity = _ZERO
        self.cost = _ZERO
        self.last: FillView | None = None
        self.names: set[str] = set()

    def add(self, fill: FillView) -> None:
        """Add a fill: what opens adds cost, what closes takes its share of the cost away."""
        change = fill.quantity if fill.side is Side.BUY else -fill.quantity
        before, after = self.quantity, _EXACT.add(self.quantity, change)
        if before * change >= 0:
            self.cost = _EXACT.add(self.cost, _EXACT.multiply(change, fill.price))
        elif before * after <= 0:
            self.cost = _EXACT.multiply(after, fill.price)
        else:
            self.cost = _share(self.cost, after, before)
        self.quantity = after
        self.last = fill
        if fill.traded_as is not None:
            self.names.add(fill.symbol)


def positions_of(
    fills: Iterable[FillView], over: Container[tuple[AccountId, str]] = ()
) -> Sequence[PositionView]:
    """Return a position for every account and symbol that traded, the flat ones too.

    A symbol that is a name of several contracts has a position in each, under its own symbol.

    Args:
        fills: Oldest first.
        over: Contracts that were settled on their last day, by account.
    """
    held: dict[tuple[AccountId, str], Holding] = {}
    for fill in fills:
        held.setdefault((fill.account_id, fill.held_as), Holding()).add(fill)
    return [
        position_of(_folded(key, holding, is_over=key in over))
        for key, holding in sorted(held.items())
    ]


def position_of(folded: Folded) -> PositionView:
    """Return what is held as it is shown; something flat has no price and no gain."""
    average = pnl = None
    is_flat = folded.held == 0 or folded.is_over
    if not is_flat:
        average = plain(_EXACT.divide(folded.cost, folded.held).quantize(_STEP, context=_EXACT))
        worth = _EXACT.multiply(folded.held, folded.last_price)
        pnl = plain(_EXACT.subtract(worth, folded.cost).quantize(_STEP, context=_EXACT))
    return PositionView(
        account_id=folded.account_id,
        symbol=folded.symbol,
        quantity=_ZERO if is_flat else folded.held,
        average_price=average,
        unrealised_pnl=pnl,
        updated_at=folded.last_at,
        names=tuple(sorted(folded.names)),
        expired_quantity=folded.held if folded.held and folded.is_over else None,
    )


def _folded(key: tuple[AccountId, str], holding: Holding, *, is_over: bool) -> Folded:
    last = holding.last
    if last is None:
        raise ValueError(key)
    return Folded(
        account_id=key[0],
        symbol=key[1],
        held=holding.quantity,
        cost=holding.cost,
        last_price=last.price,
        last_at=last.at,
        names=tuple(holding.names),
        is_over=is_over,
    )


def _share(cost: Decimal, after: Decimal, before: Decimal) -> Decimal:
    scaled = _EXACT.multiply(cost, after).scaleb(_SCALE, context=_EXACT)
    return _EXACT.divide_int(scaled, before).scaleb(-_SCALE, context=_EXACT)
