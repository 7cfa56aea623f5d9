"""What the house keeps: accounts, strategies, orders, and what is written down about them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from bus.values import (
    AccountId,
    Mode,
    OrderId,
    OrderType,
    Side,
    SignalId,
    StrategyId,
    TimeInForce,
    UserId,
)
from handlers.sizing_rules import DriftPolicy, SizingRule
from handlers.symbol_records import SymbolMapping, SymbolOverride

# A late entry is another trade; a late exit is still wanted.
ENTRY_TTL_S = 60
EXIT_TTL_S = 900


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all records: frozen, by keyword."""


class AccountState(StrEnum):
    """Whether orders may be sent to an account."""

    ENABLED = "enabled"
    DISABLED = "disabled"


class CredentialsKept(Record, frozen=True, kw_only=True):
    """That an account has credentials, and no more than their owner knows them by.

    Attributes:
        hint: The end of the key's public name, four letters at most.
    """

    hint: str
    set_at: datetime


class Account(Record, frozen=True, kw_only=True):
    """One account at one broker. Credentials are kept apart, sealed."""

    id: AccountId
    user_id: UserId
    name: str
    broker: str
    mode: Mode
    state: AccountState = AccountState.ENABLED
    options: dict[str, Any] = {}
    multiplier: Decimal = Decimal(1)
    created_at: datetime | None = None
    credentials: CredentialsKept | None = None


class StrategyState(StrEnum):
    """Whether a strategy's alerts are taken."""

    ACTIVE = "active"
    PAUSED = "paused"


class StrategySettings(Record, frozen=True, kw_only=True):
    """What a trader may tune on a strategy.

    Attributes:
        follows: True takes quantities as sent even where position sizes are given; false syncs to
            the sizes.
        entry_ttl_s: Entries older than this never execute.
        exit_ttl_s: Exits and cancels older than this never execute.
        strict_time: Judge freshness by bar times too.
    """

    follows: bool = False
    drift: DriftPolicy = DriftPolicy.BLOCK
    entry_ttl_s: int = ENTRY_TTL_S
    exit_ttl_s: int = EXIT_TTL_S
    strict_time: bool = False
    pip_size: Decimal | None = None


class Strategy(Record, frozen=True, kw_only=True):
    """Where alerts come in, and which accounts they reach.

    Attributes:
        revision: Counts the changes of what is set here; the state is none of it.
    """

    id: StrategyId
    user_id: UserId
    name: str
    state: StrategyState
    mode: Mode
    accounts: tuple[AccountId, ...]
    default_quantity: Decimal | None = None
    dedupe_window_s: int = 30
    settings: StrategySettings = StrategySettings()
    created_at: datetime | None = None
    revision: int = 1


class Recognised(Record, frozen=True, kw_only=True, eq=False):
    """All that a webhook token stands for; the edge keeps it in its cache.

    Each is one look at the record, and equal to itself alone.

    Attributes:
        overrides: What the user maps by hand, as far as it can matter to these accounts.
    """

    strategy: Strategy
    accounts: tuple[Account, ...]
    is_switch_engaged: bool
    overrides: tuple[SymbolOverride, ...] = ()


class Session(Record, frozen=True, kw_only=True):
    """A person who is signed in.

    Attributes:
        stepped_up_at: When a second factor was shown in it last.
        expires_at: It ends then, however much it is used.
    """

    id: UUID
    user_id: UserId
    email: str
    locale: str
    roles: frozenset[str]
    has_totp: bool
    address: str
    user_agent: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    stepped_up_at: datetime | None


class Principal(Record, frozen=True, kw_only=True):
    """Who calls the API, by a key or in a session, and what that allows.

    Attributes:
        networks: Where the key may be used from; empty is everywhere.
    """

    user_id: UserId
    key_id: UUID | None
    scopes: frozenset[str]
    expires_at: datetime | None
    roles: frozenset[str] = frozenset()
    networks: tuple[str, ...] = ()
    session: Session | None = None


class NewOrder(Record, frozen=True, kw_only=True):
    """An order to be recorded. `side` and `quantity` are open until freeze where sizing says so.

    Attributes:
        denied_code: Set where the order is recorded as `denied` at once, and why.
        error_message: What there is to say of that.
        mapping: How it came by its symbol.
        reference_price: The alert's price; never a limit.
    """

    id: OrderId
    account_id: AccountId
    mode: Mode
    symbol: str
    sizing: SizingRule
    side: Side | None
    quantity: Decimal | None
    order_type: OrderType
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    reduce_only: bool = False
    reference_price: Decimal | None = None
    expires_at: datetime
    client_order_id: str
    parent_id: OrderId | None = None
    denied_code: str | None = None
    error_message: str | None = None
    mapping: SymbolMapping | None = None


class NewCancel(Record, frozen=True, kw_only=True):
    """Working and queued orders whose cancel an alert asks for; no symbol is all of the account."""

    account_id: AccountId
    symbol: str | None


class Dedupe(Record, frozen=True, kw_only=True):
    """What makes a signal the same as an earlier one.

    Attributes:
        hash: SHA-256 of the strategy, the signal's fields and its index.
        window: The sliding window within which the same hash is a duplicate; `None` is for good.
    """

    hash: bytes
    window: timedelta | None


class SignalOutcome(StrEnum):
    """What became of an alert."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    REFUSED = "refused"


class NewSignal(Record, frozen=True, kw_only=True):
    """An alert to be recorded with everything that follows from it, in one transaction.

    Attributes:
        body: The alert as it came, secrets masked.
        signal: The canonical signal as JSON; `None` where the body could not be read.
        outcome: `ACCEPTED`, or `REJECTED`/`REFUSED` with `code` and no orders.
        dedupe: `None` for what is only written down.
        received_at: When its first byte was read.
    """

    id: SignalId
    strategy_id: StrategyId
    user_id: UserId
    dialect: str | None
    body: str
    signal: bytes | None
    outcome: SignalOutcome
    code: str | None = None
    dedupe: Dedupe | None
    received_at: datetime
    trace_id: str
    traceparent: str
    orders: tuple[NewOrder, ...] = ()
    cancels: tuple[NewCancel, ...] = ()


class Recorded(Record, frozen=True, kw_only=True):
    """It is committed.

    Attributes:
        to_cancel: Live orders whose cancel must now be hinted.
        is_id_reused: An earlier alert of the strategy had the same id and other content.
    """

    signal_id: SignalId
    to_cancel: tuple[tuple[OrderId, AccountId], ...] = ()
    is_id_reused: bool = False


class Duplicate(Record, frozen=True, kw_only=True):
    """The same signal was recorded before; nothing was written but the fact."""

    signal_id: SignalId
    order_ids: tuple[OrderId, ...]


class RefusedAtRecord(Record, frozen=True, kw_only=True):
    """What the cache could not know: the strategy was paused or the switch engaged meanwhile."""

    code: str
