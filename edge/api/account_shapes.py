"""How accounts are asked for and shown; no credential is ever shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from broker_adapters.forms import BrokerName
from bus.values import Mode
from handlers.records.accounts import Account, AccountState


class NewAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account to be made. `credentials` are write-only: no reply ever shows them.

    Attributes:
        mode: Paper at a real broker is its testnet or simulation.
        credentials: The fields that `GET /api/brokers` names for the broker.
        options: The broker's own; its `practice` says by which one no real money moves.
    """

    name: str
    broker: BrokerName
    mode: Mode = Mode.PAPER
    options: dict[str, Any] = {}
    credentials: dict[str, Any] | None = None
    sealed_credentials: str | None = None

    def __repr__(self) -> str:
        return f"NewAccount(broker={self.broker.value!r})"


class CredentialsBody(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown of credentials: the end of the key's public name, and since when they are."""

    key: str
    set_at: datetime


class AccountBody(msgspec.Struct, frozen=True, kw_only=True):
    """An account, its credentials masked."""

    id: UUID
    name: str
    broker: str
    mode: Mode
    state: AccountState
    options: dict[str, Any]
    credentials: CredentialsBody | None
    created_at: datetime | None


def account_body(account: Account) -> AccountBody:
    """Print an account."""
    kept = account.credentials
    return AccountBody(
        id=account.id,
        name=account.name,
        broker=account.broker,
        mode=account.mode,
        state=account.state,
        options=account.options,
        credentials=kept and CredentialsBody(key=f"…{kept.hint}", set_at=kept.set_at),
        created_at=account.created_at,
    )
