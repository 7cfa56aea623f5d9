"""Comparisons in memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from anyio.lowlevel import checkpoint
from typing_extensions import override

from bus.values import OrderState, Side
from handlers.records.accounts import AccountState
from handlers.records.audit import told
from handlers.records.comparison import (
    LATELY,
    MOST_ATTEMPTS,
    NEW_FOR,
    OVERLAP,
    RETRIED_AFTER,
    Comparison,
    DueComparison,
    Holdings,
    LatestComparison,
    Ledger,
    LedgerOrder,
    NotCompared,
    Traded,
    day_of,
    is_as_far_apart,
)
from handlers.records.lifecycle import FINAL, UNRESOLVED, plain
from handlers.records.position_fold import positions_of
from handlers.store.comparing import ComparisonStore
from handlers.store.facts import comparison_facts
from handlers.store.memory.audit import tell
from handlers.store.memory.leases import lease_runs
from handlers.store.memory.rows import Compared

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bus.values import AccountId, UserId
    from handlers.records.audit import Deed
    from handlers.records.orders import Lease, Order
    from handlers.records.views import FillView
    from handlers.store.memory.tables import Tables

_ZERO = Decimal(0)
_IN_DOUBT = UNRESOLVED | {OrderState.SENDING}


class MemoryComparisons(ComparisonStore):
    """One row an account and day."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @override
    async def due(self, *, limit: int) -> Sequence[DueComparison]:
        await checkpoint()
        now = self._tables.clock.now()
        wanted: list[tuple[datetime, AccountId]] = []
        for account in self._tables.accounts.values():
            day = day_of(account.id, account.broker, now)
            row = self._tables.comparisons.get((account.id, day))
            is_old = account.created_at is not None and account.created_at <= day - NEW_FOR
            is_open = account.state is AccountState.ENABLED and is_old
            if is_open and (row is None or _is_wanted_again(row, now)):
                wanted.append((day, account.id))
        given = [self._give(account, day) for day, account in sorted(wanted)[:limit]]
        return [each for each in given if each is not None]

    @override
    async def ledger(self, lease: Lease, account: AccountId) -> Ledger | None:
        await checkpoint()
        days = self._days(lease.user_id, account)
        if not days or not lease_runs(self._tables, lease):
            return None
        row = days[-1][1]
        if row.is_idle or row.done is not None:
            return None
        now = self._tables.clock.now()
        last = [each.done.at - OVERLAP for _, each in days if each.done is not None]
        since = max([now - LATELY, *last[-1:]])
        return Ledger(
            begins_at=days[-1][0],
            since=since,
            orders=tuple(
                LedgerOrder(
                    id=order.id,
                    client_order_id=order.client_order_id,
                    symbol=order.symbol,
                    state=order.state,
                    filled_quantity=order.filled_quantity,
                )
                for order in self._orders(account)
                if order.attempts > 0 and order.created_at > since - OVERLAP
            ),
            fill_keys=frozenset(
                key
                for (owner, key), fill in self._tables.fills.items()
                if owner == account and fill.at > since - OVERLAP
            ),
            found_fills=0 if row.failure is None else row.failure.found_fills,
            settled_orders=0 if row.failure is None else row.failure.settled_orders,
        )

    @override
    async def holdings(self, lease: Lease, account: AccountId) -> Holdings:
        await checkpoint()
        owner = self._tables.accounts.get(account)
        is_own = owner is not None and owner.user_id == lease.user_id
        if not is_own or not lease_runs(self._tables, lease):
            return Holdings()
        quantities: defaultdict[str, Decimal] = defaultdict(Decimal)
        values: defaultdict[str, Decimal] = defaultdict(Decimal)
        fees: defaultdict[str, Decimal] = defaultdict(Decimal)
        counts = Counter(fill.held_as for fill in self._fills(account))
        contracts = {fill.traded_as for fill in self._fills(account)}
        for fill in self._fills(account):
            change = fill.quantity if fill.side is Side.BUY else -fill.quantity
            quantities[fill.held_as] += change
            values[fill.held_as] += change * fill.price
            fees[fill.fee_currency] += fill.fee
        traded = [
            Traded(
                symbol=symbol,
                fills=counts[symbol],
                quantity=plain(quantity),
                value=plain(values[symbol]),
                is_contract=symbol in contracts,
            )
            for symbol, quantity in sorted(quantities.items())
        ]
        in_doubt = frozenset(
            order.traded_as or order.symbol
            for order in self._orders(account)
            if order.state in _IN_DOUBT
        )
        return Holdings(traded=tuple(traded), fees=dict(fees), in_doubt=in_doubt)

    @override
    async def keep(self, lease: Lease, result: Comparison | NotCompared) -> bool:
        await checkpoint()
        row = self._tables.comparisons.get((result.account_id, result.begins_at))
        is_own = row is not None and row.user == lease.user_id
        if row is None or not is_own or row.done is not None or row.is_idle:
            return False
        if not lease_runs(self._tables, lease):
            return False
        before = [each for _, each in self._days(row.user, result.account_id) if each.done]
        if isinstance(result, Comparison) and before:
            known = before[-1].done
            if known is not None and is_as_far_apart(known.differences, result.differences):
                row.acknowledged_at = before[-1].acknowledged_at
        row.kept = result
        return True

    @override
    async def latest(self, user: UserId) -> Sequence[LatestComparison]:
        await checkpoint()
        owned = {account for (account, _), row in self._tables.comparisons.items() if row.kept}
        found = [self._latest(user, account) for account in sorted(owned)]
        return [each for each in found if each is not None]

    @override
    async def acknowledge(
        self, user: UserId, account: AccountId, at: datetime, *, deed: Deed | None = None
    ) -> bool:
        await checkpoint()
        done = [row for _, row in self._days(user, account) if row.done is not None]
        found = done[-1].done if done else None
        if found is None or found.at != at:
            return False
        if done[-1].acknowledged_at is None:
            done[-1].acknowledged_at = self._tables.clock.now()
            entry = told(deed, user, f"account:{account}", after=comparison_facts(found))
            tell(self._tables, entry)
        return True

    def _give(self, account: AccountId, day: datetime) -> DueComparison | None:
        owner = self._tables.accounts[account]
        key, now = (account, day), self._tables.clock.now()
        row = self._tables.comparisons.get(key)
        if row is None:
            is_idle = not self._is_worth_comparing(account, now)
            row = Compared(user=owner.user_id, attempt=0, asked_at=now, is_idle=is_idle)
            self._tables.comparisons[key] = row
        row.attempt, row.asked_at = row.attempt + 1, now
        if row.is_idle:
            return None
        return DueComparison(user_id=owner.user_id, account_id=account, attempt=row.attempt)

    def _is_worth_comparing(self, account: AccountId, now: datetime) -> bool:
        orders = self._orders(account)
        is_lively = any(each.attempts > 0 and each.created_at > now - LATELY for each in orders)
        if is_lively or any(each.state not in FINAL for each in orders):
            return True
        fills = sorted(self._fills(account), key=lambda fill: fill.at)
        held = positions_of(fills, over_by_now(self._tables))
        return any(each.quantity for each in held)

    def _latest(self, user: UserId, account: AccountId) -> LatestComparison | None:
        days = [row for _, row in self._days(user, account) if row.kept is not None]
        if not days:
            return None
        done = [row for row in days if row.done is not None]
        return LatestComparison(
            account_id=account,
            comparison=done[-1].done if done else None,
            failure=days[-1].failure,
            acknowledged_at=done[-1].acknowledged_at if done else None,
        )

    def _days(self, user: UserId, account: AccountId) -> list[tuple[datetime, Compared]]:
        rows = self._tables.comparisons.items()
        days = [(day, row) for (each, day), row in rows if each == account and row.user == user]
        return sorted(days, key=lambda each: each[0])

    def _orders(self, account: AccountId) -> list[Order]:
        return [each for each in self._tables.orders.values() if each.account_id == account]

    def _fills(self, account: AccountId) -> list[FillView]:
        return [each for each in self._tables.fills.values() if each.account_id == account]


def over_by_now(tables: Tables) -> set[tuple[AccountId, str]]:
    """Return the contracts that the last comparison of their account found to be over."""
    last: dict[AccountId, Comparison] = {}
    for (account, _), row in sorted(tables.comparisons.items(), key=lambda each: each[0][1]):
        if row.done is not None:
            last[account] = row.done
    return {
        (account, symbol)
        for account, done in last.items()
        for symbol in done.over
        if not any(
            fill.account_id == account and fill.held_as == symbol and fill.at > done.at
            for fill in tables.fills.values()
        )
    }


def _is_wanted_again(row: Compared, now: datetime) -> bool:
    if row.is_idle or row.done is not None or row.attempt >= MOST_ATTEMPTS:
        return False
    is_hopeless = row.failure is not None and row.failure.is_hopeless
    return not is_hopeless and row.asked_at <= now - RETRIED_AFTER
