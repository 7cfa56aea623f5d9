"""What planning tests are made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bus.ids import uuid7
from bus.values import AccountId, Mode, StrategyId, UserId
from handlers.planning.intent import Intent, intent_of
from handlers.planning.planned import Planned, plan
from handlers.planning.quantities import Terms
from handlers.records.accounts import (
    Account,
    AccountState,
    Recognised,
    Strategy,
    StrategySettings,
    StrategyState,
)
from handlers.records.refusals import Refusal
from handlers.records.sizing_rules import DriftPolicy
from handlers.signals import Action, Position, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from handlers.records.symbols import SymbolOverride

NOW = datetime(2026, 11, 20, 9, 31, 17, 250_000, tzinfo=UTC)
RECEIVED_AT = NOW - timedelta(milliseconds=5)
USER = UserId(uuid7())


def a_signal(action: str = "buy", **fields: Any) -> Signal:
    """Make a signal; numbers and the position may be given as text."""
    for name in ("quantity", "position_size", "prev_position_size", "limit_price", "stop_price"):
        if fields.get(name) is not None:
            fields[name] = Decimal(fields[name])
    for name in ("position", "prev_position"):
        if fields.get(name) is not None:
            fields[name] = Position(fields[name])
    fields.setdefault("ticker", "BTCUSDT")
    return Signal(action=Action(action), **fields)


def an_account(
    name: str = "Demo",
    *,
    broker: str = "paper",
    mode: Mode = Mode.PAPER,
    state: AccountState = AccountState.ENABLED,
    multiplier: str = "1",
) -> Account:
    return Account(
        id=AccountId(uuid7()),
        user_id=USER,
        name=name,
        broker=broker,
        mode=mode,
        state=state,
        multiplier=Decimal(multiplier),
    )


def recognised(
    *accounts: Account,
    mode: Mode = Mode.LIVE,
    default_quantity: str | None = None,
    dedupe_window_s: int = 30,
    settings: StrategySettings | None = None,
    overrides: tuple[SymbolOverride, ...] = (),
) -> Recognised:
    chosen = accounts or (an_account(),)
    strategy = Strategy(
        id=StrategyId(uuid7()),
        user_id=USER,
        name="Trend",
        state=StrategyState.ACTIVE,
        mode=mode,
        accounts=tuple(account.id for account in chosen),
        default_quantity=None if default_quantity is None else Decimal(default_quantity),
        dedupe_window_s=dedupe_window_s,
        settings=settings or StrategySettings(),
    )
    return Recognised(
        strategy=strategy, accounts=chosen, is_switch_engaged=False, overrides=overrides
    )


def counted_ids() -> Callable[[], UUID]:
    numbers = count(1)
    return lambda: UUID(int=next(numbers))


def planned(signal: Signal, whose: Recognised | None = None) -> Planned:
    found = plan(
        signal, whose or recognised(), now=NOW, received_at=RECEIVED_AT, new_id=counted_ids()
    )
    assert isinstance(found, Planned), found
    return found


def refused(signal: Signal, whose: Recognised | None = None) -> Refusal:
    found = plan(
        signal, whose or recognised(), now=NOW, received_at=RECEIVED_AT, new_id=counted_ids()
    )
    assert isinstance(found, Refusal), found
    return found


def terms(
    *,
    multiplier: str = "1",
    default_quantity: str | None = None,
    follows: bool = False,
    drift: DriftPolicy = DriftPolicy.BLOCK,
) -> Terms:
    return Terms(
        multiplier=Decimal(multiplier),
        default_quantity=None if default_quantity is None else Decimal(default_quantity),
        follows=follows,
        drift=drift,
    )


def intended(signal: Any, given: Terms | None = None) -> Intent:
    found = intent_of(signal, given or terms())
    assert isinstance(found, Intent), found
    return found


def refusal(signal: Any, given: Terms | None = None) -> tuple[str, str | None]:
    found = intent_of(signal, given or terms())
    assert isinstance(found, Refusal), found
    return found.code, found.field
