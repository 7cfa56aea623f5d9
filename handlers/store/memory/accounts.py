"""Sealed credentials in memory, and the end of accounts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec
from anyio.lowlevel import checkpoint
from typing_extensions import override

from bus.values import OrderState
from handlers.errors import RefusedError
from handlers.records.accounts import CredentialsKept
from handlers.records.audit import READER, Deed, told
from handlers.records.lifecycle import FINAL
from handlers.records.position_fold import positions_of
from handlers.store.accounts import AccountStore, SealedRow
from handlers.store.facts import account_facts, credentials_facts
from handlers.store.memory.audit import tell
from handlers.store.memory.comparing import over_by_now
from handlers.vault.base import SealContext

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bus.values import AccountId, UserId, WorkerId
    from handlers.records.accounts import Account
    from handlers.store.accounts import NewCredentials
    from handlers.store.memory.tables import Tables
    from handlers.vault.base import Sealed


class MemoryAccounts(AccountStore):
    """What accounts keep apart."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @override
    async def put_credentials(
        self,
        user: UserId,
        account: AccountId,
        credentials: NewCredentials,
        *,
        is_other: bool = False,
        deed: Deed | None = None,
    ) -> bool:
        await checkpoint()
        own = self._own(user, account)
        if own is None:
            return False
        before = None if own.credentials is None else credentials_facts(own.credentials.hint)
        keep(self._tables, account, credentials)
        if is_other:
            self._tables.venue_accounts.pop(account, None)
        after = credentials_facts(credentials.hint, is_other=is_other)
        entry = told(deed, user, f"account:{account}", before=before, after=after)
        tell(self._tables, entry)
        return True

    @override
    async def bind_venue(self, user: UserId, account: AccountId, venue_account: str | None) -> bool:
        await checkpoint()
        if self._own(user, account) is None:
            return True
        bound = self._tables.venue_accounts
        known = bound.get(account)
        if known not in {None, venue_account} and self._is_open(account):
            return False
        bound[account] = venue_account
        return True

    @override
    async def credentials(
        self,
        user: UserId,
        account: AccountId,
        *,
        opener: WorkerId | None = None,
        deed: Deed | None = None,
    ) -> Sealed | None:
        await checkpoint()
        own = self._own(user, account)
        sealed = None if own is None else self._tables.sealed.get(account)
        if sealed is not None:
            why = msgspec.structs.replace(deed or READER, action=READER.action)
            if opener is not None:
                why = Deed(actor=f"worker:{opener}", action="account.unseal")
            after = {"version": sealed.key_version}
            tell(self._tables, told(why, user, f"account:{account}", after=after))
        return sealed

    @override
    async def delete(self, user: UserId, account: AccountId, *, deed: Deed | None = None) -> bool:
        await checkpoint()
        own = self._own(user, account)
        if own is None:
            return False
        orders = self._tables.orders.values()
        if any(order.account_id == account and order.state not in FINAL for order in orders):
            raise RefusedError("orders_working")
        self._tables.sealed.pop(account, None)
        del self._tables.accounts[account]
        for named in [o.id for o in self._tables.overrides.values() if o.account_id == account]:
            del self._tables.overrides[named]
        tell(self._tables, told(deed, user, f"account:{account}", before=account_facts(own)))
        return True

    @override
    async def sealed_before(
        self, version: int, *, after: AccountId | None, limit: int
    ) -> Sequence[SealedRow]:
        await checkpoint()
        found = sorted(
            (account, sealed)
            for account, sealed in self._tables.sealed.items()
            if sealed.key_version < version and (after is None or account > after)
        )
        return [self._row(account, sealed) for account, sealed in found[:limit]]

    @override
    async def rewrap(self, row: SealedRow, sealed: Sealed) -> bool:
        await checkpoint()
        if self._tables.sealed.get(row.account) != row.sealed:
            return False
        self._tables.sealed[row.account] = sealed
        return True

    @override
    async def key_versions(self) -> Mapping[int, int]:
        await checkpoint()
        return Counter(sealed.key_version for sealed in self._tables.sealed.values())

    def _is_open(self, account: AccountId) -> bool:
        over = FINAL | {OrderState.QUEUED}
        orders = self._tables.orders.values()
        fills = [fill for fill in self._tables.fills.values() if fill.account_id == account]
        in_order = sorted(fills, key=lambda fill: fill.at)
        held = positions_of(in_order, over_by_now(self._tables))
        return any(
            order.account_id == account and order.state not in over for order in orders
        ) or any(position.quantity for position in held)

    def _own(self, user: UserId, account: AccountId) -> Account | None:
        found = self._tables.accounts.get(account)
        return found if found is not None and found.user_id == user else None

    def _row(self, account: AccountId, sealed: Sealed) -> SealedRow:
        owner = self._tables.accounts[account]
        context = SealContext(user=owner.user_id, account=account, broker=owner.broker)
        return SealedRow(context=context, sealed=sealed)


def keep(tables: Tables, account: AccountId, credentials: NewCredentials) -> None:
    """Keep an account's credentials, and note when they were set."""
    mark = CredentialsKept(hint=credentials.hint, set_at=tables.clock.now())
    kept = msgspec.structs.replace(tables.accounts[account], credentials=mark)
    tables.accounts[account] = kept
    tables.sealed[account] = credentials.sealed
