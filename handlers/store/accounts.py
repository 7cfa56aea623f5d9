"""The port of what an account keeps apart from its listing: sealed credentials, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from handlers.records.base import Record
from handlers.vault.base import SealContext, Sealed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bus.values import AccountId, UserId, WorkerId
    from handlers.records.audit import Deed


class NewCredentials(Record, frozen=True, kw_only=True):
    """Credentials to be kept.

    Attributes:
        hint: What the owner knows them by: the end of the key's public name, four letters at most.
    """

    sealed: Sealed
    hint: str


class SealedRow(Record, frozen=True, kw_only=True):
    """One account's credentials as they are kept, and what they were sealed for."""

    context: SealContext
    sealed: Sealed

    @property
    def account(self) -> AccountId:
        """Whose they are."""
        return self.context.account


class AccountStore(Protocol):
    """Sealed credentials; whoever reads them here holds noise without the vault's private key.

    With a deed, what was changed is told in the user's audit log in the same transaction.
    """

    async def put_credentials(
        self,
        user: UserId,
        account: AccountId,
        credentials: NewCredentials,
        *,
        is_other: bool = False,
        deed: Deed | None = None,
    ) -> bool:
        """Keep these from now on, instead of what was kept; false if it is not the user's.

        `is_other`: they may be of another account at the venue, whatever is open.
        """
        ...

    async def bind_venue(self, user: UserId, account: AccountId, venue_account: str | None) -> bool:
        """Note whose account the venue says it is; false where that is another one than before.

        Another one is taken only while nothing is open: no order is or may be at the venue, and
        by the fills recorded nothing is held.
        """
        ...

    async def credentials(
        self,
        user: UserId,
        account: AccountId,
        *,
        opener: WorkerId | None = None,
        deed: Deed | None = None,
    ) -> Sealed | None:
        """Return what is kept; `None` where there is nothing, or it is not the user's.

        Every reading is in the user's audit log, for good, before anything is handed out. `opener`
        is the worker that is about to open them (`account.unseal`): its own door finds that out by
        itself, and hands out nothing to who does not hold the user's lease. Whoever cannot open
        them says with `deed` who asked (`account.credentials_read`).
        """
        ...

    async def delete(self, user: UserId, account: AccountId, *, deed: Deed | None = None) -> bool:
        """Forget its credentials and show it to nobody any more; false if it is not the user's.

        Its orders and fills stay. Raises `RefusedError` (`orders_working`) while one of its orders
        is not over; nothing is changed then.
        """
        ...

    async def sealed_before(
        self, version: int, *, after: AccountId | None, limit: int
    ) -> Sequence[SealedRow]:
        """Return credentials of all users under older keys than this, by account, from `after` on.

        For whoever re-wraps; nothing that serves a user asks this.
        """
        ...

    async def rewrap(self, row: SealedRow, sealed: Sealed) -> bool:
        """Put the same credentials under another key; false if the row was changed meanwhile."""
        ...

    async def key_versions(self) -> Mapping[int, int]:
        """Count the credentials of all users by the version of their key."""
        ...
