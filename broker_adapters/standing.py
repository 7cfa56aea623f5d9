"""What an account stands at in one moment, at a venue that tells it in several answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broker_adapters.readings import Standing, Working
from broker_adapters.together import together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_adapters.base import BrokerReads, OrderReport


async def read_standing(reads: BrokerReads, *, with_money: bool) -> Standing | None:
    """Read position and money between two looks at the working orders; `None` where those differ.

    Position and money are read at once, and each look is over before the next begins. Nothing that
    works can fill without changing the second look, so where both are the same the position is one
    of the time between, with just these orders working.
    """
    before = await reads.open_orders()
    asked = (reads.positions, reads.balances) if with_money else (reads.positions,)
    read: list[Any] = await together(*asked)
    if _amounts(await reads.open_orders()) != _amounts(before):
        return None
    return Standing(
        positions=tuple(read[0]),
        working=tuple(
            Working(symbol=each.symbol, side=each.side, left=each.quantity - each.filled_quantity)
            for each in before
        ),
        balances=tuple(read[1]) if with_money else (),
    )


def _amounts(orders: Sequence[OrderReport]) -> list[tuple[Any, ...]]:
    """Return all of the orders that could move what is held; when each was looked at is no part."""
    return [
        (each.broker_order_id, each.symbol, each.side, each.quantity, each.filled_quantity)
        for each in orders
    ]
