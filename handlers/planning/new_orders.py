"""One account's part of a plan, as it is recorded."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from bus.values import Mode, OrderId, Side, TimeInForce
from handlers.planning.client_ids import client_order_id
from handlers.planning.intent import Intent
from handlers.records.accounts import Account, AccountState
from handlers.records.alerts import NewOrder
from handlers.records.sizing_rules import Close, Direction, Enter, EquityShare, Fixed, Notional
from handlers.symbols import Chart, Mapped, UnknownSymbol, map_symbol, refusal_of

if TYPE_CHECKING:
    from decimal import Decimal

    from handlers.phrases import Phrase
    from handlers.records.accounts import Recognised, Strategy
    from handlers.records.sizing_rules import SizingRule
    from handlers.signals import Signal

_NOT_YET = OrderId(UUID(int=0))
_NEVER = datetime.min.replace(tzinfo=UTC)
_SIDE_TO_CLOSE = {Direction.LONG: Side.SELL, Direction.SHORT: Side.BUY}


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What one account is asked to do, and under which name and mode it does it.

    Attributes:
        mode: Paper where the account, the strategy or the alert says so.
    """

    account: Account
    intent: Intent
    symbol: Mapped | UnknownSymbol
    mode: Mode

    @property
    def denied_code(self) -> str | None:
        """Why the order is recorded as denied at once; `None` where it may be sent."""
        if self.account.state is AccountState.DISABLED:
            return "account_disabled"
        if self.mode is not self.account.mode:
            return "mode_mismatch"
        return "unknown_symbol" if isinstance(self.symbol, UnknownSymbol) else None


def part_of(signal: Signal, recognised: Recognised, account: Account, intent: Intent) -> Part:
    """Bring together what an account is asked to do."""
    return Part(
        account=account,
        intent=intent,
        symbol=map_symbol(chart_of(signal), account, recognised.overrides),
        mode=mode_of(signal, recognised.strategy, account),
    )


def chart_of(signal: Signal) -> Chart:
    """Return what an alert says is traded."""
    return Chart(ticker=signal.ticker, exchange=signal.exchange)


def mode_of(signal: Signal, strategy: Strategy, account: Account) -> Mode:
    """Return the most careful mode that anybody asks for."""
    asked = (signal.mode, strategy.mode, account.mode)
    return Mode.PAPER if Mode.PAPER in asked else Mode.LIVE


def draft_order(signal: Signal, part: Part) -> NewOrder:
    """Write the part down as an order that has no id yet, no end and no reference price."""
    rule = part.intent.rule
    side, quantity = _known(rule)
    symbol, why = part.symbol, why_unknown(signal, part)
    return NewOrder(
        id=_NOT_YET,
        account_id=part.account.id,
        mode=part.mode,
        symbol=signal.ticker if isinstance(symbol, UnknownSymbol) else symbol.symbol,
        sizing=rule,
        side=side,
        quantity=quantity,
        order_type=signal.order_type,
        limit_price=signal.limit_price,
        stop_price=signal.stop_price,
        time_in_force=signal.time_in_force or TimeInForce.GTC,
        reduce_only=part.intent.is_exit,
        expires_at=_NEVER,
        client_order_id="",
        denied_code=part.denied_code,
        error_message=None if why is None else str(why),
        mapping=None if isinstance(symbol, UnknownSymbol) else symbol.how,
    )


def new_order(draft: NewOrder, signal: Signal, *, order_id: UUID, expires_at: datetime) -> NewOrder:
    """Make an order of a draft, for an alert of the draft's shape."""
    return msgspec.structs.replace(
        draft,
        id=OrderId(order_id),
        reference_price=signal.price,
        expires_at=expires_at,
        client_order_id=client_order_id(OrderId(order_id)),
    )


def why_unknown(signal: Signal, part: Part) -> Phrase | None:
    """Say what may have been meant, where that is why the order is denied."""
    if not isinstance(part.symbol, UnknownSymbol) or part.denied_code != "unknown_symbol":
        return None
    return refusal_of([part.symbol], chart_of(signal), field="ticker").in_words


def _known(rule: SizingRule) -> tuple[Side | None, Decimal | None]:
    """Return what is known before the position is: the rest stays open until freeze."""
    match rule:
        case Fixed(side=side, quantity=quantity) | Enter(side=side, quantity=quantity):
            return side, quantity
        case Notional(side=side) | EquityShare(side=side):
            return side, None
        case Close(direction=direction, quantity=quantity):
            return _SIDE_TO_CLOSE.get(direction), quantity
        case _:
            return None, None
