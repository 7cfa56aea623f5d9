"""Traders for a proof: each a user with a paper account, an armed strategy and its webhook."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.records.people import NewKey
from tests.builders import a_strategy, a_user, an_account

if TYPE_CHECKING:
    from bus.values import AccountId, UserId
    from handlers.store.base import Store


@dataclass(frozen=True, slots=True)
class Trader:
    """Somebody who sends alerts."""

    user: UserId
    account: AccountId
    webhook_url: str
    api_key: str


async def seed_traders(store: Store, count: int, *, base_url: str) -> list[Trader]:
    """Create traders with tokens and keys of their own."""
    return [await _seed_one(store, base_url) for _ in range(count)]


async def _seed_one(store: Store, base_url: str) -> Trader:
    user = a_user()
    await store.identity.add_user(user, email=f"{user}@example.test", password_hash="unusable")
    account = await store.catalogue.add_account(an_account(user))
    token = f"wh_{secrets.token_urlsafe(32)}"
    await store.catalogue.add_strategy(
        a_strategy(account), token_hash=hashlib.sha256(token.encode()).digest()
    )
    key = f"fp_{secrets.token_urlsafe(32)}"
    new = NewKey(id=a_user(), name="proof", scopes=("read", "trade", "admin"))
    await store.keys.add(user, new, key_hash=hashlib.sha256(key.encode()).digest())
    return Trader(
        user=user,
        account=account.id,
        webhook_url=f"{base_url}/webhook/tradingview/{token}",
        api_key=key,
    )
