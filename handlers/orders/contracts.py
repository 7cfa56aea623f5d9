"""Which contract an order trades whose symbol is a name that leads from one to the next.

`TXFR2` leads to another month after each settlement, and what was bought under it stays where it
is. So what is held under a name is closed where it is held, before the name trades its new month;
nothing is added to it anywhere else, since no exit could close both at once.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from broker_adapters.base import Instrument
from bus.values import Side
from handlers.orders.frozen import Frozen, Refused
from handlers.phrases import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from broker_adapters.base import Position
    from handlers.orders.desk import Desk
    from handlers.records.orders import Order


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """What an order's symbol means now.

    Attributes:
        instrument: What is traded, by a symbol that stays.
        behind: How much the name holds of it, signed, where it leads to another one by now.
    """

    instrument: Instrument
    behind: Decimal | None = None

    def held(self, positions: Iterable[Position]) -> Decimal:
        """Return how much of what is shown counts: all of it, or what the name left behind."""
        symbol = self.instrument.symbol
        shown = sum((each.quantity for each in positions if each.symbol == symbol), Decimal(0))
        return shown if self.behind is None else _shared(shown, self.behind)

    def locked(self, positions: Iterable[Position]) -> Decimal:
        """Return how much of what is shown is set aside for orders that rest."""
        symbol = self.instrument.symbol
        return sum((each.locked for each in positions if each.symbol == symbol), Decimal(0))


async def contract_of(order: Order, desk: Desk) -> Contract:
    """Return the contract that an order is about.

    Raises:
        UnknownSymbolError: There is no such symbol.
        BrokerError: The venue gave no usable answer.
        StoreUnavailableError: The record is away.
    """
    instrument = await desk.broker.instrument(order.symbol)
    if instrument.leads_to is None:
        return Contract(instrument=instrument)
    left = await _left_behind(order, instrument.leads_to, desk)
    contract, behind = left or (instrument.leads_to, None)
    return Contract(instrument=await desk.broker.instrument(contract), behind=behind)


def only_closing(frozen: Frozen | Refused, order: Order, contract: Contract) -> Frozen | Refused:
    """Let an order only close a contract that its name has left behind; refuse what would add."""
    behind = contract.behind
    if behind is None or isinstance(frozen, Refused):
        return frozen
    side_to_close = Side.SELL if behind > 0 else Side.BUY
    if frozen.side is side_to_close and frozen.quantity <= abs(behind):
        return msgspec.structs.replace(frozen, reduce_only=True)
    message = phrase(
        "rolled_over",
        symbol=order.symbol,
        held=f"{behind:f}",
        contract=contract.instrument.symbol,
    )
    return Refused(code="position_rule", message=str(message), seen=frozen.seen)


async def _left_behind(order: Order, leads_to: str, desk: Desk) -> tuple[str, Decimal] | None:
    """Return a contract that the name led to before and still holds, by record and venue alike."""
    recorded = await desk.work.contracts(desk.lease, order.account_id, order.symbol)
    others = {name: quantity for name, quantity in recorded.items() if name != leads_to}
    if not others:
        return None
    shown = {each.held_as: each.quantity for each in await desk.broker.positions()}
    for name in sorted(others):
        behind = _shared(shown.get(name, Decimal(0)), others[name])
        if behind:
            return name, behind
    return None


def _shared(shown: Decimal, recorded: Decimal) -> Decimal:
    """Return what both say is held; none where they contradict one another."""
    if shown * recorded <= 0:
        return Decimal(0)
    return min(abs(shown), abs(recorded)).copy_sign(recorded)
