"""From a signal to what is recorded: one order an account, cancels, or the reason for neither.

Pure: the same signal, strategy, instants and ids give the same plan.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from bus.ids import uuid7
from bus.values import Mode
from handlers.phrases import Phrase, phrase
from handlers.planning.addressees import addressed
from handlers.planning.freshness import judge_age
from handlers.planning.intent import intent_of
from handlers.planning.new_orders import (
    chart_of,
    draft_order,
    mode_of,
    new_order,
    part_of,
    why_unknown,
)
from handlers.planning.placeable import refuse_unplaceable
from handlers.planning.quantities import Terms
from handlers.planning.summaries import summary_of
from handlers.records.accounts import Account, AccountState
from handlers.records.alerts import NewCancel, NewOrder
from handlers.records.refusals import Refusal
from handlers.signals import CANCELS, Action, QuantityType
from handlers.sizing.rounding import EXACT
from handlers.symbols import Mapped, UnknownSymbol, map_symbol, refusal_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from uuid import UUID

    from handlers.planning.new_orders import Part
    from handlers.records.accounts import Recognised, Strategy
    from handlers.signals import Shape, Signal


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """What a signal comes to.

    Attributes:
        summaries: What each order shall do, in plain English, in the order of `orders`.
        notes: What is to be said of each that is denied, in the same order.
    """

    orders: tuple[NewOrder, ...] = ()
    cancels: tuple[NewCancel, ...] = ()
    notes: tuple[Phrase | None, ...] = ()
    summaries: tuple[str, ...] = ()
    warnings: tuple[Phrase, ...] = ()


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What an alert comes to but for its ids and its times.

    Attributes:
        is_exit: None of the orders opens anything.
    """

    accounts: tuple[Account, ...]
    orders: tuple[NewOrder, ...] = ()
    notes: tuple[Phrase | None, ...] = ()
    summaries: tuple[str, ...] = ()
    warnings: tuple[Phrase, ...] = ()
    is_exit: bool = True


def plan(  # noqa: PLR0913 - what is planned, for whom, and when
    signal: Signal,
    recognised: Recognised,
    *,
    now: datetime,
    received_at: datetime,
    shape: Shape | None = None,
    new_id: Callable[[], UUID] = uuid7,
) -> Planned | Refusal:
    """Plan what a signal asks for.

    An order is a paper order where the account, the strategy or the alert says paper; nothing makes
    it live again. A paper order never touches a live venue: on a live account it is recorded as
    denied, `mode_mismatch`, and whoever executes orders must refuse it once more.

    Args:
        signal: What the alert means; a webhook that asks for paper replaces its `mode`.
        recognised: Whose alert it is.
        now: The instant that age is judged at.
        received_at: When its first byte was read.
        shape: The signal's, where it has one: what follows from that is remembered.
        new_id: Where the orders' ids come from.
    """
    draft = _draft(signal, recognised) if shape is None else _draft_of(shape, recognised)
    if isinstance(draft, Refusal):
        return draft
    if signal.action is Action.PING:
        return Planned()
    settings = recognised.strategy.settings
    fresh = judge_age(signal, settings, now=now, received_at=received_at, is_exit=draft.is_exit)
    if isinstance(fresh, Refusal):
        return fresh
    if signal.action in CANCELS:
        return _cancels(signal, recognised, draft.accounts)
    until = fresh.expires_at
    return Planned(
        orders=tuple(
            [new_order(each, signal, order_id=new_id(), expires_at=until) for each in draft.orders]
        ),
        notes=draft.notes,
        summaries=draft.summaries,
        warnings=draft.warnings,
    )


@lru_cache(maxsize=4096)
def _draft_of(shape: Shape, recognised: Recognised) -> Draft | Refusal:
    """Draft what all alerts of a shape come to; the draft sees nothing that they differ in."""
    return _draft(shape.signal, recognised)


def _draft(signal: Signal, recognised: Recognised) -> Draft | Refusal:
    accounts = addressed(signal, recognised.accounts)
    if isinstance(accounts, Refusal) or signal.action is Action.PING:
        return accounts if isinstance(accounts, Refusal) else Draft(accounts=accounts)
    parts = _parts(signal, recognised, accounts)
    if isinstance(parts, Refusal):
        return parts
    orders = tuple([draft_order(signal, part) for part in parts])
    return Draft(
        accounts=accounts,
        orders=orders,
        notes=tuple([why_unknown(signal, part) for part in parts]),
        summaries=tuple([str(summary_of(order)) for order in orders]),
        warnings=_warnings(signal, recognised.strategy, orders),
        is_exit=all(part.intent.is_exit for part in parts),
    )


def _parts(
    signal: Signal, recognised: Recognised, accounts: Sequence[Account]
) -> tuple[Part, ...] | Refusal:
    """Find what each account is asked to do; for cancels that is nothing."""
    if signal.action in CANCELS:
        return ()
    refusal = refuse_unplaceable(signal)
    if refusal is not None:
        return refusal
    parts: list[Part] = []
    for account in accounts:
        intent = intent_of(signal, _terms(recognised.strategy, account))
        if isinstance(intent, Refusal):
            return intent
        parts.append(part_of(signal, recognised, account, intent))
    return _unknown_to_all([part.symbol for part in parts], signal) or tuple(parts)


def _terms(strategy: Strategy, account: Account) -> Terms:
    return Terms(
        multiplier=account.multiplier,
        default_quantity=strategy.default_quantity,
        follows=strategy.settings.follows,
        drift=strategy.settings.drift,
    )


def _unknown_to_all(symbols: Sequence[Mapped | UnknownSymbol], signal: Signal) -> Refusal | None:
    unknown = [symbol for symbol in symbols if isinstance(symbol, UnknownSymbol)]
    if len(unknown) < len(symbols):
        return None
    return refusal_of(unknown, chart_of(signal), field="ticker")


def _cancels(
    signal: Signal, recognised: Recognised, accounts: Sequence[Account]
) -> Planned | Refusal:
    """Cancel what works: of the ticker, or everything.

    An alert that asks for paper cancels nothing live.
    """
    able = [
        account
        for account in accounts
        if account.state is AccountState.ENABLED
        and mode_of(signal, recognised.strategy, account) is account.mode
    ]
    if not able:
        return Refusal(code="mode_mismatch", message=phrase("paper_only"))
    if signal.action is Action.CANCEL_ALL:
        return _planned_cancels([(account, None) for account in able])
    chart = chart_of(signal)
    symbols = [map_symbol(chart, account, recognised.overrides) for account in able]
    found = [
        (account, symbol.symbol)
        for account, symbol in zip(able, symbols, strict=True)
        if not isinstance(symbol, UnknownSymbol)
    ]
    return _unknown_to_all(symbols, signal) or _planned_cancels(found)


def _planned_cancels(wanted: Sequence[tuple[Account, str | None]]) -> Planned:
    cancels = [NewCancel(account_id=account.id, symbol=symbol) for account, symbol in wanted]
    return Planned(cancels=tuple(cancels))


def _warnings(signal: Signal, strategy: Strategy, orders: Sequence[NewOrder]) -> tuple[Phrase, ...]:
    warnings = _cross_check(signal, strategy)
    if signal.mode is Mode.LIVE and any(order.mode is Mode.PAPER for order in orders):
        warnings += (phrase("stays_paper"),)
    return warnings + tuple([_crossing(order) for order in orders if _crosses(order)])


def _crosses(order: NewOrder) -> bool:
    return order.mapping is not None and order.mapping.crosses


def _crossing(order: NewOrder) -> Phrase:
    chart = "" if order.mapping is None else order.mapping.chart
    return phrase("crossing", chart=chart, symbol=order.symbol)


def _cross_check(signal: Signal, strategy: Strategy) -> tuple[Phrase, ...]:
    """Compare a quantity with the sizes that decide instead of it."""
    size, before, quantity = signal.position_size, signal.prev_position_size, signal.quantity
    if strategy.settings.follows or size is None or before is None or quantity is None:
        return ()
    traded = abs(EXACT.subtract(size, before))
    if signal.quantity_type is not QuantityType.FIXED_QUANTITY or quantity == traded:
        return ()
    return (phrase("sizes_decide", quantity=f"{quantity:f}", traded=f"{traded:f}"),)
