"""Accounts and strategies as the house keeps them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

from bus.values import (
    AccountId,
    Mode,
    StrategyId,
    UserId,
)
from handlers.records.base import Record
from handlers.records.sizing_rules import DriftPolicy
from handlers.records.symbols import SymbolOverride

# A late entry is another trade; a late exit is still wanted.
# A late entry is another trade; a late exit is still wanted.
ENTRY_TTL_S = 60
EXIT_TTL_S = 900


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
    options: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])
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
