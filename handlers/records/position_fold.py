"""What an account holds, folded from its fills. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from bus.values import Side
from handlers.records.lifecycle import plain
from handlers.records.views import PositionView

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bus.values import AccountId
    from handlers.records.views import FillView

_ZERO = Decimal(0)
_PRICE_STEP = Decimal("1e-12")


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
        before, after = self.quantity, self.quantity + change
        if before * change >= 0:
            self.cost += change * fill.price
        elif before * after <= 0:
            self.cost = after * fill.price
        else:
            self.cost = self.cost * after / before
        self.quantity = after
        self.last = fill
        if fill.traded_as is not None:
            self.names.add(fill.symbol)


def positions_of(fills: Iterable[FillView]) -> Sequence[PositionView]:
    """Return a position for every account and symbol that traded, the flat ones too.

    A symbol that is a name of several contracts has a position in each, under its own symbol.

    Args:
        fills: Oldest first; those before a position was last flat may be missing.
    """
    held: dict[tuple[AccountId, str], Holding] = {}
    for fill in fills:
        held.setdefault((fill.account_id, fill.held_as), Holding()).add(fill)
    return [_view(key, holding) for key, holding in sorted(held.items())]


def _view(key: tuple[AccountId, str], holding: Holding) -> PositionView:
    last = holding.last
    if last is None:
        raise ValueError(key)
    is_flat = holding.quantity == 0
    average = None if is_flat else plain((holding.cost / holding.quantity).quantize(_PRICE_STEP))
    pnl = None if is_flat else plain(holding.quantity * last.price - holding.cost)
    return PositionView(
        account_id=key[0],
        symbol=key[1],
        quantity=holding.quantity,
        average_price=average,
        unrealised_pnl=pnl,
        updated_at=last.at,
        names=tuple(sorted(holding.names)),
    )
