"""Recording alerts and manual orders in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from anyio.lowlevel import checkpoint
from typing_extensions import override

from handlers.errors import NotFoundError, RefusedError
from handlers.records.accounts import StrategyState
from handlers.records.alerts import (
    Duplicate,
    NewOrder,
    NewSignal,
    Recorded,
    RefusedAtRecord,
    SignalOutcome,
)
from handlers.records.audit import told
from handlers.records.views import SignalView
from handlers.store.base import SignalStore
from handlers.store.facts import order_facts
from handlers.store.memory.audit import tell
from handlers.store.memory.births import record_order, write_birth
from handlers.store.memory.cancels import cancel_or_want

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bus.values import OrderId, SignalId, UserId
    from handlers.records.audit import Deed
    from handlers.records.orders import Order
    from handlers.store.memory.tables import Tables


class MemorySignals(SignalStore):
    """Alerts and orders, as they come in."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @override
    async def record(self, signal: NewSignal) -> Recorded | Duplicate | RefusedAtRecord:
        await checkpoint()
        if signal.id in self._tables.signals:
            return self._duplicate_of(signal.id)
        if signal.outcome is not SignalOutcome.ACCEPTED:
            if not self._is_of_its_user(signal):
                raise NotFoundError
            is_rejected = signal.outcome is SignalOutcome.REJECTED
            first = self._first_of(signal) if is_rejected else None
            return self._written(signal) if first is None else self._repeated(signal, first)
        refusal = self._refusal(signal)
        if refusal == "unknown_token":
            return RefusedAtRecord(code=refusal)
        if refusal is not None:
            self._write_down(signal, SignalOutcome.REFUSED, code=refusal)
            return RefusedAtRecord(code=refusal)
        first = self._first_of(signal)
        if first is not None:
            return self._repeated(signal, first)
        self._take_key(signal)
        return msgspec.structs.replace(
            self._accept(signal), is_id_reused=self._is_id_reused(signal)
        )

    @override
    async def record_manual(
        self,
        user: UserId,
        order: NewOrder,
        *,
        key: str,
        body_hash: bytes,
        trace: tuple[str, str],
        deed: Deed | None = None,
    ) -> tuple[Order, bool] | None:
        await checkpoint()
        tables = self._tables
        if (user, key) in tables.answers:
            return None
        used = tables.idempotency.get((user, key))
        if used is not None:
            return (tables.orders[used[1]], False) if used[0] == body_hash else None
        account = tables.accounts.get(order.account_id)
        if account is None or account.user_id != user:
            raise NotFoundError
        if not tables.account_is_open(order.account_id):
            raise RefusedError("account_disabled")
        switch = tables.users[user].switch
        if switch.is_engaged and not (switch.allows_exits and order.reduce_only):
            raise RefusedError("kill_switch_active")
        recorded = record_order(tables, user, order, trace=trace)
        now = tables.clock.now()
        write_birth(tables, recorded, received_at=now, actor="user")
        tables.idempotency[user, key] = (body_hash, recorded.id)
        tell(tables, told(deed, user, f"order:{recorded.id}", after=order_facts(recorded)))
        return tables.orders[recorded.id], True

    @override
    async def mark_hinted(self, orders: Sequence[OrderId]) -> None:
        await checkpoint()
        now = self._tables.clock.now()
        for order in orders:
            hint = self._tables.outbox.get(order)
            if hint is not None:
                hint.hinted_at = now

    def _refusal(self, signal: NewSignal) -> str | None:
        """Check strategy, accounts and user against one another, then what the cache missed."""
        tables = self._tables
        if not self._is_of_its_user(signal):
            return "unknown_token"
        strategy = tables.strategies[signal.strategy_id]
        named = [order.account_id for order in signal.orders]
        named += [cancel.account_id for cancel in signal.cancels]
        if not set(named) <= set(strategy.accounts):
            return "account_disabled"
        if strategy.state is StrategyState.PAUSED:
            return "strategy_paused"
        switch = tables.users[signal.user_id].switch
        is_exit = not signal.orders or any(order.reduce_only for order in signal.orders)
        is_cancel = bool(signal.cancels) and not signal.orders
        if switch.is_engaged and not (is_cancel or (switch.allows_exits and is_exit)):
            return "kill_switch_active"
        return None

    def _is_of_its_user(self, signal: NewSignal) -> bool:
        strategy = self._tables.strategies.get(signal.strategy_id)
        return strategy is not None and strategy.user_id == signal.user_id

    def _written(self, signal: NewSignal) -> Recorded:
        self._write_down(signal, signal.outcome, code=signal.code)
        return Recorded(signal_id=signal.id)

    def _repeated(self, signal: NewSignal, first: SignalId) -> Duplicate:
        self._write_down(signal, SignalOutcome.DUPLICATE, duplicate_of=first)
        return self._duplicate_of(first)

    def _first_of(self, signal: NewSignal) -> SignalId | None:
        """Return the accepted signal that this one repeats."""
        if signal.dedupe is None:
            return None
        tables, key = self._tables, (signal.strategy_id, signal.dedupe.hash)
        if signal.dedupe.window is None:
            return tables.dedupe_keys.get(key)
        known = tables.windows.get(key)
        is_recent = known and known[1] > tables.clock.now() - signal.dedupe.window
        return known[0] if known and is_recent else None

    def _take_key(self, signal: NewSignal) -> None:
        if signal.dedupe is None:
            return
        tables, key = self._tables, (signal.strategy_id, signal.dedupe.hash)
        if signal.dedupe.window is None:
            tables.dedupe_keys[key] = signal.id
        else:
            tables.windows[key] = (signal.id, tables.clock.now())

    def _is_id_reused(self, signal: NewSignal) -> bool:
        """Say whether an alert that came before had the same id, and other content."""
        tables, own = self._tables, _id_of(self._tables.signals[signal.id])
        return own is not None and any(
            known.strategy_id == signal.strategy_id
            and known.outcome is SignalOutcome.ACCEPTED
            and known.trace_id != signal.trace_id
            and tables.hashes.get(known.id) != tables.hashes.get(signal.id)
            and _id_of(known) == own
            for known in tables.signals.values()
        )

    def _duplicate_of(self, first: SignalId) -> Duplicate:
        ids = tuple(
            order.id
            for order in self._tables.orders.values()
            if order.signal_id == first and order.leg == 1
        )
        return Duplicate(signal_id=first, order_ids=ids)

    def _accept(self, signal: NewSignal) -> Recorded:
        tables = self._tables
        self._write_down(signal, SignalOutcome.ACCEPTED)
        tables.hashes[signal.id] = b"" if signal.dedupe is None else signal.dedupe.hash
        to_cancel = [
            found for cancel in signal.cancels for found in cancel_or_want(tables, signal, cancel)
        ]
        engaged = tables.users[signal.user_id].switch.is_engaged
        for asked in signal.orders:
            denied = self._denied_code(asked, is_switch_engaged=engaged)
            new = msgspec.structs.replace(asked, denied_code=denied)
            trace = (signal.trace_id, signal.traceparent)
            order = record_order(tables, signal.user_id, new, trace=trace, signal=signal)
            write_birth(tables, order, received_at=signal.received_at, actor="edge")
        return Recorded(signal_id=signal.id, to_cancel=tuple(to_cancel))

    def _denied_code(self, asked: NewOrder, *, is_switch_engaged: bool) -> str | None:
        if asked.denied_code is not None:
            return asked.denied_code
        if not self._tables.account_is_open(asked.account_id):
            return "account_disabled"
        return "kill_switch_active" if is_switch_engaged and not asked.reduce_only else None

    def _write_down(
        self,
        signal: NewSignal,
        outcome: SignalOutcome,
        *,
        code: str | None = None,
        duplicate_of: SignalId | None = None,
    ) -> None:
        tables = self._tables
        decoded: Any = None if signal.signal is None else msgspec.json.decode(signal.signal)
        tables.owners[signal.id] = signal.user_id
        tables.signals[signal.id] = SignalView(
            id=signal.id,
            strategy_id=signal.strategy_id,
            dialect=signal.dialect,
            outcome=outcome,
            code=code,
            duplicate_of=duplicate_of,
            signal=decoded,
            body=signal.body,
            orders=(),
            received_at=signal.received_at,
            trace_id=signal.trace_id,
        )
        if not (outcome is SignalOutcome.ACCEPTED and signal.orders):
            tables.enter(signal.user_id, "signal", signal.id)


def _id_of(signal: SignalView) -> str | None:
    return None if signal.signal is None else signal.signal.get("id")
