"""The record's ports: each method is one transaction, and one round trip where it says so.

All raise `StoreUnavailableError` when the outcome is unknown or nothing was written; which of the
two cannot be told, so every write is made to be repeated or looked up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bus.values import AccountId, OrderId, UserId, WorkerId
    from handlers.records.alerts import Duplicate, NewOrder, NewSignal, Recorded, RefusedAtRecord
    from handlers.records.audit import Deed
    from handlers.records.orders import (
        CancelAnswer,
        Claim,
        ClaimedOrder,
        Lease,
        NotClaimed,
        Order,
        OutboxItem,
        Settled,
        Settlement,
        SwitchChange,
        SwitchState,
    )
    from handlers.records.upkeep import OrderFinding
    from handlers.store.accounts import AccountStore
    from handlers.store.answers import AnswerStore
    from handlers.store.auditing import AuditStore
    from handlers.store.comparing import ComparisonStore
    from handlers.store.identities import KeyStore, PasswordStore, SessionStore, TotpStore
    from handlers.store.people import CatalogueStore, IdentityStore, WorkerStore
    from handlers.store.reading import QueryStore, StreamStore
    from handlers.store.reviews import ReviewStore
    from handlers.store.symbols import SymbolStore
    from handlers.store.upkeep import UpkeepStore
    from handlers.store.watching import WatchStore
    from handlers.store.work import WorkStore


class SignalStore(Protocol):
    """Alerts, as they come in."""

    async def record(self, signal: NewSignal) -> Recorded | Duplicate | RefusedAtRecord:
        """Commit the alert, its orders, their events and their outbox rows: one round trip.

        Concurrent calls commit together: a batch is what arrived while the last one ran. Of any
        number of concurrent copies exactly one is `Recorded`, the others are `Duplicate` of it.
        An order with `denied_code` is recorded as `denied`; so is one whose account was disabled
        meanwhile. While the kill switch is engaged nothing but cancels, and exits it allows, is
        recorded. A cancel finds every order that was recorded before it, however close before.
        A refused alert is written down as refused, for its user to see, and its key stays free.
        Repeating a call whose answer was lost is answered as a `Duplicate` of itself.
        """
        ...

    async def record_manual(  # noqa: PLR0913 - an order, its key, and who asks for it
        self,
        user: UserId,
        order: NewOrder,
        *,
        key: str,
        body_hash: bytes,
        trace: tuple[str, str],
        deed: Deed | None = None,
    ) -> tuple[Order, bool] | None:
        """Commit an order asked for by hand; false beside it where the key was used before.

        `trace` is (trace id, traceparent). `None` where the key was used with another body, for
        good. With a deed, what was recorded is told in the audit log in the same transaction.
        Raises `RefusedError` (code) for a disabled account or an engaged switch.
        """
        ...

    async def mark_hinted(self, orders: Sequence[OrderId]) -> None:
        """Note that the hints of these orders were pushed; the relay leaves them alone for 2 s."""
        ...


class OrderStore(Protocol):
    """An order's life after it is recorded."""

    async def load(self, order: OrderId) -> Order | None:
        """Read one order."""
        ...

    async def load_some(self, orders: Sequence[OrderId]) -> Sequence[Order]:
        """Read those of these orders that there are, in any order."""
        ...

    async def by_client_id(self, account: AccountId, client_order_id: str) -> Order | None:
        """Read the order that was sent under this id; what a venue reports names no other."""
        ...

    async def claim(self, claim: Claim) -> ClaimedOrder | NotClaimed:
        """Compare and set `queued` to `sending`, single use: one round trip.

        Conditions, all in the one transaction: still queued; `expires_at` ahead (else it becomes
        `expired`); the lease is the user's, of this epoch, with 3 s left or more; the kill switch
        off, read FOR SHARE (else `denied`, `kill_switch_active`; exits pass where it allows them);
        the account enabled (else `denied`, `account_disabled`); nothing unresolved on the account
        and symbol unless the order is reduce-only (`BLOCKED`); no older order of the account that
        could itself be claimed now (`BEHIND`).
        """
        ...

    async def settle(self, settlement: Settlement) -> Settled:
        """Write what is known, its event and fills: one round trip, safe to repeat.

        What the lifecycle does not allow changes nothing but is written down as an event; fills
        and a greater filled quantity count whatever is said with them. A mark is written once. An
        order that was never sent takes nothing. A final first leg records its second leg, sized by
        the true fill, in the same transaction.
        """
        ...

    async def settle_and_claim(
        self, settlement: Settlement, claim: Claim
    ) -> tuple[Settled, ClaimedOrder | NotClaimed]:
        """Settle one order and then claim another, in one commit and one round trip.

        The claim is judged by what the settlement left: an outcome that is unknown holds it back.
        """
        ...

    async def deny(self, order: OrderId, *, code: str, message: str, lease: Lease) -> bool:
        """Turn a queued order into `denied`; false if it was not queued any more."""
        ...

    async def request_cancel(
        self, user: UserId, order: OrderId, *, deed: Deed | None = None
    ) -> CancelAnswer:
        """Cancel a queued order at once, or note that a working one's cancel is wanted.

        With a deed, what was done is told in the audit log in the same transaction.
        """
        ...

    async def note_cancel_sent(self, order: OrderId, lease: Lease) -> bool:
        """Note that the cancel goes to the venue now; false if no cancel is wanted."""
        ...


class LeaseStore(Protocol):
    """Who may send for a user. Compares the database's clock only."""

    async def take(self, user: UserId, worker: WorkerId) -> Lease | None:
        """Take the lease for 15 s with the next epoch; `None` while another's runs."""
        ...

    async def renew(self, lease: Lease) -> bool:
        """Run it for 15 s more; false means it is lost: stop at once.

        One that ran out while nobody took it is run on; one that was released never is.
        """
        ...

    async def release(self, lease: Lease) -> None:
        """Give one's own lease back: it ends now if it is still this one; the row stays."""
        ...

    async def end(self, lease: Lease) -> None:
        """End the lease of a dead holder now, if it is still this one.

        It counts as taken over, once, unless its holder gave it back; whoever takes it then takes
        nothing over any more.
        """
        ...

    async def holder(self, user: UserId) -> Lease | None:
        """Return the lease that runs now."""
        ...


class Relay(Protocol):
    """Finds commands whose hint was lost."""

    async def due(self, *, limit: int) -> Sequence[OutboxItem]:
        """Take rows unsent or without progress for 2 s: `FOR UPDATE SKIP LOCKED`.

        They count as hinted now; one more attempt is counted on each.
        """
        ...

    async def expire_overdue(self, *, limit: int) -> Sequence[Order]:
        """Turn queued orders past `expires_at` into `expired`, whoever's they are."""
        ...

    async def unattended(self, *, limit: int) -> Sequence[OrderFinding]:
        """Return of each user without a running lease the oldest order to look after.

        It may be at a venue, or is over and untold since a short time.
        """
        ...


class SwitchStore(Protocol):
    """The kill switch."""

    async def change(
        self,
        user: UserId,
        *,
        engaged: bool,
        cancel_working: bool,
        allow_exits: bool,
        deed: Deed | None = None,
    ) -> SwitchChange:
        """Set the switch and deny what is queued; claims wait for it and it for them.

        With a deed, the change is told in the audit log in the same transaction.
        """
        ...

    async def read(self, user: UserId) -> SwitchState:
        """Return the switch."""
        ...

    async def in_flight(self, user: UserId) -> Sequence[tuple[OrderId, datetime]]:
        """Return orders whose send may still arrive, and until when: `send_by` lies ahead.

        An outcome that became unknown meanwhile changes nothing about what is on its way.
        """
        ...


class Store(Protocol):
    """All ports of one record, opened together."""

    signals: SignalStore
    orders: OrderStore
    reviews: ReviewStore
    work: WorkStore
    leases: LeaseStore
    relay: Relay
    switches: SwitchStore
    identity: IdentityStore
    catalogue: CatalogueStore
    accounts: AccountStore
    symbols: SymbolStore
    workers: WorkerStore
    queries: QueryStore
    streams: StreamStore
    passwords: PasswordStore
    sessions: SessionStore
    totp: TotpStore
    keys: KeyStore
    upkeep: UpkeepStore
    answers: AnswerStore
    audit: AuditStore
    watch: WatchStore
    comparisons: ComparisonStore

    async def ping(self) -> None:
        """Return when the record answers, and takes what is written as far as is known.

        Raises `StoreUnavailableError`: a record that can only be read is none.
        """
        ...
