"""Accounts and strategies in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from anyio.lowlevel import checkpoint
from typing_extensions import override

from handlers.errors import AlreadyExistsError, ChangedMeanwhileError, NotFoundError
from handlers.records.accounts import Account, AccountState, Strategy, StrategyState
from handlers.records.audit import told
from handlers.store.facts import account_facts, strategy_change, strategy_facts
from handlers.store.memory.accounts import keep
from handlers.store.memory.audit import tell
from handlers.store.memory.rows import Token
from handlers.store.people import CatalogueStore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bus.values import AccountId, StrategyId, UserId
    from handlers.records.audit import Deed
    from handlers.store.accounts import NewCredentials
    from handlers.store.memory.tables import Tables


class MemoryCatalogue(CatalogueStore):
    """Accounts and strategies of one user at a time."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @override
    async def add_account(
        self,
        account: Account,
        credentials: NewCredentials | None = None,
        *,
        deed: Deed | None = None,
    ) -> Account:
        await checkpoint()
        if account.id in self._tables.accounts:
            raise AlreadyExistsError
        kept = msgspec.structs.replace(account, created_at=self._tables.clock.now())
        self._tables.accounts[account.id] = kept
        if credentials is not None:
            keep(self._tables, account.id, credentials)
        subject = f"account:{account.id}"
        tell(self._tables, told(deed, account.user_id, subject, after=account_facts(account)))
        return self._tables.accounts[account.id]

    @override
    async def accounts(self, user: UserId) -> Sequence[Account]:
        await checkpoint()
        own = [kept for kept in self._tables.accounts.values() if kept.user_id == user]
        return sorted(own, key=_newest_first, reverse=True)

    @override
    async def set_account_state(
        self, user: UserId, account: AccountId, state: str, *, deed: Deed | None = None
    ) -> bool:
        await checkpoint()
        found = self._tables.accounts.get(account)
        if found is None or found.user_id != user:
            return False
        changed = msgspec.structs.replace(found, state=AccountState(state))
        self._tables.accounts[account] = changed
        self._tell_state(deed, user, f"account:{account}", (found.state, changed.state))
        return True

    @override
    async def add_strategy(
        self, strategy: Strategy, *, token_hash: bytes, deed: Deed | None = None
    ) -> Strategy:
        await checkpoint()
        tables = self._tables
        if strategy.id in tables.strategies or token_hash in tables.tokens:
            raise AlreadyExistsError
        self._require_own(strategy)
        kept = msgspec.structs.replace(strategy, created_at=tables.clock.now())
        tables.strategies[strategy.id] = kept
        tables.tokens[token_hash] = Token(strategy_id=strategy.id)
        subject = f"strategy:{strategy.id}"
        tell(tables, told(deed, strategy.user_id, subject, after=strategy_facts(strategy)))
        return kept

    @override
    async def strategies(self, user: UserId) -> Sequence[Strategy]:
        await checkpoint()
        own = [
            self._tables.shown(kept)
            for kept in self._tables.strategies.values()
            if kept.user_id == user
        ]
        return sorted(own, key=_newest_first, reverse=True)

    @override
    async def set_strategy_state(
        self, user: UserId, strategy: StrategyId, state: str, *, deed: Deed | None = None
    ) -> bool:
        await checkpoint()
        found = self._tables.strategies.get(strategy)
        if found is None or found.user_id != user:
            return False
        changed = msgspec.structs.replace(found, state=StrategyState(state))
        self._tables.strategies[strategy] = changed
        self._tell_state(deed, user, f"strategy:{strategy}", (found.state, changed.state))
        return True

    @override
    async def change_strategy(
        self, wanted: Strategy, *, deed: Deed | None = None
    ) -> Strategy | None:
        await checkpoint()
        tables = self._tables
        found = tables.strategies.get(wanted.id)
        if found is None or found.user_id != wanted.user_id:
            return None
        old = tables.shown(found)
        if old.revision != wanted.revision:
            raise ChangedMeanwhileError
        changed = msgspec.structs.replace(
            wanted, state=old.state, created_at=old.created_at, revision=old.revision + 1
        )
        change = strategy_change(old, changed)
        if not change["after"]:
            return old
        self._require_own(wanted)
        tables.strategies[wanted.id] = changed
        tell(tables, told(deed, wanted.user_id, f"strategy:{wanted.id}", **change))
        return changed

    @override
    async def rotate_token(
        self,
        user: UserId,
        strategy: StrategyId,
        *,
        token_hash: bytes,
        old_until: datetime,
        deed: Deed | None = None,
    ) -> Sequence[bytes] | None:
        await checkpoint()
        tables = self._tables
        found = tables.strategies.get(strategy)
        if found is None or found.user_id != user:
            return None
        now = tables.clock.now()
        old: list[bytes] = []
        for known, token in tables.tokens.items():
            if token.strategy_id != strategy or (
                token.ends_at is not None and token.ends_at <= now
            ):
                continue
            token.ends_at = old_until if token.ends_at is None else now
            old.append(known)
        tables.tokens[token_hash] = Token(strategy_id=strategy)
        after = {"old_until": old_until.isoformat()}
        tell(tables, told(deed, user, f"strategy:{strategy}", after=after))
        return sorted(old)

    def _require_own(self, strategy: Strategy) -> None:
        for account in strategy.accounts:
            found = self._tables.accounts.get(account)
            if found is None or found.user_id != strategy.user_id:
                raise NotFoundError

    def _tell_state(
        self, deed: Deed | None, user: UserId, subject: str, change: tuple[str, str]
    ) -> None:
        before, after = ({"state": str(state)} for state in change)
        tell(self._tables, told(deed, user, subject, before=before, after=after))


def _newest_first(kept: Account | Strategy) -> tuple[str, str]:
    return (kept.created_at.isoformat() if kept.created_at else "", str(kept.id))
