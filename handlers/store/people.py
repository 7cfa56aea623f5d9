"""Who there is: ports for users and keys, accounts and strategies, and worker processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bus.values import AccountId, StrategyId, UserId, WorkerId
    from handlers.records.access import Principal
    from handlers.records.accounts import Account, Recognised, Strategy
    from handlers.records.audit import Deed
    from handlers.records.views import WorkerView
    from handlers.store.accounts import NewCredentials


class IdentityStore(Protocol):
    """Who is who. Look-ups go by the SHA-256 of what was presented."""

    async def recognise(self, token_hash: bytes) -> Recognised | None:
        """Return what a webhook token stands for: one round trip, a narrow door."""
        ...

    async def principal(self, key_hash: bytes) -> Principal | None:
        """Return whose API key this is, unless it expired: one round trip, a narrow door.

        Its use is written down, once a minute at most.
        """
        ...

    async def add_user(self, user: UserId, *, email: str, password_hash: str) -> None:
        """Create a user, the first one an operator; `AlreadyExistsError` for a known e-mail."""
        ...

    async def has_users(self) -> bool:
        """Say whether anybody signed up yet."""
        ...


class CatalogueStore(Protocol):
    """Accounts and strategies; every method sees one user's own only.

    With a deed, what was changed is told in the user's audit log in the same transaction.
    """

    async def add_account(
        self,
        account: Account,
        credentials: NewCredentials | None = None,
        *,
        deed: Deed | None = None,
    ) -> Account:
        """Create an account with its credentials, both or neither."""
        ...

    async def accounts(self, user: UserId) -> Sequence[Account]:
        """Return the user's accounts, newest first."""
        ...

    async def set_account_state(
        self, user: UserId, account: AccountId, state: str, *, deed: Deed | None = None
    ) -> bool:
        """Enable or disable; false if it is not the user's."""
        ...

    async def add_strategy(
        self, strategy: Strategy, *, token_hash: bytes, deed: Deed | None = None
    ) -> Strategy:
        """Create a strategy with its token; `NotFoundError` if an account is not the user's."""
        ...

    async def strategies(self, user: UserId) -> Sequence[Strategy]:
        """Return the user's strategies, newest first."""
        ...

    async def set_strategy_state(
        self, user: UserId, strategy: StrategyId, state: str, *, deed: Deed | None = None
    ) -> bool:
        """Pause or resume; false if it is not the user's."""
        ...

    async def change_strategy(
        self, wanted: Strategy, *, deed: Deed | None = None
    ) -> Strategy | None:
        """Make a strategy so, its state and token aside; `None` if it is not the user's.

        `wanted.revision` is the one that was read. What is as it was is neither counted nor told.

        Raises:
            ChangedMeanwhileError: It has another revision by now; nothing is changed.
            NotFoundError: An account is not the user's.
        """
        ...

    async def rotate_token(
        self,
        user: UserId,
        strategy: StrategyId,
        *,
        token_hash: bytes,
        old_until: datetime,
        deed: Deed | None = None,
    ) -> Sequence[bytes] | None:
        """Add a token; the newest ends at `old_until`, one that was ending already ends now.

        Returns the hashes of those that were good until now, or `None`.
        """
        ...


class WorkerStore(Protocol):
    """Worker processes, as the dashboard and maintenance see them."""

    async def put(self, worker: WorkerView) -> None:
        """Write a worker's row down, new or again; `last_seen_at` becomes now."""
        ...

    async def drop(self, worker: WorkerId) -> None:
        """Forget a worker that ended."""
        ...

    async def drop_others(
        self, host: str, *, alive: Sequence[WorkerId], started_before: datetime
    ) -> None:
        """Forget a host's workers that are not among these: nobody saw them end."""
        ...
