"""Users for a case: each with a paper account and an armed strategy."""

from __future__ import annotations

import hashlib
import secrets
from itertools import count, cycle
from typing import TYPE_CHECKING

import msgspec

from bench.load import post
from bus.ids import uuid7
from bus.values import AccountId, Mode, StrategyId, UserId
from handlers.records.accounts import Account, Strategy, StrategyState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from handlers.store.base import Store

ALERT = (
    '{"ticker":"BTCUSDT","action":"buy","sentiment":"long","quantity":"0.05",'
    '"price":"64250.1","interval":"15","id":"%s"}'
)


class BenchTrader(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who sends alerts."""

    user: UserId
    account: Account
    strategy: Strategy
    token: str


async def add_trader(store: Store) -> BenchTrader:
    """Create one."""
    user = UserId(uuid7())
    await store.identity.add_user(
        user,
        email=f"{user}@example.test",
        password_hash="none",  # noqa: S106 - no password has this hash
    )
    account = await store.catalogue.add_account(
        Account(id=AccountId(uuid7()), user_id=user, name="Paper", broker="paper", mode=Mode.PAPER)
    )
    token = f"wh_{secrets.token_urlsafe(32)}"
    strategy = Strategy(
        id=StrategyId(uuid7()),
        user_id=user,
        name="Bench",
        state=StrategyState.ACTIVE,
        mode=Mode.PAPER,
        accounts=(account.id,),
    )
    await store.catalogue.add_strategy(strategy, token_hash=hashlib.sha256(token.encode()).digest())
    return BenchTrader(user=user, account=account, strategy=strategy, token=token)


def alerts_of(traders: Sequence[BenchTrader]) -> Callable[[], bytes]:
    """Return what makes the next alert's request: no two alike, the traders taking turns."""
    numbers, turns = count(), cycle(traders)

    def make() -> bytes:
        path = f"/webhook/tradingview/{next(turns).token}"
        return post(path, ALERT % f"alert {next(numbers)}")

    return make
